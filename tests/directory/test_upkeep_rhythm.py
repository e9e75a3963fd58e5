"""When a listing is asked after. Pure, many examples, and two years of days."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pytest

from referrals.directory.upkeep.addresses import to_whom
from referrals.directory.upkeep.rhythm import (
    GRACE,
    REMINDERS,
    Ask,
    Standing,
    check_by,
    is_overdue,
    may_write,
    next_ask,
    what_to_ask,
)

CHECKED = date(2026, 1, 31)
ASKED = date(2026, 7, 31)


@pytest.mark.parametrize(
    ("months", "by"),
    [(1, date(2026, 2, 28)), (3, date(2026, 4, 30)), (6, date(2026, 7, 31)), (12, date(2027, 1, 31))],
)
def test_a_rhythm_counts_months_of_the_calendar(months: int, by: date) -> None:
    assert check_by(CHECKED, months) == by


@pytest.mark.parametrize(
    ("standing", "day", "ask"),
    [
        (Standing(CHECKED), ASKED - timedelta(days=1), None),
        (Standing(CHECKED), ASKED, Ask.FIRST),
        (Standing(CHECKED, asked=ASKED, asks=1), ASKED + timedelta(days=6), None),
        (Standing(CHECKED, asked=ASKED, asks=1), ASKED + timedelta(days=7), Ask.REMINDER),
        (Standing(CHECKED, asked=ASKED, asks=2), ASKED + timedelta(days=20), None),
        (Standing(CHECKED, asked=ASKED, asks=2), ASKED + timedelta(days=21), Ask.REMINDER),
        (Standing(CHECKED, asked=ASKED, asks=3), ASKED + timedelta(days=22), None),
        (Standing(CHECKED, asked=ASKED, asks=3), date(2027, 1, 30), None),
        (Standing(CHECKED, asked=ASKED, asks=3), date(2027, 1, 31), Ask.FIRST),
        (Standing(ASKED, asked=ASKED, asks=1), ASKED + timedelta(days=7), None),
        (Standing(ASKED, asked=ASKED, asks=1), date(2027, 1, 31), Ask.FIRST),
        (Standing(CHECKED, places_days=14, places_said=date(2026, 3, 1)), date(2026, 3, 14), None),
        (Standing(CHECKED, places_days=14, places_said=date(2026, 3, 1)), date(2026, 3, 15), Ask.PLACES),
        (Standing(CHECKED, places_days=14, places_said=date(2026, 3, 1), places_asked=date(2026, 3, 15)), date(2026, 5, 1), None),
        (Standing(CHECKED, places_days=14, places_said=date(2026, 3, 16), places_asked=date(2026, 3, 15)), date(2026, 3, 30), Ask.PLACES),
        (Standing(CHECKED, places_days=14), date(2026, 2, 1), Ask.PLACES),
        (Standing(CHECKED, places_said=date(2026, 2, 1)), date(2026, 5, 1), None),
    ],
)  # fmt: skip
def test_what_a_mail_of_a_day_would_be_about(standing: Standing, day: date, ask: Ask | None) -> None:
    assert what_to_ask(standing, day) == ask


def test_a_listing_is_past_its_date_when_the_last_reminder_has_had_its_week() -> None:
    assert REMINDERS[-1] + timedelta(days=7) == GRACE
    assert not is_overdue(ASKED, ASKED + GRACE)
    assert is_overdue(ASKED, ASKED + GRACE + timedelta(days=1))
    assert not is_overdue(None, ASKED)


def test_no_address_gets_two_mails_within_a_week() -> None:
    assert may_write(None, ASKED)
    assert not may_write(ASKED, ASKED + timedelta(days=6))
    assert may_write(ASKED, ASKED + timedelta(days=7))


def test_without_an_address_each_reminder_goes_to_the_next_editor() -> None:
    assert to_whom(" Desk@Harbour.example.org ", ["ada@example.org"], 0) == "desk@harbour.example.org"
    assert [to_whom(None, ["ada@example.org", "bob@example.org"], asks) for asks in range(3)] == [
        "ada@example.org", "bob@example.org", "ada@example.org",
    ]  # fmt: skip
    assert to_whom("", [], 0) is None


@dataclass
class _Provider:
    """`hurry`: the share of mails that it answers. `mailed`: the days of its mails."""

    hurry: float
    listings: list[Standing]
    mailed: list[date]
    asked: list[list[tuple[date, Ask]]]


@pytest.mark.parametrize("seed", range(3))
def test_two_years_of_days_keep_every_promise(seed: int) -> None:
    """Sixty providers, busy or silent, with rhythms of all kinds: one mail a week, reminders that stop, nobody forgotten."""
    chance, start = Random(seed), date(2026, 1, 1)  # noqa: S311 - a simulation
    providers = [_provider(chance, start) for _ in range(60)]
    for today in (start + timedelta(days=passed) for passed in range(730)):
        for one in providers:
            _live(one, today, chance)
    for one in providers:
        assert all(
            later - earlier >= timedelta(days=7) for earlier, later in zip(one.mailed, one.mailed[1:], strict=False)
        )
        for standing, asked in zip(one.listings, one.asked, strict=True):
            assert _longest_run_of_reminders(asked) <= len(REMINDERS)
            late = start + timedelta(days=730) - next_ask(standing)
            assert late <= timedelta(days=7), "whatever is due is asked within a week"


def _provider(chance: Random, start: date) -> _Provider:
    listings = [
        Standing(start - timedelta(days=chance.randrange(400)), chance.choice((1, 3, 6, 12)))
        for _ in range(chance.randrange(1, 6))
    ]
    return _Provider(chance.choice((0, 0.3, 1)), listings, [], [[] for _ in listings])


def _live(one: _Provider, today: date, chance: Random) -> None:
    due = [(at, ask) for at, standing in enumerate(one.listings) if (ask := what_to_ask(standing, today))]
    if not due or not may_write(one.mailed[-1] if one.mailed else None, today):
        return
    one.mailed.append(today)
    for at, ask in due:
        one.asked[at].append((today, ask))
        before = one.listings[at]
        first = ask is Ask.FIRST
        one.listings[at] = replace(before, asked=today if first else before.asked, asks=1 if first else before.asks + 1)
    if chance.random() < one.hurry:
        one.listings = [replace(standing, checked=today) for standing in one.listings]


def _longest_run_of_reminders(asked: list[tuple[date, Ask]]) -> int:
    longest = run = 0
    for _, ask in asked:
        run = run + 1 if ask is Ask.REMINDER else 0
        longest = max(longest, run)
    return longest
