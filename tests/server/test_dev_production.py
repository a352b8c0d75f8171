"""What a process with `ENV=production` refuses to start with."""

import subprocess
import sys

import asyncpg
import pytest

from tests.plugins.dev import ROOT, environment

SOUND = {
    "ENV": "production",
    "COEFFECTION_SECRET_KEY": "k" * 32,
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "FILES_URL": "file:///nowhere",
    "PORT": "0",
}


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
