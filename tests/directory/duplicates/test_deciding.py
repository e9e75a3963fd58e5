"""What a curator decides about two records: not the same, which holds, or the same, which can be undone."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Membership, Role
from referrals.directory.duplicates.actions import ask_again, say_different
from referrals.directory.duplicates.find import look_again
from referrals.directory.duplicates.merging.merge import merge
from referrals.directory.duplicates.merging.undo import undo
from referrals.directory.duplicates.queries import merge_of
from referrals.directory.duplicates.records import Entity
from referrals.directory.models import DuplicatePair, MergedInto, Organization, Phone, Service
from referrals.kit.errors import Conflict, NotAllowed, Refused
from tests.conftest import NOW
from tests.factories import account
from tests.factories.world import acting, organization, service

TEXT = (
    "Free help with letters, forms and benefits for whoever asks. Bring your papers; somebody looks at them with you."
)


@pytest.fixture
async def curator(session: AsyncSession) -> Actor:
    return await acting(session, await account(session, Role.CURATOR))


async def told_twice(session: AsyncSession) -> tuple[Service, Service]:
    """One service of one body, each with a number of its own, so that there is some doubt."""
    body = await organization(session, "Harbour Trust")
    found = [await service(session, "Benefits advice", by=body) for _ in range(2)]
    for one, number in zip(found, ("01872 555 010", "01872 555 099"), strict=True):
        one.description = TEXT
        session.add(Phone(service_id=one.id, number=number))
    await session.flush()
    return found[0], found[1]


async def looked_at(session: AsyncSession, *services: Service) -> list[DuplicatePair]:
    await look_again(session, Entity.SERVICE, [one.id for one in services], NOW)
    return list(await session.scalars(select(DuplicatePair).execution_options(populate_existing=True)))


async def test_two_that_are_not_the_same_are_not_asked_about_again(session: AsyncSession, curator: Actor) -> None:
    a, b = await told_twice(session)
    (pair,) = await looked_at(session, a, b)
    assert pair.decision is None
    await say_different(session, pair.id, curator, NOW)
    assert [one.decision for one in await looked_at(session, a, b)] == ["different"]
    a.description = TEXT + " Every Tuesday."
    await session.flush()
    assert [one.decision for one in await looked_at(session, a, b)] == ["different"]


async def test_they_are_asked_about_again_when_they_say_something_new(session: AsyncSession, curator: Actor) -> None:
    a, b = await told_twice(session)
    a.description = b.description = ""
    session.add_all(Phone(service_id=one.id, number="01872 555 077") for one in (a, b))
    await session.flush()
    assert await looked_at(session, a, b) == [], "too little is said to find them"
    first, second = sorted((a.id, b.id))
    pair = DuplicatePair(entity="service", a_id=first, b_id=second, score=0.3, reasons=[], found_at=NOW)
    session.add(pair)
    await session.flush()
    await say_different(session, pair.id, curator, NOW)
    a.description = b.description = TEXT
    await session.flush()
    assert [one.decision for one in await looked_at(session, a, b)] == [None]


async def test_only_a_curator_decides_and_only_once(session: AsyncSession, curator: Actor) -> None:
    (pair,) = await looked_at(session, *await told_twice(session))
    provider = await acting(
        session, await account(session, Role.PROVIDER_EDITOR, organization_id=(await organization(session)).id)
    )
    with pytest.raises(NotAllowed):
        await say_different(session, pair.id, provider, NOW)
    await say_different(session, pair.id, curator, NOW)
    with pytest.raises(Conflict):
        await say_different(session, pair.id, curator, NOW)
    assert (await ask_again(session, pair.id, curator)).decision is None


async def two_bodies(session: AsyncSession) -> tuple[Organization, Organization, Service, UUID]:
    """The second has a service and an editor."""
    kept, dropped = await organization(session, "Harbour Trust"), await organization(session, "The Harbour Trust, Inc.")
    offer = await service(session, "Benefits advice", by=dropped)
    editor = await account(session, Role.PROVIDER_EDITOR, organization_id=dropped.id)
    return kept, dropped, offer, editor.id


async def editors(session: AsyncSession, of: Organization) -> list[UUID]:
    return list(await session.scalars(select(Membership.user_id).where(Membership.organization_id == of.id)))


async def test_a_merge_is_told_by_the_names_that_the_two_had(session: AsyncSession, curator: Actor) -> None:
    """Also where the record that stays took the name of the other."""
    stays, leads = await told_twice(session)
    leads.name = "Main office"
    await session.flush()
    made = await merge(session, Entity.SERVICE, stays.id, leads.id, {"name": "dropped"}, curator, NOW)
    told = await merge_of(session, made.id)
    assert (told.before, told.dropped.name, told.kept.name) == ("Benefits advice", "Main office", "Main office")


async def test_a_merge_that_left_the_name_alone_is_told_by_it(session: AsyncSession, curator: Actor) -> None:
    stays, leads = await told_twice(session)
    leads.description = "Come as you are."
    await session.flush()
    made = await merge(session, Entity.SERVICE, stays.id, leads.id, {"description": "dropped"}, curator, NOW)
    assert stays.description == "Come as you are."
    assert (await merge_of(session, made.id)).before == "Benefits advice"


async def test_a_merged_organization_leads_to_the_other_and_its_services_and_editors_go_along(
    session: AsyncSession, curator: Actor
) -> None:
    kept, dropped, offer, editor = await two_bodies(session)
    made = await merge(session, Entity.ORGANIZATION, kept.id, dropped.id, {}, curator, NOW)
    for one in (kept, dropped, offer):
        await session.refresh(one)
    assert dropped.gone_at == NOW
    assert kept.gone_at is None
    assert offer.organization_id == kept.id
    assert await editors(session, kept) == [editor]
    leads = await session.get_one(MergedInto, dropped.id)
    assert (leads.kept_id, leads.merge_id) == (kept.id, made.id)


async def test_a_merge_of_organizations_can_be_undone(session: AsyncSession, curator: Actor) -> None:
    kept, dropped, offer, editor = await two_bodies(session)
    made = await merge(session, Entity.ORGANIZATION, kept.id, dropped.id, {"name": "dropped"}, curator, NOW)
    await session.refresh(kept)
    assert kept.name == "The Harbour Trust, Inc."
    await undo(session, made.id, curator, NOW)
    for one in (kept, dropped, offer):
        await session.refresh(one)
    assert (kept.name, dropped.name) == ("Harbour Trust", "The Harbour Trust, Inc.")
    assert dropped.gone_at is None
    assert offer.organization_id == dropped.id
    assert await editors(session, kept) == []
    assert await editors(session, dropped) == [editor]
    assert await session.get(MergedInto, dropped.id) is None


async def test_a_body_is_not_merged_with_the_one_above_it(session: AsyncSession, curator: Actor) -> None:
    kept, dropped, _, _ = await two_bodies(session)
    dropped.parent_organization_id = kept.id
    await session.flush()
    with pytest.raises(Refused):
        await merge(session, Entity.ORGANIZATION, kept.id, dropped.id, {}, curator, NOW)
