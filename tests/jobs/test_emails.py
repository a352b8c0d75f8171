"""E-mails that are sent: composed, of templates, tracked, and not to those who want none."""

import base64
import re
import secrets
from typing import Any

import httpx
import pytest

from tests.jobs.mailing import EMAIL, first, hours_later, linked, somebody
from tests.plugins.dev import eventually
from tests.plugins.world import Client, World
from tests.server.filing import uploaded

TRACKED = """query($id: ID!) { email(id: $id) {
  deliveryState deliveryError openedAt openCount clickedAt clickCount bouncedAt bounceReason } }"""
THREADS = """query($id: ID!) { contact(id: $id) { emailThreads {
  subject count lastAt last { id } } } }"""
PREVIEW = """query($id: ID!, $record: ID) { emailTemplatePreview(id: $id, recordId: $record) {
  subject html text } }"""
WELCOME = {
    "name": "Welcome — Thanks for your interest",
    "recordType": "LEAD",
    "subject": "Welcome, {{ lead.firstName }}",
    "body": "<p>Dear {{ lead.firstName }}, {{ sender.name }} ({{ workspace.name }}) will call.</p>",
}


def sent(client: Client, to: str, **given: Any) -> dict[str, Any]:
    """Send an e-mail: the e-mail as it begins."""
    values = {"to": [to], "subject": "Hello", "html": "<p>Hi there</p>"} | given
    return dict(client.act("emailSend", values, EMAIL)["email"])


def shown(client: Client, email: str) -> dict[str, Any]:
    """How an e-mail stands."""
    return dict(client.run(TRACKED, id=email)["email"])


def delivered(client: Client, email: str, state: str = "SENT") -> dict[str, Any]:
    """How an e-mail stands once it is in a state."""
    assert eventually(lambda: shown(client, email)["deliveryState"] == state), shown(client, email)
    return shown(client, email)


def template(world: World, **given: Any) -> str:
    """Make a template; its id."""
    made = world.admin.act("emailTemplateCreate", WELCOME | given, "emailTemplate { id }")
    return str(made["emailTemplate"]["id"])


def lead(world: World, **given: Any) -> str:
    """Make a lead; its id."""
    values = {"firstName": "Lea", "lastName": "Dahl", "email": somebody()} | given
    return str(world.admin.act("leadCreate", values, "lead { id }")["lead"]["id"])


def test_cont_15_a_composed_mail_is_in_the_timeline_and_reaches_its_contact(office, postbox):
    address = somebody()
    contact = office.contact(email=address)
    html = '<p><b>Bold</b> and <a href="https://ours.example/x">here</a></p><ul><li>one</li></ul>'

    email = sent(office.admin, address, html=html, about=[contact])

    assert email["deliveryState"] == "QUEUED"
    letter = first(postbox, address)
    assert letter.message["From"] == f'"Ada Admin ({office.name})" <crm@ours.example>'
    assert letter.message["Reply-To"] == office.email("admin")
    assert letter.message["Message-ID"] == email["messageId"]
    assert "Auto-Submitted" not in letter.message
    assert "<b>Bold</b>" in letter.part("html")
    assert "- one" in letter.part("plain")
    assert delivered(office.admin, email["id"])["deliveryError"] is None
    (thread,) = office.admin.run(THREADS, id=contact)["contact"]["emailThreads"]
    assert (thread["subject"], thread["count"], thread["last"]) == ("Hello", 1, {"id": email["id"]})


def test_comm_12_html_is_cleaned_of_all_that_runs(office):
    html = (
        "<p onclick=alert(1)>Hi<script>alert(2)</script><iframe src=//evil.example></iframe>"
        '<a href="javascript:alert(3)">x</a><img src="http://evil.example/x.png"></p>'
    )

    email = sent(office.admin, somebody(), html=html)

    for bad in ("script", "alert", "onclick", "iframe", "evil"):
        assert bad not in email["html"]


def test_comm_12_files_go_with_it_and_lie_beside_the_record(office, postbox):
    address = somebody()
    contact = office.contact(email=address)
    upload = uploaded(office.admin, b"%PDF-1.4 offer", "Offer ü.pdf")

    email = sent(office.admin, address, about=[contact], uploadIds=[upload])

    assert email["attachments"]["nodes"] == [{"name": "Offer ü.pdf", "size": 14}]
    (part,) = first(postbox, address).message.iter_attachments()
    assert part.get_filename() == "Offer ü.pdf"
    assert part.get_payload(decode=True) == b"%PDF-1.4 offer"
    query = "query($id: ID!) { contact(id: $id) { files { nodes { name } } } }"
    files = office.admin.run(query, id=contact)["contact"]["files"]["nodes"]
    assert files == [{"name": "Offer ü.pdf"}]


def test_comm_12_more_than_25_mb_as_it_is_sent_is_refused(office):
    upload = uploaded(office.admin, secrets.token_bytes(19 * 1024 * 1024), "film.bin")
    given = {"to": [somebody()], "subject": "Film", "html": "<p>x</p>", "uploadIds": [upload]}

    (error,) = office.admin.act("emailSend", given).errors

    assert (error["code"], error["path"]) == ("ATTACHMENT_TOO_LARGE", ["attachmentIds"])


def test_comm_12_what_cannot_be_sent_is_refused_at_its_place(office):
    many = [somebody() for _ in range(21)]
    cases: dict[tuple[str, str], dict[str, Any]] = {
        ("REQUIRED", "to"): {"to": []},
        ("INVALID_EMAIL", "to"): {"to": ["nobody"]},
        ("TOO_MANY", "to"): {"to": many},
        ("REQUIRED", "subject"): {"subject": "  "},
        ("REQUIRED", "html"): {"html": "<script>x</script>"},
        ("NOT_FOUND", "attachmentIds"): {"attachmentIds": ["file_01hzzzzzzzzzzzzzzzzzzzzzzz"]},
    }
    for (code, place), given in cases.items():
        values = {"to": [somebody()], "subject": "Hello", "html": "<p>x</p>"} | given
        answer = office.admin.act("emailSend", values)
        assert [(one["code"], one["path"][0]) for one in answer.errors] == [(code, place)], given


def test_comm_12_a_line_break_in_a_subject_begins_no_header(office, postbox):
    address = somebody()

    sent(office.admin, address, subject="Hello\r\nBcc: spy@evil.example")

    letter = first(postbox, address)
    assert letter.recipients == [address]
    assert "Bcc" not in letter.message
    assert letter.message["Subject"] == "Hello Bcc: spy@evil.example"


def test_comm_12_an_answer_goes_on_with_its_conversation(office, postbox):
    address = somebody()
    contact = office.contact(email=address)
    one = sent(office.admin, address, about=[contact])

    two = sent(office.admin, address, about=[contact], subject="Re: Hello", answersId=one["id"])

    assert eventually(lambda: len(postbox.to(address)) == 2)
    answer = next(it for it in postbox.to(address) if it.message["Subject"] == "Re: Hello")
    assert answer.message["In-Reply-To"] == one["messageId"]
    assert one["messageId"] in answer.message["References"]
    (thread,) = office.admin.run(THREADS, id=contact)["contact"]["emailThreads"]
    assert (thread["count"], thread["last"]["id"]) == (2, two["id"])


def test_comm_19_a_template_is_checked_when_it_is_saved(office):
    given = WELCOME | {"subject": "{{ lead.nope }}", "body": "{% for %}"}

    errors = office.admin.act("emailTemplateCreate", given).errors

    assert [(one["code"], one["path"]) for one in errors] == [
        ("INVALID_VALUE", ["subject"]),
        ("INVALID_VALUE", ["body"]),
    ]
    assert "lead.nope" in errors[0]["message"]


def test_comm_19_a_template_that_would_run_for_ever_is_refused(office):
    body = "{% for i in (1..1000000000) %}{% for j in (1..1000000000) %}x{% endfor %}{% endfor %}"

    assert office.admin.act("emailTemplateCreate", WELCOME | {"body": body}).codes == [
        "INVALID_VALUE"
    ]


def test_comm_19_a_preview_says_what_a_record_makes_of_it(office):
    record = lead(office, firstName="<Lea>")

    made = office.admin.run(PREVIEW, id=template(office), record=record)["emailTemplatePreview"]

    assert made["subject"] == "Welcome, <Lea>"
    assert "Dear &lt;Lea&gt;, Ada Admin" in made["html"]
    assert office.name in made["text"]


def test_comm_19_a_template_makes_the_mail_and_an_archived_one_does_not(office, postbox):
    address, made = somebody(), template(office)
    record = lead(office, email=address)
    given = {"to": [address], "templateId": made, "about": [record]}

    office.admin.act("emailSend", given)["operationId"]
    assert first(postbox, address).message["Subject"] == "Welcome, Lea"
    assert not office.admin.act("emailTemplateArchive", {"id": made}).errors

    assert office.admin.act("emailSend", given).codes == ["INVALID_VALUE"]


def test_comm_19_names_are_unique_among_those_that_are_offered(office):
    made = template(office)

    assert office.admin.act("emailTemplateCreate", WELCOME).codes == ["DUPLICATE"]
    assert not office.admin.act("emailTemplateArchive", {"id": made}).errors
    assert not office.admin.act("emailTemplateCreate", WELCOME).errors


def test_comm_19_a_rep_uses_templates_and_keeps_none(office):
    made = template(office)
    answer = office.rep.send(
        "mutation($input: EmailTemplateArchiveInput!)"
        " { emailTemplateArchive(input: $input) { operationId } }",
        {"input": {"id": made}},
    )

    assert answer.codes == ["FORBIDDEN"]
    assert office.rep.run("{ emailTemplates { nodes { id } } }")["emailTemplates"]["nodes"] == [
        {"id": made}
    ]


def followed(url: str) -> httpx.Response:
    """What a reader's program gets of an address in a mail."""
    return httpx.get(url, follow_redirects=False, timeout=30)


def test_comm_13_opens_and_clicks_are_noted_and_links_lead_where_they_say(office, postbox):
    address, target = somebody(), "https://ours.example/offer?a=1&b=2"
    html = f'<p><a href="{target.replace("&", "&amp;")}">Our offer</a></p>'
    email = sent(office.admin, address, html=html)
    click, pixel = linked(first(postbox, address).part("html"))

    def opened() -> bool:
        assert followed(pixel).content.startswith(b"GIF89a")
        return bool(shown(office.admin, email["id"])["openCount"])

    # What is followed in the first seconds is followed by a machine on the mail's way.
    assert eventually(opened)
    answer = followed(click)

    assert (answer.status_code, answer.headers["location"]) == (302, target)
    found = shown(office.admin, email["id"])
    assert (found["openCount"], found["clickCount"]) == (1, 1)
    assert found["openedAt"]
    assert found["clickedAt"]


def test_comm_13_nobody_makes_a_link_of_their_own(office, postbox):
    address = somebody()
    sent(office.admin, address, html='<p><a href="https://ours.example">x</a></p>')
    click, pixel = linked(first(postbox, address).part("html"))
    key = click.rpartition("/")[2]
    changed = base64.urlsafe_b64decode(key + "==")
    other = base64.urlsafe_b64encode(changed[:34] + b"\x01" + changed[35:]).decode().rstrip("=")

    for bad in (click[:-1], click.replace(key, other), click.replace(key, "x"), click + "%00"):
        assert followed(bad).status_code == 404
    opener = pixel.rpartition("/")[2].removesuffix(".gif")
    assert followed(click.replace(key, opener)).status_code == 404


def test_comm_13_a_workspace_may_switch_it_off(office, postbox):
    address = somebody()
    assert not office.admin.act("workspaceUpdate", {"mailTracking": False}).errors

    sent(office.admin, address, html='<p><a href="https://ours.example/">x</a></p>')

    assert linked(first(postbox, address).part("html")) == ["https://ours.example/"]


def test_comm_13_who_opted_out_is_not_followed(office, postbox):
    address = somebody()
    office.contact(email=address, emailOptedOut=True)

    sent(office.admin, address, html='<p><a href="https://ours.example/">x</a></p>')

    assert linked(first(postbox, address).part("html")) == ["https://ours.example/"]


def test_an_address_the_server_does_not_take_is_noted_on_mail_and_contact(office):
    address = f"nobody@{secrets.token_hex(4)}.example"
    contact = office.contact(email=address)

    email = sent(office.admin, address, about=[contact])

    found = delivered(office.admin, email["id"], "FAILED")
    assert found["bouncedAt"]
    assert "550" in found["bounceReason"]
    query = "query($id: ID!) { contact(id: $id) { emailBouncedAt } }"
    assert office.admin.run(query, id=contact)["contact"]["emailBouncedAt"]
    told = office.admin.run("{ notifications { nodes { kind text } } }")["notifications"]["nodes"]
    assert [one["kind"] for one in told] == ["EMAIL_BOUNCED"]
    corrected = {"id": contact, "email": somebody()}
    assert not office.admin.act("contactUpdate", corrected).errors
    assert office.admin.run(query, id=contact)["contact"]["emailBouncedAt"] is None


def bounced(office, contact: str) -> Any:
    """When the address of a contact was found to take no mail."""
    query = "query($id: ID!) { contact(id: $id) { emailBouncedAt } }"
    return office.admin.run(query, id=contact)["contact"]["emailBouncedAt"]


def test_a_mail_server_that_does_not_send_for_us_makes_no_address_dead(office):
    address = f"elsewhere@{secrets.token_hex(4)}.example"
    contact = office.contact(email=address)

    email = sent(office.admin, address, about=[contact])

    found = delivered(office.admin, email["id"], "FAILED")
    assert "Relay access denied" in found["deliveryError"]
    assert "Relay access denied" in found["bounceReason"]
    assert bounced(office, contact) is None


def test_one_of_several_whose_address_is_not_taken_is_noted_and_told(office, postbox):
    address, nobody = somebody(), f"nobody@{secrets.token_hex(4)}.example"
    there, gone = office.contact(email=address), office.contact(email=nobody)

    email = sent(office.admin, address, cc=[nobody], about=[there])

    found = delivered(office.admin, email["id"])
    assert nobody in found["bounceReason"]
    assert (bounced(office, there), bool(bounced(office, gone))) == (None, True)
    told = office.admin.run("{ notifications { nodes { kind text } } }")["notifications"]["nodes"]
    assert [(one["kind"], nobody in one["text"]) for one in told] == [("EMAIL_BOUNCED", True)]


def test_an_address_of_a_domain_beyond_ascii_is_noted_as_it_is_written(office):
    address = f"nobody@bücher-{secrets.token_hex(4)}.example"
    contact = office.contact(email=address)

    email = sent(office.admin, address, about=[contact])

    assert address in delivered(office.admin, email["id"], "FAILED")["bounceReason"]
    assert bounced(office, contact)


def enrolled(office, record: str) -> None:
    """Enroll a lead in a sequence whose first step is an e-mail at once."""
    steps = [{"templateId": template(office)}]
    made = office.admin.act("sequenceCreate", {"name": "Hello", "steps": steps}, "sequence { id }")
    given = {"sequenceId": made["sequence"]["id"], "leadIds": [record]}
    assert not office.admin.act("sequenceEnroll", given).errors


def opted_out(office, record: str) -> bool:
    """Whether a lead wants no mail."""
    query = "query($id: ID!) { lead(id: $id) { emailOptedOut } }"
    return bool(office.admin.run(query, id=record)["lead"]["emailOptedOut"])


def test_wf_16_a_mail_nobody_asked_for_says_how_to_get_no_more(office, postbox):
    address = somebody()
    record = lead(office, email=address)
    enrolled(office, record)
    letter = first(postbox, address)
    (link,) = [one for one in linked(letter.part("html")) if "/t/u/" in one]

    # A machine that looks at links changes nothing; the question asks first.
    assert "Unsubscribe" in httpx.get(link, timeout=30).text
    assert not opted_out(office, record)
    assert letter.message["List-Unsubscribe"] == f"<{link}>"
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    one_click = {"List-Unsubscribe": "One-Click"}

    assert httpx.post(link, data=one_click, timeout=30).status_code == 200

    assert opted_out(office, record)
    assert httpx.post(link + "x", data=one_click, timeout=30).status_code == 404


def waiting(office: World) -> dict[str, Any]:
    """The one mail of a workspace, and how far it is."""
    query = "{ emailDeliveries { nodes { id recipients text state attempts error } } }"
    (mail,) = office.admin.run(query)["emailDeliveries"]["nodes"]
    return dict(mail)


def unsubscribes(_office: World, mail: dict[str, Any]) -> None:
    """Follow the link that a mail has."""
    (link,) = re.findall(r"Unsubscribe: (\S+)", mail["text"])
    assert httpx.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=30).status_code == 200


def answers(office: World, mail: dict[str, Any]) -> None:
    """Write a mail."""
    given = {"direction": "INBOUND", "fromAddress": mail["recipients"][0], "subject": "Re: Hello"}
    values = given | {"toAddresses": ["us@ours.example"]}
    assert not office.admin.act("emailLog", values).errors


@pytest.mark.parametrize(
    ("does", "reason", "code"),
    [
        (unsubscribes, "wants no such mail", "RECIPIENT_OPTED_OUT"),
        (answers, "has answered since", "INVALID_TRANSITION"),
    ],
)
def test_wf_16_who_says_no_or_answers_while_the_mail_server_is_away_gets_no_mail(
    office, postbox, does, reason, code
):
    address = f"away@{secrets.token_hex(4)}.example"
    postbox.mended = False
    enrolled(office, lead(office, email=address))
    assert eventually(lambda: tried(office) == 1)
    does(office, waiting(office))
    postbox.mended = True
    hours_later(office, 1)
    assert eventually(lambda: waiting(office)["state"] == "FAILED")
    hours_later(office, 0)

    again = office.admin.act("emailDeliveryRetry", {"id": waiting(office)["id"]})

    assert reason in waiting(office)["error"]
    assert (again.codes, postbox.to(address), postbox.tried[address]) == ([code], [], 1)


def tried(office: World) -> int:
    """How often the one mail of a workspace was tried; -1 while there is none."""
    query = "{ emailDeliveries { nodes { attempts } } }"
    nodes = office.admin.run(query)["emailDeliveries"]["nodes"]
    return int(nodes[0]["attempts"]) if nodes else -1
