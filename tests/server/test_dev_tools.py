"""The rest of the command line: doctor, clock, lock, settings, and the bootstrap itself."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from server.cli import lock, tools
from tests.plugins.dev import ROOT, data_folder, environment, refused, run

OLD_PYTHONS = [
    path
    for name in ("python3.6", "python3.7", "python3.8", "python3.9", "python3.10")
    for path in [shutil.which(name), *Path.home().glob(f".pyenv/versions/{name[6:]}.*/bin/python")]
    if path and subprocess.run([path, "-V"], capture_output=True, check=False).returncode == 0
]


def test_the_doctor_finds_a_running_instance_healthy(dev):
    port = dev.ready["url"].rpartition(":")[2]
    done = run("doctor", "--data", dev.data, "--port", port)

    assert done.returncode == 0, done.stdout
    lines = [line.split(":")[0] for line in done.stdout.splitlines()]
    assert {"✓ Python", "✓ Database", "✓ Roles", "✓ Migrations", "✓ Redis", "✓ Port"} <= set(lines)


def test_the_doctor_says_what_is_wrong(dev):
    port = dev.ready["url"].rpartition(":")[2]
    with data_folder() as data:
        done = run(
            *("doctor", "--data", data, "--port", port),
            DATABASE_URL="postgresql://x@127.0.0.1:1/x",
            REDIS_URL="redis://127.0.0.1:1",
        )

    wrong = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert done.returncode == 1
    assert [line.split(":")[0] for line in wrong] == ["✗ Port", "✗ Database", "✗ Redis"]


async def test_the_clock_moves_and_returns(dev):
    owner = await asyncpg.connect(dev.ready["databaseUrl"])
    offsets = []
    for step in ("+3d", "-2h", "+1d12h", "reset"):
        assert run("clock", step, "--data", dev.data).returncode == 0
        offsets.append(await owner.fetchval("SELECT offset_seconds FROM test_clock"))
    await owner.close()

    assert offsets == [259_200, 252_000, 381_600, 0]


@pytest.mark.parametrize("step", ["3d", "+3", "tomorrow", "+99999w", "--", ""])
def test_a_step_that_is_none_is_refused(dev, step):
    done = run("clock", "--data", dev.data, "--", step)

    assert not refused(done)


def test_the_lock_files_are_made_from_what_is_declared():
    assert lock.stale() == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_locked_by_hash_and_no_host_is_named(name):
    text = (ROOT / name).read_text()
    packages = re.findall(r"^\S.*==.* \\$", text, re.MULTILINE)

    assert len(packages) > 30
    assert all(f"{package}\n    --hash=sha256:" in text for package in packages)
    assert not re.search(r"https?://|--index-url|--find-links", text)


def test_the_settings_are_documented_as_they_are():
    text = (ROOT / "docs" / "operations.md").read_text()
    table = text.split(tools.TABLE_BEGINS)[1].split(tools.TABLE_ENDS)[0].strip()

    assert table == tools.settings_table().strip()


def test_the_bootstrap_imports_only_the_standard_library():
    tree = ast.parse((ROOT / "dev").read_text(), feature_version=(3, 7))
    nodes = list(ast.walk(tree))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    parts = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    imported = {name.partition(".")[0] for name in plain | parts}

    assert imported <= sys.stdlib_module_names


def bootstrapped(python, folder, **given):
    """`./dev` of a folder, run by a Python."""
    return subprocess.run(
        [python, folder / "dev"],
        env=environment(**given),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not OLD_PYTHONS, reason="needs a Python older than 3.11")
@pytest.mark.parametrize("python", OLD_PYTHONS)
def test_an_older_python_is_one_sentence(python):
    assert not refused(bootstrapped(python, ROOT), "3.11 or newer")


def told_first(python, folder, **given):
    """What the bootstrap says before it installs anything: the program that would is a stand-in."""
    (folder / "uv").write_text("#!/bin/sh\necho asked for: $* >&2\nexit 1\n")
    (folder / "uv").chmod(0o755)
    for name in ("dev", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder)
    done = bootstrapped(python, folder, PATH=f"{folder}:/usr/bin:/bin", **given)
    assert done.returncode == 1
    return done.stderr


def test_the_python_that_is_named_is_installed_for(tmp_path):
    told = told_first(sys.executable, tmp_path, COEFFECTION_PYTHON="python3.99")

    assert re.search("--python python3.99 ", told)
    assert "compiled without" not in told


def built_plainly(python):
    asks = "import sysconfig, sys; print(sysconfig.get_config_var('CONFIG_ARGS'), sys.base_prefix)"
    said = subprocess.run([python, "-c", asks], capture_output=True, text=True, check=False).stdout
    return "--enable-optimizations" not in said and not said.endswith(" /usr\n")


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_a_python_without_optimizations_gives_way_to_the_systems(tmp_path, version):
    system = Path(f"/usr/bin/python{version}")
    pythons = Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    python = next(filter(built_plainly, pythons), None)
    if python is None or not system.exists():
        pytest.skip(f"needs a Python {version} of the system and one without optimizations")
    told = told_first(python, tmp_path)

    assert f"taking {system}" in told
    assert "COEFFECTION_PYTHON" in told
    assert f"--python {system} " in told


def test_an_unknown_benchmark_is_one_sentence():
    assert not refused(run("bench", "no_such"), "no_such")


def test_assets_without_node_say_what_to_do():
    assert not refused(run("assets", COEFFECTION_NODE="/nowhere/node"), "Node", "COEFFECTION_NODE")


RIVAL = """
from models.base import Restorable

class Rival(Restorable):
    __tablename__ = "rival"

    name: Mapped[str]
    company_id: Mapped[str | None] = ref("company")
"""


def test_a_migration_is_begun_as_the_next_one(tmp_path):
    for package in ("core", "models", "server"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("web"))
    with (tmp_path / "models" / "companies.py").open("a") as rows:
        rows.write(RIVAL)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "server.cli", "migration", "add rival"],
        env=environment(PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    (begun,) = (tmp_path / "models/migrations/versions").glob("*_add_rival.py")
    assert f'run_sql("{begun.stem}")' in begun.read_text()
    files = (tmp_path / "models/migrations/sql" / begun.stem).glob("*.sql")
    written = "\n".join(file.read_text() for file in files)
    assert "CREATE TABLE rival (" in written
    assert "CREATE INDEX rival_company_id_ix ON rival (workspace_id, company_id, id)" in written
    assert 'ALTER TABLE "rival" FORCE ROW LEVEL SECURITY;' in written
    assert "CREATE TABLE company" not in written
    assert begun.stem in done.stdout


def test_a_migration_needs_a_plain_name():
    assert not refused(run("migration", "../x"), "small letters")
