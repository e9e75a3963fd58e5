"""The case manager's day: what waits and in which order, what is written down as told, and closing the loop."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from referrals.accounts.models import Role
from referrals.clients.models import ClientContact, Need
from referrals.kit.errors import NotFound
from referrals.kit.settings import Settings
from referrals.tracking import queries
from referrals.tracking.actions import act, hear, revoke_consent
from referrals.tracking.jobs.ringing import ring
from referrals.tracking.models import ClientVoice, Referral, ReferralEvent, ReferralNote, Verdict
from referrals.tracking.queries import Waiting
from referrals.tracking.said import RECEIVER, Said, case_manager
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import World, account, acting, client, need, organization, sent, service
from tests.factories import case_manager as somebody
from tests.statements import counted
from tests.tracking.post_room import letters, link_in, open_with_code, work

DONE = Said(facts={"provider_outcome": "full", "service_date": date(2026, 11, 23)})
YES = Said(facts={"first_contact_by": date(2026, 11, 27)})


async def test_the_day_is_in_order_of_what_presses(session: AsyncSession) -> None:
    by = await somebody(session)
    worlds = [await sent(session, sender=by, now=NOW - timedelta(days=8) if n == 2 else NOW) for n in range(6)]
    declined, asked, _late, done, heard, _moving = (world.referral for world in worlds)
    await act(session, declined, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await act(session, asked, "ask_info", RECEIVER, Said(words="Stairs?"), NOW)
    for referral in (done, heard):
        await act(session, referral, "accept", RECEIVER, YES, NOW)
        await act(session, referral, "complete", RECEIVER, DONE, NOW)
    await hear(session, heard, "yes", "partly", NOW)
    await need(session, await client(session, by, given_name="Amina"))
    day = await queries.today(session, by, NOW)
    assert [task.waiting for task in day.tasks] == [
        Waiting.STOPPED, Waiting.QUESTION, Waiting.SILENCE, Waiting.ANSWERED, Waiting.DONE, Waiting.NO_REFERRAL,
    ]  # fmt: skip
    assert (day.tasks[0].reason, day.tasks[1].question) == ("no_capacity", "Stairs?")
    assert len(day.moving) == 1
    assert (day.people, day.open_needs, day.closed_this_month) == (7, 7, 0)


async def test_two_people_of_one_name_are_told_apart_on_the_page_of_the_day(session: AsyncSession) -> None:
    by = await somebody(session)
    for given, family in (("Paul", "Harvey"), ("Paul", "Kerbrat"), ("Amina", "Saïdi"), ("Ben", "Roe"), ("Ben", "Rowe")):
        await need(session, await client(session, by, given_name=given, family_name=family))
    day = await queries.today(session, by, NOW)
    assert sorted(task.name for task in day.tasks) == ["Amina", "Ben Roe", "Ben Rowe", "Paul H.", "Paul K."]


async def test_the_day_takes_as_many_statements_for_one_as_for_many(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    by = await somebody(session)
    counts = []
    for _ in range(2):
        for _ in range(3):
            await sent(session, sender=by)
        async with counted(connection) as seen:
            await queries.today(session, by, NOW)
        counts.append(len(seen))
    assert counts == [5, 5]


async def test_the_page_says_how_many_things_wait(browser: Browser, session: AsyncSession) -> None:
    by = await somebody(session)
    await browser.sign_in(by.email)
    page = await browser.open("/en/today")
    assert "Nothing waits for you" in page
    world = await sent(session, sender=by)
    await act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    page = await browser.open("/en/today")
    assert "One thing is waiting for you" in page
    assert "Paul · physiotherapy" in page
    assert "Declined: full" in page


async def test_a_question_is_answered_and_goes_back(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await _of_claire(browser, session)
    await act(session, world.referral, "ask_info", RECEIVER, Said(words="Can they climb stairs?"), NOW)
    page = await browser.open(f"/en/referrals/{world.referral.id}")
    assert "Can they climb stairs?" in page
    page = await browser.submit("/reply", words="One floor, slowly.")
    assert page.status == 200
    assert "One floor, slowly." in page
    await session.refresh(world.referral)
    assert world.referral.status == "sent"
    await work(session, settings, NOW)
    mails = await letters(session, "desk@carrick.example.org")
    assert [mail.purpose for mail in mails] == ["referral_new", "referral_answered"]
    assert "stairs" not in mails[1].body
    assert "One floor, slowly." in await browser.open(link_in(mails[0]))


async def test_a_telephone_answer_is_recorded_as_told(browser: Browser, session: AsyncSession) -> None:
    world = await _of_claire(browser, session, listed_email=None)
    page = await browser.open(f"/en/referrals/{world.referral.id}")
    assert "01872 555 010" in page
    assert "Paul" not in page.text.split("You may read this out")[1].split("No name, no birthday")[0]
    await browser.open(f"/en/referrals/{world.referral.id}?told=accept_waitlist")
    page = await browser.submit("/told", weeks="6")
    assert page.status == 422
    assert "Please write who told you." in page
    page = await browser.submit("/told", weeks="6", told_by="Demelza")
    assert page.status == 200
    assert "told by Demelza, by telephone" in page
    recorded = await session.scalar(select(ReferralEvent).where(ReferralEvent.kind == "accept_waitlist"))
    assert recorded is not None
    assert (recorded.actor_role, recorded.facts["channel"]) == ("case_manager_on_behalf", "phone")
    note = await session.scalar(select(ReferralNote).where(ReferralNote.kind == "told_by"))
    assert note is not None
    assert note.visible_to == ["sender"]
    assert "Inscription sur la liste d’attente" in await browser.open(f"/fr/referrals/{world.referral.id}")
    page = await browser.open(f"/en/referrals/{world.referral.id}")
    assert "They have said yes: you may tell them this" in page
    assert "Paul Harvey" in page


async def test_a_referral_is_withdrawn_at_once_before_a_yes_and_by_asking_after(
    browser: Browser, session: AsyncSession
) -> None:
    first = await _of_claire(browser, session)
    second = await sent(session, sender=first.sender, to=await service(session, "Hydrotherapy"))
    await act(session, second.referral, "accept", RECEIVER, YES, NOW)
    for world, status in ((first, "cancelled"), (second, "cancel_requested")):
        await browser.open(f"/en/referrals/{world.referral.id}")
        page = await browser.submit("/withdraw", reason="plan_changed")
        assert page.status == 200
        await session.refresh(world.referral)
        assert world.referral.status == status
    day = await browser.open("/en/today")
    assert "Leg physiotherapy is no longer asked." in day
    assert "could not help" not in day, "it was not the service that failed"


@pytest.mark.parametrize(
    ("form", "filled", "typed"),
    [
        ("/withdraw", {"reason": "plan_changed", "to_service": "Thank you all the same."}, "We planned otherwise"),
        ("/void", {"mistake": "duplicate", "note": "Meant for the other clinic."}, "Sent twice"),
        ("/told", {"words": "Is there a lift?", "told_by": "Demelza"}, "They have a question"),
    ],
)
async def test_what_was_typed_into_an_older_page_is_not_lost(
    browser: Browser, session: AsyncSession, form: str, filled: dict[str, str], typed: str
) -> None:
    world = await _of_claire(browser, session)
    older = await browser.open(f"/en/referrals/{world.referral.id}?told=ask_info")
    await browser.open(f"/en/referrals/{world.referral.id}")  # another window
    await browser.submit("/void", mistake="wrong_person")
    page = await browser.showing(older).submit(form, **filled)
    assert page.status == 409
    assert "Somebody was quicker" in page
    kept = page.text.partition("What you had written")[2]
    assert typed in kept
    assert max(filled.values(), key=len) in kept


@pytest.mark.parametrize(
    ("form", "filled", "told"),
    [
        ("/withdraw", {"to_service": "Thank you."}, "Why? · Please choose a reason."),
        ("/withdraw", {"reason": "other"}, "A few words for the service · Please write a few words."),
        ("/void", {"note": "Twice."}, "What is wrong? · Please choose a reason."),
        ("/void", {"mistake": "other"}, "A few words · Please write a few words."),
        ("/reply", {}, "Your reply · Please fill this in."),
    ],
)
async def test_what_is_missing_is_named_and_what_was_typed_is_kept(
    browser: Browser, session: AsyncSession, form: str, filled: dict[str, str], told: str
) -> None:
    world = await _of_claire(browser, session)
    if form == "/reply":
        await act(session, world.referral, "ask_info", RECEIVER, Said(words="Stairs?"), NOW)
    await browser.open(f"/en/referrals/{world.referral.id}")
    page = await browser.submit(form, **filled)
    assert page.status == 422
    ((words, address),) = [link for link in page.links if link[1].startswith("#f-")]
    assert words == told
    assert page.html.count(f'id="{address[1:]}"') == 1, "it leads to its own field"
    assert f'id="{address[1:]}-error"' in page.html
    assert all(value in page.html for value in filled.values())


async def test_calling_an_appointment_off_asks_why_and_keeps_what_was_typed(
    browser: Browser, session: AsyncSession
) -> None:
    world = await _of_claire(browser, session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    booked = Said(facts={"appointment_at": NOW + timedelta(days=5)})
    await act(session, world.referral, "schedule", RECEIVER, booked, NOW)
    older = await browser.open(f"/en/referrals/{world.referral.id}")
    page = await browser.submit("/call-off", off_words="In hospital.")
    assert page.status == 422
    assert [words for words, address in page.links if address == "#f-off_reason"] == ["Why? · Please choose a reason."]
    assert "In hospital." in page.html
    page = await browser.submit("/call-off", off_reason="client_ill")
    assert "The appointment is called off." in page
    await session.refresh(world.referral)
    await act(session, world.referral, "schedule", RECEIVER, booked, NOW)
    await act(session, world.referral, "start_service", RECEIVER, Said(facts={"started_on": NOW.date()}), NOW)
    page = await browser.showing(older).submit("/call-off", off_reason="client_ill", off_words="Still in hospital.")
    assert page.status == 200, "an older page calls nothing off that came after"
    await session.refresh(world.referral)
    assert world.referral.status == "in_service"


async def test_somebody_elses_referral_is_not_there(browser: Browser, session: AsyncSession) -> None:
    mine = await _of_claire(browser, session)
    theirs = await sent(session)
    assert (await browser.open(f"/en/referrals/{mine.referral.id}")).status == 200
    assert (await browser.open(f"/en/referrals/{theirs.referral.id}")).status == 404
    assert (await browser.open(f"/en/needs/{theirs.need.id}/close")).status == 404


async def test_a_provider_sees_only_what_was_sent_to_its_organization(browser: Browser, session: AsyncSession) -> None:
    ours = await organization(session, "Carrick Centre")
    mine = await sent(session, to=await service(session, by=ours))
    theirs = await sent(session, to=await service(session, "Elsewhere"))
    editor = await account(session, Role.PROVIDER_EDITOR, email="desk@example.org", organization_id=ours.id)
    await browser.sign_in(editor.email)
    page = await browser.open("/en/my-services/referrals")
    assert "1 request waits for your answer" in page
    assert "Paul" not in page.text
    assert (await browser.open(f"/en/my-services/referrals/{theirs.referral.id}")).status == 404
    await browser.open(f"/en/my-services/referrals/{mine.referral.id}?answer=decline")
    page = await browser.submit(str(mine.referral.id), reason="out_of_area")
    assert page.status == 200
    recorded = await session.scalar(select(ReferralEvent).where(ReferralEvent.kind == "decline"))
    assert recorded is not None
    assert (recorded.actor_role, recorded.actor_id) == ("provider", editor.id)
    actor = await acting(session, editor)
    with pytest.raises(NotFound):
        await queries.get(session, actor, mine.referral.id, Role.CASE_MANAGER)


async def test_a_revoked_agreement_takes_everything_back(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await work(session, settings, NOW)
    link = link_in((await letters(session, "desk@carrick.example.org"))[0])
    await browser.open(link)
    await browser.submit("/code")
    assert "Paul Harvey" in await open_with_code(browser, session, settings)
    await revoke_consent(session, world.consent, case_manager(world.sender), NOW)
    assert world.referral.status == "cancel_requested"
    page = await browser.open(link)
    for secret in ("Paul", "Truro", "07700"):
        assert secret not in page.text


# ------------------------------------------------------------------ the client's voice, and the end of the loop


async def test_the_client_is_asked_on_a_safe_address_in_neutral_words(
    session: AsyncSession, settings: Settings, browser: Browser
) -> None:
    world = await _completed(session)
    await work(session, settings, NOW)
    [mail] = await letters(session, "paul@example.org")
    for secret in ("Paul", "physio", "Carrick", "Leg", "help"):
        assert secret not in mail.subject + mail.body
    link = link_in(mail)
    page = await browser.open(link)
    assert "Did you get the help?" in page
    page = await browser.open(page.link("Yes"))
    assert "Is it settled for you?" in page
    assert await session.scalar(select(ClientVoice)) is None
    page = await browser.submit("/f/", button="partly")
    assert "Thank you" in page
    voice = await session.scalar(select(ClientVoice))
    assert voice is not None
    assert (voice.received, voice.resolved, voice.referral_id) == ("yes", "partly", world.referral.id)


async def test_a_client_without_a_safe_address_gets_no_mail(session: AsyncSession, settings: Settings) -> None:
    await _completed(session, safe=False)
    await work(session, settings, NOW)
    assert await letters(session, "paul@example.org") == []


async def test_the_loop_is_closed_with_a_voice(browser: Browser, session: AsyncSession) -> None:
    world = await _completed(session, await _of_claire(browser, session))
    await browser.open(f"/en/needs/{world.need.id}/close")
    page = await browser.submit("/close", verdict="met", verified_by="provider")
    assert page.status == 422
    await browser.open(f"/en/referrals/{world.referral.id}")
    page = await browser.submit("/voice", received="yes", resolved="yes")
    assert "They told you how it went" in page
    await browser.open(f"/en/needs/{world.need.id}/close")
    page = await browser.submit("/close", verdict="met", verified_by="client")
    assert page.status == 200
    await session.refresh(world.referral)
    await session.refresh(world.need)
    assert (world.referral.status, world.need.status) == ("closed", "met")
    assert len(list(await session.scalars(select(Verdict)))) == 1


async def test_two_who_close_a_need_differently_close_it_once_and_lose_no_word(
    browser: Browser, session: AsyncSession
) -> None:
    world = await _completed(session, await _of_claire(browser, session))
    await browser.open(f"/en/referrals/{world.referral.id}")
    await browser.submit("/voice", received="yes", resolved="yes")
    older = await browser.open(f"/en/needs/{world.need.id}/close")
    await browser.submit("/close", verdict="met", verified_by="client", lesson="Ring before nine.")
    again = await browser.showing(older).submit(
        "/close", verdict="met", verified_by="client", lesson="Ring before nine."
    )
    assert again.status == 200, "a double click gets the first answer again"
    page = await browser.showing(older).submit(
        "/close", verdict="withdrawn", verified_by="client", lesson="Ask for Meriel."
    )
    assert page.status == 409
    assert "Somebody closed this need a moment before: “Yes, it is settled”. Yours was not recorded." in page
    assert "Ask for Meriel." in page.html
    (stands,) = await session.scalars(select(Verdict))
    assert (stands.verdict, stands.lesson) == ("met", "Ring before nine.")


async def test_where_no_way_is_safe_the_page_says_that_nothing_is_sent(browser: Browser, session: AsyncSession) -> None:
    world = await _completed(session, await _of_claire(browser, session))
    there = f"/en/referrals/{world.referral.id}"
    assert "They are asked by message" in await browser.open(there)
    await session.execute(update(ClientContact).values(safe=False))
    assert "so nothing is sent to them" in await browser.open(there)
    assert "They are asked by message" not in await browser.open(there)


async def test_two_vain_calls_are_enough_to_close_without_a_voice(browser: Browser, session: AsyncSession) -> None:
    world = await _completed(session, await _of_claire(browser, session))
    await browser.open(f"/en/needs/{world.need.id}/close")
    page = await browser.submit("/close", verdict="partly", verified_by="provider", contact_attempts="1")
    assert page.status == 422
    page = await browser.submit("/close", contact_attempts="2")
    assert page.status == 200
    verdict = await session.scalar(select(Verdict))
    assert verdict is not None
    assert (verdict.verdict, verdict.contact_attempts, verdict.verified_by) == ("partly", 2, "provider")


async def test_an_unmet_need_says_what_was_missing(browser: Browser, session: AsyncSession) -> None:
    world = await _of_claire(browser, session)
    await act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await browser.open(f"/en/needs/{world.need.id}/close")
    page = await browser.submit("/close", verdict="unmet", verified_by="none")
    assert page.status == 422
    page = await browser.submit("/close", unmet_reason="no_capacity")
    assert page.status == 200
    assert await session.scalar(select(Need.status)) == "unmet"


async def test_a_need_cannot_close_while_somebody_is_being_asked(browser: Browser, session: AsyncSession) -> None:
    world = await _of_claire(browser, session)
    await browser.open(f"/en/needs/{world.need.id}/close")
    page = await browser.submit("/close", verdict="withdrawn", verified_by="client")
    assert page.status == 422
    assert "Withdraw that first" in page


# ------------------------------------------------------------------ silence, the team, and the client's own page


@pytest.mark.parametrize(
    ("events", "after", "status"),
    [
        ([], timedelta(days=13, hours=23), "sent"),
        ([], timedelta(days=14), "expired"),
        ([("ask_info", Said(words="Stairs?"))], timedelta(days=14), "expired"),
        ([("accept", YES), ("complete", DONE)], timedelta(days=29), "completed"),
        ([("accept", YES), ("complete", DONE)], timedelta(days=30), "closed"),
    ],
)
async def test_silence_becomes_an_answer(
    session: AsyncSession, settings: Settings, events: list[tuple[str, Said]], after: timedelta, status: str
) -> None:
    world = await sent(session)
    for kind, said in events:
        await act(session, world.referral, kind, RECEIVER, said, NOW)
    assert await _expire(session, NOW + after) == status


async def test_a_silent_receiver_is_reminded_with_the_same_link(session: AsyncSession, settings: Settings) -> None:
    await sent(session)
    await work(session, settings, NOW)
    await ring(session, now=NOW + timedelta(days=7))
    await work(session, settings, NOW + timedelta(days=7))
    mails = await letters(session, "desk@carrick.example.org")
    assert [mail.purpose for mail in mails] == ["referral_new", "referral_reminder"]
    assert link_in(mails[0]) == link_in(mails[1])


async def test_nobody_is_reminded_who_has_answered(session: AsyncSession, settings: Settings) -> None:
    world = await sent(session)
    await work(session, settings, NOW)
    await act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await work(session, settings, NOW + timedelta(days=7))
    assert [mail.purpose for mail in await letters(session, "desk@carrick.example.org")] == ["referral_new"]


async def test_the_sender_is_told_without_a_name_in_the_mail(session: AsyncSession, settings: Settings) -> None:
    world = await sent(session)
    await act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await work(session, settings, NOW)
    [mail] = await letters(session, world.sender.email)
    for secret in ("Paul", "physio", "Carrick", "full"):
        assert secret not in (mail.subject + mail.body).replace(mail.to_address, "")
    assert f"/en/referrals/{world.referral.id}" in mail.body


async def test_a_supervisor_sees_numbers_and_no_people(browser: Browser, session: AsyncSession, clock: Clock) -> None:
    ours = await organization(session, "Relais Cornouailles")
    by = await somebody(session, of=ours.id)
    await sent(session, sender=by, now=NOW - timedelta(days=8))
    world = await sent(session, sender=by)
    await act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await account(session, Role.SUPERVISOR, email="helene@example.org", organization_id=ours.id)
    await browser.sign_in("helene@example.org")
    page = await browser.open("/en/team")
    assert "1 need stands still" in page
    assert "1 request is under way · 0 need" in page.text.replace("0 needs", "0 need")
    assert "1 is late" in page
    assert "Paul" not in page.text


async def _of_claire(
    browser: Browser, session: AsyncSession, listed_email: str | None = "desk@carrick.example.org"
) -> World:
    by = await somebody(session)
    await browser.sign_in(by.email)
    return await sent(session, sender=by, listed_email=listed_email)


async def _completed(session: AsyncSession, world: World | None = None, *, safe: bool = True) -> World:
    world = world or await sent(session, safe=safe)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await act(session, world.referral, "complete", RECEIVER, DONE, NOW)
    return world


async def _expire(session: AsyncSession, now: datetime) -> str | None:
    await ring(session, now=now)
    await session.flush()
    return await session.scalar(select(Referral.status))
