"""What operators look at: health, figures, request ids, log lines, and what is not served."""

import re

import asyncpg
import httpx
import pytest

from tests.plugins.dev import data_folder, eventually, started
from tests.plugins.wire import INSIDES, asked, codes
from tests.plugins.world import Server, World


@pytest.fixture(scope="module")
def own():
    """An instance whose database these tests may break."""
    with data_folder() as data, started(data, "--port", 0) as dev:
        yield Server(dev)


@pytest.mark.parametrize(("path", "text"), [("/healthz", "ok\n"), ("/readyz", "ready\n")])
def test_a_healthy_process_says_so(server, path, text):
    response = server.http.get(path)

    assert (response.status_code, response.text) == (200, text)


async def test_without_its_database_a_process_lives_but_is_not_ready(own):
    role = own.ready["appRole"]
    admin = World(own).admin
    owner = await asyncpg.connect(own.ready["databaseUrl"])
    try:
        await owner.execute(f"ALTER ROLE {role} NOLOGIN")
        await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role
        )
        away = own.http.get("/readyz")
        alive = own.http.get("/healthz")
        answer = asked(admin, "{ products { totalCount } }")
    finally:
        await owner.execute(f"ALTER ROLE {role} LOGIN")
        await owner.close()

    assert (away.status_code, away.headers["retry-after"]) == (503, "1")
    assert alive.status_code == 200
    assert (answer.status_code, codes(answer)) == (503, ["UNAVAILABLE"])
    assert answer.headers["retry-after"] == "2"
    assert eventually(lambda: own.http.get("/readyz").status_code == 200)
    assert admin.run("{ products { totalCount } }") == {"products": {"totalCount": 0}}


async def test_what_nobody_foresaw_is_masked_and_found_in_the_log(own):
    admin = World(own).admin
    given = {"sku": "A-1", "name": "Anvil", "billingType": "ONE_TIME"}
    admin.act("productCreate", given, "product { id }")
    owner = await asyncpg.connect(own.ready["databaseUrl"])
    try:
        await owner.execute("ALTER TABLE product_price RENAME TO product_price_away")
        answer = asked(
            admin, "{ products { nodes { name prices { nodes { id } } } } viewer { role } }"
        )
    finally:
        await owner.execute("ALTER TABLE product_price_away RENAME TO product_price")
        await owner.close()

    assert codes(answer) == ["INTERNAL"]
    assert "product_price" not in answer.text
    request_id = answer.headers["x-request-id"]
    logged = own.log(request_id)
    assert {line["event"] for line in logged} == {"unexpected", "request"}
    (unexpected,) = [line for line in logged if line["event"] == "unexpected"]
    assert "UndefinedTableError" in unexpected["exception"]


def test_figures_are_served_on_their_own_port_and_nowhere_else(server):
    figures = httpx.get(server.ready["metrics"]).text

    assert "coeffection_requests_total{" in figures
    assert "coeffection_sql_statements_total" in figures
    assert server.http.get("/metrics").status_code == 404


def test_figures_name_routes_never_paths(server):
    server.http.get("/uploads/secret-of-somebody")
    server.http.get("/graphql", params={"query": "{ secret }"})
    server.http.get("/secret-of-nobody")
    figures = httpx.get(server.ready["metrics"]).text

    assert "secret" not in figures
    assert 'route="/graphql"' in figures


@pytest.mark.parametrize("given", ["abcdefgh", "req-1.2:3_4", "a" * 64])
def test_a_request_keeps_the_id_it_comes_with(server, given):
    response = server.http.get("/healthz", headers={"x-request-id": given})

    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["short", "a" * 65, "with space in it", "<script>alert", "a\tbcdefgh"]
)
def test_a_request_id_that_could_be_anything_is_replaced(server, given):
    response = server.http.get("/healthz", headers={"x-request-id": given})

    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", response.headers["x-request-id"])


def logged(server, request_id):
    return server.log(request_id)


def test_a_request_leaves_one_line_with_its_id_and_without_its_content(server, world):
    response = world.admin.server.http.post(
        "/graphql",
        json={"query": 'query Whoever { contacts(search: "Sarah Private") { totalCount } }'},
        headers=world.admin.headers | {"x-request-id": "the-one-request"},
    )
    # The line is written once the answer is out.
    assert eventually(lambda: bool(logged(server, "the-one-request")))
    (line,) = logged(server, "the-one-request")

    assert response.status_code == 200
    assert (line["event"], line["route"], line["status"]) == ("request", "/graphql", 200)
    assert line["operation"] == "Whoever"
    assert line["ms"] > 0
    assert "Private" not in str(line)
    assert world.admin.token not in str(line)


@pytest.mark.parametrize("path", ["/graphql", "/healthz", "/docs/errors", "/nowhere"])
def test_every_answer_has_the_headers_that_protect_browsers(server, path):
    headers = server.http.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "x"]
)
def test_a_development_server_answers_no_foreign_name(server, host):
    response = server.http.get("/graphql", headers={"host": host, "accept": "text/html"})

    assert response.status_code == 400
    assert "coeff" not in response.text.lower()


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1"])
def test_a_development_server_answers_by_its_local_names(server, host):
    assert server.http.get("/healthz", headers={"host": host}).status_code == 200


def test_no_other_site_may_read_answers(server, world):
    headers = world.admin.headers | {"origin": "https://evil.example"}
    asked_first = server.http.options(
        "/graphql", headers=headers | {"access-control-request-method": "POST"}
    )
    answer = server.http.post("/graphql", json={"query": "{ eventCursor }"}, headers=headers)

    for response in (asked_first, answer):
        assert not [name for name in response.headers if name.startswith("access-control-")]
    assert asked_first.status_code == 405


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("POST", "/nowhere", 404),
        ("GET", "/docs", 404),
        ("GET", "/metrics", 404),
        ("GET", "/graphql/assets/nothing.js", 404),
        ("GET", "/graphql/assets/..%2f..%2fgraphql.py", 404),
        ("GET", "/files/nothing", 401),
        ("PUT", "/uploads/nothing", 401),
        ("DELETE", "/graphql", 405),
        ("POST", "/healthz", 405),
        ("GET", "/uploads/nothing", 405),
    ],
)
def test_what_is_not_served_is_said_in_a_few_words(server, method, path, status):
    response = server.http.request(method, path)

    assert response.status_code == status
    assert response.headers["content-type"].split(";")[0] in {"text/plain", "application/json"}
    assert len(response.text) < 400
    assert not [inside for inside in INSIDES if inside in response.text]
    assert response.headers["x-request-id"]
