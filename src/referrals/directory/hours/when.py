"""Open or not, until when, and when next: hours on the clock and the calendar of their place. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from dateutil.rrule import MO, rrule, weekday
from dateutil.rrule import MONTHLY as EACH_MONTH
from dateutil.rrule import WEEKLY as EACH_WEEK

from referrals.directory.hours.model import DAY_END, DAYS, WEEKLY, Hours, Rule, Span, Special
from referrals.directory.hours.wall import NOWHERE, Where, is_public_holiday

AHEAD: Final = 400
"""Days that are looked at before nothing more is expected."""
_ALWAYS: Final = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Opening:
    """Open until `at`, or closed until `at`; None: always open, or closed with no end in sight.

    `why`: the dated closing that keeps it closed today.
    """

    open: bool
    at: datetime | None
    why: Special | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its hours, what makes it different, and whether it is a public holiday of which nothing is said."""

    spans: tuple[Span, ...]
    special: Special | None = None
    holiday: bool = False
    unsure: bool = False


def on(hours: Hours, day: date, where: Where = NOWHERE) -> Day:
    """What is dated comes before public holidays, and those before what comes back every week or month."""
    return _day(hours, day, is_public_holiday(day, where))


@lru_cache(maxsize=16384)
def _day(hours: Hours, day: date, holiday: bool) -> Day:
    """The same day is asked for again and again: a list of services looks at this week, and many keep the same hours."""
    if (special := _special(hours, day)) is not None:
        return Day(special.spans, special)
    if holiday and hours.holidays and not hours.holidays.as_usual:
        return Day(hours.holidays.spans, holiday=True)
    spans = tuple(sorted({rule.span for rule in hours.rules if rule.anchored and occurs(rule, day)}))
    return Day(spans, holiday=holiday, unsure=holiday and bool(spans) and hours.holidays is None)


def opening(hours: Hours, local: datetime, where: Where = NOWHERE) -> Opening | None:
    """`local` is on the clock of the place. None where it is not known."""
    today = on(hours, local.date(), where)
    why = today.special if today.special and today.special.closed else None
    if not hours.known:
        return Opening(False, None, why) if why else None
    now = next(_joined(hours, local, where), None)
    if now is None or now[0] > local:
        vague = any(not rule.anchored and _bounded(rule, local.date()) for rule in hours.rules)
        return None if vague and not why else Opening(False, now[0] if now else None, why)
    return Opening(True, None if now[1] - now[0] >= _ALWAYS else now[1])


def open_at(hours: Hours, local: datetime, where: Where = NOWHERE) -> bool | None:
    """None where it is not known."""
    found = opening(hours, local, where)
    return None if found is None else found.open


def next_change(hours: Hours, local: datetime, where: Where = NOWHERE) -> datetime | None:
    """When it next opens or closes; None where it never does, or nobody knows."""
    found = opening(hours, local, where)
    return found.at if found else None


def open_during(hours: Hours, day: date, begin: time, end: time, where: Where = NOWHERE) -> bool | None:
    """Open for some of that part of the day? None where it is not known."""
    if not hours.known:
        return None
    from_, to = datetime.combine(day, begin), datetime.combine(day, end)
    spans = [span for near in (day - timedelta(days=1), day) for span in _moments(hours, near, where)]
    if any(opens < to and closes > from_ for opens, closes in spans):
        return True
    return None if any(not rule.anchored and _bounded(rule, day) for rule in hours.rules) else False


def closure(hours: Hours, day: date) -> Special | None:
    """The temporary closure that this day lies in."""
    return next((one for one in hours.closure if one.first <= day and (one.last is None or day <= one.last)), None)


def last_day(hours: Hours) -> date | None:
    """The last day of all that is said about when. None where some of it has no end, or nobody can reckon with it."""
    if hours.others:
        return None
    series = [min((day for day in (rule.until, rule.valid_to) if day), default=None) for rule in hours.rules]
    ends = [*series, *(None if one.yearly else one.last for one in hours.specials if one.spans)]
    known = [day for day in ends if day is not None]
    return max(known) if known and len(known) == len(ends) else None


def occurs(rule: Rule, day: date) -> bool:
    """Whether the rule comes back on this day."""
    if not _bounded(rule, day):
        return False
    if rule.weekly:
        return DAYS[day.weekday()] in rule.byday
    return day in _month(rule, day.replace(day=1))


def _bounded(rule: Rule, day: date) -> bool:
    return not any(
        (
            rule.start and day < rule.start, rule.valid_from and day < rule.valid_from,
            rule.until and rule.until < day, rule.valid_to and rule.valid_to < day,
        )
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _month(rule: Rule, first: date) -> frozenset[date]:
    """The days of one month on which it comes back."""
    after = (first + timedelta(days=32)).replace(day=1)
    start = rule.start or (first - timedelta(days=first.weekday()) if rule.freq == WEEKLY else first)
    found = rrule(
        EACH_WEEK if rule.freq == WEEKLY else EACH_MONTH, dtstart=datetime.combine(start, time()),
        interval=rule.interval, byweekday=[_weekday(code) for code in rule.byday] or None,
        bymonthday=rule.bymonthday or None, byweekno=rule.byweekno or None, byyearday=rule.byyearday or None,
        count=rule.count, wkst=_weekday(rule.wkst) if rule.wkst in DAYS else MO,
    )  # fmt: skip
    days = found.between(datetime.combine(first, time()), datetime.combine(after, time()), inc=True)
    return frozenset(day.date() for day in days if day.date() < after)


def _weekday(code: str) -> weekday:
    return weekday(DAYS.index(code[-2:]), int(code[:-2]) if code[:-2] else None)


def _special(hours: Hours, day: date) -> Special | None:
    """The one that speaks of the fewest days: a morning open in a fortnight's closing is open."""
    found = [(length, one) for one in hours.specials if (length := _covers(one, day)) is not None]
    return min(found, key=lambda pair: (pair[0], pair[1].closed), default=(0, None))[1]


def _covers(one: Special, day: date) -> int | None:
    """How many days it speaks of, if this is one of them."""
    if one.last is None:
        return AHEAD if one.first <= day else None
    length = (one.last - one.first).days
    if not one.yearly:
        return length if one.first <= day <= one.last else None
    for year in (day.year - 1, day.year):
        try:
            begins = one.first.replace(year=year)
        except ValueError:  # the 29th of February
            continue
        if begins >= one.first and begins <= day <= begins + timedelta(days=length):
            return length
    return None


def _moments(hours: Hours, day: date, where: Where, zone: tzinfo | None = None) -> list[tuple[datetime, datetime]]:
    """The hours that begin on this day, as moments on that clock."""
    found = []
    for span in on(hours, day, where).spans:
        closes = day + timedelta(days=1) if span.closes == DAY_END or span.closes <= span.opens else day
        end = datetime.combine(closes, time() if span.closes == DAY_END else span.closes, zone)
        found.append((datetime.combine(day, span.opens, zone), end))
    return found


def _joined(hours: Hours, local: datetime, where: Where) -> Iterator[tuple[datetime, datetime]]:
    """The spans that end after this moment. Until midnight and on from midnight is one."""
    begins: datetime | None = None
    ends = begins
    for ahead in range(-1, AHEAD):
        day = local.date() + timedelta(days=ahead)
        for opens, closes in _moments(hours, day, where, local.tzinfo):
            if begins and ends and opens <= ends:
                ends = max(ends, closes)
            else:
                if begins and ends and ends > local:
                    yield begins, ends
                begins, ends = opens, closes
        if begins and ends and (ends - begins >= _ALWAYS or ends.date() < day):
            if ends > local:
                yield begins, ends
            if ends - begins >= _ALWAYS:
                return
            begins = ends = None
    if begins and ends and ends > local:
        yield begins, ends
