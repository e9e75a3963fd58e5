"""The one gate to a person: what leaves, when, by which way, and what their case manager is asked to do instead."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.app import environment
from referrals.clients import contact
from referrals.clients.contact import Told
from referrals.clients.contacting import calls, editing, gateway
from referrals.clients.contacting.editing import Way
from referrals.clients.models import Client, ClientContact, ClientMessage
from referrals.kit.mail import MailboxCopy, Message
from referrals.kit.settings import Settings
from referrals.kit.texting import TextMailbox, TextMessage
from referrals.kit.texting import deliver as deliver_text
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import PASSWORD, case_manager, client

EVENING = {"days": ["MO"], "opens": "18:00", "closes": "20:00"}
AT_SIX = NOW.replace(hour=18)
"""In Truro."""


@pytest.fixture
async def claire(session: AsyncSession) -> Actor:
    return await case_manager(session)


@pytest.fixture
async def paul(session: AsyncSession, claire: Actor) -> Client:
    return await client(session, claire, email="paul@example.org", phone=None)


async def _tell(session: AsyncSession, paul: Client) -> Told:
    told = await contact.tell(
        session, environment(), paul.id, template="feedback", address="http://relais.test/en/f/token", product="Relais",
        now=NOW,
    )  # fmt: skip
    await session.flush()
    return told


async def test_a_message_says_that_there_is_something_and_where(session: AsyncSession, paul: Client) -> None:
    paul.sender_shown = "Anne"
    assert await _tell(session, paul) is Told.SENT
    mail = (await session.scalars(select(Message))).one()
    assert (mail.purpose, mail.subject, mail.sender_name) == ("feedback", "There is something new", "Anne")
    assert "http://relais.test/en/f/token" in mail.body
    for word in ("Relais", "Paul", "feedback", "question", "service"):
        assert word not in mail.subject + mail.body


async def test_outside_the_hours_it_waits_and_takes_no_other_way(
    session: AsyncSession, paul: Client, settings: Settings
) -> None:
    ways = {"email": Way("paul@example.org", True, windows=(EVENING,)), "phone": Way("07700 900123", True)}
    await editing.write(session, paul, ways, NOW)  # type: ignore[arg-type]
    assert await _tell(session, paul) is Told.WAITS
    message = (await session.scalars(select(ClientMessage))).one()
    assert (message.channel, message.not_before, message.sent_at) == ("email", AT_SIX, None)
    due = await session.scalar(text("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'clients.carry'"))
    assert due == AT_SIX
    for _ in range(2):  # a job may run twice
        await gateway.carry(session, message_id=str(message.id), jinja=environment(), settings=settings, now=AT_SIX)
        await session.flush()
    assert len(list(await session.scalars(select(Message)))) == 1


async def test_what_waited_does_not_go_where_it_is_no_longer_safe(
    session: AsyncSession, paul: Client, settings: Settings
) -> None:
    await editing.write(session, paul, {"email": Way("paul@example.org", True, windows=(EVENING,))}, NOW)
    await _tell(session, paul)
    await editing.write(
        session, paul, {"email": Way("paul@example.org", False), "phone": Way("07700 900123", True)}, NOW
    )
    message = (await session.scalars(select(ClientMessage))).one()
    await gateway.carry(session, message_id=str(message.id), jinja=environment(), settings=settings, now=AT_SIX)
    assert (message.sent_at, message.dropped_why) == (None, "not_allowed")
    assert not list(await session.scalars(select(Message)))


async def test_nobody_is_contacted_who_must_not_be(session: AsyncSession, paul: Client) -> None:
    paul.no_contact = True
    assert not await contact.reachable(session, paul.id)
    assert not await _tell(session, paul)
    message = (await session.scalars(select(ClientMessage))).one()
    assert message.dropped_at == NOW


async def test_where_violence_is_known_an_old_answer_closes_the_way(session: AsyncSession, paul: Client) -> None:
    row = (await session.scalars(select(ClientContact))).one()
    row.verified_at = NOW - timedelta(days=31)
    assert await _tell(session, paul)
    paul.audience = ["domestic-violence-survivor"]
    await session.flush()
    assert not await _tell(session, paul)
    await editing.write(session, paul, {"email": Way("paul@example.org", True)}, NOW, asked=["email"])
    assert await _tell(session, paul)


async def test_a_short_message_holds_no_more_than_a_mail(session: AsyncSession, paul: Client) -> None:
    await editing.write(session, paul, {"email": Way(""), "sms": Way("07700 900123", True)}, NOW)
    assert await _tell(session, paul) is Told.SENT
    message = (await session.scalars(select(TextMessage))).one()
    assert message.body == "There is something new for you: http://relais.test/en/f/token\nRelais"
    for _ in range(2):
        await deliver_text(session, message_id=str(message.id), texts=TextMailbox(), now=NOW)
    assert (await session.scalars(select(MailboxCopy))).one().to_address == "07700 900123"


async def test_a_call_is_a_task_with_the_name_to_ask_for(
    browser: Browser, session: AsyncSession, paul: Client, claire: Actor
) -> None:
    by_phone = Way("07700 900123", True, "vague", (), "his sister", "Mr Grey")
    await editing.write(session, paul, {"email": Way(""), "phone": by_phone}, NOW)
    assert await _tell(session, paul) is Told.CALL
    assert not list(await session.scalars(select(Message)))
    await browser.sign_in(claire.email, PASSWORD)
    page = await browser.open("/en/today")
    for said in ("1 call to make", "07700 900123", "Ask for Mr Grey.", "his sister", "give no name"):
        assert said in page
    await browser.submit("/made")
    assert await calls.waiting(session, claire) == []
    other = await case_manager(session, email="other@example.org")
    message = (await session.scalars(select(ClientMessage))).one()
    assert await calls.made(session, other, message.id, NOW) is None


async def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(
    browser: Browser, session: AsyncSession, paul: Client, claire: Actor
) -> None:
    await browser.sign_in(claire.email, PASSWORD)
    await browser.open(f"/en/people/{paul.id}/reach")
    page = await browser.submit("/reach", sms="123", sms_safe="yes", reach_first="phone", email0_opens="9")
    assert page.status == 422
    for wrong in ("does not look like a telephone number", "must be safe too", "which days?"):
        assert wrong in page
    assert page.form("/reach").fields["sms"] == ["123"]
    await browser.open(f"/en/people/{paul.id}/reach")
    await browser.submit(
        "/reach", phone="07700 900123", phone_safe="yes", phone_ask_for="Mr Grey", phone_leave="vague",
        reach_first="phone", zone="Europe/London", email0_days=["MO", "TU"], email0_opens="18h", email0_closes="20",
    )  # fmt: skip
    rows = {
        row.kind: row for row in await session.scalars(select(ClientContact).execution_options(populate_existing=True))
    }
    assert rows["email"].windows == [{"days": ["MO", "TU"], "opens": "18:00", "closes": "20:00"}]
    assert (rows["phone"].safe, rows["phone"].ask_for, rows["phone"].verified_at) == (True, "Mr Grey", NOW)
    await session.refresh(paul)
    assert (paul.reach_first, paul.zone, paul.no_contact) == ("phone", "Europe/London", False)


async def test_saving_the_first_page_of_the_file_keeps_hours_and_names(
    browser: Browser, session: AsyncSession, paul: Client, claire: Actor
) -> None:
    ways = {
        "email": Way("paul@example.org", True, windows=(EVENING,)),
        "phone": Way("07700 900123", True, ask_for="Mr Grey"),
        "sms": Way("07700 900123", True),
    }
    await editing.write(session, paul, ways, NOW)  # type: ignore[arg-type]
    await browser.sign_in(claire.email, PASSWORD)
    await browser.open(f"/en/people/{paul.id}/edit/who")
    await browser.submit("/edit/who", family_name="Grey")
    rows = {
        row.kind: row for row in await session.scalars(select(ClientContact).execution_options(populate_existing=True))
    }
    assert (rows["email"].windows, rows["phone"].ask_for, rows["sms"].safe) == ([EVENING], "Mr Grey", True)
