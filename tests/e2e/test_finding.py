"""Looking for something in a real browser: by touch and typing, and the same without any script."""

import re
from io import BytesIO

import psycopg
from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, Response, expect
from pypdf import PdfReader

from tests.e2e.hands import conninfo
from tests.e2e.running import RunningDemo

FIRST_LOOK = 60_000
"""Bytes on the wire, compressed, without the map."""


def test_a_first_look_is_light_and_leaves_nothing(chromium: Browser, demo: RunningDemo) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    weights: dict[str, int] = {}
    page.on("response", lambda answer: weights.update({answer.url: _weight(answer)}))
    page.goto(f"{demo.base}/fr/", wait_until="networkidle")
    assert sum(weights.values()) <= FIRST_LOOK, weights
    assert all(url.startswith(demo.base) for url in weights)
    assert context.cookies() == []
    context.close()


def test_somebody_types_narrows_goes_back_and_says_where_they_are(chromium: Browser, demo: RunningDemo) -> None:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["geolocation"],
        geolocation={"latitude": 48.111984, "longitude": -1.674291},
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{demo.base}/fr/")
    page.fill("#q", "kiné lyon")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("autour de Lyon")
    page.wait_for_load_state("networkidle")  # what answers while typing comes after the page
    entries = page.evaluate("history.length")

    page.click("#q")
    page.keyboard.press("End")
    page.keyboard.type(" genou", delay=30)
    expect(page).to_have_url(re.compile(r"/fr/services\?q=kin%C3%A9\+lyon\+genou$"))
    expect(page.locator("#heard")).to_contain_text("autour de Lyon")
    expect(page.locator("#q")).to_be_focused()
    assert page.evaluate("history.length") == entries, "typing leaves no trail"

    page.focus(".map-marker >> nth=0")
    expect(page.locator("#result-1")).to_have_class(re.compile(r"\blit\b"))
    page.hover("#result-2")
    expect(page.locator(".map-marker[href='#result-2']")).to_have_class(re.compile(r"\blit\b"))

    page.click("#wish-room")
    expect(page).to_have_url(re.compile("tag=room"))
    expect(page.locator("#found")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile(r"genou$"))
    expect(page.locator("#wish-room")).to_be_visible()

    page.goto(f"{demo.base}/fr/")
    page.fill("#q", "manger")
    page.click("[data-near-me]")
    expect(page.locator("#found")).to_contain_text("autour de vous")
    assert page.url.endswith("/fr/services?q=manger&near=48.11%2C-1.67")
    context.close()


def test_a_service_with_three_places_is_one_page_on_paper(chromium: Browser, demo: RunningDemo) -> None:
    context = chromium.new_context()
    page = context.new_page()
    for language, name in (("fr", "L’Accueil de jour des femmes"), ("en", "The women’s day reception")):
        page.goto(f"{demo.base}/{language}/services?q={name}")
        page.get_by_role("link", name=name).first.click()
        expect(page.locator("address")).to_have_count(3)
        for paper in ("A4", "Letter"):
            assert len(PdfReader(BytesIO(page.pdf(format=paper))).pages) == 1, (language, paper)
    context.close()


def test_the_longest_description_is_one_page_too(chromium: Browser, demo: RunningDemo) -> None:
    """3,300 letters in fourteen paragraphs: as long as the longest of a directory of four thousand."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{demo.base}/fr/services?q=kin%C3%A9+lyon")
    page.locator(".result .title a").first.click()
    service = page.url.split("/services/")[1].split("?")[0]
    long = "\n".join(
        ["Counselors provide one-on-one counseling to educate clients on their options. " * 3 + "Call."] * 14
    )
    with psycopg.connect(conninfo(demo), autocommit=True) as connection:
        before = connection.execute("SELECT description FROM service WHERE id = %s", [service]).fetchone()
        try:
            connection.execute("UPDATE service SET description = %s WHERE id = %s", [long, service])
            page.goto(page.url)
            expect(page.locator("main")).to_contain_text("Counselors provide")
            for paper in ("A4", "Letter"):
                assert len(PdfReader(BytesIO(page.pdf(format=paper))).pages) == 1, paper
        finally:
            connection.execute("UPDATE service SET description = %s WHERE id = %s", [*(before or [""]), service])
    context.close()


def test_on_the_smallest_phone_the_answers_are_near_and_nothing_covers_the_map(
    chromium: Browser, demo: RunningDemo
) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{demo.base}/fr/services?q=kin%C3%A9+lyon")
    strip = _box(page, ".demo")["height"]  # nobody sees it outside a demo
    assert _box(page, "#result-1")["y"] - strip < 1.2 * 568
    page.locator(".map-fold > summary").tap()
    chart, moves = _box(page, "svg.map"), _box(page, ".map-moves")
    assert moves["y"] >= chart["y"] + chart["height"]
    assert chart["width"] == 320
    small = [
        (found["text"], found["height"])
        for found in page.locator("main a, main summary, main button").evaluate_all(_TARGETS)
        if found["height"] < 43.5
    ]
    assert small == []
    page.goto(f"{demo.base}/fr/services?q=il+me+frappe+lyon")
    page.locator(".below a").tap()
    expect(page.locator("#found")).to_be_in_viewport()
    context.close()


_TARGETS = """all => all
    .filter(one => one.getClientRects().length && getComputedStyle(one).display !== "inline" && !one.closest("svg, h2"))
    .map(one => ({ text: one.textContent.trim(), height: one.getBoundingClientRect().height }))"""
"""What a finger aims at; links in running text and markers of the map apart."""


def _box(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).first.bounding_box()
    assert box
    return box


def test_without_a_script_everything_is_there(chromium: Browser, demo: RunningDemo) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo.base}/en/")
    expect(page.get_by_role("button", name="Near me")).to_have_count(0)
    page.get_by_text("Where to sleep", exact=True).click()
    page.get_by_role("link", name="A bed for tonight", exact=True).click()
    expect(page.get_by_role("link", name="115")).to_be_visible()
    page.goto(f"{demo.base}/en/services")
    _search(page, "food rennes")
    expect(page.locator("#found")).to_contain_text("around Rennes")
    page.get_by_text("Map", exact=True).click()
    page.locator("#map-nearer").click()
    expect(page).to_have_url(re.compile("map="))
    page.locator("#wish-room").click()
    expect(page.locator("#found")).to_contain_text("1 service around Rennes")
    _nothing_is_kept(context)
    context.close()


def _search(page: Page, words: str) -> None:
    page.fill("#q", words)
    page.keyboard.press("Enter")


def _nothing_is_kept(context: BrowserContext) -> None:
    assert context.cookies() == []


def _weight(answer: Response) -> int:
    return answer.request.sizes()["responseBodySize"]
