"""A provider marks itself full from a mail; at once the match says so, and nobody is sent there silently."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients.models import Need
from referrals.directory import listings
from referrals.directory.actions import Answer, Editor, say_capacity
from referrals.directory.models import (
    Address,
    Attribute,
    Listing,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
)
from referrals.kit import mail
from referrals.kit.mail import MailboxCopy
from referrals.kit.settings import Settings
from referrals.taxonomy import load as taxonomy
from referrals.taxonomy.models import Term
from referrals.tracking.models import Referral
from tests.browser import Browser, Page
from tests.conftest import NOW, Clock
from tests.directory.upkeep_room import letters, link_in, morning
from tests.factories import PASSWORD, case_manager, client, need
from tests.matching.scene import TRURO, drives

AGREED = {"direction": "both", "method": "oral_witnessed", "witness": "Anne Le Goff"}


@pytest.fixture
async def world(session: AsyncSession) -> tuple[Service, Service]:
    """Carrick, the nearest, with three places; Kestrel, farther away, with two."""
    await taxonomy.load(session, NOW)
    return await _clinic(session, "Carrick", km=2, free=3, checked_days_ago=200), await _clinic(
        session, "Kestrel", km=28, free=2, checked_days_ago=20
    )


@pytest.fixture
async def claire(session: AsyncSession) -> Actor:
    return await case_manager(session)


@pytest.fixture
async def asked(session: AsyncSession, claire: Actor) -> Need:
    paul = await client(session, claire)
    await drives(session, paul)
    return await need(session, paul)


async def test_full_by_link(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock, world: tuple[Service, Service],
    claire: Actor, asked: Need,
) -> None:  # fmt: skip
    carrick, kestrel = world
    await browser.sign_in(claire.email, PASSWORD)

    page = await browser.open(f"/en/needs/{asked.id}/match")
    assert page.text.index("Carrick clinic") < page.text.index("Kestrel clinic")
    assert "2 services fit." in page
    choosing = await browser.open(page.link("Choose"))
    assert "Carrick clinic is full" not in choosing

    link = await _link_from_the_mailbox(session, settings, clock)
    provider = Browser(browser.client)
    shown = await provider.open(link)
    assert "Is this still right?" in shown
    said = await provider.submit(f"places/{carrick.id}", button="no-capacity")
    assert "Noted for Carrick clinic." in said

    page = await browser.open(f"/en/needs/{asked.id}/match")
    assert "1 service fits." in page
    assert "Left out: 1 service" in page
    assert page.text.index("Kestrel clinic") < page.text.index("Carrick clinic")
    assert "Carrick clinic, Truro : Full (said on 23 Nov)" in page

    # Claire had the page of Carrick open all the while, and presses its button.
    stopped = await browser.showing(choosing).submit("send", **AGREED)
    assert stopped.status == 422
    assert "Carrick clinic is full" in stopped
    assert "They said so on 23 November 2026." in stopped
    assert "Please say why you send it all the same." in stopped
    assert stopped.link("Kestrel clinic").startswith(f"/en/needs/{asked.id}/send/{kestrel.id}")
    assert not list(await session.scalars(select(Referral)))

    await _sent_only_with_a_reason(browser, session, stopped, carrick)


async def test_after_fourteen_days_full_is_a_question_again(
    browser: Browser, session: AsyncSession, settings: Settings, clock: Clock, world: tuple[Service, Service],
    claire: Actor, asked: Need,
) -> None:  # fmt: skip
    provider = Browser(browser.client)
    await provider.open(await _link_from_the_mailbox(session, settings, clock))
    await provider.submit(f"places/{world[0].id}", button="no-capacity")
    clock.pass_(days=15)
    await browser.sign_in(claire.email, PASSWORD)
    page = await browser.open(f"/en/needs/{asked.id}/match")
    assert "2 services fit." in page
    page = await browser.open(f"/en/needs/{asked.id}/send/{world[0].id}")
    assert "Is there still room? Last said on 23 Nov" in page
    assert "Carrick clinic is full" not in page
    for address in (f"/en/services/{world[0].id}", "/en/services?need=physiotherapy"):
        assert "Places: not said lately" in await browser.open(address), address


async def _sent_only_with_a_reason(browser: Browser, session: AsyncSession, stopped: Page, carrick: Service) -> None:
    await browser.showing(stopped).submit("send", **AGREED, override_reason="spoken")
    referral = (await session.scalars(select(Referral))).one()
    assert referral.service_id == carrick.id
    assert (referral.snapshot["failed"], referral.snapshot["override_reason"]) == (["H11"], "spoken")


async def _link_from_the_mailbox(session: AsyncSession, settings: Settings, clock: Clock) -> str:
    """The mail lies in the mailbox, as it would in the provider's."""
    await morning(session, settings, clock.now)
    [message] = await letters(session, "desk@carrick.example.org")
    await mail.deliver(session, message_id=str(message.id), port=mail.Mailbox())
    [copy] = await session.scalars(select(MailboxCopy))
    assert copy.to_address == "desk@carrick.example.org"
    assert copy.subject == "Is your listing still right?"
    return link_in(message)


async def _clinic(session: AsyncSession, name: str, *, km: float, free: int, checked_days_ago: int) -> Service:
    """A clinic as an import would bring it: organization, service, place, need, places."""
    house = Organization(name=f"{name} House", language="en", translations={}, email=f"desk@{name.lower()}.example.org")
    place = Location(location_type="physical", latitude=TRURO.lat + km / 111.195, longitude=TRURO.lon, translations={})
    session.add_all([house, place])
    await session.flush()
    found = Service(
        organization_id=house.id, name=f"{name} clinic", language="en", translations={}, minimum_age=18,
        assured_date=(NOW - timedelta(days=checked_days_ago)).date(),
    )  # fmt: skip
    session.add(found)
    await session.flush()
    session.add_all([
        ServiceAtLocation(service_id=found.id, location_id=place.id),
        Address(location_id=place.id, city="Truro", postal_code="TR1 1AA", country="GB"),
    ])  # fmt: skip
    for code in ("physiotherapy", "on-site", "nhs"):
        term = await session.scalar(select(Term.id).where(Term.code == code, Term.taggable))
        assert term is not None, code
        session.add(Attribute(link_id=found.id, link_entity="service", taxonomy_term_id=term))
    await session.flush()
    await listings.refresh(session, [found.id], NOW)
    await say_capacity(session, found, Answer("has-capacity", free), Editor(None, "test"), NOW - timedelta(days=1))
    assert (await session.get_one(Listing, found.id)).needs == ["physiotherapy"]
    return found
