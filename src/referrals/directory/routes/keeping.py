"""One listing as whoever keeps it sees it, signed in or by a link: what it says of places, how old that is, the taps."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import labels, units
from referrals.directory.actions import Answer, Editor, lock, say_capacity
from referrals.directory.actions.capacity import as_before
from referrals.directory.models import Listing
from referrals.directory.queries.capacity import Counted, counted
from referrals.directory.queries.mine import Kept
from referrals.directory.queries.texts import Text
from referrals.directory.upkeep.places_form import (
    AS_BEFORE,
    PlacesForm,
    counting_in,
    settled,
    unit_is_known,
    unit_options,
    wait_options,
)
from referrals.directory.upkeep.rhythm import REPEATABLE
from referrals.kit import forms
from referrals.kit.html import ago, in_zone, listed
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

MISSING: dict[str, str] = {
    "hours": N_("opening hours"), "cost": N_("what it costs"), "who": N_("who may come"),
    "languages": N_("languages spoken"), "fr": N_("the French text"), "en": N_("the English text"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One listing as the page draws it."""

    id: UUID
    name: Text
    organization: str
    said: str
    checked: str
    missing: str
    badge: labels.Badge | None
    fresh: bool
    status: str
    """The answer that counts now; empty where none does."""
    available: int | None
    maximum: int | None
    """How many there are in all, free or not."""
    unit: str
    units: list[tuple[str, str]]
    wait: int | None
    waits: list[tuple[str, str]]
    note: str
    others: str
    """What was said in other units."""
    how_long: bool
    """A waiting list, and nobody said how long it is."""
    hours: tuple[str, ...]
    phone: str
    from_answers: bool
    """It says full because requests were declined: one tap takes that back."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap on one listing of the page, and what came of it."""

    id: UUID
    form: forms.Filled[PlacesForm]

    @property
    def wrong(self) -> bool:
        return self.form.value is None

    @property
    def status(self) -> int:
        return 422 if self.wrong else 200


def line(one: Kept, now: datetime) -> Line:
    today = in_zone(now).date()
    fresh = one.capacity.status != "unknown"
    room = one.rooms[0] if one.rooms else None
    free = one.capacity.available if one.capacity.status == "has-capacity" else None
    return Line(
        id=one.id,
        name=one.name,
        organization=one.organization,
        said=_said(one, today),
        checked=_checked(one, today),
        missing=listed([_(MISSING[name]) for name in one.missing]),
        badge=labels.badge(one.capacity, one.status),
        fresh=fresh,
        status=one.capacity.status if fresh else "",
        available=None if free == labels.OPEN_ACCESS else free,
        maximum=room.maximum if room else None,
        unit=units.code_of(room.unit if room else None),
        units=unit_options(one.rooms),
        wait=one.capacity.wait_days,
        waits=wait_options(one.capacity.wait_days),
        note=(room.note or "") if room and fresh else "",
        others=_others(one.rooms[1:], today),
        how_long=one.capacity.status == "waitlist" and not one.capacity.wait_days,
        hours=one.hours,
        phone=one.phone or "",
        from_answers=one.from_answers,
    )


def answers() -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in labels.ANSWERS.items()]


async def say_places(
    session: AsyncSession, service_id: UUID, form: forms.Filled[PlacesForm], editor: Editor, now: datetime
) -> Tapped:
    """What was tapped is kept, if it can be understood; what is wrong with it stands in the form's errors."""
    service = await lock(session, service_id)
    rooms = (await counted(session, [service_id])).get(service_id, ())
    if form.value is not None and not unit_is_known(form.value.unit, rooms):
        form.refuse("unit", _("This is not one of the choices."))
    if form.value is not None and form.value.status == AS_BEFORE:
        await as_before(session, service, editor, now)
    elif form.value is not None:
        before = await _before(session, service_id, rooms)
        await say_capacity(session, service, settled(form.value, before, rooms), editor, now)
    return Tapped(service_id, form)


async def _before(session: AsyncSession, service_id: UUID, rooms: tuple[Counted, ...]) -> Answer | None:
    listing = await session.get(Listing, service_id, populate_existing=True)
    if listing is None or listing.capacity_status is None:
        return None
    room = counting_in(rooms, "")
    note = (room.note or "") if room else ""
    return Answer(listing.capacity_status, listing.capacity_available, None, listing.wait_days, note)


def _said(one: Kept, today: date) -> str:
    """`Said 3 days ago.`, and what it was where that no longer counts but may be said again."""
    updated = one.capacity.updated
    if updated is None or one.said is None:
        return _("Nobody has said yet whether there is room.")
    if one.from_answers:
        said = _("Requests were declined because there was no room, so it says full since then: %(ago)s.")
        return said % {"ago": ago(updated, today)}
    if one.capacity.status == "unknown" and today - updated.date() <= REPEATABLE:
        last = labels.room_said(one.said, one.rooms[0] if one.rooms else None, one.wait_days)
        return _("Last said %(ago)s: %(what)s.") % {"ago": ago(updated, today), "what": last}
    return _("Said %(ago)s.") % {"ago": ago(updated, today)}


def _checked(one: Kept, today: date) -> str:
    if overdue := labels.checked(one.assured, one.check_by, today):
        return f"{overdue[:1].upper()}{overdue[1:]}."
    return _("Last checked %(ago)s.") % {"ago": ago(one.assured, today)} if one.assured else ""


def _others(rooms: tuple[Counted, ...], today: date) -> str:
    """`Also said: 4 hours (2 months ago).`"""
    told = [
        f"{units.of(room.available, room.unit)} ({ago(room.updated, today)})" if room.updated else
        units.of(room.available, room.unit) for room in rooms if room.available is not None
    ]  # fmt: skip
    return _("Also said: %(what)s.") % {"what": listed(told)} if told else ""
