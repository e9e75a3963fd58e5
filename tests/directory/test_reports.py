"""A reader says that something is wrong, a curator answers, and nothing of the reader stays."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.directory import reports
from referrals.directory.models import ReaderReport
from referrals.kit.errors import Conflict, TooMany
from referrals.kit.mail import Message
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.factories import account

CURATOR = "yann@example.org"


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


async def _kept(session: AsyncSession) -> list[ReaderReport]:
    return list(await session.scalars(select(ReaderReport).execution_options(populate_existing=True)))


async def test_a_form_sent_twice_is_one_report(browser: Browser, session: AsyncSession, pages: Pages) -> None:
    form = await browser.open(f"/en{pages.service('knees')}/wrong")
    sent = await browser.submit("/wrong", what="moved", words="It is next door now.")
    assert "Somebody looks at it" in sent
    await browser.showing(form).submit("/wrong", what="moved", words="It is next door now.")
    (kept,) = await _kept(session)
    assert (kept.what, kept.words, kept.email) == ("moved", "It is next door now.", None)


async def test_what_is_missing_is_said_and_what_was_typed_stays(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    await browser.open(f"/en{pages.service('knees')}/wrong")
    again = await browser.submit("/wrong", what="other", email="nobody")
    assert again.status == 422
    assert "Please say in a few words what is wrong." in again
    assert again.form("/wrong").fields["email"] == ["nobody"]
    assert not await _kept(session)


async def test_a_form_left_open_too_long_is_asked_for_once_more_with_its_words(
    browser: Browser, session: AsyncSession, pages: Pages, clock: Clock
) -> None:
    await browser.open(f"/en{pages.service('knees')}/wrong")
    clock.pass_(hours=7)
    again = await browser.submit("/wrong", what="hours", words="Closed on Mondays.")
    assert again.status == 422
    assert not await _kept(session)
    await browser.submit("/wrong")
    assert [one.words for one in await _kept(session)] == ["Closed on Mondays."]


async def test_more_than_a_few_in_an_hour_have_to_wait(session: AsyncSession, pages: Pages) -> None:
    async def report() -> None:
        await reports.report(
            session, uuid4(), pages.services["knees"], what="closed", words="", email="", language="en", now=NOW
        )

    for _ in range(reports.A_SERVICE_AN_HOUR):
        await report()
    with pytest.raises(TooMany):
        await report()


async def test_the_reader_hears_what_came_of_it_and_is_forgotten(
    browser: Browser, session: AsyncSession, pages: Pages
) -> None:
    await account(session, Role.CURATOR, email=CURATOR)
    await browser.open(f"/fr{pages.service('knees')}/wrong")
    await browser.submit("/wrong", what="phone", words="Cela sonne dans le vide.", email="reader@example.net")
    await browser.sign_in(CURATOR)
    waiting = await browser.open("/en/curation/reports")
    assert "Cela sonne dans le vide." in waiting
    assert "waits for an answer" in waiting
    await browser.open(waiting.link("Read and answer"))
    closed = await browser.submit("/curation/report/", outcome="mended", words="Merci, le numéro est corrigé.")
    assert "the reader hears of it" in closed
    (kept,) = await _kept(session)
    assert (kept.outcome, kept.email) == ("mended", None)
    letter = (await session.scalars(select(Message).where(Message.to_address == "reader@example.net"))).one()
    assert "Merci, le numéro est corrigé." in letter.body
    assert "Genoux" in letter.body


async def test_a_report_is_answered_once_and_forgotten_after_a_year(
    session: AsyncSession, pages: Pages, clock: Clock
) -> None:
    curator = await account(session, Role.CURATOR, email=CURATOR)
    id = uuid4()
    await reports.report(
        session, id, pages.services["knees"], what="closed", words="", email="", language="en", now=NOW
    )
    await reports.answer(session, id, outcome="was_right", words="", by=curator.id, now=NOW)
    with pytest.raises(Conflict):
        await reports.answer(session, id, outcome="mended", words="", by=curator.id, now=NOW)
    clock.pass_(days=364)
    await reports.JOBS[reports.FORGET](session, now=clock())
    assert await _kept(session)
    clock.pass_(days=2)
    await reports.JOBS[reports.FORGET](session, now=clock())
    assert not await _kept(session)
