"""`./dev doctor`: looks at everything Coeffection needs and says what to do about what is wrong."""

import asyncio
import hashlib
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from connectors import smtp
from core import settings
from models import database_facts, database_roles, migrate
from models.database_facts import DatabaseRefused, Facts
from server import embedded, postgres, valkey
from server.cli import lock
from server.cli import place as places
from server.cli.finding import Finding
from server.cli.place import Place, Running
from server.cli.redis_check import check_redis
from server.cli.refusal import Refusal
from server.embedded import ROOT, EmbeddedError

PROGRAMS = {
    "Browser": ("COEFFECTION_BROWSER", ("chromium", "chromium-browser", "google-chrome", "chrome")),
    "Node": ("COEFFECTION_NODE", ("node",)),
}


def examine(data: Path | None, port: int | None) -> Iterator[Finding]:
    """Everything, one finding after the other."""
    yield _python()
    yield _environment()
    yield _lock()
    yield from _settings()
    try:
        place = places.of(data)
    except Refusal as refusal:
        yield Finding("Addresses", str(refusal), wrong=True)
        return
    yield _data(place)
    yield _port(place, port)
    yield _checked("PostgreSQL programs", lambda: _postgres_programs(place))
    yield _checked("Valkey program", lambda: str(valkey.binary(place.data)))
    yield from _services(place)
    yield _mail()
    for name in PROGRAMS:
        yield _program(name)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", f"{version} at {sys.executable}", wrong=sys.version_info < (3, 11))


def _environment() -> Finding:
    stamp, wanted = ROOT / ".venv" / "installed", ROOT / "requirements-dev.txt"
    if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        return Finding("Environment", f"another one, {sys.prefix}")
    fresh = stamp.exists() and stamp.read_text() == hashlib.sha256(wanted.read_bytes()).hexdigest()
    if fresh:
        return Finding("Environment", "as requirements-dev.txt says")
    return Finding("Environment", "older than requirements-dev.txt: run ./dev once", wrong=True)


def _lock() -> Finding:
    if stale := lock.stale():
        names = " and ".join(stale)
        return Finding("Lock", f"{names} older than pyproject.toml: ./dev lock", wrong=True)
    return Finding("Lock", "made from pyproject.toml as it is")


def _settings() -> Iterator[Finding]:
    for sentence in settings.refusals(settings.from_environment()):
        yield Finding("ENV=production", sentence, wrong=True)


def _mail() -> Finding:
    told = settings.from_environment()
    if not told.smtp_url:
        if told.is_production:
            words = "SMTP_URL is not set: mail stays in the outbox until it is"
            return Finding("Mail", words, wrong=True)
        return Finding("Mail", "kept at /dev/mail; SMTP_URL sends it")
    try:
        server = smtp.server(told.smtp_url)
    except ValueError as error:
        return Finding("Mail", str(error), wrong=True)
    return Finding("Mail", f"handed to {server.host}:{server.port}, from {told.mail_from}")


def _data(place: Place) -> Finding:
    running = places.instance(place.data)
    if running:
        return Finding("Data folder", f"{place.data}, in use by ./dev at {running['url']}")
    if not place.data.exists():
        return Finding("Data folder", f"{place.data} is not made yet: ./dev makes it")
    if not os.access(place.data, os.W_OK):
        return Finding("Data folder", f"{place.data} is not yours to write", wrong=True)
    return Finding("Data folder", str(place.data))


def _port(place: Place, wanted: int | None) -> Finding:
    port = settings.from_environment().port if wanted is None else wanted
    running = places.instance(place.data)
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    if taken and running and running["url"].endswith(f":{port}"):
        return Finding("Port", f"{port}, served by ./dev")
    if taken:
        return Finding("Port", f"{port} is taken: give ./dev another with --port", wrong=True)
    return Finding("Port", f"{port} is free")


def _postgres_programs(place: Place) -> str:
    embedded.prepare(place.data)
    folder = postgres.programs(place.data, place.pg_bin)
    version = postgres.major(folder / "postgres")
    if version < postgres.OLDEST:
        raise EmbeddedError(f"{folder} holds PostgreSQL {version}; 18 or newer is needed.")
    return f"{version} in {folder}"


def _services(place: Place) -> Iterator[Finding]:
    """The servers themselves; the embedded ones only where there is data to look at."""
    if place.database_url or (place.data / "servers").exists():
        try:
            with places.running(place) as servers:
                yield from _inspect(servers)
        except EmbeddedError as error:
            yield Finding("Embedded servers", str(error), wrong=True)
    else:
        yield Finding("Database", "not made yet: ./dev makes it")
        if place.redis_url:
            yield _checked("Redis", lambda: check_redis(place.redis_url))


def _inspect(servers: Running) -> Iterator[Finding]:
    yield from asyncio.run(_database(servers))
    yield _checked("Redis", lambda: check_redis(servers.redis_url))


async def _database(servers: Running) -> list[Finding]:
    try:
        async with migrate.connected(servers.database_url, "DATABASE_URL") as owner:
            facts = await database_facts.read(owner)
            if facts.complaint:
                return [Finding("Database", facts.complaint, wrong=True)]
            missing = await database_roles.missing(owner, migrate.role_of(servers.app_url))
    except DatabaseRefused as refusal:
        return [Finding("Database", str(refusal), wrong=True)]
    about = f"PostgreSQL {facts.version}, {facts.database} as {facts.owner}"
    return [
        Finding("Database", about),
        Finding("Locale", f"collation {facts.collation}, characters {facts.character_type}"),
        _roles(missing, facts),
        _migrations(facts),
    ]


def _roles(missing: list[str], facts: Facts) -> Finding:
    if not missing:
        return Finding("Roles", "there")
    names = " and ".join(missing)
    if facts.may_create_roles:
        return Finding("Roles", f"{names} not made yet: ./dev makes it")
    return Finding("Roles", f"{names} missing, and {facts.owner} may not create it", wrong=True)


def _migrations(facts: Facts) -> Finding:
    try:
        migrate.refuse_unfit(facts)
    except DatabaseRefused as refusal:
        return Finding("Migrations", str(refusal), wrong=True)
    if facts.revision == migrate.newest():
        return Finding("Migrations", f"current, at {facts.revision}")
    return Finding("Migrations", f"{facts.revision or 'none'} yet; ./dev brings {migrate.newest()}")


def _program(name: str) -> Finding:
    variable, names = PROGRAMS[name]
    given = os.environ.get(variable)
    found = shutil.which(given) if given else next(filter(None, map(shutil.which, names)), None)
    if found:
        return Finding(name, found)
    if given:
        return Finding(name, f"{variable}={given} is no program", wrong=True)
    return Finding(name, f"none: tests that need it are skipped (install it or set {variable})")


def _checked(about: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(about, look())
    except (EmbeddedError, Refusal) as refusal:
        return Finding(about, str(refusal), wrong=True)
