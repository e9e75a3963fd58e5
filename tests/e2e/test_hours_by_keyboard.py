"""Opening hours are kept by keyboard alone, in a real browser: no pointer is touched after signing in."""

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from referrals.accounts.models import Role
from tests.e2e.running import RunningDemo
from tests.e2e.screens import sign_in

_SAID = {
    "en": ("All in one line", "Another row", "Monday, 9:00–12:00 and 14:00–18:00", "Saturday, 10:00–12:30", "Saved."),
    "fr": (
        "Tout en une ligne",
        "Une autre ligne",
        "Lundi, 9 h–12 h et 14 h–17 h",
        "Samedi, 10 h–12 h 30",
        "Enregistré",
    ),
}
_TYPED = {"en": "Mon 9-12, 14-18; Wed 9-12", "fr": "lundi 9–12, 14–17 ; mercredi 9-12"}


@pytest.mark.parametrize(("language", "width"), [("fr", 320), ("en", 1280)])
def test_a_week_is_typed_read_changed_and_saved_by_keyboard(
    chromium: Browser, demo: RunningDemo, language: str, width: int
) -> None:
    line, another, monday, saturday, saved = _SAID[language]
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    sign_in(page, demo.base, Role.PROVIDER_EDITOR, language)
    page.goto(f"{demo.base}/{language}/my-services/{_service(demo)}/edit/hours")

    _tab_to(page, line)
    page.keyboard.type(_TYPED[language])
    page.keyboard.press("Enter")
    expect(page.get_by_text(monday).first).to_be_visible()
    expect(page.locator(".understood:focus")).to_be_visible()  # the focus is on what was read

    _tab_to(page, another)
    page.keyboard.press("Enter")
    expect(page.locator("#f-h2_opens")).to_be_visible()
    expect(page.locator("[role=group]:focus")).to_be_visible()  # the focus is in the new row
    for _ in range(6):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator("[name=h2_days][value=SA]").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("10")
    page.keyboard.press("Tab")
    page.keyboard.type("12h30")
    violations = Axe().run(page).response["violations"]
    assert not violations, [(one["id"], one["nodes"][0]["html"][:200]) for one in violations]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    page.keyboard.press("Enter")
    expect(page.get_by_text(saved)).to_be_visible()
    for said in (monday, saturday):
        expect(page.get_by_text(said).first).to_be_visible()
    context.close()


def _service(demo: RunningDemo) -> str:
    assert demo.database_url is not None
    with psycopg.connect(demo.database_url) as connection:
        row = connection.execute("SELECT id FROM service WHERE source_key = 'tern-house-occupation'").fetchone()
    assert row is not None
    return str(row[0])


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called this; fails where it cannot be reached."""
    for _ in range(160):
        page.keyboard.press("Tab")
        if name in page.evaluate(_CALLED):
            return
    raise AssertionError(f"{name!r} cannot be reached by Tab")


_CALLED = """() => {
  const at = document.activeElement
  return [at.innerText, ...[...(at.labels ?? [])].map((label) => label.innerText)].join(" ")
}"""
