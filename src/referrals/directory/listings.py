"""The projection: listings are derived from the records, and written only where something in them has changed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, case, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from referrals.directory import points
from referrals.directory.contradictions.jobs import ask_for_check
from referrals.directory.duplicates.jobs import ask_for_doubles
from referrals.directory.jobs import ask_for_index
from referrals.directory.listing_facts import At, Facts, gather
from referrals.directory.listing_rules import Derived, derive
from referrals.directory.masking import HIDDEN
from referrals.directory.models import Listing, ListingPlace, Service, ServiceAtLocation
from referrals.directory.points import Near, Spot
from referrals.directory.search.cells import keys_of
from referrals.directory.search.comes import Spread, comes_of
from referrals.kit.geo import LatLon
from referrals.kit.jobs import LATER, Job, enqueue
from referrals.taxonomy import queries as taxonomy

BATCH = 1000
DERIVE: Final = "directory.derive"
_AT_ONCE: Final = 2000
"""Listings that one job derives before it hands on to the next."""


async def refresh(session: AsyncSession, service_ids: Sequence[UUID], now: datetime) -> int:
    """Derive the listings of these services anew; those that changed are indexed after the commit. Returns how many did."""
    changed: list[UUID] = []
    telling: list[UUID] = []
    await session.flush()
    for batch in _batches(list(service_ids), BATCH):
        fresh = await _refresh(session, batch, now)
        fresh += await _refresh(session, await _at_the_same_door(session, batch), now)
        telling += await _of_the_same_hand(session, [one.id for one in fresh])
        telling += [one.id for one in fresh if not one.told_anew]
        changed += [one.id for one in fresh if one.told_anew]
    await ask_for_index(session, list(dict.fromkeys([*changed, *telling])))
    await ask_for_check(session, service_ids)  # also what no listing shows, a web address say
    await ask_for_doubles(session, service_ids)
    return len(changed)


async def refresh_all(session: AsyncSession, now: datetime) -> int:
    """All of them: after a new vocabulary, or a new rule of derivation."""
    return await refresh(session, list(await session.scalars(select(Service.id))), now)


async def derive_all(session: AsyncSession, *, now: datetime, after: str | None = None) -> None:
    """The same as a row of short jobs, each of which hands on to the next: after a migration that asks more of listings."""
    ids = select(Service.id).order_by(Service.id).limit(_AT_ONCE)
    found = list(await session.scalars(ids.where(Service.id > UUID(after)) if after else ids))
    await refresh(session, found, now)
    if len(found) == _AT_ONCE:
        await enqueue(session, DERIVE, turn=LATER, after=str(found[-1]))


JOBS: dict[str, Job] = {DERIVE: derive_all}


@dataclass(frozen=True, slots=True)
class _Written:
    """A listing as it will be written: its row, those of its places, and a digest of both."""

    listing: dict[str, Any]
    places: list[dict[str, Any]]
    digest: str
    search_digest: str


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A listing that is written. `told_anew`: readers see something else, not search engines alone."""

    id: UUID
    told_anew: bool


async def _refresh(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> list[_Fresh]:
    words = await taxonomy.vocabulary(session)
    facts = [(one, derive(one, words, now.date())) for one in await gather(session, ids)]
    near = await points.locate(
        session, {_spot(at) for one, derived in facts for at in one.places if _needs_point(at, derived)}
    )
    told = select(Listing.service_id, Listing.digest, Listing.search_digest).where(Listing.service_id.in_(ids))
    known = {id: (digest, search_digest) for id, digest, search_digest in await session.execute(told)}
    written = [_written(one, derived, near) for one, derived in facts]
    fresh = [one for one in written if known.get(one.listing["service_id"]) != (one.digest, one.search_digest)]
    await _write(session, fresh, now)
    digests = {id: digest for id, (digest, _) in known.items()}
    ids_and_digests = [(one.listing["service_id"], one.digest) for one in fresh]
    return [_Fresh(id, digests.get(id) != digest) for id, digest in ids_and_digests]


async def _write(session: AsyncSession, fresh: Sequence[_Written], now: datetime) -> None:
    if not fresh:
        return
    connection = await session.connection()
    statement = insert(Listing)
    rows = [
        {**one.listing, "digest": one.digest, "search_digest": one.search_digest, "updated_at": now} for one in fresh
    ]
    changes: dict[str, Any] = {name: statement.excluded[name] for name in rows[0] if name != "service_id"}
    same = Listing.digest == statement.excluded["digest"]
    changes["updated_at"] = case((same, Listing.updated_at), else_=statement.excluded["updated_at"])
    left = and_(Listing.published, ~statement.excluded["published"])
    changes["left_at"] = case((statement.excluded["published"], None), (left, now), else_=Listing.left_at)
    await connection.execute(statement.on_conflict_do_update(index_elements=["service_id"], set_=changes), rows)
    await session.execute(
        delete(ListingPlace).where(ListingPlace.service_id.in_([row["service_id"] for row in rows])),
        execution_options={"synchronize_session": False},
    )
    places = [place for one in fresh for place in one.places]
    if places:
        await connection.execute(insert(ListingPlace), places)
    for known in list(session.identity_map.values()):
        if isinstance(known, Listing | ListingPlace):
            session.expire(known)


async def _at_the_same_door(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    """Services that share a place with one of these and still tell, or still hide, what these do not."""
    own, at, theirs = aliased(ListingPlace), ServiceAtLocation, aliased(ListingPlace)
    found = await session.scalars(
        select(theirs.service_id)
        .join(at, at.service_id == theirs.service_id)
        .join(own, own.location_id == at.location_id)
        .where(
            own.service_id.in_(ids), theirs.location_id == own.location_id, theirs.confidential != own.confidential,
            at.gone_at.is_(None),
        )
        .distinct()
    )  # fmt: skip
    twins = await session.scalars(text(_TWINS), {"ids": list(ids)})
    return list({*found, *twins})


_TWINS: Final = f"""{HIDDEN}
SELECT DISTINCT p.service_id FROM listing_place p JOIN service s ON s.id = p.service_id
WHERE s.organization_id IN (SELECT organization_id FROM service WHERE id = ANY (:ids))
AND p.confidential <> (p.location_id = ANY (ARRAY(SELECT id FROM place)))
"""  # noqa: S608  # our own words
"""Where the same door has two records, of services of the same organization."""


async def _of_the_same_hand(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    """Services of whoever has just hidden a place with one of these: the index shall forget the street that they tell."""
    own, other = aliased(Service), aliased(Service)
    found = await session.scalars(
        select(other.id)
        .join(own, own.organization_id == other.organization_id)
        .join(ListingPlace, ListingPlace.service_id == own.id)
        .where(own.id.in_(ids), ListingPlace.confidential)
        .distinct()
    )
    return list(found)


def _written(facts: Facts, derived: Derived, near: dict[Spot, Near]) -> _Written:
    listing = {"service_id": facts.service.id, **derived.columns}
    places = [_place(facts.service.id, at, derived, near.get(_spot(at))) for at in facts.places]
    keys = [_keys(place, derived) for place in places]
    searched = derived.searched | {"comes": _comes(places, derived)}
    return _Written(
        listing | searched,
        [place | {"keys": found} for place, found in zip(places, keys, strict=True)],
        _digest([listing, places]),
        _digest([searched, keys]),
    )


def _comes(places: list[dict[str, Any]], derived: Derived) -> list[int]:
    told = derived.columns
    spread = Spread(
        told["modes"], told["area_postcodes"], told["area_countries"],
        [(place["country"], place["postcode"], place["department"]) for place in places],
        any(place["point"] is not None for place in places),
    )  # fmt: skip
    return comes_of(spread, told["need_paths"]) if told["published"] else []


def _digest(said: list[Any]) -> str:
    text = json.dumps(said, default=str, sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _keys(place: dict[str, Any], derived: Derived) -> list[int]:
    """None for what nobody may see: it is not even looked at."""
    if place["point"] is None or not derived.columns["published"]:
        return []
    return keys_of(
        LatLon(place["latitude"], place["longitude"]), derived.columns["need_paths"], derived.searched["tags"]
    )


def _place(service_id: UUID, at: At, derived: Derived, near: Near | None) -> dict[str, Any]:
    point, precision = _point(at, derived, near)
    return {
        "id": at.service_at_location_id,
        "service_id": service_id,
        "service_at_location_id": at.service_at_location_id,
        "location_id": at.location_id,
        "kind": at.kind,
        "confidential": _hidden(at, derived),
        "city": at.city,
        "department": at.department,
        "postcode": at.postcode,
        "country": at.country,
        "latitude": point.lat if point else None,
        "longitude": point.lon if point else None,
        "precision": precision,
        "point": f"SRID=4326;{point.wkt()}" if point else None,
    }


def _point(at: At, derived: Derived, near: Near | None) -> tuple[LatLon | None, str | None]:
    """The source's own point, else the nearest that is known; for a confidential address none at all."""
    if _hidden(at, derived):
        return None, None
    if _located(at):
        return LatLon(float(at.latitude or 0), float(at.longitude or 0)), "exact"
    return (near.at, near.precision) if near and _needs_point(at, derived) else (None, None)


def _located(at: At) -> bool:
    """A point at 0°, 0° is a field that nobody filled in."""
    return at.latitude is not None and at.longitude is not None and (at.latitude, at.longitude) != (0, 0)


def _needs_point(at: At, derived: Derived) -> bool:
    return at.kind != "virtual" and not _hidden(at, derived) and not _located(at)


def _hidden(at: At, derived: Derived) -> bool:
    return derived.confidential or at.hidden


def _spot(at: At) -> Spot:
    return points.spot(country=at.country, state=at.department, postcode=at.postcode, city=at.city, commune=at.commune)


def _batches(ids: list[UUID], size: int) -> Iterator[list[UUID]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
