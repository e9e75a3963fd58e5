"""The one path: what was learned and what is at hand reaches the order, in as many statements for many as for few."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Need
from referrals.kit.settings import Settings
from referrals.matching import queries
from referrals.matching.judging import Proposals
from referrals.tracking.models import Learned, Referral
from tests.conftest import NOW
from tests.factories import case_manager, client, need
from tests.matching.scene import drives, listed
from tests.statements import counted

TODAY = NOW.date()


@pytest.fixture
async def person(session: AsyncSession) -> Client:
    found = await client(session, await case_manager(session))
    await drives(session, found)
    return found


@pytest.fixture
async def physio(session: AsyncSession, person: Client) -> Need:
    return await need(session, person)


async def proposed(session: AsyncSession, person: Client, wanted: Need) -> Proposals:
    return (await queries.proposals(session, await queries.asked(session, person, wanted, TODAY)))[0]


def ids(found: Proposals) -> list[UUID]:
    return [match.offer.service_id for match in found.ranked]


def learned(service_id: UUID | None, mean: float) -> Learned:
    return Learned(
        need="physiotherapy", measure="quality", service_id=service_id, count=20, weight=20, total=20 * mean, prior=0.5,
        kappa=10, mean=mean, spread=None if service_id else 0.3, as_of=TODAY,
    )  # fmt: skip


async def test_what_became_of_others_reaches_the_order_and_the_switch_takes_it_away(
    session: AsyncSession, person: Client, physio: Need, settings: Settings
) -> None:
    usual, helped = await listed(session, "Usual", km=2), await listed(session, "Helped many", km=9)
    session.add_all([learned(None, 0.6), learned(usual.id, 0.45), learned(helped.id, 0.8)])
    await session.flush()
    found = await proposed(session, person, physio)
    assert ids(found) == [helped.id, usual.id]
    assert found.weights["outcomes"] > 15
    session.info["settings"] = replace(settings, outcome_weight=0)
    off = await proposed(session, person, physio)
    assert "outcomes" not in off.weights
    assert off.by.evidence.services == {}
    assert set(ids(off)) == set(ids(found))


async def test_of_equals_the_one_with_fewer_open_requests_stands_first(
    session: AsyncSession, person: Client, physio: Need
) -> None:
    busy, free = await listed(session, "Busy", km=2), await listed(session, "Free", km=2)
    other = await need(session, person, "counselling")
    other.status = "in_referral"
    session.add(_request(person, other, busy.id, busy.organization_id, "sent"))
    stranger = await client(session, await case_manager(session, email="other@example.org"), given_name="Ana")
    session.add(_request(stranger, await need(session, stranger), free.id, free.organization_id, "declined"))
    await session.flush()
    wanted = await queries.asked(session, person, physio, TODAY)
    alone = await queries.propose(session, wanted.person, wanted.need, TODAY)
    assert ids(alone) == [free.id, busy.id]
    assert alone.by.loads == {busy.id: 1}
    beside = await proposed(session, person, physio)
    assert beside.ranked[0].part("continuity") is not None
    assert busy.id in beside.by.context.likely_services


async def test_a_place_where_they_are_taken_already_is_known(
    session: AsyncSession, person: Client, physio: Need
) -> None:
    known = await listed(session, "Known", km=2)
    other = await need(session, person, "counselling")
    session.add(_request(person, other, known.id, known.organization_id, "in_service"))
    await session.flush()
    asked = await queries.asked(session, person, physio, TODAY)
    assert asked.context.known_services == {known.id}
    assert asked.others == ()
    match = (await queries.matches_of(session, asked, [known.id]))[0]
    part = match.part("continuity")
    assert part is not None
    assert part.code == "known_service"


async def test_a_service_alone_is_measured_as_in_the_list(session: AsyncSession, person: Client, physio: Need) -> None:
    for number in range(4):
        await listed(session, f"Place {number}", km=number, wait_days=number * 9)
    await need(session, person, "counselling")
    asked = await queries.asked(session, person, physio, TODAY)
    found = (await queries.proposals(session, asked))[0]
    alone = await queries.matches_of(session, asked, ids(found))
    assert [(one.score, one.parts) for one in alone] == [(one.score, one.parts) for one in found.ranked]


async def test_many_services_take_no_more_statements_than_few(
    session: AsyncSession, person: Client, physio: Need
) -> None:
    counts = []
    for number in range(9):
        await listed(session, f"Place {number}", km=number)
        if number in (0, 8):
            counts.append(await _statements(session, person, physio))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


async def _statements(session: AsyncSession, person: Client, wanted: Need) -> int:
    await session.flush()
    asked = await queries.asked(session, person, wanted, TODAY)
    async with counted(await session.connection()) as seen:
        await queries.proposals(session, asked)
    return len(seen)


def _request(person: Client, of: Need, service: UUID, organization: UUID, status: str) -> Referral:
    return Referral(
        client_id=person.id, need_id=of.id, service_id=service, organization_id=organization, sender_id=person.id,
        sender_organization_id=person.organization_id, urgency="routine", channel="link", snapshot={}, status=status,
        sent_at=NOW,
    )  # fmt: skip
