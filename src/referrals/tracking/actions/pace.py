"""Whose working days count for a referral, and the service's own times; looked up once, when it is drafted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client
from referrals.directory.actions.history import Editor, record
from referrals.directory.models import Listing, ListingPlace, Service
from referrals.kit.db import deployment
from referrals.kit.errors import Refused
from referrals.tracking.calendars import of_place
from referrals.tracking.models import ServicePace
from referrals.tracking.timers import Stage

STAGES = frozenset(get_args(Stage))
LONGEST = 90
"""Days."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Codes of `calendars`, and stage -> days where the service has its own."""

    calendar: str
    sender_calendar: str
    pace: dict[str, int]


async def terms(session: AsyncSession, listing: Listing, client: Client, urgency: str) -> Terms:
    """The receiver's from where its service is given, ours from where the person lives."""
    settings = deployment(session)
    ours = of_place(client.country, client.postcode, settings.country if settings else "FR")
    where = (
        await session.execute(
            select(ListingPlace.country, ListingPlace.postcode)
            .where(ListingPlace.service_id == listing.service_id, ListingPlace.country.is_not(None))
            .order_by(ListingPlace.kind != "physical", ListingPlace.id).limit(1)
        )
    ).first()  # fmt: skip
    if where is not None:
        theirs = of_place(where.country, where.postcode, ours.partition("-")[0])
    elif listing.area_countries:
        theirs = of_place(listing.area_countries[0], None, ours.partition("-")[0])
    else:
        theirs = ours
    return Terms(theirs, ours, await _pace(session, listing, urgency))


async def set_pace(
    session: AsyncSession, service: Service, urgency: str, days: Mapping[str, int], editor: Editor, now: datetime
) -> None:
    """A service's own times (stage -> days) in place of those before; they count for what is sent from now on.

    Who changed which of them stays with the service, as of everything that its listing says.

    Raises Refused("pace") for a stage that we do not know and for more days than `LONGEST`.
    """
    if not set(days) <= STAGES or not all(1 <= count <= LONGEST for count in days.values()):
        raise Refused("pace", most=LONGEST)
    before = {stage: count for (of, stage), count in (await own_pace(session, service.id)).items() if of == urgency}
    for stage in sorted(STAGES):
        record(session, service, f"pace.{urgency}.{stage}", before.get(stage), days.get(stage), editor, now)
    await session.execute(
        delete(ServicePace).where(ServicePace.service_id == service.id, ServicePace.urgency == urgency)
    )
    session.add_all(
        ServicePace(service_id=service.id, urgency=urgency, stage=stage, days=count) for stage, count in days.items()
    )
    await session.flush()


async def own_pace(session: AsyncSession, service_id: UUID) -> dict[tuple[str, str], int]:
    """(urgency, stage) -> days, where the service has its own."""
    rows = await session.scalars(select(ServicePace).where(ServicePace.service_id == service_id))
    return {(row.urgency, row.stage): row.days for row in rows}


async def _pace(session: AsyncSession, listing: Listing, urgency: str) -> dict[str, int]:
    rows = await session.execute(
        select(ServicePace.stage, ServicePace.days).where(
            ServicePace.service_id == listing.service_id, ServicePace.urgency == urgency
        )
    )
    return dict(rows.all())
