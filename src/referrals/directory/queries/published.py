"""The one base that every public question starts from, and what may narrow it.

Conditions take their values as named parameters, so that a statement is built once for each shape of question.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geography
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Float,
    Integer,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingPlace, Organization, Service
from referrals.directory.search.comes import AT_A_PLACE, comes_to, meant_for
from referrals.directory.search.openings import OpenAt
from referrals.directory.search.port import Here, Query
from referrals.kit.geo import Km, LatLon
from referrals.kit.prepared import AnySelect, rows_by_name, uuids


def published() -> AnySelect:
    """Listings that anybody may see, joined to their service and its organization."""
    return (
        select(Listing)
        .join(Service, Service.id == Listing.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Listing.published, Service.gone_at.is_(None), Organization.gone_at.is_(None))
    )


async def published_ids(session: AsyncSession, ids: Sequence[UUID], query: Query | None = None) -> set[UUID]:
    """Which of these anybody may see, and still fit the question: an index may be behind in both."""
    question = query or Query()
    if not ids:
        return set()
    return {row[0] for row in await rows_by_name(session, _among, shape(question), ids=uuids(ids), **values(question))}


def _among(query: Query) -> AnySelect:
    return published().with_only_columns(Listing.service_id).where(among(), *asked(query))


def among() -> ColumnElement[bool]:
    """One of the `ids`."""
    return Listing.service_id == func.any(bindparam("ids", type_=ARRAY(Uuid)))


def shape(query: Query) -> Query:
    """The question with all its values made equal: two of one shape have one statement."""
    here = query.near
    return Query(
        terms=("",) if query.terms else (),
        besides=("",) if query.besides else (),
        tags=tuple(f"wish{number}" for number in range(len(query.tag_groups))),
        open=_ANY_TIME if query.open else None,
        near=here and Here(_SOMEWHERE, here.country and "", ("",) if here.postcodes else (), here.department and ""),
        radius_km=None if query.radius_km is None else Km(0),
        distant=query.distant,
        modes=("",) if query.modes else (),
        languages=("",) if query.languages else (),
        organization_id=query.organization_id and UUID(int=0),
        on=query.on and date.min,
        order=query.order,
    )


def values(query: Query) -> dict[str, Any]:
    """The parameters of every condition below."""
    here = query.near
    return {
        "terms": list(query.terms),
        "besides": list(query.besides),
        "modes": list(query.modes),
        "languages": list(query.languages),
        "organization": query.organization_id,
        "today": query.on,
        "here": here and f"SRID=4326;{here.at.wkt()}",
        "comes": comes_to(here, query.distant),
        "offering": comes_to(here, query.distant, query.terms or query.besides),
        "meant_for": meant_for(here) if here else [],
        "reach": None if query.radius_km is None else query.radius_km * 1000,
        **{f"wish_{number}": list(one_of) for number, one_of in enumerate(query.tag_groups)},
        **(_opening(query.open) if query.open else {}),
    }


def _opening(at: OpenAt) -> dict[str, Any]:
    keys = at.keys()
    return {"open_week": list(keys.week), "open_dated": list(keys.dated), "open_different": list(keys.different)}


def asked(query: Query) -> list[ColumnElement[bool]]:
    """What a question says of a service itself, wherever that is."""
    conditions: list[ColumnElement[bool]] = []
    if query.terms:
        conditions.append(Listing.need_paths.overlap(_texts("terms")))
    if query.besides:
        conditions.append(Listing.need_paths.overlap(_texts("besides")))
    conditions += [Listing.tags.overlap(_texts(f"wish_{number}")) for number in range(len(query.tag_groups))]
    if query.open:
        conditions.append(is_open())
    if query.modes:
        conditions.append(Listing.modes.overlap(_texts("modes")))
    if query.languages:
        conditions.append(Listing.languages.overlap(_texts("languages")))
    if query.organization_id is not None:
        conditions.append(Listing.organization_id == bindparam("organization", type_=Uuid()))
    if query.on:
        ends = Listing.available_until
        conditions.append(or_(ends.is_(None), ends >= bindparam("today", type_=Date())))
    return conditions


def is_open() -> ColumnElement[bool]:
    """Known to be open at the moment of the question, on the clock of the place (see `search.openings`)."""
    week, dated, different = (
        bindparam(f"open_{name}", type_=ARRAY(Integer)) for name in ("week", "dated", "different")
    )
    usual = and_(Listing.open_week.overlap(week), ~Listing.open_dated.overlap(different))
    return or_(Listing.open_dated.overlap(dated), usual)


def needs_travel() -> ColumnElement[bool]:
    """Given at some place, or the listing does not say how: only what is remote alone needs none."""
    return or_(func.cardinality(Listing.modes) == 0, Listing.modes.overlap(_fixed(AT_A_PLACE)))


def comes_here() -> ColumnElement[bool]:
    """Need not be near (see `search.comes`)."""
    reaches: ColumnElement[bool] = Listing.comes.overlap(bindparam("comes", type_=ARRAY(BigInteger)))
    return reaches


def is_for_here() -> ColumnElement[bool]:
    """Its stated area, or the area of its hidden address, is the one that this place lies in."""
    lies_here: ColumnElement[bool] = Listing.comes.overlap(bindparam("meant_for", type_=ARRAY(BigInteger)))
    return lies_here


def here() -> ColumnElement[Any]:
    """The point of the question."""
    return func.ST_GeogFromText(bindparam("here", type_=String), type_=Geography("POINT", srid=4326))


def kilometres() -> ColumnElement[Any]:
    """From the point of the question to a place, on a sphere: right to 0.3%, and many times quicker than the spheroid."""
    return func.ST_Distance(ListingPlace.point, here(), literal_column("false"), type_=Float) / 1000.0


def in_square() -> ColumnElement[bool]:
    """In the box around the circle of the question, which the spatial index knows."""
    box = func._ST_Expand(here(), bindparam("reach", type_=Float), type_=Geography("POINT", srid=4326))
    inside: ColumnElement[bool] = ListingPlace.point.op("&&", return_type=Boolean())(box)
    return inside


def _texts(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(String))


def _fixed(codes: tuple[str, ...]) -> ColumnElement[Any]:
    return cast(list(codes), ARRAY(String))


_SOMEWHERE = LatLon(0.0, 0.0)
_ANY_TIME = OpenAt(datetime.min)  # noqa: DTZ901  # the clock of wherever the place is
