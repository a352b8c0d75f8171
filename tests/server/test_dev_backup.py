"""`./dev backup` and `./dev restore`: database and uploads in one file."""

import json
import tarfile
from contextlib import closing

import pytest

from tests.plugins.dev import data_folder, refused, run, started
from tests.server.test_dev_start import ask

COUNT = "{ contacts(first: 1) { totalCount } }"


@pytest.fixture(scope="module")
def original():
    """A stopped data folder with the demo workspace and one upload."""
    with data_folder() as data:
        with started(data, "--port", 0) as dev:
            token = dev.ready["signIns"]["executive"]["token"]
            count = ask(dev, COUNT, token)
        (data / "files" / "deep").mkdir()
        (data / "files" / "deep" / "note.txt").write_text("kept")
        yield data, count


@pytest.fixture(scope="module")
def file(original, tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "all.backup"
    done = run("backup", path, "--data", original[0])
    assert done.returncode == 0, done.stderr
    return path


def test_a_backup_is_for_its_owners_eyes_only(file):
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_restored_folder_answers_as_the_original(original, file):
    data, count = original
    with data_folder() as other:
        assert run("restore", file, "--data", other).returncode == 0
        assert (other / "files" / "deep" / "note.txt").read_text() == "kept"
        # The sign-ins' password is the folder's own secret and is carried over by hand.
        (other / "demo.json").write_bytes((data / "demo.json").read_bytes())
        with started(other, "--port", 0) as dev:
            assert ask(dev, COUNT, dev.ready["signIns"]["executive"]["token"]) == count


def test_a_backup_is_made_while_everything_runs(dev, tmp_path):
    assert run("backup", tmp_path / "b", "--data", dev.data).returncode == 0


def test_a_database_that_is_not_empty_is_only_replaced_by_force(original, file):
    data, _ = original

    assert not refused(run("restore", file, "--data", data), "not empty", "--force")
    assert run("restore", "--force", file, "--data", data).returncode == 0


def test_a_running_instance_is_not_restored_over(dev, file):
    assert not refused(run("restore", "--force", file, "--data", dev.data), "stop it first")


def test_an_existing_file_is_not_overwritten(original, file):
    assert not refused(run("backup", file, "--data", original[0]), "exists", "another name")


def test_a_file_of_a_newer_release_is_refused(file, tmp_path):
    newer = tmp_path / "newer"
    with closing(tarfile.open(file)) as tar, closing(tarfile.open(newer, "w")) as changed:
        for member in tar.getmembers():
            stream = tar.extractfile(member)
            if stream and member.name == "backup.json":
                manifest = json.load(stream) | {"revision": "9999", "release": "77.0"}
                (tmp_path / "manifest").write_text(json.dumps(manifest))
                changed.add(tmp_path / "manifest", "backup.json")
            else:
                changed.addfile(member, stream)
    with data_folder() as data:
        assert not refused(run("restore", newer, "--data", data), "newer release", "77.0")


@pytest.mark.parametrize("content", [b"", b"no tar at all" * 100])
def test_a_file_that_is_no_backup_is_refused(content, tmp_path):
    (tmp_path / "file").write_bytes(content)
    with data_folder() as data:
        done = run("restore", tmp_path / "file", "--data", data)

    assert not refused(done, "is no backup")


def test_a_damaged_dump_leaves_the_database_as_it_was(original, file, tmp_path):
    data, _ = original
    damaged = tmp_path / "damaged"
    damaged.write_bytes(file.read_bytes())
    with closing(tarfile.open(file)) as tar:
        dump = tar.getmember("database.dump")
    with damaged.open("r+b") as stream:
        stream.seek(dump.offset_data + dump.size // 2)
        stream.write(b"\0" * 4096)

    done = run("restore", "--force", damaged, "--data", data)

    assert not refused(done, "pg_restore")
    assert "not empty" in run("restore", file, "--data", data).stderr
