"""However `./dev` ends, nothing of it stays, and the next start works."""

import os
import signal
from pathlib import Path

import pytest

from tests.plugins.dev import Dev, data_folder, eventually, started

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)


@pytest.fixture(scope="module")
def data():
    with data_folder() as folder:
        yield folder


def sockets(dev: Dev) -> Path:
    return Path(dev.ready["redisUrl"].removeprefix("unix://")).parent.parent


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_nothing_stays_after(number, data):
    with started(data, "--port", 0) as dev:
        rest, _ = dev.end(number)

        assert eventually(lambda: not dev.alive())
        assert eventually(lambda: not sockets(dev).exists())
        assert rest == ""
        assert dev.process.returncode == (-9 if number == signal.SIGKILL else 0)


def test_a_start_right_after_a_kill_works(data):
    with started(data, "--port", 0) as first:
        first.end(signal.SIGKILL)
        with started(data, "--port", 0) as second:
            assert eventually(lambda: not first.alive())
            assert len(second.alive()) == 6


def test_a_killed_keeper_ends_everything_and_the_next_start_works(data):
    with started(data, "--port", 0) as first:
        os.kill(first.ready["pids"]["keeper"], signal.SIGKILL)
        _, said = first.process.communicate(timeout=60)

        assert "ended" in said
        assert first.process.returncode == 1
        assert eventually(lambda: not first.alive())
    with started(data, "--port", 0) as second:
        assert len(second.alive()) == 6


@pytest.mark.parametrize("name", ["api", "worker"])
def test_a_killed_part_ends_the_rest_with_a_sentence(name, data):
    with started(data, "--port", 0) as dev:
        os.kill(dev.ready["pids"][name], signal.SIGKILL)
        _, said = dev.process.communicate(timeout=60)

        assert f"The {name} ended" in said
        assert dev.process.returncode == 1
        assert eventually(lambda: not dev.alive())
