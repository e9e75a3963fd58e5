"""Questions without words: a need, a place, filters. PostGIS answers them alone."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingPlace
from referrals.directory.queries.published import asked, given_remotely, needs_travel, point, published, serves
from referrals.directory.search.port import BOUND, PAGE_SIZE, Hit, Page, Query
from referrals.kit.geo import Km, LatLon

_PLACES = 3
"""Rows asked for each service that is wanted: some have several places, each of which is a row."""


async def by_structure(session: AsyncSession, query: Query) -> Page[Hit]:
    """One page: the near ones by distance, a remote one after every two of them."""
    found = await all_by_structure(session, query)
    start = (query.page - 1) * PAGE_SIZE
    return Page(found.items[start : start + PAGE_SIZE], found.total, found.more, query.page)


async def all_by_structure(session: AsyncSession, query: Query) -> Page[Hit]:
    """The first `BOUND` hits on one page. Two questions asked apart: an OR of both would sort the whole country."""
    near = [] if query.distant == "only" else await _to_go_to(session, query)
    remote = [] if query.distant == "never" or not _has_place(query) else await _remote(session, query)
    mixed = mix(near, remote)
    return Page(tuple(mixed[:BOUND]), min(len(mixed), BOUND), len(mixed) > BOUND)


def mix(near: Sequence[Hit], remote: Iterable[Hit]) -> list[Hit]:
    """Two near, one remote, two near … and then what is left; nothing twice."""
    seen = {hit.id for hit in near}
    others = [hit for hit in remote if hit.id not in seen]
    mixed: list[Hit] = []
    for pair in range(0, len(near), 2):
        mixed += near[pair : pair + 2]
        if pair + 1 < len(near) and others:
            mixed.append(others.pop(0))
    return mixed + others


async def distances(session: AsyncSession, ids: Sequence[UUID], at: LatLon) -> dict[UUID, Km]:
    """From here to each service's nearest place; without those that have no point."""
    away = func.min(func.ST_Distance(ListingPlace.point, point(at))) / 1000
    measured = select(ListingPlace.service_id, away).where(ListingPlace.service_id.in_(ids), ListingPlace.point.is_not(None))
    rows = await session.execute(measured.group_by(ListingPlace.service_id))
    return {id: Km(km) for id, km in rows}


def _has_place(query: Query) -> bool:
    return query.near is not None or query.distant == "only"


async def _to_go_to(session: AsyncSession, query: Query) -> list[Hit]:
    rows = await session.execute(_nearest(query) if query.near else _anywhere(query))
    return _hits(rows.all())


def _nearest(query: Query) -> Select[tuple[UUID, float]]:
    """Nearest first through the spatial index; every place of a service is a row."""
    assert query.near is not None
    here = point(query.near.at)
    away = ListingPlace.point.op("<->")(here)
    statement = (
        published()
        .join(ListingPlace, ListingPlace.service_id == Listing.service_id)
        .with_only_columns(Listing.service_id, func.ST_Distance(ListingPlace.point, here) / 1000)
        .where(*asked(query), needs_travel(), ListingPlace.point.is_not(None))
    )
    if query.radius_km is not None:
        statement = statement.where(func.ST_DWithin(ListingPlace.point, here, query.radius_km * 1000))
    return statement.order_by(away, Listing.service_id).limit((BOUND + 1) * _PLACES)


def _anywhere(query: Query) -> Select[tuple[UUID, None]]:
    """Without a place: those with room first, then those checked last."""
    return (
        published()
        .with_only_columns(Listing.service_id, func.nullif(0.0, 0.0))
        .where(*asked(query), *([needs_travel()] if query.distant == "never" else []))
        .order_by(*_freshest())
        .limit(BOUND + 1)
    )


async def _remote(session: AsyncSession, query: Query) -> list[Hit]:
    statement = (
        published()
        .with_only_columns(Listing.service_id, func.nullif(0.0, 0.0))
        .where(*asked(query), given_remotely(), serves(query.near))
        .order_by(*_freshest())
        .limit(BOUND + 1)
    )
    return _hits((await session.execute(statement)).all())


def _freshest() -> tuple[object, ...]:
    return (
        (Listing.capacity_status == "has-capacity").desc().nulls_last(),
        Listing.assured_date.desc().nulls_last(),
        Listing.service_id,
    )


def _hits(rows: Sequence[Row[tuple[UUID, float | None]]]) -> list[Hit]:
    """Each service once, at its nearest place. The score only says the order."""
    nearest: dict[UUID, float | None] = {}
    for id, away in rows:
        nearest.setdefault(id, away)
    return [
        Hit(id, 1 - rank / (len(nearest) + 1), None if away is None else Km(away))
        for rank, (id, away) in enumerate(nearest.items())
    ]
