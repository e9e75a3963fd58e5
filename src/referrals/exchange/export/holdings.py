"""How much leaves of every kind of record and every field, and what no format of HSDS has a place for."""

from dataclasses import dataclass

from referrals.exchange.export.losses import HIDDEN, NO_PLACE, NOT_PUBLIC, OURS_ALONE, Losses
from referrals.exchange.export.scope import Held, Scope
from referrals.exchange.hsds.fields import ADDITIONS, names
from referrals.exchange.shapes import SHAPES

_ONLY_HERE: dict[str, tuple[str, ...]] = {
    "taxonomy_term": ("label_fr", "label_en", "plain_fr", "plain_en", "data_inclusion", "details"),
    "service_area": ("shape",),
    "metadata": ("user_id",),
}
"""Columns beside HSDS's own."""
_HSDS_OWN = {("service", "assured_date"), ("taxonomy_term", "language"), ("meta_table_description", "language")}


@dataclass(frozen=True)
class Holdings:
    """What the directory publishes: `records` by kind, `fields` by kind and HSDS name; `staying`: what it does not."""

    records: dict[str, int]
    fields: dict[str, dict[str, int]]
    only_here: dict[str, dict[str, int]]
    staying: dict[str, int]


async def count(scope: Scope) -> Holdings:
    """One pass over each table."""
    held: dict[str, Held] = {}
    for entity, shape in SHAPES.items():
        held[entity] = await scope.held(shape, [*shape.columns, *_ONLY_HERE.get(entity, ())])
    return Holdings(
        records={entity: found.records for entity, found in held.items()},
        fields={
            entity: {name: held[entity].columns[column] for name, column in named(entity).items()} for entity in SHAPES
        },
        only_here={entity: {name: held[entity].columns[name] for name in more} for entity, more in _ONLY_HERE.items()},
        staying={entity: await scope.staying(shape) for entity, shape in SHAPES.items() if shape.recorded},
    )


def lost_to_hsds(holdings: Holdings, losses: Losses) -> None:
    """What any form of HSDS leaves out, and what it carries in additions of ours."""
    for entity, records in holdings.records.items():
        losses.lose(entity, "source", NO_PLACE, records)
        for name, found in holdings.only_here.get(entity, {}).items():
            losses.lose(entity, name, HIDDEN if name == "user_id" else NO_PLACE, found)
        for name in sorted(ADDITIONS & holdings.fields[entity].keys()) if records else ():
            if is_addition(entity, name):
                losses.lose(entity, name, OURS_ALONE, holdings.fields[entity][name])


def not_public(holdings: Holdings, losses: Losses) -> None:
    """What no format tells, because it is shown to nobody here either."""
    for entity, staying in holdings.staying.items():
        losses.lose(entity, "id", NOT_PUBLIC, staying)


def is_addition(entity: str, name: str) -> bool:
    """A field of ours, where HSDS has none of that name."""
    return name in ADDITIONS and (entity, name) not in _HSDS_OWN


def named(entity: str) -> dict[str, str]:
    """HSDS name -> column, for all that is said of a record besides its id."""
    shape = SHAPES[entity]
    columns = {name: spec.column for name, spec in shape.fields.items()} | {name: name for name in shape.refs}
    return {name: columns[name] for name in names(entity) if name != "id"}
