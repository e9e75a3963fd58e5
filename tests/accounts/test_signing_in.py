"""Signing in and out, invitations, forgotten passwords, closed accounts."""

import re

import httpx
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actions import hash_password
from referrals.accounts.middleware import COOKIE
from referrals.accounts.models import Role
from referrals.kit.mail import Message
from tests.browser import Browser
from tests.conftest import Clock
from tests.factories import PASSWORD, account


async def test_a_right_password_opens_the_account_page(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org", name="Ana")
    await browser.sign_in("ana@example.org")
    page = await browser.open("/en/account")
    assert page.status == 200
    assert "Ana, ana@example.org" in page


async def test_whoever_signs_in_goes_on_in_the_language_of_the_page(browser: Browser, session: AsyncSession) -> None:
    user = await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    for spoken, other in (("fr", "en"), ("en", "fr")):
        user.language = other
        await browser.open(f"/{spoken}/sign-in")
        page = await browser.submit("sign-in", email="ana@example.org", password=PASSWORD)
        assert page.path == f"/{spoken}/accounts"
        browser.client.cookies.clear()


async def test_a_wrong_password_says_so_and_keeps_the_address(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    await browser.open("/fr/sign-in")
    page = await browser.submit("sign-in", email="ana@example.org", password="not this one")
    assert page.status == 422
    assert page.form("sign-in").fields["email"] == ["ana@example.org"]


async def test_guessing_is_stopped_after_ten_tries(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    for _ in range(10):
        await browser.open("/en/sign-in")
        await browser.submit("sign-in", email="ana@example.org", password="not this one")
    await browser.open("/en/sign-in")
    page = await browser.submit("sign-in", email="ana@example.org", password=PASSWORD)
    assert page.status == 429


async def test_what_was_written_when_the_session_ended_is_sent_after_signing_in(
    browser: Browser, session: AsyncSession
) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    await browser.sign_in("ana@example.org")
    await browser.open("/en/accounts")
    browser.client.cookies.delete(COOKIE)
    kept = await browser.submit("/accounts", name='Bo "B" <Li>', email="bo@example.org", role="supervisor")
    assert kept.status == 401
    assert kept.response.headers["Cache-Control"] == "no-store"
    await browser.sign_in("ana@example.org")
    page = await browser.showing(kept).submit("/accounts")
    assert 'An invitation is on its way to Bo "B" <Li>.' in page


async def test_a_password_is_never_written_into_the_page_that_asks_to_sign_in(
    browser: Browser, session: AsyncSession
) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    await browser.sign_in("ana@example.org")
    await browser.open("/en/account")
    browser.client.cookies.delete(COOKIE)
    page = await browser.submit("account/password", old=PASSWORD, password="four plain words", again="four plain words")
    assert page.status == 401
    assert not page.forms
    assert PASSWORD not in page.html


async def test_a_page_behind_a_guard_asks_to_sign_in_and_leads_back(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    page = await browser.open("/en/accounts")
    assert page.path == "/en/sign-in"
    page = await browser.submit("sign-in", email="ana@example.org", password=PASSWORD)
    assert page.path == "/en/accounts"


async def test_nobody_is_sent_to_another_site_after_signing_in(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    for elsewhere in ("https://elsewhere.example", "//elsewhere.example", "/en//elsewhere.example"):
        await browser.open("/en/sign-in")
        page = await browser.submit("sign-in", email="ana@example.org", password=PASSWORD, next=elsewhere)
        assert page.response.url.host == "relais.test"
        await browser.submit("sign-out")


async def test_signing_out_ends_the_session_on_the_server(
    browser: Browser, client: httpx.AsyncClient, session: AsyncSession
) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    await browser.sign_in("ana@example.org")
    token = client.cookies["relais"]
    await browser.open("/en/account")
    await browser.submit("sign-out")
    client.cookies.set("relais", token)
    page = await browser.open("/en/account")
    assert page.path == "/en/sign-in"


async def test_a_session_ends_after_twelve_hours(browser: Browser, session: AsyncSession, clock: Clock) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    await browser.sign_in("ana@example.org")
    clock.pass_(hours=12, seconds=1)
    assert (await browser.open("/en/account")).path == "/en/sign-in"


async def test_an_invitation_opens_an_account_once(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    await browser.sign_in("ana@example.org")
    await browser.open("/en/accounts")
    page = await browser.submit(
        "/accounts", button="Send the invitation", name="Yann", email="yann@example.org", role="curator"
    )
    assert "Yann" in page
    await browser.submit("sign-out")
    link = await _link_to(session, "yann@example.org")
    await browser.open(link)
    page = await browser.submit("", password="a quiet green boat", again="a quiet green boat")
    assert page.status == 200
    await browser.open("/fr/account")
    await browser.submit("sign-out")
    assert (await browser.open(link)).status == 410


async def test_a_forgotten_password_is_the_same_page_for_an_unknown_address(
    browser: Browser, session: AsyncSession
) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    said = []
    for address in ("ana@example.org", "nobody@example.org"):
        await browser.open("/en/forgotten")
        said.append((await browser.submit("forgotten", email=address)).text)
    assert said[0] == said[1]
    assert len(list(await session.scalars(select(Message)))) == 1


async def test_a_mailed_link_runs_out(browser: Browser, session: AsyncSession, clock: Clock) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    await browser.open("/en/forgotten")
    await browser.submit("forgotten", email="ana@example.org")
    link = await _link_to(session, "ana@example.org")
    clock.pass_(hours=2, seconds=1)
    assert (await browser.open(link)).status == 410


async def test_a_new_password_signs_other_browsers_out(
    browser: Browser, client: httpx.AsyncClient, session: AsyncSession
) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    await browser.sign_in("ana@example.org")
    other = client.cookies["relais"]
    await browser.open("/en/account")
    await browser.submit("sign-out")
    await browser.sign_in("ana@example.org")
    await browser.open("/en/account")
    page = await browser.submit("password", old=PASSWORD, password="a quiet green boat", again="a quiet green boat")
    assert page.path == "/en/account"
    client.cookies.set("relais", other)
    assert (await browser.open("/en/account")).path == "/en/sign-in"


async def test_closing_an_account_ends_its_sessions(
    browser: Browser, client: httpx.AsyncClient, session: AsyncSession
) -> None:
    await account(session, Role.ADMINISTRATOR, email="ana@example.org")
    yann = await account(session, Role.CURATOR, email="yann@example.org")
    await browser.sign_in("yann@example.org")
    theirs = client.cookies["relais"]
    client.cookies.delete("relais")
    await browser.sign_in("ana@example.org")
    await browser.open("/en/accounts")
    await browser.submit(f"{yann.id}/close")
    client.cookies.set("relais", theirs)
    assert (await browser.open("/en/account")).path == "/en/sign-in"


def test_what_is_kept_of_a_password_is_dear_to_guess() -> None:
    assert extract_parameters(hash_password(PASSWORD)) == RFC_9106_LOW_MEMORY


async def test_a_form_without_its_token_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/en/sign-in", data={"email": "a@example.org", "password": "x"})
    assert answer.status_code == 403


async def _link_to(session: AsyncSession, address: str) -> str:
    message = await session.scalar(select(Message).where(Message.to_address == address))
    assert message is not None
    found = re.search(r"http://relais\.test(/\S+)", message.body)
    assert found
    return found[1]
