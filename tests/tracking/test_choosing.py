"""Whose turn it is with an appointment: times that wait for the person, a wish to move it, none that fits; and whose clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import ClientMessage
from referrals.directory.models import ListingPlace
from referrals.kit.errors import Conflict, Refused
from referrals.kit.settings import Settings
from referrals.tracking import queries
from referrals.tracking.actions import act
from referrals.tracking.appointments import actions
from referrals.tracking.appointments.choosing import PAUSE, remind
from referrals.tracking.appointments.clocks import instant, whose_clock
from referrals.tracking.appointments.details import Details
from referrals.tracking.queries import Times, Waiting
from referrals.tracking.queries.today import times_wanted
from referrals.tracking.said import RECEIVER, Said, case_manager
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import World, sent
from tests.factories import case_manager as somebody
from tests.tracking.post_room import letters, link_in, work

LONDON, PARIS, LISBON = ZoneInfo("Europe/London"), ZoneInfo("Europe/Paris"), ZoneInfo("Europe/Lisbon")
YES = Said(facts={"first_contact_by": date(2026, 11, 27)})
FIRST = instant(date(2026, 12, 4), time(14, 30), LONDON)
TIMES = [FIRST, FIRST + timedelta(days=1)]
HOW = Details(LONDON, "in_person", "3 Quay Street, Truro", 45)
EARLIER, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("move_asked_at", "proposal", "decided_at", "since", "found"),
    [
        (None, None, None, NOW, None),
        (None, "open", None, NOW, Times.CHOOSING),
        (NOW, "chosen", EARLIER, EARLIER, Times.MOVE),
        (NOW, "open", None, EARLIER, Times.CHOOSING),
        (None, "refused", LATER, NOW, Times.NONE_FITS),
        (None, "refused", EARLIER, NOW, None),
        (None, "replaced", LATER, NOW, None),
    ],
)
def test_whose_turn_it_is(
    move_asked_at: datetime | None, proposal: str | None, decided_at: datetime | None, since: datetime, found: Times | None
) -> None:  # fmt: skip
    assert times_wanted(move_asked_at, proposal, decided_at, since) == found


def test_whose_clock_is_said_once_and_only_where_it_differs() -> None:
    assert whose_clock(LONDON, TIMES, LONDON) == whose_clock(LONDON, TIMES, LISBON) == ""
    assert "London" in whose_clock(LONDON, TIMES, PARIS)
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert whose_clock(ZoneInfo("Africa/Tunis"), [FIRST], PARIS) == ""
    assert whose_clock(ZoneInfo("Africa/Tunis"), [FIRST, summer], PARIS) != "", "the clocks change here and not there"


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


async def _day(session: AsyncSession, world: World, now: datetime = NOW) -> list[tuple[Waiting, Times | None]]:
    day = await queries.today(session, world.sender, now)
    return [(task.waiting, task.times) for task in (*day.tasks, *day.moving)]


async def test_a_wish_to_move_it_waits_for_us_until_times_are_proposed(session: AsyncSession) -> None:
    world = await _accepted(session)
    referral, by = world.referral, case_manager(world.sender)
    await actions.set_at_once(session, referral, RECEIVER, FIRST, HOW, NOW)
    assert await _day(session, world) == [(Waiting.MOVING, None)]
    await actions.ask_to_move(session, referral, NOW)
    assert await _day(session, world) == [(Waiting.TIMES, Times.MOVE)]
    assert await _day(session, world, FIRST + timedelta(days=3)) == [(Waiting.OUTCOME, Times.MOVE)], "over: how was it?"
    proposal = await actions.propose(session, referral, by, TIMES[1:], HOW, NOW)
    assert await _day(session, world) == [(Waiting.MOVING, Times.CHOOSING)], "their turn"
    await actions.none_fits(session, referral, proposal.id, NOW)
    assert await _day(session, world) == [(Waiting.TIMES, Times.MOVE)]
    await actions.set_at_once(session, referral, RECEIVER, TIMES[1], HOW, NOW)
    assert await _day(session, world) == [(Waiting.MOVING, None)]


async def test_none_that_fits_waits_for_us_until_the_story_moves_on(session: AsyncSession) -> None:
    world = await _accepted(session)
    proposal = await actions.propose(session, world.referral, RECEIVER, TIMES, HOW, NOW)
    assert await _day(session, world) == [(Waiting.MOVING, Times.CHOOSING)]
    await actions.none_fits(session, world.referral, proposal.id, NOW)
    assert await _day(session, world) == [(Waiting.TIMES, Times.NONE_FITS)]
    await act(session, world.referral, "start_service", RECEIVER, Said(facts={"started_on": NOW.date()}), LATER)
    assert await _day(session, world) == [(Waiting.MOVING, None)]


async def test_who_has_to_choose_is_reminded_once_a_day_by_the_safe_way(
    session: AsyncSession, settings: Settings
) -> None:
    world = await _accepted(session)
    proposal = await actions.propose(session, world.referral, RECEIVER, TIMES, HOW, NOW)
    await work(session, settings, NOW)
    before = len((await session.scalars(select(ClientMessage))).all())
    with pytest.raises(Refused, match="too_soon"):
        await remind(session, world.referral, proposal.id, NOW + timedelta(hours=1))
    await remind(session, world.referral, proposal.id, NOW + PAUSE)
    with pytest.raises(Refused, match="too_soon"):
        await remind(session, world.referral, proposal.id, NOW + PAUSE)
    await work(session, settings, NOW + PAUSE)
    assert len((await session.scalars(select(ClientMessage))).all()) == before + 1
    with pytest.raises(Conflict, match="already_answered"):
        await remind(session, world.referral, proposal.id, TIMES[-1])


async def test_the_pages_say_whose_turn_it_is(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    by = await somebody(session)
    world = await _accepted(session, sender=by)
    await actions.propose(session, world.referral, RECEIVER, TIMES, HOW, NOW)
    await work(session, settings, NOW)
    page = await browser.open(link_in((await letters(session, "desk@carrick.example.org"))[0]))
    assert "The person chooses one of them." in page
    assert "big-answer primary" not in page.text.split("Times that wait")[1]
    clock.now = NOW + PAUSE
    await browser.sign_in(by.email)
    page = await browser.open(f"/en/referrals/{world.referral.id}")
    assert "Paul has had times to choose from since 23 November 2026." in page
    assert "local time" not in page, "Truro and whoever reads it keep one clock"
    page = await browser.submit("/remind")
    assert "They are reminded, in the way that is safe for them." in page
    assert "Reminded on 24 November 2026." in page
    waiting = await actions.open_proposal(session, world.referral)
    assert waiting is not None
    await actions.none_fits(session, world.referral, waiting.id, clock.now)
    page = await browser.open("/en/today")
    assert "None of the times that Leg physiotherapy could offer suits Paul" in page
    assert "Propose times" in page
