"""Hours and languages as people write them."""

from datetime import time

import pytest

from referrals.exchange.hours import DAYS, clock, week
from referrals.exchange.tongues import code, spoken


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [("8:30am", 8, 30), ("9am", 9, 0), ("830am", 8, 30), ("12:00am", 0, 0), ("12:15 pm", 12, 15), ("5:00 p.m.", 17, 0),
     ("17:00", 17, 0), ("08:00:00+01:00", 8, 0), ("24:00", 23, 59), ("noon", 12, 0)],
)  # fmt: skip
def test_a_time_is_read_in_any_usual_form(text: str, hour: int, minute: int) -> None:
    assert clock(text) == time(hour, minute)


@pytest.mark.parametrize("text", ["8:00", "", "25:00", "13:00pm", "dismissal bell", "9:0am"])
def test_a_time_that_may_be_two_is_none(text: str) -> None:
    assert clock(text) is None


@pytest.mark.parametrize(
    ("text", "days", "opens"),
    [
        ("9:00am-5:00pm, Mon-Fri", DAYS[:5], time(9)),
        ("9:00am-5:00pm, Mon, Wed, Sat", ("MO", "WE", "SA"), time(9)),
        ("Mon-Thur 10:00am-6:00pm", DAYS[:4], time(10)),
        ("MO-SU 00:00-23:59", DAYS, time(0)),
        ("24 hours a day, 7 days a week", DAYS, time(0)),
    ],
)
def test_a_week_is_read_where_every_word_of_it_is(text: str, days: tuple[str, ...], opens: time) -> None:
    slots = week(text)
    assert slots is not None
    assert (slots[0].days, slots[0].opens) == (days, opens)


def test_two_slots_a_day_are_two() -> None:
    slots = week("8:00am-1:00pm / 2:00pm-5:00pm, Mon; 9:00am-12:00pm, Sat")
    assert [(slot.days, slot.opens.hour) for slot in slots or ()] == [(("MO",), 8), (("MO",), 14), (("SA",), 9)]


@pytest.mark.parametrize(
    "text",
    ["9:00am-5:00pm, Mon-Fri; by appointment only", "Office: 9:00am-5:00pm, Mon-Fri", "9:00am-5:00, Mon-Fri",
     "10:00am-2:00pm, First Sat of the month", "5:00pm-9:00am, Mon-Fri", ""],
)  # fmt: skip
def test_a_week_with_an_unread_word_is_none(text: str) -> None:
    assert week(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("English", "en"), ("Français", "fr"), ("eng", "en"), ("Haitian Creole", "ht"), ("arabe", "ar"), ("LSF", "fsl"),
     ("American Sign Language", "ase"), ("Klingonese", None), ("", None)],
)  # fmt: skip
def test_a_language_has_its_shortest_code(text: str, expected: str | None) -> None:
    assert code(text) == expected


def test_what_is_written_around_a_language_is_kept_as_a_note() -> None:
    assert [(s.code, s.note) for s in spoken("Spanish (limited)")] == [("es", "limited")]
    assert [s.code for s in spoken("English and Spanish")] == ["en", "es"]
    assert [(s.code, s.note) for s in spoken("Creole with translators as needed")] == [
        ("ht", "with translators as needed")
    ]
    assert [(s.code, s.name) for s in spoken("Language line available")] == [(None, "Language line available")]
