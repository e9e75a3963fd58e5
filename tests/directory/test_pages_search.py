"""Searching as somebody without an account and without JavaScript does it."""

import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from referrals.directory.routes.rows import about
from referrals.kit.i18n import speaking
from tests.browser import Browser, Page
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.statements import counted


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


def chips(page: Page) -> list[tuple[str, str]]:
    """What was understood, and where taking it away leads."""
    found = re.findall(r'class="chip understood"><span>([^<]+)</span><a id="[^"]*" href="([^"]+)"', page.html)
    return [(text, href.replace("&amp;", "&")) for text, href in found]


async def test_the_first_page_asks_plain_questions_and_only_those_that_something_answers(
    browser: Browser, pages: Pages
) -> None:
    page = await browser.open("/en/")
    assert page.status == 200
    assert "What would help you now?" in page
    assert re.findall(r"<details class=\"way\".*?<span>(.*?)</span>", page.html, re.DOTALL) == [
        "Where to sleep", "Someone hurts me", "I feel very low", "Move again after an accident", "See a doctor, get care",
    ]  # fmt: skip
    for address in re.findall(r'<li><a[^>]* href="(/en/services[^"]*)"', page.html):
        there = await browser.open(address.replace("&amp;", "&"))
        assert "Nothing found" not in there, address


async def test_its_examples_find_something(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/")
    found = [text for text, href in page.links if "q=" in href]
    assert found == ["a bed for tonight", "physio knee Falmouth", "someone to talk to"]
    for text in found:
        assert "Nothing found" not in await browser.open(page.link(text)), text


async def test_the_first_page_has_the_numbers_of_the_country(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/fr/")
    assert page.link("115") == "tel:115"
    every = await browser.open(page.link("Tous les numéros, autres pays"))
    assert every.link("116 123") == "tel:116123"


async def test_words_that_mean_danger_bring_numbers_before_any_answer(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?q=he+hits+me+truro")
    assert page.link("999") == "tel:999"
    assert page.html.index("tel:999") < page.html.index('id="found"')
    here = await browser.open("/en/services?q=he+hits+me")
    assert here.link("3919") == "tel:3919"
    assert "tel:" not in (await browser.open("/en/services?q=physio")).html


async def test_a_need_that_cannot_wait_has_its_numbers_too(browser: Browser, pages: Pages) -> None:
    assert (await browser.open("/fr/services?need=domestic-violence-refuge")).link("3919") == "tel:3919"


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


async def test_taking_a_chip_away_leaves_plain_words_and_then_nothing(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/fr/services?q=kin%C3%A9%20pr%C3%A8s%20de%20Truro&km=20")
    assert chips(page) == [
        ("Kinésithérapie", "/fr/services?q=%22kin%C3%A9%22+pr%C3%A8s+de+Truro&km=20"),
        ("Truro (Cornouailles), à moins de 20 km", "/fr/services?q=kin%C3%A9+pr%C3%A8s+de+%22Truro%22"),
    ]
    assert "Prendre «\xa0kiné\xa0» comme de simples mots" in page.html
    page = await browser.open(chips(page)[0][1])
    assert chips(page)[0] == ("kiné", "/fr/services?q=pr%C3%A8s+de+Truro&km=20")


async def test_the_words_that_were_asked_for_are_marked_and_nothing_slips_through(
    browser: Browser, pages: Pages
) -> None:
    page = await browser.open("/en/services?q=knees%20%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<mark>Knees</mark> and other hinges" in page.html
    assert "The search is resting: for now, words are found only as they are written." in page, "there is no index here"
    assert "<script>alert" not in page.html


async def test_a_point_stands_for_here_and_is_never_kept_finer_than_a_kilometre(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?need=physiotherapy&near=50.26341,-5.05129")
    assert "2 services around you" in page
    assert "near you, around Truro (Cornwall)" in page
    assert not re.search(r"href=\"/en/services[^\"]*50\.2634", page.html)


async def test_filters_work_as_a_plain_form_and_make_an_address_to_share(browser: Browser, pages: Pages) -> None:
    await browser.open("/en/services")
    page = await browser.submit("/services", q="counselling", near="Truro", km="20")
    assert "1 service within 20 km of Truro" in page
    assert "Somebody listens" in page
    assert [text for text, _ in chips(page)] == ["Counselling", "Truro (Cornwall), within 20 km"]
    again = await browser.open(str(page.response.url).removeprefix("http://relais.test"))
    assert again.text == page.text


async def test_htmx_gets_the_results_alone_and_a_sentence_for_the_live_region(browser: Browser, pages: Pages) -> None:
    part = await browser.open("/en/services?q=physio", HX_Request="true")
    assert "<html" not in part.html
    assert 'hx-swap-oob="innerHTML:#heard">2 services<' in part.html
    assert 'id="search"' in part.html
    whole = await browser.open("/en/services?q=physio")
    assert "hx-swap-oob" not in whole.html
    assert "HX-Request" in whole.response.headers["Vary"]


async def test_while_somebody_types_only_the_answers_change_and_the_address_stays_one(
    browser: Browser, pages: Pages
) -> None:
    part = await browser.open("/en/services?q=physio&near=&km=", HX_Request="true", HX_Target="results")
    assert 'id="search"' not in part.html
    assert part.response.headers["HX-Replace-Url"] == "/en/services?q=physio"
    assert "HX-Target" in part.response.headers["Vary"]


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


async def test_an_ambiguous_place_asks_which_one_is_meant(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/fr/services?need=physiotherapy&near=Saint-Denis")
    assert "De quel lieu parlez-vous" in page
    settled = await browser.open(page.link("Saint-Denis (Seine-Saint-Denis)"))
    assert "Saint-Denis (Seine-Saint-Denis)" in [text for text, _ in chips(settled)]
    assert "De quel lieu parlez-vous" not in settled


async def test_an_empty_page_says_what_was_kept_and_which_wish_stands_in_the_way(
    browser: Browser, pages: Pages
) -> None:
    page = await browser.open("/en/services?need=counselling&q=xylophonequartet")
    assert page.status == 200
    assert "Nothing found that fits all of this" in page
    assert "What you asked for is kept above." in page
    assert "Counselling" in [text for text, _ in chips(page)]
    there = await browser.open(page.link("Without “xylophonequartet”: 1 service"))
    assert "Somebody listens" in there
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


async def test_what_cannot_be_read_is_said_and_the_rest_is_answered(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/fr/services?q=kin%C3%A9&km=-1&page=1000000000&need=licornes&tag=lang:qqq&near=95,200")
    assert page.status == 200
    assert "« -1 » n’est pas une distance possible" in page
    assert "Il n’y a pas de page « 1000000000 »" in page
    assert "Nous ne connaissons pas le besoin « licornes »" in page
    assert "Nous ne connaissons pas la langue « qqq »" in page
    assert "« 95,200 » n’est nulle part sur terre" in page
    assert "2 services" in page


async def test_a_page_past_the_last_one_is_the_last_one(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?need=physiotherapy&page=9")
    assert "2 services" in page
    assert "Knees and other hinges" in page


async def test_the_map_is_moved_by_links(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?need=physiotherapy&near=Truro&km=5")
    assert 'href="#result-1"' in page.html
    assert "Search here" not in page
    for _ in range(2):
        page = await browser.open(moved(page, "right"))
    assert 'href="#result-1"' not in page.html, "it lies outside now"
    assert "1 service within 5 km of Truro" in page
    assert re.search(r"near=50\.\d+%2C-4\.\d+&km=10&", page.link("Search here"))
    assert 'href="#result-1"' in (await browser.open(moved(page, "whole"))).html
    for _ in range(9):
        page = await browser.open(moved(page, "farther")) if "map-farther" in page.html else page
    assert "map-farther" not in page.html, "that is far enough"


def moved(page: Page, where: str) -> str:
    (href,) = re.findall(rf'id="map-{where}" href="([^"#]+)', page.html)
    return str(href).replace("&amp;", "&")


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


async def test_new_words_win_over_a_need_that_was_chosen_by_a_link(browser: Browser, pages: Pages) -> None:
    await browser.open("/en/services?need=physiotherapy")
    page = await browser.submit("/services", q="", near="Truro", km="20")
    assert "need=physiotherapy" in str(page.response.url)
    page = await browser.submit("/services", q="counselling", near="Truro", km="20")
    assert [text for text, _ in chips(page)] == ["Counselling", "Truro (Cornwall), within 20 km"]
    assert "need=physiotherapy" not in page.html


async def test_what_fits_less_well_stands_apart(browser: Browser, client: httpx.AsyncClient, pages: Pages) -> None:
    page = await browser.open("/en/services?q=free+physio")
    fits, heading, others = page.text.partition("These fit less well")
    assert heading
    assert "Knees and other hinges" in fits
    assert "Backs" in others
    told = (await client.get("/api/search?q=free+physio&lang=en")).json()
    assert (told["fitting"], told["total"]) == (1, 2)


async def test_an_hour_at_which_nothing_is_open_is_named_as_it_was_typed(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?q=physio+truro+on+sunday")
    assert "Nothing was found with this wish: on sunday. These answers do without it." in page.text
    page = await browser.open("/en/services?q=physio+truro+24/7")
    assert "Nothing was found with this wish: open day and night." in page.text


async def test_several_wishes_that_nothing_has_at_once_are_not_said_to_be_one(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?q=physio+truro+on+sunday+in+arabic")
    assert "Nothing has all of this at once: Arabic and on sunday." in page.text


@pytest.mark.parametrize(
    ("away", "told"), [(0.05, "nearby, exact place not known"), (2.14, "about 2 km"), (10.4, "about 10 km")]
)
def test_of_a_place_that_is_only_near_no_metres_are_told(away: float, told: str) -> None:
    with speaking("en"):
        assert about(away) == told


async def test_a_map_on_which_nothing_lies_is_not_drawn(browser: Browser, pages: Pages) -> None:
    assert '<svg class="map"' not in (await browser.open("/en/services?q=refuge+truro")).html
    assert '<svg class="map"' in (await browser.open("/en/services?q=refuge+truro&km=20")).html, (
        "the radius is to be seen"
    )


async def test_the_page_of_help_has_the_numbers_of_the_country(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/privacy")
    assert 'href="tel:15"' in page.html
    assert 'href="tel:999"' not in page.html


async def test_a_page_that_is_not_there_offers_to_search(browser: Browser, pages: Pages) -> None:
    await browser.open("/en/nowhere")
    page = await browser.submit("/services", q="physio truro")
    assert "around Truro" in page


async def test_answers_from_far_away_are_not_said_to_be_around_here(browser: Browser, pages: Pages) -> None:
    page = await browser.open("/en/services?q=physio&near=50.72,-3.53")
    assert "Nothing was found nearby: the nearest is" in page
    found = re.search(r'id="found"[^>]*>([^<]*)<', page.html)
    assert found is not None
    assert re.fullmatch(r"\d+ services?(, then others that fit less well)?", found[1]), found[1]
