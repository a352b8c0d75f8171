"""Mail as customers write it, and what it becomes here."""

import re
import secrets
from email.message import EmailMessage
from typing import Any

import httpx

from tests.jobs.postbox import Postbox, Taken
from tests.plugins.dev import eventually
from tests.plugins.world import Client, World
from tests.services.importing import sql

EMAIL = """email { id subject body html direction deliveryState messageId threadId automatic
  fromStranger openCount clickCount bouncedAt attachments { nodes { name size } } }"""
INBOUND = """{ inboundMails { nodes { messageId state error subject email { id } case { id }
  aboutDelivery { id } } } }"""


def somebody(domain: str = "globex.example") -> str:
    """An address nobody else of these tests has."""
    return f"c{secrets.token_hex(4)}@{domain}"


def letter(sender: str, *to: str, text: str = "Hello", **headers: str) -> EmailMessage:
    """A mail as somebody's mail program writes it; headers are written with underscores."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = ", ".join(to)
    made["Subject"] = headers.pop("subject", "A question")
    made["Message-ID"] = headers.pop("message_id", f"<{secrets.token_hex(8)}@globex.example>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


class Support:
    """A workspace whose support is reached by mail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.domain = f"support-{secrets.token_hex(4)}.ours.example"
        self.address = f"support@{self.domain}"
        given = {"supportDomain": self.domain}
        assert not world.admin.act("workspaceUpdate", given).errors
        self.hook: str = world.admin.act("inboundMailKeyCreate", {}, "url")["url"]

    @property
    def admin(self) -> Client:
        """The account owner."""
        return self.world.admin

    def take(self, mail: EmailMessage | bytes, **headers: str) -> httpx.Response:
        """Hand a mail to the workspace's address."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        given = {"content-type": "message/rfc822"} | headers
        return httpx.post(self.hook, content=raw, headers=given, timeout=60)

    def state(self, mail: EmailMessage | bytes) -> str:
        """What becomes of a mail that is handed over."""
        answer = self.take(mail)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["state"])

    def inbound(self) -> list[dict[str, Any]]:
        """What came in, the newest first."""
        return list(self.admin.run(INBOUND)["inboundMails"]["nodes"])

    def contact(self, email: str | None) -> str:
        """A contact with an address, or without one."""
        return self.world.contact(email=email)

    def case(self, contact: str, **given: Any) -> dict[str, Any]:
        """A case of a contact."""
        values = {"subject": "Printer on fire", "contactId": contact} | given
        made = self.admin.act("caseCreate", values, "case { id number emailAddress }")
        return dict(made["case"])

    def shown(self, case: str) -> dict[str, Any]:
        """How a case stands, and its e-mails, the newest first."""
        query = """query($id: ID!) { case(id: $id) {
          number origin confirmationProblem status { name category } firstRespondedAt
          contact { id name email } owner { id }
          timeline(kinds: [EMAIL]) { nodes { ... on Email {
            id subject body direction automatic fromStranger fromAddress } } } } }"""
        return dict(self.admin.run(query, id=case)["case"])

    def mails(self, case: str) -> list[dict[str, Any]]:
        """The e-mails of a case, the newest first."""
        return list(self.shown(case)["timeline"]["nodes"])

    def status(self, name: str) -> str:
        """The id of a status of cases."""
        found = self.admin.run("{ caseStatuses { nodes { id name } } }")["caseStatuses"]["nodes"]
        return next(str(one["id"]) for one in found if one["name"] == name)


def first(postbox: Postbox, address: str) -> Taken:
    """The first letter to somebody, once it is there."""
    assert eventually(lambda: bool(postbox.to(address))), f"no letter to {address}"
    return postbox.to(address)[0]


def linked(text: str) -> list[str]:
    """The addresses in the HTML of a letter, of links and pictures."""
    return [one.replace("&amp;", "&") for one in re.findall(r'(?:href|src)="([^"]+)"', text)]


def hours_later(office: World, hours: int) -> None:
    """Move the instance's clock."""
    sql(office.server, "DELETE FROM test_clock")
    sql(office.server, "INSERT INTO test_clock (offset_seconds) VALUES ($1)", hours * 3600)
