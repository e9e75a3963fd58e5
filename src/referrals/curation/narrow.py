"""Narrowing a list to an organization or an area, the same way everywhere."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, or_

from referrals.curation.work import PER_PAGE, Asked
from referrals.directory.models import ListingPlace, Organization

S = TypeVar("S", bound=Select[*tuple[Any, ...]])


def narrowed(statement: S, asked: Asked, service_id: Any) -> S:
    """`statement` has to be joined to Organization. `service_id`: its column that names the service."""
    if asked.organization:
        statement = statement.where(_holds(Organization.name, asked.organization))
    if asked.area:
        statement = statement.where(_lies_in(service_id, asked.area))
    return statement


def paged(statement: S, asked: Asked) -> S:
    """One line more than a page holds, to know whether there is another."""
    return statement.offset((asked.page - 1) * PER_PAGE).limit(PER_PAGE + 1)


def _holds(column: Any, words: str) -> ColumnElement[bool]:
    """All that was typed, accents and capitals aside. What a pattern would read as a sign is taken as a letter."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found: ColumnElement[bool] = func.unaccent(column).ilike(func.unaccent(f"%{plain}%"))
    return found


def _lies_in(service_id: Any, area: str) -> ColumnElement[bool]:
    place, code = ListingPlace, area.upper()
    return exists().where(
        place.service_id == service_id,
        or_(_holds(place.city, area), _holds(place.department, area), place.postcode.startswith(code, autoescape=True)),
    )
