"""Pages of the public lists. A page is two statements: how many there are, and the records, put together by PostgreSQL.

The order is that in which records first came, then that of their ids: what is new comes last and moves nothing. What
leaves keeps its seat until the day (UTC) ends, so that no neighbour slips onto a page that was read: that page is shorter.
Whoever goes on behind the last record that they read (`after`) misses nothing at any hour.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import Mask, mask
from referrals.directory.models import Listing, Location, Organization, Program, Service, ServiceAtLocation
from referrals.directory.queries.published import published
from referrals.directory.queries.struck import Told, told
from referrals.exchange.hsds import trees
from referrals.exchange.hsds.items import columns, item, minimal, part
from referrals.exchange.hsds.narrowing import LEAVING, TODAY, conditions, filters, values
from referrals.exchange.hsds.near import Nearness, nearness
from referrals.exchange.hsds.parameters import Asked, Endpoint, Seat
from referrals.exchange.hsds.redaction import Record, Redaction, Tree, redaction
from referrals.kit.prepared import AnySelect, rows
from referrals.taxonomy.models import Taxonomy, Term

BATCH: Final = 50
"""Records that are in memory at once while all of them go out."""
_encode = msgspec.json.Encoder().encode
_MODELS: Final[dict[str, Any]] = {
    "service": Service, "service_at_location": ServiceAtLocation, "organization": Organization,
    "taxonomy": Taxonomy, "taxonomy_term": Term,
}  # fmt: skip
_WITH_ITEMS: Final = frozenset({"service", "service_at_location", "organization"})


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: each record as JSON, how many there are in all, on how many pages, and behind which one the next begins."""

    records: tuple[bytes, ...]
    total: int
    pages: int
    last: Seat | None = None
    """None: there is no later page."""


@dataclass(frozen=True, slots=True)
class _Shape:
    entity: str
    wanted: frozenset[str]
    said: Literal["count", "ids", "items", "minimal"]
    part: Literal["page", "behind", "whole"] = "page"


async def page(session: AsyncSession, endpoint: Endpoint, asked: Asked, now: datetime) -> Listed:
    """Raises BadParameter."""
    near = await nearness(session, asked)
    given = values(asked, near, await _struck(session, asked), now)
    wanted = filters(asked)
    ((total, seats),) = await rows(session, _statement, _Shape(endpoint.entity, wanted, "count"), **given)
    pages = -(-seats // asked.size)
    if asked.after:
        shape = _Shape(endpoint.entity, wanted, _said(endpoint, asked), "behind")
        behind = {"came": asked.after.came, "last": asked.after.id}
        found = await rows(session, _statement, shape, **given, **behind, size=asked.size + 1)
        more, found = len(found) > asked.size, found[: asked.size]
        pages = max(pages, asked.page + 1) if more else asked.page
    else:
        start, more = (asked.page - 1) * asked.size, asked.page < pages
        shape = _Shape(endpoint.entity, wanted, _said(endpoint, asked))
        found = await rows(session, _statement, shape, **given, size=asked.size, start=start) if start < seats else ()
    records = tuple(await _told(session, endpoint, asked, shape, found))
    return Listed(records, total, pages, Seat(found[-1][-2], UUID(found[-1][-1])) if more and found else None)


async def everything(
    session: AsyncSession, endpoint: Endpoint, asked: Asked, near: Nearness, now: datetime
) -> AsyncIterator[bytes]:
    """Every record of the answer, in constant memory: one cursor in the database, so one moment of the directory."""
    shape = _Shape(endpoint.entity, filters(asked), _said(endpoint, asked), "whole")
    result = await session.stream(
        _statement(shape).execution_options(yield_per=BATCH), values(asked, near, await _struck(session, asked), now)
    )
    async for found in result.partitions(BATCH):
        for record in await _told(session, endpoint, asked, shape, found):
            yield record + b"\n"


async def _struck(session: AsyncSession, asked: Asked) -> Told:
    return await told(session) if asked.search else Told()


def _said(endpoint: Endpoint, asked: Asked) -> Literal["ids", "items", "minimal"]:
    if asked.minimal:
        return "minimal"
    whole = asked.full or asked.full_service or endpoint.entity not in _WITH_ITEMS
    return "ids" if whole else "items"


async def _told(
    session: AsyncSession, endpoint: Endpoint, asked: Asked, shape: _Shape, found: Sequence[Any]
) -> list[bytes]:
    """The rows as they may leave."""
    if shape.said == "minimal":
        return [row[0].encode() for row in found]
    if shape.said == "items":
        hidden, whole = await redaction(session), part(endpoint.entity)
        return [_as_it_may_leave(hidden, row[0], row[1], item(whole, row[2:]) or {}) for row in found]
    ids = [row[0] for row in found]
    told: list[bytes] = []
    for start in range(0, len(ids), BATCH):
        told += map(_encode, await _trees(session, endpoint.entity, asked, ids[start : start + BATCH]))
    return told


async def _trees(session: AsyncSession, entity: str, asked: Asked, ids: Sequence[str]) -> list[Tree]:
    if entity == "taxonomy":
        return await trees.taxonomies(session, ids)
    if entity == "taxonomy_term":
        return await trees.taxonomy_terms(session, ids)
    if entity == "service":
        return await trees.services(session, ids, organization="plain")
    if entity == "service_at_location":
        return await trees.service_at_locations(session, ids, organization="plain")
    found = await trees.organizations(session, ids)
    return await with_services(session, found, full=asked.full_service)


async def with_services(session: AsyncSession, organizations: Sequence[Tree], *, full: bool) -> list[Tree]:
    """Each organization with its services: in full, or by id, name and status."""
    run = await rows(session, _run_by, "run by", ids=[one["id"] for one in organizations])
    told: dict[str, list[Record]] = {}
    if full:
        for tree in await trees.services(session, [id for id, _, _, _ in run], organization="absent"):
            told.setdefault(tree["organization_id"], []).append(tree)
    else:
        struck = await mask(session) if run else Mask()
        for id, runner, name, status in run:
            told.setdefault(runner, []).append(struck.over(runner, {"id": id, "name": name, "status": status}))
    return [one | {"services": told[one["id"]]} if one["id"] in told else one for one in organizations]


def _as_it_may_leave(hidden: Redaction, organization: str, place: str | None, told: Tree) -> bytes:
    """Nearly every item leaves as it is: only where something is confidential it is looked at more closely."""
    said = _encode(told)
    if not hidden.concerns(organization) and place not in hidden.locations:
        return said
    tree: Tree = msgspec.json.decode(said, type=dict)
    location = tree.pop("location", None)
    if location is not None:
        service = tree.pop("service")
        tree = hidden.record("service_at_location", tree) or {}
        tree |= {"location": hidden.record("location", location), "service": service}
    return _encode(hidden.tree(organization, tree))


def _statement(shape: _Shape) -> AnySelect:
    model = _MODELS[shape.entity]
    there, paged = _all(shape.entity), shape.part == "page"
    asked = shape.wanted & LEAVING if paged else shape.wanted
    told = and_(true(), *_told_of(shape.entity), *conditions(shape.entity, asked))
    if paged:
        there = there.where(_seated(shape.entity), *conditions(shape.entity, shape.wanted, lately=True))
    else:
        there = there.where(told)
    if shape.said == "count":
        counts = (func.count().filter(told), func.count())
        return there.with_only_columns(*counts, maintain_column_froms=True)
    came = _came(model)
    there = there.with_only_columns(model.id, came.label("came"), told.label("told")).order_by(came, model.id)
    if paged:
        there = there.limit(bindparam("size", type_=Integer)).offset(bindparam("start", type_=Integer))
    elif shape.part == "behind":
        last = (bindparam("came", type_=DateTime(timezone=True)), bindparam("last", type_=Uuid()))
        there = there.where(tuple_(came, model.id) > tuple_(*last)).limit(bindparam("size", type_=Integer))
    page = there.cte("page")
    where = (page.c.came, cast(page.c.id, String).label("last"))
    if shape.said == "ids":
        found: AnySelect = select(cast(page.c.id, String), *where)
    elif shape.said == "minimal":
        found = _with_names(shape.entity, page, minimal(), *where)
    else:
        found = _with_names(shape.entity, page, *_whose(shape.entity), *columns(shape.entity), *where)
    return found.where(page.c.told).order_by(page.c.came, page.c.id)


def _came(model: Any) -> ColumnElement[datetime]:
    """When a record was first seen here. Terms are all of one moment: their order is that of their ids."""
    return getattr(model, "first_seen_at", literal_column("to_timestamp(0)"))


def _all(entity: str) -> AnySelect:
    """All of this kind, also what nobody may see."""
    found: AnySelect = select(_MODELS[entity])
    if entity == "service_at_location":
        found = found.join(Location, Location.id == ServiceAtLocation.location_id)
        found = found.join(Service, Service.id == ServiceAtLocation.service_id)
    if entity in ("service", "service_at_location"):
        found = found.join(Listing, Listing.service_id == Service.id)
        found = found.join(Organization, Organization.id == Service.organization_id)
    return found


def _told_of(entity: str) -> list[ColumnElement[bool]]:
    """Anybody may see it."""
    return [
        *([Listing.published] if entity in ("service", "service_at_location") else []),
        *(left.is_(None) for left in _gone(entity)),
    ]


def _gone(entity: str) -> list[Any]:
    """When it left, or what it hangs on."""
    kinds = {
        "service": (Service, Organization),
        "service_at_location": (ServiceAtLocation, Location, Service, Organization),
    }
    return [model.gone_at for model in kinds.get(entity, (_MODELS[entity],)) if hasattr(model, "gone_at")]


def _seated(entity: str) -> ColumnElement[bool]:
    """Anybody may see it, or could until today."""
    told, gone = and_(true(), *_told_of(entity)), _gone(entity)
    if entity in ("service", "service_at_location"):
        gone = [Listing.left_at, *gone]
    return or_(told, func.least(*gone) >= TODAY) if gone else told


def _whose(entity: str) -> tuple[Any, Any]:
    """The organization that an item belongs to, and its place."""
    organization = Organization.id if entity == "organization" else Service.organization_id
    place = cast(ServiceAtLocation.location_id, String) if entity == "service_at_location" else null()
    return cast(organization, String).label("whose"), place.label("place")


def _with_names(entity: str, page: Any, *told: Any) -> AnySelect:
    """The page joined to all that its items name."""
    found: AnySelect = select(*told).select_from(page)
    if entity == "organization":
        return found.join(Organization, Organization.id == page.c.id)
    if entity == "service_at_location":
        found = found.join(ServiceAtLocation, ServiceAtLocation.id == page.c.id)
        found = found.join(Location, Location.id == ServiceAtLocation.location_id)
    service_id = page.c.id if entity == "service" else ServiceAtLocation.service_id
    return (
        found.join(Service, Service.id == service_id)
        .join(Listing, Listing.service_id == service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(Program, (Program.id == Service.program_id) & Program.gone_at.is_(None))
    )


def _run_by(_: str) -> AnySelect:
    """Services of these organizations, by their ids."""
    columns = (cast(Service.id, String), cast(Service.organization_id, String), Service.name, Service.status)
    return (
        published()
        .with_only_columns(*columns)
        .where(Service.organization_id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
        .order_by(Service.id)
    )
