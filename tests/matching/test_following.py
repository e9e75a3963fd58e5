"""After a refusal, a silence or a list that is too long: the next best are ready, and one click asks the first of them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.actor import Actor
from referrals.app import environment
from referrals.clients import consent as agreement
from referrals.clients.consent import RecipientType
from referrals.clients.models import Client, Consent, Need
from referrals.directory.models import Listing, Service
from referrals.kit.settings import Settings
from referrals.matching.jobs import JOBS
from referrals.matching.models import NextBest
from referrals.tracking import actions as tracking
from referrals.tracking.models import Referral, ReferralNote
from referrals.tracking.said import RECEIVER, SYSTEM, Said, Snapshot
from tests.browser import Browser
from tests.conftest import NOW, SECRET, Clock
from tests.factories import PASSWORD, case_manager, need
from tests.factories.world import TOLD
from tests.matching.scene import listed

FULL = Said(reason="no_capacity")
SETTINGS = Settings(
    data_home=Path("/nowhere"), database_url=None, secret=SECRET, base_url="http://relais.test", demo=True
)


@pytest.fixture(scope="session")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def physio(session: AsyncSession, paul: Client) -> Need:
    return await need(session, paul, need_by=NOW.date() + timedelta(days=40))


async def agrees(
    session: AsyncSession, who: Client, by: Actor, *to: Service, kind: RecipientType = "service", **more: Any
) -> Consent:
    return await agreement.grant(
        session, who, recipients=[one.id for one in to], scope=TOLD, method="oral_witnessed", text="I agree.",
        language="en", direction="both", recorded_by=by.id, now=NOW, recipient_type=kind, **more,
    )  # fmt: skip


async def asked(
    session: AsyncSession, by: Actor, who: Client, for_: Need, to: Service, given: Consent, words: str = ""
) -> Referral:
    referral = await tracking.draft(session, by, who, for_, to.id, NOW)
    await tracking.send(session, referral, by, given, Snapshot(rules="test"), NOW, words=words)
    return referral


async def work(session: AsyncSession, now: datetime = NOW) -> int:
    """Run what waits for this room, as the worker would."""
    tools: dict[str, Any] = {"jinja": environment(), "settings": SETTINGS, "now": now}
    done = 0
    while True:
        row = (await session.execute(text(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs WHERE status = 'todo' "
            "AND task_name LIKE 'matching.%' ORDER BY id LIMIT 1) RETURNING task_name, args"
        ))).first()  # fmt: skip
        if row is None:
            return done
        job = JOBS[row.task_name]
        wanted = job.__code__.co_varnames[: job.__code__.co_argcount + job.__code__.co_kwonlyargcount]
        await job(session, **row.args, **{name: tools[name] for name in wanted if name in tools})
        await session.flush()
        done += 1


async def test_a_decline_becomes_the_next_best_service_in_two_clicks(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near, far = await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    given = await agrees(session, paul, claire, near, far, kind="named_list")
    first = await asked(session, claire, paul, physio, near, given, "Mornings are best.")
    first.urgency = "urgent"
    await tracking.act(session, first, "decline", RECEIVER, FULL, NOW)
    await work(session)
    row = await session.get_one(NextBest, physio.id)
    assert [one["name"] for one in row.shown] == ["Far clinic"]
    page = await signed_in.open(f"/en/referrals/{first.id}")
    assert "They said no: full." in page
    assert "it goes out at once" in page
    page = await signed_in.submit(f"/next/{far.id}")
    assert "Sent to Far clinic, under what they have agreed to." in page
    second = (await session.scalars(select(Referral).where(Referral.attempt == 2))).one()
    assert (second.service_id, second.status, second.urgency, second.consent_id) == (far.id, "sent", "urgent", given.id)
    words = await session.scalars(select(ReferralNote.text).where(ReferralNote.referral_id == second.id))
    assert words.all() == ["Mornings are best."]


async def test_pressed_twice_it_is_sent_once(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near, far = await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near, far))
    await tracking.act(session, first, "decline", RECEIVER, FULL, NOW)
    before = await signed_in.open(f"/en/referrals/{first.id}")
    once = await signed_in.submit(f"/next/{far.id}")
    signed_in.page = before
    again = await signed_in.submit(f"/next/{far.id}")
    assert once.path == again.path != before.path
    assert len((await session.scalars(select(Referral))).all()) == 2


async def test_without_an_agreement_for_the_next_one_only_that_is_left_to_record(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near, far = await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    given = await agrees(session, paul, claire, near)
    first = await asked(session, claire, paul, physio, near, given, "Mornings are best.")
    first.urgency = "urgent"
    await tracking.act(session, first, "decline", RECEIVER, FULL, NOW)
    page = await signed_in.open(f"/en/referrals/{first.id}")
    assert "Only their agreement is left to record." in page
    page = await signed_in.submit(f"/next/{far.id}")
    assert "Only the agreement for Far clinic is left to record." in page
    typed = page.form("/send/").fields
    assert typed["message"] == ["Mornings are best."]
    assert (typed["urgency"], typed["method"]) == (["urgent"], [])
    assert set(typed["after"]) == {"name", "phone"}
    assert len((await session.scalars(select(Referral))).all()) == 1


@pytest.mark.parametrize("why", ["revoked", "narrower", "over"])
async def test_an_agreement_that_says_less_does_not_carry_the_next_one(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need, why: str
) -> None:
    near, far = await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near))
    other = await agrees(session, paul, claire, far)
    if why == "revoked":
        await agreement.revoke(session, other, by=claire.id, now=NOW)
    elif why == "narrower":
        other.scope = ["need"]
    else:
        other.expires_at = NOW
    await tracking.act(session, first, "decline", RECEIVER, FULL, NOW)
    page = await signed_in.open(f"/en/referrals/{first.id}")
    assert "Only their agreement is left to record." in page
    assert "/send/" in (await signed_in.submit(f"/next/{far.id}")).path


async def test_the_next_best_are_those_of_today(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near, far = await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near))
    await tracking.act(session, first, "expire", SYSTEM, Said(reason="no_response"), NOW)
    await work(session)
    there = await session.get_one(Listing, far.id)
    there.capacity_status, there.updated_at = "no-capacity", NOW + timedelta(minutes=1)
    await listed(session, "New clinic", km=12)
    page = await signed_in.open(f"/en/referrals/{first.id}")
    assert "They did not answer in time." in page
    assert "Send to New clinic" in page
    assert "Send to Far clinic" not in page
    assert "Send to Near clinic" not in page


async def test_what_was_full_is_named_again_two_weeks_later(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need, clock: Clock
) -> None:
    near = await listed(session, "Near clinic")
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near))
    await tracking.act(session, first, "decline", RECEIVER, FULL, NOW)
    page = await signed_in.open(f"/en/referrals/{first.id}")
    assert "Nobody else fits as things stand today." in page
    clock.pass_(days=15)
    await signed_in.sign_in(claire.email, PASSWORD)
    assert "Send to Near clinic" in await signed_in.open(f"/en/referrals/{first.id}")


async def test_a_waiting_list_past_the_day_has_another_way_beside_it(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near, far = await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near, far))
    said = Said(facts={"estimated_wait_days": 60, "review_on": date(2026, 12, 20)})
    await tracking.act(session, first, "accept_waitlist", RECEIVER, said, NOW)
    page = await signed_in.open(f"/en/referrals/{first.id}")
    assert "They have a waiting list: a place around 22 January 2027, and it is needed by 2 January 2027." in page
    assert "Sent to Far clinic" in await signed_in.submit(f"/next/{far.id}")
    assert "Send to" not in await signed_in.open(f"/en/referrals/{first.id}")
    assert first.status == "waitlisted"


async def test_what_the_person_ended_calls_for_nobody_else(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near = await listed(session, "Near clinic")
    await listed(session, "Far clinic", km=9)
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near))
    yes = Said(facts={"first_contact_by": NOW.date() + timedelta(days=3)})
    await tracking.act(session, first, "accept", RECEIVER, yes, NOW)
    await tracking.act(session, first, "fail", RECEIVER, Said(reason="client_declined"), NOW)
    await work(session)
    assert await session.get(NextBest, physio.id) is None
    assert "Who could be asked next" not in await signed_in.open(f"/en/referrals/{first.id}")


async def test_nobody_sends_on_for_somebody_elses_people(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near, far = await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near, far))
    await tracking.act(session, first, "decline", RECEIVER, FULL, NOW)
    await browser.sign_in(claire.email, PASSWORD)
    await browser.open(f"/en/referrals/{first.id}")
    page = browser.page
    yann = await case_manager(session, email="yann@example.org", name="Yann")
    await browser.submit("sign-out")
    await browser.sign_in(yann.email, PASSWORD)
    browser.page = page
    assert (await browser.submit(f"/next/{far.id}")).status in (403, 404)
    assert len((await session.scalars(select(Referral))).all()) == 1


async def test_the_day_and_the_file_name_the_next_one_with_its_button(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near, far = await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near, far))
    await tracking.act(session, first, "decline", RECEIVER, FULL, NOW)
    assert "Next: " not in await signed_in.open("/en/today")
    await work(session)
    for address in (f"/people/{paul.id}", "/today"):
        page = await signed_in.open(f"/en{address}")
        assert "They said no: full. Next: Far clinic, " in page
        assert page.form(f"/next/{far.id}")
    assert "Sent to Far clinic" in await signed_in.submit(f"/next/{far.id}")
    assert "Next: " not in await signed_in.open("/en/today")


async def test_a_list_that_is_too_long_waits_for_its_case_manager(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near = await listed(session, "Near clinic")
    await listed(session, "Far clinic", km=9)
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near))
    said = Said(facts={"estimated_wait_days": 60, "review_on": date(2026, 12, 20)})
    await tracking.act(session, first, "accept_waitlist", RECEIVER, said, NOW)
    assert "Nothing waits for you" in await signed_in.open("/en/today")
    await work(session)
    page = await signed_in.open("/en/today")
    assert "They have a waiting list" in page
    assert "Send to Far clinic" in page


async def test_a_next_one_that_went_away_between_page_and_click(
    signed_in: Browser, session: AsyncSession, claire: Actor, paul: Client, physio: Need
) -> None:
    near, far = await listed(session, "Near clinic"), await listed(session, "Far clinic", km=9)
    first = await asked(session, claire, paul, physio, near, await agrees(session, paul, claire, near, far))
    await tracking.act(session, first, "decline", RECEIVER, FULL, NOW)
    await signed_in.open(f"/en/referrals/{first.id}")
    (await session.get_one(Listing, far.id)).published = False
    await session.flush()
    page = await signed_in.submit(f"/next/{far.id}")
    assert "This service is listed no longer. Here is what else there is." in page
    assert len((await session.scalars(select(Referral))).all()) == 1
