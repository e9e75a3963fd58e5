"""Writing down what somebody needs, and what is said where it cannot be."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients import actions
from referrals.clients.models import Client, Need
from referrals.clients.sensitivity import of_going_there
from referrals.kit.errors import Refused
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import PASSWORD, case_manager, client


@pytest.fixture(scope="session")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def claire(session: AsyncSession) -> Actor:
    return await case_manager(session)


@pytest.fixture
async def paul(session: AsyncSession, claire: Actor) -> Client:
    return await client(session, claire)


@pytest.fixture
async def form(browser: Browser, claire: Actor, paul: Client) -> Browser:
    await browser.sign_in(claire.email, PASSWORD)
    await browser.open(f"/en/people/{paul.id}/needs/new")
    return browser


async def _need(session: AsyncSession) -> Need:
    return (await session.scalars(select(Need).execution_options(populate_existing=True))).one()


async def test_all_of_it_is_kept_and_shown_again(form: Browser, session: AsyncSession) -> None:
    page = await form.submit(
        "/needs/new", term="physio", remote="only", prescription_held="yes", min_intensity="3", need_by="2027-01-15",
        specialisms=["knee"], note="After the operation.",
    )  # fmt: skip
    assert page.path.endswith("/match")
    need = await _need(session)
    assert (need.term, need.remote_ok, need.remote_only) == ("physiotherapy", True, True)
    assert (need.prescription_held, need.min_intensity, need.specialisms) == (True, 3, ["knee"])
    page = await form.open(f"/en/needs/{need.id}/edit")
    kept = page.form("/edit").fields
    assert (kept["remote"], kept["prescription_held"], kept["min_intensity"]) == (["only"], ["yes"], ["3"])
    await form.submit("/edit", remote="no", prescription_held="", min_intensity="")
    need = await _need(session)
    assert (need.remote_ok, need.remote_only, need.prescription_held, need.min_intensity) == (False, False, None, None)


async def test_what_is_not_understood_stays_beside_what_may_be_meant(form: Browser, session: AsyncSession) -> None:
    page = await form.submit("/needs/new", term="counsel")
    assert page.status == 422
    assert "Which of these do you mean?" in page
    assert page.form("/needs/new").fields["term"] == ["counsel"]
    page = await form.submit("/needs/new", term_chosen="ptsd-counselling")
    assert page.path.endswith("/match")
    assert (await _need(session)).term == "ptsd-counselling"


async def test_a_word_that_nobody_knows_is_said_to_be_one(form: Browser) -> None:
    page = await form.submit("/needs/new", term="xylophone zither")
    assert page.status == 422
    assert "We do not know this word." in page
    assert page.form("/needs/new").fields["term"] == ["xylophone zither"]


async def test_what_is_mistyped_is_offered_while_somebody_types(form: Browser) -> None:
    page = await form.open("/en/people/terms?term=phisiotherapi")
    assert "Physiotherapy" in page
    assert "Physiotherapy" not in await form.open("/en/people/terms?term=physiotherapy")


async def test_a_date_that_has_passed_is_said_and_one_that_stood_there_may_stay(
    form: Browser, session: AsyncSession, paul: Client
) -> None:
    page = await form.submit("/needs/new", term="physiotherapy", need_by="2026-11-01")
    assert page.status == 422
    assert "1 November 2026 has passed: by when is it needed now?" in page
    await form.submit("/needs/new", need_by="")
    need = await _need(session)
    need.need_by = NOW.date().replace(day=1)
    await session.flush()
    await form.open(f"/en/needs/{need.id}/edit")
    assert (await form.submit("/edit", note="Still.")).path.endswith("/match")


async def test_more_needs_than_anybody_can_follow_are_refused_with_a_sentence(
    form: Browser, session: AsyncSession, paul: Client
) -> None:
    plain: dict[str, Any] = {
        "term": "physiotherapy",
        "specialisms": [],
        "urgency": "routine",
        "need_by": None,
        "remote_ok": False,
    }
    for _ in range(actions.MOST_OPEN):
        await actions.add_need(session, paul, **plain, note="", now=NOW)
    with pytest.raises(Refused, match="many_needs"):
        await actions.add_need(session, paul, **plain, note="", now=NOW)
    page = await form.submit("/needs/new", term="physiotherapy", note="One more.")
    assert page.status == 422
    assert "40 needs are open already, and nobody can follow more at once." in page
    assert page.form("/needs/new").fields["note"] == ["One more."]


def test_whoever_is_grown_up_tells_nobody_that_they_are_under_age() -> None:
    young = ["youth-mental-health"]
    assert [("minor" in of_going_there(young, age)) for age in (None, 17, 18, 22)] == [True, True, False, False]
    assert "mental_health" in of_going_there(young, 22)
