"""The entities of HSDS as we store them: their fields, what each may hold, and which other record each names.

Read off the models, so that a column added there is imported without another word here.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from referrals.directory import models
from referrals.taxonomy.models import Taxonomy, Term

PROVENANCE = frozenset({
    "id", "source", "source_key", "first_seen_at", "last_seen_at", "gone_at", "record_hash",
})  # fmt: skip
_NOT_HSDS = {("service_area", "shape"), ("metadata", "user_id")}
_HSDS_NAMES = {("funding", "source_text"): "source", ("meta_table_description", "language_text"): "language"}
_TERM_FIELDS = {"code", "name", "description", "folded", "language", "term_uri"}


@dataclass(frozen=True, slots=True)
class Field:
    """A column, and the kind of value it holds: str, int, float, Decimal, date, datetime, time, dict."""

    column: str
    kind: type
    required: bool
    blank: object = None
    """What the column holds where the source says nothing."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A column that names another record."""

    column: str
    entity: str
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    entity: str
    table: Table
    fields: dict[str, Field]
    """HSDS field name -> where it goes."""
    refs: dict[str, Ref]

    @property
    def recorded(self) -> bool:
        """Carries provenance and can be gone; a taxonomy cannot."""
        return "record_hash" in self.table.c

    @property
    def append_only(self) -> bool:
        """History: once written it is never touched."""
        return self.entity == "metadata"

    @property
    def columns(self) -> list[str]:
        """What a record says: its fields and the records it names."""
        return [*(field.column for field in self.fields.values()), *(ref.column for ref in self.refs.values())]


def _shape(model: Any, only: set[str] | None = None) -> Shape:
    table: Table = model.__table__
    entity = table.name
    fields: dict[str, Field] = {}
    refs: dict[str, Ref] = {}
    for column in table.columns:
        key = column.name
        if key in PROVENANCE or (entity, key) in _NOT_HSDS:
            continue
        required = not column.nullable and column.default is None
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column.table.name
            refs[key] = Ref(key, target, required)
        elif only is None or key in only:
            kind = dict if isinstance(column.type, JSONB) else column.type.python_type
            fields[_HSDS_NAMES.get((entity, key), key)] = Field(key, kind, required, _blank(column))
    return Shape(entity, table, fields, refs)


def _blank(column: Any) -> object:
    if column.nullable or column.default is None:
        return None
    return {} if column.default.is_callable else column.default.arg


ORDER = (
    Taxonomy, Term, models.Organization, models.Program, models.Location, models.Service, models.ServiceAtLocation,
    models.Contact, models.Phone, models.Language, models.Address, models.Accessibility, models.Schedule,
    models.ServiceArea, models.CostOption, models.RequiredDocument, models.Unit, models.ServiceCapacity, models.Funding,
    models.OrganizationIdentifier, models.Url, models.Attribute, models.Metadata, models.MetaTableDescription,
)  # fmt: skip
"""Each after those that it names."""

SHAPES: dict[str, Shape] = {
    shape.entity: shape
    for shape in (_shape(model, _TERM_FIELDS if model is Term else None) for model in ORDER)
}  # fmt: skip

LEAVES = frozenset(SHAPES) - {ref.entity for shape in SHAPES.values() for ref in shape.refs.values()}
"""Entities that no record names, so that an id used twice does no harm."""
