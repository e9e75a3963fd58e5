"""Tags, opening hours as numbers, cells and reach: what every engine looks up, by examples."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from referrals.directory import hours
from referrals.directory.hours import Slot, Where
from referrals.directory.search.cells import cells, cells_of, keys_around, keys_of
from referrals.directory.search.comes import Spread, comes_of, comes_to, meant_for
from referrals.directory.search.openings import ZONES, OpenAt, is_open, openings, wait_minutes
from referrals.directory.search.port import Distant, Here
from referrals.directory.search.tags import Told, audiences, fits, groups, offered, read, tags_of
from referrals.kit.geo import Km, LatLon, distance
from tests.directory.search_world import BRON, LYON, RENNES, TRURO

LYON_WALL = Where("FR", "69001")


@pytest.mark.parametrize(
    ("told", "tags"),
    [
        (Told(), {"age:unsaid"}),
        (Told(free=False, room=None), {"age:unsaid"}),  # what is not so, or not said, is no tag
        (Told(free=True, room=True, walk_in=True), {"free", "room", "walk-in", "age:unsaid"}),
        (Told(min_age=16, max_age=25), {"age:minor", "age:adult"}),
        (Told(min_age=18), {"age:adult", "age:senior"}),
        (Told(max_age=17), {"age:minor"}),
        (Told(min_age=60), {"age:senior"}),
        (Told(languages=["fr", "AR"], modes=["remote"], min_age=0), {"lang:fr", "lang:ar", "mode:remote", "age:minor", "age:adult", "age:senior"}),
        (Told(welcomes=["everyone", "women"], only_for=["homeless"]), {"for:women", "for:homeless", "age:unsaid"}),
        (Told(accessible=["step-free", "unheard-of"]), {"step-free", "age:unsaid"}),
        (Told(funding=["free", "nhs"], routes=["self", "professional"]), {"pays:nhs", "self", "age:unsaid"}),
    ],
)  # fmt: skip
def test_tags_follow_from_what_a_listing_says(told: Told, tags: set[str]) -> None:
    assert set(tags_of(told)) == tags


def test_of_one_group_any_will_do_and_of_several_all_must_hold() -> None:
    asked = ("lang:ar", "lang:fr", "free")
    assert fits({"lang:fr", "free"}, asked)
    assert not fits({"lang:fr"}, asked)
    assert not fits({"free"}, asked)


def test_an_age_that_nobody_stated_keeps_nobody_out() -> None:
    assert fits({"age:unsaid"}, ("age:minor",))
    assert groups(("age:minor",)) == (("age:minor", "age:unsaid"),)
    assert offered({"age:unsaid": 2, "age:minor": 1, "free": 0}) == {"age:minor": 3, "age:adult": 2, "age:senior": 2}


def test_addresses_hold_only_what_could_be_a_tag() -> None:
    assert read(["free", "LANG:AR ", "age:unsaid", "'; DROP", "lang:", "nonsense", "for:women"]) == (
        "free", "lang:ar", "for:women",
    )  # fmt: skip
    assert len(read(f"lang:a{number}" for number in range(99))) == 20


def test_audiences_of_a_rule_are_those_it_is_for() -> None:
    rule = {"all": [{"any": [{"term": "women"}, {"term": "couple"}]}, {"not": {"term": "men"}}]}
    assert audiences(rule) == ("women", "couple")


ROWS = [
    {"freq": "WEEKLY", "byday": "MO,TU,WE", "opens_at": "09:00", "closes_at": "17:00"},
    {"freq": "WEEKLY", "byday": "FR", "opens_at": "22:00", "closes_at": "02:00"},
    {"freq": "MONTHLY", "byday": "1SA", "opens_at": "10:00", "closes_at": "12:15"},
    {"freq": "WEEKLY", "byday": "TH", "opens_at": "14:00", "closes_at": "23:59", "valid_from": "2026-12-01"},
    {"dtstart": "2026-11-24", "until": "2026-11-24", "description": "Closed"},
    {"dtstart": "2026-12-06", "until": "2026-12-06", "opens_at": "11:00", "closes_at": "15:30", "description": "Other hours"},
    {"description": "Closed on public holidays"},
]  # fmt: skip


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2026, 11, 27), date(2026, 11, 29)])
def test_the_numbers_say_what_the_hours_say_all_through_the_next_weeks(today: date) -> None:
    known = hours.of(ROWS)
    numbers = openings(known, LYON_WALL, today)
    for quarter in range(0, 96 * 21, 7):
        local = datetime.combine(today, time(), ZoneInfo("Europe/Paris")) + timedelta(minutes=15 * quarter)
        assert is_open(numbers, OpenAt(local)) == hours.open_at(known, local, LYON_WALL), local


def test_hours_that_never_change_have_no_days_and_no_end() -> None:
    week = tuple(Slot(day, time(), time(23, 59)) for day in range(7))
    numbers = openings(hours.of_week(week), LYON_WALL, date(2026, 11, 23))
    assert (numbers.dated, numbers.until, len(numbers.week)) == ((), None, 3)


def test_each_service_is_open_by_its_own_clock() -> None:
    nine = hours.of_week((Slot(0, time(9), time(10)),))
    moment = OpenAt(datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo("UTC")))
    france = openings(nine, LYON_WALL, date(2026, 11, 23))
    britain = openings(nine, Where("GB", "TR1"), date(2026, 11, 23))
    assert (is_open(france, moment), is_open(britain, moment)) == (True, False)
    everywhere = OpenAt(datetime(2026, 11, 23, 9, 30))  # noqa: DTZ001  # on each wall
    assert is_open(france, everywhere)
    assert is_open(britain, everywhere)
    assert wait_minutes(britain, moment) == 30
    assert wait_minutes(france, moment) == 0


def test_every_clock_of_our_hours_has_its_number() -> None:
    postcodes = ("75001", "97110", "97200", "97300", "97400", "97500", "97600", "98700", "98800")
    clocks = {hours.zone("FR", postcode).key for postcode in postcodes}
    assert clocks | {hours.zone(country).key for country in ("GB", "US", "CA", "XX")} <= set(ZONES)


@pytest.mark.parametrize("radius", [1, 10, 50, 69, 150, 500])
def test_cells_of_a_circle_hold_everything_within_it(radius: int) -> None:
    around = set(cells(LYON, Km(radius)))
    for step in range(400):
        at = LatLon(LYON.lat + (step % 20 - 10) * radius / 1300, LYON.lon + (step // 20 - 10) * radius / 900)
        if distance(at, LYON) <= radius:
            assert around.intersection(cells_of(at))


def test_what_is_offered_is_looked_up_where_it_is() -> None:
    there = set(keys_of(BRON, ["physiotherapy", "health"], ["lang:ar", "free"]))
    assert there.intersection(keys_around(LYON, Km(10), ("health",)))
    assert there.intersection(keys_around(LYON, Km(300), ("lang:ar",)))
    assert not there.intersection(keys_around(LYON, Km(10), ("shelter",)))
    assert not there.intersection(keys_around(RENNES, Km(60), ("health",)))
    assert keys_around(LYON, Km(5000), ("health",)) == ()


def test_no_question_looks_up_more_numbers_than_a_planner_bears() -> None:
    codes = tuple(f"need-{number}" for number in range(6))
    assert 100 < len(keys_around(LYON, Km(50), codes)) <= 1000
    for latitude in range(-90, 91, 5):
        for radius in (12, 50, 70, 300, 600):
            assert len(keys_around(LatLon(latitude, 0), Km(radius), codes)) <= 1000
    assert keys_around(LatLon(-90, 0), Km(60), codes) == ()  # every column of its rows


HERE = Here(LYON, "FR", ("69002",), "Rhône")
NOWHERE = (None, None, None)


@pytest.mark.parametrize(
    ("spread", "distant", "comes"),
    [
        (Spread(["remote"], [], ["FR"], [], False), "also", True),
        (Spread(["remote"], [], ["GB"], [], False), "also", False),
        (Spread(["remote"], [], [], [("FR", "35000", None)], True), "also", True),  # its own country
        (Spread(["remote"], [], [], [("GB", "TR1", None)], True), "also", False),
        (Spread(["remote"], [], [], [NOWHERE], False), "only", True),  # nobody says where
        (Spread(["remote"], ["35"], [], [], False), "also", False),
        (Spread(["remote"], ["69"], [], [], False), "only", True),
        (Spread(["remote"], [], ["FR"], [], False), "never", False),
        (Spread(["home-visit"], ["69"], [], [("FR", "69500", "Rhône")], True), "never", True),
        (Spread(["home-visit"], ["69"], [], [("FR", "69500", "Rhône")], True), "only", False),
        (Spread(["on-site"], [], [], [("FR", "69", "Rhône")], False), "also", True),  # a hidden address around here
        (Spread(["on-site"], [], [], [("FR", "35", "Ille-et-Vilaine")], False), "also", False),
        (Spread(["on-site"], [], [], [("FR", "69002", "Rhône")], True), "also", False),
    ],
)  # fmt: skip
def test_what_comes_here_is_told_by_numbers(spread: Spread, distant: Distant, comes: bool) -> None:
    numbers = set(comes_of(spread, ["counselling", "mental"]))
    assert bool(numbers.intersection(comes_to(HERE, distant))) == comes
    if comes and spread.modes == ["remote"]:
        assert numbers.intersection(comes_to(HERE, distant, ["mental"]))
        assert spread.areas or not numbers.intersection(comes_to(HERE, distant, ["shelter"]))


def test_what_is_meant_for_here_is_told_apart() -> None:
    ours = set(comes_of(Spread(["remote"], ["69"], [], [], False), []))
    theirs = set(comes_of(Spread(["remote"], [], ["FR"], [], False), []))
    assert ours.intersection(meant_for(HERE))
    assert not theirs.intersection(meant_for(HERE))
    assert not ours.intersection(meant_for(Here(TRURO, "GB", ("TR1",), "Cornwall")))
