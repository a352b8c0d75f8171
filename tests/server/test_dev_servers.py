"""Servers from outside: `DATABASE_URL` and `REDIS_URL`, together or one without the other."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import asyncpg
import pytest

from tests.plugins.dev import data_folder, eventually, refused, run, started

OLDER = sorted(Path("/usr/lib/postgresql").glob("1[0-7]/bin"))
needs_older = pytest.mark.skipif(not OLDER, reason="needs PostgreSQL 17 or older installed")


@pytest.fixture
async def database(dev):
    """A database of its own on the server of the run, and its owner who is no superuser."""
    owner = await asyncpg.connect(dev.ready["databaseUrl"])
    await owner.execute("CREATE ROLE elsewhere LOGIN CREATEROLE")
    await owner.execute("GRANT coeffection_search TO elsewhere WITH SET TRUE")
    await owner.execute("CREATE DATABASE elsewhere OWNER elsewhere")
    yield dev.ready["databaseUrl"].replace("postgres@/coeffection", "elsewhere@/elsewhere")
    await owner.execute("DROP DATABASE elsewhere WITH (FORCE)")
    await owner.execute("REASSIGN OWNED BY elsewhere TO postgres")
    await owner.execute("DROP OWNED BY elsewhere CASCADE")
    await owner.execute("DROP ROLE elsewhere")
    await owner.close()


async def test_a_given_database_with_an_embedded_redis(database):
    with data_folder() as data, started(data, "--port", 0, DATABASE_URL=database) as own:
        assert own.ready["databaseUrl"] == database
        assert "coeffection_app:" in own.ready["appDatabaseUrl"]
        assert set(own.alive()) == {"dev", "api", "worker", "keeper", "valkey"}


def test_a_given_redis_with_an_embedded_database(dev):
    redis = dev.ready["redisUrl"]
    with data_folder() as data, started(data, "--port", 0, REDIS_URL=redis) as own:
        assert own.ready["redisUrl"] == redis
        assert set(own.alive()) == {"dev", "api", "worker", "keeper", "postgres"}


def test_both_given_start_no_server(dev):
    given = {name: dev.ready[key] for name, key in URLS.items()}
    with data_folder() as data, started(data, "--port", 0, **given) as own:
        assert set(own.alive()) == {"dev", "api", "worker"}


URLS = {
    "DATABASE_URL": "databaseUrl",
    "DATABASE_APP_URL": "appDatabaseUrl",
    "REDIS_URL": "redisUrl",
}


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", ["DATABASE_URL", "no PostgreSQL"]),
        ("DATABASE_URL", "mysql://localhost/none", ["DATABASE_URL", "postgresql://"]),
        ("DATABASE_URL", "postgresql://host.invalid/none", ["DATABASE_URL", "no PostgreSQL"]),
        ("REDIS_URL", "redis://127.0.0.1:1/0", ["REDIS_URL", "no Redis answers"]),
        ("REDIS_URL", "http://localhost", ["REDIS_URL", "address"]),
        ("DATABASE_APP_URL", "postgresql://app@localhost/x", ["needs DATABASE_URL"]),
        ("COEFFECTION_PG_BIN", "/nowhere", ["COEFFECTION_PG_BIN", "/nowhere"]),
    ],
)
def test_a_wrong_address_is_one_sentence(name, address, words):
    with data_folder() as data:
        assert not refused(run("--port", 0, "--data", data, **{name: address}), *words)


def test_an_unknown_database_is_one_sentence(dev):
    address = dev.ready["databaseUrl"].replace("/coeffection", "/nowhere", 1)
    with data_folder() as data:
        done = run("--port", 0, "--data", data, DATABASE_URL=address)

    assert not refused(done, "DATABASE_URL", "nowhere")


@needs_older
def test_older_programs_are_one_sentence():
    with data_folder() as data:
        done = run("--port", 0, "--data", data, COEFFECTION_PG_BIN=str(OLDER[0]))

    assert not refused(done, OLDER[0].parent.name, "18 or newer")


@needs_older
def test_an_older_server_is_one_sentence():
    with data_folder() as data, older_server() as address:
        done = run("--port", 0, "--data", data, DATABASE_URL=address)

    assert not refused(done, OLDER[0].parent.name, "18 or newer")


@contextmanager
def older_server() -> Iterator[str]:
    """A PostgreSQL older than 18, run as an unprivileged user."""
    with data_folder() as folder:
        quiet: dict[str, Any] = {"stdout": DEVNULL, "stderr": DEVNULL, "cwd": "/"}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            quiet |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            shutil.chown(folder, nobody.pw_uid, nobody.pw_gid)
        cluster = folder / "cluster"
        make: list[str | Path] = [
            OLDER[0] / "initdb",
            "-D",
            cluster,
            "-U",
            "old",
            "--auth=trust",
            "--no-sync",
        ]
        subprocess.run(make, check=True, **quiet)
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
        server = subprocess.Popen([OLDER[0] / "postgres", "-D", cluster, *options], **quiet)
        try:
            assert eventually((folder / ".s.PGSQL.5432").exists)
            yield f"postgresql://old@/postgres?host={folder}"
        finally:
            server.terminate()
            server.wait(30)
