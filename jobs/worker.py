"""`python -m jobs.worker`: one worker process."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

import uvloop
from dramatiq import Worker
from dramatiq.asyncio import EventLoopThread, set_event_loop_thread
from prometheus_client import start_http_server

import schema
from auth.authenticate import Callers
from auth.production import demo_users
from core import files, log, redis
from core.db import Database
from core.settings import Settings, from_environment, refusals
from jobs import (
    correspondence,
    deals,
    documents,
    due,
    housekeeping,
    imports,
    leads,
    mail,
    notifications,
    quote_to_cash,
    quotes,
    relay,
    replay,
    sequences,
    signatures,
    sla,
    undo,
    workflows,
)
from jobs.broker import BROKER
from jobs.ledger import Ledger
from jobs.priorities import Priority
from jobs.schedule import RECURRING
from jobs.waking import Calls
from schema import filter_types

JOBS = (
    correspondence,
    deals,
    documents,
    housekeeping,
    imports,
    leads,
    mail,
    notifications,
    quote_to_cash,
    quotes,
    replay,
    sequences,
    signatures,
    sla,
    undo,
    workflows,
)
"""Every module whose jobs this worker does; importing them declares them."""
PATIENCE_SECONDS = 4.0
_LOG = log.logger("worker")


def main() -> None:
    """Work until told to stop."""
    settings = from_environment()
    log.configure(settings.log_level)
    if reasons := _refusals(settings) or asyncio.run(demo_users(settings)):
        sys.exit("\n".join(reasons))
    if settings.metrics_port:
        start_http_server(settings.metrics_port, addr=settings.host)
    filter_types.teach()
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    thread = EventLoopThread(logging.getLogger("dramatiq"))
    thread.start(timeout=5.0)
    set_event_loop_thread(thread)
    workers = [_started(priority, settings.worker_threads) for priority in Priority]
    loop, asked = thread.loop, asyncio.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(asked.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    serving = asyncio.run_coroutine_threadsafe(_serve(settings, asked), loop)
    gc.collect()
    gc.freeze()
    try:
        # Ends by being asked, or by what went wrong at the start.
        serving.result()
    finally:
        for worker in workers:
            worker.stop(timeout=2_000)
        thread.stop()  # type: ignore[no-untyped-call]
        BROKER.close()
    _LOG.info("worker.stopped")


def _refusals(settings: Settings) -> list[str]:
    reasons = refusals(settings)
    missing = {
        "DATABASE_APP_URL must name the role of the worker.": not settings.database_app_url,
        "REDIS_URL must be set.": not settings.redis_url,
    }
    known = [sentence for sentence, is_missing in missing.items() if is_missing]
    return list(dict.fromkeys([*reasons, *known]))


def _started(priority: Priority, threads: int) -> Worker:
    """The threads of a priority: those of the others never do their work."""
    worker = Worker(
        BROKER,
        queues={priority.queue},
        worker_timeout=100,
        worker_threads=priority.threads(threads),
    )
    worker.start()
    return worker


async def _serve(settings: Settings, asked: asyncio.Event) -> None:
    """Feed the jobs until asked to stop, then let what runs come to a stop."""
    client = redis.connect(settings)
    async with _opened(settings, Calls(client)) as process:
        due.use(process)
        await process.ledger.plan(RECURRING.keys() & due.JOBS.keys())
        loops = [
            asyncio.create_task(loop.run())
            for loop in (due.Poller(process, client), relay.Relay(process, client))
        ]
        _LOG.info("worker.ready", jobs=sorted(due.JOBS), entities=len(schema.AREAS))
        try:
            await asked.wait()
        finally:
            process.stopping = True
            for task in loops:
                task.cancel()
            await asyncio.wait(loops, timeout=PATIENCE_SECONDS)
            await _settled(process)
            if client is not None:
                await client.aclose()


async def _settled(process: due.Process) -> None:
    """Let running jobs reach a point where others can go on; roll back what does not in time."""
    for patience in (PATIENCE_SECONDS, PATIENCE_SECONDS / 2):
        if process.running:
            await asyncio.wait(process.running, timeout=patience)
        for task in process.running:
            task.cancel()


@asynccontextmanager
async def _opened(settings: Settings, calls: Calls) -> AsyncIterator[due.Process]:
    database = await Database.open(settings, application="coeffection-worker")
    callers = Callers(database, test_clock=settings.coeffection_test_clock)
    try:
        yield due.Process(
            database,
            files.at(settings.files_url),
            callers,
            Ledger(database, test_clock=settings.coeffection_test_clock),
            settings.event_log_days,
            calls,
        )
    finally:
        await database.close()


if __name__ == "__main__":
    main()
