"""Agreements: checked whenever something is told, written down, shown, taken back; and what one receiver never learns of another."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import keys
from referrals.accounts.models import Role
from referrals.app import ROUTES, paths
from referrals.clients import consent as agreement
from referrals.clients import notices
from referrals.clients.models import Consent, Disclosure
from referrals.directory.models import ListingPlace
from referrals.exchange.hooks.models import Webhook, WebhookDelivery
from referrals.exchange.hooks.telling import tell_hooks
from referrals.kit.errors import Refused
from referrals.kit.settings import Settings
from referrals.tracking import actions as tracking
from referrals.tracking import disclosing, lifecycle, messages
from referrals.tracking.actions import act, revoke_consent
from referrals.tracking.said import CLIENT, RECEIVER, Said, Snapshot, case_manager
from tests.browser import Browser
from tests.conftest import NOW, Clock
from tests.factories import PASSWORD, account, consent, need, organization, sent, service
from tests.factories.world import World
from tests.tracking.post_room import letters, link_in, work

YES = Said(facts={"first_contact_by": (NOW + timedelta(days=3)).date()})


# ------------------------------------------------------------------ one receiver and another


@dataclass
class TwoNeeds:
    """Paul needs physiotherapy, and help with alcohol. The physiotherapist has a link and an account."""

    physio: World
    link: str
    key: str
    """Of a program of the physiotherapist's house, which may read everything that a program may."""
    hook: UUID
    """Another one, which is told of every step that its house may hear of."""


@pytest.fixture
async def two_needs(session: AsyncSession, settings: Settings) -> TwoNeeds:
    at = await service(session, by=await organization(session, "Carrick Centre"))
    await account(session, Role.PROVIDER_EDITOR, email="physio@example.org", organization_id=at.organization_id)
    world = await sent(session, to=at)
    await work(session, settings, NOW)
    key = await keys.make(session, "desk", list(keys.OF_AN_ORGANIZATION), 1000, at.organization_id, None, NOW)
    hook, of_the_sender = (
        Webhook(
            organization_id=house,
            address="https://desk.example.org/",
            events=sorted({event for _, event in lifecycle.FLOW}),
            secret="",
            created_at=NOW,
        )
        for house in (at.organization_id, world.referral.sender_organization_id)
    )
    session.add_all([hook, of_the_sender])
    await session.flush()
    return TwoNeeds(world, link_in((await letters(session, "desk@carrick.example.org"))[0]), key, hook.id)


@pytest.mark.parametrize("status", ["sent", "accepted"])
async def test_the_physiotherapist_never_learns_of_the_addiction_referral(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock, two_needs: TwoNeeds, status: str
) -> None:
    """Not by a count, not by a date: whatever goes to them is the same to the byte, with and without it."""
    if status == "accepted":
        await act(session, two_needs.physio.referral, "accept", RECEIVER, YES, NOW)
        await work(session, settings, NOW)
    clock.pass_(hours=2)
    without = await _everything(browser, session, settings, two_needs)
    assert "hysiotherapy" in "".join(without.values())
    await _addiction(session, settings, two_needs.physio, clock)
    assert await _everything(browser, session, settings, two_needs) == without


async def _everything(browser: Browser, session: AsyncSession, settings: Settings, of: TwoNeeds) -> dict[str, str]:
    """Every page, part and message that this receiver can get, without what chance writes into each page anew."""
    browser.client.cookies.clear()
    seen = {}
    for query in ("", "?answer=accept", "?answer=decline", "?answer=ask_info", "?answer=complete"):
        seen["link" + query] = (await browser.open(of.link + query)).html
    token, id = of.link.rpartition("/")[2], str(of.physio.referral.id)
    for address in _reading("/r/{token}", token=token):
        seen[address] = (await browser.open(address)).html
    await browser.sign_in("physio@example.org", PASSWORD)
    where = str(of.physio.service.id)
    for address in (
        *_reading("/my-services", referral_id=id, service_id=where),
        f"/en/services/{where}",
        f"/en/my-services/referrals/{id}?answer=accept",
    ):
        seen[address] = (await browser.open(address)).html
    for kind in ("Task?_include=Task:focus", "ServiceRequest", "Consent", "Procedure"):
        answer = await browser.client.get(f"/fhir/{kind}", headers={"Authorization": f"Bearer {of.key}"})
        assert answer.status_code == 200, answer.text
        seen[f"fhir {kind}"] = answer.text
    assert '"resourceType":"Task"' in seen["fhir Task?_include=Task:focus"].replace(" ", "")
    assert len(seen) > 22
    for number, notice in enumerate(await _notices(session, settings, of.hook)):
        seen[f"notice {number}"] = notice
    for message in await letters(session, "desk@carrick.example.org"):
        seen[f"mail {message.id}"] = message.subject + message.body + repr(message.created_at)
    return {name: _steady(html) for name, html in seen.items()}


async def _notices(session: AsyncSession, settings: Settings, hook: UUID) -> list[str]:
    """What its program was told, without the ids that chance gives them."""
    steps = "DELETE FROM procrastinate_jobs WHERE task_name = 'exchange.tell_hooks' RETURNING args"
    for step in list(await session.scalars(text(steps))):
        await tell_hooks(session, **step, now=NOW, settings=settings)
    told = select(WebhookDelivery.body).where(WebhookDelivery.webhook_id == hook).order_by(WebhookDelivery.position)
    return [json.dumps({**body, "id": ""}) for body in await session.scalars(told)]


def _reading(below: str, **known: str) -> Iterator[str]:
    """Every page below this address that can be read with what is known."""
    for name, path in paths(ROUTES).items():
        route = next(route for route in ROUTES if route.name == name)
        methods = {str(getattr(method, "value", method)) for method in route.http_methods}
        if path.startswith(below) and "GET" in methods and set(re.findall(r"{(\w+)}", path)) <= set(known):
            yield "/en" + path.format_map(known)


def _steady(html: str) -> str:
    """Without the keys that every form gets of its own."""
    html = re.sub(r'(name="(?:key|_csrf_token)" value=")[^"]*', r"\1", html)
    return re.sub(r'("x-csrftoken": ")[^"]*', r"\1", html)


async def _addiction(session: AsyncSession, settings: Settings, world: World, clock: Clock) -> None:
    """The other need, tried twice: refused, then accepted, asked about, under way."""
    asked = await need(session, world.client, "alcohol-withdrawal")
    for name, event, said in (("Quiet House", "decline", Said("no_capacity")), ("Harbour", "accept", YES)):
        where = await service(
            session, name, by=await organization(session, name), needs=("alcohol-withdrawal",),
            email=f"{name.split()[0].lower()}@example.org",
        )  # fmt: skip
        agreed = await consent(session, world.client, where, world.sender, now=clock.now)
        referral = await tracking.draft(session, world.sender, world.client, asked, where.id, clock.now)
        await tracking.send(session, referral, world.sender, agreed, Snapshot(rules="test"), clock.now)
        await act(session, referral, event, RECEIVER, said, clock.now)
    await work(session, settings, clock.now)
    told = select(Disclosure.id).where(Disclosure.sensitivity.contains(["sud"]))
    assert len(list(await session.scalars(told))) >= 3, "the other referrals are really there"


# ------------------------------------------------------------------ checked whenever something is told


async def test_nothing_is_sent_that_gives_away_more_than_was_agreed_to(session: AsyncSession) -> None:
    world = await sent(session)
    house = await service(session, "Quiet House", needs=("alcohol-withdrawal",), email="quiet@example.org")
    asked = await need(session, world.client, "physiotherapy")
    agreed = await consent(session, world.client, house, world.sender, sensitivity=("mental_health",))
    referral = await tracking.draft(session, world.sender, world.client, asked, house.id, NOW)
    with pytest.raises(Refused) as refused:
        await tracking.send(session, referral, world.sender, agreed, Snapshot(rules="test"), NOW)
    assert refused.value.facts["why"] == "sensitivity", "the service's own kind tells it, whatever the need is called"
    given = await consent(session, world.client, house, world.sender, sensitivity=("sud",))
    await tracking.send(session, referral, world.sender, given, Snapshot(rules="test"), NOW)
    told = await session.scalar(select(Disclosure).where(Disclosure.referral_id == referral.id))
    assert told is not None
    assert told.sensitivity == ["sud"]


async def test_what_the_case_manager_adds_to_a_need_must_be_agreed_to_as_well(
    session: AsyncSession, settings: Settings, browser: Browser
) -> None:
    world = await sent(session)
    world.consent.sensitivity_allowed = []
    await work(session, settings, NOW)
    link = link_in((await letters(session, "desk@carrick.example.org"))[0])
    assert "near Truro" in await browser.open(link)
    world.need.sensitivity = ["hiv"]
    await session.flush()
    page = await browser.open(link)
    assert "Truro" not in page
    assert "hysiotherapy" not in page.text.replace("Leg physiotherapy", "")


async def test_an_answer_is_one_more_thing_told_and_needs_its_agreement(session: AsyncSession) -> None:
    world = await sent(session, scope=("need", "area", "name"))
    await act(session, world.referral, "ask_info", RECEIVER, Said(words="Stairs?"), NOW)
    reply = Said(words="One floor.")
    with pytest.raises(Refused, match="no_consent"):
        async with session.begin_nested():
            await act(session, world.referral, "provide_info", case_manager(world.sender), reply, NOW)
    await session.refresh(world.referral)
    world.consent.scope = [*world.consent.scope, "answers"]
    await act(session, world.referral, "provide_info", case_manager(world.sender), reply, NOW)
    rows = await session.scalars(select(Disclosure.fields).where(Disclosure.referral_id == world.referral.id))
    assert ["answers"] in list(rows)


async def test_words_that_give_more_away_need_an_agreement_to_that(session: AsyncSession) -> None:
    world = await sent(session)
    me, words = case_manager(world.sender), "They have just come out of prison."
    for allowed in ([], ["justice"]):
        world.consent.sensitivity_allowed = allowed
        await session.flush()
        try:
            async with session.begin_nested():
                await messages.write(
                    session, world.referral, me, words, ["receiver"], "key", NOW, sensitivity=["justice"]
                )
        except Refused:
            assert not allowed
    assert words in [line.text for line in await messages.thread(session, world.referral, "receiver")]
    world.consent.sensitivity_allowed = []
    await session.flush()
    assert words not in [line.text for line in await messages.thread(session, world.referral, "receiver")]
    assert words in [line.text for line in await messages.thread(session, world.referral, "sender")]


@pytest.mark.parametrize("status", ["ended", "treated"])
async def test_an_agreement_may_end_with_an_event(session: AsyncSession, status: str) -> None:
    world = await sent(session)
    world.consent.ends_with = "referral_closed" if status == "ended" else "end_of_treatment"
    await disclosing.covered(session, world.referral, {"need"}, NOW)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    if status == "ended":
        await act(session, world.referral, "fail", RECEIVER, Said("client_declined"), NOW)
    else:
        done = Said(facts={"provider_outcome": "full", "service_date": NOW.date(), "sessions": 3})
        await act(session, world.referral, "complete", RECEIVER, done, NOW)
    with pytest.raises(Refused) as refused:
        await disclosing.covered(session, world.referral, {"need"}, NOW)
    assert refused.value.facts["why"] == "ended"


@pytest.mark.parametrize(
    ("kind", "ids", "covers"),
    [
        ("service", ["here"], True),
        ("service", ["elsewhere"], False),
        ("organization", ["organization"], True),
        ("named_list", ["elsewhere", "here"], True),
        ("class", ["physiotherapy"], True),
        ("class", ["dental-care"], False),
    ],
)
def test_an_agreement_speaks_of_those_whom_it_names(kind: str, ids: list[str], covers: bool) -> None:
    here, organization_id = uuid4(), uuid4()
    named = {"here": str(here), "organization": str(organization_id), "elsewhere": str(uuid4())}
    given = Consent(recipient_type=kind, recipient_ids=[named.get(id, id) for id in ids])
    recipient = agreement.Recipient(here, organization_id, frozenset({"physiotherapy"}))
    assert agreement.lets(given, recipient) is covers


# ------------------------------------------------------------------ taken back


async def test_taking_it_back_before_an_answer_cancels_and_after_it_cuts_at_once(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    waiting, taken = await sent(session), await sent(session, listed_email="pool@example.org")
    await work(session, settings, NOW)
    link = link_in((await letters(session, "pool@example.org"))[0])
    open_form = await browser.open(f"{link}?answer=accept")
    await act(session, taken.referral, "accept", RECEIVER, YES, NOW)
    for world in (waiting, taken):
        await revoke_consent(session, world.consent, CLIENT, NOW)
        await revoke_consent(session, world.consent, CLIENT, NOW + timedelta(hours=1))
    assert (waiting.referral.status, taken.referral.status) == ("cancelled", "cancel_requested")
    assert (waiting.consent.revoke_effect, taken.consent.revoke_effect) == ("cancelled", "cancel_requested")
    assert taken.consent.revoked_at == NOW
    page = await browser.open(link)
    assert "took their agreement back" in page
    assert "Truro" not in page
    page = await browser.showing(open_form).submit("/r/", day="2026-11-27")
    assert page.status == 409, "a click on the older page finds that somebody was quicker"
    assert "Truro" not in page


async def test_an_agreement_taken_back_between_page_and_click_sends_nothing(session: AsyncSession) -> None:
    world = await sent(session)
    other = await service(session, "Pool", email="pool@example.org")
    agreed = await consent(session, world.client, other, world.sender)
    referral = await tracking.draft(session, world.sender, world.client, world.need, other.id, NOW)
    await revoke_consent(session, agreed, CLIENT, NOW)
    with pytest.raises(Refused, match="no_consent"):
        await tracking.send(session, referral, world.sender, agreed, Snapshot(rules="test"), NOW)
    assert await session.scalar(select(Disclosure.id).where(Disclosure.referral_id == referral.id)) is None


# ------------------------------------------------------------------ notices


@pytest.mark.parametrize(
    ("sensitivity", "country", "codes"),
    [
        ({"sud"}, "US", ("part2",)), ({"hiv"}, "US", ()), ({"sud"}, "FR", ("secrecy_fr",)), (set(), "FR", ("secrecy_fr",)),
        ({"sud"}, "GB", ()), ({"sud"}, None, ()),
    ],
)  # fmt: skip
def test_which_notice_goes_with_what(sensitivity: set[str], country: str | None, codes: tuple[str, ...]) -> None:
    assert notices.which(sensitivity, country) == codes


async def test_a_notice_that_nobody_has_written_blocks_and_once_written_goes_along(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    world = await sent(session)
    house = await service(session, "Quiet House", needs=("alcohol-withdrawal",), email="quiet@example.org")
    session.add(ListingPlace(service_id=house.id, kind="physical", confidential=False, country="US", precision="town"))
    asked = await need(session, world.client, "alcohol-withdrawal")
    agreed = await consent(session, world.client, house, world.sender)
    referral = await tracking.draft(session, world.sender, world.client, asked, house.id, NOW)
    with pytest.raises(Refused, match="notice"):
        async with session.begin_nested():
            await tracking.send(session, referral, world.sender, agreed, Snapshot(rules="test"), NOW)
    await session.refresh(referral)
    worded = await notices.write(session, "part2", "en", "Words that counsel wrote.", NOW, None)
    assert worded is not None
    await tracking.send(session, referral, world.sender, agreed, Snapshot(rules="test"), NOW)
    told = await session.scalar(select(Disclosure).where(Disclosure.referral_id == referral.id))
    assert told is not None
    assert told.notice_ids == [str(worded.id)]
    await work(session, settings, NOW)
    link = link_in((await letters(session, "quiet@example.org"))[0])
    assert link.count("/en/") == 1
    for language in ("en", "fr"):
        page = await browser.open(link.replace("/en/", f"/{language}/"))
        assert '<p class="soft law" lang="en">Words that counsel wrote.</p>' in page.response.text


async def test_an_administrator_writes_the_notices(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.ADMINISTRATOR, email="admin@example.org")
    await browser.sign_in("admin@example.org", PASSWORD)
    assert "Still to be written" in await browser.open("/en/notices")
    page = await browser.submit("/notices", secrecy_fr_fr="Secret.", secrecy_fr_en="x" * 4001)
    assert page.status == 422
    assert page.form("/notices").fields["secrecy_fr_fr"] == ["Secret."]
    await browser.submit("/notices", secrecy_fr_fr="Secret.", secrecy_fr_en="Secrecy.")
    found = await notices.current(session, "secrecy_fr", "en")
    assert found is not None
    assert found.text == "Secrecy."


async def test_a_service_says_once_what_it_must_know(browser: Browser, session: AsyncSession) -> None:
    at = await service(session)
    other = await service(session, "Elsewhere", by=await organization(session, "Other House"))
    await account(session, Role.PROVIDER_EDITOR, email="physio@example.org", organization_id=at.organization_id)
    await browser.sign_in("physio@example.org", PASSWORD)
    page = await browser.open(f"/en/my-services/{at.id}/asks")
    assert "name" in page.form("/asks").fields["after"]
    page = await browser.submit("/asks", before=["languages"], after=["birth_date"])
    assert "Saved." in page
    assert await disclosing.asks(session, at.id) == ("languages", "birth_date")
    assert (await browser.submit("/asks", before=["shoe_size"])).status == 422
    assert (await browser.open(f"/en/my-services/{other.id}/asks")).status == 404


# ------------------------------------------------------------------ who was told what


async def test_the_first_look_after_a_yes_is_written_down_once(
    browser: Browser, session: AsyncSession, settings: Settings
) -> None:
    at = await service(session)
    await account(session, Role.PROVIDER_EDITOR, email="physio@example.org", organization_id=at.organization_id)
    world = await sent(session, to=at)
    await browser.sign_in("physio@example.org", PASSWORD)
    own = f"/en/my-services/referrals/{world.referral.id}"
    for _ in range(2):
        await _look(browser, own)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    for _ in range(2):
        await _look(browser, own)
    seen = await session.scalars(select(Disclosure).where(Disclosure.viewed).order_by(Disclosure.at))
    assert sorted("name" in one.fields for one in seen) == [False, True]


async def test_the_case_manager_sees_who_was_told_what_and_takes_an_agreement_back(
    browser: Browser, session: AsyncSession
) -> None:
    world = await sent(session)
    await act(session, world.referral, "accept", RECEIVER, YES, NOW)
    await browser.sign_in(world.sender.email, PASSWORD)
    page = await browser.open(f"/en/people/{world.client.id}/agreements")
    assert "1 agreement holds now." in page
    assert "the name and the phone number" in page
    address = f"/en/people/{world.client.id}/agreements/{world.consent.id}"
    assert "I agree." in await browser.open(address)
    await browser.open(f"{address}?withdraw=yes")
    page = await browser.submit("/withdraw")
    assert "No agreement holds now" in page
    await session.refresh(world.referral)
    await session.refresh(world.consent)
    assert (world.referral.status, world.consent.revoked_role) == ("cancel_requested", "case_manager")
    stranger = await sent(session)
    assert (await browser.open(f"/en/people/{stranger.client.id}/agreements")).status == 404
    assert (await browser.open(f"/en/people/{world.client.id}/agreements/{stranger.consent.id}")).status == 404


async def _look(browser: Browser, own: str) -> None:
    """As the page's own script does, once it is visible."""
    page = await browser.open(own)
    if f'data-seen="{own}/seen"' in page.html:
        token = page.html.split('"x-csrftoken": "')[1].split('"')[0]
        assert (await browser.client.post(f"{own}/seen", headers={"x-csrftoken": token})).status_code == 204
