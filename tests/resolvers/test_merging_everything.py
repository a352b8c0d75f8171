"""A contact that has one of everything is merged away, and comes back by an undo."""

import asyncio
from typing import Any

import pytest

from core.ids import decode
from tests.plugins.world import World
from tests.resolvers.customizing import made, values_of
from tests.server.filing import attached
from tests.services.stored import rows

HAS = """fragment has on Contact { id email
  companies { nodes { id } } deals(deleted: INCLUDE) { totalCount } tasks { totalCount }
  cases { totalCount } tags { nodes { name } } files { nodes { name } }
  externalIds { source value } lastActivityAt
  timeline(kinds: [NOTE, CALL, EMAIL, SMS, MEETING, DEAL, CASE, TASK]) { nodes { __typename
    ... on TimelineRecord { recordKind } } } }"""
OF = HAS + "query($id: ID!) { contact(id: $id) { ...has } }"
LOOKED_UP = """query($id: ID!) { deal(id: $id) { contact { id }
  customFields { ... on LookupValue { record { id } } } } }"""
ITEMS = {"Note", "Call", "Email", "Sms", "Meeting", "DEAL", "CASE", "TASK"}
NUMBERS = {"direction": "INBOUND", "fromNumber": "+14155550171", "toNumber": "+14155550172"}
MAIL = {"direction": "INBOUND", "fromAddress": "x@y.example", "toAddresses": []}
MEETING = {"title": "Demo", "at": "2026-01-02T10:00:00Z", "attendees": []}


class Everything:
    """Two contacts, of which one has something of each kind."""

    def __init__(self, world: World) -> None:
        self.world, self.admin = world, world.admin
        made(world, label="Industry")
        made(world, "DEAL", label="Referrer", type="LOOKUP", lookup="CONTACT")
        self.kept = world.contact(lastName="Kept", phone="+14155550101")
        value = [{"key": "industry", "text": "Retail"}]
        self.gone = world.contact(phone=None, email="s@g.example", customFields=value)
        world.of("rep")
        owner = {"id": self.gone, "ownerId": world.user("rep")}
        self.do("contactUpdate", owner)
        self.do("companyCreate", {"name": "Globex"})
        (company,) = self.admin.run("{ companies { nodes { id } } }")["companies"]["nodes"]
        self.do("contactCompanyAdd", {"contactId": self.gone, "companyId": company["id"]})
        self.deleted = world.deal(contactId=self.gone)
        self.do("dealDelete", {"id": self.deleted})
        look_up = [{"key": "referrer", "lookup": self.gone}]
        self.deal = world.deal(contactId=self.gone, customFields=look_up)
        self._begin()

    def do(self, name: str, given: dict[str, Any]) -> str:
        done = self.admin.act(name, given)
        assert not done.errors, (name, done.errors)
        operation: str = done["operationId"]
        return operation

    def _begin(self) -> None:
        about = {"about": [self.gone]}
        self.do("taskCreate", {"title": "Call", "contactId": self.gone})
        self.do("caseCreate", {"subject": "Broken", "contactId": self.gone})
        self.do("noteAdd", {"body": "@rep please"} | about)
        self.do("callLog", NUMBERS | about)
        self.do("smsLog", NUMBERS | {"body": "Hi"} | about)
        self.do("emailLog", MAIL | about)
        self.do("meetingLog", MEETING | about)
        self.do("tagsAdd", {"recordIds": [self.gone], "names": ["Partner"]})
        self.do("externalIdAdd", {"recordId": self.gone, "source": "erp", "value": "7"})
        assert not attached(self.admin, self.gone, b"Hello").errors

    def stored(self) -> dict[Any, Any]:
        url = self.world.server.ready["databaseUrl"]
        return asyncio.run(rows(url, (decode(self.world.id) or ("", ""))[1]))

    def merge(self) -> str:
        return self.do("contactMerge", {"primaryId": self.kept, "duplicateIds": [self.gone]})


@pytest.fixture
def everything(world: World) -> Everything:
    """Filled in."""
    return Everything(world)


def test_cont_11_all_that_one_had_the_survivor_has(everything: Everything) -> None:
    admin, kept = everything.admin, everything.kept
    everything.merge()
    everything.do("dealRestore", {"id": everything.deleted})

    found = admin.run(OF, id=everything.gone)["contact"]

    counts = [found.pop(name)["totalCount"] for name in ("deals", "tasks", "cases")]
    items = {one.get("recordKind") or one["__typename"] for one in found["timeline"]["nodes"]}
    assert (found["id"], found["email"], counts, items) == (kept, "s@g.example", [2, 1, 1], ITEMS)
    assert [len(found[name]["nodes"]) for name in ("companies", "tags", "files")] == [1, 1, 1]
    assert found["externalIds"] == [{"source": "erp", "value": "7"}]
    assert found["lastActivityAt"]
    assert values_of(admin, everything.gone)["industry"]["text"] == "Retail"
    deal = admin.run(LOOKED_UP, id=everything.deal)["deal"]
    assert deal == {"contact": {"id": kept}, "customFields": [{"record": {"id": kept}}]}
    told = everything.world.rep.run("{ notifications { nodes { record { __typename } } } }")
    assert told["notifications"]["nodes"]


def test_cont_11_the_preview_tells_custom_values_too(everything: Everything) -> None:
    value = [{"key": "industry", "text": "Steel"}]
    everything.do("contactUpdate", {"id": everything.kept, "customFields": value})
    query = """query($p: ID!, $d: [ID!]!) { contactMergePreview(primaryId: $p, duplicateIds: $d) {
      customFields { value { key ...text } source { id } alternatives { ...text } } } }
      fragment text on TextValue { text }"""

    told = everything.admin.run(query, p=everything.kept, d=[everything.gone])

    assert told["contactMergePreview"]["customFields"] == [
        {
            "value": {"key": "industry", "text": "Steel"},
            "source": {"id": everything.kept},
            "alternatives": [{"text": "Retail"}],
        }
    ]


def test_cont_11_its_undo_restores_the_identical_state(everything: Everything) -> None:
    before = everything.stored()
    operation = everything.merge()
    assert everything.stored() != before

    everything.do("undo", {"operationId": operation})

    assert everything.stored() == before


def test_cont_11_a_merged_contact_is_not_deleted_but_its_survivor_is_named(world: World) -> None:
    kept, gone = world.contact(), world.contact()
    world.admin.act("contactMerge", {"primaryId": kept, "duplicateIds": [gone]})
    act = """mutation($id: ID!) {
      contactDelete(input: {id: $id}) { userErrors { code path ... on MergedError {
        survivor { id } } } }
      contactBulkDelete(input: {ids: [$id], errorPolicy: REJECT_FAILED}) { results { userErrors {
        code path } } } }"""

    refused = world.admin.run(act, id=gone)

    named = {"code": "MERGED", "path": ["id"], "survivor": {"id": kept}}
    assert refused["contactDelete"]["userErrors"] == [named]
    assert [one["code"] for one in refused["contactBulkDelete"]["results"][0]["userErrors"]] == [
        "MERGED"
    ]
    assert world.admin.node(kept)
