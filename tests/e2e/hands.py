"""What people's hands do in the story of a referral, and what the worker has written for them meanwhile."""

import re
import time

import psycopg
from playwright.sync_api import Locator, Page, expect

from tests.e2e.running import PATIENCE, RunningDemo

PASSWORD = "demo-demo-demo"


def sign_in(page: Page, language: str, email: str) -> None:
    """Until the day's page stands."""
    page.goto(f"/{language}/sign-in?next=/{language}/today")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile(f"/{language}/today$"))


def open_a_file(page: Page, language: str, given: str, family: str, email: str) -> None:
    """Somebody in Truro, 34 years old, who may be written to; ends at their first need."""
    page.goto(f"/{language}/people/new")
    page.fill("[name=given_name]", given)
    page.fill("[name=family_name]", family)
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
    page.fill("[name=email]", email)
    page.check("[name=email_safe]", force=True)
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/needs/new$"))


def add_a_need(page: Page, language: str, given: str, term: str) -> str:
    """The need's id."""
    if not page.url.endswith("/needs/new"):
        page.goto(f"/{language}/people")
        page.locator("main a", has_text=given).first.click()
        page.locator("main a[href$='/needs/new']").first.click()
    page.fill("[name=term]", term)
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/needs/[0-9a-f-]+/match$"))
    return page.url.split("/")[-2]


def choose_the_best(page: Page, language: str, need: str) -> None:
    """The form with which it is sent, filled in as far as it goes."""
    page.goto(f"/{language}/needs/{need}/match")
    press(page.locator("main a[href*='/send/']").first)
    agree_aloud(page)


def agree_aloud(page: Page) -> None:
    page.check("[name=direction] >> nth=0", force=True)
    page.check("[name=method][value=oral_witnessed]", force=True)
    page.fill("#f-witness", "Anne Le Goff")


def send(page: Page) -> str:
    """The referral's id."""
    page.locator("main form button[type=submit]").last.click()
    expect(page).to_have_url(re.compile("/referrals/[0-9a-f-]+$"))
    return page.url.split("/")[-1]


def send_to_the_best(page: Page, language: str, need: str) -> str:
    choose_the_best(page, language, need)
    return send(page)


def press(button: Locator) -> None:
    """Until the page that follows is there."""
    with button.page.expect_navigation():
        button.click()


def begin_answer(page: Page, event: str, **fields: str) -> None:
    """Choose one of the big answers and fill what it asks."""
    choice = page.locator(f"a[href*='answer={event}']").first
    if not choice.is_visible():
        page.locator(f"main details:has(a[href*='answer={event}']) > summary").first.click()
    press(choice)
    for name, value in fields.items():
        field = page.locator(f"[name={name}]").first
        if field.get_attribute("type") == "radio":
            page.check(f"[name={name}][value={value}]", force=True)
            continue
        if not field.is_visible():
            page.locator(f"main details:has([name={name}]) > summary").first.click()
        field.fill(value)


def answer(page: Page, event: str, **fields: str) -> None:
    begin_answer(page, event, **fields)
    press(page.locator("main form button[type=submit]").last)


def show_who_it_is(page: Page, demo: RunningDemo, referral: str) -> None:
    """The six digits out of their mailbox, typed."""
    if not page.locator("#f-code").count():  # one was sent to this address for somebody else, a moment ago
        press(page.locator("#code form[action$='/code'] button"))
    page.fill("#f-code", code(demo, referral))
    press(page.locator("#code form button[type=submit]").first)


def code(demo: RunningDemo, referral: str) -> str:
    """The six digits of the newest mail with a code to this referral's receiver, once the worker has written what it was asked for."""
    at_rest(demo)  # an older one to the same address may be used up
    return _soon(
        demo,
        r"SELECT substring(m.body from '\d{3} \d{3}') FROM message m JOIN referral_link l ON l.address = m.to_address "
        "WHERE m.purpose = 'receiver_code' AND l.referral_id = %s AND l.purpose = 'receiver' "
        "ORDER BY m.created_at DESC LIMIT 1",
        referral,
    )


def link(demo: RunningDemo, referral: str, purpose: str) -> str:
    """The link of the newest message to this receiver or client, out of the mailbox once the worker has carried it."""
    letter = {"receiver": "r", "client": "f"}[purpose]
    return _soon(
        demo,
        "SELECT substring(c.body from %s) FROM mailbox_copy c, referral_link l WHERE l.referral_id = %s AND l.purpose = %s "
        "AND l.replaced_at IS NULL AND c.body LIKE '%%/' || replace(l.id::text, '-', '') || '.%%' "
        "ORDER BY c.delivered_at DESC LIMIT 1",
        rf"https?://[^/]+(/\w\w/{letter}/\S+)",
        referral,
        purpose,
    )


def written_to(demo: RunningDemo, address: str, purpose: str) -> tuple[str, str]:
    """(subject, body) of the newest message of this kind to this address."""
    statement = "SELECT subject || E'\\x1f' || body FROM message WHERE to_address = %s AND purpose = %s ORDER BY created_at DESC LIMIT 1"
    subject, _, body = _soon(demo, statement, address, purpose).partition("\x1f")
    return subject, body


def two_days_before(demo: RunningDemo, referral: str) -> None:
    """The clock of the reminder: time passes until the appointment is near."""
    with psycopg.connect(conninfo(demo), autocommit=True) as connection:
        moved = connection.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'tracking.remind_client' "
            "AND status = 'todo' AND args->>'appointment_id' IN (SELECT id::text FROM appointment WHERE referral_id = %s)",
            [referral],
        ).rowcount
    assert moved == 1, "one reminder waits"


def status(demo: RunningDemo, referral: str) -> str:
    with psycopg.connect(conninfo(demo)) as connection:
        row = connection.execute("SELECT status FROM referral WHERE id = %s", [referral]).fetchone()
    assert row
    return str(row[0])


def service(demo: RunningDemo, referral: str) -> str:
    with psycopg.connect(conninfo(demo)) as connection:
        row = connection.execute("SELECT service_id FROM referral WHERE id = %s", [referral]).fetchone()
    assert row
    return str(row[0])


def story(demo: RunningDemo, referral: str) -> list[str]:
    with psycopg.connect(conninfo(demo)) as connection:
        rows = connection.execute(
            "SELECT kind FROM referral_event WHERE referral_id = %s ORDER BY position", [referral]
        ).fetchall()
    return [str(row[0]) for row in rows]


def conninfo(demo: RunningDemo) -> str:
    assert demo.database_url is not None
    return demo.database_url


def at_rest(demo: RunningDemo) -> None:
    """Until the worker has done all that is due."""
    due = "SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now())"
    _soon(demo, due)


def _soon(demo: RunningDemo, statement: str, *said: str) -> str:
    """What the worker writes, a moment later."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with psycopg.connect(conninfo(demo)) as connection:
            row = connection.execute(statement, said).fetchone()
        if row and row[0]:
            return str(row[0])
        time.sleep(0.1)
    raise AssertionError(f"not within {PATIENCE} s: {statement} {said}")
