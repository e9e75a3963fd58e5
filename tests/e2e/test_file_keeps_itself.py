"""A page of a person's file keeps itself while somebody types, in a real browser, by keyboard where it matters."""

import psycopg
from playwright.sync_api import Browser, expect

from referrals.accounts.models import Role
from tests.e2e.running import RunningDemo
from tests.e2e.screens import sign_in


def test_hours_and_ticks_are_kept_as_they_come_and_what_contradicts_is_said(
    chromium: Browser, demo: RunningDemo
) -> None:
    page = chromium.new_context(viewport={"width": 320, "height": 800}).new_page()
    sign_in(page, demo.base, Role.CASE_MANAGER, "fr")
    file = f"{demo.base}/fr/people/{_tiago(demo)}/edit"
    kept, said = page.locator("#saved .kept"), page.locator("#saved .not-yet")

    page.goto(f"{file}/fit")
    page.check("[name=accessibility][value=quiet-space]", force=True)
    expect(kept).to_be_visible()
    expect(page.locator("#f-accessibility-how-these")).to_be_checked()
    page.check("#f-accessibility-how-none", force=True)
    expect(said).to_contain_text("s’excluent")

    page.goto(f"{file}/where")
    page.focus("#add-row")
    page.keyboard.press("Enter")
    expect(page.locator("[role=group]:focus")).to_be_visible()  # the focus is in the new row
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(said).to_contain_text("Ligne 1")  # the hours are still missing, and nothing typed is taken away
    page.fill("[name=r0_opens]", "18h")
    page.fill("[name=r0_closes]", "21h30")
    page.keyboard.press("Tab")
    expect(kept).to_be_visible()
    page.reload()
    assert (page.input_value("[name=r0_opens]"), page.input_value("[name=r0_closes]")) == ("18:00", "21:30")
    assert page.locator("[name=r0_days][value=MO]").is_checked()


def _tiago(demo: RunningDemo) -> str:
    assert demo.database_url is not None
    with psycopg.connect(demo.database_url) as connection:
        row = connection.execute("SELECT client_id FROM client_identity WHERE given_name = 'Tiago'").fetchone()
    assert row is not None
    return str(row[0])
