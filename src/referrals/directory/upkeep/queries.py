"""Looking at how true the listings are kept: what is to be asked today, what nobody answered for, which addresses are dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, Organization, Service, Upkeep, UpkeepAddress
from referrals.directory.queries.texts import Text, text
from referrals.directory.upkeep.addresses import editors, folded, to_whom
from referrals.directory.upkeep.rhythm import GRACE, REMINDERS, Ask, Standing, what_to_ask
from referrals.directory.upkeep.usual import usual
from referrals.kit.settings import LANGUAGES


@dataclass(frozen=True, slots=True)
class Due:
    """One listing that a mail of today would be about."""

    service_id: UUID
    organization_id: UUID
    address: str
    ask: Ask


class Why(StrEnum):
    """Why nobody has looked at it."""

    SILENT = "silent"
    """Asked, reminded, no answer."""
    STOPPED = "stopped"
    """They want no mails."""
    DEAD = "dead"
    """Mails to this address come back."""
    NO_ADDRESS = "no_address"
    NOT_ASKED = "not_asked"
    """Its next mail has not gone out yet."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A listing past its date. `checked`: None where nobody ever said; `check_by`: when it should have been looked at."""

    service_id: UUID
    organization_id: UUID
    name: Text
    organization: Text
    checked: date | None
    check_by: date
    months: int
    why: Why
    address: str | None


@dataclass(frozen=True, slots=True)
class DeadAddress:
    """An address that no mail reaches, and how many published listings would be asked there. `why`: in the server's words."""

    id: UUID
    address: str
    since: datetime
    why: str
    listings: int
    organizations: tuple[UUID, ...]


async def due(session: AsyncSession, today: date, only: Sequence[UUID] | None = None) -> list[Due]:
    """What is to be asked today, and where. Listings without any address are left to the curators."""
    found = (
        select(
            Service.id, Service.organization_id, Service.assured_date, Service.first_seen_at, Listing.email,
            Listing.capacity_updated, Upkeep.months, Upkeep.places_days, Upkeep.asked_at, Upkeep.asks,
            Upkeep.places_asked_at,
        )
        .join(Listing, Listing.service_id == Service.id)
        .outerjoin(Upkeep, Upkeep.service_id == Service.id)
        .where(Listing.published, or_(Listing.check_by <= today, _places_old(today)))
        .order_by(Service.organization_id, Service.name, Service.id)
    )  # fmt: skip
    if only is not None:
        found = found.where(Service.id.in_(only))
    rows = (await session.execute(found)).all()
    orphans = list({row.organization_id for row in rows if not row.email})
    keepers = await editors(session, orphans) if orphans else {}
    asked = []
    for row in rows:
        ask = what_to_ask(_standing(row, usual(session)), today)
        address = to_whom(row.email, keepers.get(row.organization_id, ()), row.asks or 0)
        if ask is not None and address is not None:
            asked.append(Due(row.id, row.organization_id, address, ask))
    return asked


async def stale(
    session: AsyncSession, today: date, *, language: str = LANGUAGES[0], limit: int = 100, offset: int = 0,
    organization_id: UUID | None = None,
) -> list[Stale]:  # fmt: skip
    """Published listings past their date, those that waited longest first. For the curators' work list."""
    asked = (
        select(Service, Organization, Listing, Upkeep)
        .join(Listing, Listing.service_id == Service.id)
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(Upkeep, Upkeep.service_id == Service.id)
        .where(_is_stale(today))
        .order_by(Listing.check_by, Service.id)
        .limit(limit)
        .offset(offset)
    )
    if organization_id is not None:
        asked = asked.where(Service.organization_id == organization_id)
    rows = (await session.execute(asked)).all()
    keepers = await editors(session, list({organization.id for _, organization, _, _ in rows}))
    to = {
        service.id: to_whom(listing.email, keepers.get(organization.id, ()), 0)
        for service, organization, listing, _ in rows
    }
    known = await known_addresses(session, [address for address in to.values() if address])
    every = usual(session)
    return [
        Stale(
            service.id, organization.id, text(service, "name", language), text(organization, "name", language),
            service.assured_date, listing.check_by or today, (upkeep and upkeep.months) or every,
            _why(known.get(to[service.id] or ""), upkeep, to[service.id]), to[service.id],
        )
        for service, organization, listing, upkeep in rows
    ]  # fmt: skip


async def how_stale(session: AsyncSession, today: date) -> int:
    """How many published listings are past their date."""
    return await session.scalar(select(func.count()).select_from(Listing).where(_is_stale(today))) or 0


async def dead_addresses(session: AsyncSession) -> list[DeadAddress]:
    """Addresses that no mail reaches, on which published listings depend; most listings first. A curator's matter."""
    rows = await session.execute(
        select(
            UpkeepAddress, func.count(Listing.service_id), func.array_agg(func.distinct(Listing.organization_id))
        )
        .join(Listing, and_(func.lower(func.trim(Listing.email)) == UpkeepAddress.address, Listing.published))
        .where(UpkeepAddress.dead_at.is_not(None))
        .group_by(UpkeepAddress.id)
        .order_by(func.count(Listing.service_id).desc(), UpkeepAddress.address)
    )  # fmt: skip
    return [
        DeadAddress(one.id, one.address, one.dead_at, one.dead_why or "", count, tuple(organizations))
        for one, count, organizations in rows
        if one.dead_at is not None
    ]


async def known_addresses(session: AsyncSession, addresses: Sequence[str]) -> dict[str, UpkeepAddress]:
    if not addresses:
        return {}
    found = await session.scalars(
        select(UpkeepAddress).where(UpkeepAddress.address.in_({folded(one) for one in addresses}))
    )
    return {one.address: one for one in found}


def _is_stale(today: date) -> ColumnElement[bool]:
    return and_(Listing.published, Listing.check_by < today - GRACE)


def _places_old(today: date) -> ColumnElement[bool]:
    said = cast(func.timezone("UTC", Listing.capacity_updated), Date)
    return and_(
        Upkeep.places_days.is_not(None),
        or_(said.is_(None), said + cast(Upkeep.places_days, Integer) <= cast(today, Date)),
    )


def _standing(row: Any, every: int) -> Standing:
    return Standing(
        checked=row.assured_date or row.first_seen_at.date(),
        months=row.months or every,
        asked=_day(row.asked_at),
        asks=row.asks or 0,
        places_days=row.places_days,
        places_said=_day(row.capacity_updated),
        places_asked=_day(row.places_asked_at),
    )


def _why(address: UpkeepAddress | None, upkeep: Upkeep | None, to: str | None) -> Why:
    if to is None:
        return Why.NO_ADDRESS
    if address is not None and address.dead_at is not None:
        return Why.DEAD
    if address is not None and address.stopped_at is not None:
        return Why.STOPPED
    return Why.SILENT if upkeep is not None and upkeep.asks > len(REMINDERS) else Why.NOT_ASKED


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


__all__ = [
    "DeadAddress", "Due", "Stale", "Why", "dead_addresses", "due", "how_stale", "known_addresses", "stale",
]  # fmt: skip
