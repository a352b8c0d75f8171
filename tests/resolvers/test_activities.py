"""Notes, calls, e-mails, messages and meetings: what they are about, and who sees them."""

import pytest

TIMELINE = """query($id: ID!, $first: Int, $after: Cursor, $kinds: [TimelineKind!]) {
  node(id: $id) { ... on Contact { timeline(first: $first, after: $after, kinds: $kinds) {
    totalCount pageInfo { hasNextPage endCursor hasPreviousPage }
    edges { cursor node { __typename at id } }
    nodes { __typename id at
      ... on Note { body contacts { nodes { id } } }
      ... on Email { subject }
      ... on TimelineEvent { event changes { field before after } actor { id } }
      ... on TimelineRecord { recordKind record { __typename id } } } } } } }"""
ACTIVITIES = ["NOTE", "CALL", "EMAIL", "SMS", "MEETING"]


def timeline(client, record, **given):
    return client.run(TIMELINE, id=record, **given)["node"]["timeline"]


def note(client, record, body="Asked for a quote", **given):
    made = client.act("noteAdd", {"body": body, "about": [record]} | given, "note { id }")
    return made["note"]["id"]


def test_comm_15_a_note_is_in_the_timeline_of_each_record_it_is_about(world):
    contact, deal = world.contact(), world.deal()

    made = world.admin.act(
        "noteAdd", {"body": "Both", "about": [contact, deal]}, "note { id deals { nodes { id } } }"
    )["note"]
    shown = timeline(world.admin, contact, kinds=["NOTE"])

    assert made["deals"]["nodes"] == [{"id": deal}]
    assert [(one["__typename"], one["id"]) for one in shown["nodes"]] == [("Note", made["id"])]
    assert shown["totalCount"] == 1


def test_cont_09_one_timeline_holds_everything_latest_first(world):
    contact = world.contact(email="sarah@globex.com")
    world.deal(contactId=contact)
    note(world.admin, contact, at="2026-01-02T10:00:00Z")
    email = {"direction": "INBOUND", "fromAddress": "Sarah@globex.com", "toAddresses": []}
    assert not world.admin.act("emailLog", email | {"subject": "Renewal"}).errors

    nodes = timeline(world.admin, contact)["nodes"]

    assert {one["__typename"] for one in nodes} == {
        "Note", "Email", "TimelineEvent", "TimelineRecord"
    }  # fmt: skip
    assert [one["at"] for one in nodes] == sorted((one["at"] for one in nodes), reverse=True)
