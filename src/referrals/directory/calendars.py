"""A service in a calendar (RFC 5545): an appointment that somebody has made, or when it is open. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final
from uuid import UUID, uuid5

from icalendar import Calendar, Event

from referrals.directory.hours import Hours, Where, of_day, on
from referrals.directory.hours.model import DAY_END, Span
from referrals.kit.i18n import gettext as _

WEEKS: Final = 4
"""Openings are told one by one, for as long as anybody can know of holidays and closings."""
LASTS: Final = timedelta(hours=1)
"""An appointment of which nobody says how long it takes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`id`: the same for the same thing, so that a second import changes and does not double it."""

    id: UUID
    begins: datetime
    ends: datetime
    title: str
    place: str = ""
    words: str = ""
    address: str = ""
    busy: bool = True


def appointment(
    service_id: UUID, begins: datetime, *, title: str, place: str = "", words: str = "", address: str = ""
) -> Entry:
    """`begins` on the clock of the place, which it carries with it."""
    id = uuid5(service_id, f"appointment {begins:%Y-%m-%d %H:%M}")
    return Entry(id, begins, begins + LASTS, title, place, words, address)


def openings(
    service_id: UUID, hours: Hours, local: datetime, where: Where, *, title: str, place: str = "", address: str = ""
) -> list[Entry]:
    """What is still to come of the next weeks. On a public holiday of which the listing says nothing, that is said."""
    found = []
    for ahead in range(WEEKS * 7):
        day = local.date() + timedelta(days=ahead)
        before, told, after = (on(hours, day + timedelta(days=by), where) for by in (-1, 0, 1))
        # The night that is under way began before the first day of the file.
        for span in of_day(told.spans, before.spans if ahead else (), after.spans):
            begins, ends = _moments(day, span, local.tzinfo)
            if ends <= local:
                continue
            words = _("Public holiday: ask before you go.") if told.unsure else ""
            id = uuid5(service_id, f"open {begins:%Y-%m-%d %H:%M}")
            found.append(Entry(id, begins, ends, title, place, words, address, busy=False))
    return found


def _moments(day: date, span: Span, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """One that closes at midnight or before it opens ends on the next day."""
    last = day + timedelta(days=1) if span.closes == DAY_END or span.closes <= span.opens else day
    return datetime.combine(day, span.opens, zone), datetime.combine(
        last, time() if span.closes == DAY_END else span.closes, zone
    )


def written(entries: Sequence[Entry], now: datetime, *, product: str, language: str) -> bytes:
    """A file that every calendar opens, with the clocks that it speaks of."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{product}//directory//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for event in _events(entries, now):
        calendar.add_component(event)
    if entries:
        calendar.add_missing_timezones(
            min(entry.begins.date() for entry in entries),
            max(entry.ends.date() for entry in entries) + timedelta(days=366),
        )
    return bytes(calendar.to_ical())


def _events(entries: Iterable[Entry], now: datetime) -> Iterable[Event]:
    for entry in entries:
        event = Event()
        event.add("uid", str(entry.id))
        event.add("dtstamp", now)
        event.add("dtstart", entry.begins)
        event.add("dtend", entry.ends)
        event.add("summary", entry.title)
        for name, said in (("location", entry.place), ("description", entry.words), ("url", entry.address)):
            if said:
                event.add(name, said)
        event.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
        yield event
