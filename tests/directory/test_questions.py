"""What a listing does not say, asked by a mail with one question in it, and what the answer makes of the listing."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Membership, Role, User
from referrals.app import environment
from referrals.directory.models import (
    Listing,
    ListingQuestion,
    Metadata,
    Proposal,
    QuestionAsker,
    ReaderReport,
    Service,
    UpkeepAddress,
)
from referrals.directory.questions.ask import MOST_A_WEEK, SEND, State, ask
from referrals.directory.questions.jobs import JOBS
from referrals.directory.questions.kinds import KINDS, Detail
from referrals.directory.questions.mending import field_of, mended
from referrals.kit.errors import NotFound
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from tests.browser import Browser, Page
from tests.conftest import NOW, Clock
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.factories import PASSWORD, account

JINJA = environment()
DESK = "desk@harbour.example.org"


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


@pytest.fixture
async def claire(session: AsyncSession) -> User:
    return await account(session, Role.CASE_MANAGER)


async def test_the_mail_asks_one_thing_and_names_nobody(
    session: AsyncSession, pages: Pages, claire: User, settings: Settings
) -> None:
    asked = await ask(session, pages.services["backs"], "access", "step-free", claire.id, NOW)
    assert asked.state is State.SENT
    [mail] = await _letters(session, settings)
    assert (mail.to_address, mail.language, mail.subject) == (DESK, "en", "One question about Backs")
    assert "Can somebody come in without any step?" in mail.body
    assert "Claire" not in mail.body
    assert mail.body.count("?") == 1


async def test_the_same_is_asked_once_a_month_and_everybody_who_asked_hears(
    session: AsyncSession, pages: Pages, claire: User, settings: Settings
) -> None:
    other = await account(session, Role.CASE_MANAGER, email="yann@example.org")
    first = await ask(session, pages.services["backs"], "places", "", claire.id, NOW)
    again = await ask(session, pages.services["backs"], "places", "", other.id, NOW + timedelta(days=29))
    assert again.state is State.WAITING
    assert again.question is first.question
    assert len(await _letters(session, settings)) == 1
    assert {row.user_id for row in await session.scalars(select(QuestionAsker))} == {claire.id, other.id}
    later = await ask(session, pages.services["backs"], "places", "", claire.id, NOW + timedelta(days=31))
    assert later.state is State.SENT


async def test_a_mailbox_is_not_an_interview(session: AsyncSession, pages: Pages, claire: User) -> None:
    for code in ("places", "hours", "interpreter")[:MOST_A_WEEK]:
        assert (await ask(session, pages.services["backs"], code, "", claire.id, NOW)).state is State.SENT
    assert (await ask(session, pages.services["backs"], "mode", "", claire.id, NOW)).state is State.ENOUGH


async def test_who_wants_no_mails_gets_none(session: AsyncSession, pages: Pages, claire: User) -> None:
    session.add(UpkeepAddress(address=DESK, stopped_at=NOW))
    await session.flush()
    assert (await ask(session, pages.services["backs"], "places", "", claire.id, NOW)).state is State.STOPPED


async def test_what_nobody_knows_is_not_asked(session: AsyncSession, pages: Pages, claire: User) -> None:
    with pytest.raises(NotFound):
        await ask(session, pages.services["backs"], "favourite-colour", "", claire.id, NOW)
    with pytest.raises(NotFound):
        await ask(session, UUID(int=1), "places", "", claire.id, NOW)


async def test_opening_the_link_changes_nothing_and_one_tap_mends_the_listing(
    browser: Browser, session: AsyncSession, pages: Pages, claire: User, settings: Settings
) -> None:
    page = await _asked(browser, session, pages, claire, settings, "access", "hearing-loop")
    assert "Is there a hearing loop?" in page
    assert not list(await session.scalars(select(Metadata)))
    page = await browser.submit("/q/", button="yes")
    assert "Thank you" in page
    assert "Your listing says it now." in page
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    assert listing.accessibility["hearing-loop"] == "yes"
    [row] = list(await session.scalars(select(Metadata)))
    assert (row.field_name, row.updated_by, row.user_id) == ("attributes.accessibility", "by link", None)
    question = (await session.scalars(select(ListingQuestion).execution_options(populate_existing=True))).one()
    assert (question.answer, question.outcome, question.by, question.answered_at) == ("yes", "live", "by link", NOW)


async def test_the_same_answer_twice_is_one_and_another_replaces_it(
    browser: Browser, session: AsyncSession, pages: Pages, claire: User, settings: Settings
) -> None:
    form = await _asked(browser, session, pages, claire, settings, "interpreter")
    await browser.submit("/q/", button="no")
    await browser.showing(form).submit("/q/", button="no")
    assert len(list(await session.scalars(select(Metadata)))) == 1
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    assert listing.interpreter == "no-interpreter"
    await browser.showing(form).submit("/q/", button="yes")
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    assert listing.interpreter == "interpreter-available"


async def test_a_waiting_list_says_how_long_it_is(
    browser: Browser, session: AsyncSession, pages: Pages, claire: User, settings: Settings
) -> None:
    page = await _asked(browser, session, pages, claire, settings, "places")
    page = await browser.open(page.link("There is a waiting list"))
    page = await browser.submit("/q/", number="-3")
    assert page.status == 422
    assert "Please give a number from 0 to 730." in page
    await browser.submit("/q/", number="40")
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    assert (listing.capacity_status, listing.wait_days, listing.capacity_updated) == ("waitlist", 40, NOW)


async def test_what_depends_needs_words_and_waits_for_a_curator(
    browser: Browser, session: AsyncSession, pages: Pages, claire: User, settings: Settings
) -> None:
    page = await _asked(browser, session, pages, claire, settings, "access", "dogs-accepted")
    await browser.open(page.link("It depends"))
    page = await browser.submit("/q/", words="")
    assert page.status == 422
    page = await browser.submit("/q/", words="Small ones, on Fridays.")
    assert "A curator puts it into your listing." in page
    report = (await session.scalars(select(ReaderReport))).one()
    assert report.words == "May somebody bring a dog?\nIt depends: Small ones, on Fridays."
    assert report.email == DESK


async def test_a_price_is_written_as_a_session_costs(
    browser: Browser, session: AsyncSession, pages: Pages, claire: User, settings: Settings
) -> None:
    page = await _asked(browser, session, pages, claire, settings, "price")
    await browser.open(page.link("One price for everybody"))
    await browser.submit("/q/", number="42,50")
    listing = await session.get_one(Listing, pages.services["backs"], populate_existing=True)
    assert (listing.price_per_session, listing.currency) == (42.5, "GBP")


async def test_an_editor_who_is_not_trusted_yet_proposes(
    browser: Browser, session: AsyncSession, pages: Pages, claire: User, settings: Settings
) -> None:
    user = await pages_world.editor(session, pages)
    membership = (await session.scalars(select(Membership).where(Membership.user_id == user.id))).one()
    membership.trusted = False
    service = await session.get_one(Service, pages.services["backs"])
    asked = await ask(session, service.id, "practitioner", "", claire.id, NOW)
    assert asked.question is not None
    asked.question.address = user.email
    await session.flush()
    await browser.open(_link((await _letters(session, settings))[0]))
    page = await browser.submit("/q/", button="female")
    assert "A curator puts it into your listing." in page
    proposal = (await session.scalars(select(Proposal))).one()
    assert proposal.wanted == {"attributes.practitioner-gender": [{"code": "female"}]}


async def test_a_link_that_ran_out_leads_to_the_listings_own(
    browser: Browser, session: AsyncSession, pages: Pages, claire: User, settings: Settings, clock: Clock
) -> None:
    link = (await _asked(browser, session, pages, claire, settings, "hours")).path
    clock.pass_(days=31)
    page = await browser.open(link)
    assert page.status == 410
    page = await browser.submit("/renew")
    assert "A link to your listing is on its way" in page
    assert (await browser.open("/en/q/nothing")).status == 404


async def test_what_was_asked_long_ago_is_forgotten(session: AsyncSession, pages: Pages, claire: User) -> None:
    await ask(session, pages.services["backs"], "places", "", claire.id, NOW)
    await JOBS["directory.forget_questions"](session, now=NOW + timedelta(days=399))
    assert len(list(await session.scalars(select(ListingQuestion)))) == 1
    await JOBS["directory.forget_questions"](session, now=NOW + timedelta(days=401))
    assert not list(await session.scalars(select(ListingQuestion)))


async def test_who_asked_reads_the_answer_on_their_day_page_and_puts_it_aside(
    browser: Browser, session: AsyncSession, pages: Pages, claire: User, settings: Settings
) -> None:
    await _asked(browser, session, pages, claire, settings, "places")
    await browser.submit("/q/", button="has-capacity")
    await browser.sign_in(claire.email, PASSWORD)
    page = await browser.open("/en/today")
    assert "Is there room for somebody new?" in page
    assert "Yes, there is room" in page
    page = await browser.submit("answers-read")
    assert "Is there room for somebody new?" not in page


@pytest.mark.parametrize("code", KINDS)
def test_every_answer_has_its_field_or_its_words_or_is_kept(code: str) -> None:
    known = {"language": "ar", "access": "step-free", "includes": "physiotherapy"}
    for answer, says in KINDS[code].answers.items():
        name = field_of(code, answer)
        if code in ("places", "room"):
            continue  # they say how many places there are, and mend no field
        nothing_more = answer == "no" and code in ("language", "includes", "condition")
        assert (name is None) == (says.detail is Detail.WORDS or nothing_more)
        if name is not None:
            once = mended(code, known.get(code, ""), answer, 40, "GBP", [])
            assert mended(code, known.get(code, ""), answer, 40, "GBP", once[name]) == once, "saying it twice is once"


def test_what_the_listing_said_of_other_things_stays() -> None:
    before: list[dict[str, Any]] = [{"code": "hearing-loop", "value": "no"}, {"code": "step-free", "value": "yes"}]
    after = mended("access", "hearing-loop", "yes", None, "GBP", before)["attributes.accessibility"]
    assert after == [{"code": "step-free", "value": "yes"}, {"code": "hearing-loop", "value": "yes"}]
    prices: list[dict[str, Any]] = [{"option": "client-contribution", "amount": "5"}]
    assert mended("price", "", "amount", 40, "EUR", prices)["cost_options"] == [
        *prices, {"option": "per-session", "amount": 40, "currency": "EUR"},
    ]  # fmt: skip


async def _asked(
    browser: Browser,
    session: AsyncSession,
    pages: Pages,
    claire: User,
    settings: Settings,
    code: str,
    subject: str = "",
) -> Page:
    """The provider has the question before them."""
    await ask(session, pages.services["backs"], code, subject, claire.id, NOW)
    return await browser.open(_link((await _letters(session, settings))[-1]))


async def _letters(session: AsyncSession, settings: Settings) -> list[Message]:
    """What the worker writes of all that waits."""
    await session.flush()
    from_queue = "DELETE FROM procrastinate_jobs WHERE task_name = :name RETURNING args"
    tools: dict[str, Any] = {"jinja": JINJA, "settings": settings, "now": NOW}
    for (args,) in (await session.execute(text(from_queue), {"name": SEND})).all():
        await JOBS[SEND](session, **args, **tools)
    return list(await session.scalars(select(Message).where(Message.purpose == "listing_question")))


def _link(message: Message) -> str:
    found = re.search(r"http://relais\.test(/\w\w/q/\S+)", message.body)
    assert found, message.body
    return found[1]
