"""Paul's story in a real browser: from a need to a closed loop. `test_the_loop` tells its own in French; LOOP_SCREENS: both in both."""

import os
import re
import time
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from referrals.app import utc_now
from referrals.kit.html import in_zone
from tests.e2e.running import PATIENCE, RunningDemo

PASSWORD = "demo-demo-demo"
NEEDS = {
    "en": ("Neuropsychology", "PTSD counselling", "Physiotherapy"),
    "fr": ("Neuropsychologie", "Psychothérapie du stress post-traumatique", "Kinésithérapie"),
}
GIVEN = {"en": "Jory", "fr": "Loïc"}


@pytest.fixture(params=["fr", "en"] if os.environ.get("LOOP_SCREENS") else ["en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def manager(chromium: Browser, demo: RunningDemo, language: str) -> Iterator[Page]:
    """Claire, signed in."""
    context = chromium.new_context(base_url=demo.base, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"/{language}/sign-in?next=/{language}/today")
    page.fill("[name=email]", "claire@relais.example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile(f"/{language}/today$"))
    yield page
    context.close()


@pytest.fixture
def receiver(chromium: Browser, demo: RunningDemo) -> Iterator[Page]:
    """Somebody with a link and a telephone, and no account."""
    context = chromium.new_context(base_url=demo.base, viewport={"width": 360, "height": 780})
    yield context.new_page()
    context.close()


def test_from_three_needs_to_a_closed_loop(manager: Page, receiver: Page, demo: RunningDemo, language: str) -> None:
    _open_a_file(manager, language)
    needs = [_add_a_need(manager, language, term) for term in NEEDS[language]]
    neuro, trauma, physio = [_send_to_the_best(manager, language, need) for need in needs]

    # One says yes and gives a day; its page shows no name before the yes.
    link = _link(demo, neuro, "receiver")
    receiver.goto(link)
    expect(receiver.locator("body")).not_to_contain_text(GIVEN[language])
    today = in_zone(utc_now()).date()  # the pages' own day, wherever this machine is
    soon = today + timedelta(days=9)
    _answer(receiver, "accept", day=soon.isoformat(), at="10:30")
    if not receiver.locator("#f-code").count():  # one was sent to this address for somebody else, a moment ago
        receiver.locator("#code form[action$='/code'] button").click()
    expect(receiver.locator("#f-code")).to_be_visible()
    receiver.fill("#f-code", _code(demo, neuro))
    receiver.locator("#code form button[type=submit]").first.click()
    expect(receiver.locator("body")).to_contain_text(GIVEN[language])

    # One cannot: with a reason, and nothing else asked.
    receiver.goto(_link(demo, trauma, "receiver"))
    _answer(receiver, "decline", reason="no_capacity")
    assert _status(demo, trauma) == "declined"

    # One asks first, and says yes once it knows.
    receiver.goto(_link(demo, physio, "receiver"))
    _answer(receiver, "ask_info", words="Can he climb two flights of stairs?")
    manager.goto(f"/{language}/referrals/{physio}")
    manager.fill("textarea[name=words]", "Yes, slowly.")
    manager.locator("form:has(textarea[name=words]) button[type=submit]").first.click()
    assert _status(demo, physio) == "sent"
    receiver.goto(_link(demo, physio, "receiver"))
    _answer(receiver, "accept", day=soon.isoformat())

    # The refused need is open again, and asks the next service: what was refused is not proposed first.
    again = _send_to_the_best(manager, language, needs[1])
    assert again != trauma

    # It takes place, and it helped.
    receiver.goto(link)
    _answer(receiver, "start_service", day=today.isoformat())
    receiver.goto(link)
    _answer(receiver, "complete", outcome="full", day=today.isoformat())
    assert _status(demo, neuro) == "completed"
    receiver.goto(_link(demo, neuro, "client"))
    expect(receiver.locator("h1")).to_be_visible()
    receiver.locator("a[href*='received=yes']").click()
    receiver.locator("button[name=resolved][value=yes]").click()

    # The case manager closes the need with a verdict, and the story can be read from end to end.
    manager.goto(f"/{language}/needs/{needs[0]}/close")
    manager.check("[name=verdict][value=met]")
    manager.check("[name=verified_by][value=client]")
    manager.locator("main form button[type=submit]").last.click()
    assert _status(demo, neuro) == "closed"
    manager.goto(f"/{language}/referrals/{neuro}")
    told = manager.locator("main").inner_text()
    for event in {"en": ["Sent with their agreement", "Appointment set"], "fr": ["Envoyée avec son accord"]}[language]:
        assert event in told
    assert _story(demo, neuro) == ["send", "accept", "schedule", "start_service", "complete", "close"]


def _open_a_file(page: Page, language: str) -> None:
    page.goto(f"/{language}/people/new")
    page.fill("[name=given_name]", GIVEN[language])
    page.fill("[name=family_name]", "Pellow")
    page.fill("[name=age]", "34")
    page.fill("[name=place]", "Truro")
    page.locator("main form details summary").click()
    page.fill("[name=postcode]", "TR1")
    page.select_option("[name=mobility]", "car")
    page.fill("[name=max_minutes]", "45")
    page.fill("[name=ceiling_per_session]", "70")
    for field, value in (
        ("languages", "en"),
        ("languages", "fr"),
        ("funding", "nhs"),
        ("funding", "self-pay"),
        ("audience", "brain-injury"),
    ):
        page.check(f"[name={field}][value={value}]", force=True)
    page.fill("[name=email]", f"{language}.pellow@example.org")
    page.check("[name=email_safe]", force=True)
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/needs/new$"))


def _add_a_need(page: Page, language: str, term: str) -> str:
    if not page.url.endswith("/needs/new"):
        page.goto(f"/{language}/people")
        page.locator("main a", has_text=GIVEN[language]).first.click()
        page.locator("main a[href$='/needs/new']").first.click()

    page.fill("[name=term]", term)
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/needs/[0-9a-f-]+/match$"))
    return page.url.split("/")[-2]


def _send_to_the_best(page: Page, language: str, need: str) -> str:
    page.goto(f"/{language}/needs/{need}/match")
    page.locator("main a[href*='/send/']").first.click()
    page.check("[name=direction] >> nth=0", force=True)
    page.check("[name=method][value=oral_witnessed]", force=True)
    page.fill("#f-witness", "Anne Le Goff")
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/referrals/[0-9a-f-]+$"))
    return page.url.split("/")[-1]


def _answer(page: Page, event: str, **fields: str) -> None:
    """Choose one of the big answers, fill what it asks, press its button."""
    choice = page.locator(f"a[href*='answer={event}']").first
    if not choice.is_visible():
        page.locator(f"main details:has(a[href*='answer={event}']) > summary").first.click()
    choice.click()
    for name, value in fields.items():
        field = page.locator(f"[name={name}]").first
        if field.get_attribute("type") == "radio":
            page.check(f"[name={name}][value={value}]", force=True)
        else:
            if not field.is_visible():
                page.locator(f"main details:has([name={name}]) > summary").first.click()
            field.fill(value)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def _code(demo: RunningDemo, referral: str) -> str:
    """The six digits of the newest mail with a code to this referral's receiver, once the worker has written it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with psycopg.connect(_conninfo(demo)) as connection:
            row = connection.execute(
                r"SELECT substring(m.body from '\d{3} \d{3}') FROM message m JOIN referral_link l ON l.address = m.to_address "
                "WHERE m.purpose = 'receiver_code' AND l.referral_id = %s AND l.purpose = 'receiver' "
                "ORDER BY m.created_at DESC LIMIT 1",
                [referral],
            ).fetchone()
        if row and row[0]:
            return str(row[0])
        time.sleep(0.1)
    raise AssertionError(f"no code for {referral} came within {PATIENCE} s")


def _link(demo: RunningDemo, referral: str, purpose: str) -> str:
    """The link of the newest message to this receiver or client, taken from the mailbox once the worker has carried it."""

    letter = {"receiver": "r", "client": "f"}[purpose]
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with psycopg.connect(_conninfo(demo)) as connection:
            row = connection.execute(
                "SELECT substring(c.body from %s) FROM mailbox_copy c, referral_link l WHERE l.referral_id = %s AND l.purpose = %s "
                "AND l.replaced_at IS NULL AND c.body LIKE '%%/' || replace(l.id::text, '-', '') || '.%%' "
                "ORDER BY c.delivered_at DESC LIMIT 1",
                [rf"https?://[^/]+(/\w\w/{letter}/\S+)", referral, purpose],
            ).fetchone()
        if row and row[0]:
            return str(row[0])
        time.sleep(0.1)
    raise AssertionError(f"no {purpose} message for {referral} came within {PATIENCE} s")


def _status(demo: RunningDemo, referral: str) -> str:
    with psycopg.connect(_conninfo(demo)) as connection:
        row = connection.execute("SELECT status FROM referral WHERE id = %s", [referral]).fetchone()
    assert row
    return str(row[0])


def _story(demo: RunningDemo, referral: str) -> list[str]:
    with psycopg.connect(_conninfo(demo)) as connection:
        rows = connection.execute(
            "SELECT kind FROM referral_event WHERE referral_id = %s ORDER BY position", [referral]
        ).fetchall()
    return [str(row[0]) for row in rows]


def _conninfo(demo: RunningDemo) -> str:
    assert demo.database_url is not None
    return demo.database_url
