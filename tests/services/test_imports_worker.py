"""The worker: killed, stopped, woken late, given up; and the command line over it."""

import signal

import pytest

from tests.plugins.dev import eventually, run
from tests.plugins.world import Server, World
from tests.services.importing import (
    PATIENCE,
    Importer,
    events,
    file_of,
    people,
    resting,
    sql,
    uuid,
    worker,
)

ROWS = 20_000
BATCH = 2_500


@pytest.fixture
def importer(world: World) -> Importer:
    """The Admin of a fresh workspace."""
    return Importer(world.admin)


def begun(importer: Importer, import_id: str) -> bool:
    """Wait until a batch was committed; whether more are left."""
    assert eventually(lambda: importer.state(import_id)["doneRows"] >= BATCH, PATIENCE)
    return bool(importer.state(import_id)["doneRows"] < ROWS)


def whole(importer: Importer, server: Server, import_id: str) -> None:
    """Every row was brought in once, with one event each."""
    done = importer.ended(import_id)
    assert (done["status"], done["createdRows"], done["failedRows"]) == ("COMPLETED", ROWS, 0)
    assert importer.client.run("{ contacts { totalCount } }")["contacts"]["totalCount"] == ROWS
    assert events(server, import_id) == {
        "contact.created": ROWS,
        "contact_company.created": ROWS,
        "company.created": 50,
        "import.updated": 2,
    }
    assert due(server, import_id) == []


def due(server: Server, import_id: str) -> list[tuple[int, bool]]:
    """The work that is left for an import: its attempts, and whether it is leased."""
    statement = "SELECT attempts, leased_until FROM due_work WHERE subject_id = $1"
    rows = sql(server, statement, uuid(import_id))
    return [(row["attempts"], row["leased_until"] is not None) for row in rows]


def test_cont_24_a_killed_worker_loses_and_doubles_no_row(importer: Importer, server: Server):
    import_id = importer.ready(people(ROWS, "k"))
    with resting(server), worker(server) as other:
        importer.start(import_id)["import"]
        left = begun(importer, import_id)
        other.kill()
        other.wait()
        stopped_at = importer.state(import_id)
    assert left
    assert (stopped_at["status"], stopped_at["doneRows"] % BATCH) == ("RUNNING", 0)
    assert stopped_at["createdRows"] == stopped_at["doneRows"]

    whole(importer, server, import_id)


def test_cont_24_a_worker_asked_to_stop_leaves_the_rest_to_another(
    importer: Importer, server: Server
):
    import_id = importer.ready(people(ROWS, "s"))
    with resting(server), worker(server) as other:
        importer.start(import_id)["import"]
        left = begun(importer, import_id)
        other.send_signal(signal.SIGTERM)
        assert other.wait(timeout=10) == 0
        handed_back = due(server, import_id)
    assert left
    assert handed_back == [(0, False)]

    whole(importer, server, import_id)


def test_gql_08_a_message_lost_by_redis_is_sent_again(importer: Importer, server: Server):
    import_id = importer.ready(people(10, "r"))
    with resting(server):
        importer.start(import_id)["import"]
        # As if it had been sent, and Redis had then lost everything.
        sent = (
            "UPDATE due_work SET leased_until = now() + interval '1 second' WHERE subject_id = $1"
        )
        sql(server, sent, uuid(import_id))

    assert importer.ended(import_id)["createdRows"] == 10


def test_cont_24_an_import_whose_importer_left_fails_with_the_reason(
    world: World, importer: Importer, server: Server
):
    rep = Importer(world.rep)
    import_id = rep.ready(people(10, "l"))
    with resting(server):
        rep.start(import_id)["import"]
        left = "UPDATE \"user\" SET status = 'DEACTIVATED' WHERE id = $1"
        sql(server, left, uuid(world.user("rep")))

    done = importer.ended(import_id)
    assert (done["status"], done["createdRows"]) == ("FAILED", 0)
    assert "left the workspace" in done["error"]
    assert eventually(lambda: due(server, import_id) == [])


def test_cont_24_an_import_that_was_tried_five_times_is_given_up_visibly(
    importer: Importer, server: Server
):
    import_id = importer.ready(people(10, "g"))
    with resting(server):
        importer.start(import_id)["import"]
        tried = "UPDATE due_work SET attempts = 5, last_error = 'x' WHERE subject_id = $1"
        sql(server, tried, uuid(import_id))

    done = importer.ended(import_id)
    assert (done["status"], done["createdRows"]) == ("FAILED", 0)
    assert "several times" in done["error"]
    assert eventually(lambda: due(server, import_id) == [])


def test_cont_24_a_file_that_cannot_be_read_is_tried_again(importer: Importer, server: Server):
    import_id = importer.ready(people(10, "f"))
    folder = server.dev.data / "files"
    (place,) = sql(
        server, "SELECT workspace_id, upload_id FROM import WHERE id = $1", uuid(import_id)
    )
    file = folder / str(place["workspace_id"]) / "uploads" / str(place["upload_id"])
    away = file.with_name("away")
    file.rename(away)
    importer.start(import_id)["import"]
    assert eventually(lambda: any(tries for tries, _ in due(server, import_id)))
    away.rename(file)

    assert importer.ended(import_id)["createdRows"] == 10


def test_cont_24_two_imports_of_the_same_people_create_each_once(importer: Importer):
    rows = [["First name", "Last name", "Email", "Phone"]]
    rows += [[f"Ann{at}", "Bee", "" if at % 2 else f"a{at}@x.example", f"+1415{at:07d}"]
             for at in range(4_000)]  # fmt: skip
    both = [importer.ready(file_of(rows)) for _ in range(2)]
    for import_id in both:
        importer.start(import_id)["import"]

    done = [importer.ended(import_id) for import_id in both]
    assert [one["status"] for one in done] == ["COMPLETED", "COMPLETED"]
    assert sum(one["createdRows"] for one in done) == 4_000
    assert sum(one["updatedRows"] for one in done) == 4_000
    assert importer.client.run("{ contacts { totalCount } }")["contacts"]["totalCount"] == 4_000


def test_cont_21_the_command_line_imports_a_file_and_says_what_came_of_it(
    world: World, server: Server, tmp_path
):
    file = tmp_path / "people.csv"
    file.write_text(people(30, "c") + "Bad,Row,nonsense,,\n")
    given = ("--data", server.dev.data, "--token", world.admin.token, "--workspace", world.name)

    done = run("import", "contacts", file, *given)

    assert done.returncode == 0, done.stderr
    assert "30 created, 0 updated, 1 not brought in." in done.stdout
    assert "people-errors.csv" in done.stdout.replace("\n", "")
    assert "nonsense" in (tmp_path / "people-errors.csv").read_text()
    assert "31/31" in done.stderr


def test_cont_21_the_command_line_maps_as_told(world: World, server: Server, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("Given,Family,A,B\nAnn,Bee,a@x.example,b@x.example\n")
    given = ("--data", server.dev.data, "--token", world.admin.token)

    done = run("import", "contacts", file, *given, "--map", "Family=lastName", "--map", "B=email",
               "--map", "Given=firstName")  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert [one["email"] for one in Importer(world.admin).contacts()] == ["b@x.example"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--workspace", "Somewhere else"), "another"),
        (("--map", "Email"), "COLUMN=FIELD"),
        (("--map", "Shoe=email"), "no column"),
        (("--token", "nonsense"), "token"),
    ],
)
def test_cont_21_the_command_line_refuses_in_one_sentence(
    world: World, server: Server, tmp_path, arguments, words
):
    file = tmp_path / "people.csv"
    file.write_text("Email\na@x.example\n")
    token = () if "--token" in arguments else ("--token", world.admin.token)

    done = run("import", "contacts", file, "--data", server.dev.data, *token, *arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr.strip().splitlines()[-1]
