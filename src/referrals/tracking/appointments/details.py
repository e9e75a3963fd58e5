"""Where, how and for how long: what goes with an appointment's time. Values, and what is said where nobody said it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import ListingPlace
from referrals.directory.queries.places import places_of
from referrals.directory.queries.redirects import standing, stands_for
from referrals.kit.i18n import N_, current_language
from referrals.kit.prepared import AnyRow, AnySelect, rows
from referrals.tracking.appointments.clocks import zone_at
from referrals.tracking.models import Referral

MODES: Final = ("in_person", "phone", "video", "home")
MODE: Final[Mapping[str, str]] = {
    "in_person": N_("At their place"), "phone": N_("By telephone"), "video": N_("By video"), "home": N_("At the person’s home"),
}  # fmt: skip
FOR_CLIENT: Final[Mapping[str, str]] = {
    "in_person": N_("You go to them"), "phone": N_("They call you"), "video": N_("By video"), "home": N_("They come to you"),
}  # fmt: skip
USUAL: Final = 60
"""Minutes, where nobody says how long it takes."""
LENGTHS: Final = (15, 20, 30, 45, 60, 90, 120, 180)


@dataclass(frozen=True, slots=True)
class Details:
    zone: ZoneInfo
    mode: str = "in_person"
    place: str = ""
    minutes: int = USUAL


async def usual(session: AsyncSession, service_id: UUID) -> Details:
    """At the service's first place, by the clock that hangs there. A confidential address is never filled in."""
    first = await _first_place(session, service_id)
    zone = _zone(first) if first else await zone_of(session, service_id)
    if first is None or first.kind != "physical":
        return Details(zone, mode="phone")
    there = await standing(session, service_id)
    shown = [one for one in await places_of(session, there, current_language()) if one.kind == "physical"]
    if not shown:
        return Details(zone, mode="phone")
    place = shown[0]
    lines: Sequence[str] = () if place.confidential else (place.name.value, *place.address, place.line)
    return Details(zone, place=", ".join(line for line in lines if line))


async def zone_of(session: AsyncSession, service_id: UUID) -> ZoneInfo:
    """Also of a confidential place: the area alone counts. One statement.

    Of a service that is listed no longer: by the clock of the appointments that were set there.
    """
    place = await _first_place(session, service_id)
    known = await _zone_before(session, service_id) if place is None else None
    return ZoneInfo(known) if known else _zone(place)


async def _zone_before(session: AsyncSession, service_id: UUID) -> str | None:
    last = select(Referral.appointment_zone).where(
        Referral.service_id == service_id, Referral.appointment_zone.is_not(None)
    )
    return await session.scalar(last.order_by(Referral.entered_at.desc()).limit(1))


async def _first_place(session: AsyncSession, service_id: UUID) -> AnyRow | None:
    found = await rows(session, _places, None, service=service_id)
    return found[0] if found else None


def _places(_: None) -> AnySelect:
    """The first of them; a physical one where there is any."""
    return (
        select(ListingPlace.kind, ListingPlace.country, ListingPlace.postcode)
        .where(ListingPlace.service_id == stands_for(bindparam("service")))
        .order_by(ListingPlace.kind != "physical", ListingPlace.city, ListingPlace.id)
        .limit(1)
    )


def _zone(place: AnyRow | None) -> ZoneInfo:
    return zone_at(place.country, place.postcode) if place else zone_at(None, None)
