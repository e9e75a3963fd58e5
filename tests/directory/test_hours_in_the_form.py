"""What the form of hours shows is what it saves: nothing gets lost because a row has no room for it."""

from collections.abc import Mapping, Sequence
from datetime import date, time

import pytest
from litestar.datastructures import FormMultiDict

from referrals.directory import hours
from referrals.directory.forms.sheet import Entered, Sheet
from referrals.directory.forms.times import Hourly
from referrals.directory.forms.times_shown import CELLS, CLOCKS
from referrals.directory.hours import Hours, PublicHolidays, Rule, Span, Special
from referrals.kit.i18n import speak
from referrals.taxonomy.vocabulary import Vocabulary

MORNING, NOON, EVENING = Span(time(9), time(11)), Span(time(12), time(14)), Span(time(18), time(20))
SHEET = Sheet("service", "en", Vocabulary("", {}), date(2026, 11, 22))


@pytest.mark.parametrize(
    "known",
    [
        Hours((Rule("WEEKLY", MORNING, ("MO",)), Rule("WEEKLY", NOON, ("MO",)), Rule("WEEKLY", EVENING, ("MO",)))),
        Hours((Rule("MONTHLY", MORNING, ("1MO",)), Rule("MONTHLY", MORNING, ("-1FR",)))),
        Hours((Rule("WEEKLY", Span(time(22), time(2)), ("FR", "SA"), start=date(2027, 7, 1), until=date(2027, 8, 31)),)),
        Hours(specials=(Special(date(2026, 12, 24), date(2026, 12, 24), (MORNING, NOON, EVENING), reason="event"),)),
        Hours(specials=(Special(date(2026, 12, 24), date(2027, 1, 2), yearly=True),)),
        Hours(specials=(Special(date(2026, 12, 1), None, reason="works", temporary=True),)),
        Hours(holidays=PublicHolidays((MORNING, NOON))),
        Hours(holidays=PublicHolidays((MORNING, NOON, EVENING))),
        Hours(holidays=PublicHolidays(as_usual=True)),
    ],
)  # fmt: skip
def test_what_is_shown_is_what_is_saved(known: Hours) -> None:
    assert saved({}, known) == known


def test_bare_hours_of_an_afternoon_are_the_afternoon() -> None:
    speak("en")
    office = {"h0_days": ["MO"], "h0_opens": "9", "h0_closes": "12", "h0_opens2": "2pm", "h0_closes2": "5:30 pm"}
    assert hours.told(saved(office), SHEET.today) == ["Monday, 9:00–12:00 and 14:00–17:30"]
    assert hours.told(saved({"h0_days": ["MO"], "h0_opens": "9", "h0_closes": "5"}), SHEET.today) == [
        "Monday, 9:00–17:00"
    ]
    late = {"h0_days": ["FR"], "h0_opens": "22", "h0_closes": "2"}
    assert hours.told(saved(late), SHEET.today) == ["Friday, 22:00–2:00"]


def test_two_rows_about_one_day_are_one_day() -> None:
    rows = {
        "s0_first": "2026-12-24", "s0_how": "open", "s0_opens": "9", "s0_closes": "11",
        "s1_first": "2026-12-24", "s1_how": "open", "s1_opens": "12", "s1_closes": "14",
    }  # fmt: skip
    [day] = saved(rows).specials
    assert day.spans == (MORNING, NOON)


def saved(typed: Mapping[str, Sequence[str]], known: Hours | None = None) -> Hours:
    """The form as it is drawn for `known`, with what somebody types in it, and saves."""
    present, shown, entered = {"schedules": hours.to(known or Hours())}, Entered(), Entered()
    Hourly().show(SHEET, present, shown)
    fields = [(name, shown.raw[name]) for name in ("holidays", *(f"ph_{name}" for name in CLOCKS))]
    for kind in CELLS:
        for at, row in enumerate(shown.raw[kind]):
            fields += [(f"{kind}{at}_{name}", value) for name, value in row.items()]
    data = {**dict(fields), **typed}
    form = FormMultiDict(
        [(name, one) for name, value in data.items() for one in (value if isinstance(value, list) else [value])]
    )
    Hourly().enter(SHEET, form, present, entered)
    assert not entered.errors
    schedules = entered.values["schedules"]
    assert isinstance(schedules, list)
    return hours.of(schedules)
