"""Two listings that turn out to be one, or one that is withdrawn, while people are on their way there: one truth all along."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.models import Client, Need
from referrals.directory.duplicates.merging import merge, undo
from referrals.directory.duplicates.records import Entity
from referrals.directory.models import Listing, ListingPlace, Merge, Organization, Service
from referrals.exchange.caseload.rows import rows as caseload_rows
from referrals.kit.errors import Conflict
from referrals.matching.following import finding
from referrals.matching.following.in_turn import Wanted, begin
from referrals.matching.following.shown import Following
from referrals.matching.models import InTurn, NextBest
from referrals.tracking import actions as tracking
from referrals.tracking import queries
from referrals.tracking.actions import client_links, links
from referrals.tracking.appointments import actions as appointments
from referrals.tracking.appointments.details import usual, zone_of
from referrals.tracking.beside import Proposed
from referrals.tracking.inbox.asked import Ask, Queue
from referrals.tracking.models import Appointment, Referral, ReferralEvent
from referrals.tracking.queries.inbox import received
from referrals.tracking.said import CLIENT, RECEIVER, Said
from tests.browser import Browser
from tests.conftest import NOW, SECRET
from tests.factories import account, acting, client, need
from tests.factories import case_manager as somebody
from tests.matching.scene import SAYS, drives, listed
from tests.matching.test_following import FULL, agrees, asked, work

YES = Said(facts={"first_contact_by": NOW.date() + timedelta(days=4)})


@pytest.fixture(scope="session")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def claire(session: AsyncSession) -> Actor:
    return await somebody(session)


@pytest.fixture
async def paul(session: AsyncSession, claire: Actor) -> Client:
    found = await client(session, claire)
    await drives(session, found)
    return found


@pytest.fixture
async def physio(session: AsyncSession, paul: Client) -> Need:
    return await need(session, paul, need_by=NOW.date() + timedelta(days=40))


async def clinics(session: AsyncSession, *names: str) -> Sequence[Service]:
    return [await listed(session, f"{name} clinic", km=2 * number) for number, name in enumerate(names, start=1)]


async def made_one(session: AsyncSession, kept: Service, dropped: Service, at: datetime = NOW) -> Merge:
    """As a curator does. What these listings say stands in no record, so it is said again."""
    cora = await acting(session, await account(session, Role.CURATOR, email=f"{dropped.id}@example.org"))
    done = await merge(session, Entity.SERVICE, kept.id, dropped.id, {}, cora, at)
    await _say_again(session, kept)
    return done


async def _say_again(session: AsyncSession, service: Service) -> None:
    await session.flush()
    row = await session.get_one(Listing, service.id, populate_existing=True)
    for name, value in SAYS.items():
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    row.need_paths, row.published, row.status = list(SAYS["needs"]), True, "active"
    session.add(ListingPlace(
        service_id=service.id, kind="physical", confidential=False, city="Truro", postcode="TR1 1AA", country="GB",
        latitude=50.27, longitude=-5.051, precision="exact",
    ))  # fmt: skip
    await session.flush()


async def one_house(session: AsyncSession, first: Service, *others: Service) -> None:
    """The same organization runs them all."""
    for one in others:
        one.organization_id = first.organization_id
        (await session.get_one(Listing, one.id)).organization_id = first.organization_id
    await session.flush()


async def houses_made_one(session: AsyncSession, kept: Service, dropped: Service, at: datetime = NOW) -> Merge:
    """The organizations of these two, not the services."""
    cora = await acting(session, await account(session, Role.CURATOR, email=f"{uuid4()}@example.org"))
    owners = kept.organization_id, dropped.organization_id
    done = await merge(session, Entity.ORGANIZATION, *owners, {}, cora, at)
    for one in (kept, dropped):
        await _say_again(session, one)
    return done


async def withdrawn(session: AsyncSession, service: Service) -> None:
    service.gone_at = NOW
    row = await session.get_one(Listing, service.id)
    row.published = False
    await session.execute(delete(ListingPlace).where(ListingPlace.service_id == service.id))
    await session.flush()


async def tries(session: AsyncSession) -> list[Referral]:
    return list(await session.scalars(select(Referral).order_by(Referral.attempt)))


async def link_of(session: AsyncSession, referral: Referral) -> str:
    found = await links.living(session, referral.id, "receiver")
    assert found is not None
    return f"/en/r/{links.token(SECRET, found)}"


# ------------------------------------------------------------------ on its way


async def test_a_request_on_its_way_is_shown_and_answered_at_the_surviving_service(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    kept, dropped = await clinics(session, "Kept", "Dropped")
    referral = await asked(session, claire, paul, physio, dropped, await agrees(session, paul, claire, dropped))
    done = await made_one(session, kept, dropped)
    link = await link_of(session, referral)
    page = await browser.open(link)
    assert (page.status, "Kept clinic" in page, "near Truro" in page) == (200, True, True)
    with pytest.raises(Conflict):
        await tracking.draft(session, claire, paul, physio, kept.id, NOW)
    await browser.open(f"{link}?answer=accept")
    await browser.submit("/r/", pick="2026-11-27")
    await session.refresh(referral)
    assert referral.status == "accepted"
    shown = await queries.shown(session, referral, NOW)
    assert (shown.service.name, shown.name) == ("Kept clinic", "Paul Harvey")
    id = referral.id
    await undo(session, done.id, await acting(session, await account(session, Role.CURATOR)), NOW)
    shown = await queries.shown(session, await session.get_one(Referral, id), NOW)
    assert (shown.service.name, shown.name) == ("Dropped clinic", "Paul Harvey")
    assert "Dropped clinic" in await browser.open(link)


async def test_a_request_on_its_way_to_a_service_that_is_withdrawn_can_still_be_answered_and_ended(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    only, other = await clinics(session, "Only", "Other")
    referral = await asked(session, claire, paul, physio, only, await agrees(session, paul, claire, only))
    await withdrawn(session, only)
    page = await browser.open(f"{await link_of(session, referral)}?answer=decline")
    assert "near Truro" in page
    await browser.submit("/r/", reason="service_not_offered")
    await session.refresh(referral)
    assert referral.status == "declined"
    await work(session)
    row = await session.get_one(NextBest, physio.id)
    assert finding.services(row) == [other.id]


# ------------------------------------------------------------------ asked in turn


async def _in_turn(session: AsyncSession, by: Actor, who: Client, for_: Need, *to: Service) -> InTurn:
    given = await agrees(session, who, by, *to, kind="named_list")
    return await begin(session, by, for_, [one.id for one in to], given, Wanted("Mornings.", "routine"), NOW)


async def _no(session: AsyncSession) -> list[UUID]:
    await tracking.act(session, (await tries(session))[-1], "decline", RECEIVER, FULL, NOW)
    await work(session)
    return [one.service_id for one in await tries(session)]


async def test_two_halves_of_a_list_are_asked_once(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    first, half, third = await clinics(session, "First", "Half", "Third")
    turn = await _in_turn(session, claire, paul, physio, first, half, third)
    await made_one(session, first, half)
    assert await _no(session) == [first.id, third.id]
    assert (turn.asked, turn.ended) == (3, None)
    assert await _no(session) == [first.id, third.id]
    assert turn.ended == "all_asked"


async def test_the_one_that_was_asked_is_merged_and_the_list_goes_on(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    first, second, elsewhere = await clinics(session, "First", "Second", "Elsewhere")
    turn = await _in_turn(session, claire, paul, physio, first, second)
    await made_one(session, elsewhere, first)
    assert await _no(session) == [first.id, second.id]
    assert turn.ended is None


async def test_the_next_one_is_asked_under_the_name_that_it_has_now_and_its_agreement_goes_with_it(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    first, second, kept = await clinics(session, "First", "Second", "Kept")
    await one_house(session, kept, second)
    turn = await _in_turn(session, claire, paul, physio, first, second)
    done = await made_one(session, kept, second)
    assert await _no(session) == [first.id, kept.id]
    last = (await tries(session))[-1]
    assert (turn.asked, turn.ended, last.status) == (2, None, "sent")
    assert (await queries.shown(session, last, NOW)).area == "Truro"
    id = last.id
    await undo(session, done.id, await acting(session, await account(session, Role.CURATOR)), NOW)
    last = await session.get_one(Referral, id)
    shown = await queries.shown(session, last, NOW)
    assert (shown.agreed, shown.area) == (False, None), "they agreed to the other one, and two are two again"


async def test_the_next_one_is_in_other_hands_now_and_a_person_decides(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    first, second, kept = await clinics(session, "First", "Second", "Kept")
    turn = await _in_turn(session, claire, paul, physio, first, second)
    await made_one(session, kept, second)
    assert await _no(session) == [first.id]
    assert turn.ended == "not_agreed"


async def test_the_next_one_is_withdrawn_and_a_person_decides(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    first, second, other = await clinics(session, "First", "Second", "Other")
    turn = await _in_turn(session, claire, paul, physio, first, second)
    await withdrawn(session, second)
    assert await _no(session) == [first.id]
    assert turn.ended == "does_not_fit"
    assert finding.services(await session.get_one(NextBest, physio.id)) == [other.id]


# ------------------------------------------------------------------ kept ready


async def test_the_next_best_names_what_stands_now_and_not_what_was_asked_under_another_name(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    first, near, far = await clinics(session, "First", "Near", "Far")
    referral = await asked(session, claire, paul, physio, first, await agrees(session, paul, claire, first))
    await tracking.act(session, referral, "decline", RECEIVER, Said("not_eligible"), NOW)
    await work(session)
    row = await session.get_one(NextBest, physio.id)
    assert set(finding.services(row)) == {near.id, far.id}
    await made_one(session, far, near, NOW + timedelta(hours=1))
    beside = await _ready(session, claire, physio, NOW + timedelta(hours=2))
    assert [one.service_id for one in beside] == [far.id]
    await made_one(session, far, first, NOW + timedelta(hours=3))
    assert await _ready(session, claire, physio, NOW + timedelta(hours=4)) == (), (
        "it said no already, whatever it was called"
    )


async def test_the_next_best_forgets_what_is_withdrawn(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    first, near, far = await clinics(session, "First", "Near", "Far")
    referral = await asked(session, claire, paul, physio, first, await agrees(session, paul, claire, first))
    await tracking.act(session, referral, "decline", RECEIVER, FULL, NOW)
    await work(session)
    await withdrawn(session, near)
    assert [one.service_id for one in await _ready(session, claire, physio)] == [far.id]


async def _ready(session: AsyncSession, by: Actor, for_: Need, at: datetime = NOW) -> tuple[Proposed, ...]:
    found = await Following().looked_for(session, by, for_.id, at)
    assert found is not None
    return found.proposed


@pytest.mark.parametrize("hands", ["the same", "merged too", "other"])
async def test_what_was_agreed_to_holds_for_the_survivor_in_the_same_hands_and_elsewhere_it_is_asked_anew(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need, hands: str
) -> None:
    first, old, kept = await clinics(session, "First", "Old", "Kept")
    if hands == "the same":
        await one_house(session, kept, old)
    given = [await agrees(session, paul, claire, one) for one in (first, old)]
    referral = await asked(session, claire, paul, physio, first, given[0])
    await tracking.act(session, referral, "decline", RECEIVER, FULL, NOW)
    done = await made_one(session, kept, old)
    if hands == "merged too":
        await houses_made_one(session, kept, old)
    await work(session)
    page = await signed_in.open(f"/en/referrals/{referral.id}")
    assert ("it goes out at once" in page) is (hands != "other")
    page = await signed_in.submit(f"/next/{kept.id}")
    if hands == "other":
        assert "They agreed to Old clinic. It is listed as Kept clinic now, and Kept clinic Trust is another" in page
        assert page.form("/send/")
        return
    assert "Sent to Kept clinic, under what they have agreed to." in page
    last = (await tries(session))[-1]
    assert (last.service_id, last.consent_id) == (kept.id, given[1].id)
    assert (await queries.shown(session, last, NOW)).area == "Truro"
    if hands == "the same":
        id = last.id
        await undo(session, done.id, await acting(session, await account(session, Role.CURATOR)), NOW)
        shown = await queries.shown(session, await session.get_one(Referral, id), NOW)
        assert (shown.agreed, shown.area) == (False, None)


async def test_what_was_agreed_to_follows_from_merge_to_merge(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    first, second, third = await clinics(session, "First", "Second", "Third")
    await one_house(session, first, second, third)
    given = await agrees(session, paul, claire, first)
    await made_one(session, second, first)
    referral = await asked(session, claire, paul, physio, second, given)
    await made_one(session, third, second, NOW + timedelta(hours=1))
    shown = await queries.shown(session, referral, NOW)
    assert (shown.service.name, shown.was and shown.was.name) == ("Third clinic", "Second clinic")
    assert (shown.agreed, shown.area) == (True, "Truro")


# ------------------------------------------------------------------ one name everywhere


async def test_every_page_names_the_survivor_and_one_line_says_what_it_was_sent_as(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    kept, dropped = await clinics(session, "Kept", "Dropped")
    await one_house(session, kept, dropped)
    referral = await asked(session, claire, paul, physio, dropped, await agrees(session, paul, claire, dropped))
    done = await made_one(session, kept, dropped, NOW + timedelta(days=2))
    own = await client_links.make(session, paul.id, "card", claire.id, NOW)
    pages = (
        "/en/today", f"/en/people/{paul.id}", f"/en/needs/{physio.id}/story", f"/en/referrals/{referral.id}",
        f"/en/people/{paul.id}/agreements", f"/en/c/{client_links.token(SECRET, own)}",
    )  # fmt: skip
    shown = {address: await signed_in.open(address) for address in pages}
    for address, page in shown.items():
        assert "Kept clinic" in page.text.replace("Kept clinic Trust", ""), address
    line = "Sent as “Dropped clinic”, listed as “Kept clinic” since 25 November 2026."
    assert [page.text.count(line) for page in shown.values()] == [0, 0, 1, 1, 0, 0]
    assert "Dropped clinic" not in shown[pages[1]]
    assert "Kept clinic (then: Dropped clinic)" in shown[pages[4]]
    assert await _in_the_file(session, claire) == ["Kept clinic"]
    await undo(session, done.id, await acting(session, await account(session, Role.CURATOR)), NOW)
    for address in pages:
        again = (await signed_in.open(address)).text.replace("Kept clinic Trust", "")
        assert ("Dropped clinic" in again, "Kept clinic" in again) == (True, False), address
    assert await _in_the_file(session, claire) == ["Dropped clinic"]


async def test_a_request_stays_with_those_whom_they_agreed_to_where_the_survivor_is_in_other_hands(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    kept, dropped = await clinics(session, "Kept", "Dropped")
    referral = await asked(session, claire, paul, physio, dropped, await agrees(session, paul, claire, dropped))
    await made_one(session, kept, dropped)
    page = await signed_in.open(f"/en/referrals/{referral.id}")
    assert "That is a listing of Kept clinic Trust, another organization, which has been told nothing" in page
    assert "this request stays with Dropped clinic Trust" in page
    shown = await queries.shown(session, referral, NOW)
    assert (shown.service.name, shown.organization.name, shown.area) == ("Kept clinic", "Dropped clinic Trust", "Truro")
    theirs = [await _editor(session, one) for one in (kept, dropped)]
    seen = [await received(session, one, NOW) for one in theirs]
    assert [[row.service.name for row in inbox.rows] for inbox in seen] == [[], ["Kept clinic"]]
    assert [(row.need, row.area) for row in seen[1].rows] == [("physiotherapy", "Truro")]


async def _editor(session: AsyncSession, of: Service) -> Actor:
    user = await account(session, Role.PROVIDER_EDITOR, email=f"{uuid4()}@example.org", organization_id=of.organization_id)  # fmt: skip
    return await acting(session, user)


async def _in_the_file(session: AsyncSession, by: Actor) -> list[str]:
    return [row.service for row in await caseload_rows(session, by, Role.CASE_MANAGER, NOW)]


# ------------------------------------------------------------------ organizations


async def test_an_organization_is_merged_and_its_requests_go_on_under_the_name_of_now(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    kept, dropped = await clinics(session, "Kept", "Dropped")
    given = await agrees(session, paul, claire, dropped, kind="organization")
    given.recipient_ids = [str(dropped.organization_id)]
    referral = await asked(session, claire, paul, physio, dropped, given)
    theirs = await _editor(session, kept)
    done = await houses_made_one(session, kept, dropped)
    shown = await queries.shown(session, referral, NOW)
    assert (shown.service.name, shown.organization.name, shown.area) == ("Dropped clinic", "Kept clinic Trust", "Truro")
    row = (await received(session, theirs, NOW)).rows[0]
    assert (row.referral.id, row.need, row.area) == (referral.id, "physiotherapy", "Truro")
    assert "Sent as “Dropped clinic Trust”, listed as “Kept clinic Trust” since" in await signed_in.open(
        f"/en/referrals/{referral.id}"
    )
    link = await link_of(session, referral)
    await signed_in.open(f"{link}?answer=decline")
    await signed_in.submit("/r/", reason="no_capacity")
    await session.refresh(referral)
    assert referral.status == "declined"
    await work(session)
    ready = await _ready(session, claire, physio)
    assert [one.service_id for one in ready] == [kept.id]
    assert "Kept clinic Trust" in ready[0].subtitle
    id = referral.id
    await undo(session, done.id, await acting(session, await account(session, Role.CURATOR)), NOW)
    shown = await queries.shown(session, await session.get_one(Referral, id), NOW)
    assert shown.organization.name == "Dropped clinic Trust"
    assert (await received(session, theirs, NOW, Ask(queue=Queue.DONE))).rows == ()


async def test_an_organization_is_withdrawn_and_its_requests_can_still_be_answered_and_ended(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    only, other = await clinics(session, "Only", "Other")
    referral = await asked(session, claire, paul, physio, only, await agrees(session, paul, claire, only))
    theirs = await _editor(session, only)
    (await session.get_one(Organization, only.organization_id)).gone_at = NOW
    await withdrawn(session, only)
    row = (await received(session, theirs, NOW)).rows[0]
    assert (row.service.name, row.area) == ("Only clinic", "Truro")
    page = await browser.open(f"{await link_of(session, referral)}?answer=decline")
    assert "near Truro" in page
    await browser.submit("/r/", reason="service_not_offered")
    await session.refresh(referral)
    assert referral.status == "declined"
    await work(session)
    assert [one.service_id for one in await _ready(session, claire, physio)] == [other.id]


# ------------------------------------------------------------------ an appointment that is planned


@pytest.mark.parametrize("what", ["merged", "withdrawn"])
async def test_an_appointment_stands_and_can_be_moved_and_called_off(
    session: AsyncSession, claire: Actor, paul: Client, physio: Need, what: str
) -> None:
    kept, there = await clinics(session, "Kept", "There")
    referral = await asked(session, claire, paul, physio, there, await agrees(session, paul, claire, there))
    await tracking.act(session, referral, "accept", RECEIVER, YES, NOW)
    zone = await zone_of(session, there.id)
    how = await usual(session, there.id)
    at = NOW + timedelta(days=8)
    await appointments.set_at_once(session, referral, RECEIVER, at, how, NOW)
    if what == "merged":
        await made_one(session, kept, there)
    else:
        await withdrawn(session, there)
    assert await zone_of(session, there.id) == zone
    proposal = await appointments.propose(session, referral, RECEIVER, [at + timedelta(days=1)], how, NOW)
    await appointments.choose(session, referral, proposal.id, 0, CLIENT, NOW)
    visit = (await session.scalars(select(Appointment))).one()
    assert (visit.starts_at, visit.zone, visit.sequence) == (at + timedelta(days=1), str(zone), 1)
    await appointments.call_off(session, referral, visit.id, CLIENT, "client_ill", NOW)
    assert (referral.status, visit.status) == ("rebooking", "cancelled")
    kinds = await session.scalars(select(ReferralEvent.kind).order_by(ReferralEvent.position))
    assert list(kinds) == ["send", "accept", "schedule", "reschedule", "appointment_cancelled"]
