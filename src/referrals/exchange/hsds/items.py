"""One record of a list as JSON: its own fields and those of the records that it names, made by PostgreSQL in one expression."""

from functools import cache
from typing import Final

from psycopg import sql
from sqlalchemy import ColumnElement, String, literal_column

from referrals.exchange.hsds.fields import as_json

_PARENT: Final = sql.SQL(
    "(SELECT above.id FROM organization above WHERE above.id = organization.parent_organization_id AND above.gone_at IS NULL)"
)
MODIFIED: Final = "greatest(service.last_modified, listing.updated_at)"
"""When the service's own record was changed, or anything that its listing is made of."""


@cache
def item(entity: str) -> ColumnElement[str]:
    """The list item of this kind as text. The statement joins what it names: see `lists`."""
    said = {"service": _service, "organization": _organization, "service_at_location": _permanence}[entity]()
    return literal_column(_text(sql.SQL("json_strip_nulls({})").format(said)), String)


def minimal() -> ColumnElement[str]:
    moment = sql.SQL(f"(to_json({MODIFIED} AT TIME ZONE 'UTC') #>> '{{}}') || 'Z'")
    return literal_column(
        _text(sql.SQL("json_build_object('id', service.id, 'modified_date', {})").format(moment)), String
    )


def _service() -> sql.Composable:
    """Its program only where it is still there."""
    program = sql.SQL("CASE WHEN program.id IS NOT NULL THEN {} END").format(as_json("program", "program"))
    return as_json(
        "service", "service", instead={"program_id": sql.SQL("program.id")},
        more={"organization": _organization(), "program": program},
    )  # fmt: skip


def _organization() -> sql.Composable:
    return as_json("organization", "organization", instead={"parent_organization_id": _PARENT})


def _permanence() -> sql.Composable:
    owner = sql.SQL(
        "(SELECT owner.id FROM organization owner WHERE owner.id = location.organization_id AND owner.gone_at IS NULL)"
    )
    location = as_json("location", "location", instead={"organization_id": owner})
    return as_json(
        "service_at_location", "service_at_location", more={"location": location, "service": _service()}
    )  # fmt: skip


def _text(said: sql.Composable) -> str:
    return f"{said.as_string(None)}::text"
