"""What a provider says from a mail, and what we note of the mails themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings
from referrals.directory.actions import capacity
from referrals.directory.actions.capacity import Answer
from referrals.directory.actions.history import BY_LINK, Editor, record
from referrals.directory.models import Listing, ReaderReport, Service, Upkeep, UpkeepAddress
from referrals.directory.queries.capacity import counted
from referrals.directory.upkeep.addresses import folded
from referrals.directory.upkeep.rhythm import REPEATABLE

LINK: Final = Editor(None, BY_LINK)
"""Whoever answers from a mail: the mailbox is the account."""


async def nothing_has_changed(session: AsyncSession, ids: Sequence[UUID], editor: Editor, now: datetime) -> int:
    """These listings are right as they stand; what was said of places lately counts anew from today. Returns how many."""
    services = list(
        await session.scalars(
            select(Service)
            .where(Service.id.in_(ids), Service.gone_at.is_(None))
            .order_by(Service.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    places = await _still_said(session, services, now)
    for service in services:
        record(session, service, "assured_date", service.assured_date, now.date(), editor, now)
        service.assured_date = now.date()
        service.last_modified = now
        if service.id in places:
            await capacity.write(session, service, places[service.id], editor, now)
    await listings.refresh(session, [service.id for service in services], now)
    return len(services)


async def choose_rhythm(
    session: AsyncSession, ids: Sequence[UUID], months: int, places_days: int | None, now: datetime
) -> None:
    """How often these listings are asked after."""
    if not ids:
        return
    statement = insert(Upkeep).values([{"service_id": id, "months": months, "places_days": places_days} for id in ids])
    chosen = {"months": statement.excluded.months, "places_days": statement.excluded.places_days}
    await session.execute(
        statement.on_conflict_do_update(index_elements=["service_id"], set_=chosen),
        execution_options={"synchronize_session": False},
    )
    await listings.refresh(session, ids, now)


async def stop_mails(session: AsyncSession, address: str, now: datetime) -> None:
    """No more mails of our own accord to this address; its listings go to the curators once they are past their date."""
    known = await address_row(session, address)
    known.stopped_at = known.stopped_at or now


async def resume_mails(session: AsyncSession, address: str) -> None:
    """They want them again; whoever says so from a mail reads it, so the address is not dead either."""
    known = await address_row(session, address)
    known.stopped_at = known.dead_at = known.dead_why = None


async def mark_dead(session: AsyncSession, address: str, why: str, now: datetime) -> None:
    """Mails to it come back. Nothing is sent there until a curator has found another one, or it answers."""
    known = await address_row(session, address)
    if known.dead_at is None:
        known.dead_at, known.dead_why = now, why[:300]


async def address_row(session: AsyncSession, address: str) -> UpkeepAddress:
    """What we know of this address, held until the end of the transaction."""
    written = insert(UpkeepAddress).values(address=folded(address)).on_conflict_do_nothing(index_elements=["address"])
    await session.execute(written)
    return (
        await session.scalars(
            select(UpkeepAddress)
            .where(UpkeepAddress.address == folded(address))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()


async def note_asked(session: AsyncSession, ids: Sequence[UUID], now: datetime, *, first: bool) -> None:
    """A mail about these listings goes out: the first of a round, or one more."""
    if not ids:
        return
    statement = insert(Upkeep).values([{"service_id": id, "asked_at": now, "asks": 1} for id in ids])
    again = {"asked_at": now, "asks": 1} if first else {"asks": Upkeep.asks + 1}
    await session.execute(
        statement.on_conflict_do_update(index_elements=["service_id"], set_=again),
        execution_options={"synchronize_session": False},
    )


async def note_places_asked(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> None:
    await session.execute(
        update(Upkeep).where(Upkeep.service_id.in_(ids)).values(places_asked_at=now),
        execution_options={"synchronize_session": False},
    )


async def report(
    session: AsyncSession, service_id: UUID, words: str, address: str, language: str, now: datetime
) -> None:
    """What the provider says is wrong goes to the curators, with the address it came from."""
    session.add(
        ReaderReport(service_id=service_id, what="other", words=words, email=address, language=language, at=now)
    )


async def _still_said(session: AsyncSession, services: Sequence[Service], now: datetime) -> dict[UUID, Answer]:
    """What was said of places no longer ago than a month: it stands before whoever says that nothing has changed."""
    ids = [service.id for service in services]
    statuses = await session.execute(
        select(Listing.service_id, Listing.capacity_status, Listing.wait_days).where(
            Listing.service_id.in_(ids), Listing.capacity_status.is_not(None), Listing.capacity_updated > now - REPEATABLE
        )
    )  # fmt: skip
    rooms = await counted(session, ids)
    said = {}
    for service_id, status, wait in statuses:
        room = rooms[service_id][0]
        said[service_id] = Answer(status or "", room.available, room.maximum, wait, room.note or "")
    return said
