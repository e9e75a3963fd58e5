"""Hours as HSDS has them: nothing is lost on the way in and out again, and what is convention is kept."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from referrals.directory import hours
from referrals.directory.hours import Hours, PublicHolidays, Rule, Span, Special
from referrals.kit.db import Json

MORNING, AFTERNOON = Span(time(9), time(12)), Span(time(14), time(17))
CHRISTMAS = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("known", "rows"),
    [
        (
            Hours(rules=(Rule("WEEKLY", MORNING, ("MO", "TU")),)),
            [{"freq": "WEEKLY", "interval": 1, "byday": "MO,TU", "opens_at": "09:00", "closes_at": "12:00"}],
        ),
        (
            Hours(rules=(Rule("MONTHLY", MORNING, ("1MO", "-1FR"), interval=2, start=date(2026, 1, 5)),)),
            [{"freq": "MONTHLY", "interval": 2, "byday": "1MO,-1FR", "dtstart": "2026-01-05", "opens_at": "09:00",
              "closes_at": "12:00"}],
        ),
        (
            Hours(specials=(Special(CHRISTMAS, CHRISTMAS, reason="holidays"),)),
            [{"dtstart": "2026-12-24", "until": "2026-12-24", "description": "Closed: holidays"}],
        ),
        (
            Hours(specials=(Special(CHRISTMAS, CHRISTMAS, (MORNING, AFTERNOON)),)),
            [{"dtstart": "2026-12-24", "until": "2026-12-24", "description": "Other hours", "opens_at": "09:00", "closes_at": "12:00"},
             {"dtstart": "2026-12-24", "until": "2026-12-24", "description": "Other hours", "opens_at": "14:00", "closes_at": "17:00"}],
        ),
        (
            Hours(specials=(Special(CHRISTMAS, date(2027, 1, 2), yearly=True),)),
            [{"freq": "MONTHLY", "interval": 12, "dtstart": "2026-12-24", "bymonthday": "24,25,26,27,28,29,30,31", "description": "Closed"},
             {"freq": "MONTHLY", "interval": 12, "dtstart": "2027-01-01", "bymonthday": "1,2", "description": "Closed"}],
        ),
        (
            Hours(specials=(Special(CHRISTMAS, None, reason="The roof has come down.", temporary=True),)),
            [{"dtstart": "2026-12-24", "description": "Temporarily closed: The roof has come down."}],
        ),
        (Hours(holidays=PublicHolidays()), [{"description": "Closed on public holidays"}]),
        (Hours(holidays=PublicHolidays(as_usual=True)), [{"description": "Open on public holidays"}]),
        (
            Hours(holidays=PublicHolidays((MORNING,))),
            [{"description": "Other hours on public holidays", "opens_at": "09:00", "closes_at": "12:00"}],
        ),
    ],
)  # fmt: skip
def test_hours_are_schedules_and_schedules_are_hours(known: Hours, rows: list[Json]) -> None:
    assert hours.to(known) == rows
    assert hours.of(rows) == known


@pytest.mark.parametrize(
    "row",
    [
        {"description": "By appointment"},
        {"dtstart": "2026-01-01", "description": "Rings back"},
        {"freq": "YEARLY", "byday": "MO", "opens_at": "09:00", "closes_at": "12:00"},
        {"freq": "WEEKLY", "byday": "Monday", "opens_at": "09:00", "closes_at": "12:00"},
        {"freq": "WEEKLY", "byday": "MO", "notes": "No times were given"},
        {"freq": "MONTHLY", "interval": 12, "dtstart": "2026-01-31", "bymonthday": "30,31", "description": "Closed"},
    ],
)
def test_what_cannot_be_reckoned_with_is_kept_word_for_word(row: Json) -> None:
    known = hours.of([row])
    assert not known.known
    assert known.others
    assert hours.to(known) == [row]


@pytest.mark.parametrize(
    ("row", "day"),
    [
        ({"byday": "mo, WE", "opens_at": "09:00:00", "closes_at": "12:00Z"}, "MO"),
        ({"freq": "weekly", "byday": "MO", "opens_at": time(9), "closes_at": time(12), "interval": 1.0}, "MO"),
    ],
)
def test_how_others_write_it_is_understood(row: Json, day: str) -> None:
    (rule,) = hours.of([row]).rules
    assert rule.span == MORNING
    assert rule.byday[0] == day


times = some.times().map(lambda at: at.replace(microsecond=0, second=0))
spans = some.builds(Span, times, times)
days = some.dates(date(2020, 1, 1), date(2035, 12, 31))
codes = some.sampled_from(hours.DAYS)
weekly = some.builds(
    Rule, some.just("WEEKLY"), spans, some.lists(codes, min_size=1, unique=True).map(tuple), interval=some.integers(1, 4),
    start=some.none() | days, until=some.none() | days, valid_from=some.none() | days,
    more=some.sampled_from([(), (("notes", "Ring first"),), (("description", "In the hall"), ("timezone", "1"))]),
)  # fmt: skip
monthly = some.builds(
    Rule, some.just("MONTHLY"), spans, some.lists(some.builds("{}{}".format, some.sampled_from([1, 2, 3, 4, -1]), codes), unique=True).map(tuple),
    bymonthday=some.lists(some.integers(1, 31), min_size=1, unique=True).map(tuple), count=some.none() | some.integers(1, 20),
)  # fmt: skip
rules = some.lists(weekly | monthly, max_size=4).map(tuple)


@given(rules)
def test_rules_come_back_as_they_went(known: tuple[Rule, ...]) -> None:
    assert hours.of(hours.to(Hours(known))) == Hours(known)


@given(
    days,
    some.integers(0, 60),
    some.booleans(),
    some.sampled_from(["", "holidays", "We paint"]),
    some.sets(spans, max_size=2),
)
def test_a_day_that_is_different_comes_back_as_it_went(
    first: date, length: int, yearly: bool, reason: str, when: set[Span]
) -> None:
    last = date.fromordinal(first.toordinal() + length)
    one = Special(first, last, tuple(sorted(when)), yearly, reason)
    assert hours.of(hours.to(Hours(specials=(one,)))).specials == (one,)
