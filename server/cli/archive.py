"""A backup file: a tar of a manifest, PostgreSQL's own dump, and the uploads."""

import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath

from server.cli.refusal import Refusal

MANIFEST = "backup.json"
DUMP = "database.dump"
FILES = "files"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    revision: str
    app_role: str
    release: str
    made_at: str
    format: int = FORMAT
    functions: dict[str, str] = field(default_factory=dict)
    """Functions that another role than the owner owns, and that role."""


def write(target: Path, manifest: Manifest, dump: Path, files: Path | None) -> None:
    """Write the file, all or nothing, for its owner's eyes only."""
    draft = target.with_name(f"{target.name}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w") as tar:
                text = json.dumps(asdict(manifest), indent=2).encode()
                member = tarfile.TarInfo(MANIFEST)
                member.size = len(text)
                tar.addfile(member, io.BytesIO(text))
                tar.add(dump, DUMP)
                if files and files.is_dir():
                    tar.add(files, FILES)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def opened(source: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """A backup file, its manifest read and checked."""
    try:
        tar = tarfile.open(source)  # noqa: SIM115 - closed below
    except FileNotFoundError as error:
        raise Refusal(f"There is no file {source}.") from error
    except (OSError, tarfile.TarError) as error:
        raise _foreign(source) from error
    with tar:
        yield _manifest(source, tar), tar


def _manifest(source: Path, tar: tarfile.TarFile) -> Manifest:
    try:
        stream = tar.extractfile(MANIFEST)
        fields = json.load(stream) if stream else {}
        manifest = Manifest(**fields)
    except (KeyError, TypeError, ValueError, tarfile.TarError) as error:
        raise _foreign(source) from error
    if manifest.format != FORMAT:
        raise Refusal(f"{source} was made by a newer release ({manifest.release}): use that one.")
    return manifest


def _foreign(source: Path) -> Refusal:
    return Refusal(f"{source} is no backup made by `./dev backup`.")


def extract_dump(tar: tarfile.TarFile, target: Path) -> None:
    """Write the database's dump to a file."""
    _extract(tar, tar.getmember(DUMP), target)


def extract_files(tar: tarfile.TarFile, folder: Path) -> int:
    """Write the uploads into a folder; only plain files below it are written."""
    count = 0
    for member in tar:
        parts = PurePosixPath(member.name).parts
        if not member.isfile() or parts[:1] != (FILES,) or ".." in parts:
            continue
        target = folder.joinpath(*parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _extract(tar, member, target)
        count += 1
    return count


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = tar.extractfile(member)
    if source is None:
        raise Refusal(f"The backup is damaged: {member.name} cannot be read.")
    with source, target.open("wb") as stream:
        shutil.copyfileobj(source, stream)
