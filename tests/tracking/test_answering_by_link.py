"""The receiver's link: what it shows, what it does, and what it never does."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Consent, Disclosure
from referrals.kit.settings import Settings
from referrals.tracking.actions import revoke_consent
from referrals.tracking.models import Referral, ReferralEvent, ReferralLink, ReferralNote
from referrals.tracking.said import CLIENT
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import sent, service
from tests.tracking.post_room import letters, link_in, open_with_code, work


async def test_the_mail_to_the_receiver_says_nothing_of_the_person(session: AsyncSession, settings: Settings) -> None:
    await sent(session)
    await work(session, settings, NOW)
    [mail] = await letters(session, "desk@carrick.example.org")
    for secret in ("Paul", "Harvey", "physio", "Truro", "1992", "07700"):
        assert secret not in mail.subject + mail.body
    assert "30 November 2026" in mail.body


async def test_before_a_yes_nothing_says_who_it_is(browser: Browser, session: AsyncSession, settings: Settings) -> None:
    link = await _link(session, settings)
    page = await browser.open(link)
    assert "Can you see this person?" in page
    assert "30 to 39 years" in page
    assert "near Truro" in page
    assert "Claire Morvan, Relais Cornouailles" in page
    for secret in ("Paul", "Harvey", "1992", "07700", "paul@example.org"):
        assert secret not in page.html
    assert "Their name and how to reach them appear after your yes." in page
    given = (await session.scalars(select(Consent))).one()
    given.scope = [field for field in given.scope if field != "phone"]
    await session.flush()
    assert "You do not get a number or an address: you set an appointment here" in await browser.open(link)


async def test_after_a_yes_the_receiver_sees_what_the_person_agreed_to(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    link = await _link(session, settings)
    await browser.open(f"{link}?answer=accept")
    page = await browser.submit("/r/", day="2026-11-27", at="14:30")
    assert page.status == 200
    for secret in ("Paul", "Harvey", "07700"):
        assert secret not in page.html
    page = await open_with_code(browser, session, settings)
    assert "Paul Harvey" in page
    assert "07700 900123" in page
    assert "paul@example.org" not in page
    assert "1992" not in page
    told = list(await session.scalars(select(Disclosure).order_by(Disclosure.at, Disclosure.id)))
    assert [sorted(one.fields) for one in told if "name" in one.fields] == [["name", "phone"]]


async def test_opening_the_link_changes_nothing(browser: Browser, session: AsyncSession, settings: Settings) -> None:
    link = await _link(session, settings)
    before = await _stands(session)
    for query in ("", "?answer=accept", "?answer=decline", "?answer=ask_info"):
        await browser.open(link + query)
        looked = await browser.client.head(link + query)
        assert (looked.status_code, looked.headers["cache-control"], looked.content) == (200, "no-store", b"")
    assert await _stands(session) == before
    assert (await browser.client.head(link + "x")).status_code == 404
    assert (await browser.client.head(link + "/seen")).status_code == 405


async def test_reading_is_told_by_the_visible_page(browser: Browser, session: AsyncSession, settings: Settings) -> None:
    link = await _link(session, settings)
    page = await browser.open(link)
    assert f'data-seen="{link}/seen"' in page.html
    token = page.html.split('"x-csrftoken": "')[1].split('"')[0]
    answer = await browser.client.post(f"{link}/seen", headers={"x-csrftoken": token})
    assert answer.status_code == 204
    referral = await _referral(session)
    assert (referral.seen_at, referral.position) == (NOW, 1)


async def test_a_yes_with_a_time_is_an_appointment(browser: Browser, session: AsyncSession, settings: Settings) -> None:
    link = await _link(session, settings)
    await browser.open(f"{link}?answer=accept")
    await browser.submit("/r/", day="2026-11-27", at="14 h 30")
    referral = await _referral(session)
    assert referral.status == "scheduled"
    assert referral.appointment_at is not None
    assert referral.appointment_at.isoformat() == "2026-11-27T13:30:00+00:00"


async def test_a_refusal_needs_a_reason(browser: Browser, session: AsyncSession, settings: Settings) -> None:
    link = await _link(session, settings)
    await browser.open(f"{link}?answer=decline")
    page = await browser.submit("/r/", words="Sorry, not before spring.")
    assert page.status == 422
    assert "Please choose a reason." in page
    assert page.form("/r/").fields["words"] == ["Sorry, not before spring."]
    page = await browser.submit("/r/", reason="no_capacity")
    assert page.status == 200
    referral = await _referral(session)
    assert referral.status == "declined"
    event = await session.scalar(select(ReferralEvent).where(ReferralEvent.kind == "decline"))
    assert event is not None
    assert (event.reason_code, event.facts) == ("no_capacity", {})


async def test_words_are_kept_apart_from_the_story(browser: Browser, session: AsyncSession, settings: Settings) -> None:
    link = await _link(session, settings)
    await browser.open(f"{link}?answer=ask_info")
    await browser.submit("/r/", words="Can they climb stairs?")
    note = await session.scalar(select(ReferralNote))
    assert note is not None
    assert (note.kind, note.text, note.visible_to) == ("question", "Can they climb stairs?", ["sender", "receiver"])
    events = await session.scalars(select(ReferralEvent))
    assert not any("stairs" in str(event.facts) for event in events)


async def test_an_appointment_without_day_and_time_says_both_and_names_them(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    link = await _link(session, settings)
    await browser.open(f"{link}?answer=accept")
    await browser.submit("/r/", day="2026-11-27")
    await browser.open(f"{link}?answer=schedule")
    page = await browser.submit("/r/")
    assert page.status == 422
    assert [words for words, address in page.links if address in ("#f-day", "#f-at")] == [
        "Which day? · Please fill this in.", "At what time? · Please fill this in.",
    ]  # fmt: skip


async def test_a_double_click_gives_the_first_answer_again(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    link = await _link(session, settings)
    form = await browser.open(f"{link}?answer=accept")
    first = await browser.showing(form).submit("/r/", day="2026-11-27")
    second = await browser.showing(form).submit("/r/", day="2026-11-27")
    assert (first.status, second.status) == (200, 200)
    assert first.path == second.path
    assert (await _referral(session)).position == 2


async def test_a_different_second_answer_is_told_that_somebody_was_quicker(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    link = await _link(session, settings)
    no = await browser.open(f"{link}?answer=decline")
    await browser.open(f"{link}?answer=accept")
    await browser.submit("/r/", day="2026-11-27")
    page = await browser.showing(no).submit("/r/", reason="no_capacity", words="Full until March,\nthen call Meriel.")
    assert page.status == 409
    assert "Somebody was quicker" in page
    assert "Accepted" in page
    for typed in ("No, not this time", "Full", "then call Meriel."):
        assert typed in page.text.partition("What you had written")[2], "nothing that was typed is lost"
    assert (await _referral(session)).status == "accepted"


async def test_a_yes_to_what_was_taken_back_between_page_and_click_opens_nothing(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    await work(session, settings, NOW)
    link = link_in((await letters(session))[0])
    yes = await browser.open(f"{link}?answer=accept")
    told = select(func.count()).select_from(Disclosure)
    before = await session.scalar(told)
    await revoke_consent(session, world.consent, CLIENT, NOW)
    page = await browser.showing(yes).submit("/r/", day="2026-11-27")
    assert page.status == 409
    assert "The request was withdrawn in the meantime" in page
    assert "Harvey" not in page.html
    assert ((await _referral(session)).status, await session.scalar(told)) == ("cancelled", before)


async def test_a_link_opens_no_other_referral(browser: Browser, session: AsyncSession, settings: Settings) -> None:
    other = await service(session, "Hydrotherapy", email="pool@example.org")
    mine = await sent(session)
    theirs = await sent(session, to=other)
    await work(session, settings, NOW)
    link = link_in((await letters(session, "desk@carrick.example.org"))[0])
    await browser.open(f"{link}?answer=decline")
    await browser.submit("/r/", reason="no_capacity")
    await session.refresh(mine.referral)
    await session.refresh(theirs.referral)
    assert (mine.referral.status, theirs.referral.status) == ("declined", "sent")
    forged = await session.scalar(select(ReferralLink).where(ReferralLink.referral_id == theirs.referral.id))
    assert forged is not None
    body, expiry, mac = link.rpartition("/")[2].split(".")
    assert body != forged.id.hex
    assert (await browser.open(f"/en/r/{forged.id.hex}.{expiry}.{mac}")).status == 404
    assert (await browser.open(f"/en/f/{body}.{expiry}.{mac}")).status == 404


async def test_a_link_lives_until_eight_days_after_the_next_deadline(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    link = await _link(session, settings)
    clock.now = NOW + timedelta(days=15) - timedelta(seconds=1)
    assert (await browser.open(link)).status == 200
    clock.now = NOW + timedelta(days=15)
    page = await browser.open(link)
    assert page.status == 410
    assert "physio" not in page.text.lower()


async def test_a_link_goes_on_working_while_the_service_works(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    link = await _link(session, settings)
    await browser.open(f"{link}?answer=accept_waitlist")
    await browser.submit("/r/", weeks="20")
    clock.pass_(days=35)
    assert (await browser.open(link)).status == 200


async def test_an_expired_link_renews_to_the_first_address_only(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    link = await _link(session, settings)
    referral = await _referral(session)
    referral.receiver_email = "somebody.else@example.org"
    await session.flush()
    clock.pass_(days=16)
    await browser.open(link)
    page = await browser.submit("/renew")
    assert page.status == 410
    assert "There is a newer link" in page
    await browser.submit("/renew")
    await work(session, settings, clock.now)
    assert {mail.to_address for mail in await letters(session)} == {"desk@carrick.example.org"}
    [renewed] = [mail for mail in await letters(session) if mail.purpose == "referral_renewed"]
    page = await browser.open(link_in(renewed))
    assert page.status == 200
    assert "Can you see this person?" in page


async def test_an_expired_link_cannot_answer(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    link = await _link(session, settings)
    form = await browser.open(f"{link}?answer=decline")
    clock.pass_(days=16)
    page = await browser.showing(form).submit("/r/", reason="no_capacity")
    assert page.status == 410
    assert (await _referral(session)).status == "sent"


async def test_when_it_is_over_nothing_of_the_person_is_left(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    link = await _link(session, settings)
    await browser.open(f"{link}?answer=accept")
    await browser.submit("/r/", day="2026-11-27")
    await browser.open(f"{link}?answer=fail")
    page = await browser.submit("/r/", reason="client_declined")
    for secret in ("Paul", "Truro", "07700", "hysiotherapy for"):
        assert secret not in page.text
    assert "Did not happen" in page


async def _link(session: AsyncSession, settings: Settings) -> str:
    await sent(session)
    await work(session, settings, NOW)
    return link_in((await letters(session, "desk@carrick.example.org"))[0])


async def _referral(session: AsyncSession) -> Referral:
    return (await session.scalars(select(Referral).execution_options(populate_existing=True))).one()


async def _stands(session: AsyncSession) -> tuple[object, ...]:
    referral = await _referral(session)
    links = list(await session.scalars(select(ReferralLink.expires_at)))
    return referral.status, referral.position, referral.seen_at, links
