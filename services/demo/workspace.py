"""The demo workspace: made once for a data folder, signed in to at each start."""

from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from pathlib import Path

import sqlalchemy as sa

from core import files
from core.db import Database
from core.files import Files
from core.ids import encode
from core.settings import Settings
from core.writes import Transaction
from models import metadata
from services import dashboards, numbers, workspaces
from services.demo import beside, boards, custom, load, manual, nights, people, plan, survey
from services.demo.book import Book
from services.demo.people import Demo, Known, SignIn
from services.demo.world import Person
from services.rules.numbers import Numbered, formatted
from services.rules.onboarding import OnboardingStepKey

NAME = "Acme Corporation"
_PREFIX = "ten"
_UNITS = 25
# Numbers run on from here, so that the manual's own are the last.
_INVOICES_BEFORE = 1085 - 3 * _UNITS

_WORKSPACE = metadata.tables["workspace"]
_TEAM = metadata.tables["team"]


async def ensure(app_url: str, data_dir: Path, now: datetime, store: Files | None = None) -> Demo:
    """The demo workspace of a data folder, made when it is missing, with fresh sessions."""
    store = store or files.at((data_dir / "files").as_uri())
    database = await Database.open(Settings(database_app_url=app_url), application="demo")
    try:
        path = data_dir / "demo.json"
        known = Known.read(path)
        if known is None or not await _exists(database, known):
            known = Known.fresh(path)
            await _make(database, known, now, store)
        sign_ins = await _sign_in(database, known, now)
        return Demo(encode(_PREFIX, known.workspace), NAME, sign_ins)
    finally:
        await database.close()


async def _exists(database: Database, known: Known) -> bool:
    here = sa.select(_WORKSPACE.c.name).where(_WORKSPACE.c.workspace_id == known.workspace)
    return bool(await database.fetch(known.workspace, here))


async def _sign_in(database: Database, known: Known, now: datetime) -> dict[str, SignIn]:
    async with load.opened(database, known.workspace, now) as act:
        return await people.sign_in(act, known)


async def _make(database: Database, known: Known, now: datetime, store: Files) -> None:
    async with load.opened(database, known.workspace, now) as act:
        await workspaces.found(act, _about(known))
        staff = await people.hire(act, known)
        await dashboards.seed(act, known.users["admin"])
        await _set_up(act)
        await _support(act)
        await _trade(act, staff, store)


def _about(known: Known) -> workspaces.SignUp:
    """What the manual's setup wizard shows."""
    return workspaces.SignUp(
        workspace_name=NAME,
        first_name="Priya",
        last_name="Raman",
        email="admin@acme.example",
        password=known.password,
        time_zone="America/New_York",
        currency="USD",
        industry="Software / SaaS",
    )


async def _set_up(act: Transaction) -> None:
    """Let the setup wizard be over: what the demo cannot have done was left for later."""
    later = [OnboardingStepKey.CONNECT_EMAIL, OnboardingStepKey.IMPORT_CONTACTS]
    settings = {"profile_saved_at": act.now, "skipped_steps": later}
    await act.update(_WORKSPACE, _WORKSPACE.c.workspace_id == act.workspace, settings)


async def _support(act: Transaction) -> None:
    """Let cases without an owner wait in the queue of support."""
    support = sa.select(_TEAM.c.id).where(
        _TEAM.c.workspace_id == act.workspace, _TEAM.c.name == people.SUPPORT
    )
    settings = {
        "support_team_id": (await act.fetch(support))[0]["id"],
        "support_domain": "support.acme.example",
    }
    await act.update(_WORKSPACE, _WORKSPACE.c.workspace_id == act.workspace, settings)


async def _trade(act: Transaction, staff: dict[str, Person], store: Files) -> None:
    """Fill the workspace with the manual's records and a modest rest."""
    await numbers.reserve(act, Numbered.INVOICE, _INVOICES_BEFORE)
    await numbers.reserve(act, Numbered.QUOTE, 89, 2024)
    await numbers.reserve(act, Numbered.CONTRACT, 42, 2024)
    await numbers.reserve(act, Numbered.CASE, boards.LAST_CASE)
    await numbers.reserve(act, load.SERIALS, _UNITS)
    about = replace(await survey.world(act), owners=[staff[name] for name in people.SELLERS])
    industries = await custom.lay(act)
    rest = Book(about)
    for serial in range(_UNITS):
        plan.unit(rest, serial)
    cases = sorted(rest.rows["case"], key=itemgetter("created_at"))
    for row, number in zip(cases, boards.case_numbers(len(cases)), strict=True):
        row["number"] = formatted(Numbered.CASE, number)
    custom.tell(rest, industries)
    beside.double(rest)
    await load.write(act, rest)
    told = Book(about)
    manual.tell(told, staff)
    custom.tell(told, industries)
    await load.write(act, told)
    await beside.lay(act, rest, told, told.rows["contact"][0]["owner_id"], store)
    await boards.ask(act, about.pipelines[0])
    await numbers.reserve(act, Numbered.INVOICE, manual.INVOICES)
    await nights.look_back(act, about)
