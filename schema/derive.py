"""Everything the declarations imply: connections, filters, orders, aggregates, root fields."""

from typing import Any, cast

import strawberry

from core.choices import named
from core.names import snake, spaced
from models import enums
from models.registry import REGISTRY, Entity, Field, Kind
from schema import custom_values, filters, values
from schema import derived as namespace
from schema.declare import CORE, derived
from schema.enums import OrderDirection
from schema.scalars import Cursor
from schema.types import Answered, Given, build_enum, build_input, build_type, taking
from services.figures import summed

CUSTOM_FIELD = "CUSTOM_FIELD"
DEFAULT_FIRST = 25
MAX_FIRST = 100
HOW_MANY = f"How many, at most {MAX_FIRST}; {DEFAULT_FIRST} when null."


def fill() -> None:
    """Make the types of every declared entity, once."""
    if hasattr(namespace, "Money"):
        return
    _place("Money", values.Money)
    for entity in REGISTRY.values():
        _place(entity.name, cast("type", entity.api))
        _add_collections(entity)
    for entity in listed():
        _place(f"{entity.name}Edge", _edge(entity))
        _place(f"{entity.name}Connection", _connection(entity))
        _place(f"{entity.name}Filter", _filter(entity))
        _place(f"{entity.name}ToManyFilter", _to_many(entity))
        _place(f"{entity.name}OrderField", order_fields(entity))
        _place(f"{entity.name}Order", _order(entity))
        for name, made in _aggregate(entity).items():
            _place(name, made)
    kinds = {upper(snake(entity.name)): f"{entity.name} records." for entity in listed()}
    _place("RecordType", build_enum("RecordType", "A kind of record.", kinds))


def listed() -> list[Entity]:
    """The entities that come in lists."""
    return [entity for entity in REGISTRY.values() if entity.listed]


def _place(name: str, made: type) -> None:
    setattr(namespace, name, made)


def upper(name: str) -> str:
    """`first_name` as an enum writes it."""
    return name.upper()


def page_arguments(entity: Entity) -> dict[str, Given]:
    """The arguments of every list of an entity."""
    what = spaced(entity.name)
    arguments = {
        "first": Given(int, HOW_MANY, DEFAULT_FIRST),
        "after": Given(Cursor, "Only those behind this cursor."),
        "filter": Given(derived(f"{entity.name}Filter"), f"Which {what} records."),
        "order_by": Given(
            list[derived(f"{entity.name}Order")],  # type: ignore[misc]
            f"In which order; {_default_order(entity)} when left out.",
        ),
    }
    if entity.restorable:
        sentence = "Whether deleted ones are in it; for who may restore them."
        arguments["deleted"] = Given(enums.Deleted, sentence, enums.Deleted.EXCLUDE)
    if entity.searched:
        arguments["search"] = Given(str, "Words they contain, as typed into a search box.")
    return arguments


def _default_order(entity: Entity) -> str:
    if not entity.order_by:
        return "newest first"
    keys = [
        f"{spaced(part.removeprefix('-'))}{' descending' if part.startswith('-') else ''}"
        for part in entity.order_by
    ]
    return f"by {', then by '.join(keys)}"


def log_arguments() -> dict[str, Given]:
    """The arguments of every page of what happened."""
    return {
        "first": Given(int, HOW_MANY, DEFAULT_FIRST),
        "after": Given(Cursor, "Only what is behind this cursor, which is what happened before."),
    }


def _taking(field: Any, bound: Field | None) -> Any:
    answered = _with_arguments(field, bound) if bound is not None else None
    return None if answered is None else taking(answered)


def _add_collections(entity: Entity) -> None:
    definition: Any = cast("Any", entity.api).__strawberry_definition__
    for at, field in enumerate(definition.fields):
        made = _taking(field, entity.fields.get(field.python_name))
        if made is not None:
            made.python_name = field.python_name
            made.origin = field.origin
            definition.fields[at] = made


def _with_arguments(field: Any, bound: Field) -> Answered | None:
    if bound.kind is Kind.MANY:
        arguments = page_arguments(REGISTRY[bound.target])
        return Answered(derived(f"{bound.target}Connection"), bound.description, arguments)
    if bound.kind is Kind.FEED:
        known = CORE.get(bound.name)
        annotation = known[1] if known else field.type_annotation.annotation
        return Answered(annotation, bound.description, dict(bound.arguments))
    if bound.kind is Kind.CUSTOM:
        return Answered(CORE[bound.name][1], bound.description, custom_values.ARGUMENTS)
    if bound.paged:
        annotation = field.type_annotation.annotation
        return Answered(annotation, bound.description, log_arguments())
    return None


def _edge(entity: Entity) -> type:
    return build_type(
        f"{entity.name}Edge",
        f"A {spaced(entity.name)} in a list.",
        {
            "cursor": Answered(Cursor, "Its place in the list; send it as `after`."),
            "node": Answered(derived(entity.name), f"The {spaced(entity.name)}."),
        },
    )


def _connection(entity: Entity) -> type:
    return build_type(
        f"{entity.name}Connection",
        f"A page of {spaced(entity.name)} records.",
        {
            "edges": Answered(list[derived(f"{entity.name}Edge")], "The page with its cursors."),  # type: ignore[misc]
            "nodes": Answered(list[derived(entity.name)], "The page."),  # type: ignore[misc]
            "page_info": Answered(values.PageInfo, "Where the page lies."),
            "total_count": Answered(int, "How many there are in all; costs a count."),
        },
    )


def comparator(field: Field) -> Any:
    """The comparator type of a filterable column."""
    if field.scalar in filters.BY_SCALAR:
        return filters.BY_SCALAR[field.scalar]
    kind = named(field.scalar)
    if kind is not None:
        return filters.of_enum(kind)
    return filters.StringComparator if field.contains else filters.KeyComparator


def _filter(entity: Entity) -> type:
    own = derived(f"{entity.name}Filter")
    given = {
        "and": Given(list[own], "All of these hold."),  # type: ignore[valid-type]
        "or": Given(list[own], "At least one of these holds."),  # type: ignore[valid-type]
        "not": Given(own, "This does not hold."),
    }
    for name, field in entity.fields.items():
        if field.kind is Kind.LINK:
            given[name] = Given(derived(f"{field.target}Filter"), f"On: {field.description}")
            given[f"{name}_id"] = Given(filters.IDComparator, f"On the id of: {field.description}")
        elif field.kind is Kind.MANY:
            given[name] = Given(derived(f"{field.target}ToManyFilter"), f"On: {field.description}")
        elif field.kind is Kind.CUSTOM:
            described = "On the workspace's own fields; all of them hold."
            given[name] = Given(list[custom_values.CustomValueFilter], described)  # type: ignore[valid-type]
        elif field.filter:
            given[name] = Given(comparator(field), f"On: {field.description}")
    return build_input(
        f"{entity.name}Filter", f"Which {spaced(entity.name)} records; all must hold.", given
    )


def _to_many(entity: Entity) -> type:
    inner = derived(f"{entity.name}Filter")
    return build_input(
        f"{entity.name}ToManyFilter",
        f"Conditions on the {spaced(entity.name)} records of a record.",
        {
            "some": Given(inner, "At least one fits."),
            "none": Given(inner, "None fits."),
            "every": Given(inner, "All fit, or there are none."),
        },
    )


def order_fields(entity: Entity) -> type:
    """The enum of what a list can be ordered by."""
    chosen = {name: field for name, field in entity.fields.items() if field.order}
    ordered = {upper(name): f"By: {field.description}" for name, field in chosen.items()}
    ordered["ID"] = "By id, which is the order of creation."
    if entity.core:
        ordered[CUSTOM_FIELD] = "By a field of the workspace's own: send its `key`, and no other."
    return build_enum(
        f"{entity.name}OrderField", f"What {spaced(entity.name)} records are ordered by.", ordered
    )


def _order(entity: Entity) -> type:
    given = {
        "field": Given(derived(f"{entity.name}OrderField"), "What to order by.", required=True),
        "direction": Given(OrderDirection, "Which end comes first.", OrderDirection.ASC),
    }
    if entity.core:
        sentence = "The custom field, with CUSTOM_FIELD; records without a value come last."
        given["key"] = Given(str, sentence)
    return build_input(f"{entity.name}Order", "One key of an ordering; the id breaks ties.", given)


def grouped(entity: Entity) -> list[Field]:
    """The fields an aggregate groups by."""
    return [field for field in entity.fields.values() if field.group]


def _aggregate(entity: Entity) -> dict[str, type]:
    name, what = entity.name, spaced(entity.name)
    made = {
        f"{name}AggregateValues": build_type(
            f"{name}AggregateValues", f"Figures over {what} records.", _figures(entity)
        ),
        f"{name}AggregateGroup": build_type(
            f"{name}AggregateGroup",
            f"The {what} records that share their keys.",
            {
                "keys": Answered(list[values.AggregateKey], "What they share, as asked for."),
                "values": Answered(derived(f"{name}AggregateValues"), "Their figures."),
            },
        ),
        f"{name}Aggregate": build_type(
            f"{name}Aggregate",
            f"Figures over {what} records, in groups and in all.",
            {
                "groups": Answered(list[derived(f"{name}AggregateGroup")], "The groups."),  # type: ignore[misc]
                "total": Answered(derived(f"{name}AggregateValues"), "All of them together."),
            },
        ),
        f"{name}Having": _having(entity),
    }
    return made | _groups(entity) if grouped(entity) else made


def _figures(entity: Entity) -> dict[str, Answered]:
    figures = {"count": Answered(int, "How many.")}
    if entity.core:
        figures["custom"] = Answered(
            list[custom_values.CustomFieldSum],
            "What the custom fields named in `sumCustom` come to, in their order.",
        )
    for field in summed(entity):
        sentence = f"in the workspace's currency: {field.description}"
        figures[f"sum_{field.name}"] = Answered(values.Money, f"Sum {sentence}")
        figures[f"avg_{field.name}"] = Answered(
            values.Money | None, f"Average {sentence} Null when there are none."
        )
        figures[f"unconverted_{field.name}"] = Answered(
            list[derived("Money")],  # type: ignore[misc]
            "Sums that have no exchange rate and are left out, by currency.",
        )
        if field.weight:
            figures[f"sum_weighted_{field.name}"] = Answered(
                values.Money, f"Sum of what is to be expected, {sentence}"
            )
    return figures


def _having(entity: Entity) -> type:
    given = {"count": Given(filters.IntComparator, "On how many there are.")}
    for field in summed(entity):
        on_sum = Given(filters.DecimalComparator, f"On the sum: {field.description}")
        given[f"sum_{field.name}"] = on_sum
    return build_input(f"{entity.name}Having", "Which groups are answered.", given)


def _groups(entity: Entity) -> dict[str, type]:
    name, what = entity.name, spaced(entity.name)
    keys = {upper(field.name): f"By: {field.description}" for field in grouped(entity)}
    ordered = {"KEYS": "By their keys.", "COUNT": "By how many there are."}
    ordered |= {upper(f"sum_{f.name}"): f"By the sum: {f.description}" for f in summed(entity)}
    return {
        f"{name}GroupKey": build_enum(
            f"{name}GroupKey", f"What {what} records are grouped by; days by their month.", keys
        ),
        f"{name}GroupOrderField": build_enum(
            f"{name}GroupOrderField", "What groups are ordered by.", ordered
        ),
        f"{name}GroupOrder": build_input(
            f"{name}GroupOrder",
            "One key of the groups' order.",
            {
                "field": Given(derived(f"{name}GroupOrderField"), "By what.", required=True),
                "direction": Given(OrderDirection, "Which end comes first.", OrderDirection.ASC),
            },
        ),
    }


def root_fields() -> dict[str, Answered]:
    """`thing`, `things` and `thingAggregate` of every entity that is not part of another."""
    fields: dict[str, Answered] = {}
    for entity in listed():
        single = entity.name[0].lower() + entity.name[1:]
        what = spaced(entity.name)
        fields[single] = Answered(
            derived(entity.name) | None,
            f"The {what} with this id; null when there is none or it is out of your sight.",
            {"id": Given(strawberry.ID, "Its id.", required=True)},
        )
        fields[entity.plural] = Answered(
            derived(f"{entity.name}Connection"),
            f"The {what} records you may see.",
            page_arguments(entity),
        )
        if grouped(entity):
            fields[f"{single}Aggregate"] = Answered(
                derived(f"{entity.name}Aggregate"),
                f"Figures over the {what} records you may see.",
                _aggregate_arguments(entity),
            )
    return fields


def _aggregate_arguments(entity: Entity) -> dict[str, Given]:
    name = entity.name
    return {
        "filter": Given(derived(f"{name}Filter"), "Which records are counted."),
        "group_by": Given(
            list[derived(f"{name}GroupKey")],  # type: ignore[misc]
            "What to group by, at most three keys.",
        ),
        **_grouped_by_own(entity),
        "having": Given(derived(f"{name}Having"), "Which groups are answered."),
        "order_by": Given(
            list[derived(f"{name}GroupOrder")],  # type: ignore[misc]
            "In which order; by their keys when left out.",
        ),
        "first": Given(int, "How many groups, at most 1000.", 100),
    }


def _grouped_by_own(entity: Entity) -> dict[str, Given]:
    if not entity.core:
        return {}
    sentence = "Keys of custom fields to group by, behind those: selects and checkboxes."
    summed_up = "Keys of custom fields to add up: numbers and amounts, at most 5."
    return {
        "group_by_custom": Given(list[str], sentence),
        "sum_custom": Given(list[str], summed_up),
    }
