"""What the sides write to each other, and the papers that a service asks for: who reads what, and when it is gone."""

import io
import os
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import User
from referrals.clients.consent import revoke
from referrals.clients.models import Disclosure
from referrals.directory.models import RequiredDocument
from referrals.kit.errors import Conflict, Refused, TooMany
from referrals.kit.settings import Settings
from referrals.tracking import actions, messages, papers
from referrals.tracking.jobs import JOBS
from referrals.tracking.models import ReferralFile, ReferralNote
from referrals.tracking.said import CLIENT, RECEIVER, Said, case_manager
from tests.browser import Browser, Page
from tests.conftest import NOW, Clock
from tests.factories import sent
from tests.factories.world import TOLD, World
from tests.tracking.post_room import letters, link_in, open_with_code, work

DESK = "desk@carrick.example.org"
WITH_PAPERS = (*TOLD, "documents")


async def test_each_side_reads_what_is_meant_for_it(session: AsyncSession) -> None:
    world = await sent(session)
    referral, claire = world.referral, case_manager(world.sender)
    await actions.act(session, referral, "ask_info", RECEIVER, Said(words="Stairs?"), NOW)
    await messages.write(session, referral, claire, "To the service.", ["receiver"], "1", NOW)
    await messages.write(session, referral, claire, "To the person.", ["client"], "2", NOW)
    await messages.write(session, referral, claire, "To both.", ["client", "receiver"], "3", NOW)
    await messages.write(session, referral, RECEIVER, "From the service.", ["sender"], "4", NOW)
    await messages.write(session, referral, CLIENT, "From the person.", ["sender"], "5", NOW)
    assert (referral.status, referral.position) == ("info_requested", 2), "words move nothing"
    service = {"Stairs?", "To the service.", "To both.", "From the service."}
    assert await _read(session, world, "receiver") == service
    assert await _read(session, world, "client") == {"To the person.", "To both.", "From the person."}
    assert await _read(session, world, "sender") == service | {"To the person.", "From the person."}


async def test_the_same_press_twice_is_one_message_and_one_mail(session: AsyncSession, settings: Settings) -> None:
    world = await sent(session)
    await work(session, settings, NOW)
    before = len(await letters(session))
    claire = case_manager(world.sender)
    assert [
        await messages.write(session, world.referral, claire, "Hydrotherapy too?", ["receiver"], "key", NOW)
        for _ in range(2)
    ] == [True, False]
    assert len(list(await session.scalars(select(ReferralNote.id)))) == 1
    await work(session, settings, NOW)
    [mail] = (await letters(session))[before:]
    assert (mail.to_address, mail.subject) == (DESK, "You have a message")
    assert "Hydro" not in mail.subject + mail.body


async def test_the_service_is_told_no_more_than_was_agreed_to(session: AsyncSession) -> None:
    world = await sent(session, scope=tuple(field for field in TOLD if field != "answers"))
    claire = case_manager(world.sender)
    with pytest.raises(Refused):
        await messages.write(session, world.referral, claire, "More.", ["receiver"], "1", NOW)
    assert await messages.write(session, world.referral, claire, "To the person.", ["client"], "2", NOW)
    assert await messages.write(session, world.referral, RECEIVER, "Thank you.", ["sender"], "3", NOW)


async def test_a_link_fills_nobodys_mailbox(session: AsyncSession) -> None:
    world = await sent(session)
    for number in range(messages.AN_HOUR):
        await messages.write(session, world.referral, RECEIVER, "Again.", ["sender"], str(number), NOW)
    with pytest.raises(TooMany):
        await messages.write(session, world.referral, RECEIVER, "Again.", ["sender"], "more", NOW)


async def test_nobody_writes_when_it_is_over(session: AsyncSession) -> None:
    world = await sent(session)
    await actions.act(session, world.referral, "decline", RECEIVER, Said("no_capacity"), NOW)
    with pytest.raises(Conflict):
        await messages.write(session, world.referral, RECEIVER, "Late.", ["sender"], "key", NOW)


async def test_a_thread_goes_back_and_forth_and_what_may_name_the_person_waits_for_the_code(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock
) -> None:
    world = await sent(session)
    await work(session, settings, NOW)
    link = link_in((await letters(session, DESK))[0])
    await browser.open(f"{link}?answer=accept")
    await browser.submit("/r/")
    page = await browser.submit("/words", words="Do they need a chair?")
    assert "Your message is with the sender." in page
    claire = await _claire(browser, session, world)
    clock.pass_(minutes=5)
    page = await claire.open(f"/en/referrals/{world.referral.id}")
    assert "Do they need a chair?" in page
    page = await claire.submit("/words", message="Mr Harvey walks well.", to=[])
    assert page.status == 422
    assert "Please choose who is to read it." in page
    assert page.form("/words").fields["message"] == ["Mr Harvey walks well."]
    page = await claire.submit("/words", to="receiver")
    assert "Mr Harvey walks well." in page
    browser.client.cookies.clear()
    page = await browser.open(link)
    assert "Do they need a chair?" in page
    assert "Harvey" not in page.html
    assert "shown with the code" in page
    page = await open_with_code(browser, session, settings, clock.now)
    assert "Mr Harvey walks well." in page


async def test_papers_go_along_only_where_the_service_asks_for_them(browser: Browser, session: AsyncSession) -> None:
    world = await sent(session, scope=WITH_PAPERS)
    claire = await _claire(browser, session, world)
    page = await claire.open(f"/en/referrals/{world.referral.id}")
    assert "Add a paper" not in page
    await _asks_for_a_prescription(session, world)
    page = await claire.open(f"/en/referrals/{world.referral.id}")
    assert "Add a paper" in page
    refused = await _attach(page, claire, b"MZ not a picture")
    assert refused.status == 422
    assert "This is no PDF, JPEG or PNG" in refused
    assert refused.form("/papers").fields["document"] == ["Prescription"]
    assert (await _attach(page, claire, b"x", document="Passport")).status == 422
    assert not list(await session.scalars(select(ReferralFile.id)))


async def test_a_paper_is_seen_after_a_yes_within_the_agreement_and_gone_with_the_end(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session, scope=WITH_PAPERS)
    await _asks_for_a_prescription(session, world)
    claire = await _claire(browser, session, world)
    page = await claire.open(f"/en/referrals/{world.referral.id}")
    page = await _attach(page, claire, _photograph())
    assert "seen after a yes" in page
    row = (await session.scalars(select(ReferralFile))).one()
    [file] = _files(settings)
    assert row.stored in file.name
    assert b"Secret" not in file.read_bytes()
    assert b"\xff\xd8\xff" not in file.read_bytes(), "sealed"
    browser.client.cookies.clear()
    await work(session, settings, NOW)
    link = link_in((await letters(session, DESK))[0])
    assert "Prescription" not in await browser.open(link)
    await browser.open(f"{link}?answer=accept")
    page = await browser.submit("/r/")
    assert "Prescription" not in page
    page = await open_with_code(browser, session, settings)
    assert "Prescription" in page
    answer = await _download(browser, page)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["content-disposition"] == 'attachment; filename="document.jpg"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert b"Secret" not in answer.content
    told = [fields for fields in await session.scalars(select(Disclosure.fields)) if fields == ["documents"]]
    assert len(told) == 1
    await revoke(session, world.consent, by=None, now=NOW)
    assert "Prescription" not in await browser.open(link)
    assert (await _download(browser, page)).status_code == 404
    await session.refresh(world.referral)
    await actions.act(session, world.referral, "fail", RECEIVER, Said("client_declined"), NOW)
    await work(session, settings, NOW)
    await session.refresh(row)
    assert row.gone_at is not None
    assert _files(settings) == []


async def test_a_delicate_paper_needs_its_own_word_in_the_agreement(session: AsyncSession, settings: Settings) -> None:
    world = await sent(session, scope=WITH_PAPERS)
    await _asks_for_a_prescription(session, world)
    world.consent.sensitivity_allowed = []
    for sensitivity in (None, "sud"):
        await papers.add(
            session, settings, world.referral, world.sender.id, document="Prescription", content=_photograph(),
            tier="t1", sensitivity=sensitivity, now=NOW,
        )  # fmt: skip
    seen = await papers.visible(session, world.referral, NOW, identified="no")
    assert [one.sensitivity for one in seen] == [None]


async def test_a_file_that_no_row_speaks_of_is_swept_away(session: AsyncSession, settings: Settings) -> None:
    world = await sent(session, scope=WITH_PAPERS)
    await _asks_for_a_prescription(session, world)
    await papers.add(
        session, settings, world.referral, world.sender.id, document="Prescription", content=_photograph(),
        tier="t2", sensitivity=None, now=NOW,
    )  # fmt: skip
    [kept] = _files(settings)
    stray = settings.data_home / "papers" / "ab" / "abcdef"
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("left behind")
    for file in (kept, stray):
        os.utime(file, (0, 0))
    await JOBS["tracking.sweep_papers"](session, settings=settings, now=NOW)
    assert _files(settings) == [kept]


async def _read(session: AsyncSession, world: World, side: messages.Side) -> set[str]:
    return {line.text for line in await messages.thread(session, world.referral, side)}


async def _claire(browser: Browser, session: AsyncSession, world: World) -> Browser:
    email = await session.scalar(select(User.email).where(User.id == world.sender.id))
    assert email is not None
    await browser.sign_in(email)
    return browser


async def _asks_for_a_prescription(session: AsyncSession, world: World) -> None:
    session.add(RequiredDocument(service_id=world.service.id, document="Prescription", translations={}))
    await session.flush()


async def _attach(page: Page, browser: Browser, content: bytes, document: str = "Prescription") -> Page:
    token = page.form("/papers").fields["_csrf_token"][0]
    answer = await browser.client.post(
        page.form("/papers").action, data={"_csrf_token": token, "document": document, "tier": "t2"},
        files={"file": ("letter.pdf", content, "application/pdf")}, follow_redirects=True,
    )  # fmt: skip
    browser.page = Page(answer)
    return browser.page


async def _download(browser: Browser, page: Page) -> httpx.Response:
    form = page.form("/papers/")
    return await browser.client.post(form.action, data={"_csrf_token": form.fields["_csrf_token"][0]})


def _photograph() -> bytes:
    told = Image.Exif()
    told[0x010F] = "Secret camera"
    written = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(written, "JPEG", exif=told)
    return written.getvalue()


def _files(settings: Settings) -> list[Path]:
    return sorted(path for path in (settings.data_home / "papers").glob("*/*") if path.is_file())
