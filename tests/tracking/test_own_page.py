"""A person's own page: what it tells, what may be done there, and what it never shows."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from referrals.accounts.models import Role
from referrals.clients.models import Consent
from referrals.kit.settings import Settings
from referrals.tracking.actions import act, client_links
from referrals.tracking.appointments import actions
from referrals.tracking.models import Appointment, ClientLink, Referral, ReferralEvent, ReferralNote
from referrals.tracking.queries.own_page import own_page
from referrals.tracking.said import CLIENT, RECEIVER, Said
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import World, account, client, need, sent, service
from tests.factories import case_manager as somebody
from tests.statements import counted
from tests.tracking.post_room import letters, link_in, work
from tests.tracking.test_appointments import FIRST, HOW, TIMES

YES = Said(facts={"first_contact_by": date(2026, 11, 27)})
SECRET = "She seems unreliable."
"""What a service writes to the case manager about somebody."""


async def _link(session: AsyncSession, settings: Settings, world: World) -> str:
    link = await client_links.make(session, world.client.id, "card", world.sender.id, NOW)
    return f"/en/c/{client_links.token(settings.secret, link)}"


async def test_the_page_says_who_was_asked_what_is_next_and_who_knows_what(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, Said(facts=YES.facts, words=SECRET), NOW)
    other = await sent(session)
    page = await browser.open(await _link(session, settings, world))
    assert "Hello Paul" in page
    assert "They said yes. They will get in touch with you." in page
    assert "They contact you by 27 November 2026." in page
    assert "your name and your phone number" in page
    for hidden in (SECRET, "Harvey", "07700", "attention", str(other.referral.id)):
        assert hidden not in page.text, hidden


async def test_a_time_is_chosen_moved_and_called_off(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await actions.propose(session, world.referral, RECEIVER, TIMES, HOW, NOW)
    link = await _link(session, settings, world)
    page = await browser.open(link)
    assert "Something waits for you below." in page
    assert "Which time suits you?" in page
    page = await browser.submit("/c/", button="Saturday 5 December")
    assert "Your appointment is set." in page
    assert "Saturday 5 December" in page
    await session.refresh(world.referral)
    assert world.referral.appointment_at == TIMES[1]
    page = await browser.open(f"{link}?ask=move&id={world.referral.id}")
    assert "Until then this appointment stands." in page
    page = await browser.submit("/c/")
    assert "You asked for another time." in page
    await browser.open(f"{link}?ask=off&id={world.referral.id}")
    page = await browser.submit("/c/", button="client_ill")
    assert "It is called off." in page
    stop = (await session.scalars(select(ReferralEvent).where(ReferralEvent.kind == "appointment_cancelled"))).one()
    assert (stop.actor_role, stop.reason_code) == ("client", "client_ill")


async def test_opening_the_page_and_its_questions_changes_nothing(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    link = await _link(session, settings, world)
    for query in (
        "",
        "?ask=withdraw",
        f"?ask=off&id={world.referral.id}",
        f"?ask=stop&id={world.referral.id}",
        "?ask=x",
    ):
        assert (await browser.open(link + query)).status == 200
    consent = await session.get_one(Consent, world.consent.id)
    assert (world.referral.status, consent.revoked_at) == ("scheduled", None)


async def test_withdraw_now_is_two_presses_and_says_what_it_does(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    link = await _link(session, settings, world)
    await browser.open(link)
    page = await browser.open(f"{link}?ask=withdraw")
    for line in (
        "Leg physiotherapy",
        "Your appointment on Friday 4 December",
        "Claire Morvan learns of it",
        "at any time",
    ):
        assert line in page.text
    page = await browser.submit("/c/")
    assert "It is withdrawn." in page
    again = await browser.client.get(link)
    assert "Withdraw now" not in again.text
    consent = await session.get_one(Consent, world.consent.id, populate_existing=True)
    assert consent.revoked_at == NOW
    await session.refresh(world.referral)
    assert world.referral.status == "cancel_requested"
    assert await session.scalar(select(Appointment.status)) == "cancelled"


async def test_what_stood_in_the_way_is_asked_once_and_kindly(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    await act(session, world.referral, "no_show", RECEIVER, Said(facts={"missed_at": FIRST}), FIRST)
    page = await browser.open(await _link(session, settings, world))
    assert "What stood in the way?" in page
    page = await browser.submit("/c/", button="childcare")
    assert "Thank you." in page
    assert "What stood in the way?" not in page
    assert (await session.scalars(select(Appointment.barrier))).one() == "childcare"


async def test_once_it_is_over_nobody_is_asked_what_stood_in_the_way(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    await act(session, world.referral, "no_show", RECEIVER, Said(facts={"missed_at": FIRST}), FIRST)
    await act(session, world.referral, "request_cancel", CLIENT, Said("client_withdrew"), FIRST)
    assert "What stood in the way?" not in await browser.open(await _link(session, settings, world))


async def test_the_calendar_s_file_names_nobody_and_the_place_only_on_wish(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await actions.set_at_once(session, world.referral, RECEIVER, FIRST, HOW, NOW)
    visit = (await session.scalars(select(Appointment))).one()
    link = await _link(session, settings, world)
    plain = (await browser.client.get(f"{link}/{visit.id}/appointment.ics")).text
    assert "SUMMARY:Appointment" in plain
    for secret in ("physio", "Carrick", "Quay", "Relais", "Paul", "http"):
        assert secret.lower() not in plain.lower(), secret
    assert "Quay" in (await browser.client.get(f"{link}/{visit.id}/appointment.ics?place=yes")).text
    other = await sent(session)
    assert (
        await browser.client.get(f"{await _link(session, settings, other)}/{visit.id}/appointment.ics")
    ).status_code == 404


async def test_words_meant_for_the_person_are_shown_and_no_others(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    for text, readers in (("Bring your glasses, please.", ["sender", "client"]), (SECRET, ["sender", "receiver"])):
        session.add(
            ReferralNote(
                referral_id=world.referral.id, kind="message", text=text, author_role="provider", visible_to=readers,
                at=NOW,
            )
        )  # fmt: skip
    await session.flush()
    page = await browser.open(await _link(session, settings, world))
    assert "Bring your glasses, please." in page
    assert SECRET not in page.html


async def test_a_person_writes_to_whoever_helps_them_and_the_service_does_not_read_it(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    link = await _link(session, settings, world)
    await browser.open(f"{link}?ask=write&id={world.referral.id}")
    page = await browser.submit("/c/", words="")
    assert page.status == 422
    assert "Please write a few words." in page
    form = await browser.submit("/c/", words="I am moving to Falmouth.")
    assert "It is on its way." in form
    assert "I am moving to Falmouth." in form
    note = (await session.scalars(select(ReferralNote))).one()
    assert (note.author_role, note.visible_to) == ("client", ["client", "sender"])


async def test_nobody_acts_on_somebody_else_s_request(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world, other = await sent(session), await sent(session)
    link = await _link(session, settings, world)
    await browser.open(f"{link}?ask=stop&id={world.referral.id}")
    page = await browser.submit("/c/", referral=str(other.referral.id))
    assert page.status == 404
    assert other.referral.status == "sent"


async def test_a_link_ends_is_renewed_by_the_safe_way_and_can_be_ended_for_good(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    world = await sent(session)
    link = await _link(session, settings, world)
    assert (await browser.open(link[:-1] + ("0" if link[-1] != "0" else "1"))).status == 404
    clock.now = NOW + client_links.CARD_LASTS
    page = await browser.open(link)
    assert page.status == 410
    assert "Paul" not in page.text
    await browser.submit("/renew")
    await browser.open(link)
    await browser.submit("/renew")
    await work(session, settings, clock.now)
    [mail] = [one for one in await letters(session, "paul@example.org") if one.purpose == "client_page"]
    fresh = link_in(mail)
    assert "Hello Paul" in await browser.open(fresh)
    await client_links.end_all(session, world.client.id, clock.now)
    page = await browser.open(fresh)
    assert page.status == 410
    assert not page.forms or all("renew" not in form.action for form in page.forms)


async def test_by_account_it_is_the_same_page(browser: Browser, session: AsyncSession) -> None:
    paul = await account(session, Role.CLIENT, email="paul@example.org", name="Paul Harvey")
    world = await sent(session, user_id=paul.id)
    other = await sent(session)
    await browser.sign_in(paul.email)
    page = await browser.open("/en/my-requests")
    assert "We asked them. They have not answered yet." in page
    assert str(other.referral.id) not in page.html
    await browser.open(f"/en/my-requests?ask=stop&id={world.referral.id}")
    page = await browser.submit("/my-requests")
    assert "It is stopped." in page
    await session.refresh(world.referral)
    assert world.referral.status == "cancelled"


async def test_the_case_manager_sends_it_where_it_is_safe_and_prints_a_card_else(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    by = await somebody(session)
    await browser.sign_in(by.email)
    world = await sent(session, sender=by)
    await browser.open(f"/en/people/{world.client.id}/own-page")
    page = await browser.submit("/own-page")
    assert "It is on its way" in page
    await work(session, settings, NOW)
    assert [one.purpose for one in await letters(session, "paul@example.org")] == ["client_page"]
    page = await browser.submit("/own-card")
    assert 'class="qr"' in page.html
    for secret in ("Paul", "physio", "Carrick"):
        assert secret not in page.html.partition('class="card own-card"')[2].partition("</section>")[0]
    unsafe = await sent(session, sender=by, safe=False)
    page = await browser.open(f"/en/people/{unsafe.client.id}/own-page")
    assert "Send it to them" not in page
    await browser.submit("/own-card")
    page = await browser.open(f"/en/people/{unsafe.client.id}/own-page")
    page = await browser.submit("/own-page/end")
    assert "No link and no card" in page
    living = select(ClientLink).where(ClientLink.client_id == unsafe.client.id, ClientLink.replaced_at.is_(None))
    assert not (await session.scalars(living)).all()


async def test_the_page_takes_as_many_statements_for_one_need_as_for_many(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    world = await sent(session)
    counts = []
    for _ in range(2):
        async with counted(connection) as seen:
            await own_page(session, [world.client], NOW)
        counts.append(len(seen))
        for number in range(3):
            where = await service(session, f"Service {number}")
            asked = await need(session, world.client)
            session.add(
                Referral(
                    client_id=world.client.id, need_id=asked.id, service_id=where.id,
                    organization_id=where.organization_id, sender_id=world.sender.id,
                    sender_organization_id=where.organization_id, status="sent", urgency="routine", channel="link",
                    receiver_language="en", snapshot={}, sent_at=NOW, due_at=NOW + timedelta(days=3),
                )
            )  # fmt: skip
        await session.flush()
    assert counts[0] == counts[1]


async def test_somebody_of_whom_nothing_was_sent_has_a_calm_page(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    by = await somebody(session)
    who = await client(session, by)
    link = await client_links.make(session, who.id, "card", by.id, NOW)
    page = await browser.open(f"/en/c/{client_links.token(settings.secret, link)}")
    assert "Nobody is being asked for you now." in page
    assert "Withdraw now" not in page


async def test_a_press_on_an_old_page_is_told_how_things_stand(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    proposal = await actions.propose(session, world.referral, RECEIVER, TIMES, HOW, NOW)
    old = await browser.open(await _link(session, settings, world))
    await actions.choose(session, world.referral, proposal.id, 0, CLIENT, NOW)
    page = await browser.showing(old).submit("/c/", button="2")
    assert page.status == 200
    assert "Something has changed in the meantime." in page
    assert world.referral.appointment_at == TIMES[0]
