"""The curators' work list: every list opens, narrows, and leads to the page on which the thing is put right."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.curation.lists import LISTS
from referrals.directory import listings
from referrals.directory.contradictions.check import check
from referrals.directory.contradictions.sentences import KINDS, mend
from referrals.directory.forms.pages import find
from referrals.directory.models import (
    Drift,
    Finding,
    Organization,
    Proposal,
    ReaderReport,
    Schedule,
    Service,
    ServiceAtLocation,
    UpkeepAddress,
)
from referrals.directory.quality import PARTS
from tests.browser import Browser
from tests.conftest import NOW
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.factories import account

CURATOR = "yann@example.org"


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    pages = await pages_world.load(session, tmp_path)
    await account(session, Role.CURATOR, email=CURATOR)
    return pages


@pytest.fixture
async def curator(browser: Browser, pages: Pages) -> Browser:
    await browser.sign_in(CURATOR)
    return browser


@pytest.mark.parametrize("code", [one.code for one in LISTS])
async def test_every_list_opens_empty_and_with_work_and_narrowed(
    code: str, curator: Browser, session: AsyncSession, pages: Pages
) -> None:
    query = "?kind=closed&organization=Harb%25our&area=Truro&page=2"
    for address in (f"/en/curation/{code}", f"/fr/curation/{code}{query}", f"/en/curation/{code}?page=99999999"):
        assert (await curator.open(address)).status == 200, address
    await _work(session, pages)
    assert (await curator.open(f"/en/curation/{code}")).status == 200
    assert (await curator.open("/en/curation/nothing")).status == 404


async def test_a_waiting_change_stands_on_the_list_and_leads_to_its_page(
    curator: Browser, session: AsyncSession, pages: Pages
) -> None:
    await _work(session, pages)
    page = await curator.open("/en/curation/changes")
    assert "An editor wants to change one thing." in page
    assert (await curator.open(page.link("See what changes"))).status == 200
    assert "Nothing like this waits" in await curator.open("/en/curation/changes?organization=lantern")
    assert (await curator.open(f"/en/changes/{uuid4()}")).status == 404


async def test_a_contradiction_leads_to_where_it_is_mended_and_may_be_right(
    curator: Browser, session: AsyncSession, pages: Pages
) -> None:
    service = await session.get_one(Service, pages.services["knees"])
    service.minimum_age, service.maximum_age = 25, 18
    await session.flush()
    await check(session, [service.id], NOW)
    page = await curator.open("/en/curation/contradictions?kind=ages_crossed")
    mended = await curator.open(page.link("Put it right"))
    assert mended.path == f"/en/my-services/{service.id}/edit/who"
    await curator.open("/en/curation/contradictions?kind=ages_crossed")
    after = await curator.submit("/dismiss", why="A group for parents and their children.")
    assert "Noted." in after
    assert "only up to 18" not in after


async def test_mail_that_comes_back_leads_to_whoever_names_the_address(
    curator: Browser, session: AsyncSession, pages: Pages
) -> None:
    """One on a service, one of the organization alone: no service of it shows that one."""
    knees, harbour = pages.services["knees"], pages.organizations["harbour"]
    for name, service_id in pages.services.items():
        service = await session.get_one(Service, service_id)
        if service.organization_id == harbour:
            service.email = f"{name}@harbour.example.org"
    (await session.get_one(Organization, harbour)).email = "House@harbour.example.org"
    await session.flush()
    await listings.refresh(session, list(pages.services.values()), NOW)
    for address in ("knees@harbour.example.org", "house@harbour.example.org", "paul@example.org"):
        session.add(UpkeepAddress(address=address, dead_at=NOW, dead_why="550"))
    await session.flush()
    page = await curator.open("/en/curation/mail?organization=harbour&area=Truro")
    assert "What we send to knees@harbour.example.org comes back. One listing depends on it." in page
    assert "2 wait" in await curator.open("/en/curation/mail")
    page = await curator.open("/en/curation/mail?organization=harbour")
    assert "What we send to house@harbour.example.org comes back. It is the organization’s own address." in page
    to = {f"/en/my-services/{knees}/edit/contact", f"/en/my-organizations/{harbour}/edit/contact"}
    assert to <= {address for _, address in page.links}
    assert "paul@" not in page


async def test_a_closing_with_dates_contradicts_room_while_it_lasts(
    curator: Browser, session: AsyncSession, pages: Pages
) -> None:
    """`knees` has three places; its hours are those of every week."""
    knees = pages.services["knees"]

    async def closed(first: str, last: str) -> bool:
        await curator.open(f"/en{pages.edit('knees')}/edit/closure")
        await curator.submit("/closure", closed="yes", closed_first=first, closed_last=last)
        await check(session, [knees], NOW)
        page = await curator.open("/en/curation/contradictions?kind=closed_with_room")
        return "It is closed (closed for now), and says about its places: places free." in page

    assert not await closed("2026-12-20", "2026-12-31"), "it lies ahead"
    assert await closed("2026-11-20", "2026-11-30")


async def test_hours_that_all_have_ended_are_a_contradiction(
    curator: Browser, session: AsyncSession, pages: Pages
) -> None:
    knees = pages.services["knees"]
    for row in await session.scalars(select(Schedule).where(Schedule.service_id == knees)):
        row.until = date(2026, 8, 31)
    await session.flush()
    await listings.refresh(session, [knees], NOW)
    await check(session, [knees], NOW)
    page = await curator.open("/en/curation/contradictions?kind=hours_over")
    assert "Its hours ended on 31 August 2026, and no others begin." in page
    assert (await curator.open(page.link("Put it right"))).path == f"/en/my-services/{knees}/edit/hours"


async def test_the_other_language_of_every_kind_of_record_leads_to_where_it_is_written(
    curator: Browser, session: AsyncSession, pages: Pages
) -> None:
    """A price of a service in words, what a house is, how to get to a place."""
    knees, harbour = pages.services["knees"], pages.organizations["harbour"]
    place = await session.scalar(select(ServiceAtLocation.location_id).where(ServiceAtLocation.service_id == knees))
    for kind, id, name in (
        ("service", knees, "fees_description"), ("organization", harbour, "description"),
        ("location", place, "transportation"),
    ):  # fmt: skip
        session.add(
            Drift(
                resource_id=id, resource_type=kind, field_name=name, language="fr", organization_id=harbour, since=NOW
            )
        )
    await session.flush()
    page = await curator.open("/en/curation/drift?organization=harbour&area=Truro")
    assert "3 wait" in page
    links = {
        f"/en/my-services/{knees}/edit/costs",
        f"/en/my-organizations/{harbour}/edit/texts",
        f"/en/my-places/{place}/edit/texts",
    }
    assert links <= {address for _, address in page.links}
    for link in links:
        assert (await curator.open(link)).status == 200
    assert "Nothing like this waits" in await curator.open("/en/curation/drift?area=Lyon")


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_contradiction_is_mended_on_a_page_that_there_is(kind: str) -> None:
    id = uuid4()
    mails = {"mail", "phone", "link"}
    records = ("service", "organization") if kind in mails else ("service",)
    for record in records:
        facts = {"of": record, "id": str(id)} if kind in mails else {}
        where = mend(kind, facts, id, str(id))
        assert not where.part or find(where.record, where.part), (kind, where)


def test_every_hint_of_quality_leads_to_a_page_that_there_is() -> None:
    assert not [part for part in PARTS.values() if part and find("service", part) is None]


async def test_the_overview_of_a_listing_says_what_would_complete_it(curator: Browser, pages: Pages) -> None:
    page = await curator.open(f"/en{pages.edit('backs')}")
    assert "How complete is this listing?" in page
    missing = await curator.open(page.link("Name somebody to ask for."))
    assert missing.status == 200
    assert missing.path.endswith("/edit/contact")


async def _work(session: AsyncSession, pages: Pages) -> None:
    """One of everything that a row makes."""
    knees = pages.services["knees"]
    session.add(ReaderReport(service_id=knees, what="closed", words="Shut.", language="en", at=NOW))
    session.add(_proposal(knees, (await session.get_one(Organization, pages.organizations["harbour"])).id))
    session.add(
        Finding(
            service_id=knees, kind="ages_crossed", key="", facts={"low": 25, "high": 18}, weight=75,
            found_at=NOW - timedelta(days=2),
        )
    )  # fmt: skip
    await session.flush()


def _proposal(service_id: UUID, organization_id: UUID) -> Proposal:
    return Proposal(
        resource_type="service", resource_id=service_id, organization_id=organization_id, state="waiting", at=NOW,
        wanted={"email": "new@example.org"}, before={"email": None}, by_id=uuid4(),
    )  # fmt: skip
