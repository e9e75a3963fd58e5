"""The case manager's way from a need to a request that was sent."""

from hashlib import sha256

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients.models import Client, Consent, ConsentEvidence, Disclosure, Need
from referrals.kit.html import day
from referrals.matching.scoring import RULES_VERSION
from referrals.tracking.models import Referral, ReferralEvent, ReferralNote
from tests.browser import Browser, Page
from tests.factories import PASSWORD, case_manager, client, need
from tests.matching.scene import by_video_too, listed

AGREED = {"direction": "both", "method": "oral_witnessed", "witness": "Anne Le Goff"}


async def test_what_fits_is_ranked_with_its_reasons(signed_in: Browser, session: AsyncSession, physio: Need) -> None:
    await listed(session, "Far clinic", km=20)
    await listed(session, "Near clinic", km=2)
    await listed(session, "Silent clinic", km=1, capacity_status=None, capacity_updated=None, wait_days=None)
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "Paul, 34 years old" in page
    assert "near Truro · English, French" in page
    assert page.text.index("Near clinic") < page.text.index("Far clinic") < page.text.index("Silent clinic")
    assert "8 min by car" in page
    assert "a place within 10 days" in page
    assert "Is there room?" in page
    assert "3 services fit. 1 has something to ask first." in page


async def test_what_is_left_out_says_why_and_what_would_open_more(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    await listed(session, "Near clinic")
    await listed(session, "Far clinic", km=36)
    await listed(session, "Youth clinic", max_age=17, min_age=None)
    await listed(session, "Full clinic", capacity_status="no-capacity", wait_days=None)
    await listed(session, "Video clinic", modes=["remote"])
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "Left out: 4 services" in page
    assert "Far clinic, Truro : 55 min by car, at most 45 min" in page
    assert "Youth clinic, Truro : Under 18 only" in page
    assert "Full clinic, Truro : Full (said on 21 Nov)" in page
    assert "a way of 60 min: 1 more service" in page
    assert "help by phone or video: 1 more service" in page


async def test_where_nothing_fits_the_closest_come_with_what_would_have_to_change(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    await listed(session, "Youth clinic", max_age=17, min_age=None)
    await listed(session, "Far clinic", km=60)
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "Nothing fits as things stand" in page
    assert page.text.index("Far clinic") < page.text.index("Youth clinic")
    assert page.link("Choose").endswith("position=1")
    assert "Not possible" in page


async def test_every_open_need_is_a_tab_with_its_count(
    signed_in: Browser, session: AsyncSession, paul: Client, physio: Need
) -> None:
    await listed(session, "Near clinic")
    await listed(session, "Food bank", needs=("food-bank",))
    other = await need(session, paul, "food-bank")
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert page.link("food-bank") == f"/en/needs/{other.id}/match"
    assert page.text.count("1 proposal") == 2


async def test_a_colleague_does_not_find_the_need(browser: Browser, session: AsyncSession, physio: Need) -> None:
    service = await listed(session, "Near clinic")
    other = await case_manager(session, email="yann@example.org", name="Yann")
    await browser.sign_in(other.email, PASSWORD)
    for address in (f"/en/needs/{physio.id}/match", f"/en/needs/{physio.id}/send/{service.id}"):
        assert (await browser.open(address)).status == 404


async def test_sending_keeps_the_agreement_the_match_and_the_message(
    signed_in: Browser, session: AsyncSession, paul: Client, physio: Need
) -> None:
    service = await listed(session, "Near clinic")
    page = await _send_page(signed_in, physio, "Near clinic")
    assert "I agree that Near clinic Trust (Near clinic) is told" in page
    landed = await signed_in.submit("send", **AGREED, after=["name"], message="Mornings are best.")
    assert "/referrals/" in landed.path
    referral = (await session.scalars(select(Referral))).one()
    assert (referral.status, referral.service_id, referral.position) == ("sent", service.id, 1)
    assert referral.snapshot["rules"] == RULES_VERSION
    assert referral.snapshot["position"] == 1
    assert len(referral.snapshot["findings"]) == 19
    assert len(referral.snapshot["inputs"]) == 64
    consent = (await session.scalars(select(Consent))).one()
    assert consent.id == referral.consent_id
    assert (consent.method, consent.direction, consent.grantor) == ("oral_witnessed", "both", "self")
    assert "name" in consent.scope
    assert "phone" not in consent.scope
    text = "\n".join([
        "I agree that Near clinic Trust (Near clinic) is told the following about me, so that they can say whether they can help.",
        "Before they answer, without my name",
        "- what I need (physiotherapy)", "- my age, to within ten years (30 to 39)", "- the town I live in (Truro)",
        "- the languages I speak (English and French)", "- who pays for me (nhs)", "- how urgent it is (not urgent)",
        "- answers to what they ask about this need",
        "Once they have said yes", "- my name (Paul Harvey)",
        "They may tell my case manager how it goes and how it ended.",
        f"I may take this back at any time. It ends by itself on {day(consent.expires_at)}.",
    ])  # fmt: skip
    assert (consent.text, consent.text_hash) == (text, sha256(text.encode()).hexdigest())
    proof = (await session.scalars(select(ConsentEvidence))).one()
    assert (consent.evidence_id, proof.kind, proof.name) == (proof.id, "witness", "Anne Le Goff")
    told = (await session.scalars(select(Disclosure))).one()
    assert told.fields == sorted(set(consent.scope) - {"name", "answers"})
    note = (await session.scalars(select(ReferralNote))).one()
    assert (note.text, sorted(note.visible_to)) == ("Mornings are best.", ["receiver", "sender"])


async def test_nothing_goes_out_without_an_agreement(signed_in: Browser, session: AsyncSession, physio: Need) -> None:
    await listed(session, "Near clinic")
    await _send_page(signed_in, physio, "Near clinic")
    page = await signed_in.submit("send", message="Kept")
    assert page.status == 422
    assert "2 things to look at again" in page
    assert "Kept" in page
    page = await signed_in.submit("send", **AGREED, grantor="representative")
    assert "Please say who agrees for them" in page
    page = await signed_in.submit("send", before=["area"], grantor="self", **AGREED)
    assert "Without the need itself nobody can answer" in page
    assert not list(await session.scalars(select(Consent)))
    assert not list(await session.scalars(select(Referral)))


async def test_the_same_form_sent_twice_makes_one_request(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    await listed(session, "Near clinic")
    form = await _send_page(signed_in, physio, "Near clinic")
    first = await signed_in.showing(form).submit("send", **AGREED)
    again = await signed_in.showing(form).submit("send", **AGREED)
    assert first.path == again.path
    assert await session.scalar(select(func.count()).select_from(Consent)) == 1
    assert await session.scalar(select(func.count()).select_from(ReferralEvent)) == 1


async def test_another_form_for_the_same_service_is_told_that_it_was_asked_already(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    await listed(session, "Near clinic")
    first, second = [await _send_page(signed_in, physio, "Near clinic") for _ in range(2)]
    await signed_in.showing(first).submit("send", **AGREED)
    page = await signed_in.showing(second).submit("send", **AGREED)
    assert page.status == 409
    assert "already has an open request" in page
    assert await session.scalar(select(func.count()).select_from(Consent)) == 1


async def test_what_does_not_fit_is_sent_only_with_a_reason(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    await listed(session, "Near clinic")
    await listed(session, "Full clinic", capacity_status="no-capacity", wait_days=None)
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    await signed_in.open(page.link("Choose all the same"))
    page = await signed_in.submit("send", **AGREED)
    assert page.status == 422
    assert "Please say why you send it all the same." in page
    await signed_in.submit("send", **AGREED, override_reason="local_knowledge")
    referral = (await session.scalars(select(Referral))).one()
    assert referral.snapshot["failed"] == ["H11"]
    assert referral.snapshot["override_reason"] == "local_knowledge"


async def test_what_is_barred_for_good_cannot_be_sent(signed_in: Browser, session: AsyncSession, physio: Need) -> None:
    service = await listed(session, "Youth clinic", max_age=17, min_age=None)
    page = await signed_in.open(f"/en/needs/{physio.id}/send/{service.id}")
    assert "This service cannot take Paul" in page
    with pytest.raises(AssertionError, match="no form"):
        page.form("send")


async def test_a_service_with_a_telephone_alone_says_so_before(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    await listed(session, "Phone clinic", email=None)
    page = await _send_page(signed_in, physio, "Phone clinic")
    assert "This one is reached by telephone" in page
    await signed_in.submit("send", **AGREED, button="call")
    assert (await session.scalars(select(Referral))).one().channel == "phone"


async def test_the_agreement_is_read_in_the_persons_own_language(
    signed_in: Browser, session: AsyncSession, paul: Client, physio: Need
) -> None:
    await listed(session, "Near clinic")
    paul.language = "fr"
    await session.flush()
    page = await _send_page(signed_in, physio, "Near clinic")
    assert "J’accepte" in page
    assert "Read this to Paul" in page


async def test_from_a_service_page_the_needs_that_it_has_to_do_with_are_offered(
    signed_in: Browser, session: AsyncSession, claire: Actor, physio: Need
) -> None:
    service = await listed(session, "Near clinic")
    other = await client(session, claire, given_name="Amina")
    await need(session, other, "food-bank")
    page = await signed_in.open(f"/en/services/{service.id}/refer")
    assert "1 open need has to do with" in page
    assert "Paul" in page
    assert "Amina" not in page
    assert page.link("Choose") == f"/en/needs/{physio.id}/send/{service.id}"


async def test_from_a_service_page_two_people_of_one_name_are_told_apart(
    signed_in: Browser, session: AsyncSession, claire: Actor, physio: Need
) -> None:
    service = await listed(session, "Near clinic")
    await need(session, await client(session, claire, given_name="Paul", family_name="Kerbrat"), physio.term)
    page = await signed_in.open(f"/en/services/{service.id}/refer")
    assert ("Paul H. · physiotherapy" in page, "Paul K. · physiotherapy" in page) == (True, True)


async def test_a_request_under_way_is_linked_instead_of_chosen_again(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    await listed(session, "Near clinic")
    await _send_page(signed_in, physio, "Near clinic")
    sent = await signed_in.submit("send", **AGREED)
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert page.link("See the request") == sent.path


async def test_help_by_video_counts_where_it_is_welcome(
    signed_in: Browser, session: AsyncSession, physio: Need
) -> None:
    await listed(session, "Video clinic", km=300, modes=["remote"], area_countries=["GB"])
    await by_video_too(session, physio)
    page = await signed_in.open(f"/en/needs/{physio.id}/match")
    assert "by phone or video" in page
    assert "1 service fits." in page


async def _send_page(browser: Browser, of: Need, name: str) -> Page:
    page = await browser.open(f"/en/needs/{of.id}/match")
    assert name in page
    return await browser.open(page.link("Choose"))
