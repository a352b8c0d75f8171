"""The mailbox of a development server at /dev/mail."""

import re

import httpx
import pytest

from tests.plugins.dev import eventually
from tests.plugins.world import World
from tests.resolvers import quoting
from tests.server.browser import chromium, visiting


def mailbox(world: World) -> str:
    """What the mailbox shows of a workspace."""
    return httpx.get(address(world), timeout=60).text


def address(world: World) -> str:
    """Where the mails of a workspace are read."""
    return f"{world.server.url}/dev/mail?workspace={world.id}"


def posted(world: World) -> str:
    """Send a quote: the number it has, once its mail lies in the box."""
    quote = quoting.quote(world, title="<i>Offer</i>")
    told = "quote { number }"
    number = world.admin.act("quoteSend", {"id": quote["id"]}, told)["quote"]["number"]
    assert eventually(lambda: f"{number}.pdf" in mailbox(world))
    return str(number)


def paths(world: World, part: str) -> list[str]:
    """Where the parts of the mails of a workspace lie, the newest first."""
    return re.findall(rf"/dev/mail/{world.id}/mail_\w+/{part}", mailbox(world))


def test_quote_12_without_a_mail_server_mails_are_read_in_the_mailbox(world: World) -> None:
    number = posted(world)

    page = mailbox(world)
    html = world.server.http.get(paths(world, "html")[0])
    pdf = world.server.http.get(paths(world, "pdf")[0])

    assert f"Quote {number} from {world.name}: &lt;i&gt;Offer&lt;/i&gt;" in page
    assert "<i>" not in page
    assert "&lt;i&gt;Offer&lt;/i&gt;" in html.text
    assert html.headers["content-security-policy"].startswith("sandbox")
    assert pdf.content.startswith(b"%PDF")


def test_setup_05_the_mailbox_shows_the_link_of_an_invitation(world: World) -> None:
    email = f"guest@{world.name.replace(' ', '-').lower()}.example"
    world.admin.act("userInvite", {"email": email, "role": "REP"}, "invitation { id }")[
        "invitation"
    ]

    token = world.server.links.newest("invitation", email)

    assert f"To {email}" in mailbox(world)
    assert token in mailbox(world)


@pytest.mark.parametrize("path", ["x/mail_1/html", "ten_1/x/html", "{world}/{mail}/else"])
def test_the_mailbox_shows_no_mail_that_is_not_there(world: World, path: str) -> None:
    mail = "mail_01M8BAVD7RF9HBPYHMCZ3E4AY6"
    place = path.replace("{world}", world.id).replace("{mail}", mail)

    assert world.server.http.get(f"/dev/mail/{place}").status_code == 404


async def test_quote_12_a_mail_is_shown_in_a_frame_that_can_do_nothing(world, browser_path) -> None:
    number = posted(world)

    async with (
        chromium(browser_path) as browser,
        visiting(browser, address(world)) as visit,
    ):
        mail = visit.page.locator("details", has_text=number).filter(has_text=world.name)
        await mail.locator("summary").first.click()
        frame = mail.frame_locator("iframe")
        await frame.get_by_role("link", name="Open").wait_for()
