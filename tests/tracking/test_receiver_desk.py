"""Receivers without an account: the second proof, all that waits at one address, its wishes and its own figures."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import User
from referrals.app import environment
from referrals.clients.models import Disclosure
from referrals.kit.settings import Settings
from referrals.tracking.actions import letters as paper_letters
from referrals.tracking.jobs import JOBS
from referrals.tracking.models import ReceiverCode, Referral, ReferralLetter
from referrals.tracking.queries.desk import Figures, figures
from referrals.tracking.routes.receiver_page import masked
from tests.browser import Browser
from tests.conftest import NOW, SECRET, Clock
from tests.factories import sent, service
from tests.factories.world import World
from tests.tracking.post_room import code_in, letters, link_in, open_with_code, work

DESK = "desk@carrick.example.org"
WHO = ("Paul", "Harvey", "07700")


async def test_a_name_is_shown_to_the_browser_that_typed_the_code_and_to_no_other(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    link = await _accepted(browser, session, settings)
    page = await browser.open(link)
    assert "six digits" in page
    assert "d\u2060…\u2060k@carrick.example.org" in page
    assert not [secret for secret in WHO if secret in page.html]
    [mail] = [mail for mail in await letters(session) if mail.purpose == "receiver_code"]
    assert (mail.to_address, mail.subject) == (DESK, "Your code")
    assert not [secret for secret in (*WHO, "hysio") if secret in mail.body]
    page = await open_with_code(browser, session, settings)
    assert "Paul Harvey" in page
    kept = dict(browser.client.cookies)
    browser.client.cookies.clear()
    page = await browser.open(link)
    assert not [secret for secret in WHO if secret in page.html]
    assert "Show who it is" in await browser.submit("/code"), "a used code is none for the desk beside this one"
    await work(session, settings, NOW)
    assert len([mail for mail in await letters(session) if mail.purpose == "receiver_code"]) == 2
    browser.client.cookies.update(kept)
    assert "Paul Harvey" in await browser.open(link)
    clock.pass_(hours=4)
    page = await browser.open(link)
    assert not [secret for secret in WHO if secret in page.html]


async def test_around_midnight_the_usual_day_is_one_of_those_that_are_offered(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    """Half past eleven in Truro, the next day already for the house."""
    clock.now = NOW.replace(hour=23, minute=30)
    link = await _accepted(browser, session, settings)
    assert "Show who it is" in await browser.open(link)


async def test_five_wrong_codes_end_a_code_and_five_codes_an_hour(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    link = await _accepted(browser, session, settings)
    right = code_in((await letters(session))[-1])
    await browser.open(link)
    for _ in range(5):
        page = await browser.submit("/open", code="000 000")
        assert page.status == 422
        assert "This is not the code" in page
    page = await browser.open(link)
    assert "Send me the code" in page
    form = await session.scalars(select(ReceiverCode.tries))
    assert form.all() == [5]
    answer = await browser.client.post(
        f"{link}/open", data={"code": right, "_csrf_token": page.forms[0].fields["_csrf_token"][0]}
    )
    assert (answer.status_code, "Paul" in answer.text) == (422, False)
    for _ in range(4):
        clock.pass_(minutes=2)
        await browser.open(link)
        page = await browser.submit("/code", button="code")
        assert "on its way" in page
    clock.pass_(minutes=2)
    await browser.open(link)
    page = await browser.submit("/code", button="code")
    assert "Five codes went out within the hour" in page
    page = await open_with_code(browser, session, settings, clock.now)
    assert "Paul Harvey" in page


async def test_a_code_told_by_telephone_opens_one_request_and_nothing_else(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    link = await _accepted(browser, session, settings)
    referral = (await session.scalars(select(Referral))).one()
    await _sign_in(browser, session, referral.sender_id)
    await browser.open(f"/en/referrals/{referral.id}")
    page = await browser.submit(f"/referrals/{referral.id}/code")
    code = page.html.split('class="code-shown">')[1].split("<")[0]
    assert "for ten minutes" in page
    browser.client.cookies.clear()
    await browser.open(link)
    page = await browser.submit("/open", code=code)
    assert "Paul Harvey" in page
    page = await browser.open(f"{link}/waiting")
    assert "First a code" in page


async def test_all_that_waits_at_an_address_opens_from_any_of_its_links_after_the_code(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    mine = await sent(session)
    pool = await service(session, "Hydrotherapy", email=f" {DESK.title()} ")
    await sent(session, to=pool, urgency="urgent")
    await sent(session, to=await service(session, "Elsewhere", email="other@example.org"))
    await work(session, settings, NOW)
    link = link_in((await letters(session, DESK))[0])
    page = await browser.open(f"{link}/waiting")
    assert "Hydrotherapy" not in page.html
    await browser.submit("/code")
    page = await open_with_code(browser, session, settings)
    assert "2 requests wait for you" in page
    assert "Urgent" in page
    assert "Elsewhere" not in page
    assert not [secret for secret in (*WHO, "Truro", "30 to 39") if secret in page.html]
    there = [href for text, href in page.links if "Answer" in text]
    assert (await browser.open(there[0])).status == 200
    await browser.open(f"{there[1]}?answer=decline")
    await browser.submit("/r/", reason="no_capacity")
    await session.refresh(mine.referral)
    assert mine.referral.status == "declined"
    page = await browser.open(f"{there[0]}/waiting")
    assert "One request waits for you" in page
    assert "You have answered one request." in page
    assert "were helped" not in page


async def test_whoever_wants_one_mail_a_morning_gets_one_with_the_number_alone(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    await sent(session)
    await work(session, settings, NOW)
    link = link_in((await letters(session, DESK))[0])
    await browser.open(f"{link}/waiting")
    await browser.submit("/code")
    await open_with_code(browser, session, settings)
    page = await browser.submit("/wishes", mails="daily", language="fr")
    assert "Noted" in page
    before = len(await letters(session, DESK))
    other = await service(session, "Hydrotherapy", email=DESK)
    await sent(session, to=other)
    await sent(session, to=await service(session, "At once", email=DESK), urgency="urgent")
    await work(session, settings, NOW)
    assert [mail.purpose for mail in (await letters(session, DESK))[before:]] == ["referral_new"], (
        "the urgent one alone"
    )
    saturday, monday = NOW + timedelta(days=5), NOW + timedelta(days=7, hours=-2)
    for moment in (saturday, monday - timedelta(hours=2), monday, monday, monday + timedelta(hours=3)):
        await _morning(session, settings, moment)
    mails = [mail for mail in await letters(session, DESK) if mail.purpose == "receiver_morning"]
    assert len(mails) == 1
    assert mails[0].language == "fr"
    assert "3" in mails[0].body
    assert not [secret for secret in ("Hydro", "physio", "Truro", *WHO) if secret in mails[0].subject + mails[0].body]
    clock.now = monday
    browser.client.cookies.clear()
    assert "code" in await browser.open(link_in(mails[0]))


async def test_codes_of_yesterday_are_forgotten(browser: Browser, session: AsyncSession, settings: Settings) -> None:
    await _accepted(browser, session, settings)
    for hours, left in ((23, 1), (24, 0)):
        await JOBS["tracking.forget_codes"](session, now=NOW + timedelta(hours=hours))
        assert len(list(await session.scalars(select(ReceiverCode.id)))) == left


def test_figures_of_a_desk_are_told_in_fives() -> None:
    day = timedelta(days=1)
    assert figures([], []) == Figures(0, None)
    assert figures([day, 3 * day, 8 * day], ["met"] * 4) == Figures(3, 3 * day)
    assert figures([day], ["met", "partly", "unmet", "met", "unknown"]) == Figures(1, day, 3, 5)
    assert figures([day], ["met"] * 5 + ["unmet"] * 4) == Figures(1, day, 5, 5), "the next four wait for a fifth"


def test_a_letters_code_is_the_same_each_time_and_never_like_another() -> None:
    first, second = (paper_letters.code_of(SECRET, UUID(int=number)) for number in (1, 2))
    assert first != second
    assert paper_letters.code_of(SECRET, UUID(int=1)) == first
    assert paper_letters.plain(f" {paper_letters.spelled(first).lower()} ") == first
    assert set(first) <= set(paper_letters.LETTERS)


@pytest.mark.parametrize(
    ("address", "shown"), [("desk@a.org", "d\u2060…\u2060k@a.org"), ("a@b.org", "a\u2060…\u2060@b.org"), ("", "")]
)
def test_an_address_is_told_so_that_only_its_owner_knows_it(address: str, shown: str) -> None:
    assert masked(address) == shown


async def test_a_letter_opens_the_page_for_a_service_that_has_only_a_telephone(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    world = await sent(session, listed_email=None)
    code = await _lettered(browser, session, world)
    browser.client.cookies.clear()
    page = await browser.open(f"/en/code?c={code}")
    assert page.form("/code").fields["code"] == [code]
    page = await browser.submit("/code", code="K7QF-3MRT-9WXA")
    assert page.status == 422
    assert "No letter has this code" in page
    page = await browser.submit("/code", code=code.lower().replace("-", " "))
    assert "Can you see this person?" in page
    opened = page.path
    await browser.open(f"{opened}?answer=accept")
    page = await browser.submit("/r/")
    assert "Telephone the sender" in page
    assert not [secret for secret in WHO if secret in page.html]
    assert not await letters(session, "")
    await session.refresh(world.referral)
    assert world.referral.status == "accepted"
    letter = (await session.scalars(select(ReferralLetter).execution_options(populate_existing=True))).one()
    assert world.referral.due_at is not None
    assert letter.expires_at == world.referral.due_at + timedelta(days=8), "it follows the deadline, as a link does"
    await _sign_in(browser, session, world.sender.id)
    await browser.open(f"/en/referrals/{world.referral.id}/letter")
    page = await browser.submit("/letter")
    assert code not in page.html, "a new letter ends the one before"
    page = await browser.open(f"/en/code?c={code}")
    assert (await browser.submit("/code")).status == 422
    page = await browser.open(opened)
    assert page.status == 410
    assert "Telephone whoever sent it" in page


async def test_wrong_codes_of_letters_are_not_tried_without_end(browser: Browser) -> None:
    page = await browser.open("/en/code")
    said = [await browser.showing(page).submit("/code", code=f"AAAA-AAAA-{number:04}") for number in range(31)]
    assert {one.status for one in said[:30]} == {422}
    assert said[30].status == 429
    assert "wait a minute" in said[30]


async def test_a_letter_says_nothing_of_who_it_is_and_is_written_down(browser: Browser, session: AsyncSession) -> None:
    world = await sent(session, listed_email=None)
    code = await _lettered(browser, session, world)
    page = browser.page
    assert page is not None
    letter = page.html.split('class="letter"')[1].split("</article>")[0]
    assert code in letter
    assert "near Truro" in letter
    assert not [secret for secret in WHO if secret in letter]
    channels = await session.scalars(select(Disclosure.channel))
    assert "letter" in channels.all()


async def test_a_truncated_or_invented_link_opens_nothing(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    await sent(session)
    await work(session, settings, NOW)
    link = link_in((await letters(session, DESK))[0])
    body, expiry, mac = link.rpartition("/")[2].split(".")
    later = f"{int(expiry, 16) + 86400:x}"
    for forged in (
        link[:-1], link[:-20], f"/en/r/{body}.{expiry}", f"/en/r/{body}.{expiry}.", f"/en/r/{body}.{later}.{mac}",
        f"/en/r/{'0' * 32}.{expiry}.{mac}", f"/en/r/{body}.{expiry}.{'0' * 40}", "/en/r/é.é.é",
    ):  # fmt: skip
        for path in ("", "/waiting"):
            page = await browser.open(forged + path)
            assert page.status == 404, forged
            assert "Copy all of it, up to the last letter." in page.text


async def _accepted(browser: Browser, session: AsyncSession, settings: Settings) -> str:
    """A link whose holder has just said yes; the code is in the mailbox."""
    await sent(session)
    await work(session, settings, NOW)
    link = link_in((await letters(session, DESK))[0])
    await browser.open(f"{link}?answer=accept")
    await browser.submit("/r/")
    await work(session, settings, NOW)
    return link


async def _sign_in(browser: Browser, session: AsyncSession, sender: UUID) -> None:
    email = await session.scalar(select(User.email).where(User.id == sender))
    assert email is not None
    await browser.sign_in(email)


async def _lettered(browser: Browser, session: AsyncSession, world: World) -> str:
    """The code that stands in the letter, which the browser has before it."""
    await _sign_in(browser, session, world.sender.id)
    await browser.open(f"/en/referrals/{world.referral.id}/letter")
    page = await browser.submit("/letter")
    assert "The letter is ready" in page
    return page.html.split('class="code-shown">')[1].split("<")[0]


async def _morning(session: AsyncSession, settings: Settings, now: datetime) -> None:
    await JOBS["tracking.morning"](session, jinja=environment(), settings=settings, now=now)
    await session.flush()
