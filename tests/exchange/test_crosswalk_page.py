"""The curator's page: what other people's terms mean in ours."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.directory.models import Listing
from referrals.exchange.actions import import_directory
from referrals.exchange.jobs import relist
from referrals.taxonomy.models import Term, TermLink
from tests.browser import Browser
from tests.conftest import NOW
from tests.exchange.packages import folder, tables
from tests.factories import account


@pytest.fixture
async def curator(browser: Browser, session: AsyncSession, tmp_path: Path) -> Browser:
    """Signed in, with a directory whose two terms are one known by its everyday name and one that nobody has read."""
    await import_directory(session, folder(tmp_path / "p", tables()), NOW, source="harbour")
    await session.commit()
    await account(session, Role.CURATOR, email="curator@example.org")
    await session.commit()
    await browser.sign_in("curator@example.org")
    return browser


async def _term(session: AsyncSession, name: str) -> Term:
    return (await session.scalars(select(Term).where(Term.name == name))).one()


async def _needs(session: AsyncSession, term: Term) -> list[str]:
    """The needs of the services with this term, once the waiting job has run."""
    await relist(session, term_id=str(term.id), now=NOW)
    carried = text("SELECT link_id FROM attribute WHERE taxonomy_term_id = :id")
    id: UUID = (await session.scalars(carried, {"id": term.id})).one()
    return list((await session.get_one(Listing, id, populate_existing=True)).needs)


async def test_an_everyday_name_is_linked_by_the_import_itself(curator: Browser, session: AsyncSession) -> None:
    page = await curator.open("/en/terms?stand=linked")
    assert "Soup Kitchens" in page
    assert "Hot meal" in page
    assert await _needs(session, await _term(session, "Soup Kitchens")) == ["hot-meal"]


async def test_confirming_a_meaning_reaches_the_listings(curator: Browser, session: AsyncSession) -> None:
    term = await _term(session, "Mermaid Rescue")
    await curator.open(f"/en/terms/{term.id}")
    page = await curator.submit("confirm", means="peer-support")
    assert "Mermaid Rescue now means Peer support." in page
    waiting = await session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'exchange.relist'"))
    assert waiting == 1
    assert await _needs(session, term) == ["peer-support"]


async def test_nothing_fits_is_an_answer_too_and_can_be_taken_back(curator: Browser, session: AsyncSession) -> None:
    term = await _term(session, "Mermaid Rescue")
    await curator.open(f"/en/terms/{term.id}")
    await curator.submit("nothing")
    link = (await session.scalars(select(TermLink).where(TermLink.foreign_id == term.id))).one()
    assert (link.term_id, link.state) == (None, "confirmed")
    page = await curator.open("/en/terms?stand=nothing")
    assert "Mermaid Rescue" in page
    await curator.submit("reopen")
    assert list(await session.scalars(select(TermLink).where(TermLink.foreign_id == term.id))) == []


@pytest.mark.parametrize(("name", "was"), [("Soup Kitchens", "linked"), ("Adults", "nothing")])
async def test_what_was_taken_back_stays_open_at_the_next_import(
    curator: Browser, session: AsyncSession, tmp_path: Path, name: str, was: str
) -> None:
    content = tables()
    content["taxonomy"].append({"id": "ZZ-3", "name": "Adults", "parent_id": "", "vocabulary": "Harbour words"})
    await import_directory(session, folder(tmp_path / "q", content), NOW, source="harbour")
    await session.commit()
    id = (await _term(session, name)).id
    assert name in await curator.open(f"/en/terms?stand={was}")
    await curator.submit(f"{id}/reopen")
    assert name in await curator.open("/en/terms?stand=open")
    await import_directory(session, folder(tmp_path / "q", content), NOW, source="harbour")
    await session.commit()
    assert name in await curator.open("/en/terms?stand=open")
    await curator.open(f"/en/terms/{id}")
    assert f"{name} now means Hot meal." in await curator.submit("confirm", means="hot-meal")


async def test_a_form_without_a_choice_is_asked_again(curator: Browser, session: AsyncSession) -> None:
    term = await _term(session, "Mermaid Rescue")
    await curator.open(f"/en/terms/{term.id}")
    page = await curator.submit("confirm", means="")
    assert page.status == 422
    assert "choose one of our terms" in page


async def test_htmx_receives_the_line_of_the_term_alone(curator: Browser, session: AsyncSession) -> None:
    term = await _term(session, "Mermaid Rescue")
    page = await curator.open(f"/en/terms/{term.id}")
    token = page.form("confirm").fields["_csrf_token"][0]
    answer = await curator.client.post(
        f"/en/terms/{term.id}/confirm", data={"means": "food", "_csrf_token": token}, headers={"HX-Request": "true"}
    )
    assert answer.text.strip().startswith("<li")
    assert "Food aid" in answer.text


async def test_a_word_narrows_the_terms_and_goes_along_to_the_others(curator: Browser) -> None:
    assert "Mermaid Rescue" in await curator.open("/en/terms?stand=open&q=mermaid")
    page = await curator.open("/en/terms?stand=open&q=soup")
    assert "Mermaid Rescue" not in page
    assert "No term here has this word" in page
    linked = next(href for _words, href in page.links if "stand=linked" in href)
    assert "Soup Kitchens" in await curator.open(linked)


async def test_the_page_is_for_curators_alone(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.CASE_MANAGER, email="claire@example.org")
    await session.commit()
    await browser.sign_in("claire@example.org")
    assert (await browser.open("/en/terms")).status == 403


async def test_the_page_speaks_french(curator: Browser) -> None:
    page = await curator.open("/fr/terms?stand=linked")
    assert page.status == 200
    assert "Repas chaud" in page
