"""The clock on the wall of a place, and what a calendar's file says: pure, and right on the days when clocks change."""

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from referrals.clients.models import Need
from referrals.kit.html import day, short_day
from referrals.kit.i18n import speaking
from referrals.tracking import story
from referrals.tracking.appointments.calendar_file import Entry, Method, written
from referrals.tracking.appointments.clocks import NoSuchTime, days_before, instant, told, zone_at
from referrals.tracking.appointments.reminding import reminders
from referrals.tracking.models import Referral
from referrals.tracking.queries.timeline import Happening

PARIS, LONDON, MONTREAL = ZoneInfo("Europe/Paris"), ZoneInfo("Europe/London"), ZoneInfo("America/Toronto")
ID = UUID("6b0c6f1e-7c5f-4f0f-8a53-000000000001")


@pytest.mark.parametrize(
    ("country", "postcode", "name"),
    [
        ("FR", "29000", "Europe/Paris"), ("FR", "97400", "Indian/Reunion"), ("GB", "TR1 2AB", "Europe/London"),
        ("CA", "H2X 1Y4", "America/Toronto"), ("CA", "B3H 4R2", "America/Halifax"), ("CA", "a1c 5s7", "America/St_Johns"),
        ("CA", "V6B 1A1", "America/Vancouver"), ("CA", "S4P 3Y2", "America/Regina"), ("CA", "X0A 0H0", "America/Iqaluit"),
        ("CA", None, "America/Toronto"), (None, None, "Europe/Paris"),
    ],
)  # fmt: skip
def test_a_place_has_its_own_clock(country: str | None, postcode: str | None, name: str) -> None:
    assert zone_at(country, postcode).key == name


def test_half_past_two_is_another_moment_in_every_town() -> None:
    day, at = date(2027, 3, 20), time(14, 30)
    assert [instant(day, at, zone).hour for zone in (PARIS, LONDON, MONTREAL)] == [13, 14, 18]


@pytest.mark.parametrize(
    ("day", "at", "zone"),
    [
        (date(2027, 3, 28), time(2, 30), PARIS), (date(2027, 3, 28), time(1, 15), LONDON),
        (date(2027, 3, 14), time(2, 0), MONTREAL),
    ],
)  # fmt: skip
def test_a_time_that_no_clock_shows_is_refused(day: date, at: time, zone: ZoneInfo) -> None:
    with pytest.raises(NoSuchTime):
        instant(day, at, zone)


def test_a_time_that_is_shown_twice_is_the_first_and_says_so() -> None:
    first = instant(date(2027, 10, 31), time(2, 30), PARIS)
    assert first == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    with speaking("en"):
        assert str(told(first, PARIS)) == "Sunday 31 October at 2:30 (before the clocks go back)"
        assert str(told(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), PARIS)).endswith("(after the clocks go back)")


def test_the_clock_is_named_where_the_reader_s_shows_another_time() -> None:
    at = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
    with speaking("en"):
        assert str(told(at, LONDON, LONDON)) == "Friday 27 November at 14:30"
        assert str(told(at, LONDON, PARIS)) == "Friday 27 November at 14:30 (local time in London)"
    with speaking("fr"):
        assert "Londres" in told(at, LONDON, PARIS).note


def test_the_second_showing_of_an_hour_is_written_so_that_no_calendar_mistakes_it() -> None:
    twice = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    text = written([Entry(ID, 0, twice, 30, PARIS, "Appointment", twice)], "PUBLISH").decode()
    assert "DTSTART:20271031T013000Z" in text


def test_two_days_before_is_by_the_calendar_also_when_a_day_has_23_hours() -> None:
    visit = instant(date(2027, 3, 29), time(9), PARIS)
    assert days_before(visit, 2, time(10), PARIS) == instant(date(2027, 3, 27), time(10), PARIS)
    assert (visit - days_before(visit, 2, time(9), PARIS)).total_seconds() == 47 * 3600


def test_one_reminder_and_a_second_on_the_day_where_it_is_wished() -> None:
    early, late = instant(date(2026, 12, 4), time(8), LONDON), instant(date(2026, 12, 4), time(14), LONDON)
    assert [which for which, _ in reminders(late, LONDON, on_day=False)] == ["before"]
    assert list(reminders(late, LONDON, on_day=True))[1] == ("day", instant(date(2026, 12, 4), time(7, 30), LONDON))
    assert list(reminders(early, LONDON, on_day=True))[1] == ("day", instant(date(2026, 12, 3), time(18), LONDON))


def _entry(*, cancelled: bool = False, sequence: int = 0, title: str = "Appointment") -> Entry:
    begins = instant(date(2027, 3, 28), time(0, 30), LONDON)
    changed = datetime(2026, 11, 23, 9, tzinfo=UTC)
    return Entry(ID, sequence, begins, 90, LONDON, title, changed, cancelled=cancelled)


def _read(entry: Entry, method: Method, organizer: str = "", attendee: str = "") -> tuple[Calendar, str]:
    text = written([entry], method, organizer=organizer, attendee=attendee).decode()
    return Calendar.from_ical(text), text


def test_an_hour_and_a_half_over_the_change_of_clocks_is_an_hour_and_a_half() -> None:
    calendar, text = _read(_entry(), "PUBLISH")
    [event] = calendar.walk("VEVENT")
    begins, ends = (event.decoded(name).astimezone(UTC) for name in ("dtstart", "dtend"))
    assert (ends - begins).total_seconds() == 90 * 60
    assert ends == datetime(2027, 3, 28, 2, 0, tzinfo=UTC)
    assert "BEGIN:VTIMEZONE" in text
    assert "TZID=Europe/London:20270328T003000" in text


def test_a_move_and_an_end_are_the_same_entry_with_a_higher_number() -> None:
    _, first = _read(_entry(), "REQUEST", organizer="relais@example.org", attendee="desk@example.org")
    _, moved = _read(_entry(sequence=1), "REQUEST", organizer="relais@example.org", attendee="desk@example.org")
    _, ended = _read(_entry(sequence=2, cancelled=True), "CANCEL", organizer="relais@example.org", attendee="d@e.org")
    uids = {line for text in (first, moved, ended) for line in text.splitlines() if line.startswith("UID:")}
    assert uids == {f"UID:{ID}@appointment"}
    assert ["SEQUENCE:0" in first, "SEQUENCE:1" in moved, "SEQUENCE:2" in ended] == [True] * 3
    assert "METHOD:REQUEST" in first
    assert "ATTENDEE" in first
    assert "METHOD:CANCEL" in ended
    assert "STATUS:CANCELLED" in ended


def test_the_file_for_a_person_s_telephone_names_nobody() -> None:
    with speaking("fr"):
        _, text = _read(_entry(title="Rendez-vous"), "PUBLISH")
    lines = {line.partition(":")[0].partition(";")[0]: line for line in text.splitlines()}
    assert lines["SUMMARY"] == "SUMMARY:Rendez-vous"
    assert not {"LOCATION", "URL", "DESCRIPTION", "ORGANIZER", "ATTENDEE"} & set(lines)
    assert "relais" not in text.lower()


def test_the_first_of_a_month_has_its_own_word_in_french() -> None:
    first, eleventh = date(2026, 12, 1), date(2026, 12, 11)
    with speaking("fr"):
        assert [day(first), short_day(first)] == ["1er décembre 2026", "1er déc."]
        assert [day(eleventh), short_day(eleventh)] == ["11 décembre 2026", "11 déc."]
        assert told(instant(first, time(14), PARIS), PARIS).day == "mardi 1er décembre"
    with speaking("en"):
        assert [day(first), told(instant(first, time(14), PARIS), PARIS).day] == [
            "1 December 2026",
            "Tuesday 1 December",
        ]


@pytest.mark.parametrize(
    ("calendar", "at"), [("FR", "24 Nov at 00:30"), ("GB-ENG", "23 Nov at 23:30"), ("CA-QC", "23 Nov at 18:30")]
)
def test_a_story_is_told_on_the_clock_of_whoever_reads_it(calendar: str, at: str) -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    referral = Referral(status="sent", sender_calendar=calendar, due_at=late)
    need = Need(created_at=late)
    with speaking("en"):
        ahead, sent, opened = story.told([Happening("send", late, 1)], referral, need, {}, late, to="Physio")
        by = story.next_step(referral, datetime(2026, 11, 20, tzinfo=UTC))
    day_then = at.partition(" at ")[0]
    assert sent.at.replace("\xa0", " ").replace("00:30", "0:30") == at.replace("00:30", "0:30")
    assert (ahead.text, opened.at) == (f"expected by {day_then}", day_then)
    assert by == f"The service answers by {day_then.replace('Nov', 'November')} 2026."
