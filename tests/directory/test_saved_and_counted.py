"""Searches that are kept and asked again, and how often what is looked for: in whole days, never about a few."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.directory import counting, listings, saved
from referrals.directory.models import DailyCount, SavedSearch, Service
from referrals.kit.jobs import Job
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from referrals.worker import every_job
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.factories import account

TODAY = date(2026, 11, 23)
"""A Monday."""


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


@pytest.fixture
def jobs(settings: Settings, clock: Clock) -> dict[str, Job]:
    return every_job(settings, clock)


async def hide(session: AsyncSession, service: Service, gone: Any) -> None:
    service.gone_at = gone
    await listings.refresh(session, [service.id], NOW)
    await session.flush()


async def letters(session: AsyncSession) -> list[Message]:
    return list(await session.scalars(select(Message).where(Message.purpose == "saved_search")))


async def test_who_keeps_a_search_hears_of_what_is_new_and_only_once(
    browser: Browser, pages: Pages, session: AsyncSession, jobs: dict[str, Job], clock: Clock
) -> None:
    backs = await session.get_one(Service, pages.services["backs"])
    await hide(session, backs, NOW)
    await account(session, Role.PROVIDER_EDITOR, email="morwenna@example.org")
    await browser.sign_in("morwenna@example.org")
    await browser.open("/en/services?q=physio+truro&need=physiotherapy")
    page = await browser.submit("/saved")
    assert "Saved. We write to you" in page
    kept = (await session.scalars(select(SavedSearch))).one()
    assert kept.question == {"q": "physio truro", "need": "physiotherapy"}
    assert kept.known == [pages.services["knees"]]

    clock.pass_(days=1)
    await jobs[saved.LOOK](session, search_id=str(kept.id))
    assert not await letters(session)

    await hide(session, backs, None)
    clock.pass_(days=1)
    await jobs[saved.LOOK](session, search_id=str(kept.id))
    letter = (await letters(session))[0]
    assert (letter.to_address, letter.subject) == ("morwenna@example.org", "1 new service fits")
    assert "/en/saved" in letter.body
    assert not [word for word in ("physio", "Truro", "truro", "Backs") if word in letter.subject + letter.body]

    clock.pass_(days=1)
    await jobs[saved.LOOK](session, search_id=str(kept.id))
    assert len(await letters(session)) == 1


@pytest.mark.parametrize(
    ("asked", "known"),
    [("free physio", ["knees"]), ("physio in arabic", []), ("physio on sunday", ["knees", "backs"])],
)
async def test_only_what_fits_is_news_and_the_hour_of_asking_counts_for_nothing(
    browser: Browser, pages: Pages, session: AsyncSession, asked: str, known: list[str]
) -> None:
    await account(session, Role.PROVIDER_EDITOR, email="morwenna@example.org")
    await browser.sign_in("morwenna@example.org")
    page = await browser.open(f"/en/services?q={asked.replace(' ', '+')}")
    assert pages.service("backs") in page.html  # with fewer wishes, or as one that fits less well
    await browser.submit("/saved")
    kept = (await session.scalars(select(SavedSearch))).one()
    assert set(kept.known) == {pages.services[name] for name in known}


async def test_the_mail_leads_to_what_is_new_and_ends_in_one_press_without_an_account(
    browser: Browser, pages: Pages, session: AsyncSession, jobs: dict[str, Job], clock: Clock
) -> None:
    backs = await session.get_one(Service, pages.services["backs"])
    await hide(session, backs, NOW)
    await account(session, Role.PROVIDER_EDITOR, email="morwenna@example.org")
    await account(session, Role.CURATOR, email="ines@example.org")
    await browser.sign_in("morwenna@example.org")
    await browser.open("/en/services?q=physio+truro")
    await browser.submit("/saved")
    kept = (await session.scalars(select(SavedSearch))).one()
    knows = len(kept.known)
    await hide(session, backs, None)
    clock.pass_(days=1)
    await jobs[saved.LOOK](session, search_id=str(kept.id))
    letter = (await letters(session))[0]
    news, stop = (line.removeprefix("http://localhost:8000") for line in letter.body.split() if "/en/saved/" in line)
    assert news.endswith(f"/en/saved/{kept.id}/new/{knows}/1")
    assert letter.stop_url is not None
    assert letter.stop_url.endswith(stop)
    await browser.sign_in("morwenna@example.org")
    page = (await browser.open(news)).response.text
    assert pages.service("backs") in page
    assert pages.service("knees") not in page
    await hide(session, await session.get_one(Service, pages.services["knees"]), NOW)
    clock.pass_(days=1)
    await jobs[saved.LOOK](session, search_id=str(kept.id))
    await browser.sign_in("morwenna@example.org")
    assert pages.service("backs") in (await browser.open(news)).response.text  # what one mail was about stays that

    await browser.open("/en/account")
    await browser.submit("sign-out")
    await browser.sign_in("ines@example.org")
    assert (await browser.client.get(news)).status_code == 404
    await browser.open("/en/account")
    await browser.submit("sign-out")
    assert "One press" in await browser.open(stop)
    assert await session.scalar(select(SavedSearch.paused_at)) is None
    assert (await browser.client.get(stop[:-1] + "x")).status_code == 404
    assert "You get no more of these mails" in await browser.submit("saved/stop")
    await session.refresh(kept)
    assert kept.paused_at is not None
    assert "physio" not in await browser.open(stop)
    await saved.forget(session, kept)
    assert "You get no more of these mails" in await browser.open(stop)


async def test_an_account_that_sleeps_is_told_nothing_and_hears_of_it_when_it_wakes(
    browser: Browser, pages: Pages, session: AsyncSession, jobs: dict[str, Job], clock: Clock
) -> None:
    backs = await session.get_one(Service, pages.services["backs"])
    await hide(session, backs, NOW)
    user = await account(session, Role.PROVIDER_EDITOR, email="morwenna@example.org")
    await browser.sign_in("morwenna@example.org")
    await browser.open("/en/services?q=physio+truro")
    await browser.submit("/saved")
    kept = (await session.scalars(select(SavedSearch))).one()
    await hide(session, backs, None)
    clock.pass_(days=1)
    user.deactivated_at = clock.now
    await jobs[saved.LOOK](session, search_id=str(kept.id))
    assert not await letters(session)
    clock.pass_(days=1)
    user.deactivated_at = None
    await jobs[saved.LOOK](session, search_id=str(kept.id))
    assert [one.subject for one in await letters(session)] == ["1 new service fits"]


async def test_a_search_is_kept_once_paused_and_ended_by_its_owner_alone(
    browser: Browser, pages: Pages, session: AsyncSession, jobs: dict[str, Job]
) -> None:
    await account(session, Role.PROVIDER_EDITOR, email="morwenna@example.org")
    await account(session, Role.CURATOR, email="ines@example.org")
    await browser.sign_in("morwenna@example.org")
    for _ in range(2):
        await browser.open("/en/services?need=counselling&near=Truro&km=20")
        await browser.submit("/saved")
    kept = (await session.scalars(select(SavedSearch))).one()
    page = await browser.submit(f"{kept.id}/pause")
    assert "Paused" in page
    long_ago = kept.looked_at = NOW - timedelta(days=2)
    await session.flush()
    await jobs[saved.BEGIN](session)
    await jobs[saved.LOOK](session, search_id=str(kept.id))
    await session.refresh(kept)
    assert kept.looked_at == long_ago
    assert "From now on" in await browser.submit(f"{kept.id}/go-on")
    page = await browser.open("/en/saved")
    assert "Truro" in page
    assert "within 20 km" in page
    await browser.open("/en/account")
    await browser.submit("sign-out")
    await browser.sign_in("ines@example.org")
    answer = await browser.open("/en/saved")
    assert "None yet." in answer
    token = answer.form("sign-out").fields["_csrf_token"][0]
    stolen = await browser.client.post(f"/en/saved/{kept.id}/end", data={"_csrf_token": token})
    assert stolen.status_code == 404
    await browser.submit("sign-out")
    await browser.sign_in("morwenna@example.org")
    await browser.open("/en/saved")
    assert "Nothing of it is kept." in await browser.submit(f"{kept.id}/end")
    assert await session.scalar(select(func.count()).select_from(SavedSearch)) == 0


async def test_who_has_no_account_is_offered_nothing_to_save(browser: Browser, pages: Pages) -> None:
    assert "Tell me when" not in await browser.open("/en/services?need=counselling")
    assert (await browser.open("/en/saved")).path == "/en/sign-in"


async def test_a_search_is_counted_by_need_and_area_and_nothing_else(
    client: httpx.AsyncClient, app: Litestar, pages: Pages, session: AsyncSession
) -> None:
    for _ in range(3):
        await client.get("/en/services?q=physio+truro")
    await client.get("/en/services?q=xylophone")
    await client.get("/en/services?q=phys", headers={"HX-Request": "true", "HX-Target": "results"})  # still typing
    counts = dict(app.state.tally.counts)
    assert counts == {(TODAY, "physiotherapy", "GB Cornwall"): 3, (TODAY, "", ""): 1}
    await counting.write_down(session, app.state.tally.drain())
    await counting.write_down(session, counts)
    row = await session.get_one(DailyCount, (TODAY, "physiotherapy", "GB Cornwall"))
    assert row.times == 6
    assert set(DailyCount.__table__.c.keys()) == {"day", "need", "area", "times"}


async def test_few_of_a_day_lose_their_area_and_then_their_need(session: AsyncSession, pages: Pages) -> None:
    yesterday = TODAY - timedelta(days=1)
    await counting.write_down(session, {
        (yesterday, "physiotherapy", "GB Cornwall"): 7, (yesterday, "physiotherapy", "FR Rhône"): 2,
        (yesterday, "physiotherapy", "FR Ain"): 4, (yesterday, "counselling", "FR Rhône"): 3, (yesterday, "hostel", "FR Rhône"): 1,
        (TODAY, "hostel", "FR Rhône"): 1,
    })  # fmt: skip
    await counting.fold_small(session, now=NOW)
    rows = await session.execute(select(DailyCount.day, DailyCount.need, DailyCount.area, DailyCount.times))
    assert {(day, need, area): times for day, need, area, times in rows} == {
        (yesterday, "physiotherapy", "GB Cornwall"): 7, (yesterday, "physiotherapy", ""): 6, (yesterday, "", ""): 4,
        (TODAY, "hostel", "FR Rhône"): 1,
    }  # fmt: skip


async def test_small_numbers_are_shown_nowhere(browser: Browser, pages: Pages, session: AsyncSession) -> None:
    sunday = TODAY - timedelta(days=1)
    await counting.write_down(session, {
        (sunday, "physiotherapy", "GB Cornwall"): 41, (sunday, "counselling", "FR Rhône"): 4,
        (TODAY, "hostel", "FR Rhône"): 99, (TODAY - timedelta(days=29), "hostel", "FR Ain"): 99,
    })  # fmt: skip
    await account(session, Role.CURATOR, email="ines@example.org")
    await browser.sign_in("ines@example.org")
    page = await browser.open("/en/curation/asked-for")
    assert "Physiotherapy Cornwall 41" in page
    assert "Rhône" not in page  # four of it, and those of today, whose week is not over
    assert "Ain" not in page
    assert "1 more line is about fewer than 5 searches" in page


async def test_what_was_counted_is_written_down_when_the_application_ends(
    app: Litestar, pages: Pages, session: AsyncSession
) -> None:
    async with app.lifespan():
        app.state.tally.note(TODAY, ["hostel"], None)
    assert (await session.get_one(DailyCount, (TODAY, "hostel", ""))).times == 1
