"""Do you have room? Asked of several without a word that leads to anybody; what they answer stands in their listing."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.actor import Actor
from referrals.app import environment
from referrals.clients.models import Client, Need
from referrals.directory.models import Listing, ListingQuestion
from referrals.directory.questions.ask import State, ask
from referrals.directory.questions.jobs import send_question
from referrals.directory.questions.room import Somebody, read, somebody, subject
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from referrals.matching.following.room import said_of_room
from referrals.tracking.models import Referral
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import PASSWORD, case_manager, client, need
from tests.matching.scene import drives, listed
from tests.tracking.post_room import link_in


@pytest.fixture(scope="session")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def paul(session: AsyncSession, claire: Actor) -> Client:
    found = await client(session, claire)
    found.postcode, found.place_code = "TR1", "GN-2635412"
    await drives(session, found)
    return found


@pytest.mark.parametrize("age", [0, 9, 34, 100, None])
def test_what_goes_out_comes_back_in_bands(age: int | None) -> None:
    one = somebody("physiotherapy", age, "GB Corn|wall", "en")
    assert read(subject(one)) == Somebody(
        "physiotherapy", age // 10 * 10 if age is not None else None, "GB Corn wall", "en"
    )


async def test_several_are_asked_at_once_and_learn_nothing_of_anybody(
    browser: Browser, session: AsyncSession, settings: Settings, claire: Actor, paul: Client, physio: Need
) -> None:
    near = await listed(session, "Near clinic", capacity_status=None, email="near@example.org")
    far = await listed(session, "Far clinic", km=9, capacity_status=None, email="far@example.org")
    near.email, far.email = "near@example.org", "far@example.org"
    await listed(session, "Deaf clinic", km=10, email=None)
    await session.flush()
    await browser.sign_in(claire.email, PASSWORD)
    await browser.open(f"/en/needs/{physio.id}/match?all=yes")
    page = await browser.submit("/room")
    assert "2 services are asked, without a word about anybody." in page
    assert page.text.count("Asked today whether there is room; no answer yet.") == 2
    questions = list(await session.scalars(select(ListingQuestion)))
    assert {one.service_id for one in questions} == {near.id, far.id}
    assert {one.subject for one in questions} == {"physiotherapy|30|GB Cornwall|en"}
    assert not list(await session.scalars(select(Referral)))
    for one in questions:
        await send_question(session, question_id=str(one.id), jinja=environment(), settings=settings, now=NOW)
    mails = {one.to_address: one for one in await session.scalars(select(Message))}
    told = mails["near@example.org"]
    for word in ("Paul", "Harvey", "Truro", "Claire", "Far clinic", str(physio.id), str(paul.id)):
        assert word not in told.subject + told.body
    page = await browser.open(link_in(told))
    assert "Would you have room for: Physiotherapy, 30 to 39 years old, Cornwall, speaks English?" in page
    page = await browser.open(link_in(told) + "?answer=waitlist")
    await browser.submit("/q/", number="21", answer="waitlist")
    listing = await session.get_one(Listing, near.id, populate_existing=True)
    assert (listing.capacity_status, listing.wait_days, listing.capacity_updated) == ("waitlist", 21, NOW)
    list(await session.scalars(select(ListingQuestion).execution_options(populate_existing=True)))
    said = await said_of_room(session, [near.id, far.id], NOW)
    assert said[near.id] == "Asked whether there is room, they said today: There is a waiting list · 21 days."
    assert said[far.id] == "Asked today whether there is room; no answer yet."


async def test_a_provider_is_asked_for_room_three_times_a_week_at_most(
    session: AsyncSession, claire: Actor, clock: Clock
) -> None:
    here = [await listed(session, f"Clinic {n}", email="desk@example.org") for n in range(5)]
    about = subject(somebody("physiotherapy", 34, "GB Cornwall", "en"))

    async def states() -> list[State]:
        return [(await ask(session, one.id, "room", about, claire.id, clock.now)).state for one in here]

    assert await states() == [State.SENT] * 3 + [State.ENOUGH] * 2
    assert await states() == [State.WAITING] * 3 + [State.ENOUGH] * 2
    clock.now += timedelta(days=8)
    assert (await states())[:3] == [State.SENT] * 3


async def test_one_question_for_one_somebody_at_a_time(session: AsyncSession, claire: Actor, clock: Clock) -> None:
    here = await listed(session, "Clinic")
    abouts = [subject(somebody("physiotherapy", age, "GB Cornwall", "en")) for age in (12, 25, 34, 50)]
    asked = [(await ask(session, here.id, "room", one, claire.id, clock.now)).state for one in abouts]
    assert asked == [State.SENT] * 3 + [State.ENOUGH]


async def test_nobody_asks_for_somebody_elses_people(browser: Browser, session: AsyncSession, physio: Need) -> None:
    yann = await case_manager(session, email="yann@example.org", name="Yann")
    theirs = await need(session, await client(session, yann))
    await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    await browser.sign_in(yann.email, PASSWORD)
    page = await browser.open(f"/en/needs/{theirs.id}/match")
    page.form("/room").action = f"/en/needs/{physio.id}/room"
    assert (await browser.submit("/room")).status == 404
