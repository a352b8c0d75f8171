"""Bulk acts: all rows or none, or each on its own; results in the order of the rows."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.plugins.world import World

RESULTS = "results { company { name industry } userErrors { code path } }"
COUNT = "{ companies { totalCount } eventCursor }"


def names(payload):
    return [one["company"] and one["company"]["name"] for one in payload.fields["results"]]


def errors(payload):
    return [[error["code"] for error in one["userErrors"]] for one in payload.fields["results"]]


def made(world: World, *given: str) -> list[str]:
    rows = [{"name": name} for name in given]
    answer = world.admin.act("companyBulkCreate", {"rows": rows}, "results { company { id } }")
    return [one["company"]["id"] for one in answer["results"]]


def test_all_rows_are_created_in_their_order(world: World) -> None:
    rows = [{"name": f"Company {number}"} for number in range(25)]

    answer = world.admin.act("companyBulkCreate", {"rows": rows}, RESULTS)

    assert names(answer) == [row["name"] for row in rows]
    assert answer["operationId"]
    assert world.admin.run(COUNT)["companies"]["totalCount"] == 25


@pytest.mark.parametrize("policy", [{}, {"errorPolicy": "REJECT_ALL"}])
def test_one_refused_row_refuses_all(world: World, policy) -> None:
    before = world.admin.run(COUNT)
    given = {"rows": [{"name": "A"}, {"name": " "}, {"name": "C"}]} | policy

    answer = world.admin.act("companyBulkCreate", given, RESULTS)

    assert names(answer) == [None, None, None]
    assert errors(answer) == [[], ["REQUIRED"], []]
    assert answer["operationId"] is None
    assert world.admin.run(COUNT) == before


def test_cont_12_refused_rows_alone_are_left_out_when_asked_so(world: World) -> None:
    rows = [{"name": "A"}, {"name": " "}, {"name": "C"}, {"name": "x" * 201}]
    given = {"rows": rows, "errorPolicy": "REJECT_FAILED"}

    answer = world.admin.act("companyBulkCreate", given, RESULTS)

    assert names(answer) == ["A", None, "C", None]
    assert errors(answer) == [[], ["REQUIRED"], [], ["TOO_LONG"]]
    assert world.admin.run(COUNT)["companies"]["totalCount"] == 2


def test_a_row_the_database_refuses_leaves_the_others(world: World) -> None:
    rows = [
        {"firstName": "A", "lastName": "A", "email": "a@b.com"},
        {"firstName": "B", "lastName": "B", "email": "A@b.com"},
        {"firstName": "C", "lastName": "C", "email": "c@b.com"},
    ]
    given = {"rows": rows, "errorPolicy": "REJECT_FAILED"}

    answer = world.admin.act(
        "contactBulkCreate", given, "results { contact { firstName } userErrors { code path } }"
    )

    assert errors(answer) == [[], ["DUPLICATE_EMAIL"], []]
    assert world.admin.run("{ contacts { totalCount } }")["contacts"]["totalCount"] == 2


def test_500_rows_are_taken_and_501_are_not(world: World) -> None:
    rows = [{"name": f"Company {number}"} for number in range(501)]

    refused = world.admin.act("companyBulkCreate", {"rows": rows}, "results { company { id } }")
    none = world.admin.run(COUNT)["companies"]["totalCount"]
    made(world, *(row["name"] for row in rows[:500]))

    assert (refused.codes, refused.errors[0]["path"], none) == (["TOO_MANY"], ["rows"], 0)
    assert world.admin.run(COUNT)["companies"]["totalCount"] == 500


def test_more_records_than_500_are_too_many_for_a_filter(world: World) -> None:
    made(world, *(f"Company {number}" for number in range(500)))
    made(world, "One more")

    refused = world.admin.act("companyBulkDelete", {"filter": {}}, "results { company { id } }")

    assert refused.codes == ["TOO_MANY"]
    assert world.admin.run(COUNT)["companies"]["totalCount"] == 501


def test_cont_12_records_are_changed_by_filter(world: World) -> None:
    made(world, "Globex", "Globex West", "Initech")
    given = {"filter": {"name": {"startsWith": "glob"}}, "patch": {"industry": "Energy"}}

    answer = world.admin.act("companyBulkUpdate", given, RESULTS)

    assert names(answer) == ["Globex", "Globex West"]
    found = world.admin.run("{ companies(orderBy: [{field: NAME}]) { nodes { name industry } } }")
    assert [one["industry"] for one in found["companies"]["nodes"]] == ["Energy", "Energy", None]


def test_cont_12_records_are_deleted_by_id_in_the_order_given(world: World) -> None:
    first, second, third = made(world, "A", "B", "C")
    given = {"ids": [third, first, third]}

    answer = world.admin.act("companyBulkDelete", given, "results { userErrors { code } }")

    assert errors(answer) == [[], []]
    found = world.admin.run("{ companies { nodes { id } } }")["companies"]["nodes"]
    assert found == [{"id": second}]


def test_somebody_elses_records_are_not_found(server, world: World) -> None:
    (foreign,) = made(World(server), "Foreign")
    (own,) = made(world, "Own")
    given = {"ids": [own, foreign], "patch": {"industry": "X"}}

    answer = world.admin.act("companyBulkUpdate", given, RESULTS)

    assert errors(answer) == [[], ["NOT_FOUND"]]
    assert world.admin.run("{ companies { nodes { industry } } }")["companies"]["nodes"] == [
        {"industry": None}
    ]


@pytest.mark.parametrize("given", [{}, {"ids": None}, {"filter": None}])
def test_a_bulk_says_which_records_it_means(world: World, given) -> None:
    refused = world.admin.act("companyBulkDelete", given, "results { company { id } }")

    assert refused.codes == ["REQUIRED"]


def test_an_empty_patch_changes_no_record(world: World) -> None:
    ids = made(world, "A", "B")

    answer = world.admin.act("companyBulkUpdate", {"ids": ids, "patch": {}}, RESULTS)

    assert errors(answer) == [["EMPTY_PATCH"], ["EMPTY_PATCH"]]


@pytest.mark.parametrize("patch", [{"title": "Call again"}, {"status": "REVIEW"}])
def test_bulks_of_the_same_records_in_other_orders_take_turns(world: World, patch) -> None:
    rows = [{"title": f"Task {number}"} for number in range(30)]
    begun = world.admin.act("taskBulkCreate", {"rows": rows}, "results { task { id } }")
    ids = [one["task"]["id"] for one in begun["results"]]
    orders = [ids[number:] + ids[:number] for number in range(0, 30, 4)]
    orders += [order[::-1] for order in orders]

    with ThreadPoolExecutor(8) as pool:
        given = [{"ids": order, "patch": patch} for order in orders]
        acts = [pool.submit(world.admin.act, "taskBulkUpdate", one) for one in given]

    assert [act.result().codes for act in acts] == [[]] * len(orders)


def test_a_bulk_sent_again_answers_the_same(world: World) -> None:
    given = {"rows": [{"name": "A"}, {"name": " "}], "errorPolicy": "REJECT_FAILED"}
    given["idempotencyKey"] = "nightly"

    first, again = (world.admin.act("companyBulkCreate", given, RESULTS) for _ in range(2))

    assert again.fields == first.fields
    assert (names(again), errors(again)) == (["A", None], [[], ["REQUIRED"]])
    assert world.admin.run(COUNT)["companies"]["totalCount"] == 1
