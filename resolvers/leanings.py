"""What records lean on: tables whose changes bring others in or out of what is watched."""

from collections.abc import Mapping
from typing import Any

from auth.actor import Actor
from core.names import camel
from models.registry import REGISTRY, Entity, Kind, Scope


def leans_on(entity: Entity, actor: Actor, given: Mapping[str, Any] | None) -> frozenset[str]:
    """The tables that decide, besides a record's own row, whether it is in sight and fits."""
    found: set[str] = set()
    _sight(entity, actor, found)
    _filter(entity, actor, given or {}, found)
    return frozenset(found)


def is_personal(entity: Entity, given: Mapping[str, Any] | None = None) -> bool:
    """Whether what actors who see every owner's records are shown may differ by who they are."""
    kinds = {entity.name}
    _kinds(entity, given or {}, kinds)
    return any(REGISTRY[name].scope not in _SHARED for name in kinds)


_SHARED = {Scope.WORKSPACE, Scope.OWNER}


def _sight(entity: Entity, actor: Actor, found: set[str]) -> None:
    if entity.scope is Scope.PARENT:
        for link in entity.parents:
            _other(REGISTRY[link.target], actor, found)
    elif entity.scope is Scope.ATTACHED:
        found.add(entity.attached)
        for core in REGISTRY.values():
            if core.core:
                _other(core, actor, found)
    elif entity.scope is Scope.OWNER and actor.owners is not None:
        if entity.members:
            found.add(entity.members)
        if entity.within:
            _other(REGISTRY[entity.fields[entity.within].target], actor, found)


def _other(entity: Entity, actor: Actor, found: set[str]) -> None:
    if entity.table.name not in found:
        found.add(entity.table.name)
        _sight(entity, actor, found)


def _filter(entity: Entity, actor: Actor, given: Mapping[str, Any], found: set[str]) -> None:
    for field, inner in _nested(entity, given):
        if field is not None:
            if field.through:
                found.add(field.through)
            _other(REGISTRY[field.target], actor, found)
            _filter(REGISTRY[field.target], actor, inner, found)
        else:
            _filter(entity, actor, inner, found)


def _kinds(entity: Entity, given: Mapping[str, Any], found: set[str]) -> None:
    for field, inner in _nested(entity, given):
        of = entity if field is None else REGISTRY[field.target]
        found.add(of.name)
        _kinds(of, inner, found)


def _nested(entity: Entity, given: Mapping[str, Any]) -> list[tuple[Any, Mapping[str, Any]]]:
    """The filters within a filter, each with the link or collection it is on."""
    fields = {camel(name): one for name, one in entity.fields.items()}
    inner: list[tuple[Any, Mapping[str, Any]]] = []
    for name, value in given.items():
        if value is None:
            continue
        if name in {"and", "or"}:
            inner += [(None, one) for one in value]
        elif name == "not":
            inner.append((None, value))
        elif name in fields and fields[name].kind is Kind.LINK:
            inner.append((fields[name], value))
        elif name in fields and fields[name].kind is Kind.MANY:
            inner += [(fields[name], one) for one in value.values() if one is not None]
    return inner
