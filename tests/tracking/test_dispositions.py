"""What follows from an attempt that failed: one decision for each, the need's loop open until there is one."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.errors import Conflict
from referrals.tracking import dispositions
from referrals.tracking.actions import act, close_need, draft, send
from referrals.tracking.dispositions import Kind
from referrals.tracking.models import Disposition, Referral, ReferralEvent
from referrals.tracking.said import RECEIVER, SYSTEM, Said, Snapshot, case_manager
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import World, consent, sent, service
from tests.factories import case_manager as somebody

NO = Said(reason="no_capacity")
LATER = NOW + timedelta(days=1)


async def _again(session: AsyncSession, world: World, name: str = "Elsewhere", *, on: bool = True) -> Referral:
    """The next attempt for the same need, at another service."""
    where = await service(session, name)
    agreed = await consent(session, world.client, where, world.sender)
    referral = await draft(session, world.sender, world.client, world.need, where.id, LATER)
    if on:
        await send(session, referral, world.sender, agreed, Snapshot(rules="test"), LATER)
    return referral


async def _asks(session: AsyncSession, referral: Referral) -> bool:
    return (
        await session.scalar(select(Referral.id).where(Referral.id == referral.id, dispositions.undecided()))
        is not None
    )


@pytest.mark.parametrize(
    ("event", "party", "said"),
    [
        ("decline", RECEIVER, NO),
        ("expire", SYSTEM, Said(reason="no_response")),
        ("cancel", SYSTEM, Said(reason="consent_revoked")),
    ],
)
async def test_a_failed_attempt_asks_for_a_decision(
    session: AsyncSession, event: str, party: object, said: Said
) -> None:
    world = await sent(session)
    assert not await _asks(session, world.referral)
    await act(session, world.referral, event, party, said, NOW)  # type: ignore[arg-type]
    assert await _asks(session, world.referral)
    assert world.need.status == "open"


async def test_sending_again_is_the_decision(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "decline", RECEIVER, NO, NOW)
    second = await _again(session, world, on=False)
    assert await _asks(session, world.referral)
    await act(session, second, "cancel", case_manager(world.sender), Said(reason="plan_changed"), LATER)
    third = await _again(session, world, "A third")
    found = await dispositions.decisions(session, world.need.id)
    assert {id: (one.kind, one.next_referral_id) for id, one in found.items()} == {
        world.referral.id: (Kind.RE_REFERRED, third.id), second.id: (Kind.RE_REFERRED, third.id),
    }  # fmt: skip
    assert found[world.referral.id].actor_id == world.sender.id
    assert world.need.status == "in_referral"


async def test_of_two_asked_at_once_the_one_that_fails_leaves_the_other_to_go_on(session: AsyncSession) -> None:
    world = await sent(session)
    other = await _again(session, world)
    await act(session, world.referral, "decline", RECEIVER, NO, LATER)
    found = await dispositions.decisions(session, world.need.id)
    assert (found[world.referral.id].next_referral_id, found[world.referral.id].actor_role) == (other.id, "system")
    assert world.need.status == "in_referral"
    await act(session, other, "decline", RECEIVER, NO, LATER)
    assert await _asks(session, other)
    assert world.need.status == "open"


async def test_a_verdict_decides_all_that_failed_and_an_unmet_need_is_counted(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "decline", RECEIVER, NO, NOW)
    by = case_manager(world.sender)
    await close_need(session, world.need, by, "unmet", "none", LATER, unmet_reason="no_capacity")
    found = (await dispositions.decisions(session, world.need.id))[world.referral.id]
    assert (found.kind, found.reason, found.at, found.actor_id) == ("unmet", "no_capacity", LATER, world.sender.id)
    jobs = await session.scalars(
        text("SELECT args->>'reason' FROM procrastinate_jobs WHERE task_name = 'matching.record_gap'")
    )
    assert jobs.all() == ["no_capacity"]


async def test_what_was_done_and_did_not_help_is_decided_with_the_verdict(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, Said(facts={"first_contact_by": date(2026, 11, 27)}), NOW)
    done = Said(facts={"provider_outcome": "none", "service_date": date(2026, 11, 24)})
    await act(session, world.referral, "complete", RECEIVER, done, NOW)
    by = case_manager(world.sender)
    await close_need(
        session, world.need, by, "unmet", "client", LATER, unmet_reason="service_did_not_help", contact_attempts=2
    )
    assert (await dispositions.decisions(session, world.need.id))[world.referral.id].kind == "unmet"


async def test_they_see_to_it_themselves_and_it_is_said_once(session: AsyncSession) -> None:
    world = await sent(session)
    by = case_manager(world.sender)
    with pytest.raises(Conflict):
        await dispositions.by_themselves(session, world.referral, by, NOW)
    await act(session, world.referral, "decline", RECEIVER, NO, NOW)
    await dispositions.by_themselves(session, world.referral, by, LATER)
    assert world.need.status == "open"
    assert not await _asks(session, world.referral)
    with pytest.raises(Conflict):
        await dispositions.by_themselves(session, world.referral, by, LATER)


async def test_a_next_attempt_that_was_a_mistake_leaves_the_loop_open_again(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "decline", RECEIVER, NO, NOW)
    second = await _again(session, world)
    await act(session, second, "void", case_manager(world.sender), Said(reason="wrong_service"), LATER)
    assert await _asks(session, world.referral)
    assert world.need.status == "open"
    assert len((await session.scalars(select(Disposition))).all()) == 1


async def test_a_closed_need_that_opens_again_keeps_its_history(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "decline", RECEIVER, NO, NOW)
    by = case_manager(world.sender)
    await close_need(session, world.need, by, "withdrawn", "client", LATER)
    before = [event.id for event in await session.scalars(select(ReferralEvent))]
    await dispositions.reopen(session, world.need, LATER + timedelta(days=40))
    assert (world.need.status, world.need.closed_at) == ("open", None)
    assert not await _asks(session, world.referral)
    again = await _again(session, world)
    assert again.attempt == 2
    assert (await dispositions.decisions(session, world.need.id))[world.referral.id].kind == "withdrawn"
    assert set(before) < {event.id for event in await session.scalars(select(ReferralEvent))}
    with pytest.raises(Conflict):
        await dispositions.reopen(session, world.need, LATER)


async def test_the_page_asks_what_comes_next_and_the_day_asks_how_it_went(
    browser: Browser, session: AsyncSession, clock: Clock
) -> None:
    by = await somebody(session)
    await browser.sign_in(by.email)
    world = await sent(session, sender=by)
    await act(session, world.referral, "decline", RECEIVER, NO, NOW)
    page = await browser.open(f"/en/referrals/{world.referral.id}")
    assert "Nothing is decided yet" in page
    page = await browser.submit("/themselves")
    assert "Since 23 November 2026 they see to it themselves." in page
    assert "Nothing is decided yet" not in page
    page = await browser.open("/en/today")
    assert "They see to it themselves." in page
    assert "How did it go?" not in page
    clock.pass_(days=14)
    await browser.sign_in(by.email)
    page = await browser.open("/en/today")
    assert "wanted to see to it themselves" in page
    await close_need(session, world.need, case_manager(by), "met_elsewhere", "client", clock.now)
    await browser.open(f"/en/referrals/{world.referral.id}")
    page = await browser.submit("/reopen")
    assert "The need is open again. What was tried stays written down." in page
    page = await browser.open("/en/today")
    assert "Opened again" in page
