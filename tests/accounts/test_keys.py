"""An administrator makes keys for programs, sees when they were last used, and revokes them."""

import re
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import keys
from referrals.accounts.allowance import Allowances
from referrals.accounts.models import Role
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import PASSWORD
from tests.factories.people import account

ONE, OTHER = UUID(int=1), UUID(int=2)
KEY = re.compile(r"relais_[\w-]{43}")


@pytest.fixture
async def admin(browser: Browser, session: AsyncSession) -> Browser:
    user = await account(session, Role.ADMINISTRATOR)
    await browser.sign_in(user.email, PASSWORD)
    return browser


async def test_a_key_is_shown_once_and_then_only_its_beginning(admin: Browser, session: AsyncSession) -> None:
    page = await admin.open("/en/keys")
    assert "No program asks with a key yet" in page.text
    made = await admin.submit("/keys", label="Intake form")
    (key,) = set(KEY.findall(made.text))
    again = await admin.open("/en/keys")
    assert "1 program may ask with a key" in again.text
    assert key not in again.text
    assert f"{key[:11]}…" in again.text
    assert "never used yet" in again.text
    assert await keys.used(session, key, NOW)
    assert "last used on 23 November 2026" in (await admin.open("/en/keys")).text


async def test_a_key_to_referrals_is_not_said_to_ask_for_matches(admin: Browser, session: AsyncSession) -> None:
    await keys.make(session, "Their file", [keys.scope("Task", "read")], 5, ONE, None, NOW)
    page = await admin.open("/en/keys")
    assert "No program asks with a key yet" in page.text
    assert "Their file" not in page.text


async def test_the_same_form_sent_twice_makes_one_key_and_shows_it_no_second_time(admin: Browser) -> None:
    page = await admin.open("/en/keys")
    made = await admin.submit("/keys", label="Intake form")
    (key,) = set(KEY.findall(made.text))
    again = await admin.showing(page).submit("/keys", label="Intake form")
    assert "1 program may ask with a key" in again.text
    assert "This key is made already" in again.text
    assert key not in again.text


async def test_a_revoked_key_stays_on_the_list_and_opens_nothing(admin: Browser, session: AsyncSession) -> None:
    key = await keys.make(session, "Old program", [keys.MATCHES], 5, None, None, NOW)
    await session.commit()
    await admin.open("/en/keys")
    page = await admin.submit("/revoke")
    assert "opens nothing any more" in page.text
    assert "Revoked" in page.text
    assert await keys.used(session, key, NOW) is None


async def test_a_key_needs_a_name_and_a_sensible_limit(admin: Browser) -> None:
    await admin.open("/en/keys")
    page = await admin.submit("/keys", label="")
    assert page.status == 422
    assert "Please fill this in." in page.text
    page = await admin.submit("/keys", label="Intake", per_minute="0")
    assert "Please choose from 1 to 10000." in page.text
    assert not KEY.search(page.text)


async def test_only_administrators_make_keys(browser: Browser, session: AsyncSession) -> None:
    user = await account(session, Role.CURATOR)
    await browser.sign_in(user.email, PASSWORD)
    assert (await browser.open("/en/keys")).status == 403


def test_what_is_not_granted_costs_nothing() -> None:
    allowances = Allowances()
    assert allowances.spend(ONE, 5, 3, NOW).remaining == 2
    assert not allowances.spend(ONE, 5, 3, NOW).granted
    assert allowances.spend(ONE, 5, 2, NOW).granted
    assert allowances.spend(OTHER, 5, 5, NOW).granted
