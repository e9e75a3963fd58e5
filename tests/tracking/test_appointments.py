"""Times that are proposed, one that is chosen, moved, called off, missed: the story, the calendars and the messages."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import ClientMessage
from referrals.directory.models import ListingPlace
from referrals.kit import forms
from referrals.kit.errors import Conflict, Refused
from referrals.kit.mail import Message, Smtp
from referrals.kit.settings import Settings
from referrals.tracking import answers
from referrals.tracking.actions import act
from referrals.tracking.appointments import actions
from referrals.tracking.appointments.clocks import instant
from referrals.tracking.appointments.details import Details, usual
from referrals.tracking.appointments.keeping import wants_a_decision
from referrals.tracking.appointments.showing import visits_of
from referrals.tracking.models import Appointment, AppointmentProposal, Referral, ReferralEvent
from referrals.tracking.said import CLIENT, RECEIVER, Said, case_manager
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import World, sent
from tests.tracking.post_room import letters, link_in, work

LONDON = ZoneInfo("Europe/London")
YES = Said(facts={"first_contact_by": date(2026, 11, 27)})
FIRST = instant(date(2026, 12, 4), time(14, 30), LONDON)
TIMES = [FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=3)]
HOW = Details(LONDON, "in_person", "3 Quay Street, Truro", 45)


async def _accepted(session: AsyncSession, **kwargs: object) -> World:
    world = await sent(session, **kwargs)  # type: ignore[arg-type]  # as `sent` takes them
    session.add(
        ListingPlace(
            service_id=world.service.id, kind="physical", confidential=False, city="Truro", postcode="TR1 2AB",
            country="GB", keys=[],
        )
    )  # fmt: skip
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    return world


async def _standing(session: AsyncSession) -> Appointment:
    return (await session.scalars(select(Appointment).where(Appointment.status == "set"))).one()


async def test_a_time_that_the_person_chooses_is_set_by_the_one_who_proposed_it(session: AsyncSession) -> None:
    world = await _accepted(session)
    proposal = await actions.propose(session, world.referral, RECEIVER, TIMES, HOW, NOW)
    await actions.choose(session, world.referral, proposal.id, 1, CLIENT, NOW)
    assert (world.referral.status, world.referral.appointment_at) == ("scheduled", TIMES[1])
    assert world.referral.appointment_zone == "Europe/London"
    event = (await session.scalars(select(ReferralEvent).where(ReferralEvent.kind == "schedule"))).one()
    assert (event.actor_role, event.facts["chosen_by"]) == ("provider", "client")
    visit = await _standing(session)
    assert (visit.starts_at, visit.minutes, visit.place, visit.sequence) == (TIMES[1], 45, "3 Quay Street, Truro", 0)
    assert proposal.status == "chosen"


async def test_the_same_choice_twice_is_one_and_another_one_is_too_late(session: AsyncSession) -> None:
    world = await _accepted(session)
    proposal = await actions.propose(session, world.referral, RECEIVER, TIMES, HOW, NOW)
    await actions.choose(session, world.referral, proposal.id, 0, CLIENT, NOW)
    again = await actions.choose(session, world.referral, proposal.id, 0, CLIENT, NOW)
    assert again.again
    with pytest.raises(Conflict):
        await actions.choose(session, world.referral, proposal.id, 1, case_manager(world.sender), NOW)
    assert world.referral.appointment_at == TIMES[0]


async def test_a_time_that_has_passed_meanwhile_cannot_be_chosen(session: AsyncSession) -> None:
    world = await _accepted(session)
    proposal = await actions.propose(session, world.referral, RECEIVER, TIMES, HOW, NOW)
    with pytest.raises(Refused):
        await actions.choose(session, world.referral, proposal.id, 0, CLIENT, FIRST)
    with pytest.raises(Refused):
        await actions.propose(session, world.referral, RECEIVER, [NOW], HOW, NOW)
    with pytest.raises(Refused):
        await actions.propose(session, world.referral, RECEIVER, [*TIMES, FIRST + timedelta(days=5)], HOW, NOW)


async def test_a_new_proposal_replaces_the_one_before(session: AsyncSession) -> None:
    world = await _accepted(session)
    old = await actions.propose(session, world.referral, RECEIVER, TIMES[:1], HOW, NOW)
    assert await actions.propose(session, world.referral, RECEIVER, TIMES[:1], HOW, NOW) is old
    new = await actions.propose(session, world.referral, RECEIVER, TIMES[1:], HOW, NOW)
    await session.refresh(old)
    assert (old.status, new.status) == ("replaced", "open")
    with pytest.raises(Conflict):
        await actions.choose(session, world.referral, old.id, 0, CLIENT, NOW)


async def test_moving_keeps_the_appointment_until_another_time_is_chosen(session: AsyncSession) -> None:
    world = await _accepted(session)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    await actions.ask_to_move(session, world.referral, NOW)
    visit = await _standing(session)
    assert (world.referral.status, visit.move_asked_at, visit.starts_at) == ("scheduled", NOW, FIRST)
    proposal = await actions.propose(session, world.referral, RECEIVER, TIMES[1:], HOW, NOW)
    await actions.choose(session, world.referral, proposal.id, 0, CLIENT, NOW)
    event = (await session.scalars(select(ReferralEvent).where(ReferralEvent.kind == "reschedule"))).one()
    assert (event.actor_role, event.reason_code) == ("client", "client_request")
    assert (visit.starts_at, visit.sequence, visit.move_asked_at) == (TIMES[1], 1, None)


async def test_whoever_moves_the_story_moves_the_appointment(session: AsyncSession) -> None:
    """By the old form, by the telephone, by another program: the appointment follows the event."""
    world = await _accepted(session)
    at = Said(facts={"appointment_at": FIRST})
    await act(session, world.referral, "schedule", RECEIVER, at, NOW)
    visit = await _standing(session)
    assert (visit.starts_at, visit.zone, visit.mode) == (FIRST, "Europe/London", "in_person")
    later = Said("provider_request", {"appointment_at": TIMES[2]})
    await act(session, world.referral, "reschedule", RECEIVER, later, NOW)
    assert (visit.starts_at, visit.sequence) == (TIMES[2], 1)
    await actions.call_off(session, world.referral, visit.id, CLIENT, "client_ill", NOW)
    await actions.call_off(session, world.referral, visit.id, CLIENT, "client_ill", NOW)
    assert (world.referral.status, visit.status, visit.sequence) == ("rebooking", "cancelled", 2)


async def test_withdrawing_takes_the_appointment_out_of_the_calendars(
    session: AsyncSession, settings: Settings
) -> None:
    world = await _accepted(session)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    await act(session, world.referral, "request_cancel", CLIENT, Said("client_withdrew"), NOW)
    await work(session, settings, NOW)
    told = [one for one in await letters(session) if one.purpose == "appointment"]
    assert {one.to_address for one in told if "METHOD:CANCEL" in (one.calendar or "")} == {
        "desk@carrick.example.org", world.sender.email,
    }  # fmt: skip


async def test_both_sides_get_a_calendar_s_file_that_says_nothing_of_the_person(
    session: AsyncSession, settings: Settings
) -> None:
    world = await _accepted(session)
    await actions.set_at_once(session, world.referral, case_manager(world.sender), FIRST, HOW, NOW)
    await work(session, settings, NOW)
    told = {one.to_address: one for one in await letters(session) if one.purpose == "appointment"}
    assert set(told) == {"desk@carrick.example.org", world.sender.email}
    desk = told["desk@carrick.example.org"]
    for secret in ("Paul", "Harvey", "physio", "Physio", "07700", "paul@example.org"):
        assert secret not in desk.subject + desk.body + (desk.calendar or "")
    [event] = Calendar.from_ical(desk.calendar or "").walk("VEVENT")
    assert event.decoded("dtstart").astimezone(UTC) == FIRST
    assert str(event["uid"]) == f"{(await _standing(session)).id}@appointment"
    part = next(iter(Smtp("smtp://localhost", "relais@example.org").letter(desk).iter_attachments()))
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REQUEST"


async def test_an_overtaken_change_is_not_told(session: AsyncSession, settings: Settings) -> None:
    world = await _accepted(session)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    await actions.set_at_once(session, world.referral, RECEIVER, TIMES[1], HOW, NOW)
    await work(session, settings, NOW)
    files = [one.calendar or "" for one in await letters(session) if one.purpose == "appointment"]
    assert len(files) == 2
    assert all("SEQUENCE:1" in file for file in files)


async def test_the_person_is_reminded_once_two_days_before_and_not_after_a_change(
    session: AsyncSession, settings: Settings
) -> None:
    world = await _accepted(session)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    await actions.set_at_once(session, world.referral, RECEIVER, TIMES[2], HOW, NOW)
    due = instant(date(2026, 12, 5), time(10), LONDON)
    for at in (due - timedelta(days=2), due - timedelta(minutes=1)):
        await work(session, settings, at)
        assert not await _reminders(session)
    await work(session, settings, due)
    await work(session, settings, due + timedelta(days=1))
    [reminder] = await _reminders(session)
    assert (reminder.until, reminder.channel) == (TIMES[2], "email")
    [mail] = [one for one in await letters(session, "paul@example.org") if one.purpose == "client_reminder"]
    for secret in ("physio", "Carrick", "Truro", "appointment", "Monday", "14:30"):
        assert secret.lower() not in (mail.subject + mail.body).lower()


async def test_nobody_is_reminded_by_a_way_that_is_not_safe(session: AsyncSession, settings: Settings) -> None:
    world = await _accepted(session, safe=False)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    await work(session, settings, FIRST - timedelta(hours=1))
    assert not await session.scalar(select(Message.id).where(Message.to_address == "paul@example.org"))
    assert not await _reminders(session)


async def test_a_miss_asks_what_stood_in_the_way_and_the_third_asks_for_a_decision(
    session: AsyncSession, settings: Settings
) -> None:
    world = await _accepted(session)
    for number in range(3):
        at = FIRST + timedelta(days=number)
        await actions.set_at_once(session, world.referral, RECEIVER, at, HOW, NOW)
        visit = await _standing(session)
        await act(session, world.referral, "no_show", RECEIVER, Said(facts={"missed_at": at}), at)
        assert visit.status == "missed"
        assert await wants_a_decision(session, world.referral) is (number == 2)
    own = case_manager(world.sender)
    await actions.say_what_stood_in_the_way(session, world.referral, visit.id, "transport", CLIENT)
    await actions.say_what_stood_in_the_way(session, world.referral, visit.id, "cost", own)
    assert (visit.barrier, visit.barrier_by) == ("transport", "client")
    shown = await visits_of(session, world.referral, FIRST + timedelta(days=3))
    assert ([one.barrier for one in shown.explained], len(shown.missed)) == (["transport"], 2)
    with pytest.raises(Refused):
        await actions.say_what_stood_in_the_way(session, world.referral, visit.id, "lazy", CLIENT)


async def test_a_confidential_place_is_never_filled_in(session: AsyncSession) -> None:
    world = await _accepted(session)
    place = (await session.scalars(select(ListingPlace))).one()
    assert (await usual(session, world.service.id)).place
    place.confidential = True
    await session.flush()
    found = await usual(session, world.service.id)
    assert (found.place, found.zone.key) == ("", "Europe/London")


async def test_a_receiver_proposes_by_its_link_and_the_times_are_those_of_the_place(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    await _accepted(session)
    await work(session, settings, NOW)
    link = link_in((await letters(session, "desk@carrick.example.org"))[0])
    page = await browser.open(f"{link}/times")
    page = await browser.submit("/times", day1="2026-12-04", at1="14:30", day2="2027-03-28", at2="01:30")
    assert page.status == 422
    assert "the clocks go forward" in page
    assert page.form("/times").fields["at1"] == ["14:30"]
    page = await browser.submit("/times", day2="", at2="")
    assert "The times are proposed." in page
    proposal = (await session.scalars(select(AppointmentProposal))).one()
    assert list(proposal.times) == [FIRST]
    assert "Friday 4 December at 14:30" in page
    assert "local time" not in page
    page = await browser.open(f"{link}/times")
    page = await browser.submit("/times", day1="2026-12-05", at1="9 h 15", agreed="yes")
    assert "The appointment is set." in page
    file = await browser.client.get(f"{link}/appointment.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    assert "DTSTART;TZID=Europe/London:20261205T091500" in file.text


def test_a_time_in_the_old_form_is_the_place_s_too_and_one_that_no_clock_shows_is_refused() -> None:
    referral = Referral(status="accepted", position=2, urgency="routine")
    typed = {"event": "schedule", "key": "k", "seen": "2", "day": "2026-12-04", "at": "14 h 30"}
    form = forms.parse(answers.Answer, typed)
    [(_, said)] = answers.read(form, referral, RECEIVER, NOW, LONDON)
    assert said.facts["appointment_at"] == FIRST
    form = forms.parse(answers.Answer, typed | {"day": "2027-03-28", "at": "01:30"})
    assert answers.read(form, referral, RECEIVER, NOW, LONDON) == []
    assert "clocks go forward" in form.errors["at"]


async def _reminders(session: AsyncSession) -> list[ClientMessage]:
    found = await session.scalars(select(ClientMessage).where(ClientMessage.kind == "client_reminder"))
    return list(found)


def test_the_day_of_these_tests_is_in_winter() -> None:
    assert datetime(2026, 12, 4, 14, 30, tzinfo=UTC) == FIRST
