"""What a process with `ENV=production` refuses to start with."""

import signal
import socket
import subprocess
import sys
import urllib.request

import asyncpg
import pytest

from tests.plugins.dev import ROOT, environment, eventually

SOUND = {
    "ENV": "production",
    "COEFFECTION_SECRET_KEY": "k" * 32,
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "FILES_URL": "file:///nowhere",
    "PORT": "0",
}


with socket.create_server(("127.0.0.1", 0)) as free:
    PORT = str(free.getsockname()[1])


def answers(path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.fixture
async def migrated(dev):
    """A database of its own, brought to this release as production does it."""
    owner = await asyncpg.connect(dev.ready["databaseUrl"])
    await owner.execute("CREATE DATABASE production")
    urls = {
        name: dev.ready[key].replace("@/coeffection", "@/production")
        for name, key in (("DATABASE_URL", "databaseUrl"), ("DATABASE_APP_URL", "appDatabaseUrl"))
    }
    assert start("models.migrate", **urls).returncode == 0
    yield urls["DATABASE_APP_URL"]
    await owner.execute("DROP DATABASE production WITH (FORCE)")
    await owner.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_a_production_api_serves_and_ends_when_asked(dev, migrated, number, tmp_path):
    told = {
        "DATABASE_APP_URL": migrated,
        "REDIS_URL": dev.ready["redisUrl"],
        "FILES_URL": tmp_path.as_uri(),
        "PORT": PORT,
    }
    with (tmp_path / "log").open("w") as log:
        api = subprocess.Popen(
            [sys.executable, "-P", "-m", "server.api"],
            env=environment(PYTHONPATH=str(ROOT), **SOUND | told),
            stdin=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        assert eventually(lambda: answers("/readyz"), 60), (tmp_path / "log").read_text()
        assert not answers("/dev/mail")
        api.send_signal(number)
        assert api.wait(30) == 0
    finally:
        api.kill()
        api.wait()


def start(module, **given):
    return subprocess.run(
        [sys.executable, "-P", "-m", module],
        env=environment(PYTHONPATH=str(ROOT), **SOUND | given),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("module", ["server.api", "jobs.worker"])
@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"COEFFECTION_SECRET_KEY": "development-only"}, "COEFFECTION_SECRET_KEY"),
        ({"COEFFECTION_SECRET_KEY": "short"}, "COEFFECTION_SECRET_KEY"),
        ({"COEFFECTION_TEST_CLOCK": "1"}, "COEFFECTION_TEST_CLOCK"),
        ({"DEMO_TOKEN": "secret"}, "DEMO_TOKEN"),
        ({"DATABASE_URL": "postgresql://owner@127.0.0.1:1/x"}, "owner"),
    ],
)
def test_development_settings_are_refused(module, given, word, dev):
    done = start(module, DATABASE_APP_URL=dev.ready["appDatabaseUrl"], **given)

    assert (done.returncode, done.stdout) == (1, "")
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_demo_users_are_refused(dev):
    done = start("server.api", DATABASE_APP_URL=dev.ready["appDatabaseUrl"])

    assert (done.returncode, done.stdout) == (1, "")
    assert "holds demo users" in done.stderr


async def test_a_database_without_tables_is_one_sentence(dev):
    owner = await asyncpg.connect(dev.ready["databaseUrl"])
    await owner.execute("CREATE DATABASE production_empty")
    address = dev.ready["appDatabaseUrl"].replace("@/coeffection", "@/production_empty")
    done = start("server.api", DATABASE_APP_URL=address)
    await owner.execute("DROP DATABASE production_empty WITH (FORCE)")
    await owner.close()

    assert done.returncode == 1
    assert "python -m models.migrate" in done.stderr
