"""The inbox of a receiver with an account: queues, filters, whose hands a request is in, several at once."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import consent as agreement
from referrals.clients import identity
from referrals.clients.models import Need
from referrals.directory.models import Organization, Service
from referrals.kit.errors import Conflict, NotFound
from referrals.kit.i18n import speak
from referrals.tracking import queries
from referrals.tracking.actions import act
from referrals.tracking.inbox import asked, in_hand, several
from referrals.tracking.inbox.asked import STATUSES, Ask, Cursor, Queue
from referrals.tracking.inbox.several import Several, picked
from referrals.tracking.lifecycle import UNSENT, Status
from referrals.tracking.models import Referral, ReferralEvent
from referrals.tracking.queries.inbox import PAGE
from referrals.tracking.said import RECEIVER, Said
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import World, account, acting, case_manager, organization, sent, service
from tests.statements import counted

YES = Said(facts={"first_contact_by": date(2026, 11, 27)})


async def house(session: AsyncSession, *, name: str = "Carrick Centre", at: str = "desk") -> tuple[Service, Actor]:
    """An organization with one service and one account that answers for it."""
    ours = await organization(session, name)
    where = await service(session, f"Physiotherapy of {name}", by=ours)
    return where, await colleague(session, ours, at)


async def colleague(session: AsyncSession, of: Organization, at: str) -> Actor:
    user = await account(
        session, Role.PROVIDER_EDITOR, email=f"{at}@example.org", name=at.title(), organization_id=of.id
    )
    return await acting(session, user)


async def many(session: AsyncSession, to: Service, count: int) -> list[World]:
    by = await case_manager(session, email=f"sender{count}@example.org")
    return [
        await sent(session, sender=by, to=to, now=NOW - timedelta(hours=n), urgency="urgent" if n % 3 == 0 else "routine")
        for n in range(count)
    ]  # fmt: skip


def shown(inbox: queries.Inbox) -> list[str]:
    return [
        f"{one.referral.urgency[0]}{(NOW - one.referral.sent_at).seconds // 3600}"
        for one in inbox.rows
        if one.referral.sent_at
    ]


def test_every_status_that_a_receiver_may_meet_stands_in_one_queue() -> None:
    placed = [status for queue in Queue for status in STATUSES[queue]]
    assert len(placed) == len(set(placed))
    assert set(placed) == set(Status) - UNSENT - {Status.ENTERED_IN_ERROR}


def test_a_place_in_the_list_survives_the_address() -> None:
    at = NOW + timedelta(microseconds=123457)
    cursor = Cursor("urgent", at, UUID(int=7))
    assert asked.read({"after": str(cursor)}).after == cursor
    for nonsense in ("", "u", "u12", "x.y", "u1.zz", "u9" * 40 + ".00", "é"):
        assert asked.read({"after": nonsense, "queue": nonsense, "whose": nonsense, "service": nonsense}) == Ask()


async def test_the_urgent_come_first_then_the_oldest_page_by_page_and_back(session: AsyncSession) -> None:
    where, desk = await house(session)
    await many(session, where, 3)
    worlds = await many(session, where, PAGE + 4)
    first = await queries.received(session, desk, NOW)
    everything = sorted(
        (world.referral for world in worlds), key=lambda one: (one.urgency != "urgent", one.sent_at, one.id)
    )
    assert len(first.rows) == PAGE
    assert [row.referral.urgency for row in first.rows] == sorted(
        (row.referral.urgency for row in first.rows), reverse=True
    )
    assert first.previous is None
    second = await queries.received(session, desk, NOW, Ask(after=first.next))
    ids = [row.referral.id for row in (*first.rows, *second.rows)]
    assert len(ids) == len(set(ids)) == PAGE + 7
    assert {one.id for one in everything} <= set(ids)
    assert second.next is None
    back = await queries.received(session, desk, NOW, Ask(before=second.previous))
    assert [row.referral.id for row in back.rows] == [row.referral.id for row in first.rows]
    assert first.counts[Queue.ANSWER] == PAGE + 7


async def test_the_inbox_takes_as_many_statements_for_one_as_for_many(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    where, desk = await house(session)
    costs = []
    for count in (2, 7):
        for world in (await many(session, where, count))[::2]:
            await act(session, world.referral, "accept", RECEIVER, YES, NOW)
        session.expunge_all()
        for queue in (Queue.ANSWER, Queue.UNDER_WAY):
            async with counted(connection) as seen:
                await queries.received(session, desk, NOW, Ask(queue=queue))
            costs.append(len(seen))
    assert costs[:2] == costs[2:]


async def test_no_name_is_shown_or_found_before_a_yes_nor_after_the_agreement_ended(session: AsyncSession) -> None:
    where, desk = await house(session)
    world = await sent(session, to=where)
    by_name = Ask(words="harvey")
    assert not (await queries.received(session, desk, NOW, by_name)).rows
    [row] = (await queries.received(session, desk, NOW, Ask(words="truro"))).rows
    assert (row.name, row.need, row.area) == (None, "physiotherapy", "Truro")
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    under_way = replace(by_name, queue=Queue.UNDER_WAY)
    [row] = (await queries.received(session, desk, NOW, under_way)).rows
    assert row.name == "Paul Harvey"
    await agreement.revoke(session, world.consent, by=None, now=NOW)
    assert not (await queries.received(session, desk, NOW, under_way)).rows
    [row] = (await queries.received(session, desk, NOW, Ask(queue=Queue.UNDER_WAY))).rows
    assert (row.name, row.need, row.area) == (None, None, None)


async def test_the_list_keeps_silent_of_somebody_under_age_wherever_their_page_does(session: AsyncSession) -> None:
    """That they are under age was not agreed to be told: then being sent there may not be told either."""
    where, desk = await house(session)
    world = await sent(session, to=where)
    world.consent.sensitivity_allowed = []
    for year, told in ((1992, True), (2012, False)):
        await identity.write(
            session, world.client.id, given_name="Paul", family_name="Harvey", birth_date=date(year, 3, 14), address="", notes=""
        )  # fmt: skip
        page = await queries.shown(session, world.referral, NOW)
        [row] = (await queries.received(session, desk, NOW)).rows
        assert (page.agreed, page.need, page.area) == (told, row.need, row.area)
        assert bool((await queries.received(session, desk, NOW, Ask(words="truro"))).rows) is told


async def test_a_name_that_nobody_agreed_to_tell_is_neither_shown_nor_found(session: AsyncSession) -> None:
    where, desk = await house(session)
    world = await sent(session, to=where, scope=("need", "urgency"))
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    for words in ("harvey", "truro"):
        assert not (await queries.received(session, desk, NOW, Ask(Queue.UNDER_WAY, words=words))).rows
    [row] = (await queries.received(session, desk, NOW, Ask(Queue.UNDER_WAY))).rows
    assert (row.name, row.area, row.need) == (None, None, "physiotherapy")


async def test_filters_narrow_list_and_counts(session: AsyncSession) -> None:
    where, desk = await house(session)
    other = await service(session, "Hydrotherapy", by=await session.get_one(Organization, where.organization_id))
    late = await sent(session, to=where, now=NOW - timedelta(days=9))
    urgent = await sent(session, to=other, urgency="urgent")
    mine = await sent(session, to=other)
    await in_hand.give(session, mine.referral, desk.id, desk, NOW)

    async def found(ask: Ask) -> list[Referral]:
        inbox = await queries.received(session, desk, NOW, ask)
        assert inbox.counts[Queue.ANSWER] == len(inbox.rows)
        return [row.referral for row in inbox.rows]

    assert await found(Ask(service_id=where.id)) == [late.referral]
    assert await found(Ask(only="urgent")) == [urgent.referral]
    assert await found(Ask(only="late")) == [late.referral]
    assert await found(Ask(whose="mine")) == [mine.referral]
    assert await found(Ask(whose=desk.id)) == [mine.referral]
    assert await found(Ask(whose="nobody")) == [urgent.referral, late.referral]


# ------------------------------------------------------------------ whose hands


async def test_a_colleague_takes_over_in_one_click_and_only_the_receivers_side_sees_the_line(
    browser: Browser, session: AsyncSession
) -> None:
    where, jory = await house(session, at="jory")
    demelza = await colleague(session, await session.get_one(Organization, where.organization_id), "demelza")
    world = await sent(session, to=where)
    await in_hand.give(session, world.referral, jory.id, jory, NOW)
    await browser.sign_in(demelza.email)
    page = await browser.open(f"/en/my-services/referrals/{world.referral.id}")
    assert "Jory has it in hand" in page
    page = await browser.submit("/in-hand", button="Take it over")
    assert "It is in your hands now." in page
    assert "Taken over from Jory" in page
    await browser.client.get("/en/sign-out")
    for line in await queries.timeline(session, world.referral):
        assert line.kind in ("send", "seen")
    await browser.submit("sign-out")
    await browser.sign_in(world.sender.email)
    page = await browser.open(f"/en/referrals/{world.referral.id}")
    assert "Demelza" not in page.text
    assert "Jory" not in page.text


async def test_two_who_take_it_at_once_do_not_take_it_from_each_other(session: AsyncSession) -> None:
    where, jory = await house(session, at="jory")
    demelza = await colleague(session, await session.get_one(Organization, where.organization_id), "demelza")
    world = await sent(session, to=where)
    assert await in_hand.give(session, world.referral, jory.id, jory, NOW, seen=in_hand.NOBODY)
    assert not await in_hand.give(session, world.referral, jory.id, jory, NOW, seen=in_hand.NOBODY)
    with pytest.raises(Conflict):
        await in_hand.give(session, world.referral, demelza.id, demelza, NOW, seen=in_hand.NOBODY)
    assert len(await in_hand.turns(session, world.referral.id)) == 1


async def test_nothing_is_given_to_somebody_of_another_organization(session: AsyncSession) -> None:
    where, desk = await house(session)
    _elsewhere, stranger = await house(session, name="Elsewhere", at="stranger")
    both = replace(desk, organizations={Role.PROVIDER_EDITOR: (where.organization_id, _elsewhere.organization_id)})
    world = await sent(session, to=where)
    with pytest.raises(NotFound):
        await in_hand.give(session, world.referral, stranger.id, both, NOW)
    with pytest.raises(NotFound):
        await queries.get(session, stranger, world.referral.id, Role.PROVIDER_EDITOR)
    inbox = await queries.received(session, stranger, NOW)
    assert (inbox.rows, set(inbox.counts.values())) == ((), {0})


async def test_the_inbox_of_somebody_who_keeps_nothing_is_empty(session: AsyncSession) -> None:
    await sent(session)
    user = await account(session, Role.PROVIDER_EDITOR, email="nobody@example.org")
    assert not (await queries.received(session, await acting(session, user), NOW)).rows


# ------------------------------------------------------------------ several at once


async def test_each_of_several_is_its_own_act_and_what_failed_is_told(browser: Browser, session: AsyncSession) -> None:
    where, desk = await house(session)
    worlds = await many(session, where, 3)
    await browser.sign_in(desk.email)
    page = await browser.open("/en/my-services/referrals")
    assert "3 requests wait for your answer" in page
    await act(session, worlds[1].referral, "ask_info", RECEIVER, Said(words="Stairs?"), NOW)
    picks = [picked(world.referral, None) for world in worlds]
    stale = f"{worlds[1].referral.id}:1:-"
    fields = {"pick": [picks[0], stale, picks[2]], "do": "decline", "reason": "no_capacity"}
    before = page
    page = await browser.submit("/several", **fields)  # type: ignore[arg-type]
    assert "2 requests: done." in page
    assert "1 request stays as it was" in page
    assert "Something has happened meanwhile." in page
    page = await browser.showing(before).submit("/several", **fields)  # type: ignore[arg-type]
    assert "2 requests: done." in page
    declined = (await session.scalars(select(ReferralEvent).where(ReferralEvent.kind == "decline"))).all()
    assert {one.referral_id for one in declined} == {worlds[0].referral.id, worlds[2].referral.id}
    assert {(one.actor_id, one.reason_code) for one in declined} == {(desk.id, "no_capacity")}


async def test_several_go_on_the_waiting_list_and_to_a_colleague(session: AsyncSession) -> None:
    where, desk = await house(session)
    demelza = await colleague(session, await session.get_one(Organization, where.organization_id), "demelza")
    worlds = await many(session, where, 2)
    picks = [picked(world.referral, None) for world in worlds]
    given = await several.do(session, desk, Several(do="assign", key="k", pick=picks, colleague=str(demelza.id)), NOW)
    assert [one.why for one in given] == ["", ""]
    inbox = await queries.received(session, demelza, NOW, Ask(whose="mine"))
    assert len(inbox.rows) == 2
    picks = [picked(row.referral, row.in_hand) for row in inbox.rows]
    waits = await several.do(session, desk, Several(do="accept_waitlist", key="l", pick=picks, wait=4), NOW)
    assert [one.why for one in waits] == ["", ""]
    assert (await queries.received(session, desk, NOW)).counts[Queue.WAITING_LIST] == 2
    again = await several.do(session, desk, Several(do="decline", key="m", pick=picks, reason="no_capacity"), NOW)
    assert all(one.why for one in again)


async def test_several_of_somebody_elses_are_not_there(session: AsyncSession) -> None:
    speak("en")
    _ours, desk = await house(session)
    theirs = await sent(session)
    asked_ = Several(do="decline", key="k", pick=[picked(theirs.referral, None), "rubbish"], reason="no_capacity")
    [result] = await several.do(session, desk, asked_, NOW)
    assert result.why == "It is not here any more."
    assert theirs.referral.status == "sent"


async def test_what_lacks_is_asked_and_the_choice_is_kept(browser: Browser, session: AsyncSession) -> None:
    where, desk = await house(session)
    [world] = await many(session, where, 1)
    await browser.sign_in(desk.email)
    await browser.open("/en/my-services/referrals")
    page = await browser.submit("/several", pick=[picked(world.referral, None)], do="decline")
    assert page.status == 422
    assert "Please choose a reason." in page
    assert page.form("/several").fields["pick"] == [picked(world.referral, None)]
    page = await browser.submit("/several", pick=[])
    assert "Please choose at least one request." in page
    need = await session.get_one(Need, world.need.id)
    assert need.status == "in_referral"
