"""Open or not, until when and when next: months, days that are different, public holidays, closures."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from referrals.directory import hours
from referrals.directory.hours import Hours, PublicHolidays, Rule, Span, Special, Where
from referrals.kit.i18n import speak

NOON, EVENING = Span(time(9), time(12)), Span(time(14), time(17))
OFFICE = Hours(rules=(Rule("WEEKLY", NOON, hours.DAYS[:5]), Rule("WEEKLY", EVENING, hours.DAYS[:5])))
FRANCE, SCOTLAND, ENGLAND = Where("FR", "69003"), Where("GB", "EH1 1AA"), Where("GB", "TR1 2AB")
HOLIDAYS = Special(date(2026, 12, 24), date(2027, 1, 4), reason="holidays")
WORKS = Special(date(2026, 11, 20), None, reason="works", temporary=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("known", "moment", "english", "french"),
    [
        (OFFICE, "2026-11-23 10:00", "Open until 12:00", "Ouvert jusqu’à 12 h"),
        (replace(OFFICE, specials=(HOLIDAYS,)), "2026-12-23 18:00", "Opens on 5 January at 9:00", "Ouvre le 5 janvier à 9 h"),
        (replace(OFFICE, specials=(HOLIDAYS,)), "2026-12-28 10:00", "Closed until 5 January (holidays)", "Fermé, rouvre le 5 janvier (congés)"),
        (replace(OFFICE, specials=(HOLIDAYS,)), "2027-01-04 10:00", "Closed until tomorrow (holidays)", "Fermé, rouvre demain (congés)"),
        (replace(OFFICE, specials=(WORKS,)), "2026-11-23 10:00", "Closed until further notice (works)", "Fermé jusqu’à nouvel ordre (travaux)"),
        (Hours(specials=(HOLIDAYS,)), "2026-12-28 10:00", "Closed until 5 January (holidays)", "Fermé, rouvre le 5 janvier (congés)"),
        (Hours(specials=(HOLIDAYS,)), "2026-11-23 10:00", "", ""),
        (Hours(rules=(Rule("MONTHLY", NOON, ("1MO",)),)), "2026-11-23 10:00", "Opens on 7 December at 9:00", "Ouvre le 7 décembre à 9 h"),
        (Hours(rules=(Rule("MONTHLY", NOON, ("1MO",)),)), "2026-12-07 10:00", "Open until 12:00", "Ouvert jusqu’à 12 h"),
        (Hours(rules=(Rule("WEEKLY", NOON, ("MO",), interval=2),)), "2026-11-23 10:00", "", ""),
        (Hours(rules=(Rule("WEEKLY", NOON, ("MO",), interval=2, start=date(2026, 11, 16)),)), "2026-11-23 10:00",
         "Opens on 30 November at 9:00", "Ouvre le 30 novembre à 9 h"),
        (Hours(rules=(Rule("WEEKLY", NOON, ("MO",), until=date(2026, 11, 20)),)), "2026-11-23 10:00", "Not open now", "Fermé en ce moment"),
    ],
)  # fmt: skip
def test_now_in_words(known: Hours, moment: str, english: str, french: str) -> None:
    found = hours.opening(known, at(moment), FRANCE)
    speak("en")
    assert hours.said(found, at(moment)) == english
    speak("fr")
    assert hours.said(found, at(moment)) == french


@pytest.mark.parametrize(
    ("day", "where", "free"),
    [
        (date(2026, 7, 14), FRANCE, True),
        (date(2026, 7, 14), ENGLAND, False),
        (date(2026, 12, 26), FRANCE, False),
        (date(2026, 12, 26), Where("FR", "67000"), True),
        (date(2026, 11, 30), SCOTLAND, True),
        (date(2026, 11, 30), ENGLAND, False),
        (date(2026, 7, 14), Where(), False),
        (date(2026, 7, 14), Where("XX"), False),
    ],
)
def test_public_holidays_are_those_of_the_country_and_the_region(day: date, where: Where, free: bool) -> None:
    assert hours.is_public_holiday(day, where) is free
    closed = replace(OFFICE, rules=(Rule("WEEKLY", NOON, hours.DAYS),), holidays=PublicHolidays())
    assert bool(hours.on(closed, day, where).spans) is not free


def test_what_is_dated_comes_before_a_public_holiday_and_that_before_the_week() -> None:
    bastille = date(2026, 7, 14)
    assert hours.on(OFFICE, bastille, FRANCE).unsure, "nothing is said of public holidays"
    assert not hours.on(replace(OFFICE, holidays=PublicHolidays(as_usual=True)), bastille, FRANCE).unsure
    other = replace(OFFICE, holidays=PublicHolidays((EVENING,)))
    assert hours.on(other, bastille, FRANCE).spans == (EVENING,)
    dated = replace(other, specials=(Special(bastille, bastille, (NOON,)),))
    assert hours.on(dated, bastille, FRANCE).spans == (NOON,)


def test_a_morning_open_in_a_fortnight_of_closing_is_open() -> None:
    open_ = Special(date(2026, 12, 30), date(2026, 12, 30), (NOON,))
    known = replace(OFFICE, specials=(HOLIDAYS, open_))
    assert hours.open_at(known, at("2026-12-30 10:00"), FRANCE)
    assert hours.next_change(known, at("2026-12-24 10:00"), FRANCE) == at("2026-12-30 09:00")


def test_every_year_means_the_years_to_come_and_over_new_year_too() -> None:
    yearly = replace(OFFICE, specials=(replace(HOLIDAYS, yearly=True),))
    closed = [day for day in (date(2025, 12, 29), date(2026, 12, 29), date(2030, 1, 2), date(2030, 1, 7))
              if not hours.on(yearly, day).spans]  # fmt: skip
    assert closed == [date(2026, 12, 29), date(2030, 1, 2)]


@pytest.mark.parametrize(
    ("known", "day", "open_"),
    [
        (OFFICE, date(2026, 11, 28), False),
        (OFFICE, date(2026, 11, 27), True),
        (Hours(rules=(Rule("WEEKLY", Span(time(10), time(18)), ("SA",)),)), date(2026, 11, 28), True),
        (Hours(rules=(Rule("WEEKLY", Span(time(22), time(15)), ("FR",)),)), date(2026, 11, 28), True),
        (Hours(), date(2026, 11, 28), None),
        (Hours(rules=(Rule("WEEKLY", NOON, ("SA",), interval=2),)), date(2026, 11, 28), None),
        (replace(OFFICE, specials=(WORKS,)), date(2026, 11, 27), False),
    ],
)
def test_open_on_some_afternoon_or_not_or_nobody_knows(known: Hours, day: date, open_: bool | None) -> None:
    assert hours.open_during(known, day, time(14), time(18)) is open_


@pytest.mark.parametrize(
    ("known", "last"),
    [
        (Hours(), None), (OFFICE, None),
        (Hours(rules=(Rule("WEEKLY", NOON, ("MO",), until=date(2026, 8, 31)),)), date(2026, 8, 31)),
        (Hours(rules=(Rule("WEEKLY", NOON, ("MO",), valid_to=date(2026, 6, 30)), Rule("WEEKLY", NOON, ("TU",), until=date(2026, 8, 31)))), date(2026, 8, 31)),
        (Hours(rules=(Rule("WEEKLY", NOON, ("MO",), until=date(2026, 8, 31)), *OFFICE.rules)), None),
        (Hours(specials=(Special(date(2026, 9, 5), date(2026, 9, 5), (NOON,)),)), date(2026, 9, 5)),
        (Hours(specials=(Special(date(2026, 9, 5), date(2026, 9, 5), (NOON,), yearly=True),)), None),
        (Hours(specials=(HOLIDAYS,)), None),
        (Hours(rules=(Rule("WEEKLY", NOON, ("MO",), until=date(2026, 8, 31)),), others=((("description", "by the moon"),),)), None),
    ],
)  # fmt: skip
def test_hours_end_where_all_of_them_do(known: Hours, last: date | None) -> None:
    assert hours.last_day(known) == last


def test_the_clocks_are_those_of_the_place() -> None:
    assert hours.zone("FR", "97400").key == "Indian/Reunion"
    assert hours.zone("FR", "35000").key == "Europe/Paris"
    assert hours.zone("GB").key == "Europe/London"


@pytest.mark.parametrize(
    ("known", "english", "french"),
    [
        (OFFICE, ["Monday to Friday, 9:00–12:00 and 14:00–17:00"], ["Du lundi au vendredi, 9 h–12 h et 14 h–17 h"]),
        (Hours((Rule("MONTHLY", EVENING, ("1MO",)),)), ["The first Monday of the month, 14:00–17:00"], ["Le premier lundi du mois, 14 h–17 h"]),
        (Hours((Rule("MONTHLY", EVENING, ("-1FR",), interval=2),)), ["The last Friday of every second month, 14:00–17:00"],
         ["Le dernier vendredi, un mois sur deux, 14 h–17 h"]),
        (Hours((Rule("MONTHLY", EVENING, ("4SA",)), Rule("MONTHLY", EVENING, ("2SA",)))),
         ["The second and fourth Saturday of the month, 14:00–17:00"], ["Les deuxième et quatrième samedis du mois, 14 h–17 h"]),
        (Hours((Rule("MONTHLY", EVENING, bymonthday=(1, 15)),)), ["The 1st and 15th of the month, 14:00–17:00"], ["Les 1er et 15 du mois, 14 h–17 h"]),
        (Hours((Rule("WEEKLY", EVENING, ("TU",), interval=2),)), ["Tuesday every second week, 14:00–17:00"], ["Mardi une semaine sur deux, 14 h–17 h"]),
        (Hours((Rule("WEEKLY", EVENING, ("TU",), start=date(2027, 7, 1), until=date(2027, 8, 31)),)),
         ["From 1 July to 31 August: Tuesday, 14:00–17:00"], ["Du 1er juillet au 31 août : mardi, 14 h–17 h"]),
        (Hours((Rule("WEEKLY", EVENING, ("TU",), until=date(2026, 10, 31)),)), [], []),
        (Hours(specials=(HOLIDAYS,)), ["Closed from 24 December to 4 January (holidays)"], ["Fermé du 24 décembre au 4 janvier (congés)"]),
        (Hours(specials=(Special(date(2027, 2, 4), date(2028, 2, 1)),)), ["Closed from 4 February 2027 to 1 February 2028"],
         ["Fermé du 4 février 2027 au 1er février 2028"]),
        (Hours(specials=(replace(HOLIDAYS, last=HOLIDAYS.first, yearly=True),)), ["Closed on 24 December, every year (holidays)"],
         ["Fermé le 24 décembre, chaque année (congés)"]),
        (Hours(specials=(Special(date(2027, 1, 1), date(2027, 1, 1), (NOON,)),)), ["On 1 January, 9:00–12:00"], ["Le 1er janvier, 9 h–12 h"]),
        (Hours(specials=(WORKS,)), ["Closed until further notice (works)"], ["Fermé jusqu’à nouvel ordre (travaux)"]),
        (Hours(specials=(Special(date(2026, 8, 1), date(2026, 8, 20)),)), [], []),
        (Hours(holidays=PublicHolidays()), ["Closed on public holidays"], ["Fermé les jours fériés"]),
    ],
)  # fmt: skip
def test_hours_are_told_in_sentences_and_what_is_over_is_not(
    known: Hours, english: list[str], french: list[str]
) -> None:
    speak("en")
    assert hours.told(known, date(2026, 11, 23)) == english
    speak("fr")
    assert hours.told(known, date(2026, 11, 23)) == french
