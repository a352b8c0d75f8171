"""Core records of any kind in the inputs of acts."""

from collections.abc import Sequence

from core.codes import UserErrorCode
from core.errors import Path, Refusals, UserError
from core.ids import decode
from models.registry import REGISTRY
from services.cores import Core


def core_of(wire_id: str, path: Path) -> Core:
    """The core record behind a wire id."""
    decoded = decode(wire_id)
    entity = REGISTRY.of_prefix(decoded[0]) if decoded else None
    if decoded is None or entity is None or not entity.core:
        kinds = ", ".join(sorted(one.prefix for one in REGISTRY.values() if one.core))
        message = f"Send the id of a record of the kinds {kinds}."
        raise UserError(UserErrorCode.INVALID_ID, message, path)
    return entity, decoded[1]


def cores_of(wire_ids: Sequence[str], path: str) -> list[Core]:
    """The core records behind wire ids; every id that is none is told."""
    found, refused = [], []
    for at, one in enumerate(wire_ids):
        try:
            found.append(core_of(one, (path, at)))
        except UserError as error:
            refused.append(error)
    if refused:
        raise Refusals(refused)
    return found
