"""Still so, ask me again: what goes on for long leaves the day until it is time to look once more, and the story says so."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.errors import Conflict, Refused
from referrals.tracking import queries
from referrals.tracking.actions import act, letters, reviewing
from referrals.tracking.actions.reviewing import called_in_vain, still_so
from referrals.tracking.actions.timers import LINK_OUTLIVES
from referrals.tracking.answers import days_ahead
from referrals.tracking.calendars import calendar
from referrals.tracking.jobs.ringing import ring_due
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import ReferralEvent, ReferralLink, ReferralTimer, Review
from referrals.tracking.queries import Waiting
from referrals.tracking.review_here import QUESTION
from referrals.tracking.said import RECEIVER, Said, case_manager
from referrals.tracking.timers import RULES, looked_at_again
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import World, sent
from tests.factories import case_manager as somebody

WAIT = Said(facts={"estimated_wait_days": 60, "review_on": date(2026, 12, 20)})
LATER = NOW + timedelta(days=29)
"""The review of a waiting list is due by then."""


@pytest.mark.parametrize(
    ("status", "urgency", "offered", "usual"),
    [
        (Status.WAITLISTED, "routine", (1, 2, 4), 4),
        (Status.WAITLISTED, "urgent", (1, 2), 2),
        (Status.IN_SERVICE, "routine", (1, 2, 4, 8, 12), 4),
        (Status.ON_HOLD, "urgent", (1, 2), 2),
        (Status.SENT, "routine", (), 0),
        (Status.DECLINED, "routine", (), 0),
    ],
)
def test_how_long_one_may_wait_before_one_looks_again(
    status: str, urgency: str, offered: tuple[int, ...], usual: int
) -> None:
    assert (reviewing.weeks(status, urgency), reviewing.usual(status, urgency)) == (offered, usual)


def test_every_state_that_goes_on_for_long_has_its_question() -> None:
    assert {status for status in RULES if looked_at_again(status)} == set(QUESTION)


def test_one_is_asked_again_when_offices_open() -> None:
    assert calendar("FR").open_of(date(2026, 12, 21)) == datetime.fromisoformat("2026-12-21T08:00:00Z")
    assert calendar("FR").open_of(date(2026, 12, 25)) == datetime.fromisoformat("2026-12-28T08:00:00Z"), "a holiday"


async def _waits(session: AsyncSession, world: World) -> list[Waiting]:
    return [task.waiting for task in (await queries.today(session, world.sender, LATER)).tasks]


async def test_still_so_moves_the_timer_and_stands_in_the_story(session: AsyncSession) -> None:
    world = await sent(session)
    referral, by = world.referral, case_manager(world.sender)
    await act(session, referral, "accept_waitlist", RECEIVER, WAIT, NOW)
    await ring_due(session, LATER, 10)
    assert await _waits(session, world) == [Waiting.SILENCE]
    events = len(list(await session.scalars(select(ReferralEvent))))
    on = await still_so(session, referral, by, 2, referral.position, LATER)
    await still_so(session, referral, by, 2, referral.position, LATER + timedelta(seconds=1))
    assert on == date(2027, 1, 5)
    assert await _waits(session, world) == [], "it moves without us until then"
    timers = list(await session.scalars(select(ReferralTimer).where(ReferralTimer.fired_at.is_(None))))
    assert [(timer.kind, timer.due_at) for timer in timers] == [("review", referral.due_at)], (
        "one, and the summary knows"
    )
    assert (referral.status, len(list(await session.scalars(select(ReferralEvent))))) == ("waitlisted", events)
    told = await queries.timeline(session, referral)
    assert [(one.kind, one.facts, one.actor_id) for one in told if one.kind == "still_so"] == [
        ("still_so", {"ask_again_on": on}, world.sender.id)
    ]
    assert "still_so" not in {one.kind for one in await queries.timeline(session, referral, "receiver")}
    link = await session.scalar(select(ReferralLink).where(ReferralLink.purpose == "receiver"))
    assert link is not None
    await session.refresh(link)
    assert referral.due_at is not None
    assert link.expires_at == referral.due_at + LINK_OUTLIVES
    assert await ring_due(session, referral.due_at, 10) == 1
    assert (await queries.today(session, world.sender, referral.due_at)).tasks[0].waiting == Waiting.SILENCE


async def test_an_older_page_and_a_state_that_is_over_cannot_say_it(session: AsyncSession) -> None:
    world = await sent(session)
    referral, by = world.referral, case_manager(world.sender)
    with pytest.raises(Conflict, match="not_possible"):
        await still_so(session, referral, by, 2, referral.position, NOW)
    await act(session, referral, "accept_waitlist", RECEIVER, WAIT, NOW)
    with pytest.raises(Conflict, match="already_answered"):
        await still_so(session, referral, by, 2, referral.position - 1, NOW)
    with pytest.raises(Refused, match="weeks"):
        await still_so(session, referral, by, 8, referral.position, NOW)
    assert (await session.scalars(select(Review))).all() == []


async def test_one_press_on_the_day_and_one_on_the_referral(browser: Browser, session: AsyncSession) -> None:
    by = await somebody(session)
    world = await sent(session, sender=by, now=NOW - timedelta(days=40))
    past = Said(facts={"estimated_wait_days": 60, "review_on": date(2026, 11, 10)})
    await act(session, world.referral, "accept_waitlist", RECEIVER, past, NOW - timedelta(days=30))
    await browser.sign_in(by.email)
    page = await browser.open("/en/today")
    assert "On the waiting list of Leg physiotherapy since" in page
    page = await browser.submit("/still-so", weeks="1")
    assert page.status == 200
    assert "Written down. You are asked again on 30 November 2026." in page
    assert "Nothing waits for you" in page
    page = await browser.open(f"/en/referrals/{world.referral.id}")
    assert "Looked at, and still so" in page
    assert "to be asked again on 30 Nov · Claire Morvan" in page
    page = await browser.submit("/still-so")
    assert "You are asked again on 21 December 2026." in page, "the usual one stands ready"
    page = await browser.submit("/still-so", weeks="99")
    assert "Please choose when you want to be asked again." in page


async def test_a_service_that_reads_no_mail_is_to_be_called_at_once(session: AsyncSession) -> None:
    world = await sent(session, listed_email=None)
    referral, by = world.referral, case_manager(world.sender)

    async def waits(days: int) -> list[Waiting]:
        return [one.waiting for one in (await queries.today(session, world.sender, NOW + timedelta(days=days))).tasks]

    assert await waits(0) == [Waiting.CALL]
    on = await called_in_vain(session, referral, by, referral.position, NOW)
    assert (on, await waits(0), await waits(1)) == (NOW.date() + timedelta(days=1), [], [Waiting.CALL])
    assert "called" in {one.kind for one in await queries.timeline(session, referral)}
    with pytest.raises(Conflict, match="already_answered"):
        await called_in_vain(session, referral, by, referral.position - 1, NOW)
    await letters.write(session, "secret" * 8, referral, world.sender.id, NOW)
    assert (await waits(1), await waits(10)) == ([], [Waiting.SILENCE]), "a letter is with them, until they are late"


def test_no_day_is_offered_on_which_nobody_works_there() -> None:
    at = date(2026, 12, 23)
    offered = {code: [day for day, _ in days_ahead("routine", at, calendar(code))] for code in ("GB-ENG", "FR")}
    assert offered["GB-ENG"] == ["2026-12-24", "2026-12-30", "2027-01-04"], "Monday 28 December stands for Boxing Day"
    assert offered["FR"] == ["2026-12-24", "2026-12-29", "2026-12-31"]
