"""One appointment as a calendar's file (RFC 5545, 5546): set, moved, called off. Pure.

A telephone may be looked at by others: for the person's own calendar the title is the bare word, and nothing else in the
file names the service or the house it comes from. The place stands in it only where they said so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress

from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
DOMAIN: Final = "appointment"
"""After the @ of a UID there has to be something; no host's name, for it would tell where this comes from."""
_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Entry:
    """`begins` in any zone; `zone` is the clock that the file speaks of. `ends` follows from the length, in real minutes."""

    id: UUID
    sequence: int
    begins: datetime
    minutes: int
    zone: ZoneInfo
    title: str
    changed_at: datetime
    place: str = ""
    address: str = ""
    cancelled: bool = False


def written(
    entries: Sequence[Entry], method: Method, *, organizer: str = "", attendee: str = "", remind: bool = False
) -> bytes:
    """PUBLISH for whoever takes it along; REQUEST and CANCEL from `organizer` to `attendee`, as mail programs expect them."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{DOMAIN}//{current_language().upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(_event(entry, organizer, attendee, remind=remind))
    if entries:
        days = [entry.begins.date() for entry in entries]
        calendar.add_missing_timezones(min(days), max(days) + _YEAR)
    return bytes(calendar.to_ical())


def _event(entry: Entry, organizer: str, attendee: str, *, remind: bool) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@{DOMAIN}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", _clock(entry.begins, entry.zone))
    event.add("dtend", _clock(entry.begins.astimezone(UTC) + timedelta(minutes=entry.minutes), entry.zone))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    if entry.place:
        event.add("location", entry.place)
    if entry.address:
        event.add("url", entry.address)
    if organizer and attendee:
        event.add("organizer", vCalAddress(f"mailto:{organizer}"))
        event.add("attendee", _attendee(attendee), encode=False)
    if remind and not entry.cancelled:
        event.add_component(_alarm())
    return event


def _clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """On that wall. The second showing of an hour that comes twice can only be said in UTC."""
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) if local.fold else local


def _attendee(address: str) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["PARTSTAT"] = "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    return attendee


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Appointment"))
    alarm.add("trigger", timedelta(hours=-2))
    return alarm
