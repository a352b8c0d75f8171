"""`./dev backup FILE` and `./dev restore FILE`: the database and the uploads in one file."""

import asyncio
import os
import subprocess
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

from core import settings
from models import database_facts, migrate
from server import postgres
from server.cli import archive
from server.cli import place as places
from server.cli.archive import Manifest
from server.cli.place import Place, Running
from server.cli.refusal import Refusal
from server.embedded import ROOT

_FOREIGN_FUNCTIONS = """
SELECT p.oid::regprocedure::text AS name, r.rolname AS role
FROM pg_proc AS p JOIN pg_roles AS r ON r.oid = p.proowner
WHERE p.pronamespace = 'public'::regnamespace AND r.rolname <> current_user
  AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
"""

_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

_EMPTY = """
DO $$
DECLARE statement text;
BEGIN
  FOR statement IN
    SELECT format('DROP TABLE IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND NOT relispartition
    UNION ALL
    SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_extension
    WHERE extnamespace = 'public'::regnamespace
  LOOP EXECUTE statement; END LOOP;
  FOR statement IN
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
  LOOP EXECUTE statement; END LOOP;
END $$
"""


def backup(data: Path | None, target: Path) -> str:
    """Write database and uploads into one file; works while everything runs."""
    place = places.of(data)
    if target.exists():
        raise Refusal(f"{target} exists: choose another name.")
    if not target.absolute().parent.is_dir():
        raise Refusal(f"There is no folder {target.absolute().parent}.")
    with places.running(place, want=("postgres",)) as servers, _scratch(place) as scratch:
        manifest = asyncio.run(_manifest(servers))
        dump = Path(scratch) / archive.DUMP
        _program(place, servers, "pg_dump", "--format=custom", f"--file={dump}")
        files = uploads(place)
        archive.write(target, manifest, dump, files)
    size = target.stat().st_size / 1e6
    left_out = "" if files else " The uploads lie elsewhere (FILES_URL) and are not in it."
    return f"Wrote {target} ({size:.1f} MB, revision {manifest.revision}).{left_out}"


def restore(data: Path | None, source: Path, *, force: bool) -> str:
    """Fill an empty database, or with `force` any, from a backup; nothing else may use it."""
    place = places.of(data)
    if running := places.instance(place.data):
        raise Refusal(f"./dev runs on this data folder at {running['url']}: stop it first.")
    with archive.opened(source) as (manifest, tar):
        if not migrate.known(manifest.revision):
            raise Refusal(
                f"{source} was made by a newer release ({manifest.release}, revision"
                f" {manifest.revision}): restore it with that release."
            )
        with places.running(place, want=("postgres",)) as servers, _scratch(place) as scratch:
            dump = Path(scratch) / archive.DUMP
            archive.extract_dump(tar, dump)
            # The whole dump is read once before anything is dropped for it.
            _program(place, None, "pg_restore", f"--file={os.devnull}", str(dump))
            asyncio.run(_make_room(servers, manifest, force=force))
            options = ("--no-owner", "--single-transaction", "--exit-on-error")
            _program(place, servers, "pg_restore", *options, str(dump))
            migrated = asyncio.run(_finish(servers, manifest))
            folder = uploads(place)
            count = archive.extract_files(tar, folder) if folder else 0
    return f"Restored {source}: revision {migrated.revision}, {count} uploads."


def uploads(place: Place) -> Path | None:
    """The folder of uploads; None when they lie in an object store."""
    url = urlsplit(settings.from_environment().files_url)
    if not url.scheme:
        return place.data / "files"
    return Path(unquote(url.path)) if url.scheme == "file" else None


def _scratch(place: Place) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=place.data, prefix="backup-")


async def _manifest(servers: Running) -> Manifest:
    async with migrate.connected(servers.database_url, "DATABASE_URL") as owner:
        facts = await database_facts.read(owner)
        if facts.revision is None:
            raise Refusal("There is nothing to back up: the database has no tables yet.")
        if not facts.sees_all_rows:
            raise Refusal(
                f"{facts.owner} does not see the rows of all workspaces, so its backup would be"
                f' empty: let a superuser run ALTER ROLE "{facts.owner}" BYPASSRLS.'
            )
        rows = await owner.fetch(_FOREIGN_FUNCTIONS)
    return Manifest(
        revision=facts.revision,
        app_role=migrate.role_of(servers.app_url),
        release=release(),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        functions={row["name"]: row["role"] for row in rows},
    )


def release() -> str:
    """The version of this release."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return str(declared["project"]["version"])


async def _make_room(servers: Running, manifest: Manifest, *, force: bool) -> None:
    """Refuse what would be overwritten or in use; then leave an empty database with its roles."""
    role = migrate.role_of(servers.app_url)
    if role != manifest.app_role:
        raise Refusal(
            f"The backup grants its rights to {manifest.app_role}, here the API is {role}:"
            f" set DATABASE_APP_URL to one of {manifest.app_role}."
        )
    async with migrate.connected(servers.database_url, "DATABASE_URL") as owner:
        facts = await database_facts.read(owner)
        if facts.complaint:
            raise Refusal(facts.complaint)
        if facts.tables and not force:
            raise Refusal("The database is not empty: --force replaces all that is in it.")
        if await owner.fetchval(_OTHERS):
            raise Refusal("The database is in use: stop API and worker (./dev) first.")
        await owner.execute(_EMPTY)
    await migrate.ensure_roles(servers.database_url, servers.app_url)


async def _finish(servers: Running, manifest: Manifest) -> migrate.Migrated:
    """Give functions their owners again and bring older data to this release."""
    async with migrate.connected(servers.database_url, "DATABASE_URL") as owner:
        for name, role in manifest.functions.items():
            await _give(owner, name, role)
    return await migrate.run(
        servers.database_url, servers.app_url, own_password=servers.own_password
    )


async def _give(owner: asyncpg.Connection, function: str, role: str) -> None:
    async with owner.transaction():
        known = await owner.fetchrow(
            "SELECT $1::text::regprocedure::text AS function, quote_ident($2::text) AS role",
            function,
            role,
        )
        await owner.execute(f"GRANT CREATE ON SCHEMA public TO {known['role']}")
        await owner.execute(f"ALTER FUNCTION {known['function']} OWNER TO {known['role']}")
        await owner.execute(f"REVOKE CREATE ON SCHEMA public FROM {known['role']}")


def _program(place: Place, servers: Running | None, name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; its last words explain a failure."""
    program = postgres.programs(place.data, place.pg_bin) / name
    where, secret = _without_password(servers.database_url) if servers else ("", {})
    target = [f"--dbname={where}"] if where else []
    done = subprocess.run(
        [program, "--no-password", *target, *arguments] if where else [program, *arguments],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if "error" in line]
        raise Refusal(f"{said[0] if said else f'{name} failed with code {done.returncode}'}.")


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """An address other users may see in the list of processes, and the password apart."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, {}
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(unquote(parts.username or ''), safe='')}@{host}"
    return urlunsplit(parts._replace(netloc=netloc)), {"PGPASSWORD": unquote(parts.password)}
