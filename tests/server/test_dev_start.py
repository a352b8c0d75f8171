"""`./dev` starts everything and says how to reach it."""

import json
import os
import socket
import urllib.request
from pathlib import Path

import pytest

from tests.plugins.dev import data_folder, refused, run, started

KEYS = {
    "url",
    "graphql",
    "live",
    "metrics",
    "workspace",
    "databaseUrl",
    "appDatabaseUrl",
    "appRole",
    "redisUrl",
    "signIns",
    "pids",
}
ROLES = {"admin", "executive", "manager", "rep", "finance"}


def ask(dev, query, token):
    body = json.dumps({"query": query}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(dev.ready["graphql"], body, headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def test_the_one_line_says_all_that_scripts_need(dev):
    assert dev.ready.keys() == KEYS
    assert dev.ready["signIns"].keys() == ROLES
    assert dev.ready["workspace"]["id"].startswith("ten_")
    assert dev.ready["appRole"] in dev.ready["appDatabaseUrl"]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_token_of_each_role_works_as_bearer(dev, role):
    answer = ask(dev, "{ viewer { user { email role } } }", dev.ready["signIns"][role]["token"])

    assert answer["data"]["viewer"]["user"]["email"] == dev.ready["signIns"][role]["email"]
    assert answer["data"]["viewer"]["user"]["role"].lower().endswith(role)


def test_all_processes_named_are_running(dev):
    assert set(dev.alive()) == {"dev", "api", "worker", "keeper", "postgres", "valkey"}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
@pytest.mark.parametrize("name", ["api", "worker"])
def test_api_and_worker_never_hold_the_owners_address(dev, name):
    told = Path(f"/proc/{dev.ready['pids'][name]}/environ").read_text()

    assert "PYTHONPATH=" in told
    assert dev.ready["databaseUrl"] not in told
    assert not any(line.startswith("DATABASE_URL=") for line in told.split("\0"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's PostgreSQL runs as somebody else")
def test_under_root_postgresql_runs_as_somebody_else(dev):
    assert Path(f"/proc/{dev.ready['pids']['postgres']}").stat().st_uid != 0


def test_a_second_one_runs_beside_the_first_on_the_same_data(dev):
    with started(dev.data, "--port", 0) as second:
        assert second.ready["url"] != dev.ready["url"]
        assert second.ready["pids"]["postgres"] == dev.ready["pids"]["postgres"]
        assert second.ready["signIns"] == dev.ready["signIns"]

    token = dev.ready["signIns"]["rep"]["token"]
    assert "errors" not in ask(dev, "{ viewer { user { email } } }", token)


def test_a_taken_port_is_one_sentence(dev):
    with socket.create_server(("127.0.0.1", 0)) as taken, data_folder() as data:
        port = taken.getsockname()[1]

        assert not refused(run("--port", port, "--data", data), f"Port {port} is taken", "--port")


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()

    assert not refused(run("--port", 0, "--data", tmp_path / "file"), "data folder")


def test_production_is_refused_by_the_development_command():
    assert not refused(run("--port", 0, ENV="production"), "ENV=production", "server.api")


def test_options_before_a_command_are_refused():
    done = run("--port", 1, "doctor")

    assert done.returncode == 2
    assert "after the command" in done.stderr
