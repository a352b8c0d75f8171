"""The shape of the code: sizes, names, one-line docstrings, and what must not be in it."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "core",
    "models",
    "auth",
    "connectors",
    "services",
    "schema",
    "resolvers",
    "subscriptions",
    "jobs",
    "server",
)
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
VAGUE = {"utils", "util", "helpers", "helper", "manager", "handler", "common", "misc", "base_"}
LONG_FILES: dict[str, str] = {}
"""Python files that may be longer, each with its reason."""
LONG_FUNCTIONS: dict[str, str] = {}
"""Functions that may be longer, each with its reason."""

COMMITTING = {"core/db.py", "models/migrations/env.py"}
"""Where transactions end: the one module of ours, and Alembic's own connection."""


def tracked() -> list[Path]:
    """The files that belong to the project: those of Git, or all of an unpacked copy."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]
    made = {".venv", "node_modules", "__pycache__", ".git", "data"}
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not made & set(path.relative_to(ROOT).parts)
    ]


TRACKED = tracked()
SOURCES = [path for path in TRACKED if path.suffix == ".py"]
OURS = [path for path in SOURCES if path.relative_to(ROOT).parts[0] in PACKAGES]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
BUILT = {"server/static", "server/web/package-lock.json"}
"""What is made by tools, and not read by people."""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions():
    """Every function: its file, its name, its lines."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                yield f"{named(path)}:{node.name}", (node.end_lineno or first) - first + 1


def calls(tree: ast.AST):
    """Every call of an attribute: its name and line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno, ast.unparse(node.func.value)


def test_files_are_short():
    long = {named(path): len(path.read_text().splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {
        name: long[name] for name in LONG_FILES
    }


def test_functions_are_short():
    long = {name: lines for name, lines in functions() if lines > LONGEST_FUNCTION}

    assert set(long) == set(LONG_FUNCTIONS), long


def test_modules_begin_by_saying_in_one_line_what_they_are():
    silent = [
        named(path)
        for path, tree in TREES.items()
        if tree.body and not re.fullmatch(r"\S.*[.?](\n\n(?s:.*))?", ast.get_docstring(tree) or "")
    ]

    assert silent == []


def test_names_of_files_and_classes_say_what_is_in_them():
    parts = {part for path in OURS for part in path.relative_to(ROOT).with_suffix("").parts}
    classes = {
        node.name.lower()
        for path in OURS
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.ClassDef)
    }

    assert parts & VAGUE == set()
    assert [name for name in classes if name.endswith(("manager", "handler", "helper"))] == []


def test_every_package_is_listed_in_the_wheel():
    import tomllib

    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    there = {path.relative_to(ROOT).parts[0] for path in SOURCES if path.name == "__init__.py"} - {
        "tests"
    }

    assert set(wheel["targets"]["wheel"]["packages"]) == set(PACKAGES)
    assert there == set(PACKAGES)


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_owns_the_name_of_a_package(name):
    owners = importlib.metadata.packages_distributions().get(name, [])
    found = subprocess.run(
        [sys.executable, "-c", f"import {name}; print({name}.__file__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert set(owners) <= {"coeffection"}
    assert Path(found.stdout.strip()).is_relative_to(ROOT)
    assert name not in sys.stdlib_module_names


def test_only_the_database_module_commits():
    committing = {
        (named(path), line)
        for path in OURS
        for attribute, line, _ in calls(TREES[path])
        if attribute == "commit" and named(path) not in COMMITTING
    }

    assert committing == set()


def test_no_test_patches_our_code():
    words = ("unittest.mock", "monkeypatch.setattr", "mocker.")
    patching = [
        (named(path), word)
        for path in SOURCES
        for word in words
        if word in path.read_text() and path != Path(__file__)
    ]

    assert patching == []


def test_nothing_is_left_to_be_done_later():
    later = re.compile(r"\b(TODO|FIXME)\b")
    left = [
        (named(path), number)
        for path in SOURCES
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if later.search(line)
    ]

    assert left == []


def readable() -> list[Path]:
    """The tracked files people read and write."""
    return [
        path
        for path in TRACKED
        if not named(path).startswith(tuple(BUILT)) and b"\0" not in path.read_bytes()[:1000]
    ]


def test_no_file_names_a_private_host_or_an_index_of_packages():
    hosts = re.compile(
        r"https?://(?:[\w.-]*\.)?(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|artifactory[\w.]*)"
        r"|https?://[\w.-]+\.(?:internal|corp|lan|intranet)\b"
        r"|https?://(?:10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d"
    )
    found = [
        (named(path), match.group())
        for path in readable()
        if path != Path(__file__)
        for match in hosts.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_environment_variables_are_read_in_the_settings_and_the_command_line_alone():
    reading = [
        named(path)
        for path in OURS
        if "os.environ" in path.read_text() or "os.getenv" in path.read_text()
        if not named(path).startswith(("server/", "core/settings.py"))
    ]

    assert reading == []


def test_imports_follow_their_contracts():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_no_module_imports_relatively_or_everything():
    wrong = [
        (named(path), node.lineno)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.level or any(one.name == "*" for one in node.names))
    ]

    assert wrong == []


def test_types_and_resolvers_keep_their_annotations():
    """Strawberry reads annotations as objects: postponed ones would be texts."""
    postponed = [
        named(path)
        for path in OURS
        if named(path).startswith(("schema/", "resolvers/"))
        and "from __future__ import annotations" in path.read_text()
    ]

    assert postponed == []
