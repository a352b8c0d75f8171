"""Every act on every entity makes exactly one event a record, with who, when and what changed."""

import asyncio
import re
from typing import Any

import asyncpg
import pytest

from core.ids import decode, encode
from models.registry import REGISTRY, Entity
from tests.every_entity.walk import Example, input_of, mutation_type, name_of

LEADS_OWN = {"WebForm", "LeadAssignmentRule"}
WRITTEN = [
    one
    for one in REGISTRY.values()
    if f"{one.name[0].lower()}{one.name[1:]}Create" in (mutation_type().fields)
    and one.name
    not in {
        "Team",
        "ApiKey",
        "Import",
        "CaseStatus",
        "CaseTemplate",
        "CreditMemo",
        "CustomField",
        "EmailTemplate",
        "Pipeline",
        "ProjectTemplate",
        "SavedView",
        "Sequence",
        "Tag",
        "TrackingKey",
        *LEADS_OWN,
    }
]
"""Entities with the shared acts; teams, keys and imports have acts of their own."""

CHANGED = {
    "Contact": "jobTitle",
    "ProductPrice": "effectiveTo",
    "Case": "subject",
    "Contract": "title",
    "Invoice": "billToName",
    "Lead": "jobTitle",
    "Quote": "title",
    "Task": "title",
}


MATCHED = {"Company": "name", "Contact": "email", "Lead": "email", "Product": "sku"}
"""What upserts find records by; others by what another system calls them."""


def noun(entity: Entity) -> str:
    return f"{entity.name[0].lower()}{entity.name[1:]}"


def has(act: str) -> bool:
    return act in mutation_type().fields


class Log:
    """The event log of a workspace."""

    def __init__(self, stocked: Any) -> None:
        self.url = stocked.server.ready["databaseUrl"]
        self.workspace = (decode(stocked.world.id) or ("", ""))[1]
        self.user = (decode(stocked.world.user("admin")) or ("", ""))[1]

    async def rows(self, query: str, *given: Any) -> list[Any]:
        connection = await asyncpg.connect(self.url)
        try:
            return list(await connection.fetch(query, self.workspace, *given))
        finally:
            await connection.close()

    async def position(self) -> int:
        """Where the log stands."""
        query = "SELECT position FROM event_head WHERE workspace_id = $1"
        return int((await self.rows(query))[0][0])

    async def after(self, position: int) -> list[Any]:
        """What was logged since."""
        query = """SELECT *, changes::text AS told FROM event
          WHERE workspace_id = $1 AND position > $2 ORDER BY position"""
        return await self.rows(query, position)


@pytest.fixture
def log(acting):
    """The log of the workspace acts happen in."""
    return Log(acting)


def act(acting: Any, name: str, given: dict[str, Any], key: str) -> Any:
    select = (
        f"{key} {{ id version }}"
        if "Bulk" not in name
        else (f"results {{ {key} {{ id }} userErrors {{ code message path }} }}")
    )
    done = acting.of("admin").act(name, given, select)
    assert not done.errors, done.errors
    return done


def values(acting: Any, entity: Entity) -> dict[str, Any]:
    """What a record of an entity is created from, different each time."""
    act_name = f"{noun(entity)}Create"
    acting.count = getattr(acting, "count", 0) + 100
    given = Example(acting.ids, acting.count).of(input_of(act_name))
    if entity.name in {"ProductPrice", "ProductTier"}:
        sku = {"sku": f"P-{acting.count}", "name": "Priced", "billingType": "ONE_TIME"}
        given["productId"] = act(acting, "productCreate", sku, "product")["product"]["id"]
    if entity.name == "Case":
        given |= {"subject": f"Case {acting.count}", "contactId": acting.ids["Contact"]}
    if entity.name in {"Contract", "Invoice", "Quote"}:
        given["contactId"] = acting.ids["Contact"]
    if entity.name == "Contract":
        given["title"] = f"Contract {acting.count}"
    if entity.name == "ContractTemplate":
        given["body"] = "For {{customer.name}}"
    if entity.name == "Workflow":
        steps = [{"addNote": {"text": "Seen."}}]
        given |= {"trigger": "RECORD_CREATED", "recordType": "CONTACT", "steps": steps}
        given = {one: given[one] for one in ("name", "trigger", "recordType", "steps")}
    if entity.name in {"Contact", "Lead"}:
        given["email"] = f"somebody.{acting.count}@example.com"
    return given


def change(acting: Any, entity: Entity) -> dict[str, Any]:
    acting.count = getattr(acting, "count", 0) + 100
    if entity.name == "ProductPrice":
        return {"effectiveTo": "2033-04-05"}
    if entity.name == "ProductTier":
        return {"discountPercent": "7.5"}
    return {CHANGED.get(entity.name, "name"): f"Changed {acting.count}"}


async def made(log: Log, before: int, entity: Entity, kind: str, ids: list[str]) -> list[Any]:
    """The events since a position: one of each record, of this kind, by this actor."""
    events = [one for one in await log.after(before) if one["entity"] == entity.table.name]
    assert [(one["type"], encode(entity.prefix, str(one["record_id"]))) for one in events] == [
        (f"{entity.table.name}.{kind}", one) for one in ids
    ]
    for one in events:
        assert (one["actor_kind"], str(one["actor_id"])) == ("USER", log.user)
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", one["request_id"])
        assert one["operation_id"]
        assert one["import_id"] is None
    return events


@pytest.mark.parametrize("entity", WRITTEN, ids=name_of)
async def test_every_act_on_a_record_makes_one_event(acting, log, entity):
    name = noun(entity)
    key = name
    given = values(acting, entity)
    start = await log.position()

    record = act(acting, f"{name}Create", given, key)[key]["id"]
    (created,) = await made(log, start, entity, "created", [record])
    start = await log.position()
    patch = change(acting, entity)
    done = act(acting, f"{name}Update", {"id": record} | patch, key)
    (updated,) = await made(log, start, entity, "updated", [record])
    start = await log.position()
    act(acting, f"{name}Update", {"id": record} | patch, key)
    nothing = await log.after(start)
    if has(f"{name}Delete"):
        act(acting, f"{name}Delete", {"id": record}, key)
        await made(log, start, entity, "deleted", [record])

    assert nothing == []
    assert '"before": null' in created["told"]
    column = next(iter(patch))
    column = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", column)
    assert f'"{column}"' in updated["told"]
    assert next(iter(patch.values())) in updated["told"]
    assert done.fields["operationId"] == encode("op", str(updated["operation_id"]))
    assert done.fields["eventCursor"] == str(updated["position"])
    if has(f"{name}Restore"):
        start = await log.position()
        act(acting, f"{name}Restore", {"id": record}, key)
        await made(log, start, entity, "restored", [record])


@pytest.mark.parametrize("entity", [o for o in WRITTEN if has(f"{noun(o)}Upsert")], ids=name_of)
async def test_an_upsert_makes_one_event_whether_it_creates_or_changes(acting, log, entity):
    name = noun(entity)
    given = values(acting, entity)
    field = MATCHED.get(entity.name, "externalId")
    given |= {"externalId": {"source": "hubspot", "value": "7"}}
    match = {"match": {field: given[field]}}
    del given["externalId"]
    start = await log.position()

    first = act(acting, f"{name}Upsert", match | {"values": given}, name)[name]["id"]
    await made(log, start, entity, "created", [first])
    start = await log.position()
    changed = given | change(acting, entity)
    changed |= {field: given[field]} if field in given else {}
    changed |= {"city": "Oslo"} if entity.name == "Company" else {}
    second = act(acting, f"{name}Upsert", match | {"values": changed}, name)[name]["id"]
    await made(log, start, entity, "updated", [first])

    assert second == first


@pytest.mark.parametrize("entity", [o for o in WRITTEN if has(f"{noun(o)}BulkCreate")], ids=name_of)
async def test_a_bulk_makes_one_event_a_record_in_their_order(acting, log, entity):
    name = noun(entity)
    key = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
    rows = [values(acting, entity) for _ in range(3)]
    start = await log.position()

    done = act(acting, f"{name}BulkCreate", {"rows": rows}, key)
    ids = [one[key]["id"] for one in done["results"]]
    created = await made(log, start, entity, "created", ids)
    start = await log.position()
    patch = change(acting, entity)
    patch = patch if entity.name != "Product" else {"description": "Changed"}
    act(acting, f"{name}BulkUpdate", {"ids": ids, "patch": patch}, key)
    await made(log, start, entity, "updated", ids)
    start = await log.position()
    act(acting, f"{name}BulkDelete", {"ids": ids}, key)
    await made(log, start, entity, "deleted", ids)

    assert len({one["operation_id"] for one in created}) == 1


async def test_positions_of_a_workspace_have_no_gap_and_none_twice(acting, log):
    query = "SELECT position FROM event WHERE workspace_id = $1 ORDER BY position"
    positions = [row[0] for row in await log.rows(query)]

    assert positions == list(range(1, await log.position() + 1))


async def test_a_refused_act_leaves_no_event(acting, log):
    before = await log.position()

    refused = acting.of("admin").act("contactCreate", {"firstName": "Only"})

    assert refused.codes
    assert await log.position() == before


ANYWHERE = """mutation($input: CompanyCreateInput!) { companyCreate(input: $input) {
  company { id name } operationId eventCursor userErrors { code path } } }"""


async def test_the_same_key_answers_the_same_and_acts_once(acting, log):
    given = {"name": "Once", "idempotencyKey": "every-entity-1"}
    client = acting.of("admin")
    first = client.run(ANYWHERE, input=given)["companyCreate"]
    before = await log.position()

    again = client.run(ANYWHERE, input=given)["companyCreate"]
    other = client.run(ANYWHERE, input=given | {"name": "Twice"})["companyCreate"]
    deal = client.act("dealCreate", {"name": "Once", "idempotencyKey": "every-entity-1"})

    assert again == first
    assert [one["code"] for one in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert [one["path"] for one in other["userErrors"]] == [["idempotencyKey"]]
    assert deal.codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert await log.position() == before


@pytest.mark.parametrize("entity", WRITTEN, ids=name_of)
async def test_a_replay_of_any_creation_has_no_second_effect(acting, log, entity):
    key = noun(entity)
    given = values(acting, entity) | {"idempotencyKey": f"create-{entity.name}"}
    first = act(acting, f"{key}Create", given, key)
    before = await log.position()

    again = act(acting, f"{key}Create", given, key)

    assert again.fields == first.fields
    assert await log.position() == before


async def test_a_field_left_out_is_another_input_than_one_emptied(acting):
    given = {"name": "Left out", "idempotencyKey": "every-entity-left-out"}
    acting.of("admin").run(ANYWHERE, input=given)

    other = acting.of("admin").run(ANYWHERE, input=given | {"domain": None})["companyCreate"]

    assert [one["code"] for one in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]


async def test_a_key_of_somebody_else_is_not_theirs_to_replay(acting):
    given = {"name": "Mine", "idempotencyKey": "every-entity-2"}
    acting.of("admin").run(ANYWHERE, input=given)

    other = acting.of("rep").run(ANYWHERE, input=given)["companyCreate"]

    assert [one["code"] for one in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]


async def test_a_refusal_is_not_kept_under_its_key(acting):
    client = acting.of("admin")
    refused = client.act("contactCreate", {"firstName": "A", "idempotencyKey": "every-entity-3"})
    given = {"firstName": "A", "lastName": "B", "phone": "+14155550102"}

    made_then = client.act("contactCreate", given | {"idempotencyKey": "every-entity-3"})

    assert refused.codes
    assert made_then.errors == []


async def test_twins_that_run_at_once_act_once(acting, log):
    given = {"name": "Twin", "idempotencyKey": "every-entity-4"}
    before = await log.position()
    client = acting.of("admin")

    answers = await asyncio.gather(
        *(asyncio.to_thread(client.run, ANYWHERE, input=given) for _ in range(8))
    )

    assert all(one == answers[0] for one in answers)
    assert await log.position() == before + 1


async def test_the_second_of_two_editors_is_told_what_changed(acting):
    client = acting.of("admin")
    record = client.act("companyCreate", {"name": "Edited"}, "company { id version }")["company"]
    query = """mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) {
      company { version city } userErrors { code path
        ... on StaleVersionError { currentVersion changedFields } } } }"""
    given = {"id": record["id"], "expectedVersion": record["version"]}

    answers = await asyncio.gather(
        *(
            asyncio.to_thread(client.run, query, input=given | {"city": f"City {at}"})
            for at in range(6)
        )
    )

    won = [one["companyUpdate"] for one in answers if one["companyUpdate"]["company"]]
    lost = [
        one["companyUpdate"]["userErrors"][0]
        for one in answers
        if one not in ([{"companyUpdate": winner} for winner in won])
    ]
    version = record["version"] + 1
    assert len(won) == 1
    assert (
        lost
        == [
            {
                "code": "STALE_VERSION",
                "path": ["expectedVersion"],
                "currentVersion": version,
                "changedFields": ["city"],
            }
        ]
        * 5
    )


async def test_an_upsert_of_a_known_contact_takes_the_company_it_names(acting):
    record = acting.world.contact(email="known@example.com")
    values = {"firstName": "Known", "lastName": "One", "company": {"create": {"name": "Initech"}}}
    given = {"match": {"email": "known@example.com"}, "values": values}
    select = "contact { id primaryCompany { name } companies { totalCount } }"

    done = acting.of("admin").act("contactUpsert", given, select)["contact"]

    assert done == {
        "id": record,
        "primaryCompany": {"name": "Initech"},
        "companies": {"totalCount": 1},
    }
