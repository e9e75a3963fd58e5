"""One after the other, as was agreed to: never two at once, and nobody once something is not as it was agreed to."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import consent as agreement
from referrals.clients.models import Assignment, Client, Consent, Need
from referrals.directory.models import Listing, Service
from referrals.kit.errors import Conflict
from referrals.kit.mail import Message
from referrals.matching.following.in_turn import Wanted, begin, go_on
from referrals.matching.following.shown import Following
from referrals.matching.models import InTurn, NextBest, UnmetNeed
from referrals.tracking import actions as tracking
from referrals.tracking.beside import InTurn as TurnHere
from referrals.tracking.models import Referral
from referrals.tracking.said import RECEIVER, SYSTEM, Said, case_manager
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import PASSWORD, account, need
from tests.matching.scene import listed
from tests.matching.test_following import FULL, agrees, work

WANTED = Wanted("Mornings are best.", "routine")


@pytest.fixture(scope="session")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def physio(session: AsyncSession, paul: Client) -> Need:
    return await need(session, paul, need_by=NOW.date() + timedelta(days=40))


@pytest.fixture
async def three(session: AsyncSession) -> Sequence[Service]:
    return [await listed(session, f"{name} clinic", km=km) for name, km in (("First", 2), ("Second", 4), ("Third", 6))]


@pytest.fixture
async def turn(session: AsyncSession, claire: Actor, paul: Client, physio: Need, three: Sequence[Service]) -> InTurn:
    given = await agrees(session, paul, claire, *three, kind="named_list")
    return await begin(session, claire, physio, [one.id for one in three], given, WANTED, NOW)


async def tries(session: AsyncSession) -> list[Referral]:
    return list(await session.scalars(select(Referral).order_by(Referral.attempt)))


async def test_the_next_one_is_asked_when_the_one_before_has_said_no(
    session: AsyncSession, turn: InTurn, three: Sequence[Service], physio: Need
) -> None:
    for number, (said, event, party) in enumerate(
        ((FULL, "decline", RECEIVER), (Said(reason="no_response"), "expire", SYSTEM)), start=1
    ):
        asked = await tries(session)
        assert [(one.service_id, one.status) for one in asked][-1] == (three[number - 1].id, "sent")
        assert [one.status for one in asked].count("sent") == 1
        await tracking.act(session, asked[-1], event, party, said, NOW)
        await work(session)
    last = (await tries(session))[-1]
    assert (last.service_id, last.status, last.attempt) == (three[2].id, "sent", 3)
    assert (turn.asked, turn.ended) == (3, None)
    await tracking.act(session, last, "decline", RECEIVER, FULL, NOW)
    await work(session)
    assert turn.ended == "all_asked"
    assert len(await tries(session)) == 3


async def test_while_somebody_is_asked_nobody_else_is(session: AsyncSession, turn: InTurn) -> None:
    for _ in range(3):
        assert await go_on(session, turn, NOW) is None
    waits = Said(facts={"estimated_wait_days": 200, "review_on": NOW.date() + timedelta(days=90)})
    await tracking.act(session, (await tries(session))[0], "accept_waitlist", RECEIVER, waits, NOW)
    await work(session)
    assert len(await tries(session)) == 1


async def test_a_job_that_runs_twice_asks_once(session: AsyncSession, turn: InTurn) -> None:
    await tracking.act(session, (await tries(session))[0], "decline", RECEIVER, FULL, NOW)
    assert await go_on(session, turn, NOW) is not None
    assert await go_on(session, turn, NOW) is None
    assert await session.scalar(select(func.count()).select_from(Referral)) == 2


async def _revoked(session: AsyncSession, claire: Actor, paul: Client, physio: Need, turn: InTurn) -> None:
    given = await session.get_one(Consent, turn.consent_id)
    await agreement.revoke(session, given, by=claire.id, now=NOW)


async def _changed(session: AsyncSession, claire: Actor, paul: Client, physio: Need, turn: InTurn) -> None:
    physio.need_by = NOW.date() + timedelta(days=90)


async def _full(session: AsyncSession, claire: Actor, paul: Client, physio: Need, turn: InTurn) -> None:
    (await session.get_one(Listing, turn.service_ids[1])).capacity_status = "no-capacity"


async def _withdrawn(session: AsyncSession, claire: Actor, paul: Client, physio: Need, turn: InTurn) -> None:
    (await session.get_one(Listing, turn.service_ids[1])).published = False


async def _only_phone(session: AsyncSession, claire: Actor, paul: Client, physio: Need, turn: InTurn) -> None:
    (await session.get_one(Listing, turn.service_ids[1])).email = None


async def _uncarried(session: AsyncSession, claire: Actor, paul: Client, physio: Need, turn: InTurn) -> None:
    for one in await session.scalars(select(Assignment).where(Assignment.client_id == paul.id)):
        one.until = NOW


async def _another_order(session: AsyncSession, claire: Actor, paul: Client, physio: Need, turn: InTurn) -> None:
    given = await session.get_one(Consent, turn.consent_id)
    given.recipient_ids = [given.recipient_ids[0], given.recipient_ids[2], given.recipient_ids[1]]


@pytest.mark.parametrize(
    ("meanwhile", "end"),
    [
        (_revoked, "not_agreed"),
        (_another_order, "not_agreed"),
        (_changed, "need_changed"),
        (_full, "does_not_fit"),
        (_withdrawn, "does_not_fit"),
        (_only_phone, "no_way_to_ask"),
        (_uncarried, "nobody_carries"),
    ],
)
async def test_it_stops_where_something_is_not_as_it_was_agreed_to(
    session: AsyncSession,
    turn: InTurn,
    claire: Actor,
    paul: Client,
    physio: Need,
    end: str,
    meanwhile: Callable[..., Any],
) -> None:
    first = (await tries(session))[0]
    await meanwhile(session, claire, paul, physio, turn)
    await session.flush()
    await tracking.act(session, first, "decline", RECEIVER, FULL, NOW)
    await work(session)
    assert (turn.ended, len(await tries(session))) == (end, 1)
    assert await session.get(NextBest, physio.id) is not None


async def test_what_a_case_manager_ends_or_sends_by_hand_ends_the_list(
    session: AsyncSession, turn: InTurn, claire: Actor
) -> None:
    first = (await tries(session))[0]
    await tracking.withdraw(session, first, case_manager(claire), "plan_changed", NOW)
    told = await Following().in_turn(session, first)
    assert told is not None
    assert told.to_come == ()
    await work(session)
    assert (turn.ended, len(await tries(session))) == ("stopped", 1)


async def test_what_was_sent_by_mistake_ends_the_list(session: AsyncSession, turn: InTurn, claire: Actor) -> None:
    await tracking.act(session, (await tries(session))[0], "decline", RECEIVER, FULL, NOW)
    await work(session)
    second = (await tries(session))[1]
    assert await Following().in_turn(session, second) == TurnHere(("Third clinic",))
    await tracking.act(session, second, "void", case_manager(claire), Said(reason="wrong_person"), NOW)
    await work(session)
    assert (turn.ended, len(await tries(session))) == ("stopped", 2)


async def test_a_need_has_one_list_at_a_time(
    session: AsyncSession, turn: InTurn, claire: Actor, physio: Need, three: Sequence[Service]
) -> None:
    given = await session.get_one(Consent, turn.consent_id)
    with pytest.raises(Conflict):
        await begin(session, claire, physio, [three[0].id], given, WANTED, NOW)


async def test_after_three_that_led_nowhere_it_is_counted_and_told_without_a_name(
    session: AsyncSession, turn: InTurn, claire: Actor, paul: Client, physio: Need
) -> None:
    await account(session, Role.SUPERVISOR, name="Sam", organization_id=paul.organization_id)
    await account(session, Role.CURATOR, name="Cora")
    await listed(session, "Fourth clinic", km=9)
    for number in range(3):
        await tracking.act(session, (await tries(session))[number], "decline", RECEIVER, FULL, NOW)
        await work(session)
    gap = (await session.scalars(select(UnmetNeed))).one()
    assert (gap.need, gap.binding, gap.times) == ("physiotherapy", "H11", 1)
    told = {
        one.to_address: one for one in await session.scalars(select(Message).where(Message.purpose.like("nobody%")))
    }
    assert set(told) == {"supervisor@example.org", "curator@example.org"}
    for one in told.values():
        for word in ("Paul", "Harvey", "physio", "Truro", "Claire"):
            assert word not in one.subject + one.body
    row = await session.get_one(NextBest, physio.id)
    assert [one["name"] for one in row.shown] == ["Fourth clinic"]


async def test_where_nobody_fits_at_all_one_refusal_is_enough(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    only = await listed(session, "Only clinic")
    given = await agrees(session, paul, claire, only, kind="named_list")
    await begin(session, claire, physio, [only.id], given, WANTED, NOW)
    await tracking.act(session, (await tries(session))[0], "decline", RECEIVER, FULL, NOW)
    await work(session)
    assert await session.scalar(select(func.count()).select_from(UnmetNeed)) == 1
    await work(session)


async def test_three_are_put_in_order_read_out_and_the_first_is_asked(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need, three: Sequence[Service]
) -> None:
    await browser.sign_in(claire.email, PASSWORD)
    await browser.open(f"/en/needs/{physio.id}/in-turn")
    first, second, third = three
    page = await browser.submit("/in-turn", **{f"p-{third.id}": "1", f"p-{first.id}": "2", f"p-{second.id}": ""})
    assert "1. Third clinic (Third clinic Trust); 2. First clinic (First clinic Trust)" in page
    page = await browser.submit(
        "/in-turn", method="oral_witnessed", witness="Ann", direction="both", message="Mornings."
    )
    assert "Sent to Third clinic. Whoever comes next is asked by itself, one after the other." in page
    turn = (await session.scalars(select(InTurn))).one()
    given = await session.get_one(Consent, turn.consent_id)
    assert (given.recipient_type, given.recipient_ids) == ("named_list", [str(third.id), str(first.id)])
    assert [one.service_id for one in await tries(session)] == [third.id]
    await tracking.act(session, (await tries(session))[0], "decline", RECEIVER, FULL, NOW)
    await work(session)
    assert [one.service_id for one in await tries(session)] == [third.id, first.id]


@pytest.mark.parametrize("places", [("1", "1", ""), ("1", "", ""), ("", "", "")])
async def test_an_order_that_is_none_is_asked_again(
    browser: Browser, claire: Actor, physio: Need, three: Sequence[Service], places: Sequence[str]
) -> None:
    await browser.sign_in(claire.email, PASSWORD)
    await browser.open(f"/en/needs/{physio.id}/in-turn")
    chosen = {f"p-{one.id}": place for one, place in zip(three, places, strict=True)}
    page = await browser.submit("/in-turn", **chosen)
    assert page.status == 422
    assert "Please give two or three of them a place of their own." in page
