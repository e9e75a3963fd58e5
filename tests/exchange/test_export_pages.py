"""Open data and what we speak: asked for by anybody, made by the worker, taken away; said anew when the directory changes."""

import httpx
import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Service
from referrals.exchange.export.jobs import MAKE, make_file, refresh
from referrals.exchange.export.store import COUNTS, Progress, Store
from referrals.kit.settings import Settings
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import world


@pytest.fixture(autouse=True)
async def service(session: AsyncSession) -> Service:
    return await world.service(session, "Leg physiotherapy")


async def _asked(session: AsyncSession) -> list[str]:
    """The files that wait to be made."""
    rows = await session.execute(
        text("SELECT args->>'key' FROM procrastinate_jobs WHERE task_name = :name"), {"name": MAKE}
    )
    return sorted(row[0] for row in rows)


async def test_anybody_asks_for_a_file_and_takes_it_away(
    session: AsyncSession, browser: Browser, client: httpx.AsyncClient, settings: Settings
) -> None:
    page = await browser.open("/en/open-data")
    assert "as soon as somebody asks for it" in page
    page = await browser.submit("/en/open-data/csv.en")
    assert await _asked(session) == ["csv.en"]
    assert "Being made: 0%" in page
    await make_file(session, key="csv.en", settings=settings, now=NOW)
    page = await browser.open("/en/open-data")
    assert "Up to date" in page
    file = await client.get("/en/open-data/csv.en/file")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="relais-csv-en-2026-11-23.csv"' in file.headers["content-disposition"]
    assert "Leg physiotherapy" in file.text


async def test_a_file_that_is_still_true_is_not_made_again(
    session: AsyncSession, browser: Browser, settings: Settings
) -> None:
    await make_file(session, key="hsds-json", settings=settings, now=NOW)
    before = Store.of(settings).kept("hsds-json", ".json")
    await make_file(session, key="hsds-json", settings=settings, now=NOW.replace(year=2027))
    assert Store.of(settings).kept("hsds-json", ".json") == before


async def test_when_the_directory_changes_the_page_says_so_and_the_hour_makes_it_anew(
    session: AsyncSession, browser: Browser, settings: Settings, service: Service
) -> None:
    for key in ("csv.fr", "csv.en", "hsds-json", "hsds-ndjson", "hsds-tabular", "data-inclusion", COUNTS):
        await make_file(session, key=key, settings=settings, now=NOW)
    await refresh(session, settings=settings)
    assert await _asked(session) == []
    await session.execute(update(Service).where(Service.id == service.id).values(last_modified=NOW, name="Knees"))
    page = await browser.open("/en/open-data")
    assert "The directory has changed since" in page
    await refresh(session, settings=settings)
    assert await _asked(session) == sorted(
        ["csv.fr", "csv.en", "hsds-json", "hsds-ndjson", "hsds-tabular", "data-inclusion", COUNTS]
    )


async def test_a_file_says_what_it_holds_and_what_it_cannot(
    session: AsyncSession, browser: Browser, settings: Settings
) -> None:
    await make_file(session, key="hsds-tabular", settings=settings, now=NOW)
    page = await browser.open("/en/open-data/hsds-tabular")
    assert "One service, as the directory said it" in page
    assert "where it came from, and when" in page


async def test_there_is_no_file_that_nobody_made_and_none_that_is_not_ours(client: httpx.AsyncClient) -> None:
    assert (await client.get("/en/open-data/csv.fr/file")).status_code == 404
    for key in ("csv", "csv.de", "counts", "..%2Fsecret"):
        assert (await client.get(f"/en/open-data/{key}/file")).status_code == 404


async def test_whoever_was_making_a_file_and_fell_silent_is_no_longer_waited_for(settings: Settings) -> None:
    store = Store.of(settings)
    store.say_progress("csv.fr", Progress(5, 10, NOW))
    going = store.progress("csv.fr", NOW)
    assert going is not None
    assert going.percent == 50
    assert store.progress("csv.fr", NOW.replace(minute=5)) is None


async def test_what_we_speak_is_read_off_the_running_system(
    session: AsyncSession, browser: Browser, settings: Settings
) -> None:
    page = await browser.open("/en/conformance")
    assert "We speak all 24 tables of HSDS 3.1" in page
    assert "/hsds/services/{id}" in page
    assert "taxonomy_term_id" in page
    page = await browser.submit("/en/open-data/counts")
    assert await _asked(session) == [COUNTS]
    await make_file(session, key=COUNTS, settings=settings, now=NOW)
    counted = Store.of(settings).counted()
    assert counted is not None
    assert counted.holdings.records["service"] == 1
    assert counted.holdings.fields["service"]["name"] == 1
    page = await browser.open("/en/conformance")
    assert "fields of HSDS 3.1 say something here" in page
