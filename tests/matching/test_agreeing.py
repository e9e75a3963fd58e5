"""How an agreement is given: heard, signed, on paper, or by the person's own link; and what a yes does that comes late."""

import json
import re
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients import evidence
from referrals.clients.models import Client, ClientContact, Consent, ConsentEvidence, ConsentRequest, Disclosure
from referrals.directory.models import Listing
from referrals.kit.html import day
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from referrals.tracking.models import Referral
from tests.browser import Browser, Page
from tests.conftest import NOW, Clock
from tests.factories import PASSWORD, client, need
from tests.matching.scene import drives, listed
from tests.tracking.post_room import letters, link_in, work

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
HAND = json.dumps([[[100, 500], [200, 300], [300, 600]], [[400, 500], [600, 400], [700, 520]]])


@pytest.fixture
async def paul(session: AsyncSession, claire: Actor) -> Client:
    found = await client(session, claire, email="paul@example.org")
    await drives(session, found)
    return found


async def _form(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, term: str = "physiotherapy"
) -> Page:
    asked = await need(session, paul, term)
    service = await listed(session, "Near clinic", needs=(term,), email="desk@near.example.org")
    await browser.sign_in(claire.email, PASSWORD)
    return await browser.open(f"/en/needs/{asked.id}/send/{service.id}")


async def test_each_way_asks_for_its_proof(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client
) -> None:
    await _form(browser, session, claire, paul)
    page = await browser.submit("send")
    for said in ("Please say how the agreement was given.", "Please say what they may tell in return."):
        assert said in page
    for method, complaint in (
        ("oral_witnessed", "Please write who heard them agree."),
        ("e-sign", "Please let them sign in the box, or type their name."),
        ("paper_scan", "Please choose the scan"),
    ):
        page = await browser.submit("send", direction="both", method=method)
        assert page.status == 422
        assert complaint in page
    page = await browser.submit("send", signature="0" * 11_000_000)
    assert (page.status, "most likely a file, is larger" in page) == (413, True)
    assert await session.scalar(select(Referral.id)) is None


async def test_a_signature_is_kept_as_it_was_drawn(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client
) -> None:
    await _form(browser, session, claire, paul)
    page = await browser.submit("send", direction="both", method="e-sign", signature=HAND)
    assert page.status == 200
    given = (await session.scalars(select(Consent))).one()
    proof = await session.get_one(ConsentEvidence, given.evidence_id)
    assert (given.method, proof.kind, proof.strokes) == ("e-sign", "drawn", json.loads(HAND))
    shown = await browser.open(f"/en/people/{paul.id}/agreements/{given.id}")
    assert "M100 500L200 300L300 600" in shown.html
    assert "I agree that" in shown


@pytest.mark.parametrize(
    "typed", ["", "[]", "{}", "[[1]]", '[[["x", 2]]]', "nothing", "[[[1, 1], [2, 2]]]", "[" * 5000]
)
def test_what_is_no_signature_is_none(typed: str) -> None:
    assert evidence.strokes(typed) == []


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"", "empty"), (b"MZ" + b"0" * 10, "kind"), (PDF, None), (PDF + b"/JavaScript", "alive"), (b"\xff\xd8\xff" + b"0" * evidence.LARGEST, "large")],
    ids=["empty", "program", "pdf", "pdf that acts", "large"],
)  # fmt: skip
def test_a_scan_is_told_by_what_it_holds(content: bytes, fault: str | None) -> None:
    assert evidence.fault(content) == fault


async def test_a_scan_lies_sealed_and_comes_back_the_same(
    session: AsyncSession, settings: Settings, paul: Client
) -> None:
    row = await evidence.scanned(session, settings, paul.id, PDF, NOW)
    place = settings.data_home / "agreements" / row.id.hex
    assert b"%PDF" not in place.read_bytes()
    assert await evidence.scan(settings, row) == PDF
    place.write_text("something else")
    assert await evidence.scan(settings, row) is None


async def test_addiction_is_never_ticked_beforehand(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client
) -> None:
    page = await _form(browser, session, claire, paul, "alcohol-withdrawal")
    assert "that it is about alcohol, drugs or gambling" in page
    page = await browser.submit("send", direction="both", method="oral_witnessed", witness="Anne")
    assert page.status == 422
    assert "Unless they agree to each of these, it cannot be sent." in page
    page = await browser.submit("send", sensitivity=["sud"])
    assert page.status == 200
    given = (await session.scalars(select(Consent))).one()
    assert (given.sensitivity_allowed, "- that it is about alcohol" in given.text) == (["sud"], True)


@pytest.mark.parametrize("months", ["3", "12"])
async def test_an_agreement_of_so_many_months_ends_on_the_same_day_of_the_month(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, months: str
) -> None:
    await _form(browser, session, claire, paul, "physiotherapy")
    page = await browser.submit("send", direction="both", method="oral_witnessed", witness="Anne", lasts=months)
    assert page.status == 200
    given = (await session.scalars(select(Consent))).one()
    assert given.expires_at == NOW + relativedelta(months=int(months))
    assert f"It ends by itself on {day(given.expires_at)}." in given.text


async def test_somebody_agrees_on_their_own_phone(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, settings: Settings
) -> None:
    link = await _asked(browser, session, claire, paul, settings)
    page = await browser.open(link)
    assert "Do you agree?" in page
    assert "physiotherapy" in page
    end = f"It ends by itself when this request is over, on {day(NOW + relativedelta(months=12))} at the latest."
    assert end in page
    assert (await _referral(session)).status == "awaiting_consent", "opening it changes nothing"
    page = await browser.submit("/a/", button="yes")
    assert page.status == 422
    assert "Please type your name" in page
    form = page
    page = await browser.submit("/a/", button="yes", name="Paul Harvey", after=["name"])
    assert "they are being asked" in page
    assert "they are being asked" in await browser.showing(form).submit("/a/", button="yes", name="Paul Harvey")
    given = (await session.scalars(select(Consent))).one()
    assert (given.method, "name" in given.scope, "phone" in given.scope) == ("e-sign", True, False)
    assert (given.ends_with, end in given.text) == ("referral_closed", True)
    assert (await session.get_one(ConsentEvidence, given.evidence_id)).name == "Paul Harvey"
    assert (await _referral(session)).status == "sent"
    await work(session, settings, NOW)
    assert [mail.purpose for mail in await letters(session, "desk@near.example.org")] == ["referral_new"]


async def test_somebody_says_no_and_nothing_was_told(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, settings: Settings
) -> None:
    link = await _asked(browser, session, claire, paul, settings)
    form = await browser.open(link)
    page = await browser.submit("/a/", button="no")
    assert "Nothing was sent, and nothing will be." in page
    assert (await browser.showing(form).submit("/a/", button="yes", name="Paul")).status == 409
    assert (await _referral(session)).status == "cancelled"
    assert await session.scalar(select(Disclosure.id)) is None
    assert not await letters(session, "desk@near.example.org")


async def test_a_yes_that_comes_late_is_kept_and_looked_at_before_anything_goes(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, settings: Settings
) -> None:
    link = await _asked(browser, session, claire, paul, settings)
    listing = (await session.scalars(select(Listing))).one()
    listing.capacity_status, listing.wait_days = "no-capacity", None
    await session.flush()
    await browser.open(link)
    page = await browser.submit("/a/", button="yes", name="Paul Harvey")
    assert "looks at it once more" in page
    referral = await _referral(session)
    assert (referral.status, referral.consent_id is not None) == ("awaiting_consent", True)
    assert await session.scalar(select(Disclosure.id)) is None
    assert "They agree, but it does not fit any more" in await browser.open(f"/en/referrals/{referral.id}")
    await browser.submit("/send-agreed", override_reason="spoken")
    assert (await _referral(session)).status == "sent"


async def test_a_request_that_was_taken_back_cannot_be_agreed_to(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, settings: Settings, clock: Clock
) -> None:
    link = await _asked(browser, session, claire, paul, settings)
    form = await browser.open(link)
    assert (await browser.open(f"{link}x")).status == 404
    clock.pass_(days=15)
    assert "This is no longer asked" in await browser.open(link)
    page = await browser.showing(form).submit("/a/", button="yes", name="Paul Harvey")
    assert page.status == 409
    assert await session.scalar(select(Consent.id)) is None


async def test_what_they_said_aloud_instead_is_written_down(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, settings: Settings
) -> None:
    await _asked(browser, session, claire, paul, settings)
    referral = await _referral(session)
    await browser.open(f"/en/referrals/{referral.id}")
    page = await browser.submit("/said", answer="yes")
    assert "who heard it" in page
    await browser.submit("/said", answer="yes", witness="Anne Le Goff")
    assert (await _referral(session)).status == "sent"
    asked = (await session.scalars(select(ConsentRequest))).one()
    assert asked.consent_id == (await session.scalars(select(Consent))).one().id


async def test_without_a_safe_way_nobody_can_be_asked_by_link(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client
) -> None:
    for row in await session.scalars(select(ClientContact)):
        row.safe = False
    await session.flush()
    page = await _form(browser, session, claire, paul)
    assert "on their own phone" not in page
    page = await browser.submit("send", direction="both", method="link")
    assert page.status == 422
    assert "There is no safe way to send them a link." in page


async def test_one_form_covers_three_services_and_each_has_its_own_part(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client
) -> None:
    for term in ("physiotherapy", "ptsd-counselling", "alcohol-withdrawal"):
        await need(session, paul, term)
        await listed(session, f"House of {term}", needs=(term,), email=f"{term}@example.org")
    await browser.sign_in(claire.email, PASSWORD)
    assert "Ask several with one agreement" in await browser.open(f"/en/people/{paul.id}/plan")
    page = await browser.open(f"/en/people/{paul.id}/together")
    pairs = page.form("/together").fields["s"]
    form = await browser.open(f"{page.path}?{'&'.join(f's={pair}' for pair in pairs)}")
    assert form.text.count("I agree that House of") == 3
    said: Any = {"direction": "both", "method": "e-sign", "signed_name": "Paul Harvey"}
    page = await browser.submit("/together", **said)
    assert page.status == 422
    assert "Unless they agree to each of these" in page, "addiction has to be ticked by hand"
    assert await session.scalar(select(Referral.id)) is None
    said[re.findall(r'name="(sensitivity\d)" value="sud"', form.html)[0]] = ["sud"]
    for _ in range(2):  # pressed twice
        assert "3 requests are on their way." in await browser.showing(form).submit("/together", **said)
    given = list(await session.scalars(select(Consent)))
    assert (len(given), len({one.form_id for one in given}), len({one.evidence_id for one in given})) == (3, 1, 1)
    assert sorted(one.sensitivity_allowed for one in given) == [[], ["mental_health"], ["sud"]]
    physio = next(one for one in given if not one.sensitivity_allowed)
    for secret in ("ptsd", "alcohol", "mental", "drugs"):
        assert secret not in physio.text
    await browser.open(f"/en/people/{paul.id}/agreements/{physio.id}?withdraw=yes")
    await browser.submit("/withdraw")
    stands = select(Referral.status).order_by(Referral.status)
    assert list(await session.scalars(stands)) == ["cancelled", "sent", "sent"]


@pytest.mark.parametrize("at", ["first", "last"])
async def test_where_one_of_several_was_asked_meanwhile_the_others_stand_as_they_were_typed(
    browser: Browser, session: AsyncSession, claire: Actor, paul: Client, at: str
) -> None:
    needs = [await need(session, paul, term) for term in ("physiotherapy", "ptsd-counselling")]
    for one in needs:
        await listed(session, f"House of {one.term}", needs=(one.term,), email=f"{one.term}@example.org")
    await browser.sign_in(claire.email, PASSWORD)
    page = await browser.open(f"/en/people/{paul.id}/together")
    pairs = page.form("/together").fields["s"]
    pairs.sort(key=lambda pair: pair.startswith(str(needs[0].id)) is (at == "last"))
    both = await browser.open(f"{page.path}?{'&'.join(f's={pair}' for pair in pairs)}")
    physio = next(pair for pair in pairs if pair.startswith(str(needs[0].id)))
    await browser.open(f"/en/needs/{needs[0].id}/send/{physio.partition(':')[2]}")
    assert (await browser.submit("/send/", direction="both", method="oral_witnessed", witness="Anne")).status == 200
    page = await browser.showing(both).submit("/together", direction="both", method="e-sign", signed_name="Paul Harvey")
    assert page.status == 409
    assert "House of physiotherapy has been asked in the meantime. Nothing was sent yet." in page
    assert page.form("/together").fields["s"] == [pair for pair in pairs if pair != physio]
    assert page.form("/together").fields["signed_name"] == ["Paul Harvey"]
    assert len((await session.scalars(select(Referral))).all()) == 1
    assert "1 request is on its way." in await browser.submit("/together")


async def _asked(browser: Browser, session: AsyncSession, claire: Actor, paul: Client, settings: Settings) -> str:
    """Claire asks Paul by link; what he gets says nothing of it."""
    await _form(browser, session, claire, paul)
    page = await browser.submit("send", direction="both", method="link", lasts="referral_closed")
    assert "Their link is on its way." in page
    await work(session, settings, NOW)
    mail = (await session.scalars(select(Message).where(Message.to_address == "paul@example.org"))).one()
    assert (mail.purpose, mail.subject) == ("consent", "There is something new")
    return link_in(mail)


async def _referral(session: AsyncSession) -> Referral:
    return (await session.scalars(select(Referral).execution_options(populate_existing=True))).one()
