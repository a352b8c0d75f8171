"""Runs one of our modules as a process that ends with its parent, however the parent ends.

The parent holds the other end of a pipe; when it is gone the pipe is at its end. The module's
heavy imports are loaded while the parent prepares the servers; what it is told comes last.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import sys
import threading
import time

GRACE = 2.5


def main() -> None:
    """Run a module: the pipe's descriptor, the module, what to load before it is told anything."""
    descriptor, module, *heavy = sys.argv[1:]
    threading.Thread(target=_watch, args=[int(descriptor)], daemon=True).start()
    gc.disable()
    for name in heavy:
        # What cannot be loaded is told by the module itself.
        with contextlib.suppress(Exception):
            _load(name)
    told = sys.stdin.read()
    if not told:
        return
    os.environ.update(json.loads(told))
    gc.enable()
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _load(name: str) -> None:
    """Import a module, and call the function named after a colon."""
    module, _, function = name.partition(":")
    loaded = importlib.import_module(module)
    if function:
        getattr(loaded, function)()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    group = os.getpgrp()
    os.killpg(group, signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
