"""Who only reads leaves nothing: no cookie, no word in a log, no row; whom they lead away is asked from no page of ours."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.app import ROUTES, paths
from referrals.kit import cookies
from referrals.kit.settings import WEATHER, from_environment
from tests.browser import Browser
from tests.directory import conftest as directory
from tests.directory import pages_world
from tests.directory.pages_world import Pages

pages_database = directory.pages_database
HER_WORDS = "xylophone zanzibar"
SIGNED = "{token}"
"""In the address of a page behind a signed link: whoever opens one has been written to."""


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


def addresses(pages: Pages) -> Iterator[str]:
    """Every page that anybody may open, with records of the small directory in it."""
    ids = {
        "service_id": pages.services["knees"], "organization_id": pages.organizations["harbour"], "key": "csv.fr",
    }  # fmt: skip
    known = paths(ROUTES)
    for route in ROUTES:
        if "GET" not in {str(getattr(method, "value", method)) for method in route.http_methods}:
            continue
        if route.opt.get("public") and SIGNED not in (address := known[str(route.name)]):
            yield address.format_map(ids)
    yield f"/services?q=refuge+truro&s={pages.services['knees']}"
    yield f"/shortlist?s={pages.services['knees']}"
    yield f"/shortlist/compare?s={pages.services['knees']},{pages.services['backs']}&near=Truro"
    yield f"/services/{pages.services['knees']}/appointment.ics?on=2026-12-01&at=10:30"
    yield "/nowhere"


async def test_no_page_that_is_only_read_sets_a_cookie(client: httpx.AsyncClient, pages: Pages) -> None:
    read = 0
    for address in addresses(pages):
        client.cookies.clear()
        answer = await client.get(f"/en{address}")
        set_here = {header.split("=")[0] for header in answer.headers.get_list("set-cookie")}
        acts = bool(re.search(r'method="post"', answer.text)) or "hx-post" in answer.text
        assert set_here == ({cookies.FORMS} if acts else set()), address
        read += not acts
    assert read > 15


async def test_a_form_that_acts_still_works_with_its_one_cookie(browser: Browser, pages: Pages) -> None:
    await browser.open(f"/en{pages.service('knees')}/wrong")
    page = await browser.submit("/wrong", what="hours")
    assert "Thank you." in page
    refused = await browser.client.post(f"/en{pages.service('knees')}/wrong", data={"what": "hours"})
    assert refused.status_code == 403
    assert "The form had been open for too long." in refused.text
    browser.client.cookies.clear()
    without = await browser.client.post(f"/en{pages.service('knees')}/wrong", data={"what": "hours"})
    assert without.status_code == 403
    assert "Your browser sent none." in without.text
    assert "still there" not in refused.text + without.text


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the application writes to its log, as a deployment writes it."""
    written = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(written), cache_logger_on_first_use=False,
    )  # fmt: skip
    yield written
    structlog.reset_defaults()


async def test_the_log_of_a_search_holds_no_word_of_it(
    client: httpx.AsyncClient, pages: Pages, lines: io.StringIO
) -> None:
    service = pages.services["refuge"]
    for address in (
        f"/services?q={HER_WORDS}&near=Falmouth", f"/services/{service}", f"/shortlist?s={service}",
        f"/shortlist/compare?s={service},{pages.services['knees']}&near=Falmouth", f"/suggest?q={HER_WORDS}", "/leave",
    ):  # fmt: skip
        await client.get(f"/en{address}", headers={"User-Agent": "Cheap Phone 1.0", "X-Forwarded-For": "203.0.113.7"})
    said = lines.getvalue()
    assert said.count('"answered"') == 6
    assert "/en/services/{service_id}" in said
    for secret in (*HER_WORDS.split(), "Falmouth", str(service), "Cheap Phone", "203.0.113.7", "?"):
        assert secret not in said, secret


async def test_a_search_that_breaks_is_logged_without_what_was_asked(
    client: httpx.AsyncClient, pages: Pages, lines: io.StringIO, app: Litestar
) -> None:
    class Breaking:
        async def find(self, query: Any) -> Any:
            raise RuntimeError(f"cannot parse {query.words}")

    app.state.search = Breaking()
    answer = await client.get(f"/en/services?q={HER_WORDS}")
    assert answer.status_code == 500
    said = lines.getvalue()
    assert '"failed"' in said
    assert "RuntimeError" in said
    assert not [word for word in HER_WORDS.split() if word in said]


async def contents(session: AsyncSession) -> dict[str, tuple[int, str]]:
    """Of each table how many rows it has, and a digest of all that is in them."""
    tables = await session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'")
    )
    found = {}
    for table in sorted(tables):
        row = await session.execute(
            text(f'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM "{table}" t')  # noqa: S608
        )
        found[table] = tuple(row.one())
    return found


async def test_looking_around_leaves_no_row(client: httpx.AsyncClient, pages: Pages, session: AsyncSession) -> None:
    before = await contents(session)
    assert before["service"][0] > 0
    for address in addresses(pages):
        await client.get(f"/en{address}")
    session.expire_all()
    assert await contents(session) == before


async def test_a_list_that_was_handed_over_and_taken_back_leaves_no_row(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    before = await contents(session)
    await browser.open(f"/en/shortlist/hand?s={pages.services['knees']}")
    page = await browser.submit("/shortlist/hand")
    assert await contents(session) != before
    await browser.showing(page).submit("/take-back")
    assert await contents(session) == before


# Leaving


async def test_leaving_goes_to_the_weather_and_forgets(client: httpx.AsyncClient) -> None:
    for language, there in WEATHER.items():
        answer = await client.get(f"/{language}/leave", headers={"Sec-Fetch-Site": "same-origin"})
        assert (answer.status_code, answer.headers["location"]) == (303, there)
        assert answer.headers["clear-site-data"] == '"cookies", "storage"'
        assert answer.headers["cache-control"] == "no-store"
    elsewhere = await client.get("/en/leave", headers={"Sec-Fetch-Site": "cross-site"})
    assert "clear-site-data" not in elsewhere.headers


def test_where_leaving_goes_is_the_deployments_choice(tmp_path: Path) -> None:
    env = {"REFERRALS_DATA": str(tmp_path), "REFERRALS_SECRET": "x" * 32}
    assert from_environment(env).exit_from("fr") == WEATHER["fr"]
    assert (
        from_environment({**env, "EXIT_URL": "https://news.example.org/"}).exit_from("fr")
        == "https://news.example.org/"
    )
    with pytest.raises(ValueError, match="EXIT_URL"):
        from_environment({**env, "EXIT_URL": "javascript:alert(1)"})


async def test_every_public_page_begins_with_the_way_out(client: httpx.AsyncClient, pages: Pages) -> None:
    """Before anything else that takes the focus, as a plain link, and saying what it does not do."""
    for address in addresses(pages):
        answer = await client.get(f"/en{address}")
        if not answer.headers["content-type"].startswith("text/html") or "<html" not in answer.text:
            continue
        body = answer.text.split("<body", 1)[1]
        first = re.search(r"<(a|button|input|select|summary|textarea)\b[^>]*>", body)
        assert first, address
        assert 'href="/en/leave"' in first[0], (address, first[0])
        assert "It does not empty your browser’s history." in body, address
