"""A service as an appointment, as opening hours and as a card: files that telephones open."""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Component

from referrals.directory import calendars, visiting_card
from referrals.directory.hours import Hours, PublicHolidays, Rule, Span, Special, Where
from referrals.directory.visiting_card import Address, Contact
from referrals.kit.geo import LatLon

SERVICE = UUID("11111111-2222-4333-8444-555555555555")
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
"""A Monday."""
MORNINGS = Rule("WEEKLY", Span(time(9), time(12)), ("MO", "WE"))


def events(hours: Hours, where: Where | None = None) -> list[Component]:
    entries = calendars.openings(SERVICE, hours, NOW, where or Where(), title="Open", place="12 rue du Port, Lyon")
    return list(Calendar.from_ical(calendars.written(entries, NOW, product="Relais", language="fr")).walk("VEVENT"))


def test_an_appointment_is_one_hour_on_the_clock_of_its_place() -> None:
    begins = datetime(2026, 12, 1, 10, 30, tzinfo=PARIS)
    entry = calendars.appointment(
        SERVICE, begins, title="Appointment; soon", place="12, rue du Port", words="A letter\n- and one"
    )
    read = Calendar.from_ical(calendars.written([entry], NOW, product="Relais", language="en"))
    event = read.walk("VEVENT")[0]
    assert event.decoded("dtstart") == begins
    assert (event.decoded("dtend") - begins).seconds == 3600
    assert str(event["summary"]) == "Appointment; soon"
    assert str(event["description"]) == "A letter\n- and one"
    assert read.walk("VTIMEZONE")


def test_the_same_appointment_twice_is_one_in_the_calendar() -> None:
    begins = datetime(2026, 12, 1, 10, 30, tzinfo=PARIS)
    assert calendars.appointment(SERVICE, begins, title="a").id == calendars.appointment(SERVICE, begins, title="b").id
    assert (
        calendars.appointment(SERVICE, begins.replace(hour=11), title="a").id
        != calendars.appointment(SERVICE, begins, title="a").id
    )


def test_openings_are_told_for_four_weeks_without_what_is_over() -> None:
    found = events(Hours((MORNINGS,)))
    assert [event.decoded("dtstart").date() for event in found[:2]] == [date(2026, 11, 23), date(2026, 11, 25)]
    assert len(found) == 8
    assert {str(event["transp"]) for event in found} == {"TRANSPARENT"}


def test_a_closed_day_is_not_told_as_open() -> None:
    closed = Special(date(2026, 11, 25), date(2026, 11, 25), reason="works")
    assert date(2026, 11, 25) not in {
        event.decoded("dtstart").date() for event in events(Hours((MORNINGS,), (closed,)))
    }


def test_a_public_holiday_of_which_nothing_is_said_is_marked() -> None:
    christmas = Rule("WEEKLY", Span(time(9), time(12)), ("FR",))
    local = datetime(2026, 12, 20, 9, 0, tzinfo=PARIS)
    told = calendars.openings(SERVICE, Hours((christmas,)), local, Where("FR", "69007"), title="Open")
    assert [bool(entry.words) for entry in told if entry.begins.date() == date(2026, 12, 25)] == [True]
    known = Hours((christmas,), holidays=PublicHolidays())
    assert not [
        one
        for one in calendars.openings(SERVICE, known, local, Where("FR", "69007"), title="Open")
        if one.begins.date() == date(2026, 12, 25)
    ]


@pytest.mark.parametrize(
    ("span", "hours"), [(Span(time(0), time(23, 59)), 24), (Span(time(20), time(8)), 12), (Span(time(9), time(12)), 3)]
)
def test_a_night_ends_on_the_next_day(span: Span, hours: int) -> None:
    found = events(Hours((Rule("WEEKLY", span, ("TU",)),)))
    assert (found[0].decoded("dtend") - found[0].decoded("dtstart")).total_seconds() == hours * 3600


def test_a_night_is_one_entry_and_the_one_under_way_ends_in_the_morning() -> None:
    every_day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    spans = (Span(time(20), time(23, 59)), Span(time(0), time(8)))
    nights = Hours(tuple(Rule("WEEKLY", span, every_day) for span in spans))
    local = datetime(2026, 11, 23, 2, tzinfo=PARIS)
    told = [(one.begins, one.ends) for one in calendars.openings(SERVICE, nights, local, Where(), title="Open")]
    assert told[0] == (local.replace(hour=0), local.replace(hour=8))
    assert told[1] == (local.replace(hour=20), local.replace(day=24, hour=8))


def test_a_card_holds_whom_to_call_and_where() -> None:
    card = visiting_card.written(Contact(
        SERVICE, "Genoux; charnières", "La Maison, du port", phones=[("+33 4 65 71 00 00", None), ("+33 4 65 71 00 01", "fax")],
        email="a@port.example.org", web="https://port.example.org/a,b",
        address=Address("4 quai, bas", "Lyon", "Rhône", "69007", "FR"), point=LatLon(45.75, 4.85), note="Lundi\nMardi",
    )).decode()  # fmt: skip
    lines = card.replace("\r\n ", "").split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    assert lines[-2:] == ["END:VCARD", ""]
    for line in (
        f"UID:urn:uuid:{SERVICE}", "FN:Genoux\\; charnières", "ORG:La Maison\\, du port", "TEL;TYPE=VOICE:+33 4 65 71 00 00",
        "TEL;TYPE=FAX:+33 4 65 71 00 01", "EMAIL;TYPE=INTERNET:a@port.example.org", "URL:https://port.example.org/a,b",
        "ADR;TYPE=WORK:;;4 quai\\, bas;Lyon;Rhône;69007;FR", "GEO:45.750000;4.850000", "NOTE:Lundi\\nMardi",
    ):  # fmt: skip
        assert line in lines, line


def test_no_line_of_a_card_is_longer_than_75_octets_or_breaks_a_letter() -> None:
    card = visiting_card.written(Contact(SERVICE, "é" * 200, "", note="œ\u00a0" * 100))
    assert max(map(len, card.split(b"\r\n"))) <= 75
    assert "é" * 200 in card.decode().replace("\r\n ", "")


def test_a_line_break_in_a_name_or_an_address_starts_no_line_of_its_own() -> None:
    card = visiting_card.written(Contact(SERVICE, "a\r\nTEL:1", "b", web="https://x.example.org/\r\nTEL:2")).decode()
    assert not [line for line in card.split("\r\n") if line.startswith("TEL")]
