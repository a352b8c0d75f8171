"""The demo workspace, and workspaces filled from the command line, as their users see them."""

import stat
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import asyncpg
import pytest

from core.ids import decode
from services import demo
from tests.plugins.dev import data_folder, eventually, run
from tests.services.importing import sql

QUOTE = """{ quotes(first: 1, filter: {number: {eq: "QT-2024-0089"}}) { nodes {
  title status subtotal { amount } discount { amount } tax { amount } total { amount currency }
  lines { nodes { description quantity discountPercent total { amount } } }
  deal { name value { amount } stage { name } contact { name } }
  contracts { nodes { number title signers { nodes { name party status } }
    invoices { nodes { number status overdueAt discount { amount } total { amount } paid { amount }
      balance { amount } lines { nodes { description total { amount } } }
      payments { nodes { value { amount } } } } } } } } } }"""
CONTACTS = """{ contacts(filter: {email: {in: ["s.chen@globex.com", "d.park@initech.io",
    "e.wilson@acme.com", "c.reyes@hooli.io"]}}, orderBy: [{field: NAME}]) { nodes {
  name phone status primaryCompany { name } owner { firstName lastName } } } }"""
SARAH = """{ contacts(filter: {email: {eq: "s.chen@globex.com"}}) { nodes {
  jobTitle deals { nodes { name value { amount } stage { category } } } } } }"""
BILLS = """{ invoices(filter: {number: {in: ["INV-1086", "INV-1087", "INV-1088", "INV-1089"]}},
    orderBy: [{field: NUMBER}]) { nodes { number billToName status overdueAt
      total { amount } } } }"""
TEAMS = (
    """{ teams(first: 100) { nodes { name memberCount manager { firstName lastName role } } } }"""
)
PIPELINES = """{ pipelines(filter: {kind: {eq: DEAL}}) { nodes {
  name stages { nodes { name probability category } } } } }"""
TOTALS = """{ contacts { totalCount } deals { totalCount } quotes { totalCount }
  contracts { totalCount } invoices { totalCount } leads { totalCount } cases { totalCount }
  tasks { totalCount } }"""
BOARDS = """{
  leads(filter: {companyName: {in: ["NexGen", "Cloudify", "FluxCorp", "SpamCo"]}},
    orderBy: [{field: SCORE}]) { nodes { name score status convertedContact { name } } }
  cases(filter: {number: {in: ["CASE-0485", "CASE-0491", "CASE-0498"]}},
    orderBy: [{field: NUMBER}]) { nodes { number subject priority status { name } sla { state } } }
  tasks(filter: {title: {eq: "Prepare Q2 forecast report"}}) { nodes { status isBlocked } }
  projects(filter: {name: {eq: "Globex Corp Onboarding"}}) { nodes { progressPercent
    stage { name } milestones { nodes { name status } } } } }"""
COUNTED = (
    "company",
    "contact",
    "contact_company",
    "deal",
    "quote",
    "quote_line",
    "contract",
    "contract_signer",
    "invoice",
    "invoice_line",
    "payment",
    "stage_change",
    "lead",
    "case",
    "task",
)
# Every one of these is empty where the sums agree.
DISAGREEING = {
    "a quote and its lines": """SELECT id FROM quote q WHERE subtotal_amount <>
      (SELECT sum(total_amount) FROM quote_line l WHERE l.quote_id = q.id)""",
    "an invoice and its lines": """SELECT id FROM invoice i WHERE subtotal_amount <>
      (SELECT sum(total_amount) FROM invoice_line l WHERE l.invoice_id = i.id)""",
    "an invoice and its payments": """SELECT id FROM invoice i WHERE paid_amount <>
      (SELECT coalesce(sum(amount), 0) FROM payment p WHERE p.invoice_id = i.id)""",
    "an invoice and its quote": """SELECT i.id FROM invoice i JOIN quote q ON q.id = i.quote_id
      WHERE i.total_amount <> q.total_amount""",
    "a contract and its quote": """SELECT c.id FROM contract c JOIN quote q ON q.id = c.quote_id
      WHERE c.value_amount <> q.total_amount OR q.status <> 'ACCEPTED'""",
    "a deal and its way": """SELECT id FROM deal d WHERE stage_id IS DISTINCT FROM
      (SELECT to_stage_id FROM stage_change c WHERE c.deal_id = d.id AND c.left_at IS NULL)""",
    "a lead and its stage": """SELECT l.id FROM lead l JOIN pipeline_stage s ON s.id = l.stage_id
      WHERE l.status <> s.lead_status""",
    "a record and its event": """SELECT record_id FROM event WHERE type LIKE '%.created'
      GROUP BY entity, record_id HAVING count(*) <> 1""",
    "the head and the log": """SELECT position FROM event_head h
      WHERE workspace_id::text = current_setting('app.workspace')
        AND position <> (SELECT count(*) FROM event)""",
}


class Inside:
    """A workspace's rows, read as the API's role."""

    def __init__(self, server, workspace):
        self.url = server.ready["appDatabaseUrl"]
        _, self.workspace = decode(workspace) or ("", "")

    async def rows(self, statement):
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(
                "SELECT set_config('app.workspace', $1, false)", self.workspace
            )
            return await connection.fetch(statement)
        finally:
            await connection.close()

    async def counts(self):
        parts = [f"SELECT '{table}' AS name, count(*) FROM \"{table}\"" for table in COUNTED]
        rows = await self.rows(" UNION ALL ".join(parts))
        return {row["name"]: row["count"] for row in rows}


@pytest.fixture(scope="module")
def executive(server):
    return server.demo("executive")


def amount(money):
    return money["amount"]


def test_quote_08_the_demo_has_the_manuals_quote(executive):
    quote = executive.run(QUOTE)["quotes"]["nodes"][0]
    assert quote["title"] == "Enterprise Platform — TechBridge Inc."
    sums = [amount(quote[name]) for name in ("subtotal", "discount", "tax", "total")]
    assert sums == ["23000.00", "2000.00", "1680.00", "22680.00"]
    lines = [(line["description"], amount(line["total"])) for line in quote["lines"]["nodes"]]
    assert lines == [
        ("Platform License", "6750.00"),
        ("Implementation Services", "12000.00"),
        ("Priority Support", "4250.00"),
    ]


def made(invoice) -> str:
    """The status it was made with: where other tests move the clock, it becomes overdue."""
    later = invoice["overdueAt"] and datetime.fromisoformat(invoice["overdueAt"]) > datetime.now(
        UTC
    )
    return "PARTIALLY_PAID" if later else invoice["status"]


def test_the_manuals_quote_leads_to_its_contract_invoice_and_payment(executive):
    quote = executive.run(QUOTE)["quotes"]["nodes"][0]
    deal = quote["deal"]
    assert (deal["contact"]["name"], deal["name"]) == ("Marco Polo", "TechBridge Ent.")
    contract = quote["contracts"]["nodes"][0]
    assert contract["number"] == "CT-2024-0042"
    assert contract["title"] == "TechBridge Enterprise Agreement"
    signers = [(one["name"], one["party"]) for one in contract["signers"]["nodes"]]
    assert signers == [("Marco Polo", "CUSTOMER"), ("Amy Larsen", "COMPANY")]
    invoice = contract["invoices"]["nodes"][0]
    assert (invoice["number"], made(invoice)) == ("INV-1089", "PARTIALLY_PAID")
    paid = [amount(payment["value"]) for payment in invoice["payments"]["nodes"]]
    assert (paid, amount(invoice["balance"])) == (["10000.00"], "12680.00")


def test_inv_01_the_manuals_invoice_mirrors_the_lines_of_its_quote(executive):
    quote = executive.run(QUOTE)["quotes"]["nodes"][0]
    invoice = quote["contracts"]["nodes"][0]["invoices"]["nodes"][0]
    assert amount(invoice["total"]) == amount(quote["total"])
    lines = [(one["description"], amount(one["total"])) for one in invoice["lines"]["nodes"]]
    assert lines == [
        ("Platform License", "6750.00"),
        ("Implementation Services", "12000.00"),
        ("Priority Support", "4250.00"),
    ]
    assert amount(invoice["discount"]) == amount(quote["discount"]) == "2000.00"


def test_cont_01_the_demo_has_the_manuals_contacts(executive):
    shown = [
        (
            one["name"],
            one["primaryCompany"]["name"],
            one["phone"],
            one["status"],
            one["owner"]["firstName"] + " " + one["owner"]["lastName"][0],
        )
        for one in executive.run(CONTACTS)["contacts"]["nodes"]
    ]
    assert shown == [
        ("Carlos Reyes", "Hooli", "+16505550177", "CUSTOMER", "Jamie S"),
        ("David Park", "Initech Ltd", "+12125550189", "PROSPECT", "Mike K"),
        ("Emma Wilson", "Acme Inc.", "+13125550234", "LEAD", "Amy L"),
        ("Sarah Chen", "Globex Corp", "+14155550102", "CUSTOMER", "Jamie S"),
    ]


def test_cont_07_sarah_chen_has_two_open_deals_of_62_000(executive):
    sarah = executive.run(SARAH)["contacts"]["nodes"][0]
    assert sarah["jobTitle"] == "VP of Engineering"
    deals = {
        one["name"]: amount(one["value"])
        for one in sarah["deals"]["nodes"]
        if one["stage"]["category"] == "OPEN"
    }
    assert deals == {"Globex Support Plan": "14000.00", "Globex Renewal": "48000.00"}


def scored(server, done) -> bool:
    """Whether something becomes true with the scores of now: other tests move the clock."""
    anew = "UPDATE due_work SET at = now() WHERE kind = 'lead_scores_fade' AND attempts = 0"

    def found() -> bool:
        sql(server, anew)
        return eventually(done, 5)

    return eventually(found)


def test_lead_03_the_demo_has_the_manuals_leads(server, executive):
    wanted = [
        ("Bob Smith", 12, "DISQUALIFIED"),
        ("Rita Morales", 45, "NEW"),
        ("Tom Brady", 72, "NEW"),
        ("Alice Ng", 97, "CONVERTED"),
    ]

    def shown() -> list[tuple[str, int, str]]:
        found = executive.run(BOARDS)["leads"]["nodes"]
        assert found[-1]["convertedContact"]["name"] == "Alice Ng"
        return [(one["name"], one["score"], one["status"]) for one in found]

    assert shown() == wanted or scored(server, lambda: shown() == wanted), shown()


def test_lead_04_the_scores_of_the_demo_are_explained(server, executive):
    query = """{ leads(first: 50, filter: {status: {in: [NEW, CONTACTED, QUALIFIED]}
      score: {gt: 7}}) { nodes { score scoreBreakdown { points } } } }"""

    def explained() -> bool:
        nodes = executive.run(query)["leads"]["nodes"]
        sums = [sum(float(line["points"]) for line in one["scoreBreakdown"]) for one in nodes]
        pairs = zip(nodes, sums, strict=True)
        return bool(nodes) and all(one["score"] - 1 < sum_ <= one["score"] for one, sum_ in pairs)

    assert explained() or scored(server, explained)


def test_case_02_the_demo_has_the_manuals_cases(executive):
    found = executive.run(BOARDS)["cases"]["nodes"]
    assert [(one["number"], one["subject"], one["priority"]) for one in found] == [
        ("CASE-0485", "Billing address update", "LOW"),
        ("CASE-0491", "Login issue after SSO", "CRITICAL"),
        ("CASE-0498", "API rate limit errors", "MEDIUM"),
    ]
    assert [one["status"]["name"] for one in found] == ["Resolved", "In Progress", "Backlog"]
    assert [one["sla"]["state"] for one in found] == ["MET", "BREACHED", "OK"]


def test_proj_06_the_demo_has_the_manuals_project_and_blocked_task(executive):
    found = executive.run(BOARDS)
    assert found["tasks"]["nodes"] == [{"status": "TO_DO", "isBlocked": True}]
    (project,) = found["projects"]["nodes"]
    assert (project["progressPercent"], project["stage"]["name"]) == (47, "In Progress")
    assert [(one["name"], one["status"]) for one in project["milestones"]["nodes"]] == [
        ("Kickoff & Discovery", "COMPLETE"),
        ("Data Migration", "IN_PROGRESS"),
        ("Training", "NOT_STARTED"),
        ("Go-live", "NOT_STARTED"),
    ]


def test_the_columns_of_the_demos_boards_have_cards(executive):
    boards = executive.run("""{
      leadBoard { columns { count } }
      projectBoard(filter: { name: { startsWith: "Globex" } }) { columns { count } }
      caseBoard { columns { count } } taskBoard { columns { count } } }""")
    counts = {name: [one["count"] for one in board["columns"]] for name, board in boards.items()}
    assert all(counts["caseBoard"] + counts["taskBoard"]), counts
    # No call is scheduled with a lead; the project by hand has begun. Examples begin others.
    assert counts["leadBoard"].count(0) == 1
    assert counts["projectBoard"].count(0) == 2


@pytest.mark.parametrize("where", ["demo", "fill"])
async def test_case_05_numbers_are_consecutive_and_the_newest_is_the_last(server, world, where):
    if where == "fill":
        world.fill(20)
    inside = Inside(server, server.workspace["id"] if where == "demo" else world.id)
    rows = await inside.rows('SELECT number FROM "case" ORDER BY number')
    last = 498 if where == "demo" else 2
    assert [row["number"] for row in rows] == [
        f"CASE-{value:04d}" for value in range(last - len(rows) + 1, last + 1)
    ]


def test_inv_08_the_demo_has_the_manuals_invoices(executive):
    shown = [
        (one["number"], one["billToName"], made(one), amount(one["total"]))
        for one in executive.run(BILLS)["invoices"]["nodes"]
    ]
    assert shown == [
        ("INV-1086", "InnoSoft", "DRAFT", "8500.00"),
        ("INV-1087", "DataVault Pro", "OVERDUE", "22000.00"),
        ("INV-1088", "Globex Corp", "PAID", "48000.00"),
        ("INV-1089", "TechBridge Inc.", "PARTIALLY_PAID", "22680.00"),
    ]


def test_team_06_the_demo_has_the_manuals_teams(executive):
    shown = {
        one["name"]: (one["memberCount"], one["manager"]["firstName"], one["manager"]["role"])
        for one in executive.run(TEAMS)["teams"]["nodes"]
    }
    assert shown == {
        "Enterprise Sales": (5, "Jamie", "MANAGER"),
        "SMB Sales": (8, "Mike", "MANAGER"),
        "Customer Support": (6, "Amy", "MANAGER"),
        "Finance & Ops": (3, "Carlos", "MANAGER"),
    }


@pytest.mark.parametrize("where", ["demo", "world"])
def test_deal_12_a_workspace_begins_with_two_pipelines(server, world, where):
    client = server.demo("executive") if where == "demo" else world.admin
    pipelines = {
        one["name"]: [(step["name"], step["probability"]) for step in one["stages"]["nodes"]]
        for one in client.run(PIPELINES)["pipelines"]["nodes"]
    }
    ends = [("Negotiation", 80), ("Closed Won", 100), ("Closed Lost", 0)]
    begin = [("Prospecting", 10), ("Qualified", 25)]
    assert pipelines == {
        "Sales": [*begin, ("Demo Scheduled", 40), ("Proposal Sent", 60), *ends],
        "Enterprise Sales": [*begin, ("Demo", 40), ("Proposal", 60), *ends],
    }


@pytest.mark.parametrize("role", ["rep", "manager", "finance", "admin", "executive"])
def test_role_01_every_sign_in_of_the_demo_has_something_to_look_at(server, role):
    seen = server.demo(role).run(TOTALS)
    assert all(found["totalCount"] > 0 for found in seen.values()), seen


def test_role_01_to_03_the_sign_ins_of_the_demo_see_more_and_more(server):
    seen = [
        server.demo(role).run(TOTALS)["contacts"]["totalCount"]
        for role in ("rep", "manager", "executive")
    ]
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("role", ["admin", "executive", "manager", "rep", "finance"])
def test_setup_17_the_demos_passwords_open_it(server, role):
    own = server.sign_ins[role]
    known = {name: own[name] for name in ("email", "password")}
    signed_in = server.client(None).act(
        "signIn", known | {"workspaceId": server.workspace["id"]}, "token"
    )
    viewer = server.client(signed_in["token"]).run("{ viewer { role workspace { name } } }")
    assert viewer == {"viewer": {"role": role.upper(), "workspace": {"name": "Acme Corporation"}}}


async def test_the_sums_of_the_demo_agree(server):
    inside = Inside(server, server.workspace["id"])
    for what, statement in DISAGREEING.items():
        assert await inside.rows(statement) == [], what


def test_filling_a_workspace_adds_in_proportion_and_says_so(server, world):
    data = server.dev.data
    done = run("demo", "--contacts", 510, "--workspace", world.id, "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert "510 contact," in done.stdout
    seen = {name: found["totalCount"] for name, found in world.admin.run(TOTALS).items()}
    documents = {"quotes": 306, "contracts": 153, "invoices": 153}
    work = {"leads": 51, "cases": 51, "tasks": 51 + 3 * 5}
    assert seen == {"contacts": 510, "deals": 255} | documents | work


async def test_filling_a_workspace_twice_adds_without_a_collision(server, world):
    inside = Inside(server, world.id)
    world.fill(20)
    once = await inside.counts()
    world.fill(20)
    twice = await inside.counts()
    assert all(0 < once[table] < twice[table] for table in COUNTED)
    assert twice["contact"] == 40
    emails = await inside.rows("SELECT DISTINCT email FROM contact")
    assert len(emails) == 40
    for what, statement in DISAGREEING.items():
        assert await inside.rows(statement) == [], what


async def test_quote_02_numbers_of_two_who_take_them_at_once_have_no_gap(server, world):
    with ThreadPoolExecutor() as both:
        list(both.map(world.fill, (20, 20)))
    inside = Inside(server, world.id)
    numbers = [row["number"] for row in await inside.rows("SELECT number FROM invoice ORDER BY 1")]
    assert numbers == [f"INV-{value:04d}" for value in range(1, 13)]
    years = Counter(
        row["number"][:8] for row in await inside.rows("SELECT number FROM quote ORDER BY 1")
    )
    expected = {
        f"{year}{value:04d}" for year, count in years.items() for value in range(1, count + 1)
    }
    assert {row["number"] for row in await inside.rows("SELECT number FROM quote")} == expected


async def test_the_same_workspace_name_is_filled_with_the_same_records(server):
    facts = """SELECT first_name || last_name, email, status FROM contact
      UNION ALL SELECT name, email, status || score FROM lead
      UNION ALL SELECT number || subject, priority, resolution_due_at::text FROM "case"
      UNION ALL SELECT title, status, due_at::text FROM task ORDER BY 1, 2, 3"""
    now = datetime.now(UTC)
    people = []
    for _ in range(2):
        with data_folder() as data:
            made = await demo.ensure(server.ready["appDatabaseUrl"], data, now)
            people.append(await Inside(server, made.workspace_id).rows(facts))
    assert people[0] == people[1]


async def test_records_are_owned_by_the_users_of_the_workspace_in_turn(server, world):
    for role in ("rep", "manager", "finance"):
        world.of(role)
    world.fill(40)
    inside = Inside(server, world.id)
    for table in ("company", "contact", "deal", "quote", "contract", "invoice"):
        owners = await inside.rows(f"SELECT DISTINCT owner_id FROM {table}")
        assert len(owners) == 4, table


async def test_an_event_of_a_filled_contact_says_what_one_of_a_created_contact_says(server, world):
    world.fill(10)
    world.contact(email="ada@example.org", jobTitle="Engineer")
    rows = await Inside(server, world.id).rows(
        "SELECT actor_kind, array(SELECT jsonb_object_keys(changes) ORDER BY 1) AS fields,"
        " changes #>> '{first_name,before}' AS before FROM event"
        " WHERE type = 'contact.created' AND changes ? 'phone' AND changes ? 'owner_id'"
    )
    said = {row["actor_kind"]: row for row in rows}
    own = set(said["USER"]["fields"])
    assert own - {"primary_company_id"} == set(said["SYSTEM"]["fields"]) - {"primary_company_id"}
    assert said["SYSTEM"]["before"] is said["USER"]["before"] is None


async def test_a_data_folder_has_one_demo_and_each_start_new_tokens(server):
    url, now = server.ready["appDatabaseUrl"], datetime.now(UTC)
    with data_folder() as data:
        first = await demo.ensure(url, data, now)
        second = await demo.ensure(url, data, now + timedelta(seconds=1))
        assert stat.S_IMODE((data / "demo.json").stat().st_mode) == 0o600
    assert first.workspace_id == second.workspace_id
    assert set(second.sign_ins) == {"admin", "executive", "manager", "rep", "finance"}
    for role in second.sign_ins:
        old, new = (server.client(made.sign_ins[role].token) for made in (first, second))
        assert old.send("{ viewer { role } }").codes == ["UNAUTHENTICATED"]
        assert new.run("{ viewer { role } }") == {"viewer": {"role": role.upper()}}
        assert first.sign_ins[role].password == second.sign_ins[role].password


async def test_a_demo_whose_database_is_gone_is_made_anew(server):
    with data_folder() as data:
        (data / "demo.json").write_text(
            '{"workspace": "00000000-0000-7000-8000-000000000000", "password": "x", "users": {}}'
        )
        made = await demo.ensure(server.ready["appDatabaseUrl"], data, datetime.now(UTC))
    assert server.client(made.sign_ins["rep"].token).run("{ viewer { role } }") == {
        "viewer": {"role": "REP"}
    }


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--contacts", 0), ["1 to"]),
        (("--contacts", 5, "--workspace", "cnt_01"), ["cnt_01", "ten_"]),
        (("--contacts", 5, "--workspace", "ten_" + "0" * 26), ["no workspace"]),
    ],
)
def test_filling_refuses_with_a_sentence(server, options, words):
    done = run("demo", *options, "--data", server.dev.data)
    assert (done.returncode, done.stdout) == (1, "")
    assert all(word in done.stderr for word in words), done.stderr


def test_production_gets_no_demo_data(server):
    done = run("demo", "--contacts", 5, "--data", server.dev.data, ENV="production")
    assert (done.returncode, done.stdout) == (1, "")
    assert "ENV=production" in done.stderr


def test_dash_02_cards_compare_with_a_month_ago_from_the_first_start(server):
    query = """{ dashboardView { widgets { data { ... on MetricData {
      metric value previousValue deltaAbsolute } } } } }"""
    shown = [one["data"] for one in server.demo("executive").run(query)["dashboardView"]["widgets"]]
    cards = {one["metric"]: one for one in shown if one.get("metric")}
    assert cards.keys() == {"TOTAL_CONTACTS", "PIPELINE_VALUE", "OPEN_CASES", "DEALS_CLOSED"}
    for one in cards.values():
        assert Decimal(one["value"]) - Decimal(one["previousValue"]) == Decimal(
            one["deltaAbsolute"]
        )
    before = Decimal(cards["PIPELINE_VALUE"]["previousValue"])
    assert 0 < before != Decimal(cards["PIPELINE_VALUE"]["value"])
