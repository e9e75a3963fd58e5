"""The place of an appointment, for the sender. A receiver writes it for the person, in words of its own; where nothing but codes
may be told in return, the sender reads no more of it than what the listing says anyway, or what we wrote ourselves.
"""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.tracking import telling_back
from referrals.tracking.appointments.details import usual
from referrals.tracking.appointments.showing import Offer, Visit, Visits, visits_of
from referrals.tracking.lifecycle import By
from referrals.tracking.models import AppointmentProposal, Referral

P = TypeVar("P", Visit, Offer)


async def visits_for_sender(session: AsyncSession, referral: Referral, now: datetime) -> Visits:
    """Asks nothing more where everything may be told."""
    found = await visits_of(session, referral, now)
    shown = [one for one in (found.standing, found.offer, *found.missed) if one and one.place]
    if not shown or await telling_back.agreed(session, referral, now) is telling_back.Telling.EVERYTHING:
        return found
    open_ = await _open(session, referral)
    return replace(
        found, standing=_kept(found.standing, open_), offer=_kept(found.offer, open_),
        missed=tuple(kept for one in found.missed if (kept := _kept(one, open_))),
    )  # fmt: skip


async def place_for_sender(session: AsyncSession, referral: Referral, place: str, now: datetime) -> str:
    """The same for a calendar's entry."""
    if not place or await telling_back.agreed(session, referral, now) is telling_back.Telling.EVERYTHING:
        return place
    return place if place in await _open(session, referral) else ""


async def _open(session: AsyncSession, referral: Referral) -> frozenset[str]:
    ours = await session.scalars(
        select(AppointmentProposal.place).where(
            AppointmentProposal.referral_id == referral.id, AppointmentProposal.by_part == By.CASE_MANAGER
        )
    )
    return frozenset({(await usual(session, referral.service_id)).place, *ours})


def _kept(one: P | None, open_: frozenset[str]) -> P | None:
    return one if one is None or not one.place or one.place in open_ else replace(one, place="", kept_back=True)
