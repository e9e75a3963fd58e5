"""A receiver answers on a small phone: how many taps, how long, and what was told before anybody looked."""

import re
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e import hands
from tests.e2e.running import RunningDemo

PHONE: ViewportSize = {"width": 320, "height": 568}
MINUTE = 60.0
_SENT = """
    SELECT r.id FROM referral r JOIN referral_link l ON l.referral_id = r.id
    WHERE r.status = 'sent' AND l.purpose = 'receiver' AND l.replaced_at IS NULL ORDER BY r.sent_at LIMIT 1
"""


class Hand:
    """A thumb that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, part: str) -> None:
        self.page.locator(part).first.tap()
        self.taps += 1


@pytest.fixture
def database(demo: RunningDemo) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    assert demo.database_url is not None
    with psycopg.connect(demo.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def test_a_yes_takes_two_taps_and_the_name_a_code(
    chromium: Browser, demo: RunningDemo, database: psycopg.Connection[tuple[object, ...]]
) -> None:
    (referral,) = _one(database, _SENT)
    link = demo.base + re.sub(r"^/(fr|en)/", "/fr/", hands.link(demo, str(referral), "receiver"))
    database.execute("UPDATE referral SET seen_at = NULL WHERE id = %s", [referral])
    for _ in range(2):
        assert httpx.get(link).status_code == 200
    assert _one(database, "SELECT seen_at FROM referral WHERE id = %s", referral) == (None,), "a scanner sees nothing"

    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="fr-FR")
    hidden = context.new_page()
    hidden.add_init_script("Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'})")
    hidden.goto(link)
    hidden.wait_for_load_state("networkidle")
    assert _one(database, "SELECT seen_at FROM referral WHERE id = %s", referral) == (None,), "nor does a hidden page"
    hidden.close()

    page = context.new_page()
    with page.expect_response(lambda answer: answer.url.endswith("/seen")):
        page.goto(link)
    assert _one(database, "SELECT seen_at FROM referral WHERE id = %s", referral) != (None,)

    hand, begun = Hand(page), time.monotonic()
    hand.tap("a.answer.primary")
    hand.tap("main form button[type=submit]")
    expect(page.get_by_text("Votre réponse est enregistrée")).to_be_visible()
    took = time.monotonic() - begun
    assert hand.taps == 2
    assert took < MINUTE
    assert _one(database, "SELECT status FROM referral WHERE id = %s", referral) == ("accepted",)
    assert page.locator("dd b").count() == 0, "no name yet"

    page.locator("#f-code").fill(hands.code(demo, str(referral)))
    hand.tap("#code form button[type=submit]")
    expect(page.locator("dd b").first).to_be_visible()
    assert hand.taps == 3
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    context.close()


def _one(database: psycopg.Connection[tuple[object, ...]], statement: str, *said: object) -> tuple[object, ...]:
    row = database.execute(statement, said).fetchone()
    assert row is not None, statement
    return tuple(row)
