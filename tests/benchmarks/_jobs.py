"""`python -m tests.benchmarks._jobs ours|bare COUNT`: a worker that says when so many are done.

Both do the same nothing. Bare is Dramatiq as it comes: a message a job on Redis, no row, no lease.
"""

import logging
import os
import sys
import time
from typing import Any

import dramatiq
from dramatiq.asyncio import EventLoopThread, set_event_loop_thread
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import CurrentMessage
from redis import Redis

KIND = "bench.simple"
THREADS = 4


class Counted:
    """Counts what is done, and says when it is so many."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.done = 0

    def one(self) -> None:
        """One more is done."""
        self.done += 1
        if self.done % self.count == 0:
            sys.stdout.write(f"{time.time()}\n")
            sys.stdout.flush()


def bare(url: str, counted: Counted) -> Any:
    """Dramatiq's own actor."""
    broker = RedisBroker(
        client=Redis.from_url(url), namespace="bare", middleware=[CurrentMessage()]
    )
    dramatiq.set_broker(broker)

    async def simple(_workspace: str, _due: str, _subject: str) -> None:
        counted.one()

    return dramatiq.actor(actor_name=KIND, queue_name="bare", broker=broker)(simple)


def work_bare(counted: Counted) -> None:
    """Work until the input ends."""
    actor = bare(os.environ["REDIS_URL"], counted)
    thread = EventLoopThread(logging.getLogger("dramatiq"))
    thread.start(timeout=5.0)
    set_event_loop_thread(thread)
    worker = dramatiq.Worker(actor.broker, worker_timeout=100, worker_threads=THREADS)
    worker.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


def work_ours(counted: Counted) -> None:
    """Work as every worker does, with one kind more."""
    from jobs import worker
    from jobs.due import job
    from jobs.housekeeping import leave

    @job(KIND, give_up=leave)
    async def simple(_process: Any, _due: Any) -> None:
        counted.one()

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    worker.main()


if __name__ == "__main__":
    {"ours": work_ours, "bare": work_bare}[sys.argv[1]](Counted(int(sys.argv[2])))
