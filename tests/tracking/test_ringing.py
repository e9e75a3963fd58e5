"""What is due rings, once: reminders, answers that time gives, the supervisor's mail; a year of it in seconds."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.directory.actions.history import Editor
from referrals.directory.models import ListingPlace
from referrals.kit.settings import Settings
from referrals.tracking import dispositions
from referrals.tracking.actions import act, draft
from referrals.tracking.actions.pace import set_pace
from referrals.tracking.jobs.ringing import BATCH, LATER, ring, ring_due, set_missing
from referrals.tracking.models import Referral, ReferralEvent, ReferralTimer
from referrals.tracking.said import RECEIVER, Said, case_manager
from tests.conftest import NOW
from tests.factories import account, need, sent, service
from tests.factories import case_manager as somebody
from tests.factories import client as person
from tests.tracking.post_room import letters, work

YES = Said(facts={"first_contact_by": date(2026, 11, 27)})
DONE = Said(facts={"provider_outcome": "full", "service_date": date(2026, 11, 24)})
DESK = "desk@carrick.example.org"


async def _at(session: AsyncSession, now: datetime) -> None:
    """Everything that is due by then, batch after batch."""
    while await ring_due(session, now, 3):
        await session.flush()


async def _waiting(session: AsyncSession, referral: Referral) -> dict[str, datetime]:
    rows = await session.scalars(
        select(ReferralTimer).where(ReferralTimer.referral_id == referral.id, ReferralTimer.fired_at.is_(None))
    )
    return {timer.kind: timer.due_at for timer in rows}


async def test_a_year_in_which_nobody_does_anything(session: AsyncSession) -> None:
    by = await somebody(session)
    worlds = [await sent(session, sender=by, urgency=["routine", "urgent"][number % 2]) for number in range(8)]
    silent, asked, waitlisted, booked, served, stopped, done, drafted = (world.referral for world in worlds)
    await act(session, asked, "ask_info", RECEIVER, Said(words="Stairs?"), NOW)
    wait = Said(facts={"estimated_wait_days": 60, "review_on": date(2026, 12, 20)})
    await act(session, waitlisted, "accept_waitlist", RECEIVER, wait, NOW)
    for referral in (booked, served, stopped, done):
        await act(session, referral, "accept", RECEIVER, YES, NOW)
    await act(session, booked, "schedule", RECEIVER, Said(facts={"appointment_at": NOW + timedelta(days=9)}), NOW)
    await act(session, served, "start_service", RECEIVER, Said(facts={"started_on": date(2026, 11, 23)}), NOW)
    await act(session, stopped, "request_cancel", case_manager(by), Said(reason="client_withdrew"), NOW)
    await act(session, done, "complete", RECEIVER, DONE, NOW)
    await act(session, drafted, "void", case_manager(by), Said(reason="wrong_person"), NOW)
    now: datetime | None = NOW
    while now and now < NOW + timedelta(days=366):
        await _at(session, now)
        now = await session.scalar(select(func.min(ReferralTimer.due_at)).where(ReferralTimer.fired_at.is_(None)))
    assert [world.referral.status for world in worlds] == [
        "expired", "expired", "waitlisted", "scheduled", "in_service", "cancelled", "closed", "entered_in_error",
    ]  # fmt: skip
    rows = list(await session.scalars(select(ReferralTimer)))
    rung = Counter((timer.referral_id, timer.kind) for timer in rows if timer.fired_at)
    assert rung[silent.id, "expire"] == 1
    assert {kind: rung[booked.id, kind] for kind in ("ask_attendance", "attendance")} == {
        "ask_attendance": 1, "attendance": 1,
    }  # fmt: skip
    assert rung[served.id, "progress"] == 12
    assert rung[waitlisted.id, "review"] in (11, 12)
    assert all(timer.fired_at is None or timer.due_at == timer.fired_at for timer in rows)
    events = Counter(await session.scalars(select(ReferralEvent.kind).where(ReferralEvent.actor_role == "system")))
    assert events == {"expire": 2, "confirm_cancel": 1, "auto_close": 1}


async def test_a_receiver_is_reminded_twice_and_then_time_answers(session: AsyncSession, settings: Settings) -> None:
    world = await sent(session)
    for day in range(16):
        await _at(session, NOW + timedelta(days=day))
        await work(session, settings, NOW + timedelta(days=day))
    assert [mail.purpose for mail in await letters(session, DESK)] == [
        "referral_new",
        "referral_reminder",
        "referral_reminder",
    ]
    assert (world.referral.status, world.need.status) == ("expired", "open")


async def test_after_a_night_of_a_week_nobody_gets_a_heap_of_reminders(
    session: AsyncSession, settings: Settings
) -> None:
    late, silent = (await sent(session)).referral, (await sent(session, now=NOW - timedelta(days=20))).referral
    await work(session, settings, NOW)
    await _at(session, NOW + timedelta(days=7))
    await work(session, settings, NOW + timedelta(days=7))
    assert [mail.purpose for mail in await letters(session, DESK)] == [
        "referral_new",
        "referral_new",
        "referral_reminder",
    ]
    assert (late.status, silent.status) == ("sent", "expired")


async def test_a_question_stops_the_clock_of_whoever_asked(session: AsyncSession) -> None:
    """Asked after two of ten working days; our reply takes a week, and eight are left."""
    world = await sent(session)
    await act(session, world.referral, "ask_info", RECEIVER, Said(words="Stairs?"), NOW + timedelta(days=2))
    assert set(await _waiting(session, world.referral)) == {"reply", "escalate", "expire"}
    await _at(session, NOW + timedelta(days=7))
    answered = NOW + timedelta(days=9)
    await act(session, world.referral, "provide_info", case_manager(world.sender), Said(words="One floor."), answered)
    assert await _waiting(session, world.referral) == {
        "remind_again": NOW + timedelta(days=14), "expire": NOW + timedelta(days=21),
    }  # fmt: skip
    await _at(session, NOW + timedelta(days=20, hours=23))
    assert world.referral.status == "sent"
    await _at(session, NOW + timedelta(days=21))
    assert world.referral.status == "expired"


async def test_the_supervisor_is_told_of_what_nobody_decides(session: AsyncSession, settings: Settings) -> None:
    world, decided, beside = [await sent(session) for _ in range(3)]
    organization = world.referral.sender_organization_id
    await account(session, Role.SUPERVISOR, email="sup@example.org", name="Morwenna", organization_id=organization)
    beside.referral.sender_organization_id = organization
    for referral in (world.referral, decided.referral, beside.referral):
        await act(session, referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await dispositions.by_themselves(session, decided.referral, case_manager(decided.sender), NOW)
    assert await _waiting(session, decided.referral) == {}
    await _at(session, NOW + timedelta(days=3))
    await work(session, settings, NOW + timedelta(days=3))
    assert await letters(session, "sup@example.org") == []
    await _at(session, NOW + timedelta(days=4))
    await work(session, settings, NOW + timedelta(days=4))
    mails = await letters(session, "sup@example.org")
    assert [mail.purpose for mail in mails] == ["stands_still"], "one of both"
    assert "Paul" not in mails[0].body + mails[0].subject
    assert "physio" not in mails[0].body + mails[0].subject


async def test_what_moved_in_time_rings_no_more(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await _at(session, NOW + timedelta(days=60))
    kinds = await session.scalars(select(ReferralTimer.kind).where(ReferralTimer.fired_at.is_not(None)))
    assert kinds.all() == ["first_contact"]
    assert world.referral.status == "accepted"


async def test_one_that_cannot_move_is_left_for_later_and_spoils_nothing(session: AsyncSession) -> None:
    stuck, fine = await sent(session), await sent(session)
    session.add(ReferralEvent(
        referral_id=stuck.referral.id, position=2, kind="accept", from_status="sent", to_status="accepted", at=NOW,
        actor_role="provider", facts={},
    ))  # fmt: skip
    await session.flush()
    now = NOW + timedelta(days=14)
    assert await ring_due(session, now, 20) == 6
    assert (stuck.referral.status, fine.referral.status) == ("sent", "expired")
    assert (await _waiting(session, stuck.referral))["expire"] == now + LATER


async def test_a_full_batch_asks_for_another(session: AsyncSession) -> None:
    world = await sent(session)
    await session.execute(text(
        "INSERT INTO referral_timer (referral_id, position, kind, round, due_at) "
        "SELECT :id, 0, 'nudge', number, :now FROM generate_series(1, :many) AS number"
    ), {"id": world.referral.id, "now": NOW, "many": BATCH})  # fmt: skip
    await ring(session, now=NOW)
    again = select(func.count()).select_from(text("procrastinate_jobs")).where(text("task_name = 'tracking.ring'"))
    assert await session.scalar(again) == 1
    await ring(session, now=NOW)
    assert await session.scalar(again) == 1, "nothing was due any more"


async def test_what_was_sent_before_there_were_timers_gets_them(session: AsyncSession) -> None:
    world = await sent(session)
    before = await _waiting(session, world.referral)
    await session.execute(delete(ReferralTimer))
    world.referral.entered_at = None
    await session.flush()
    await set_missing(session, now=NOW + timedelta(days=1))
    assert await _waiting(session, world.referral) == before
    await set_missing(session, now=NOW + timedelta(days=1))
    assert await _waiting(session, world.referral) == before


@pytest.mark.parametrize(
    ("country", "postcode", "code"), [("FR", "67000", "FR-6AE"), ("GB", "EH1 1AA", "GB-SCT"), (None, None, "GB-ENG")]
)
async def test_where_a_service_is_says_which_days_count(
    session: AsyncSession, country: str | None, postcode: str | None, code: str
) -> None:
    by, where = await somebody(session), await service(session)
    session.add(
        ListingPlace(service_id=where.id, kind="physical", confidential=False, country=country, postcode=postcode)
    )
    who = await person(session, by)
    await set_pace(session, where, "routine", {"answer": 4}, Editor(by.id, "provider_editor"), NOW)
    referral = await draft(session, by, who, await need(session, who), where.id, NOW)
    assert (referral.calendar, referral.sender_calendar, referral.pace) == (code, "GB-ENG", {"answer": 4})
