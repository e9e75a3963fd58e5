"""Questions that PostGIS answers: a need, a place, wishes; and what of an engine's answer is really within reach.

One statement for a list. Its parts are asked apart, because an OR of them would sort the whole country: what is near,
what need not be near, what an engine named. Each part is bounded, so that a common need costs no more than a rare one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    Float,
    Integer,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingPlace, Organization, Service
from referrals.directory.queries.capacity import FRESH_DAYS
from referrals.directory.queries.published import (
    asked,
    comes_here,
    here,
    in_square,
    is_for_here,
    kilometres,
    needs_travel,
    published,
    shape,
    values,
)
from referrals.directory.search.cells import keys_around, narrows
from referrals.directory.search.port import BOUND, PAGE_SIZE, Hit, Page, Query
from referrals.directory.search.tags import offered
from referrals.kit.geo import Km
from referrals.kit.prepared import AnySelect, rows_by_name, rows_planned_anew, uuids

_PLACES: Final = 3
"""Rows asked for each service that is wanted: some have several places, each of which is a row."""
_ROWS: Final = (BOUND + 1) * _PLACES
_RINGS: Final = (Km(12), Km(60), Km(600))
"""Where a ring holds enough, nothing further out is looked at."""
_LOOKED_AT: Final = 1500
"""Services of one need that are put in order; of a need that more have, some."""
_REACH: Final = bindparam("reach", type_=Float)
_FULL: Final = "no-capacity"
_NEAR, _COMING, _NAMED, _COUNTS = range(4)


@dataclass(frozen=True, slots=True)
class Found:
    """Everything up to the bound. `near`: by distance; `coming`: in no need of being near; `named`: of the ids given.

    `facets`: tag -> how many of all of these have it.
    """

    near: tuple[Hit, ...] = ()
    coming: tuple[Hit, ...] = ()
    named: tuple[Hit, ...] = ()
    closed: frozenset[UUID] = frozenset()
    """Those of them that can take nobody: closed for now or not offered at present; full, for what must be open."""
    owners: Mapping[UUID, str] = field(default_factory=dict)
    """The organizations of the `named` ones, by name, where that was asked."""
    facets: Mapping[str, int] = field(default_factory=dict)

    @property
    def more(self) -> bool:
        return len(self.near) > BOUND or len(self.coming) > BOUND


async def by_structure(session: AsyncSession, query: Query) -> Page[Hit]:
    """One page: the near ones by distance, and after every two of them one that need not be near."""
    found = await all_by_structure(session, query)
    start = (query.page - 1) * PAGE_SIZE
    return Page(found.items[start : start + PAGE_SIZE], found.total, found.more, query.page, found.facets)


async def all_by_structure(session: AsyncSession, query: Query) -> Page[Hit]:
    """The first `BOUND` hits on one page."""
    found = await look(session, query)
    mixed = mix(found.near, found.coming)
    return Page(tuple(mixed[:BOUND]), min(len(mixed), BOUND), len(mixed) > BOUND, facets=found.facets)


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
class _Shape:
    """What decides how the statement reads. `rings`: so many are looked up by their numbers; `open`: and all beyond."""

    query: Query
    structured: bool
    ids: bool
    rings: int
    open: bool
    counted: bool
    owned: bool


async def look(
    session: AsyncSession,
    query: Query,
    ids: Sequence[UUID] = (),
    *,
    structured: Literal["yes", "no"] = "yes",
    counted: Literal["yes", "no"] = "yes",
    owned: Literal["yes", "no"] = "no",
) -> Found:
    """Whatever fits the question, and those of these ids that are within its reach. One statement.

    `structured` "no": the ids alone. `counted` "no": without facets, for whoever has them from elsewhere. `owned` "yes":
    with the names of the organizations of the ids.
    """
    if structured == "no" and not ids:
        return Found()
    rings = _rings_of(query)
    shaped = _Shape(
        shape(query), structured == "yes", bool(ids), len(rings), query.radius_km is None, counted == "yes", owned == "yes"
    )  # fmt: skip
    ask = rows_planned_anew if shaped.structured and query.near and not rings else rows_by_name
    found = await ask(
        session, _statement, shaped, ids=uuids(ids), **values(query),
        **{f"keys_{number}": list(keys) for number, (_, keys) in enumerate(rings)},
        **{f"reach_{number}": reach * 1000.0 for number, (reach, _) in enumerate(rings)},
    )  # fmt: skip
    parts: dict[int, dict[UUID, float | None]] = {_NEAR: {}, _COMING: {}, _NAMED: {}}
    facets: dict[str, int] = {}
    closed: set[UUID] = set()
    owners: dict[UUID, str] = {}
    for part, id, away, counts, is_closed, *owner in found:
        if part == _COUNTS:
            facets = counts or {}
        else:
            parts[part].setdefault(id, away)
            if is_closed:
                closed.add(id)
            if owner and owner[0] is not None:
                owners[id] = owner[0]
    near, coming, named = (tuple(_ranked(parts[part])) for part in (_NEAR, _COMING, _NAMED))
    return Found(near, coming, named, frozenset(closed), owners, offered(facets))


def _ranked(found: Mapping[UUID, float | None]) -> Iterable[Hit]:
    """The score only says the order."""
    many = len(found) + 1
    return (
        Hit(id, round(1 - rank / many, 4), None if away is None else Km(away))
        for rank, (id, away) in enumerate(found.items())
    )


def _rings_of(query: Query) -> list[tuple[Km, tuple[int, ...]]]:
    """How far each ring reaches, and the numbers to look up in it; none where nothing narrows what is near."""
    if query.near is None or query.distant == "only":
        return []
    wishes = [one_of for one_of in query.tag_groups if all(map(narrows, one_of))]
    codes = next((codes for codes in (query.terms, query.besides, *wishes) if codes), ())
    if not codes:
        return []
    within = [ring for ring in _RINGS if query.radius_km is None or ring * 2 <= query.radius_km]
    if query.radius_km is not None:
        within.append(query.radius_km)
    found = [(ring, keys_around(query.near.at, ring, codes)) for ring in within]
    return found if all(keys for _, keys in found) else []


def _statement(shaped: _Shape) -> AnySelect:
    parts: list[tuple[int, CTE]] = []
    query = shaped.query
    if shaped.structured and query.distant != "only":
        parts.append((_NEAR, _once("near", _nearest(shaped) if query.near else _anywhere(query))))
    if shaped.structured and (query.near or query.distant == "only"):
        parts.append((_COMING, _once("coming", _coming(query))))
    if shaped.ids:
        named = _named(replace(query, terms=()) if shaped.structured else query)
        owner = [Organization.name.label("owner")] if shaped.owned else []
        parts.append((_NAMED, _once("named", named.add_columns(*owner))))
    nothing, nobody = cast(null(), JSONB), cast(null(), String).label("owner")
    told = [
        select(
            literal_column(f"{number}").label("part"), part.c.service_id, part.c.away, nothing.label("counts"), part.c.rank,
            part.c.closed, *([part.c.owner if number == _NAMED else nobody] if shaped.owned else []),
        )
        for number, part in parts
    ]  # fmt: skip
    if shaped.counted:
        counts = _counts([part for _, part in parts])
        told.append(counts.add_columns(nobody) if shaped.owned else counts)
    whole = union_all(*told).subquery()
    columns = (whole.c.part, whole.c.service_id, whole.c.away, whole.c.counts, whole.c.closed)
    return select(*columns, *([whole.c.owner] if shaped.owned else [])).order_by(whole.c.part, whole.c.rank)


def _counts(parts: Sequence[CTE]) -> AnySelect:
    """How many of all of them have each tag, as one row."""
    every = union_all(*(select(part.c.service_id, part.c.tags) for part in parts)).subquery()
    each = select(every.c.service_id, every.c.tags).ext(distinct_on(every.c.service_id)).subquery()
    single = select(func.unnest(each.c.tags).label("tag")).subquery()
    counted = select(single.c.tag, func.count().label("many")).group_by(single.c.tag).subquery()
    counts = select(func.jsonb_object_agg(counted.c.tag, counted.c.many)).scalar_subquery()
    nobody, nowhere = cast(null(), Uuid), cast(null(), Float)
    return select(literal_column(f"{_COUNTS}"), nobody, nowhere, counts, literal_column("0"), literal_column("false"))


def _once(name: str, statement: AnySelect) -> CTE:
    """Ranked as the statement orders it, and reckoned once for the list and for the counts."""
    inner = statement.subquery()
    return select(inner, func.row_number().over().label("rank")).cte(name).prefix_with("MATERIALIZED")


def _nearest(shaped: _Shape) -> AnySelect:
    """Each service once, at its nearest place, nearest first."""
    some = _rings(shaped).subquery()
    once = select(some.c.service_id, func.min(some.c.away).label("away")).group_by(some.c.service_id)
    each = once.order_by(func.min(some.c.away), some.c.service_id).limit(BOUND + 1).subquery()
    return (
        published()
        .join(each, each.c.service_id == Listing.service_id)
        .with_only_columns(Listing.service_id, each.c.away, Listing.tags, _closed(shaped.query))
        .order_by(each.c.away, Listing.service_id)
    )


def _rings(shaped: _Shape) -> Any:
    """In the order of the spatial index; or, where something narrows it, by the numbers of what is offered in each part.

    A distance is compared as a number: `ST_DWithin` would have the planner look into the spatial index beside the
    numbers, and sort a whole town instead of walking away from its middle.
    """
    if not shaped.rings:
        reached = [in_square(), kilometres() * 1000.0 <= _REACH] if shaped.query.radius_km is not None else []
        return _around(shaped.query, *reached).order_by(ListingPlace.point.op("<->")(here())).limit(_ROWS)
    rings: list[AnySelect] = []
    beyond: ColumnElement[bool] | None = None
    for number in range(shaped.rings):
        reach = bindparam(f"reach_{number}", type_=Float)
        rings.append(_keyed(shaped.query, number, reach))
        beyond = kilometres() * 1000.0 > reach
    if shaped.open and beyond is not None:
        rings.append(_around(shaped.query, beyond).order_by(kilometres(), Listing.service_id))
    # Rows are taken from a ring only when those before it have given all of their own.
    ordered = [ring.limit(_ROWS) for ring in rings]
    return union_all(*ordered).limit(_ROWS) if len(ordered) > 1 else ordered[0]


def _keyed(query: Query, number: int, reach: Any) -> AnySelect:
    """The ring of that number without what lies in the one before. The places are found by their numbers, before anything
    else is asked of them, and then their listings one by one: that is what the offsets are for. A planner that is shown the
    numbers thinks that so many hold everywhere; one that is shown nothing would look up all numbers again for each listing.
    """
    unseen = select(bindparam(f"keys_{number}", type_=ARRAY(BigInteger))).scalar_subquery()
    there = ListingPlace.keys.overlap(unseen)
    some = select(ListingPlace.service_id, kilometres().label("away")).where(there, ListingPlace.point.is_not(None))
    place = some.offset(literal_column("0")).subquery()
    ring = [place.c.away * 1000.0 <= reach]
    if number:
        ring.append(place.c.away * 1000.0 > bindparam(f"reach_{number - 1}", type_=Float))
    fits = (
        select(literal_column("1"))
        .where(Listing.service_id == place.c.service_id, Listing.published, *asked(query), needs_travel())
        .correlate(place)
        .offset(literal_column("0"))
        .lateral()
    )
    return (
        select(place.c.service_id, place.c.away)
        .join(fits, literal_column("true"))
        .where(*ring)
        .order_by(place.c.away, place.c.service_id)
    )


def _around(query: Query, *reached: ColumnElement[bool]) -> AnySelect:
    return (
        select(Listing.service_id, kilometres().label("away"))
        .join(ListingPlace, ListingPlace.service_id == Listing.service_id)
        .where(Listing.published, ListingPlace.point.is_not(None), *reached, *asked(query), needs_travel())
    )


def _anywhere(query: Query) -> AnySelect:
    """Without a place: those with room first, then those checked last; or those to be had soonest."""
    travel = [needs_travel()] if query.distant == "never" else []
    return _freshest(query, *travel)


def _coming(query: Query) -> AnySelect:
    """What need not be near; that which is meant for here before that which is for everybody."""
    known = query.near and (query.near.country or query.near.postcodes)
    reaches = Listing.comes.overlap(bindparam("offering", type_=ARRAY(BigInteger)))
    return _freshest(query, reaches, first=is_for_here() if known else None)


def _freshest(query: Query, *conditions: ColumnElement[bool], first: ColumnElement[bool] | None = None) -> AnySelect:
    """`first`: what goes before the rest. Of a need some are put in order; without one all are, as they lie in an index."""
    leads = literal_column("true") if first is None else first
    columns = (Listing.service_id, Listing.tags, Listing.freshness, Listing.soon, _closed(query), leads.label("leads"))
    fitting = select(*columns).where(Listing.published, *asked(query), *conditions)
    if query.terms or query.besides:
        some = fitting.limit(_LOOKED_AT).subquery()
    elif first is None:
        some = _best(query, fitting, Listing).subquery()
    else:
        each = [_best(query, part, Listing).subquery() for part in (fitting.where(first), fitting)]
        both = union_all(*(select(part) for part in each)).subquery()
        some = select(both).ext(distinct_on(both.c.service_id)).subquery()
    away = cast(null(), Float).label("away")
    chosen = select(some.c.service_id, away, some.c.tags, some.c.closed).order_by(some.c.leads.desc())
    best = _best(query, chosen, some.c).subquery()
    ranked = select(best, func.row_number().over().label("place")).subquery()
    return (
        select(ranked.c.service_id, ranked.c.away, ranked.c.tags, ranked.c.closed)
        .join(Service, Service.id == ranked.c.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Service.gone_at.is_(None), Organization.gone_at.is_(None))
        .order_by(ranked.c.place)
    )


def _best(query: Query, some: Any, row: Any) -> Any:
    """Those with room first, then those checked last; or those to be had soonest."""
    soon = (row.soon.asc().nulls_last(),) if query.order == "soon" else ()
    return some.order_by(*soon, row.freshness.desc(), row.service_id).limit(BOUND + 1)


def _named(query: Query) -> AnySelect:
    """Those of the ids that fit, with the way to the nearest place of each; what is too far must come here."""
    wanted = Listing.service_id == func.any(bindparam("ids", type_=ARRAY(Uuid)))
    fitting = published().where(wanted, *asked(query))
    nowhere: ColumnElement[Any] = cast(null(), Float)
    if query.distant == "only" or query.near is None:
        reached = comes_here() if query.distant == "only" else needs_travel() if query.distant == "never" else None
        fitting = fitting if reached is None else fitting.where(reached)
        return fitting.with_only_columns(Listing.service_id, nowhere.label("away"), Listing.tags, _closed(query))
    way = (
        select(func.min(kilometres()).label("km"))
        .where(ListingPlace.service_id == Listing.service_id)
        .correlate(Listing)
        .lateral("way")
    )
    near: ColumnElement[bool] = way.c.km.is_not(None)
    if query.radius_km is not None:
        near = way.c.km * 1000.0 <= _REACH
    return (
        fitting.join(way, literal_column("true"))
        .with_only_columns(
            Listing.service_id, case((near, way.c.km), else_=nowhere).label("away"), Listing.tags, _closed(query)
        )
        .where(or_(near, comes_here()))
    )


def _closed(query: Query) -> ColumnElement[bool]:
    """Whoever asks what is open now or tonight cannot wait, and what is full is closed to them."""
    closed = Listing.status != "active"
    if query.open is None:
        return closed.label("closed")
    full: ColumnElement[bool] = Listing.capacity_status == _FULL
    if query.on:
        counts_until = cast(Listing.capacity_updated, Date) + cast(FRESH_DAYS, Integer)
        full = and_(full, counts_until >= bindparam("today", type_=Date()))
    return or_(closed, func.coalesce(full, literal_column("false"))).label("closed")
