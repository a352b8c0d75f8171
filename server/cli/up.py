"""`./dev`: everything that is needed, started, shown and stopped again."""

import gc
import signal
from types import FrameType

from server import embedded
from server.cli.options import Options
from server.cli.processes import SIGNALS, Child, end
from server.cli.refusal import sentences

PROCESSES = {
    "api": (
        "server.api",
        ["server.app", "resolvers.api:build", "uvicorn.protocols.http.httptools_impl"],
    ),
    "worker": (
        "jobs.worker",
        ["schema", "auth.authenticate", "services.imports", "core.files", "dramatiq"],
    ),
}
"""Our processes, and what takes long to load in them and reads no settings."""


class Stopped(BaseException):
    """Somebody asked this process to end."""


def run(options: Options) -> None:
    """Start, say when it is ready, and stay until asked to stop."""
    # Nothing of what is loaded is ever freed: looking for garbage would only take time.
    gc.disable()
    for number in SIGNALS:
        signal.signal(number, _stop)
    try:
        with sentences():
            _begin(options)
    except Stopped:
        return


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _begin(options: Options) -> None:
    """API and worker come first: they load while the servers start."""
    data = embedded.prepare(embedded.folder(options.data))
    children: list[Child] = []
    try:
        for name, (module, heavy) in PROCESSES.items():
            children.append(Child(name, module, heavy, data))
        from server.cli.serve import serve

        serve(options, data, children)
    finally:
        end(children)
