"""Handing people over: to a colleague or several, for a time or for good, by oneself or by the supervisor."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import actions as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import keeping_away
from referrals.clients import queries as people_queries
from referrals.clients.carrying import Carrier, acted_for, told_of
from referrals.clients.handing import actions, queries
from referrals.clients.handing.dealing import Period, dealt, last_day, period
from referrals.clients.models import Assignment, Client
from referrals.clients.queries import caseload
from referrals.kit.errors import NotFound, Refused
from referrals.kit.settings import Settings
from referrals.tracking import actions as tracking
from referrals.tracking import queries as stories
from referrals.tracking.actions import act
from referrals.tracking.said import RECEIVER, Said
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import World, account, acting, case_manager, client, need, sent, service
from tests.tracking.post_room import letters, work

CLAIRE, ANNA, TO = UUID(int=1), UUID(int=2), UUID(int=3)
WEEK = Period(NOW - timedelta(hours=9), NOW + timedelta(days=5))
SECOND = timedelta(seconds=1)


def at(actor: Actor, moment: datetime) -> Actor:
    """The same, in a request of this moment."""
    return replace(actor, at=moment)


async def team(session: AsyncSession) -> tuple[Actor, Actor, Actor]:
    """Claire, her colleague Anna, and Hélène who leads them."""
    claire = await case_manager(session)
    house = claire.organization(Role.CASE_MANAGER)
    anna = await case_manager(session, email="anna@example.org", name="Anna Le Goff", of=house)
    lead = await account(
        session, Role.SUPERVISOR, email="helene@example.org", name="Hélène Prigent", organization_id=house
    )
    return claire, anna, await acting(session, lead)


async def seen_by(session: AsyncSession, actor: Actor) -> set[UUID]:
    return {one.id for one in await session.scalars(caseload(actor))}


# ------------------------------------------------------------------ pure


def test_days_are_whole_and_end_with_their_last_day_even_when_the_clocks_change() -> None:
    for first, last in ((date(2026, 11, 24), date(2026, 12, 5)), (date(2026, 3, 28), date(2026, 3, 29))):
        found = period(first, last)
        assert last_day(found.until) == last
        assert (found.since.hour, found.until.hour) == (0, 0)
        assert found.until.date() == last + timedelta(days=1)


def test_people_are_shared_out_evenly_by_what_is_open() -> None:
    weights = {UUID(int=number): number % 4 for number in range(10, 31)}
    given = dealt(weights, [CLAIRE, ANNA, TO])
    loads = [sum(weights[one] + 1 for one, to in given.items() if to == whom) for whom in (CLAIRE, ANNA, TO)]
    assert set(given) == set(weights)
    assert max(loads) - min(loads) <= max(weights.values()) + 1
    assert dealt(weights, [ANNA]) == dict.fromkeys(weights, ANNA)


def test_it_is_known_for_whom_somebody_acted() -> None:
    stood_in = Carrier(ANNA, "stands_in", CLAIRE, CLAIRE, NOW, NOW + timedelta(days=5))
    took_over = Carrier(ANNA, "carries", CLAIRE, CLAIRE, NOW + timedelta(days=9), None)
    story = [took_over, stood_in]
    assert acted_for(story, ANNA, NOW) == CLAIRE
    assert acted_for(story, ANNA, NOW - SECOND) is None
    assert acted_for(story, ANNA, NOW + timedelta(days=5)) is None
    assert acted_for(story, ANNA, NOW + timedelta(days=10)) is None
    assert acted_for(story, CLAIRE, NOW) is None


# ------------------------------------------------------------------ for a time


async def test_whoever_stands_in_sees_the_person_from_the_first_moment_to_the_last_and_no_longer(
    session: AsyncSession,
) -> None:
    claire, anna, _lead = await team(session)
    paul, ben = await client(session, claire), await client(session, claire, given_name="Ben")
    await actions.hand_over(session, claire, {paul.id: anna.id}, claire.id, NOW, for_=WEEK)
    assert await seen_by(session, at(anna, WEEK.since - SECOND)) == set()
    assert await seen_by(session, at(anna, WEEK.since)) == {paul.id}
    assert await seen_by(session, at(anna, WEEK.until - SECOND)) == {paul.id}
    assert await seen_by(session, at(anna, WEEK.until)) == set()
    assert await seen_by(session, anna) == set()
    assert await seen_by(session, at(claire, NOW)) == {paul.id, ben.id}


async def test_coming_back_ends_it_at_once(session: AsyncSession) -> None:
    claire, anna, lead = await team(session)
    paul = await client(session, claire)
    later = Period(NOW + timedelta(days=20), NOW + timedelta(days=25))
    for ends in (claire, lead):
        await actions.hand_over(session, claire, {paul.id: anna.id}, claire.id, NOW, for_=WEEK)
        await actions.hand_over(session, claire, {paul.id: anna.id}, claire.id, NOW, for_=later)
        assert await actions.come_back(session, ends, claire.id, NOW + SECOND) == 1
        assert await seen_by(session, at(anna, NOW + SECOND)) == set()
        assert await seen_by(session, at(anna, later.since)) == set()
    assert await actions.come_back(session, anna, claire.id, NOW + SECOND) == 0


async def test_the_same_once_more_changes_nothing(session: AsyncSession) -> None:
    claire, anna, _lead = await team(session)
    paul = await client(session, claire)
    for _ in range(2):
        await actions.hand_over(session, claire, {paul.id: anna.id}, claire.id, NOW, for_=WEEK)
    assert len((await session.scalars(select(Assignment))).all()) == 2
    await actions.hand_over(session, claire, {paul.id: anna.id}, claire.id, NOW)
    [again] = await actions.hand_over(session, claire, {paul.id: anna.id}, claire.id, NOW + SECOND)
    assert again.why == "theirs"
    living = (await session.scalars(select(Assignment).where(Assignment.until.is_(None)))).all()
    assert [row.user_id for row in living] == [anna.id]


async def test_whoever_stands_in_sees_what_must_be_avoided_but_not_why(session: AsyncSession) -> None:
    claire, anna, _lead = await team(session)
    paul = await client(session, claire)
    where = await service(session)
    target = keeping_away.Target(where.id, None, None)
    await keeping_away.keep_away(session, paul, target, kind="safety", reason="He knows the house", now=NOW)
    await actions.hand_over(session, claire, {paul.id: anna.id}, claire.id, NOW, for_=WEEK)
    deputy = at(anna, NOW)
    assert [row.kind for row in (await people_queries.keep_away(session, [paul.id]))[paul.id]] == ["safety"]
    assert await keeping_away.reasons(session, deputy, paul) == {}
    await actions.hand_over(session, claire, {paul.id: anna.id}, claire.id, NOW)
    assert list((await keeping_away.reasons(session, deputy, paul)).values()) == ["He knows the house"]


# ------------------------------------------------------------------ for good, and by whom


async def test_for_good_the_former_one_sees_nothing_any_more_and_drafts_and_timers_go_along(
    session: AsyncSession,
) -> None:
    claire, anna, _lead = await team(session)
    world = await sent(session, sender=claire)
    asked = await need(session, world.client, "counselling")
    other = await service(session, "Counselling", needs=("counselling",))
    draft = await tracking.draft(session, claire, world.client, asked, other.id, NOW)
    await actions.hand_over(session, claire, {world.client.id: anna.id}, claire.id, NOW)
    assert await seen_by(session, at(claire, NOW)) == set()
    with pytest.raises(NotFound):
        await stories.get(session, at(claire, NOW), world.referral.id, Role.CASE_MANAGER)
    late = NOW + timedelta(days=9)
    assert (await stories.get(session, at(anna, late), draft.id, Role.CASE_MANAGER)).id == draft.id
    day = await stories.today(session, at(anna, late), late)
    assert {task.referral.id for task in day.tasks if task.referral} == {world.referral.id, draft.id}
    assert {task.instead_of for task in day.tasks} == {""}


async def test_a_colleague_to_whom_nothing_was_handed_sees_nothing_before_and_after(session: AsyncSession) -> None:
    claire, anna, _lead = await team(session)
    other = await case_manager(
        session, email="third@example.org", name="Third", of=claire.organization(Role.CASE_MANAGER)
    )
    world = await sent(session, sender=claire)
    for for_ in (WEEK, None):
        await actions.hand_over(session, claire, {world.client.id: anna.id}, claire.id, NOW, for_=for_)
        assert await seen_by(session, at(other, NOW)) == set()
        with pytest.raises(NotFound):
            await stories.get(session, at(other, NOW), world.referral.id, Role.CASE_MANAGER)


async def test_nobody_hands_over_what_is_not_theirs_nor_to_a_stranger(session: AsyncSession) -> None:
    claire, anna, lead = await team(session)
    paul = await client(session, claire)
    stranger = await case_manager(session, email="elsewhere@example.org")
    elsewhere = await account(
        session, Role.SUPERVISOR, email="lead@example.org", organization_id=stranger.organization(Role.CASE_MANAGER)
    )
    for by, from_id in ((anna, claire.id), (anna, anna.id), (await acting(session, elsewhere), claire.id)):
        if (by, from_id) == (anna, anna.id):
            [result] = await actions.hand_over(session, by, {paul.id: claire.id}, from_id, NOW)
            assert result.why
            continue
        with pytest.raises(Refused):
            await actions.hand_over(session, by, {paul.id: anna.id}, from_id, NOW)
    for by in (claire, lead):
        with pytest.raises(NotFound):
            await actions.hand_over(session, by, {paul.id: stranger.id}, claire.id, NOW)
    with pytest.raises(Refused):
        await actions.hand_over(session, claire, {uuid4(): anna.id}, claire.id, NOW)


async def test_whoever_leaves_the_organization_leaves_its_people_and_the_supervisor_sees_them(
    session: AsyncSession, settings: Settings
) -> None:
    claire, anna, lead = await team(session)
    house = claire.organization(Role.CASE_MANAGER)
    paul = await client(session, claire)
    await client(session, anna, given_name="Amina")
    moved = replace(claire, organizations={Role.CASE_MANAGER: (uuid4(),)})
    assert await seen_by(session, at(moved, NOW)) == set()
    assert house is not None
    assert await queries.without_anybody(session, [house]) == []
    await accounts.deactivate(session, claire.id, NOW)
    [alone] = await queries.without_anybody(session, [house])
    assert (alone.client_id, alone.alias) == (paul.id, paul.alias)
    await work(session, settings, NOW)
    [mail] = await letters(session, "helene@example.org")
    assert "case manager" in mail.subject
    assert paul.alias not in mail.body
    await actions.hand_over(session, lead, {paul.id: anna.id}, None, NOW)
    assert await queries.without_anybody(session, [house]) == []
    assert paul.id in await seen_by(session, at(anna, NOW))


# ------------------------------------------------------------------ notices


async def test_news_go_to_whoever_accompanies_the_person_now(session: AsyncSession, settings: Settings) -> None:
    claire, anna, lead = await team(session)
    world = await sent(session, sender=claire)
    house = world.client.id

    async def hears(moment: datetime) -> list[UUID]:
        return [user.id for user in await told_of(session, house, moment)]

    assert await hears(NOW) == [claire.id]
    await actions.hand_over(session, claire, {house: anna.id}, claire.id, NOW, for_=WEEK)
    assert (await hears(NOW), await hears(WEEK.until)) == ([anna.id], [claire.id])
    await act(session, world.referral, "ask_info", RECEIVER, Said(words="Stairs?"), NOW)
    await work(session, settings, NOW)
    assert not await letters(session, claire.email)
    mails = await letters(session, anna.email)
    assert [mail.purpose for mail in mails] == ["taken_over", "answer_for_sender"]
    assert "Paul" not in "".join(mail.subject + mail.body for mail in mails)
    await accounts.deactivate(session, anna.id, NOW)
    assert await hears(NOW) == [claire.id]
    await accounts.deactivate(session, claire.id, NOW)
    assert await hears(NOW) == [lead.id]


async def test_the_person_is_told_of_a_new_helper_but_not_of_a_stand_in(
    session: AsyncSession, settings: Settings, browser: Browser
) -> None:
    claire, anna, _lead = await team(session)
    world = await sent(session, sender=claire)
    await actions.hand_over(session, claire, {world.client.id: anna.id}, claire.id, NOW, for_=WEEK)
    await work(session, settings, NOW)
    assert not await letters(session, "paul@example.org")
    await actions.hand_over(session, claire, {world.client.id: anna.id}, claire.id, NOW)
    await work(session, settings, NOW)
    [mail] = await letters(session, "paul@example.org")
    for secret in ("Anna", "Claire", "Paul", "physio"):
        assert secret not in mail.subject + mail.body
    silent = await sent(session, sender=claire, email=None)
    silent.client.no_contact = True
    await actions.hand_over(session, claire, {silent.client.id: anna.id}, claire.id, NOW)
    await work(session, settings, NOW)


# ------------------------------------------------------------------ the pages


async def test_claire_goes_on_leave_and_anna_looks_at_what_was_agreed_and_acts_for_her(
    browser: Browser, session: AsyncSession, clock: Clock
) -> None:
    claire, anna, _lead = await team(session)
    world = await sent(session, sender=claire)
    await browser.sign_in(claire.email)
    page = await browser.open("/en/people")
    page = await browser.open(page.link("Hand over"))
    page = await browser.submit("/hand-over", to=[str(anna.id)], how="time", last="2026-11-20")
    assert page.status == 422
    assert "The last day comes before the first." in page
    page = await browser.submit("/hand-over", last="2026-11-27")
    assert "1 person is with Anna Le Goff." in page
    assert "Somebody stands in for you" in page
    await browser.submit("sign-out")
    await browser.sign_in(anna.email)
    page = await browser.open("/en/today")
    assert "1 person was handed to you" in page
    page = await browser.open(page.link("See what they agreed to"))
    assert "You stand in for Claire Morvan until" in page
    assert "Leg physiotherapy" in page
    page = await browser.submit("/taken-over")
    assert "was handed to you" not in page
    await browser.open(f"/en/referrals/{world.referral.id}")
    page = await browser.submit("/withdraw", reason="plan_changed")
    assert "Anna Le Goff for Claire Morvan" in page
    page = await browser.open("/en/people")
    assert "for Claire Morvan" in page
    page = await browser.open("/en/today")
    assert "For Claire Morvan." in page
    clock.pass_(days=5)
    await browser.sign_in(anna.email)
    assert (await browser.open(f"/en/people/{world.client.id}")).status == 404
    assert (await browser.open(f"/en/referrals/{world.referral.id}")).status == 404


async def test_the_supervisor_hands_over_a_caseload_without_learning_a_name(
    browser: Browser, session: AsyncSession
) -> None:
    claire, anna, lead = await team(session)
    people: list[Client] = [await client(session, claire, given_name=name) for name in ("Paul", "Ben", "Kate")]
    world: World = await sent(session, sender=claire)
    await browser.sign_in(lead.email)
    page = await browser.open("/en/team")
    page = await browser.open(next(href for text, href in page.links if "Hand over" in text and str(claire.id) in href))
    assert "P. from Truro" in page
    for secret in ("Harvey", "Paul", "physio"):
        assert secret not in page.text
    page = await browser.submit("/team/hand-over", to=[str(anna.id)], how="good")
    assert "4 people are with Anna Le Goff." in page
    assert await seen_by(session, at(anna, NOW)) == {*(one.id for one in people), world.client.id}
    assert await seen_by(session, at(claire, NOW)) == set()
    assert (await browser.open(f"/en/people/{people[0].id}")).status == 403
    page = await browser.open(f"/en/team/hand-over?from={uuid4()}")
    assert page.status == 404
