"""A curator finds two records of one service, each with a referral, makes them one, and takes that back."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.directory import listings
from referrals.directory.duplicates import jobs
from referrals.directory.duplicates.records import Entity
from referrals.directory.models import Address, DuplicatePair, Location, Phone, Service, ServiceAtLocation
from referrals.kit.db import SessionMaker
from referrals.taxonomy import load as words
from referrals.tracking.models import Referral
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import account, organization, sent, service

SAID = (
    "Hot meals at noon for whoever is hungry, on weekdays, without appointment; the hall can be reached by wheelchair."
)


@pytest.fixture(autouse=True)
async def our_words(session: AsyncSession) -> None:
    await words.load(session, NOW)


@pytest.fixture
async def twice(session: AsyncSession) -> tuple[Service, Service]:
    """One kitchen, told by two sources."""
    body = await organization(session, "Harbour Kitchen")
    found = []
    for name, number, more in (
        ("Harbour Kitchen midday meals", "01872 555 010", ""), ("Midday meals", "(01872) 555010", " Bring a bag."),
    ):  # fmt: skip
        one = await service(session, name, by=body, needs=("food",), email=None)
        one.description = SAID + more
        place = Location(name=name, latitude=50.2632, longitude=-5.051, location_type="physical", translations={})
        session.add(place)
        await session.flush()
        session.add(
            Address(location_id=place.id, address_1="3 Quay Street", city="Truro", postal_code="TR1 2AB", country="GB")
        )
        session.add(ServiceAtLocation(service_id=one.id, location_id=place.id))
        session.add(Phone(service_id=one.id, number=number))
        found.append(one)
    found[0].email, found[1].email = "meals@harbour.example.org", "kitchen@harbour.example.org"
    await listings.refresh(session, [one.id for one in found], NOW)
    await session.flush()
    return found[0], found[1]


async def _everything(session: AsyncSession, ids: list[UUID]) -> dict[str, list[str]]:
    """Every row that names one of the two, in full."""
    await session.flush()
    session.expire_all()
    found: dict[str, list[str]] = {}
    for table, column in (
        ("service", "id"), ("phone", "service_id"), ("service_at_location", "service_id"), ("attribute", "link_id"),
        ("local_edit", "resource_id"), ("drift", "resource_id"), ("listing", "service_id"), ("redirect", "old_id"),
        ("referral", "service_id"), ("schedule", "service_id"), ("language", "service_id"),
    ):  # fmt: skip
        rows = await session.execute(
            text(f"SELECT (to_jsonb(t) - 'updated_at')::text FROM \"{table}\" t WHERE {column} = ANY(:ids) ORDER BY 1"),  # noqa: S608
            {"ids": ids},
        )
        found[table] = [row[0] for row in rows]
    return found


async def test_two_records_become_one_and_two_again_and_no_referral_is_lost(
    session: AsyncSession, browser: Browser, client: httpx.AsyncClient, twice: tuple[Service, Service],
    sessions: SessionMaker,
) -> None:  # fmt: skip
    worlds = [await sent(session, to=one) for one in twice]
    await account(session, Role.CURATOR, email="curator@example.org", name="Nadia Perrin")
    await session.commit()
    await jobs.find_all(session, now=NOW, outside=sessions)
    pair = (await session.scalars(select(DuplicatePair).where(DuplicatePair.entity == Entity.SERVICE.value))).one()
    assert {pair.a_id, pair.b_id} == {one.id for one in twice}
    ids, pair_id = sorted([pair.a_id, pair.b_id]), pair.id
    emails = {one.id: one.email for one in twice}
    before = await _everything(session, ids)

    await browser.sign_in("curator@example.org")
    listed = await browser.open("/en/curation/doubles")
    assert "Harbour Kitchen midday meals" in listed
    assert "The same phone number" in listed
    beside = await browser.open(f"/en/curation/doubles/{pair_id}?keep=a")
    assert "Are these two the same?" in beside
    assert "meals@harbour.example.org" in beside
    assert "kitchen@harbour.example.org" in beside
    done = await browser.submit("/merge", **{"choice-email": "dropped", "choice-name": "kept"})
    assert "is part of" in done, done.text

    kept, dropped = ids
    session.expire_all()
    stands = await session.get_one(Service, kept)
    assert stands.email == emails[dropped]
    led = await client.get(f"/en/services/{dropped}")
    assert (led.status_code, led.headers["location"]) == (301, f"/en/services/{kept}")
    assert led.headers["cache-control"] == "no-cache", "or a browser goes on being led there after the merge was undone"
    assert (await client.get(f"/en/services/{kept}")).status_code == 200
    assert {one.service_id for one in await session.scalars(select(Referral))} == {kept, dropped}
    assert len(worlds) == 2

    undone = await browser.submit("/undo", button="Make them two again")
    assert "two again" in undone, undone.text
    assert await _everything(session, ids) == before
    assert (await client.get(f"/en/services/{dropped}")).status_code == 200
    again = await browser.open("/en/curation/doubles")
    assert "Harbour Kitchen midday meals" in again


async def test_a_merge_is_not_taken_back_over_somebodys_later_change(
    session: AsyncSession, browser: Browser, twice: tuple[Service, Service], sessions: SessionMaker
) -> None:
    await account(session, Role.CURATOR, email="curator@example.org", name="Nadia Perrin")
    await session.commit()
    await jobs.find_all(session, now=NOW, outside=sessions)
    pair = (await session.scalars(select(DuplicatePair).where(DuplicatePair.entity == Entity.SERVICE.value))).one()
    await browser.sign_in("curator@example.org")
    await browser.open(f"/en/curation/doubles/{pair.id}?keep=a")
    await browser.submit("/merge", **{"choice-email": "dropped"})
    kept = await session.get_one(Service, pair.a_id, populate_existing=True)
    kept.email = "new@harbour.example.org"
    await session.commit()
    page = await browser.open("/en/curation/merges")
    page = await browser.open(page.link("into"))
    assert "Somebody has changed this since: the service, E-mail." in page
    assert not [form for form in page.forms if "/undo" in form.action]


async def test_not_the_same_is_remembered(
    session: AsyncSession, browser: Browser, twice: tuple[Service, Service], sessions: SessionMaker
) -> None:
    await account(session, Role.CURATOR, email="curator@example.org", name="Nadia Perrin")
    await session.commit()
    await jobs.find_all(session, now=NOW, outside=sessions)
    await browser.sign_in("curator@example.org")
    await browser.open("/en/curation/doubles")
    said = await browser.submit("/different")
    assert "Noted." in said
    assert "Harbour Kitchen midday meals" not in said
    await jobs.find_some(session, service_ids=[str(one.id) for one in twice], now=NOW)
    await session.commit()
    assert "Harbour Kitchen midday meals" not in await browser.open("/en/curation/doubles")
    shown = await browser.open("/en/curation/doubles?decided=yes")
    assert "Harbour Kitchen midday meals" in shown


async def test_only_curators_merge(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.CASE_MANAGER, email="claire@example.org")
    await session.commit()
    await browser.sign_in("claire@example.org")
    page = await browser.open("/en/curation/doubles")
    assert page.status == 403
