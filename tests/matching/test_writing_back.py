"""What refusals teach a listing: full, said twice; a condition that it did not tell. Nothing of anybody goes along."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.directory.actions.capacity import Answer, say_capacity
from referrals.directory.actions.history import BY_LINK, Editor
from referrals.directory.models import Listing, ListingQuestion, Metadata, ReaderReport, Service
from referrals.directory.queries.in_answers import said_in_answers
from referrals.matching.following.full import Refusal, is_full, write_back
from referrals.matching.models import Lacking
from referrals.tracking import actions as tracking
from referrals.tracking.actions import links
from referrals.tracking.models import Referral
from referrals.tracking.said import RECEIVER, Said
from tests.browser import Browser
from tests.conftest import NOW, SECRET, Clock
from tests.factories import PASSWORD, account, client, need
from tests.matching.scene import drives, listed
from tests.matching.test_following import FULL, agrees, asked, work

A, B = UUID(int=1), UUID(int=2)


@pytest.fixture(scope="session")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def clinic(session: AsyncSession) -> Service:
    return await listed(session, "Near clinic", capacity_status=None, capacity_updated=None)


@pytest.mark.parametrize(
    ("said", "full"),
    [
        ([(A, 0)], False),
        ([(A, 0), (A, 14)], True),
        ([(A, 0), (A, 15)], False),
        ([(A, 0), (B, 27)], True),
        ([(A, 0), (B, 29)], False),
        ([], False),
    ],
)
def test_full_once_is_a_bad_day_and_twice_is_full(said: Sequence[tuple[UUID, int]], full: bool) -> None:
    assert is_full([Refusal(who, NOW - timedelta(days=days)) for who, days in said], NOW) is full


async def _declined(session: AsyncSession, by: Actor, to: Service, said: Said = FULL, at: datetime = NOW) -> Referral:
    who = await client(session, by)
    await drives(session, who)
    referral = await asked(session, by, who, await need(session, who), to, await agrees(session, who, by, to))
    await tracking.act(session, referral, "decline", RECEIVER, said, at)
    await work(session, at)
    return referral


async def _status(session: AsyncSession, of: Service) -> str | None:
    return (await session.get_one(Listing, of.id, populate_existing=True)).capacity_status


async def test_full_twice_makes_the_listing_full_and_says_from_where_it_is_known(
    session: AsyncSession, browser: Browser, claire: Actor, clinic: Service
) -> None:
    await _declined(session, claire, clinic)
    assert await _status(session, clinic) is None
    await _declined(session, claire, clinic, at=NOW)
    assert await _status(session, clinic) == "no-capacity"
    listing = await session.get_one(Listing, clinic.id)
    assert listing.capacity_updated == NOW
    assert await said_in_answers(session, clinic.id, NOW)
    kept = list(await session.scalars(select(Metadata).where(Metadata.resource_id == clinic.id)))
    assert {one.updated_by for one in kept} == {"answers to requests"}
    assert all(one.user_id is None for one in kept)
    assert "Said in answers to requests, today." in await browser.open(f"/en/services/{clinic.id}")


async def test_whoever_keeps_it_sees_why_it_says_full_and_takes_it_back_with_one_tap(
    session: AsyncSession, browser: Browser, claire: Actor, clinic: Service, clock: Clock
) -> None:
    await say_capacity(
        session, clinic, Answer("waitlist", 2, None, 30, "Mornings."), Editor(None, BY_LINK), NOW - timedelta(days=20)
    )
    for _ in range(3):
        await _declined(session, claire, clinic)
    assert await _status(session, clinic) == "no-capacity"
    keeper = await account(session, Role.PROVIDER_EDITOR, organization_id=clinic.organization_id)
    await browser.sign_in(keeper.email, PASSWORD)
    assert "Requests were declined because there was no room, so it says full since then" in await browser.open(
        "/en/my-services"
    )
    clock.now = NOW + timedelta(hours=1)
    page = await browser.submit(f"/{clinic.id}/places", button="as-before")
    assert "so it says full since then" not in page
    listing = await session.get_one(Listing, clinic.id, populate_existing=True)
    assert (listing.capacity_status, listing.capacity_available, listing.wait_days) == ("waitlist", 2, 30)
    await _declined(session, claire, clinic, at=NOW + timedelta(hours=2))
    assert await _status(session, clinic) == "waitlist", "what they have said since weighs more"


async def test_what_they_say_themselves_since_weighs_more(
    session: AsyncSession, claire: Actor, clinic: Service
) -> None:
    await _declined(session, claire, clinic)
    later = NOW + timedelta(hours=1)
    await say_capacity(session, clinic, Answer("has-capacity"), Editor(None, BY_LINK), later)
    await _declined(session, claire, clinic, at=later + timedelta(hours=1))
    assert await _status(session, clinic) == "has-capacity"
    assert not await said_in_answers(session, clinic.id, later)
    await _declined(session, claire, clinic, at=later + timedelta(hours=2))
    assert await _status(session, clinic) == "no-capacity"


@pytest.mark.parametrize("reason", ["not_eligible", "waitlist_too_long"])
async def test_other_reasons_say_nothing_of_places(
    session: AsyncSession, claire: Actor, clinic: Service, reason: str
) -> None:
    for _ in range(3):
        await _declined(session, claire, clinic, Said(reason=reason))
    assert await _status(session, clinic) is None


async def test_a_listing_that_is_gone_is_left_alone(session: AsyncSession, claire: Actor, clinic: Service) -> None:
    await _declined(session, claire, clinic)
    clinic.gone_at = NOW
    await _declined_job(session, clinic)


async def _declined_job(session: AsyncSession, clinic: Service) -> None:
    await session.flush()
    assert await write_back(session, clinic.id, NOW) is False


async def test_one_click_says_which_condition_their_page_did_not_tell(
    session: AsyncSession, browser: Browser, claire: Actor, clinic: Service
) -> None:
    referral = await _declined(session, claire, clinic, Said(reason="not_eligible"))
    await browser.sign_in(claire.email, PASSWORD)
    page = await browser.open(f"/en/referrals/{referral.id}")
    assert "What should their page have said?" in page
    page = await browser.submit("/lacking", button="An age")
    assert "They are asked, without a word about anybody." in page
    question = (await session.scalars(select(ListingQuestion))).one()
    assert (question.service_id, question.code, question.subject) == (clinic.id, "condition", "age")
    row = (await session.scalars(select(Lacking))).one()
    assert (row.what, row.by_id, row.question_id) == ("age", claire.id, question.id)
    page = await browser.submit("/lacking/undo")
    assert "What should their page have said?" in page
    await session.refresh(question)
    assert question.expires_at == NOW
    assert (await session.scalars(select(Lacking))).all() == []


@pytest.mark.parametrize(
    ("reason", "button", "code", "subject"),
    [
        ("service_not_offered", "That they do not offer this", "includes", "physiotherapy"),
        ("out_of_area", "Which places they serve", "area", ""),
    ],
)
async def test_what_is_not_offered_or_too_far_is_asked_too(
    session: AsyncSession,
    browser: Browser,
    claire: Actor,
    clinic: Service,
    reason: str,
    button: str,
    code: str,
    subject: str,
) -> None:
    referral = await _declined(session, claire, clinic, Said(reason=reason))
    await browser.sign_in(claire.email, PASSWORD)
    await browser.open(f"/en/referrals/{referral.id}")
    await browser.submit("/lacking", button=button)
    question = (await session.scalars(select(ListingQuestion))).one()
    assert (question.code, question.subject) == (code, subject)


async def test_where_no_mail_reaches_them_a_curator_finds_out(
    session: AsyncSession, browser: Browser, claire: Actor
) -> None:
    deaf = await listed(session, "Deaf clinic", email=None)
    referral = await _declined(session, claire, deaf, Said(reason="not_eligible"))
    await browser.sign_in(claire.email, PASSWORD)
    await browser.open(f"/en/referrals/{referral.id}")
    page = await browser.submit("/lacking", button="An age")
    assert "A curator of the directory looks at it" in page
    report = (await session.scalars(select(ReaderReport))).one()
    assert report.words.endswith("To find out: From which age to which do you take people?")
    assert "Paul" not in report.words
    await browser.submit("/lacking/undo")
    assert (await session.scalars(select(ReaderReport))).all() == []


async def test_the_receiver_says_it_itself_from_its_link(
    session: AsyncSession, browser: Browser, claire: Actor, clinic: Service
) -> None:
    referral = await _declined(session, claire, clinic, Said(reason="not_eligible"))
    link = await links.living(session, referral.id, "receiver")
    assert link is not None
    page = await browser.open(f"/en/r/{links.token(SECRET, link)}")
    assert "What should your page say, so that nobody asks in vain?" in page
    page = await browser.submit("/lacking", button="Who pays")
    assert "A curator of the directory puts it into your listing." in page
    report = (await session.scalars(select(ReaderReport))).one()
    assert report.words == "The service says that its listing should tell this: Who pays."
    assert (await session.scalars(select(Lacking.by_id))).one() is None


async def test_a_no_without_such_a_reason_asks_nothing(
    session: AsyncSession, browser: Browser, claire: Actor, clinic: Service
) -> None:
    referral = await _declined(session, claire, clinic)
    await browser.sign_in(claire.email, PASSWORD)
    assert "What should their page have said?" not in await browser.open(f"/en/referrals/{referral.id}")
