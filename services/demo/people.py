"""The people of the demo workspace, their teams, and who can sign in."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from auth.credentials import CredentialKind, issue, revoke
from auth.sessions import LIFETIME
from core.crypto import hash_password
from core.ids import new_id
from core.writes import Transaction
from models import metadata
from models.enums import Role, UserStatus
from services import logins
from services.demo.world import Person

_USER = metadata.tables["user"]
_TEAM = metadata.tables["team"]
_MEMBER = metadata.tables["team_member"]
_SESSION = metadata.tables["session"]
_DOMAIN = "acme.example"
_BROWSER = "./dev"
"""The user agent of sessions that were begun here."""

# Who signs in as what; everybody else of the workspace is there to own records.
_SIGN_INS = {
    "Priya Raman": Role.ADMIN,
    "Evelyn Hart": Role.EXECUTIVE,
    "Jamie Sullivan": Role.MANAGER,
    "Lisa Turner": Role.REP,
    "Nina Feldman": Role.FINANCE,
}
_MANAGERS = {"Mike Keller", "Amy Larsen", "Carlos Rivera"}
SUPPORT = "Customer Support"
# The manager comes first.
_TEAMS = {
    "Enterprise Sales": (
        "Jamie Sullivan",
        "Lisa Turner",
        "Aisha Bello",
        "Ben Carter",
        "Dana Novak",
    ),
    "SMB Sales": (
        "Mike Keller",
        "Dana Novak",
        "Elif Kaya",
        "Frank Moore",
        "Grace Kim",
        "Hugo Martin",
        "Ines Costa",
        "Jack Byrne",
    ),
    SUPPORT: (
        "Amy Larsen",
        "Karin Holm",
        "Leo Santos",
        "Maya Gupta",
        "Noah Fischer",
        "Olga Petrova",
    ),
    "Finance & Ops": ("Carlos Rivera", "Nina Feldman", "Paul Quinn"),
}
# Whose customers the demo's are; one is the book-keeper's own.
SELLERS = tuple(dict.fromkeys([*_TEAMS["Enterprise Sales"], *_TEAMS["SMB Sales"], "Nina Feldman"]))


@dataclass(frozen=True, slots=True)
class SignIn:
    """A way into the demo workspace: by e-mail and password, or with the token as Bearer."""

    email: str
    password: str
    token: str


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo workspace, and a sign-in for each role."""

    workspace_id: str
    """As clients write it: `ten_…`."""
    workspace_name: str
    sign_ins: dict[str, SignIn]


@dataclass(frozen=True, slots=True)
class Known:
    """What the data folder keeps of the demo workspace."""

    workspace: str
    password: str
    users: dict[str, str]
    """The user of each sign-in."""

    @classmethod
    def read(cls, path: Path) -> "Known | None":
        """What the file says, if there is one."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    @classmethod
    def fresh(cls, path: Path) -> "Known":
        """A new workspace's ids and a password nobody else has, kept in a file of its own."""
        users = {role.lower(): new_id() for role in _SIGN_INS.values()}
        known = cls(new_id(), secrets.token_urlsafe(12), users)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        text = {"workspace": known.workspace, "password": known.password, "users": known.users}
        draft.write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
        return known


async def hire(act: Transaction, known: Known) -> dict[str, Person]:
    """Add everybody, their teams and their log-ins; people by their name."""
    password = await hash_password(known.password)
    people = {}
    for name, role in _SIGN_INS.items():
        one = people[name] = _person(name, role.lower(), known.users[role.lower()])
        await logins.add_user(
            act, one.id, **_names(one), role=role, password_hash=password, demo=True
        )
    others = dict.fromkeys(name for team in _TEAMS.values() for name in team if name not in people)
    for name in others:
        people[name] = _person(name, name.lower().replace(" ", "."), new_id())
    users = [
        {
            "id": people[name].id,
            **_names(people[name]),
            "role": Role.MANAGER if name in _MANAGERS else Role.REP,
            "status": UserStatus.ACTIVE,
        }
        for name in others
    ]
    await act.insert_many(_USER, users)
    await _form_teams(act, people)
    act.access_changed()
    return people


async def sign_in(act: Transaction, known: Known) -> dict[str, SignIn]:
    """End the sessions of earlier starts and begin one for each role."""
    ended = await act.delete(_SESSION, _SESSION.c.user_agent == _BROWSER)
    await revoke(act, CredentialKind.SESSION, *(session["id"] for session in ended))
    if ended:
        act.access_changed()
    emails = await _emails(act, list(known.users.values()))
    return {
        role: SignIn(emails[user], known.password, await _begin(act, user))
        for role, user in known.users.items()
    }


async def _begin(act: Transaction, user: str) -> str:
    session_id = new_id()
    session = {
        "id": session_id,
        "user_id": user,
        "last_seen_at": act.now,
        "user_agent": _BROWSER,
    }
    await act.insert(_SESSION, session)
    return await issue(act, CredentialKind.SESSION, session_id, expires_at=act.now + LIFETIME)


async def _emails(act: Transaction, users: list[str]) -> dict[str, str]:
    rows = await act.fetch(
        sa.select(_USER.c.id, _USER.c.email).where(
            _USER.c.workspace_id == act.workspace, _USER.c.id.in_(users)
        )
    )
    return {row["id"]: row["email"] for row in rows}


def _person(name: str, local: str, user: str) -> Person:
    return Person(user, name, f"{local}@{_DOMAIN}")


def _names(person: Person) -> dict[str, str]:
    first, last = person.name.split()
    return {"first_name": first, "last_name": last, "email": person.email}


async def _form_teams(act: Transaction, people: dict[str, Person]) -> None:
    for name, members in _TEAMS.items():
        team = await act.insert(_TEAM, {"name": name, "manager_id": people[members[0]].id})
        belonging = [{"team_id": team["id"], "user_id": people[one].id} for one in members]
        await act.insert_many(_MEMBER, belonging)
