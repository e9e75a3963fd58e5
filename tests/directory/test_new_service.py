"""A provider adds a service; the quiet links of the listings in one's care; checking them all at once."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Membership
from referrals.directory.models import Metadata, Service, Upkeep
from tests.browser import Browser
from tests.conftest import NOW
from tests.directory import pages_world
from tests.directory.pages_world import EDITOR, Pages


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    found = await pages_world.load(session, tmp_path)
    await pages_world.editor(session, found)
    return found


async def hold(session: AsyncSession, **how: bool) -> None:
    """How Morwenna holds her organization."""
    await session.execute(update(Membership).values(**how))


def first_page(pages: Pages) -> str:
    return f"/my-organizations/{pages.organizations['harbour']}/new-service"


async def test_a_new_service_is_found_at_once_and_goes_on_in_the_editor(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    await browser.sign_in(EDITOR)
    mine = await browser.open("/en/my-services")
    assert mine.link("Add a service") == f"/en{first_page(pages)}"
    await browser.open(f"/en{first_page(pages)}")
    silent = await browser.submit("new-service", name="", need="food-parcel")
    assert silent.status == 422
    odd = await browser.submit("new-service", name="Soup by the sea", need="dragons")
    assert "This is not one of the choices." in odd
    page = await browser.submit("new-service", need="food-parcel")
    assert "Soup by the sea is there. Now say where it is given, when, and how to come." in page
    assert "Soup by the sea" in await browser.open("/en/services?need=food-parcel")
    made = await session.scalar(select(Service).where(Service.name == "Soup by the sea"))
    assert made is not None
    assert (made.organization_id, made.language) == (pages.organizations["harbour"], "en")
    kinds = await session.scalars(select(Metadata.last_action_type).where(Metadata.resource_id == made.id))
    assert set(kinds) == {"create", "update"}


async def test_whose_changes_are_read_first_adds_no_service_and_reads_why(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    await hold(session, trusted=False)
    await browser.sign_in(EDITOR)
    house = await browser.open(f"/en/my-organizations/{pages.organizations['harbour']}")
    assert "A new service is seen by everybody at once" in house
    assert "Add a service" not in house
    refused = await browser.open(f"/en{first_page(pages)}")
    assert refused.status == 403
    assert "A new service is seen by everybody at once" in refused


async def test_nobody_adds_a_service_to_somebody_elses_house(browser: Browser, pages: Pages) -> None:
    await browser.sign_in(EDITOR)
    assert (await browser.open(f"/en/my-organizations/{pages.organizations['lantern']}/new-service")).status == 404


async def test_the_quiet_links_are_for_those_whom_they_concern(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    await hold(session, trusted=True, manages=False)
    await browser.sign_in(EDITOR)
    plain = await browser.open("/en/my-services")
    assert "Colleagues" not in plain
    assert "Your changes" not in plain
    await hold(session, trusted=False, manages=True)
    page = await browser.open("/en/my-services")
    assert page.link("Colleagues") == "/en/my-services/colleagues"
    assert page.link("Your changes") == "/en/my-services/changes"
    assert "Add a service" not in page


async def test_listings_are_checked_together_or_asked_after_at_a_rhythm(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    await browser.sign_in(EDITOR)
    page = await browser.open("/en/my-services/checks")
    assert "1 listing has not been checked for a while." in page
    nothing = await browser.submit("/checks", button="checked", listings=[])
    assert nothing.status == 422
    both = [str(pages.services[key]) for key in ("knees", "backs")]
    foreign = str(pages.services["listening"])
    await browser.open("/en/my-services/checks")
    page = await browser.submit("/checks", button="checked", listings=[*both, foreign])
    assert "Thank you. 2 listings are checked." in page
    assert "All of it is checked." in page
    await browser.submit("/checks", button="rhythm", listings=[both[0], foreign], months="12", places="30")
    rhythms = await session.scalars(select(Upkeep).execution_options(populate_existing=True))
    chosen = {one.service_id: (one.months, one.places_days) for one in rhythms}
    assert chosen[pages.services["knees"]] == (12, 30)
    assert chosen.get(pages.services["listening"], (6, None))[0] != 12, "somebody else's is left alone"
    for key, checked in (("knees", NOW.date()), ("backs", NOW.date()), ("listening", None)):
        service = await session.get_one(Service, pages.services[key], populate_existing=True)
        assert service.assured_date == checked
