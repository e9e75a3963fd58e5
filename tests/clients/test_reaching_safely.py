"""Nothing reaches a person by a way that nobody said was safe, nor outside its hours: ten thousand messages try."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from referrals.clients.contacting.deciding import (
    KINDS,
    Channel,
    NotAtAll,
    Send,
    Wait,
    chosen,
    may_send,
    next_opening,
    zone_of,
)
from referrals.clients.free_hours import DAYS
from referrals.kit.db import Json

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
PARIS = ZoneInfo("Europe/Paris")
EVENINGS: Json = {"days": ["MO", "TU"], "opens": "18:00", "closes": "20:00"}


def safe(**said: object) -> Channel:
    return Channel(**{"kind": "email", "allowed": True, "verified_at": NOW, **said})  # type: ignore[arg-type]


def test_ten_thousand_messages_and_none_leaves_by_a_way_that_was_not_allowed() -> None:
    chance = random.Random(20261123)  # noqa: S311 - no secret: the same ten thousand each time
    became: Counter[str] = Counter()
    for _ in range(10_000):
        channels = [_any_channel(chance, kind) for kind in KINDS if chance.random() < 0.7]
        no_contact = chance.random() < 0.1
        channels = [Channel(**{**_fields(one), "no_contact": no_contact}) for one in channels]  # type: ignore[arg-type]
        zone = ZoneInfo(chance.choice(["Europe/Paris", "Europe/London", "America/Toronto", "Pacific/Auckland"]))
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(2 * 365 * 24 * 60))
        until = now + timedelta(hours=chance.randrange(1, 200)) if chance.random() < 0.3 else None
        way = chosen(channels, chance.choice([None, *KINDS]))
        if way is None:
            assert no_contact or not any(one.allowed for one in channels)
            became["no way"] += 1
            continue
        decided = may_send(way, now, zone, useful_until=until)
        for _ in range(20):  # it waits, and is asked about anew
            if not isinstance(decided, Wait):
                break
            assert decided.until > now
            now = decided.until
            decided = may_send(way, now, zone, useful_until=until)
            became["waited"] += 1
        assert not isinstance(decided, Wait), "whoever waits for an hour is let in when it comes"
        became[type(decided).__name__] += 1
        if isinstance(decided, Send):
            assert way.allowed
            assert not way.no_contact
            assert until is None or now < until
            assert _inside(way.windows, now, zone)
            assert not way.violence or (way.verified_at and now < way.verified_at + timedelta(days=30))
    assert min(became[name] for name in ("Send", "NotAtAll", "no way", "waited")) > 500, became


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        (Channel("email", allowed=False), "not_allowed"),
        (safe(no_contact=True), "no_contact"),
        (safe(violence=True, verified_at=NOW - timedelta(days=30)), "ask_again"),
        (safe(violence=True, verified_at=None), "ask_again"),
    ],
)
def test_a_way_is_closed_unless_everything_says_that_it_is_open(channel: Channel, why: str) -> None:
    assert may_send(channel, NOW, LONDON) == NotAtAll(why)


def test_without_violence_an_old_answer_still_holds() -> None:
    assert may_send(safe(verified_at=NOW - timedelta(days=400)), NOW, LONDON) == Send()


def test_outside_its_hours_a_message_waits_for_the_next() -> None:
    evening = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 18:00 in Paris, 17:00 in London
    assert may_send(safe(windows=(EVENINGS,)), NOW, PARIS) == Wait(evening)
    assert may_send(safe(windows=(EVENINGS,)), evening, PARIS) == Send()
    assert may_send(safe(windows=(EVENINGS,)), evening, LONDON) == Wait(evening + timedelta(hours=1))
    late = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
    assert may_send(safe(windows=(EVENINGS,)), late, PARIS) == Wait(datetime(2026, 11, 30, 17, 0, tzinfo=UTC))


def test_what_would_come_too_late_does_not_go_at_all() -> None:
    noon = NOW + timedelta(hours=3)
    assert may_send(safe(windows=(EVENINGS,)), NOW, PARIS, useful_until=noon) == NotAtAll("too_late")


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # 02:30 is skipped: it is 03:30 then
        (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # 02:30 comes twice: the first counts
    ],
)
def test_the_hour_that_is_skipped_or_comes_twice(day: date, opens: datetime) -> None:
    night: Json = {"days": list(DAYS), "opens": "02:30", "closes": "05:00"}
    midnight = datetime.combine(day, time(0), PARIS)
    assert next_opening((night,), midnight, PARIS) == opens


def test_the_way_they_like_best_is_taken_and_no_other() -> None:
    mail, text, call = (safe(kind=kind) for kind in KINDS)
    assert chosen([mail, text, call], None) is mail
    assert chosen([mail, text, call], "phone") is call
    assert chosen([Channel("email", allowed=False), call], "email") is call
    assert chosen([Channel("email", allowed=False)], "email") is None


def test_a_clock_that_nobody_knows_is_the_one_of_paris() -> None:
    assert [str(zone_of(*said)) for said in ((None, "GB"), ("Nowhere/At_all", "GB"), (None, None))] == [
        "Europe/London", "Europe/Paris", "Europe/Paris",
    ]  # fmt: skip


def _any_channel(chance: random.Random, kind: str) -> Channel:
    windows = tuple(_any_window(chance) for _ in range(chance.randrange(4)))
    verified = (
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(730)) if chance.random() < 0.8 else None
    )
    return Channel(kind, chance.random() < 0.6, windows, verified, chance.random() < 0.3)  # type: ignore[arg-type]


def _any_window(chance: random.Random) -> Json:
    opens, closes = sorted(chance.sample(range(24 * 4), 2))
    return {
        "days": chance.sample(list(DAYS), chance.randrange(1, 8)),
        "opens": f"{opens // 4:02}:{opens % 4 * 15:02}", "closes": f"{closes // 4:02}:{closes % 4 * 15:02}",
    }  # fmt: skip


def _fields(channel: Channel) -> dict[str, object]:
    return {name: getattr(channel, name) for name in Channel.__slots__}


def _inside(windows: tuple[Json, ...], now: datetime, zone: ZoneInfo) -> bool:
    """By the wall clock alone, written apart from the rule."""
    there = now.astimezone(zone)
    return not windows or any(_open(window, there) for window in windows)


def _open(window: Json, there: datetime) -> bool:
    skipped = timedelta(hours=1) if _moves(there) else timedelta(0)
    day = list(DAYS)[there.weekday()] in window["days"]
    moments = (there.time(), (there - skipped).time(), (there + skipped).time())
    return day and any(window["opens"] <= f"{at:%H:%M}" < window["closes"] for at in moments)


def _moves(there: datetime) -> bool:
    """A day on which the clock is put forward or back."""
    zone = there.tzinfo
    ends: Iterator[timedelta | None] = (
        datetime.combine(there.date(), at, zone).utcoffset() for at in (time(0), time(23, 59))
    )
    return len(set(ends)) > 1
