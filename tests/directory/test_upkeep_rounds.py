"""Rounds of verification, with the real jobs on a real database: who is asked, how often, and when it stops."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from referrals.accounts.models import Role
from referrals.directory import listings
from referrals.directory.models import Listing, Organization, Service, Upkeep, UpkeepAddress
from referrals.directory.upkeep import actions
from referrals.directory.upkeep.jobs import begin_round, keep_step
from referrals.directory.upkeep.queries import Why, dead_addresses, how_stale, stale
from referrals.kit import mail
from referrals.kit.db import session_maker
from referrals.kit.mail import Message, Smtp, Undeliverable
from referrals.kit.settings import Settings
from tests.directory.upkeep_room import letters, morning, work
from tests.factories import account, organization

START = datetime(2026, 1, 5, 7, 23, tzinfo=UTC)
"""A Monday."""


async def kept(
    session: AsyncSession,
    name: str,
    by: Organization,
    *,
    checked: date | None,
    email: str | None = None,
    months: int = 6,
) -> Service:
    found = Service(
        organization_id=by.id, name=name, language="en", translations={}, status="active", email=email,
        assured_date=checked, first_seen_at=datetime(2025, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    session.add(found)
    await session.flush()
    if months != 6:
        await actions.choose_rhythm(session, [found.id], months, None, START)
    await listings.refresh(session, [found.id], START)
    return found


async def owner(session: AsyncSession, name: str, email: str | None) -> Organization:
    found = await organization(session, name)
    found.email = email
    await session.flush()
    return found


async def test_two_years_of_rounds(session: AsyncSession, settings: Settings) -> None:
    """Every working morning of two years: one answers each mail, one answers late, one is silent, one has no address."""
    prompt = await owner(session, "Prompt", "prompt@example.org")
    slow = await owner(session, "Slow", "Slow@Example.org")
    silent = await owner(session, "Silent", "silent@example.org")
    nobody = await owner(session, "Nobody", None)
    services = {
        name: await kept(session, name, by, checked=START.date() - timedelta(days=ago), months=months)
        for name, by, ago, months in (
            ("p1", prompt, 10, 6), ("p2", prompt, 40, 3), ("p3", prompt, 170, 1), ("s1", slow, 100, 6), ("s2", slow, 104, 6),
            ("q1", silent, 150, 6), ("q2", silent, 180, 12), ("n1", nobody, 300, 6),
        )
    }  # fmt: skip
    mailed: dict[str, list[datetime]] = defaultdict(list)
    for now in (START + timedelta(days=passed) for passed in range(730)):
        if now.weekday() > 4 or not await morning(session, settings, now):
            continue
        for message in (await letters(session))[sum(map(len, mailed.values())) :]:
            days = mailed[message.to_address]
            days.append(now)
            if message.to_address == "prompt@example.org":
                await actions.nothing_has_changed(
                    session, [services[n].id for n in ("p1", "p2", "p3")], actions.LINK, now
                )
            if message.to_address == "slow@example.org" and len(days) % 2 == 0:
                await actions.nothing_has_changed(session, [services[n].id for n in ("s1", "s2")], actions.LINK, now)
    for address, days in mailed.items():
        assert all((b.date() - a.date()).days >= 7 for a, b in pairwise(days)), address
    assert set(mailed) == {"prompt@example.org", "slow@example.org", "silent@example.org"}
    assert 23 <= len(mailed["prompt@example.org"]) <= 25, "all three come with the one that is asked each month"
    purposes = [message.purpose for message in await letters(session, "slow@example.org")]
    assert purposes[:2] == ["upkeep_round", "upkeep_round"], "s1 came due four days after s2, and waited for the week"
    assert purposes[2:] == ["upkeep_round", "upkeep_reminder"] * 3, "no reminder once it is answered"
    rounds = [message.purpose for message in await letters(session, "silent@example.org")]
    assert rounds.count("upkeep_round") == 6, "q1 asked four times in two years, q2 twice"
    assert rounds.count("upkeep_reminder") <= 2 * 6
    end = START + timedelta(days=730)
    assert {(one.name.value, one.why) for one in await stale(session, end.date(), language="en")} == {
        ("q1", Why.SILENT), ("q2", Why.SILENT), ("n1", Why.NO_ADDRESS),
    }  # fmt: skip
    assert await how_stale(session, end.date()) == 3
    for name in ("p1", "p2", "p3", "s1", "s2"):
        listing = await session.get_one(Listing, services[name].id, populate_existing=True)
        assert listing.check_by is not None
        assert listing.check_by >= end.date() - timedelta(days=14)


async def test_a_deployment_may_ask_in_another_rhythm(connection: AsyncConnection, settings: Settings) -> None:
    """Where nobody chose one; whoever did is asked as they chose, and being asked chooses nothing."""
    maker = session_maker(connection, replace(settings, check_months=1))
    async with maker(join_transaction_mode="create_savepoint") as session:
        by = await owner(session, "Harbour", "desk@example.org")
        usual = await kept(session, "Usual", by, checked=START.date())
        chosen = await kept(session, "Chosen", by, checked=START.date(), months=12)
        due = [(await session.get_one(Listing, one.id)).check_by for one in (usual, chosen)]
        assert due == [date(2026, 2, 5), date(2027, 1, 5)]
        assert await morning(session, settings, datetime(2026, 2, 5, 7, 23, tzinfo=UTC))
        assert await session.scalar(select(Upkeep.months).where(Upkeep.service_id == usual.id)) is None
        for _ in range(2):
            await keep_step(session)
        asked = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'directory.derive'"
        assert await session.scalar(text(asked)) == 1


async def test_one_mail_tells_of_all_listings_that_are_due(session: AsyncSession, settings: Settings) -> None:
    desk = await owner(session, "Desk", "desk@example.org")
    for number in range(15):
        await kept(session, f"Service {number:02}", desk, checked=date(2025, 3, 1))
    other = await owner(session, "Other house", None)
    await kept(session, "Elsewhere", other, checked=date(2025, 3, 1), email="DESK@example.org ")
    await morning(session, settings, START)
    [mail_] = await letters(session)
    assert mail_.subject == "Are your 16 listings still right?"
    assert mail_.body.count("http://relais.test/en/u/") == 3, (
        "a link for each organization, and the one about the mails"
    )
    assert "Service 11" in mail_.body
    assert "Service 12" not in mail_.body
    assert "And others: the page shows all of them." in mail_.body
    await morning(session, settings, START + timedelta(days=1))
    assert len(await letters(session)) == 1


async def test_a_round_that_runs_twice_at_once_asks_once(session: AsyncSession, settings: Settings) -> None:
    desk = await owner(session, "Desk", "desk@example.org")
    await kept(session, "One", desk, checked=date(2025, 3, 1))
    for _ in range(2):
        await begin_round(session, now=START)
    await work(session, settings, START)
    await morning(session, settings, START)
    assert len(await letters(session)) == 1


async def test_without_any_address_those_who_keep_it_are_asked_in_turn(
    session: AsyncSession, settings: Settings
) -> None:
    house = await owner(session, "House", None)
    await kept(session, "One", house, checked=date(2025, 3, 1))
    for email in ("ada@example.org", "bob@example.org"):
        await account(session, Role.PROVIDER_EDITOR, email=email, organization_id=house.id)
    for days in (0, 7, 21, 60):
        await morning(session, settings, START + timedelta(days=days))
    asked = [message.to_address for message in await letters(session)]
    assert len(asked) == 3
    assert set(asked) == {"ada@example.org", "bob@example.org"}


async def test_whoever_stopped_the_mails_is_not_asked(session: AsyncSession, settings: Settings) -> None:
    desk = await owner(session, "Desk", "desk@example.org")
    await kept(session, "One", desk, checked=date(2025, 3, 1))
    await actions.stop_mails(session, "Desk@example.org", START)
    await morning(session, settings, START)
    assert not await letters(session)
    [left] = await stale(session, START.date(), language="en")
    assert (left.why, left.address, left.months) == (Why.STOPPED, "desk@example.org", 6)
    await actions.resume_mails(session, "desk@example.org")
    await morning(session, settings, START)
    assert len(await letters(session)) == 1


async def test_an_address_whose_mail_comes_back_is_a_curators_matter(session: AsyncSession, settings: Settings) -> None:
    desk = await owner(session, "Desk", "desk@example.org")
    await kept(session, "One", desk, checked=date(2025, 3, 1))
    await kept(session, "Two", desk, checked=date(2025, 3, 1))
    await morning(session, settings, START)
    [message] = await letters(session)
    await mail.deliver(session, message_id=str(message.id), port=_NobodyThere(), now=START)
    assert (message.sent_at, message.refused_at) == (None, START)
    await work(session, settings, START)
    [dead] = await dead_addresses(session)
    assert (dead.address, dead.listings, dead.organizations) == ("desk@example.org", 2, (desk.id,))
    assert (dead.why, dead.since) == ("550 no such mailbox", START), "at once, not when the next round comes"
    await morning(session, settings, START + timedelta(days=7))
    assert len(await letters(session)) == 1
    assert {one.why for one in await stale(session, START.date() + timedelta(days=7))} == {Why.DEAD}


async def test_a_letter_of_another_kind_that_comes_back_counts_only_where_a_listing_names_the_address(
    session: AsyncSession, settings: Settings
) -> None:
    """A referral that reaches nobody says that the address is dead; a person's own address is written nowhere for it."""
    desk = await owner(session, "Desk", "Desk@example.org ")
    await kept(session, "One", desk, checked=START.date())
    for address in ("desk@example.org", "paul@example.org"):
        sent = Message(purpose="referral_letter", to_address=address, language="en", subject="x", body="x")
        session.add(sent)
        await session.flush()
        await mail.deliver(session, message_id=str(sent.id), port=_NobodyThere(), now=START)
    await work(session, settings, START)
    assert [one.address for one in await dead_addresses(session)] == ["desk@example.org"]
    assert await session.scalar(select(func.count()).select_from(UpkeepAddress)) == 1


async def test_places_may_be_asked_more_often(session: AsyncSession, settings: Settings) -> None:
    desk = await owner(session, "Desk", "desk@example.org")
    one = await kept(session, "Beds", desk, checked=START.date())
    await actions.choose_rhythm(session, [one.id], 6, 14, START)
    await morning(session, settings, START)
    [asked] = await letters(session)
    assert (asked.purpose, asked.subject) == ("upkeep_places", "Is there room?")
    for days in range(1, 40):
        await morning(session, settings, START + timedelta(days=days))
    assert len(await letters(session)) == 1, "asked once, and not again before an answer"
    row = await session.get_one(Upkeep, one.id, populate_existing=True)
    assert row.places_asked_at == START


async def test_an_editor_who_has_read_it_all_is_not_reminded(session: AsyncSession, settings: Settings) -> None:
    desk = await owner(session, "Desk", "desk@example.org")
    one = await kept(session, "One", desk, checked=date(2025, 3, 1))
    await morning(session, settings, START)
    one.assured_date = START.date()
    await listings.refresh(session, [one.id], START)
    await morning(session, settings, START + timedelta(days=7))
    assert len(await letters(session)) == 1


async def test_a_mail_in_french_to_a_french_organization(session: AsyncSession, settings: Settings) -> None:
    maison = await organization(session, "Maison", language="fr")
    maison.email = "accueil@example.org"
    await kept(session, "Accueil", maison, checked=date(2025, 3, 1))
    await morning(session, settings, START)
    [message] = await letters(session)
    assert (message.language, message.subject) == ("fr", "Votre fiche est-elle toujours exacte\u202f?")
    assert "http://relais.test/fr/u/" in message.body


def test_the_mail_program_is_told_where_the_mails_stop() -> None:
    message = Message(
        id=uuid4(), purpose="upkeep_round", to_address="desk@example.org", language="en", subject="S", body="B\n",
        stop_url="http://relais.test/en/u/x/mails",
    )  # fmt: skip
    letter = Smtp("smtp://localhost", "relais@example.org").letter(message)
    assert letter["List-Unsubscribe"] == "<http://relais.test/en/u/x/mails>"


class _NobodyThere:
    """A mail server that knows no such mailbox."""

    async def deliver(self, session: AsyncSession, message: Message) -> None:
        raise Undeliverable("550 no such mailbox")
