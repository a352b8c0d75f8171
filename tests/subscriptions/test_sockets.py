"""The protocol graphql-transport-ws, frame by frame."""

import asyncio
import json

import pytest
import websockets
from websockets import Subprotocol

from tests.plugins.world import World
from tests.subscriptions.test_processes import another
from tests.subscriptions.wire import PROTOCOL, RECORDS, socket

HEARTBEAT = {"query": "subscription { heartbeat }"}


@pytest.fixture
def token(server):
    return server.sign_ins["executive"]["token"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 4400),
        ("[]", 4400),
        ("null", 4400),
        ('"ping"', 4400),
        ("[" * 2000, 4400),
        (b"\x00", 4400),
        ('{"type":"start","id":"1"}', 4400),
        ('{"type":"connection_init","payload":"text"}', 4400),
        ('{"type":"connection_init","payload":[]}', 4400),
        ('{"type":"ping","payload":"text"}', 4400),
        ('{"type":"pong","payload":7}', 4400),
        ('{"type":"connection_init","payload":false}', 4400),
        ('{"type":"complete","id":""}', 4400),
        ('{"type":"complete","id":1}', 4400),
        ('{"type":"connection_init","payload":{"authorization":"Bearer nobody"}}', 4401),
        ('{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}', 4401),
    ],
)
async def test_gql_03_a_frame_that_may_not_be_closes_the_socket(server, frame, code):
    async with socket(server.url) as one:
        await one.wire.send(frame)

        assert await one.closed() == code


@pytest.mark.parametrize(
    "message",
    [
        {"id": "", "payload": HEARTBEAT},
        {"id": 1, "payload": HEARTBEAT},
        {"payload": HEARTBEAT},
        {"id": "1"},
        {"id": "1", "payload": {"query": 1}},
        {"id": "1", "payload": HEARTBEAT | {"variables": "x"}},
        {"id": "1", "payload": HEARTBEAT | {"operationName": 1}},
        {"id": "1", "payload": HEARTBEAT | {"extensions": []}},
    ],
)
async def test_gql_03_a_subscribe_that_may_not_be_closes_the_socket(server, message):
    async with socket(server.url) as one:
        await one.init(None)
        await one.say(type="subscribe", **message)

        assert await one.closed() == 4400


@pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {}}])
async def test_gql_03_the_first_payload_may_be_null_or_absent(server, payload):
    async with socket(server.url) as one:
        await one.say(type="connection_init", **payload)
        assert await one.hear() == {"type": "connection_ack"}
        await one.say(type="ping", payload={"a": 1})
        assert await one.hear() == {"type": "pong", "payload": {"a": 1}}
        await one.say(type="connection_init")

        assert await one.closed() == 4429


@pytest.mark.parametrize("offered", [None, ["graphql-ws"]])
async def test_gql_03_other_protocols_are_closed(server, offered):
    async with socket(server.url, subprotocols=offered) as one:
        assert await one.closed() == 4406


async def test_gql_03_an_id_that_runs_is_taken(server, token):
    async with socket(server.url) as one:
        await one.init(token)
        for _ in range(2):
            await one.say(type="subscribe", id="1", payload=HEARTBEAT)

        assert await one.closed() == 4409


async def test_gql_03_a_bad_document_costs_its_operation_only(server, token):
    async with socket(server.url) as one:
        await one.init(token)
        for key, query in (("a", "{ typo }"), ("b", "{"), ("c", "{ viewer { role } }")):
            await one.say(type="subscribe", id=key, payload={"query": query})
        heard = [await one.hear() for _ in range(4)]

        by_id = {found["id"]: found for found in heard if found["type"] != "complete"}
        kinds = {key: found["type"] for key, found in by_id.items()}
        assert kinds == {"a": "error", "b": "error", "c": "next"}
        assert by_id["a"]["payload"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert by_id["c"]["payload"]["data"] == {"viewer": {"role": "EXECUTIVE"}}


async def test_gql_03_mutations_run_over_a_socket(world):
    query = "mutation($i: DealCreateInput!) { dealCreate(input: $i) { deal { name } } }"
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        payload = {"query": query, "variables": {"i": {"name": "By socket"}}}
        await one.say(type="subscribe", id="1", payload=payload)

        answer = await one.hear()
        assert answer["payload"]["data"] == {"dealCreate": {"deal": {"name": "By socket"}}}
        assert await one.hear() == {"id": "1", "type": "complete"}


async def test_gql_03_complete_stops_a_feed_and_frees_its_id(server, token):
    async with socket(server.url) as one:
        await one.init(token)
        await one.say(type="subscribe", id="1", payload=HEARTBEAT)
        assert (await one.hear())["payload"]["data"] == {"heartbeat": 1}
        await one.say(type="complete", id="1")
        await one.say(type="complete", id="unknown")
        payload = {"query": "subscription { heartbeat(count: 1) }"}
        await one.say(type="subscribe", id="1", payload=payload)

        assert (await one.hear())["payload"]["data"] == {"heartbeat": 1}
        assert await one.hear() == {"id": "1", "type": "complete"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription { heartbeat(count: 0) }", "BAD_USER_INPUT"),
        ('subscription { recordEvents(ids: ["x"]) { __typename } }', "UNAUTHENTICATED"),
        ("{ viewer { role } }", "UNAUTHENTICATED"),
    ],
)
async def test_gql_14_without_a_sign_in_little_is_told(server, query, code):
    async with socket(server.url) as one:
        await one.init(None)
        await one.say(type="subscribe", id="1", payload={"query": query})

        answer = await one.hear()
        errors = answer["payload"] if answer["type"] == "error" else answer["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == code


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('subscription { recordEvents(ids: ["x"]) { __typename } }', "INVALID_ID"),
        ("subscription { recordEvents(ids: []) { __typename } }", "LIMIT_EXCEEDED"),
        ('subscription { leadBoardEvents(after: "x") { __typename } }', "INVALID_CURSOR"),
        ('subscription { leadBoardEvents(after: "-1") { __typename } }', "INVALID_CURSOR"),
        ('subscription { leadBoardEvents(pipelineId: "x") { __typename } }', "INVALID_ID"),
        ("subscription($n: Int!) { heartbeat(count: $n) }", "BAD_USER_INPUT"),
        ("subscription { heartbeat a: heartbeat }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_gql_03_bad_arguments_are_told_to_their_operation(server, token, query, code):
    async with socket(server.url) as one:
        await one.init(token)
        await one.say(type="subscribe", id="1", payload={"query": query})

        answer = await one.hear()
        assert (answer["type"], answer["id"]) == ("error", "1")
        assert answer["payload"][0]["extensions"]["code"] == code


async def test_gql_03_a_flood_of_operations_meets_a_limit(server, token):
    async with socket(server.url) as one:
        await one.init(token)
        for number in range(101):
            await one.say(type="subscribe", id=str(number), payload=HEARTBEAT)
        heard = [await one.hear() for _ in range(101)]

        refused = [found for found in heard if found["type"] == "error"]
        assert [found["id"] for found in refused] == ["100"]
        assert refused[0]["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


@pytest.mark.parametrize("size", [300_000, 2_000_000])
async def test_gql_03_a_message_of_more_than_256_kb_closes_the_socket(server, token, size):
    async with socket(server.url) as one:
        await one.init(token)
        await one.say(type="ping", payload={"x": "x" * size})

        assert await one.closed() == 1009


async def test_gql_03_one_user_holds_so_many_sockets_and_others_theirs(world, tmp_path):
    with another(world.server, tmp_path, LIVE_CONNECTIONS="2") as (url, _):
        async with socket(url) as one, socket(url) as two, socket(url) as three:
            for held in (one, two):
                await held.init(world.rep.token)
            given = {"authorization": f"Bearer {world.rep.token}"}
            await three.say(type="connection_init", payload=given)
            refused = await three.closed()
            async with socket(url) as four:
                await four.init(world.admin.token)

    assert refused == 4429


async def test_gql_14_a_cursor_of_another_workspace_tells_nothing_of_it(world):
    other = World(world.server)
    record, theirs = world.deal(), other.deal()
    places = [str(other.admin.run("{ eventCursor }")["eventCursor"]), "1"]
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        for key, after in zip("ab", places, strict=True):
            await one.follow(RECORDS, key, ids=[record, theirs], after=after)
        other.admin.act("dealUpdate", {"id": theirs, "name": "Theirs"})
        world.admin.act("dealUpdate", {"id": record, "name": "Ours"})
        ends: set[str] = set()
        heard = []
        while ends != {"a", "b"}:
            heard.append(await one.hear())
            if "Ours" in str(heard[-1]):
                ends.add(heard[-1]["id"])

    assert "Theirs" not in str(heard)
    assert theirs not in str(heard)


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_gql_14_foreign_pages_open_no_socket(server, origin):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with socket(server.url, origin=origin):
            pass

    assert refused.value.response.status_code == 403


async def test_gql_14_our_own_page_opens_one(server, token):
    async with socket(server.url, origin=server.url) as one:
        await one.init(token)

        assert one.wire.subprotocol == PROTOCOL


async def test_gql_14_sockets_that_say_nothing_are_closed(server):
    async with socket(server.url) as silent, socket(server.url) as nobody:
        await nobody.init(None)

        assert await silent.closed() == 4408
        assert await nobody.closed() == 4401


async def test_sec_03_a_session_that_ends_closes_its_sockets(world):
    rep = world.rep
    async with socket(world.server.url) as one, socket(world.server.url) as other:
        await one.init(rep.token)
        await other.init(world.admin.token)
        rep.act("signOut", {})

        assert await one.closed() == 4401
        await other.say(type="ping")
        assert await other.hear() == {"type": "pong"}


async def test_gql_14_an_api_key_opens_a_socket_until_it_is_revoked(world):
    made = world.admin.act("apiKeyCreate", {"name": "Board"}, "apiKey { id } secret")
    async with socket(world.server.url) as one:
        await one.init(made["secret"])
        world.admin.act("apiKeyRevoke", {"id": made["apiKey"]["id"]})

        assert await one.closed() == 4401


async def test_gql_03_frames_are_plain_json(server, token):
    async with socket(server.url) as one:
        await one.init(token)
        await one.say(type="subscribe", id='a"b', payload=HEARTBEAT)
        text = await one.wire.recv()

        assert json.loads(text) == {
            "id": 'a"b',
            "type": "next",
            "payload": {"data": {"heartbeat": 1}},
        }


async def test_gql_03_a_message_may_come_in_pieces_with_pings_between(server, token):
    async with socket(server.url) as one:
        await one.init(token)
        text = json.dumps({"type": "ping", "payload": {"x": "é" * 30_000}})

        async def pieces():
            for at in range(0, len(text), 10_000):
                yield text[at : at + 10_000]
                await one.wire.ping()

        await one.wire.send(pieces())

        assert await one.hear() == {"type": "pong", "payload": {"x": "é" * 30_000}}
        assert await (await one.wire.ping(b"again")) >= 0


async def test_gql_03_text_that_is_no_utf_8_closes_the_socket(server, token):
    async with socket(server.url) as one:
        await one.init(token)
        await one.wire.send(b'{"type":"ping","payload":{"x":"\xff"}}', text=True)

        assert await one.closed() == 1007


async def test_gql_03_messages_sent_at_once_are_answered_in_their_order(server, token):
    async with socket(server.url) as one:
        await one.init(token)
        async with asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(one.say(type="ping", payload={"number": number}))
        heard = [(await one.hear())["payload"]["number"] for _ in range(50)]

        assert heard == list(range(50))


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [("/graphql", "elsewhere.example", 400), ("/nothing", "localhost", 404)],
)
async def test_gql_14_a_socket_is_opened_at_its_address_only(server, path, host, status):
    address = server.url.replace("http", "ws", 1) + path
    host_and_port = address.split("/")[2]
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with websockets.connect(
            f"ws://{host}{path}",
            host=host_and_port.split(":")[0],
            port=int(host_and_port.split(":")[1]),
            subprotocols=[Subprotocol(PROTOCOL)],
            proxy=None,
        ):
            pass

    assert refused.value.response.status_code == status


async def test_gql_03_a_client_that_leaves_in_the_midst_costs_others_nothing(world):
    deal = world.deal()
    async with socket(world.server.url) as stays:
        await stays.init(world.admin.token)
        feed = await stays.follow(RECORDS, ids=[deal])
        for _ in range(20):
            async with socket(world.server.url) as leaves:
                await leaves.init(world.admin.token)
                await leaves.follow(RECORDS, ids=[deal])
                leaves.wire.transport.abort()
        world.admin.act("dealUpdate", {"id": deal, "name": "Still told"})

        assert (await feed.next())["record"]["name"] == "Still told"
