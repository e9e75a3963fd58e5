"""Questions without words: a need, a place, filters. PostGIS answers them alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingPlace
from referrals.directory.queries.prepared import AnySelect, Build, rows
from referrals.directory.queries.published import (
    among,
    asked,
    comes_here,
    here,
    is_for_here,
    kilometres,
    needs_travel,
    published,
    shape,
    values,
    within_reach,
)
from referrals.directory.search.port import BOUND, PAGE_SIZE, Hit, Page, Query
from referrals.kit.geo import Km

_PLACES = 3
"""Rows asked for each service that is wanted: some have several places, each of which is a row."""


async def by_structure(session: AsyncSession, query: Query) -> Page[Hit]:
    """One page: the near ones by distance, and after every two of them one that need not be near."""
    found = await all_by_structure(session, query)
    start = (query.page - 1) * PAGE_SIZE
    return Page(found.items[start : start + PAGE_SIZE], found.total, found.more, query.page)


async def all_by_structure(session: AsyncSession, query: Query) -> Page[Hit]:
    """The first `BOUND` hits on one page. Two questions asked apart: an OR of both would sort the whole country."""
    near: list[Hit] = []
    coming: list[Hit] = []
    if query.distant != "only":
        near = await _hits(session, _nearest if query.near else _anywhere, query)
    if query.near or query.distant == "only":
        coming = await _hits(session, _coming, query)
    mixed = mix(near, coming)
    return Page(tuple(mixed[:BOUND]), min(len(mixed), BOUND), len(mixed) > BOUND)


def mix(near: Sequence[Hit], others: Iterable[Hit]) -> list[Hit]:
    """Two near, one of the others, two near … and then what is left; nothing twice."""
    seen = {hit.id for hit in near}
    rest = [hit for hit in others if hit.id not in seen]
    mixed: list[Hit] = []
    for pair in range(0, len(near), 2):
        mixed += near[pair : pair + 2]
        if pair + 1 < len(near) and rest:
            mixed.append(rest.pop(0))
    return mixed + rest


@dataclass(frozen=True, slots=True)
class Reach:
    """How a service is within reach of a question: so far away, or in no need of being near."""

    distance_km: Km | None
    comes: bool


async def reach(session: AsyncSession, ids: Sequence[UUID], query: Query) -> dict[UUID, Reach]:
    """Of these services, those that are published and fit the question, with the way to the nearest place of each."""
    if not ids:
        return {}
    found = await rows(session, _reach, shape(query), ids=list(ids), **values(query))
    return {id: Reach(None if km is None else Km(km), bool(comes)) for id, km, comes in found}


def _reach(query: Query) -> AnySelect:
    away: Any = null()
    if query.near and query.distant != "only":
        nearest = select(func.min(kilometres()))
        away = nearest.where(ListingPlace.service_id == Listing.service_id).scalar_subquery()
    return published().with_only_columns(Listing.service_id, away, comes_here(query)).where(among(), *asked(query))


def _nearest(query: Query) -> AnySelect:
    """Nearest first through the spatial index; every place of a service is a row."""
    statement = (
        published()
        .join(ListingPlace, ListingPlace.service_id == Listing.service_id)
        .with_only_columns(Listing.service_id, kilometres())
        .where(*asked(query), needs_travel(), ListingPlace.point.is_not(None))
    )
    if query.radius_km is not None:
        statement = statement.where(within_reach())
    away = ListingPlace.point.op("<->")(here())
    return statement.order_by(away, Listing.service_id).limit((BOUND + 1) * _PLACES)


def _anywhere(query: Query) -> AnySelect:
    """Without a place: those with room first, then those checked last."""
    travel = [needs_travel()] if query.distant == "never" else []
    statement = published().with_only_columns(Listing.service_id, null()).where(*asked(query), *travel)
    return statement.order_by(*_freshest()).limit(BOUND + 1)


def _coming(query: Query) -> AnySelect:
    """What need not be near; that which is meant for here before that which is for everybody."""
    known = query.near and (query.near.country or query.near.postcodes)
    first = (is_for_here(query.near).desc(),) if known else ()
    statement = published().with_only_columns(Listing.service_id, null()).where(*asked(query), comes_here(query))
    return statement.order_by(*first, *_freshest()).limit(BOUND + 1)


def _freshest() -> tuple[Any, ...]:
    return (
        (Listing.capacity_status == "has-capacity").desc().nulls_last(),
        Listing.assured_date.desc().nulls_last(),
        Listing.service_id,
    )


async def _hits(session: AsyncSession, build: Build[Query], query: Query) -> list[Hit]:
    """Each service once, at its nearest place. The score only says the order."""
    nearest: dict[UUID, float | None] = {}
    for id, away in await rows(session, build, shape(query), **values(query)):
        nearest.setdefault(id, away)
    return [
        Hit(id, round(1 - rank / (len(nearest) + 1), 4), None if away is None else Km(away))
        for rank, (id, away) in enumerate(nearest.items())
    ]
