"""Fresh workspaces, the people in them, and the links they are sent."""

import uuid
from dataclasses import dataclass, field

import httpx
import pytest

from tests.plugins.logs import Links

PASSWORD = "correct horse 7 battery"
ROLES = ("REP", "MANAGER", "EXECUTIVE", "ADMIN", "FINANCE")
ERRORS = "userErrors { __typename code message path"
ERRORS += " ... on WorkspaceRequiredError { workspaces { id name } } }"


def address(name="person"):
    """An e-mail address nobody else has."""
    return f"{name}.{uuid.uuid4().hex}@acme.com"


class Client:
    """Speaks GraphQL over HTTP with one token, or none."""

    def __init__(self, http, token=None):
        self.http = http
        self.token = token

    async def post(self, query, **variables):
        """The whole answer."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": query, "variables": variables}
        return (await self.http.post("/graphql", json=body, headers=headers)).json()

    async def run(self, query, **variables):
        """The data of an answer without errors."""
        body = await self.post(query, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def denials(self, query, **variables):
        """The codes of the errors of an answer."""
        body = await self.post(query, **variables)
        return [error["extensions"]["code"] for error in body.get("errors", ())]

    async def act(self, name, selection="", /, **given):
        """The payload of a mutation."""
        return (await self.run(mutation(name, selection), input=given))[name]

    async def done(self, name, selection="", /, **given):
        """The payload of a mutation that was not refused."""
        payload = await self.act(name, selection, **given)
        assert not payload["userErrors"], payload["userErrors"]
        return payload

    async def refusals(self, name, /, **given):
        """The codes and paths of why a mutation was refused."""
        payload = await self.act(name, **given)
        return [(error["code"], error["path"]) for error in payload["userErrors"]]

    async def refused(self, name, /, **given):
        """The only code with which a mutation was refused."""
        [(code, _)] = await self.refusals(name, **given)
        return code

    async def denied(self, name, /, **given):
        """The codes with which a mutation was denied."""
        return await self.denials(mutation(name, ""), input=given)

    async def is_admitted(self):
        """Whether the token still opens anything."""
        return await self.denials("{ viewer { role } }") == []


def mutation(name, selection):
    """The document of one mutation."""
    kind = name[0].upper() + name[1:]
    return f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ {selection} {ERRORS} }} }}"


@dataclass
class Person(Client):
    """A client signed in as a user."""

    http: httpx.AsyncClient
    token: str
    id: str
    email: str
    links: Links = field(repr=False)
    workspace_id: str = ""

    async def made(self, kind, /, **given):
        """The id of a record of one's own."""
        lower = kind[0].lower() + kind[1:]
        return (await self.done(f"{lower}Create", f"{lower} {{ id }}", **given))[lower]["id"]

    async def invite(self, role, /, **given):
        """The token of an invitation to a fresh address, and the address."""
        email = address(role.lower())
        await self.done("userInvite", email=email, role=role, **given)
        return self.links.newest("invitation", email), email

    async def colleague(self, role, /, **given):
        """A new user of the workspace, signed in."""
        token, email = await self.invite(role, **given)
        joined = await Client(self.http).done(
            "invitationAccept",
            "token user { id }",
            token=token,
            firstName=role.title(),
            lastName="Tester",
            password=PASSWORD,
        )
        return Person(self.http, joined["token"], joined["user"]["id"], email, self.links)


@pytest.fixture(scope="session")
def links(dev):
    return Links(dev.data / "logs")


@pytest.fixture(scope="session")
async def http(dev):
    async with httpx.AsyncClient(base_url=dev.ready["url"], timeout=30) as client:
        yield client


@pytest.fixture
def anybody(http):
    """A client that is not signed in."""
    return Client(http)


@pytest.fixture
def sign_up(http, links):
    """Opens a workspace; answers its Admin."""

    async def open_workspace(email=None, password=PASSWORD, name="Acme"):
        email = email or address("admin")
        begun = await Client(http).done(
            "workspaceSignUp",
            "token user { id } workspace { id }",
            workspaceName=name,
            firstName="Ada",
            lastName="Byron",
            email=email,
            password=password,
            timeZone="Europe/Paris",
            currency="EUR",
        )
        user, workspace = begun["user"], begun["workspace"]
        return Person(http, begun["token"], user["id"], email, links, workspace["id"])

    return open_workspace


@pytest.fixture
async def admin(sign_up):
    """The Admin of a fresh workspace."""
    return await sign_up()
