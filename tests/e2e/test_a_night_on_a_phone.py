"""A woman looks for a shelter at night, on a cheap phone: by touch without scripts, by keyboard with them. Then she leaves,
and nothing of her is anywhere."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from referrals.kit.settings import WEATHER
from tests.e2e.hands import at_rest
from tests.e2e.running import RunningDemo

PHONE: ViewportSize = {"width": 320, "height": 568}
ASKED = "où dormir ce soir Lyon"
RARE = "zzyzxville"
"""A word that stands nowhere but in what she types."""
BUSY = (
    "procrastinate_", "message", "mailbox_copy", "likeness", "referral_link", "client_link", "client_message",
    "next_best", "referral_timer", "referral_event", "service_pace", "text_message",
)  # fmt: skip
"""Tables into which the demo's own jobs write meanwhile; they too are searched for her words."""


class Watched:
    """A browser of her own, and every host that it asked."""

    def __init__(self, browser: Browser, demo: RunningDemo, *, scripts: bool) -> None:
        self.home = urlsplit(demo.base).netloc
        self.hosts: list[str] = []
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE, has_touch=True, is_mobile=True, locale="fr-FR", java_script_enabled=scripts, base_url=demo.base
        )  # fmt: skip
        self.context.route(re.compile(r"^https://"), self._weather)
        self.context.on("request", lambda asked: self.hosts.append(urlsplit(asked.url).netloc))
        self.page: Page = self.context.new_page()

    def _weather(self, route: Route) -> None:
        route.fulfill(body="<title>Météo</title><h1>Il fera beau</h1>", content_type="text/html; charset=utf-8")

    def others(self) -> set[str]:
        return set(self.hosts) - {self.home, ""}


def test_she_finds_a_bed_and_leaves_no_trace(chromium: Browser, demo: RunningDemo) -> None:
    assert demo.database_url is not None
    at_rest(demo)
    begun, before = demo.log.stat().st_size, _rows(demo.database_url)
    weather = urlsplit(WEATHER["fr"]).netloc

    touching = Watched(chromium, demo, scripts=False)
    kept = _by_touch_without_scripts(touching)
    assert touching.others() == {weather}
    assert touching.context.cookies() == []
    touching.context.close()

    typing = Watched(chromium, demo, scripts=True)
    _by_keyboard_with_scripts(typing, weather)
    assert typing.others() == {weather}
    assert typing.context.cookies() == []
    typing.page.goto("/fr/shortlist")
    assert typing.page.evaluate("localStorage.length") == 0
    expect(typing.page.get_by_text("Votre liste est encore vide")).to_be_visible()
    typing.context.close()

    assert _rows(demo.database_url) == before
    assert not list(_tables_that_hold(demo.database_url, RARE))
    with demo.log.open("rb") as log:
        log.seek(begun)
        said = log.read().decode()
    assert "/fr/services" in said
    for word in ("dormir", "Lyon", RARE, kept):
        assert word not in said, word


def _by_touch_without_scripts(her: Watched) -> str:
    """Returns the id of the service that she kept."""
    page = her.page
    page.goto("/fr/")
    page.locator("#q").fill(ASKED)
    page.locator("form[role=search] button[type=submit]").first.tap()
    _holds(page, axe=False)
    page.locator("a.keep").first.tap()
    expect(page.get_by_text("1 service sur votre liste")).to_be_visible()
    kept = page.url.split("s=")[1]
    page.locator(".shortlist .title a").first.tap()
    expect(page.locator("a[href^='tel:']").first).to_be_visible()
    _call_is_in_sight(page)
    _holds(page, axe=False)
    page.locator("a[href*='/appointment']").first.tap()
    page.fill("#f-on", "2030-01-15")
    page.fill("#f-at", "20:30")
    with page.expect_download() as file:
        page.locator("main form button[type=submit]").tap()
    assert file.value.suggested_filename == "rendez-vous.ics"
    page.locator("a.leave").tap()
    expect(page).to_have_url(WEATHER["fr"])
    return kept


def _by_keyboard_with_scripts(her: Watched, weather: str) -> None:
    page = her.page
    page.goto(f"/fr/services?q={RARE}")
    page.goto("/fr/")
    page.keyboard.press("Tab")
    expect(page.locator("a.leave:focus")).to_be_visible()
    page.locator("#q").focus()
    page.keyboard.type(ASKED)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/fr/services"))
    page.wait_for_load_state()  # who presses before the scripts are there follows the link that works without them
    for wanted in (1, 2):
        page.locator("a.keep").nth(wanted - 1).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".nav .count")).to_have_text(str(wanted))
    assert "s=" not in page.url
    _holds(page)
    page.locator(".nav a[href$='/shortlist']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 services sur votre liste")).to_be_visible()
    assert page.url.endswith("/fr/shortlist")
    _holds(page)
    page.get_by_role("button", name="Les comparer côte à côte").focus()
    page.keyboard.press("Enter")
    expect(page.locator("table.beside")).to_be_visible()
    _holds(page)
    left = page.url
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(page).to_have_url(WEATHER["fr"])
    page.go_back()
    assert page.url != left  # the page that she left is in the history no more
    assert weather not in page.url


def _holds(page: Page, *, axe: bool = True) -> None:
    """The way out is in sight, nothing scrolls sideways, and axe finds nothing."""
    expect(page.locator("a.leave")).to_be_in_viewport()
    if axe:
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
        violations = Axe().run(page).response["violations"]
        assert not violations, [(one["id"], one["nodes"][0]["html"][:200]) for one in violations]


def _call_is_in_sight(page: Page) -> None:
    """Without scrolling, above the bar at the foot of the screen."""
    call, bar = page.locator(".reach .button").first.bounding_box(), page.locator(".nav").bounding_box()
    assert call
    assert bar
    assert call["y"] + call["height"] <= bar["y"]


def _rows(url: str) -> dict[str, int]:
    """How many rows each table has."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        quiet = [str(name) for (name,) in tables if not str(name).startswith(BUSY)]
        counts = (connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() for name in quiet)  # noqa: S608
        return {name: count[0] for name, count in zip(quiet, counts, strict=True) if count}


def _tables_that_hold(url: str, word: str) -> Iterator[str]:
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in tables:
            found = connection.execute(f'SELECT 1 FROM "{name}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{word}%"])  # noqa: S608
            if found.fetchone():
                yield str(name)


def test_the_way_out_stays_in_sight_on_the_lowest_screen(chromium: Browser, demo: RunningDemo) -> None:
    """A phone on its side, its keyboard open; and the page scrolled to its end."""
    context = chromium.new_context(viewport={"width": 568, "height": 260}, base_url=demo.base)
    page = context.new_page()
    page.goto("/fr/privacy")
    page.keyboard.press("End")
    expect(page.locator("a.leave")).to_be_in_viewport(ratio=1)
    context.close()
