"""Where a command works: the data folder, and the servers it uses."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from core import settings
from server import embedded
from server.cli.refusal import Refusal


@dataclass(frozen=True)
class Place:
    """A data folder and the servers given from outside, if any."""

    data: Path
    database_url: str
    app_url: str
    redis_url: str
    pg_bin: Path | None

    @property
    def embedded(self) -> list[str]:
        """The servers that are not given."""
        given = {"postgres": self.database_url, "valkey": self.redis_url}
        return [name for name, url in given.items() if not url]


@dataclass(frozen=True)
class Running:
    """Addresses of servers in use, and the hold on the embedded ones."""

    database_url: str
    app_url: str
    redis_url: str
    own_password: bool
    """Whether the password of the API's role is ours to set."""
    servers: embedded.Servers | None

    @property
    def pids(self) -> dict[str, int]:
        """The processes of the embedded servers."""
        return self.servers.pids if self.servers else {}


def of(data: Path | None) -> Place:
    """The place a command was given, by option and environment."""
    given = settings.from_environment()
    if given.database_app_url and not given.database_url:
        raise Refusal("DATABASE_APP_URL needs DATABASE_URL, the owner's address of the database.")
    pg_bin = os.environ.get("COEFFECTION_PG_BIN")
    return Place(
        data=embedded.folder(data),
        database_url=_libpq(given.database_url),
        app_url=_libpq(given.database_app_url),
        redis_url=given.redis_url,
        pg_bin=Path(pg_bin).absolute() if pg_bin else None,
    )


@contextlib.contextmanager
def running(place: Place, *, want: tuple[str, ...] = ("postgres", "valkey")) -> Iterator[Running]:
    """Hold the servers a command needs; embedded ones stop with their last holder."""
    embedded.prepare(place.data)
    needed = [name for name in place.embedded if name in want]
    servers = embedded.connect(place.data, needed, pg_bin=place.pg_bin) if needed else None
    try:
        yield _addresses(place, servers)
    finally:
        if servers:
            servers.close()


def _addresses(place: Place, servers: embedded.Servers | None) -> Running:
    owner = place.database_url or (servers.database_url if servers else "")
    app = place.app_url
    if not app and owner:
        app = servers.app_url if servers and not place.database_url else _app_address(place)
    return Running(
        database_url=owner,
        app_url=app,
        redis_url=place.redis_url or (servers.redis_url if servers else ""),
        own_password=bool(place.database_url and not place.app_url),
        servers=servers,
    )


def _app_address(place: Place) -> str:
    """The API's role on a given database, with a password made once for this data folder."""
    parts = urlsplit(place.database_url)
    where = parts.netloc.rpartition("@")[2]
    kept = read_secret(place.data / "app-role.json")
    name = f"{where}{parts.path}?{parts.query}"
    if name not in kept:
        kept[name] = secrets.token_urlsafe(24)
        write_secret(place.data / "app-role.json", kept)
    netloc = f"{embedded.APP_ROLE}:{quote(kept[name])}@{where}"
    return urlunsplit(parts._replace(netloc=netloc))


def _libpq(url: str) -> str:
    """The form PostgreSQL's own programs read."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def read_secret(path: Path) -> dict[str, Any]:
    """A file of secrets; empty when there is none."""
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}


def write_secret(path: Path, values: dict[str, Any]) -> None:
    """Write a file only its owner can read, all or nothing."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(values))
    draft.replace(path)


def instance(data: Path) -> dict[str, Any] | None:
    """What the `./dev` that runs on this data folder printed when it was ready."""
    found = read_secret(data / "running.json")
    try:
        os.kill(found["pids"]["dev"], 0)
    except (KeyError, ProcessLookupError):
        return None
    except PermissionError:
        pass
    return found
