"""`./dev import`: bring a file in over the running API, as any client would."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from server.cli import place as places
from server.cli.refusal import Refusal

POLL_SECONDS = 0.2
ENDED = frozenset({"COMPLETED", "FAILED"})
_PIECE = 256 * 1024
_SHOWN = Console(stderr=True, highlight=False)

_VIEWER = "{ viewer { workspace { id name } } }"
_UPLOAD = """mutation($input: UploadCreateInput!) {
  uploadCreate(input: $input) { upload { id putUrl } userErrors { message } } }"""
_CREATE = """mutation($input: ImportCreateInput!) {
  importCreate(input: $input) { userErrors { message }
    import { id totalRows columns { header suggestedField confidence } } } }"""
_MAP = """mutation($input: ImportMappingSetInput!) {
  importMappingSet(input: $input) { import { id } userErrors { message } } }"""
_RUN = """mutation($input: ImportRunInput!) {
  importRun(input: $input) { import { id } userErrors { message } } }"""
_PROGRESS = """query($id: ID!) { import(id: $id) {
  status totalRows doneRows createdRows updatedRows failedRows error errorFileUrl } }"""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where the API is and as whom it is called; by default what runs from the data folder."""

    url: str | None
    token: str | None
    data: Path | None


class Api:
    """The running API, spoken to with one token."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=60.0)

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation; what is denied ends the command with its sentence."""
        try:
            response = self.http.post("/graphql", json={"query": document, "variables": variables})
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Refusal(f"The API at {self.http.base_url} does not answer: {error}.") from error
        if answer.get("errors"):
            raise Refusal(answer["errors"][0]["message"])
        return dict(answer["data"])

    def act(self, document: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation; a refusal ends the command with its sentence."""
        (payload,) = self.ask(document, input=given).values()
        if payload["userErrors"]:
            raise Refusal(" ".join(error["message"] for error in payload["userErrors"]))
        return dict(payload)

    def upload(self, file: Path) -> str:
        """Send a file; the upload's id."""
        return self.send(file.name, file.stat().st_size, _pieces(file))

    def send(self, name: str, size: int, content: bytes | Iterator[bytes]) -> str:
        """Send content of a size as a file; the upload's id."""
        made = self.act(_UPLOAD, fileName=name, size=size)["upload"]
        sent = self.http.put(made["putUrl"], content=content, headers={"content-length": str(size)})
        if sent.is_error:
            raise Refusal(f"The file was not received: {_message(sent)}")
        return str(made["id"])

    def create(self, upload_id: str) -> dict[str, Any]:
        """An import of an upload, with its columns."""
        return dict(self.act(_CREATE, uploadId=upload_id)["import"])

    def map(self, import_id: str, mapping: Sequence[tuple[str, str]]) -> None:
        """Say which column is which field."""
        entries = [{"column": column, "field": field} for column, field in mapping]
        self.act(_MAP, id=import_id, mapping=entries)

    def run(self, import_id: str) -> Iterator[dict[str, Any]]:
        """Run an import and follow it to its end."""
        self.act(_RUN, id=import_id)
        while True:
            now = self.ask(_PROGRESS, id=import_id)["import"]
            yield now
            if now["status"] in ENDED:
                return
            time.sleep(POLL_SECONDS)


def contacts(
    file: Path, sign_in: SignIn, workspace: str | None, mapping: Sequence[str]
) -> list[str]:
    """Import the contacts of a CSV file, showing how it goes; what to say at the end."""
    api = _api(sign_in)
    _check_workspace(api, workspace)
    made = api.create(api.upload(file))
    api.map(made["id"], _mapping(made["columns"], mapping))
    last = _followed(api.run(made["id"]), made["totalRows"], file.name)
    counts = (last["createdRows"], last["updatedRows"], last["failedRows"])
    said = ["{} created, {} updated, {} not brought in.".format(*counts)]
    if last["errorFileUrl"]:
        said.append(f"Why they were not: {_saved(api, last['errorFileUrl'], file)}")
    if last["status"] == "FAILED":
        raise Refusal(f"The import failed: {last['error']} {' '.join(said)}")
    return said


def _api(sign_in: SignIn) -> Api:
    running = places.read_secret(places.of(sign_in.data).data / "running.json")
    url = sign_in.url or running.get("url")
    if url is None:
        raise Refusal("No API is running from this data folder: start ./dev, or give --url.")
    token = sign_in.token
    if token is None and sign_in.url is None:
        token = running["signIns"]["admin"]["token"]
    if token is None:
        raise Refusal("Give --token (or COEFFECTION_TOKEN) with --url.")
    return Api(url, token)


def _check_workspace(api: Api, wanted: str | None) -> None:
    own = api.ask(_VIEWER)["viewer"]["workspace"]
    if wanted and wanted not in {own["id"], own["name"]}:
        raise Refusal(
            f"This sign-in belongs to {own['name']} ({own['id']}): give the --token of another"
            f" to import into {wanted}."
        )


def _mapping(columns: Sequence[dict[str, Any]], given: Sequence[str]) -> list[tuple[str, str]]:
    chosen = {one["header"]: one["suggestedField"] for one in columns if one["suggestedField"]}
    for entry in given:
        column, equals, field = entry.rpartition("=")
        if not equals:
            raise Refusal(f"--map takes COLUMN=FIELD, not {entry}.")
        chosen = {name: other for name, other in chosen.items() if other != field}
        chosen[column] = field
    for column, field in chosen.items():
        if field:
            _SHOWN.print(f"  {column} → {field}", markup=False)
    return [(column, field) for column, field in chosen.items() if field]


def _followed(steps: Iterator[dict[str, Any]], total: int, name: str) -> dict[str, Any]:
    """Show the progress until the import ends; its last state."""
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    last: dict[str, Any] = {}
    with Progress(*columns, console=_SHOWN) as bar:
        task = bar.add_task(name, total=total)
        for last in steps:
            bar.update(task, completed=last["doneRows"])
    return last


def _saved(api: Api, url: str, file: Path) -> Path:
    target = file.with_name(f"{file.stem}-errors.csv")
    with api.http.stream("GET", url) as answer, target.open("wb") as out:
        for piece in answer.iter_bytes():
            out.write(piece)
    return target


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece


def _message(response: httpx.Response) -> str:
    with contextlib.suppress(ValueError, KeyError, IndexError, TypeError):
        return str(response.json()["errors"][0]["message"])
    return f"status {response.status_code}"
