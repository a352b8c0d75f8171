"""The running product as its users reach it: clients of a fresh workspace, one for each role."""

import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.plugins.dev import Dev, run
from tests.plugins.logs import Links, Log

PASSWORD = "four dull horses trot"

_SIGN_UP = """mutation($input: WorkspaceSignUpInput!) {
  workspaceSignUp(input: $input) {
    token user { id } workspace { id } userErrors { code path } } }"""
_INVITE = """mutation($input: UserInviteInput!) {
  userInvite(input: $input) { invitation { id } userErrors { code path message } } }"""
_ACCEPT = """mutation($input: InvitationAcceptInput!) {
  invitationAccept(input: $input) { token user { id } userErrors { code message } } }"""


class Server:
    """The one running instance of a test run."""

    def __init__(self, dev: Dev) -> None:
        self.dev = dev
        self.ready = dev.ready
        self.url: str = dev.ready["url"]
        self.sign_ins: dict[str, Any] = dev.ready["signIns"]
        self.workspace: dict[str, str] = dev.ready["workspace"]
        self.http = httpx.Client(base_url=self.url, timeout=30)
        self.links = Links(Path(dev.data) / "logs")

    def client(self, token: str | None) -> "Client":
        """Somebody who calls with a token, or nobody."""
        return Client(self, token)

    def demo(self, role: str) -> "Client":
        """A sign-in of the demo workspace."""
        return self.client(self.sign_ins[role]["token"])

    def statements(self) -> float:
        """How many SQL statements the API has sent so far."""
        text = httpx.get(self.ready["metrics"]).text
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        counted = [line for line in lines if line.startswith("coeffection_sql_statements_total")]
        return sum(float(line.rsplit(" ", 1)[1]) for line in counted)

    def log(self, about: str) -> list[dict[str, Any]]:
        """The lines of the API's log that hold a text."""
        return Log(Path(self.dev.data) / "logs", "api", about=about).lines()


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    body: dict[str, Any]
    headers: httpx.Headers

    @property
    def data(self) -> Any:
        """The data, of an operation without errors."""
        assert not self.body.get("errors"), self.body["errors"]
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of top-level errors."""
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]


@dataclass(frozen=True)
class Payload:
    """What a mutation answered."""

    fields: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        """A field of a payload without refusals."""
        assert not self.fields["userErrors"], self.fields["userErrors"]
        return self.fields[name]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Why the act was refused."""
        return list(self.fields["userErrors"])

    @property
    def codes(self) -> list[str]:
        """The codes of the refusals."""
        return [error["code"] for error in self.errors]


class Client:
    """Somebody who calls the API."""

    def __init__(self, server: Server, token: str | None) -> None:
        self.server = server
        self.token = token
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def send(self, query: str, variables: Any = None, **rest: Any) -> Answer:
        """Send an operation."""
        body = {"query": query, "variables": variables} | rest
        response = self.server.http.post("/graphql", json=body, headers=self.headers)
        return Answer(response.status_code, response.json(), response.headers)

    def run(self, query: str, **variables: Any) -> Any:
        """The data of an operation that must succeed."""
        return self.send(query, variables).data

    def act(self, name: str, given: dict[str, Any], select: str = "") -> Payload:
        """Carry out a mutation; its refusals are part of what is returned."""
        kind = name[0].upper() + name[1:]
        answer = self.send(
            f"mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {select}"
            " userErrors { __typename code message path } operationId eventCursor } }",
            {"input": given},
        )
        return Payload(answer.data[name])

    def node(self, record_id: str) -> Any:
        """A record by its id, as far as its type."""
        found = self.run("query($id: ID!) { node(id: $id) { __typename id } }", id=record_id)
        return found["node"]


class World:
    """A fresh workspace; its people come when they are asked for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.name = f"Workspace {secrets.token_hex(4)}"
        self._people: dict[str, tuple[Client, str]] = {}
        visitor = server.client(None)
        given = {
            "workspaceName": self.name,
            "firstName": "Ada",
            "lastName": "Admin",
            "email": self.email("admin"),
            "password": PASSWORD,
            "timeZone": "America/New_York",
            "currency": "USD",
        }
        begun = visitor.run(_SIGN_UP, input=given)["workspaceSignUp"]
        assert not begun["userErrors"], begun["userErrors"]
        self.id: str = begun["workspace"]["id"]
        self._people["admin"] = server.client(begun["token"]), begun["user"]["id"]

    def email(self, who: str) -> str:
        """The address of one of its people."""
        return f"{who}@{self.name.replace(' ', '-').lower()}.example"

    def join(self, who: str, role: str) -> tuple[Client, str]:
        """Invite somebody with a role and let them accept: their client and id."""
        if who not in self._people:
            email = self.email(who)
            invited = self.admin.act("userInvite", {"email": email, "role": role})
            assert not invited.errors, invited.errors
            given = {
                "token": self.server.links.newest("invitation", email),
                "firstName": who.capitalize(),
                "lastName": role.capitalize(),
                "password": PASSWORD,
            }
            begun = self.server.client(None).run(_ACCEPT, input=given)["invitationAccept"]
            assert not begun["userErrors"], begun["userErrors"]
            self._people[who] = self.server.client(begun["token"]), begun["user"]["id"]
        return self._people[who]

    @cached_property
    def admin(self) -> Client:
        """The account owner."""
        return self._people["admin"][0]

    @cached_property
    def rep(self) -> Client:
        """A Sales Rep."""
        return self.join("rep", "REP")[0]

    @cached_property
    def manager(self) -> Client:
        """A Manager, of no team yet."""
        return self.join("manager", "MANAGER")[0]

    @cached_property
    def executive(self) -> Client:
        """An Executive."""
        return self.join("executive", "EXECUTIVE")[0]

    @cached_property
    def finance(self) -> Client:
        """Somebody of Finance."""
        return self.join("finance", "FINANCE")[0]

    def user(self, who: str) -> str:
        """The id of one of its people."""
        return self._people[who][1]

    def of(self, role: str) -> Client:
        """The client of a role, by its name in lower case."""
        found: Client = getattr(self, role)
        return found

    def contact(self, client: Client | None = None, **given: Any) -> str:
        """Create a contact; its id."""
        values = {"firstName": "Sarah", "lastName": "Chen", "phone": "+14155550102"} | given
        made = (client or self.admin).act("contactCreate", values, "contact { id }")
        found: str = made["contact"]["id"]
        return found

    def deal(self, client: Client | None = None, **given: Any) -> str:
        """Create a deal; its id."""
        values = {"name": "Globex Renewal"} | given
        made = (client or self.admin).act("dealCreate", values, "deal { id }")
        found: str = made["deal"]["id"]
        return found

    def fill(self, contacts: int = 20) -> None:
        """Fill the workspace with demo records of every kind, from the command line."""
        done = run(
            "demo", "--contacts", contacts, "--workspace", self.id, "--data", self.server.dev.data
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def server(dev: Dev) -> Server:
    """The running instance."""
    return Server(dev)


@pytest.fixture
def world(server: Server) -> World:
    """A fresh workspace."""
    return World(server)


@pytest.fixture(scope="module")
def filled(server: Server) -> World:
    """A workspace with records of every kind, shared by the tests of a module that only read."""
    world = World(server)
    for role in ("rep", "manager", "executive", "finance"):
        world.of(role)
    world.fill()
    return world
