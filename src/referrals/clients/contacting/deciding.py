"""Whether something may be said to a person by one way, and when. Pure: the time comes in.

A way is open only where somebody asked and said that it is safe. Everything else is closed, whatever else is known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from referrals.clients.free_hours import DAYS, clock
from referrals.kit.db import Json

Kind = Literal["email", "sms", "phone"]
KINDS: Final[tuple[Kind, ...]] = ("email", "sms", "phone")
"""In the order in which they are taken where a person likes none best."""
AGAIN: Final = timedelta(days=180)
AGAIN_WITH_VIOLENCE: Final = timedelta(days=30)
"""How long it holds that somebody asked: safe yesterday is not safe for ever."""
ZONES: Final = {"FR": "Europe/Paris", "GB": "Europe/London", "CA": "America/Toronto", "US": "America/New_York"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a person. `violence`: somebody near them may do them harm."""

    kind: Kind
    allowed: bool
    windows: tuple[Json, ...] = ()
    verified_at: datetime | None = None
    violence: bool = False
    no_contact: bool = False
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """For their next hours; asked again then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class NotAtAll:
    """`why`: no_contact, not_allowed, ask_again, too_late, no_hours."""

    why: str


Decision = Send | Wait | NotAtAll


def may_send(channel: Channel, now: datetime, zone: ZoneInfo, *, useful_until: datetime | None = None) -> Decision:
    """Closed unless it was said to be safe; then in its hours, and never once it is of no use."""
    if channel.no_contact:
        return NotAtAll("no_contact")
    if not channel.allowed:
        return NotAtAll("not_allowed")
    if channel.violence and verify_by(channel) <= now:
        return NotAtAll("ask_again")
    opens = next_opening(channel.windows, now, zone)
    if opens is None:
        return NotAtAll("no_hours")
    if useful_until is not None and max(opens, now) >= useful_until:
        return NotAtAll("too_late")
    return Send() if opens <= now else Wait(opens)


def verify_by(channel: Channel) -> datetime:
    """When somebody has to ask again whether it is safe; at once where nobody knows when they last did."""
    if channel.verified_at is None:
        return datetime.min.replace(tzinfo=ZoneInfo("UTC"))
    return channel.verified_at + (AGAIN_WITH_VIOLENCE if channel.violence else AGAIN)


def next_opening(windows: Sequence[Json], now: datetime, zone: ZoneInfo) -> datetime | None:
    """`now` inside a window or where there are none, else when the next one begins; None where none ever does."""
    if not windows:
        return now
    found = list(_around(windows, now, zone))
    if any(opens <= now < closes for opens, closes in found):
        return now
    return min((opens for opens, _ in found if opens > now), default=None)


def zone_of(named: str | None, country: str | None) -> ZoneInfo:
    """Their own clock, else their country's, else the one of Paris."""
    try:
        return ZoneInfo(named or ZONES.get(country or "", "Europe/Paris"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Europe/Paris")


def chosen(channels: Sequence[Channel], likes: str | None) -> Channel | None:
    """The one way that a message takes: of those that are safe the one they like best. Never a second one."""
    safe = [one for one in channels if one.allowed and not one.no_contact]
    order = {kind: rank for rank, kind in enumerate(KINDS)}
    return min(safe, key=lambda one: (one.kind != likes, order[one.kind]), default=None)


def _around(windows: Sequence[Json], now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Every window from yesterday until a week from now, as moments. A day that is moved by an hour keeps its clock."""
    today = now.astimezone(zone).date()
    days = list(DAYS)
    for window in windows:
        for ahead in range(-1, 9):
            day = today + timedelta(days=ahead)
            if days[day.weekday()] in window["days"]:
                opens, closes = clock(str(window["opens"])), clock(str(window["closes"]))
                if opens is not None and closes is not None:
                    yield _at(day, opens, zone), _at(day, closes, zone)


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(ZoneInfo("UTC"))
