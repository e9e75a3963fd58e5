"""Where a person agreed that a service is told, and not that it tells in return: yes, no, where things stand, and no word more."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.clients import consent as agreement
from referrals.kit.errors import Refused
from referrals.kit.i18n import speak
from referrals.kit.settings import Settings
from referrals.tracking import messages, telling_back
from referrals.tracking.actions import act, client_links
from referrals.tracking.appointments import actions as appointments
from referrals.tracking.appointments.told_back import visits_for_sender
from referrals.tracking.inbox import several
from referrals.tracking.inbox.several import Several, picked
from referrals.tracking.models import ProviderVoice, ReferralEvent, ReferralNote
from referrals.tracking.said import RECEIVER, Delivered, Said, case_manager
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import PASSWORD, World, account, acting, sent
from tests.tracking.post_room import letters, link_in, open_with_code, work
from tests.tracking.test_appointments import HOW, TIMES

YES = Said(facts={"first_contact_by": date(2026, 11, 27)})
DONE = Said(facts={"provider_outcome": "partial", "service_date": date(2026, 11, 23)})
FULL = Said("no_capacity")
NO_MORE = "They have not agreed that more is told than yes or no, and where things stand."


async def one_way(session: AsyncSession) -> World:
    world = await sent(session)
    world.consent.direction = "out"
    await session.flush()
    return world


@pytest.mark.parametrize(
    ("event", "said", "beyond"),
    [
        ("accept", YES, ()),
        ("decline", FULL, ()),
        ("decline", replace(FULL, words="They shouted."), ("words",)),
        ("ask_info", Said(words="Can they climb stairs?"), ()),
        ("complete", DONE, ()),
        ("complete", replace(DONE, facts={**DONE.facts, "sessions": 3}), ("sessions",)),
        ("complete", replace(DONE, delivered=Delivered("no_show", date(2026, 11, 20), "elsewhere")), ("why_not", "first_day", "next_step")),
        ("complete", replace(DONE, delivered=Delivered(levels={uuid4(): 1})), ("goals",)),
        ("fail", Said("access_barrier", {"barrier": "transport"}), ("barrier",)),
    ],
)  # fmt: skip
def test_what_is_more_than_yes_no_and_where_things_stand(event: str, said: Said, beyond: tuple[str, ...]) -> None:
    assert telling_back.more_than_codes(event, said) == beyond


async def test_the_door_takes_codes_and_refuses_words_under_an_agreement_that_goes_one_way(
    session: AsyncSession,
) -> None:
    world = await one_way(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    with pytest.raises(Refused) as refused:
        await act(session, world.referral, "complete", RECEIVER, replace(DONE, words="They drank again."), NOW)
    assert (refused.value.code, refused.value.facts["fields"]) == ("nothing_in_return", ["words"])
    with pytest.raises(Refused):
        await messages.write(session, world.referral, RECEIVER, "They drank again.", ["sender"], "k", NOW)
    await act(session, world.referral, "complete", RECEIVER, DONE, NOW)
    assert (world.referral.status, await _notes(session)) == ("completed", 0)


async def test_an_agreement_that_was_taken_back_lets_nothing_back_either(session: AsyncSession) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await messages.write(session, world.referral, RECEIVER, "Shall they bring a letter?", ["sender"], "k", NOW)
    await agreement.revoke(session, world.consent, by=None, now=NOW)
    with pytest.raises(Refused):
        await messages.write(session, world.referral, RECEIVER, "They drank again.", ["sender"], "l", NOW)
    assert await _notes(session) == 1


async def test_the_receiver_is_offered_what_it_may_tell_and_a_form_from_before_is_refused(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await work(session, settings, NOW)
    link = link_in((await letters(session, "desk@carrick.example.org"))[0])
    before = await browser.open(f"{link}?answer=decline")
    assert {"words", "reason"} <= before.form("/r/").fields.keys()
    world.consent.direction = "out"
    await session.flush()
    page = await browser.submit("/r/", reason="no_capacity", words="They shouted at me last year.")
    assert (page.status, NO_MORE in page, world.referral.status) == (422, True, "sent")
    assert "words" not in page.form("/r/").fields
    assert "There is nothing more to write here." in page
    assert 'value="other"' not in page.html
    assert await _notes(session) == 0
    page = await browser.open(f"{link}?answer=ask_info")
    assert "words" in page.form("/r/").fields, "a question tells nothing"
    await browser.open(f"{link}?answer=accept")
    page = await browser.submit("/r/", pick="2026-11-27")
    await session.refresh(world.referral)
    assert (page.status, world.referral.status) == (200, "accepted")


async def test_what_was_done_is_said_by_its_outcome_alone(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await work(session, settings, NOW)
    link = link_in((await letters(session, "desk@carrick.example.org"))[0])
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await act(session, world.referral, "start_service", RECEIVER, Said(facts={"started_on": NOW.date()}), NOW)
    await browser.open(link)
    await browser.submit("/code")
    old_words = await open_with_code(browser, session, settings)
    old_form = await browser.open(f"{link}?answer=complete")
    world.consent.direction = "out"
    await session.flush()
    page = await browser.showing(old_words).submit("/words", words="They drank again.")
    assert (page.status, NO_MORE in page) == (422, True)
    page = await browser.showing(old_form).submit(
        "/r/", outcome="partial", why_not="no_show", sessions="3", next_step="", day="2026-11-23"
    )
    assert (page.status, NO_MORE in page) == (422, True)
    assert page.form("/r/").fields.keys() & {"why_not", "sessions", "first_day", "next_step", "words"} == set()
    page = await browser.submit("/r/", outcome="partial", day="2026-11-23")
    await session.refresh(world.referral)
    assert (page.status, world.referral.status) == (200, "completed")
    voice = (await session.scalars(select(ProviderVoice))).one()
    assert (voice.delivery, voice.reason, voice.sessions, voice.next_step) == ("partial", None, None, None)
    assert await _notes(session) == 0


async def test_what_a_service_said_on_the_telephone_is_written_down_no_further(
    browser: Browser, session: AsyncSession
) -> None:
    world = await one_way(session)
    await browser.sign_in(world.sender.email, PASSWORD)
    page = await browser.open(f"/en/referrals/{world.referral.id}?told=decline")
    assert "words" not in page.form("/told").fields
    page = await browser.submit("/told", reason="no_capacity", told_by="Ann")
    await session.refresh(world.referral)
    assert (page.status, world.referral.status) == (200, "declined")


async def test_several_answers_at_once_leave_the_words_out_too(session: AsyncSession) -> None:
    speak("en")
    world = await one_way(session)
    desk = await acting(
        session, await account(session, Role.PROVIDER_EDITOR, organization_id=world.referral.organization_id)
    )
    asked = Several(
        do="decline", key="k", pick=[picked(world.referral, None)], reason="no_capacity", words="They shouted."
    )
    [result] = await several.do(session, desk, asked, NOW)
    assert result.why.startswith(NO_MORE)
    [result] = await several.do(
        session, desk, Several(do="decline", key="k", pick=asked.pick, reason="no_capacity"), NOW
    )
    assert (result.why, world.referral.status, await _notes(session)) == ("", "declined", 0)
    assert await session.scalar(select(func.count()).select_from(ReferralEvent)) == 2


async def _notes(session: AsyncSession) -> int:
    found = select(func.count()).select_from(ReferralNote).where(ReferralNote.kind != "told_by")
    return await session.scalar(found) or 0


async def test_the_place_in_a_service_s_own_words_is_for_the_person_and_not_for_the_sender(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await one_way(session)
    theirs = replace(HOW, place="Room 3, he has been drinking again")
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await appointments.set_at_once(session, world.referral, RECEIVER, TIMES[0], theirs, NOW)
    await appointments.propose(session, world.referral, RECEIVER, TIMES[1:], theirs, NOW)
    await work(session, settings, NOW)
    files = {one.to_address: one.calendar for one in await letters(session) if one.calendar}
    assert {to: "drinking" in file for to, file in files.items()} == {
        world.sender.email: False,
        "desk@carrick.example.org": True,
    }
    await browser.sign_in(world.sender.email, PASSWORD)
    page = await browser.open(f"/en/referrals/{world.referral.id}")
    assert "drinking" not in page.text
    assert page.text.count("own page: the service tells us nothing in return.") == 2
    assert "drinking" not in (await browser.open(f"/en/referrals/{world.referral.id}/appointment.ics")).text
    own = await client_links.make(session, world.client.id, "card", world.sender.id, NOW)
    assert "Room 3, he has been drinking again" in await browser.open(
        f"/en/c/{client_links.token(settings.secret, own)}"
    )
    world.consent.direction = "both"
    await session.flush()
    assert "drinking" in await browser.open(f"/en/referrals/{world.referral.id}")


async def test_what_the_sender_wrote_of_the_place_it_reads_again(session: AsyncSession) -> None:
    world = await one_way(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await appointments.set_at_once(session, world.referral, case_manager(world.sender), TIMES[0], HOW, NOW)
    shown = (await visits_for_sender(session, world.referral, NOW)).standing
    assert shown is not None
    assert (shown.place, shown.kept_back) == (HOW.place, False)
