"""Searching as somebody without an account and without JavaScript does it."""

import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from tests.browser import Browser
from tests.directory import pages_world
from tests.directory.pages_world import Pages, counted


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


async def test_the_first_page_asks_and_offers_every_need_in_plain_words(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/")
    assert page.status == 200
    assert "What would help you now?" in page
    assert page.link("Where to sleep, where to live") == "/en/services?need=housing-dom"
    assert page.link("A bed for tonight") == "/en/services?need=emergency-shelter"


async def test_words_and_a_place_lead_to_services_with_all_that_decides(browser: Browser, pages: Pages) -> None:
    await browser.open("/en/")
    page = await browser.submit("/services", q="physio truro")
    assert page.path == "/en/services"
    assert "2 services around Truro" in page
    assert "Knees and other hinges" in page
    assert "Harbour House · Truro TR1 2AB" in page
    assert "3 places free" in page
    assert "open until 12:00" in page
    assert "free" in page
    assert "Anybody over twelve." in page


async def test_what_was_said_long_ago_is_not_passed_on_as_news(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?need=physiotherapy&near=Falmouth")
    assert "Places: not said lately" in page
    assert "Full" not in page
    assert "not checked since October 2025" in page


async def test_each_chip_can_be_taken_away(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/fr/services?q=kin%C3%A9%20pr%C3%A8s%20de%20Truro&km=20")
    assert "Truro (Cornouailles), à moins de 20 km" in page
    removals = re.findall(r'class="chip understood">([^<]+)<a href="([^"]+)"', page.html)
    assert removals == [
        ("Kinésithérapie", "/fr/services?q=pr%C3%A8s+de+Truro&amp;km=20"),
        ("Truro (Cornouailles), à moins de 20 km", "/fr/services?q=kin%C3%A9"),
    ]


async def test_filters_work_as_a_plain_form_and_make_an_address_to_share(browser: Browser, pages: Pages) -> None:
    await browser.open("/en/services")
    page = await browser.submit("/services", need="counselling", remote="yes", speaks="en", near="Truro")
    assert "1 service around Truro" in page
    assert "Somebody listens" in page
    assert "Understood: Counselling" in page
    again = await browser.open(str(page.response.url).removeprefix("http://relais.test"))
    assert again.text == page.text


async def test_htmx_gets_the_results_alone_and_a_sentence_for_the_live_region(browser: Browser, pages: Pages) -> None:
    part = await browser.open("/en/services?q=physio", HX_Request="true")
    assert "<html" not in part.html
    assert 'hx-swap-oob="innerHTML:#live">2 services<' in part.html
    whole = await browser.open("/en/services?q=physio")
    assert "hx-swap-oob" not in whole.html
    assert "HX-Request" in whole.response.headers["Vary"]


async def test_little_nearby_says_how_many_more_a_wider_circle_has(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?need=physiotherapy&near=Truro&km=5")
    assert "1 service within 5 km of Truro" in page
    assert "1 more service within 20 km" in page
    page = await browser.open(page.link("1 more service within 20 km").replace("&amp;", "&"))
    assert "2 services within 20 km of Truro" in page


async def test_an_unknown_place_is_named_and_the_rest_still_holds(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?q=physio&near=Brigadoonshire")
    assert "We do not know the place “Brigadoonshire”" in page
    assert "2 services" in page


async def test_an_ambiguous_place_asks_with_links(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/fr/services?need=physiotherapy&near=Saint-Denis")
    assert "Il y a aussi :" in page
    assert "near=93200+Saint-Denis" in page.html
    settled = await browser.open("/fr/services?need=physiotherapy&near=93200+Saint-Denis")
    assert "Saint-Denis (Seine-Saint-Denis)" in settled
    assert "Il y a aussi :" not in settled


async def test_nothing_found_says_what_to_do_next(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?q=xylophonequartet")
    assert page.status == 200
    assert "Nothing found that fits all of this" in page
    assert page.link("All needs in plain words") == "/en/"


async def test_an_address_that_was_cut_or_typed_never_breaks(client: httpx.AsyncClient, pages: Pages) -> None:
    for part in (
        "km=far",
        "km=-3",
        "km=nan",
        "page=0",
        "page=x",
        "page=9999",
        "need=%27%3B--",
        "q=%00",
        "near=%00",
        "speaks=*",
    ):
        assert (await client.get(f"/en/services?{part}")).status_code == 200, part


async def test_the_map_leads_to_the_rows(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?need=physiotherapy&near=Truro")
    assert re.findall(r'href="#(result-\d)"', page.html) == re.findall(r'<li id="(result-\d)"', page.html)


async def test_type_ahead_finishes_towns_and_needs(client: httpx.AsyncClient, pages: Pages) -> None:
    towns = await client.get("/en/suggest?near=tru")
    assert 'value="Truro (Cornwall)"' in towns.text
    needs = await client.get("/fr/suggest?q=kin")
    assert 'value="Kinésithérapie"' in needs.text
    both = await client.get("/fr/suggest?q=kin%C3%A9%20ren")
    assert 'value="kiné Rennes"' in both.text


async def test_searching_costs_a_bounded_number_of_statements(
    client: httpx.AsyncClient, pages: Pages, connection: AsyncConnection
) -> None:
    await client.get("/en/services")
    async with counted(connection) as said:
        await client.get("/en/services?need=physiotherapy&near=Truro")
    assert len(said) <= 15, "\n".join(said)
