"""What curators look at: pairs that wait, one of them, and what has been merged."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates.records import Compared, Entity, compared
from referrals.directory.duplicates.scoring import LIKELY
from referrals.directory.duplicates.sentences import Reason, reasons
from referrals.directory.models import DuplicatePair, DuplicateScan, ListingPlace, Merge, Organization, Service
from referrals.kit.db import Json
from referrals.kit.errors import NotFound

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """`words`: in the name of either record or of its organization; `likely`: only those that are all but certain."""

    entity: Entity | None = None
    words: str = ""
    area: str = ""
    """A town, a department, or the beginning of a postcode, where either is given."""
    likely: bool = False
    decided: bool = False
    """Those that somebody has called different, instead of those that wait."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Named:
    """One record of a pair in a line."""

    id: UUID
    name: str
    organization: str
    place: str
    source: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Pair:
    id: UUID
    entity: Entity
    a: Named
    b: Named
    score: float
    reasons: tuple[Reason, ...]
    found_at: datetime
    decision: str | None
    decided_at: datetime | None

    @property
    def likely(self) -> bool:
        return self.score >= LIKELY


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge in the history. Names are those of today; `before`: how the record that stayed was called until then."""

    merge: Merge
    kept: Named
    dropped: Named
    before: str


async def how_many(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many wait, and since when the oldest does."""
    row = await session.execute(
        select(func.count(), func.min(DuplicatePair.found_at)).where(DuplicatePair.decision.is_(None))
    )
    count, oldest = row.one()
    return count, oldest


async def pairs(session: AsyncSession, asked: Asked) -> list[Pair]:
    """The most alike first; one more than a page holds where there is another page."""
    pair = DuplicatePair
    found = select(pair).where(pair.decision == "different" if asked.decided else pair.decision.is_(None))
    if asked.entity is not None:
        found = found.where(pair.entity == asked.entity.value)
    if asked.likely:
        found = found.where(pair.score >= LIKELY)
    if asked.words:
        found = found.where(or_(_named(asked.words, Entity.SERVICE), _named(asked.words, Entity.ORGANIZATION)))
    if asked.area:
        found = found.where(_lies_in(asked.area))
    order = (pair.decided_at.desc(), pair.id) if asked.decided else (pair.score.desc(), pair.found_at, pair.id)
    rows = await session.scalars(found.order_by(*order).offset((asked.page - 1) * PER_PAGE).limit(PER_PAGE + 1))
    return await _told(session, list(rows))


async def pair_of(session: AsyncSession, id: UUID) -> Pair:
    """Raises NotFound, also once one of the two is gone."""
    row = await session.get(DuplicatePair, id)
    if row is None:
        raise NotFound("pair")
    found = (await _told(session, [row]))[0]
    if found.a.gone or found.b.gone:
        raise NotFound("pair")
    return found


async def merges(session: AsyncSession, *, limit: int = 50) -> list[Merged]:
    """The newest first."""
    rows = list(await session.scalars(select(Merge).order_by(Merge.at.desc(), Merge.id).limit(limit)))
    return await _merged(session, rows)


async def merge_of(session: AsyncSession, id: UUID) -> Merged:
    """Raises NotFound."""
    row = await session.get(Merge, id)
    if row is None:
        raise NotFound("merge")
    return (await _merged(session, [row]))[0]


async def last_scan(session: AsyncSession) -> DuplicateScan | None:
    found: DuplicateScan | None = await session.scalar(
        select(DuplicateScan).order_by(DuplicateScan.began_at.desc()).limit(1)
    )
    return found


async def _told(session: AsyncSession, rows: Sequence[DuplicatePair]) -> list[Pair]:
    named = await _names(session, [(Entity(one.entity), id) for one in rows for id in (one.a_id, one.b_id)])
    return [
        Pair(
            one.id, Entity(one.entity), named[one.a_id], named[one.b_id], one.score, tuple(reasons(_said(one.reasons))),
            one.found_at, one.decision, one.decided_at,
        )
        for one in rows if one.a_id in named and one.b_id in named
    ]  # fmt: skip


async def _merged(session: AsyncSession, rows: Sequence[Merge]) -> list[Merged]:
    named = await _names(session, [(Entity(one.entity), id) for one in rows for id in (one.kept_id, one.dropped_id)])
    return [
        Merged(one, named[one.kept_id], named[one.dropped_id], _name_before(one) or named[one.kept_id].name)
        for one in rows if one.kept_id in named and one.dropped_id in named
    ]  # fmt: skip


def _name_before(merge: Merge) -> str | None:
    """None where the merge has left the name alone."""
    images = (one for one in merge.images if one["table"] == merge.entity and one["key"] == {"id": str(merge.kept_id)})
    return next((one["before"].get("name") for one in images if one["before"]), None)


async def _names(session: AsyncSession, wanted: Iterable[tuple[Entity, UUID]]) -> dict[UUID, Named]:
    """Also of records that are gone: a merge is told by what it dropped."""
    ids: dict[Entity, set[UUID]] = {entity: set() for entity in Entity}
    for entity, id in wanted:
        ids[entity].add(id)
    places = {one.id: _place(one) for entity in Entity for one in await compared(session, entity, list(ids[entity]))}
    found: dict[UUID, Named] = {}
    services = await session.execute(
        select(Service, Organization.name)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Service.id.in_(ids[Entity.SERVICE]))
    )
    for service, organization in services:
        found[service.id] = Named(
            service.id,
            service.name,
            organization,
            places.get(service.id, ""),
            service.source,
            service.gone_at is not None,
        )
    for one in await session.scalars(select(Organization).where(Organization.id.in_(ids[Entity.ORGANIZATION]))):
        found[one.id] = Named(one.id, one.name, "", places.get(one.id, ""), one.source, one.gone_at is not None)
    return found


def _place(record: Compared) -> str:
    """The first address, with its town."""
    return next((", ".join(part for part in (spot.street, spot.city) if part) for spot in record.spots), "")


def _said(kept: Collection[Json]) -> Collection[Json]:
    return [one for one in kept if one["weight"]] or kept


def _pattern(words: str) -> ColumnElement[str]:
    """What a pattern would read as a sign is taken as a letter."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return func.unaccent(f"%{plain}%")


def _lies_in(area: str) -> ColumnElement[bool]:
    place, ends = ListingPlace, (DuplicatePair.a_id, DuplicatePair.b_id)
    return exists().where(
        place.service_id == Service.id, or_(Service.id.in_(ends), Service.organization_id.in_(ends)),
        or_(
            func.unaccent(place.city).ilike(_pattern(area)), func.unaccent(place.department).ilike(_pattern(area)),
            place.postcode.startswith(area.upper(), autoescape=True),
        ),
    )  # fmt: skip


def _named(words: str, entity: Entity) -> ColumnElement[bool]:
    like = _pattern(words)
    pair = DuplicatePair
    if entity is Entity.ORGANIZATION:
        return exists().where(Organization.id.in_((pair.a_id, pair.b_id)), func.unaccent(Organization.name).ilike(like))
    return exists().where(
        Service.id.in_((pair.a_id, pair.b_id)), Organization.id == Service.organization_id,
        or_(func.unaccent(Service.name).ilike(like), func.unaccent(Organization.name).ilike(like)),
    )  # fmt: skip
