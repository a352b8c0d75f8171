"""Pipelines and their stages."""

from dataclasses import asdict

from core.ids import new_id
from core.writes import Transaction
from models import metadata
from services.rules.pipelines import SEEDED

_PIPELINE = metadata.tables["pipeline"]
_STAGE = metadata.tables["pipeline_stage"]


async def seed(act: Transaction) -> None:
    """Give a fresh workspace the pipelines it begins with, "Sales" first."""
    named = [(kind, name, stages) for kind, of in SEEDED.items() for name, stages in of.items()]
    for position, (kind, name, stages) in enumerate(named, start=1):
        pipeline = {"id": new_id(), "name": name, "kind": kind, "position": position}
        await act.insert(_PIPELINE, pipeline)
        steps = [
            {"pipeline_id": pipeline["id"], "position": place, **asdict(stage)}
            for place, stage in enumerate(stages, start=1)
        ]
        await act.insert_many(_STAGE, steps)
