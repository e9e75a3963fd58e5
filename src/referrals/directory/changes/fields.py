"""Which fields of a record people may change, what each may hold, and how a value is written down.

Names are those of HSDS: a column (`email`), a text in another language than the record's own
(`translations.en.description`), a collection of children (`schedules`), or the terms of one taxonomy of ours
(`attributes.need`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB

from referrals.directory.changes import places
from referrals.directory.models import (
    Accessibility,
    Address,
    Contact,
    CostOption,
    Funding,
    Language,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Url,
)
from referrals.directory.tongue import TEXTS, tongue
from referrals.kit.settings import LANGUAGES

Record: TypeAlias = Organization | Service | Location
Value: TypeAlias = str | int | float | list[dict[str, Any]] | None
"""A collection is a list of rows: HSDS columns that say something, and the `id` of a row that was there before."""
Values: TypeAlias = Mapping[str, Value]

_PROVENANCE: Final = frozenset({
    "source", "source_key", "first_seen_at", "last_seen_at", "gone_at", "record_hash", "assured_date", "shape",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text that is kept in each language. `language` None: the one that the record's own columns speak."""

    column: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Children:
    """Rows of `model` that name this record in `parent`, and nothing nearer in `but_not`."""

    model: type[Any]
    parent: str
    but_not: tuple[str, ...] = ()
    once: str = ""
    """A column that no two rows share: it says which row is meant, whatever the row's id."""

    @property
    def columns(self) -> tuple[str, ...]:
        """What a row may say; `translations` among it where the model has them."""
        table = self.model.__table__
        return tuple(c.name for c in table.columns if c.name not in _PROVENANCE and c.name not in ("id", self.parent))


@dataclass(frozen=True, slots=True)
class Marks:
    """The terms of one taxonomy of ours on this record, as rows of `code` and, where it has one, `value`."""

    taxonomy: str

    @property
    def link_type(self) -> str:
        """What HSDS calls the link: an audience that is welcomed is a target audience."""
        return "target-audience" if self.taxonomy == "audience" else self.taxonomy


Field: TypeAlias = Column | Words | Children | Marks


_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "service": (
        "alternate_name", "url", "email", "status", "minimum_age", "maximum_age", "accreditations", "wait_time", "fees",
    ),
    "organization": (
        "alternate_name", "email", "website", "year_incorporated", "legal_status", "logo", "uri",
    ),
    "location": (
        "alternate_name", "location_type", "latitude", "longitude", "url", "external_identifier",
        "external_identifier_type",
    ),
})  # fmt: skip

_CHILDREN: Final[Mapping[str, Mapping[str, Children]]] = MappingProxyType({
    "service": {
        "schedules": Children(Schedule, "service_id"),
        "phones": Children(Phone, "service_id"),
        "contacts": Children(Contact, "service_id"),
        "cost_options": Children(CostOption, "service_id"),
        "languages": Children(Language, "service_id"),
        "required_documents": Children(RequiredDocument, "service_id"),
        "service_areas": Children(ServiceArea, "service_id"),
        "additional_urls": Children(Url, "service_id"),
        "funding": Children(Funding, "service_id"),
        "service_at_locations": Children(ServiceAtLocation, "service_id", once="location_id"),
    },
    "organization": {
        "phones": Children(Phone, "organization_id", ("service_id", "location_id", "service_at_location_id", "contact_id")),
        "contacts": Children(Contact, "organization_id", ("service_id", "location_id", "service_at_location_id")),
        "organization_identifiers": Children(OrganizationIdentifier, "organization_id"),
        "additional_websites": Children(Url, "organization_id", ("service_id",)),
        "funding": Children(Funding, "organization_id", ("service_id",)),
    },
    "location": {
        "addresses": Children(Address, "location_id"),
        "accessibility": Children(Accessibility, "location_id"),
        "phones": Children(Phone, "location_id", ("service_id", "service_at_location_id")),
        "languages": Children(Language, "location_id", ("service_id",)),
        "schedules": Children(Schedule, "location_id", ("service_id", "service_at_location_id")),
    },
})  # fmt: skip

MARKED: Final = (
    "need", "specialism", "affinity", "format", "care-intensity", "audience", "eligibility", "delivery-mode", "funding",
    "referral-route", "practitioner-gender", "interpretation", "window", "licence", "privacy", "accessibility",
)  # fmt: skip
"""Taxonomies whose terms an editor puts on a service. Room and wait have an action of their own: they are dated."""

KINDS: Final[Mapping[str, type[Record]]] = MappingProxyType(
    {"organization": Organization, "service": Service, "location": Location}
)


def own_language(record: Record) -> str:
    """The one that the record's own columns speak, and ours where nobody can tell."""
    return tongue(record) or LANGUAGES[0]


def kind(record: Record) -> str:
    """`service`, `organization` or `location`."""
    return record.__tablename__


def fields(entity: str) -> Mapping[str, Field]:
    """Field name -> what it is, for one kind of record."""
    return _FIELDS[entity]


def text_field(name: str) -> str | None:
    """`translations.en.name` -> `name`, `name` -> `name`; None for what is no text in languages."""
    found = next((known[name] for known in _FIELDS.values() if isinstance(known.get(name), Words)), None)
    return found.column if isinstance(found, Words) else None


TOLD_ROWS: Final = MappingProxyType({"required_documents": "document"})
"""Collections whose rows are kept side by side in every language, and the column that is."""


def written(value: Value) -> str | None:
    """A value as the history keeps it; nothing, an empty text and an empty list are the same."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def unwritten(entity: str, name: str, text: str | None) -> Value:
    """A value out of the history. Raises ValueError for what was written by an older rule."""
    field = _FIELDS[entity].get(name)
    if field is None:
        raise ValueError(name)
    if isinstance(field, Children | Marks):
        rows = json.loads(text) if text else []
        if not isinstance(rows, list):
            raise ValueError(name)
        return rows
    return clean(entity, name, text)


def clean(entity: str, name: str, value: Value) -> Value:
    """The value as it is compared and kept. Raises ValueError where it cannot be what the field holds."""
    field = _FIELDS[entity][name]
    if isinstance(field, Children):
        return sorted(_distinct(field, [_row(field, row) for row in _rows(value)]), key=order)
    if isinstance(field, Marks):
        return sorted(map(_mark, _rows(value)), key=order)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(field, Words):
        return _text(value)
    wanted = KINDS[entity].__table__.c[field.name].type.python_type
    if wanted not in (int, float):
        return _text(value)
    number = float(str(value))
    return int(number) if wanted is int else number


def adopt(wanted: Value, before: Value) -> Value:
    """A row that says what one of the old rows says is that row: a form need not carry ids about."""
    if not isinstance(wanted, list) or not isinstance(before, list):
        return wanted
    taken = {row["id"] for row in wanted if row.get("id")}
    free: dict[str, list[str]] = {}
    for row in before:
        if row.get("id") and row["id"] not in taken:
            free.setdefault(_said(row), []).append(row["id"])
    named = [
        row if row.get("id") or not free.get(_said(row)) else row | {"id": free[_said(row)].pop(0)} for row in wanted
    ]
    return sorted(named, key=order)


def column_value(model: type[Any], column: str, value: Any) -> Any:
    """A value out of JSON as the column holds it."""
    if value is None or value == "":
        return None
    kind = model.__table__.c[column].type
    if isinstance(kind, JSONB):
        return value
    reads: dict[type, Any] = {
        date: date.fromisoformat, datetime: datetime.fromisoformat, time: time.fromisoformat, Decimal: Decimal, UUID: UUID,
        int: lambda said: int(float(said)), float: float,
    }  # fmt: skip
    wanted = kind.python_type
    return value if isinstance(value, wanted) else reads[wanted](str(value)) if wanted in reads else str(value)


def json_value(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, time):
        return f"{value:%H:%M}" if not (value.second or value.tzinfo) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, UUID):
        return str(value)
    return _text(value) if isinstance(value, str) else value


def order(row: Mapping[str, Any]) -> str:
    """Rows of a collection are kept and compared in this one."""
    return _said(row) + str(row.get("id", ""))


def _row(field: Children, row: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        name: json_value(column_value(field.model, name, row.get(name)))
        for name in field.columns
        if row.get(name) not in (None, "", {}, [])
    }
    if field.model is ServiceAtLocation and places.NEW in row:
        return said | {places.NEW: places.cleaned(row[places.NEW])}
    return said | ({"id": str(UUID(str(row["id"])))} if row.get("id") else {})


def _distinct(field: Children, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Raises ValueError where two rows are the same."""
    named = [row[field.once] for row in rows if field.once and field.once in row]
    if len(named) != len(set(named)):
        raise ValueError(field.once)
    return rows


def _rows(value: Value) -> list[dict[str, Any]]:
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _mark(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(row[name]) for name in ("code", "value") if row.get(name) not in (None, "")}


def _said(row: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in row.items() if name != "id"}, sort_keys=True, default=str)


def _text(value: object) -> str:
    return str(value).replace("\r\n", "\n").replace("\x00", "").strip()


def _of(entity: str) -> Mapping[str, Field]:
    found: dict[str, Field] = {}
    for column in TEXTS[entity]:
        found[column] = Words(column, None)
        found |= {f"translations.{language}.{column}": Words(column, language) for language in LANGUAGES}
    found |= {name: Column(name) for name in _COLUMNS[entity]}
    found |= _CHILDREN[entity]
    if entity == "service":
        found |= {f"attributes.{taxonomy}": Marks(taxonomy) for taxonomy in MARKED}
    if entity == "location":
        found["attributes.privacy"] = Marks("privacy")
    return MappingProxyType(found)


_FIELDS: Final[Mapping[str, Mapping[str, Field]]] = MappingProxyType({entity: _of(entity) for entity in KINDS})
