"""What each of the five roles sees and may do, over every root field and every record."""

from typing import Any

import asyncpg
import pytest
from graphql import GraphQLEnumType, get_named_type, is_non_null_type

from core.ids import decode, encode
from models.registry import REGISTRY, Entity, Field, Scope
from schema.derive import grouped
from tests.every_entity.doors import (
    ADMIN_ACTS,
    CLOSED_LISTS,
    DECIDING_ACTS,
    FINANCE_ACTS,
    PUBLIC_ACTS,
    REPORT_ACTS,
)
from tests.every_entity.walk import (
    LISTED,
    ROLES,
    SCHEMA,
    Example,
    everything,
    ids_of,
    input_of,
    leaves,
    mutation_type,
    name_of,
    object_type,
    query_type,
    single,
)

FINANCIAL = {"Contract", "ContractSigner", "CreditMemo", "Invoice", "InvoiceLine", "Payment"}
"""What Finance sees all of: contracts, invoices, payments, with their parts."""


ABOUT = {
    "CustomFieldTypeChangePreview": "CustomField",
    "Node": "Contact",
    "EmailTemplatePreview": "EmailTemplate",
    "LeadConvertPreview": "Lead",
    "HandoverCount": "User",
    "PipelineBoard": "Pipeline",
    "ContactMergePreview": "Contact",
    "CompanyMergePreview": "Company",
    "HistoryEntryConnection": "Contact",
    "UndoPreview": "Contact",
    "WorkflowDryRun": "Workflow",
}
"""What root fields take the id of, where that is not what they answer."""


def root_query(name: str, ids: dict[str, str]) -> str:
    """An operation that asks a root field for the least it answers."""
    field = query_type().fields[name]
    kind = get_named_type(field.type)
    given = []
    for argument, declared in field.args.items():
        if get_named_type(declared.type).name == "Date":
            given.append(f'{argument}: "2026-11-01"')
        elif not is_non_null_type(declared.type):
            continue
        elif get_named_type(declared.type).name == "String":
            given.append(f'{argument}: "ann"')
        elif isinstance(closed := get_named_type(declared.type), GraphQLEnumType):
            given.append(f"{argument}: {next(iter(closed.values))}")
        else:
            one = ids[ABOUT.get(kind.name, kind.name)]
            given.append(
                f'{argument}: ["{one}"]'
                if argument in {"ids", "duplicateIds"}
                else f'{argument}: "{one}"'
            )
    arguments = f"({', '.join(given)})" if given else ""
    select = "{ __typename }" if hasattr(kind, "fields") else ""
    return f"{{ {name}{arguments} {select} }}"


@pytest.mark.parametrize("name", query_type().fields)
def test_role_08_a_root_field_is_open_to_exactly_its_roles(stock, name):
    query = root_query(name, stock.ids)

    codes = {role: stock.of(role).send(query).codes for role in ROLES}
    nobody = stock.server.client(None).send(query).codes

    closed = CLOSED_LISTS.get(name, set())
    assert codes == {role: ["FORBIDDEN"] if role in closed else [] for role in ROLES}
    assert nobody == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("name", sorted(set(mutation_type().fields) - PUBLIC_ACTS - {"signOut"}))
def test_role_03_admin_acts_are_open_to_admins_alone(acting, name):
    given = Example(acting.ids).of(input_of(name))
    kind = input_of(name).name
    query = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ operationId }} }}"

    codes = {role: acting.of(role).send(query, {"input": given}).codes for role in ROLES}
    nobody = acting.server.client(None).send(query, {"input": given}).codes

    denied = ["FORBIDDEN"] if name in ADMIN_ACTS else []
    looking = {"rep": ["FORBIDDEN"]} if name in REPORT_ACTS | DECIDING_ACTS else {}
    looking |= {"finance": ["FORBIDDEN"]} if name in DECIDING_ACTS else {}
    expected = dict.fromkeys(ROLES, denied) | looking | {"admin": []}
    if name in FINANCE_ACTS:
        expected = {role: [] if role == "finance" else ["FORBIDDEN"] for role in ROLES}
    assert codes == expected
    assert nobody == ["UNAUTHENTICATED"]


def test_role_06_the_roles_are_the_five_and_nothing_makes_another():
    roles = SCHEMA.type_map["Role"]
    assert isinstance(roles, GraphQLEnumType)

    acts = [name for name in mutation_type().fields if "role" in name.lower()]

    assert set(roles.values) == {"REP", "MANAGER", "EXECUTIVE", "ADMIN", "FINANCE"}
    assert sorted(acts) == ["roleSettingUpdate", "userRoleUpdate"]
    named = [one.name for one in REGISTRY.values() if "role" in one.name.lower()]
    assert named == ["RoleSetting"]


def owners_in_sight(stock: Any, role: str) -> set[str] | None:
    """Whose records a role sees, as the role table says it; None is everybody's."""
    if role in {"admin", "executive"}:
        return None
    people = [role, "member"] if role == "manager" else [role]
    return {(decode(stock.world.user(one)) or ("", ""))[1] for one in people}


async def in_sight(stock: Any, entity: Entity, role: str) -> set[str]:
    """The ids of the records a role is to see, by the owners in the tables."""
    owner = await asyncpg.connect(stock.server.ready["databaseUrl"])
    _, workspace = decode(stock.world.id) or ("", "")
    try:
        return {
            encode(entity.prefix, str(row["id"]))
            for row in await owner.fetch(owned_rows(entity), workspace)
            if sees(stock, entity, role, row["owner"])
        }
    finally:
        await owner.close()


ON_TASKS = """SELECT task.id, one.owner::text FROM task, LATERAL (
  SELECT owner_id AS owner
  UNION SELECT owner_id FROM project WHERE id = project_id
  UNION SELECT manager_id FROM team WHERE id = team_id
  UNION SELECT user_id FROM team_member AS member WHERE member.team_id = task.team_id
) AS one WHERE task.workspace_id = $1 AND deleted_at IS NULL AND one.owner IS NOT NULL"""
"""A task is decided on by its owner, whoever leads its project, and the team it waits for."""

ON_LEADS = """SELECT lead.id, one.owner::text FROM lead, LATERAL (
  SELECT owner_id AS owner
  UNION SELECT manager_id FROM team WHERE id = lead.team_id AND lead.owner_id IS NULL
  UNION SELECT user_id FROM team_member AS member
    WHERE member.team_id = lead.team_id AND lead.owner_id IS NULL
) AS one WHERE lead.workspace_id = $1 AND deleted_at IS NULL AND one.owner IS NOT NULL"""
"""A lead is its owner's, or waits for a team."""


SHARED = """SELECT saved_view.id, one.who::text AS owner FROM saved_view, LATERAL (
  SELECT owner_id AS who
  UNION SELECT id FROM "user" WHERE workspace_id = $1 AND sharing = 'WORKSPACE'
  UNION SELECT manager_id FROM team WHERE id = team_id
  UNION SELECT user_id FROM team_member AS member WHERE member.team_id = saved_view.team_id
) AS one WHERE saved_view.workspace_id = $1"""
"""A view is its owner's, and of those it is shared with."""


DASHBOARDS = """SELECT dashboard.id, one.who::text AS owner FROM dashboard, LATERAL (
  SELECT owner_id AS who
  UNION SELECT "user".id FROM "user", dashboard_share AS share
    WHERE "user".workspace_id = $1 AND share.dashboard_id = dashboard.id
    AND (share.role = "user".role OR EXISTS (
      SELECT FROM team WHERE team.id = share.team_id AND team.manager_id = "user".id)
    OR EXISTS (SELECT FROM team_member AS member
      WHERE member.team_id = share.team_id AND member.user_id = "user".id))
) AS one WHERE dashboard.workspace_id = $1"""
"""A dashboard is its owner's, and of the roles and teams it is shared with."""


def owned_rows(entity: Entity) -> str:
    """Every live record of a workspace, with the owner who decides on it."""
    if entity.name == "Dashboard":
        return DASHBOARDS
    if entity.scope is Scope.SHARED:
        return SHARED
    if entity.name in {"Task", "Lead"}:
        return ON_TASKS if entity.name == "Task" else ON_LEADS
    if entity.scope is Scope.ATTACHED:
        return attached_rows(entity)
    if entity.scope is Scope.PARENT:
        whole = [parts_of(entity, one) for one in entity.parents]
        named = (
            f'SELECT id, {name}::text FROM "{entity.table.name}" WHERE workspace_id = $1'
            for name in entity.seen_by
        )
        return " UNION ".join([*whole, *named])
    owner = "coalesce(owner_id::text, 'nobody')" if "owner_id" in entity.table.c else "NULL"
    live = " AND deleted_at IS NULL" if entity.restorable else ""
    return f'SELECT id, {owner} AS owner FROM "{entity.table.name}" WHERE workspace_id = $1{live}'


def parts_of(entity: Entity, link: Field) -> str:
    """The rows that a link leads from, with the owner of where it leads to."""
    parent, column = REGISTRY[link.target], link.columns[0]
    above = f'(SELECT * FROM ({owned_rows(parent)}) AS q WHERE q.id = t."{column}")'
    return (
        f'SELECT t.id, p.owner FROM "{entity.table.name}" AS t, LATERAL {above} AS p'
        " WHERE t.workspace_id = $1"
    )


def attached_rows(entity: Entity) -> str:
    """What belongs to records, with its own owner and with whoever decides on one of those."""
    join, table = entity.attached, entity.table
    own = "item_id" if "item_id" in table.metadata.tables[join].c else f"{table.name}_id"
    item = f"one.deleted_at IS NULL AND one.workspace_id = $1 AND {join}.{own} = one.id"
    parts = [f"SELECT id, owner_id::text FROM {table.name} WHERE workspace_id = $1"]
    parts[0] += " AND deleted_at IS NULL AND owner_id IS NOT NULL"
    alone = f"NOT EXISTS (SELECT FROM {join} WHERE {join}.{own} = one.id)"
    parts.append(
        f"SELECT id, 'nobody' FROM {table.name} AS one WHERE workspace_id = $1"
        f" AND deleted_at IS NULL AND owner_id IS NULL AND {alone}"
    )
    for core in REGISTRY.values():
        if core.core:
            owned = f"({owned_rows(core)}) AS seen"
            parts.append(
                f"SELECT one.id, seen.owner FROM {table.name} AS one, {join}, {owned}"
                f" WHERE {item} AND seen.id = {join}.record_id"
            )
            if core.name in FINANCIAL:
                parts.append(parts[-1].replace("seen.owner", "'finance'"))
    return f"SELECT id, owner_id AS owner FROM ({' UNION '.join(parts)}) AS found"


PARTS_SHARED = {"DashboardWidget"}
"""What is seen with something that is shared."""


def sees(stock: Any, entity: Entity, role: str, owner: str | None) -> bool:
    """Whether a role sees a record of an owner."""
    if entity.name in {"Invitation", "FormSubmission"}:
        return role == "admin"
    if entity.scope is Scope.WORKSPACE:
        return True
    if owner == "finance":
        return role == "finance"
    if entity.scope in {Scope.OWN, Scope.PERSONAL, Scope.SHARED} or entity.name in PARTS_SHARED:
        mine = (decode(stock.world.user(role)) or ("", ""))[1]
        return (role == "admin" and entity.scope is Scope.OWN) or owner == mine
    owners = owners_in_sight(stock, role)
    if owners is None or owner is None:
        return True
    return owner in owners or (role == "finance" and entity.name in FINANCIAL)


OPEN = [
    (entity, role)
    for entity in LISTED
    for role in ROLES
    if role not in CLOSED_LISTS.get(entity.plural, set())
]


@pytest.mark.parametrize(("entity", "role"), OPEN, ids=name_of)
async def test_role_01_role_02_role_03_role_04_role_05_each_sees_its_records_and_no_others(
    stock, entity, role
):
    client = stock.of(role)
    expected = await in_sight(stock, entity, role)
    hidden = list(set(ids_of(stock.of("admin"), entity)) - expected)[:100]

    count = f"{{ {entity.plural} {{ totalCount }} }}"
    found = client.run("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=hidden)["nodes"]

    assert set(ids_of(client, entity)) == expected
    assert client.run(count)[entity.plural]["totalCount"] == len(expected)
    assert found == [None] * len(hidden)
    if grouped(entity):
        name = f"{single(entity)}Aggregate"
        assert client.run(f"{{ {name} {{ total {{ count }} }} }}")[name] == {
            "total": {"count": len(expected)}
        }


def test_role_02_the_stock_can_tell_the_roles_apart(stock):
    deals = {role: len(ids_of(stock.of(role), REGISTRY["Deal"])) for role in ROLES}
    invoices = {role: len(ids_of(stock.of(role), REGISTRY["Invoice"])) for role in ROLES}

    assert 0 < deals["rep"] < deals["manager"] < deals["executive"] == deals["admin"]
    assert 0 < deals["finance"] < deals["admin"]
    assert 0 < invoices["rep"] < invoices["finance"] == invoices["admin"]


@pytest.mark.parametrize("role", ["rep", "manager", "finance"])
@pytest.mark.parametrize("entity", [one for one in LISTED if one.scope is Scope.OWNER], ids=name_of)
def test_role_08_relations_and_search_leak_nothing_out_of_sight(stock, entity, role):
    client = stock.of(role)
    links = [field for field in entity.fields.values() if field.target and not field.by]
    select = "id " + " ".join(f"{wire(one.name)} {{ id }}" for one in links)
    seen = {one: set(ids_of(client, REGISTRY[one])) for one in {field.target for field in links}}

    for record in everything(client, entity, select):
        for field in links:
            other = record[wire(field.name)]
            assert other is None or other["id"] in seen[field.target]


def wire(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


@pytest.fixture(scope="module")
def mixed(stock):
    """A Sales Rep's deal with a contact and a company of somebody else's."""
    world = stock.world
    company = world.admin.act("companyCreate", {"name": "Zyxwv Holding"}, "company { id }")
    contact = world.contact(firstName="Zyxwv", lastName="Quartz", email="zyxwv@example.com")
    deal = world.deal(
        name="Mixed sight",
        contactId=contact,
        companyId=company["company"]["id"],
        ownerId=world.user("rep"),
    )
    return {"deal": deal, "contact": contact, "company": company["company"]["id"]}


def test_role_01_a_link_to_anothers_record_is_null(stock, mixed):
    query = "query($id: ID!) { deal(id: $id) { id contact { id } company { name } owner { id } } }"

    seen = stock.of("rep").run(query, id=mixed["deal"])["deal"]
    whole = stock.of("admin").run(query, id=mixed["deal"])["deal"]

    assert (seen["contact"], seen["company"]) == (None, None)
    assert seen["owner"] == {"id": stock.world.user("rep")}
    assert whole["contact"] == {"id": mixed["contact"]}


def test_role_01_filters_search_and_groups_do_not_tell_of_anothers_record(stock, mixed):
    query = """query($name: String) {
      deals(filter: {contact: {name: {startsWith: $name}}}) { totalCount }
      byCompany: deals(filter: {company: {name: {startsWith: $name}}}) { totalCount }
      contacts(search: $name) { totalCount }
      byName: contacts(filter: {name: {contains: $name}}) { totalCount }
      companies(search: $name) { totalCount }
      dealAggregate(filter: {name: {eq: "Mixed sight"}}, groupBy: [COMPANY]) {
        groups { keys { ... on RecordKey { record { id } } } values { count } } } }"""

    seen = stock.of("rep").run(query, name="Zyxwv")
    whole = stock.of("admin").run(query, name="Zyxwv")

    groups = seen.pop("dealAggregate")["groups"]
    assert [one["totalCount"] for one in seen.values()] == [0] * 5
    assert groups == [{"keys": [{"record": None}], "values": {"count": 1}}]
    assert whole.pop("dealAggregate")["groups"][0]["keys"][0]["record"] == {"id": mixed["company"]}
    assert [one["totalCount"] for one in whole.values()] == [1] * 5


@pytest.mark.parametrize("verb", ["Update", "Delete", "Restore"])
@pytest.mark.parametrize("noun", ["contact", "company", "deal"])
def test_role_01_anothers_record_cannot_be_changed(stock, mixed, noun, verb):
    given = {"id": mixed[noun]} if noun != "deal" else {"id": others_deal(stock)}
    if verb == "Update":
        given["name" if noun != "contact" else "jobTitle"] = "Taken"

    refused = stock.of("rep").act(f"{noun}{verb}", given)

    assert [(one["code"], one["path"]) for one in refused.errors] == [("NOT_FOUND", ["id"])]


def others_deal(stock: Any) -> str:
    mine = set(ids_of(stock.of("rep"), REGISTRY["Deal"]))
    return next(one for one in ids_of(stock.of("admin"), REGISTRY["Deal"]) if one not in mine)


def test_role_05_finance_reads_money_of_deals_it_does_not_see(stock):
    query = """{ invoices(first: 100) { nodes { id balance { amount } deal { id }
      lines { nodes { id } } payments { nodes { id } } } } }"""

    seen = stock.of("finance").run(query)["invoices"]["nodes"]
    whole = stock.of("admin").run(query)["invoices"]["nodes"]

    def bare(nodes: list[Any]) -> list[Any]:
        return [one | {"deal": None} for one in nodes]

    assert bare(seen) == bare(whole)
    assert [one for one in seen if one["deal"]] != [one for one in whole if one["deal"]]


@pytest.mark.parametrize("name", ["team", "user"])
def test_team_and_users_are_seen_by_every_member(stock, name):
    select = leaves(object_type(name.capitalize()))
    query = f"{{ {name}s(first: 100) {{ nodes {{ {select} }} }} }}"

    answers = [stock.of(role).run(query) for role in ROLES]

    assert answers == [answers[0]] * len(ROLES)
