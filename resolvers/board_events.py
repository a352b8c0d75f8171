"""Feeds of boards: which cards came, changed and went, and what their columns come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.codes import DenialCode
from core.errors import Denied
from core.ids import encode
from core.names import pascal
from models.enums import ResyncReason
from models.registry import REGISTRY, pointer
from resolvers.boards import Shown, require_readable, stages
from resolvers.feeds import Batch, Told, changed_fields, events, origin, resync
from resolvers.leanings import leans_on
from resolvers.reading import Reading
from resolvers.touching import touched, touching
from resolvers.transitions import Transition, Watched
from schema.boards import BOARDS, Board
from schema.live import (
    CardRemovedReason,
    column_field,
    heads_name,
    of_board,
    prefix,
)
from services.conditions import read_id
from services.figures import summed

MOST_CARDS = 500
"""Of one batch: beyond it the board is read again."""
_MONEY = frozenset({"exchange_rate"})


@dataclass(slots=True)
class BoardEvents:
    """The feed of one board as some actors see it, under one filter."""

    board: Board
    arguments: Mapping[str, Any]
    pipeline: str | None
    watched: Watched
    leaning: frozenset[str]
    known: dict[str, Any] | None = None
    """The cards that were watched last, where others than their own rows decide on that."""
    entities: frozenset[str] | None = field(init=False)

    def __post_init__(self) -> None:
        """Gather whose events concern it."""
        table = self.watched.entity.table.name
        tables = {table, *self.leaning, *self._config(), *touching(self.watched.entity)}
        self.entities = frozenset(tables)

    def _config(self) -> frozenset[str]:
        if self.board.kind is not None:
            heads = frozenset({"pipeline", "pipeline_stage"})
        elif self.board.is_enum:
            heads = frozenset()
        else:
            heads = frozenset({REGISTRY[self.board.target].table.name})
        return heads | _MONEY if summed(self.board.entity) else heads

    async def round(self, reading: Reading, batch: Batch) -> list[Told]:
        """What a batch of events comes to: totals first, which hold for all that follows."""
        last = batch.events[-1]
        own = [one for one in batch.events if one["entity"] == self.watched.entity.table.name]
        if any(one["import_id"] for one in own):
            return [resync(ResyncReason.BULK_CHANGE, batch.to, last["at"])]
        config = await self._configured(reading, batch)
        if config is not None and config.value["kind"] == "ResyncRequired":
            return [config]
        changes, by = changes_of(own)
        changes, by = await touched(reading, self.watched.entity, batch, changes, by)
        left: set[str] = set()
        if any(one["entity"] in self.leaning for one in batch.events):
            if self.known is None or not batch.live:
                return [resync(ResyncReason.BULK_CHANGE, batch.to, last["at"])]
            left = await self._leaned(reading, changes, by, last)
        if len(changes) > MOST_CARDS:
            return [resync(ResyncReason.BULK_CHANGE, batch.to, last["at"])]
        found = await self.watched.transitions(reading, list(changes), batch.since)
        told = [
            one
            for card, names in changes.items()
            if (one := self._card(found[card], by[card], names, left=card in left))
        ]
        if self.known is not None and batch.live:
            self._remember(found)
        totals = await self._totals(reading, batch, found, changes, left)
        told += [config] if config else []
        return totals + sorted(told, key=lambda one: one.position)

    async def _leaned(
        self, reading: Reading, changes: dict[str, set[str]], by: dict[str, Any], last: Any
    ) -> set[str]:
        """The cards that left because of others' changes; those that came are added, too."""
        assert self.known is not None  # noqa: S101 - asked by `round`
        fresh = await self.watched.all(reading)
        for card in fresh.keys() ^ self.known.keys():
            changes.setdefault(card, set())
            by.setdefault(card, last)
        return set(self.known) - set(fresh)

    def _remember(self, found: Mapping[str, Transition]) -> None:
        assert self.known is not None  # noqa: S101 - asked by `round`
        for card, one in found.items():
            if one.now:
                self.known[card] = one.now_in
            else:
                self.known.pop(card, None)

    def _card(
        self, found: Transition, event: Mapping[str, Any], changed: set[str], *, left: bool
    ) -> Told | None:
        entity, begin = self.watched.entity, prefix(self.board)
        name, _ = column_field(self.board)
        if found.now:
            card = pointer(entity.name, found.id)
            value = {
                "kind": f"{begin}CardUpserted",
                **origin(event),
                "card": card,
                name: self._column(found.now_in),
                "rank": found.rank,
                "after_card_id": encode(entity.prefix, found.above) if found.above else None,
                "changed": named_changes(entity, changed),
            }
            return Told(value, event["position"], event["position"], card)
        if not found.was and not left:
            return None
        value = {
            "kind": f"{begin}CardRemoved",
            **origin(event),
            "card_id": encode(entity.prefix, found.id),
            name: self._column(found.was_in),
            "reason": reason(found, event),
        }
        return Told(value, event["position"], event["position"])

    def _column(self, value: Any) -> Any:
        if self.board.is_enum:
            return value
        return encode(REGISTRY[self.board.target].prefix, value)

    async def _totals(
        self,
        reading: Reading,
        batch: Batch,
        found: Mapping[str, Transition],
        changes: Mapping[str, set[str]],
        left: set[str],
    ) -> list[Told]:
        """The figures of the columns that may have changed, at the place before the batch."""
        weighed = {"currency"}
        for money in summed(self.watched.entity):
            weighed |= {*money.columns, money.dated, money.weight}
        columns: dict[Any, None] = {}
        for card, one in found.items():
            was = one.was or card in left
            if was and (not one.now or one.was_in != one.now_in or weighed & changes[card]):
                columns[one.was_in] = None
            if one.now and (not was or one.was_in != one.now_in or weighed & changes[card]):
                columns[one.now_in] = None
        if not columns:
            return []
        shown = Shown(reading, self.board, self.arguments.get("filter"))
        sums = await shown.figures(reading, list(columns))
        kind, (name, _) = f"{prefix(self.board)}ColumnTotalsChanged", column_field(self.board)
        # At the place before the batch: who goes on from there gets its cards as well.
        heading = origin(batch.events[-1], batch.since)
        return [
            Told(
                {"kind": kind, **heading, name: self._column(value), **own},
                batch.since,
                batch.to,
            )
            for value, own in zip(columns, sums, strict=True)
        ]

    async def _configured(self, reading: Reading, batch: Batch) -> Told | None:
        """What a change of the columns themselves, or of money, comes to."""
        tables = self._config()
        own = [one for one in batch.events if one["entity"] in tables]
        if not own:
            return None
        if any(one["entity"] in _MONEY for one in own):
            return resync(ResyncReason.CONFIG_CHANGED, batch.to, own[-1]["at"])
        if self.board.kind is None:
            heads = await _heads(reading, self.board)
        else:
            chosen = self.arguments.get("pipelineId")
            rows = await reading.fetch(stages(reading, self.board, chosen))
            if not rows or rows[0]["pipeline_id"] != self.pipeline:
                return resync(ResyncReason.CONFIG_CHANGED, batch.to, own[-1]["at"])
            heads = [row["head_id"] for row in rows if row["head_id"]]
            mine = [one for one in own if one["record_id"] in {*heads, self.pipeline}]
            mine += [one for one in own if _had(one, "pipeline_id") == self.pipeline]
            if not mine:
                return None
            if any(one["entity"] == "pipeline" for one in mine):
                return resync(ResyncReason.CONFIG_CHANGED, batch.to, own[-1]["at"])
        several = heads_name(self.board)
        value = {
            "kind": f"{prefix(self.board)}{pascal(several)}Changed",
            **origin(own[-1]),
            several: [pointer(self.board.target, one) for one in heads],
        }
        return Told(value, own[-1]["position"], own[-1]["position"])


def reason(found: Transition, event: Mapping[str, Any]) -> CardRemovedReason:
    """Why a record is gone."""
    if event["type"].endswith(".merged"):
        return CardRemovedReason.MERGED
    if found.deleted:
        return CardRemovedReason.DELETED
    if not found.seen:
        return CardRemovedReason.NO_LONGER_VISIBLE
    return CardRemovedReason.FILTERED_OUT if found.placed else CardRemovedReason.MOVED_PIPELINE


def changes_of(own: list[Mapping[str, Any]]) -> tuple[dict[str, set[str]], dict[str, Any]]:
    """The columns that changed, and the last event, of each record."""
    changes: dict[str, set[str]] = {}
    for one in own:
        changes.setdefault(one["record_id"], set()).update(one["changes"])
    return changes, {one["record_id"]: one for one in own}


def named_changes(entity: Any, changed: set[str]) -> list[str]:
    """The wire names of what changed of a record."""
    named = changed_fields(entity, changed)
    # What a touched record shows is named as it is on the wire.
    return named + sorted(one for one in changed if one not in entity.table.c and one not in named)


def _had(event: Mapping[str, Any], column: str) -> Any:
    change = event["changes"].get(column) or {}
    return change.get("before") or change.get("after")


async def _heads(reading: Reading, board: Board) -> list[str]:
    entity = REGISTRY[board.target]
    every = Watched(entity, lambda rows: rows.c.id.is_not(None), by="position")
    found = await every.all(reading)
    return sorted(found, key=lambda one: (found[one], one))


def _declare(board: Board) -> None:
    def kinds(arguments: Mapping[str, Any]) -> list[Any]:
        return [(board.entity, arguments.get("filter"))]

    @events(f"{board.name}_events", of_board(board), kinds)
    async def opening(reading: Reading, arguments: Mapping[str, Any]) -> BoardEvents:
        require_readable(reading, board)
        await reading.begin()
        pipeline = await _pipeline(reading, board, arguments) if board.kind else None
        given = arguments.get("filter")
        watched = Watched(board.entity, _place(board, pipeline), given, board.by)
        leaning = leans_on(board.entity, reading.actor, given)
        # Held to its limits before anything is promised.
        watched.fits(reading, board.entity.table)
        known = await watched.all(reading) if leaning else None
        return BoardEvents(board, arguments, pipeline, watched, leaning, known)


def _place(board: Board, pipeline: str | None) -> Any:
    if pipeline is None:
        return lambda rows: rows.c[board.by].is_not(None)
    return lambda rows: rows.c.pipeline_id == pipeline


async def _pipeline(reading: Reading, board: Board, arguments: Mapping[str, Any]) -> str:
    chosen = arguments.get("pipelineId")
    if chosen is not None:
        read_id(chosen, "Pipeline")
    rows = await reading.fetch(stages(reading, board, chosen))
    if not rows:
        message = f"There is no such pipeline of the kind {board.kind}."
        raise Denied(DenialCode.INVALID_ID, message)
    found: str = rows[0]["pipeline_id"]
    return found


for _board in BOARDS.values():
    _declare(_board)
