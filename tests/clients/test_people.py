"""Opening a file, keeping it true, finding a person; and that nobody else sees it."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.clients.models import Client, ClientContact, ClientIdentity
from referrals.directory.models import Organization
from tests.browser import Browser, Page
from tests.factories import account


async def _manager(session: AsyncSession, email: str = "claire@example.org") -> Organization:
    """A case manager of an organization; a second call adds a colleague to the same one."""
    organization = await session.scalar(select(Organization).where(Organization.name == "Relais"))
    if organization is None:
        organization = Organization(name="Relais")
        session.add(organization)
        await session.flush()
    await account(session, Role.CASE_MANAGER, email=email, organization_id=organization.id)
    return organization


async def _open(browser: Browser, **fields: Any) -> Page:
    await browser.open("/en/people/new")
    return await browser.submit("/people/new", **fields)


async def test_a_first_name_is_enough_to_begin(browser: Browser, session: AsyncSession) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    page = await _open(browser, given_name="Paul")
    assert page.path.endswith("/needs/new")
    client = (await session.scalars(select(Client))).one()
    assert (client.alias, client.birth_year, client.gender, client.interpreter_ok) == ("Paul", None, None, None)


async def test_an_age_that_cannot_be_keeps_all_that_was_typed(browser: Browser, session: AsyncSession) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    page = await _open(browser, given_name="Paul", age="340", notes="Wants to climb again.", languages=["en", "fr"])
    assert page.status == 422
    kept = page.form("/people/new").fields
    assert kept["notes"] == ["Wants to climb again."]
    assert kept["languages"] == ["fr", "en"]
    assert "An age lies between 0 and 120." in page


async def test_a_town_nobody_knows_is_said_at_its_field(browser: Browser, session: AsyncSession) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    page = await _open(browser, given_name="Paul", place="Nowhere-on-Sea")
    assert page.status == 422
    assert "We do not know this town." in page


async def test_the_same_name_again_asks_whether_it_is_the_same_person(browser: Browser, session: AsyncSession) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    await _open(browser, given_name="Paul", family_name="Harvey")
    page = await _open(browser, given_name="Pol", family_name="Harvey")
    assert page.status == 422
    assert "This person may have a file already" in page
    page = await browser.submit("/people/new", anyway="yes")
    assert page.path.endswith("/needs/new")
    assert len((await session.scalars(select(Client))).all()) == 2


@pytest.mark.parametrize(
    ("typed", "asks"),
    [
        ({"given_name": "Fifine", "birth_date": "1987-03-14"}, True),
        ({"given_name": "Zephyrine", "family_name": "B", "birth_date": "1987-03-14"}, True),
        ({"given_name": "Fifine", "birth_date": "1988-03-14"}, False),
        ({"given_name": "Fifine"}, False),
        ({"given_name": "Martin", "birth_date": "1987-03-14"}, False),
    ],
)
async def test_of_two_born_on_one_day_a_part_of_the_name_asks(
    browser: Browser, session: AsyncSession, typed: dict[str, str], asks: bool
) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    await _open(browser, given_name="Zéphyrine", family_name="Quillévéré-Bras", alias="Fifine", birth_date="1987-03-14")
    page = await _open(browser, **typed)
    assert ("This person may have a file already" in page) is asks


async def test_a_colleague_sees_neither_the_file_nor_the_name(browser: Browser, session: AsyncSession) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    await _open(browser, given_name="Paul", family_name="Harvey")
    client = (await session.scalars(select(Client))).one()
    await browser.submit("sign-out")
    await _manager(session, "ines@example.org")
    await browser.sign_in("ines@example.org")
    assert "Harvey" not in await browser.open("/en/people")
    for part in ("", "/edit", "/needs/new"):
        assert (await browser.open(f"/en/people/{client.id}{part}")).status == 404
    page = await _open(browser, given_name="Paul", family_name="Harvey")
    assert "(with a colleague)" in page
    assert f"/people/{client.id}" not in page.html


async def test_a_person_is_found_by_part_of_the_name_and_by_alias(browser: Browser, session: AsyncSession) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    await _open(browser, given_name="Amélie", family_name="Le Goff", alias="La navigatrice")
    await _open(browser, given_name="Paul", family_name="Harvey")
    for words in ("goff", "amelie", "navigatr", "Le Goff Amélie", "gof ameli", "goff navigatrice"):
        page = await browser.open(f"/en/people?q={words}")
        assert "Amélie Le Goff" in page
        assert "Harvey" not in page


async def test_who_it_is_stands_in_a_table_of_its_own(browser: Browser, session: AsyncSession) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    await _open(
        browser, given_name="Paul", family_name="Harvey", birth_date="1992-04-01", email="paul@example.org", notes="Climbs.",
    )  # fmt: skip
    client = (await session.scalars(select(Client))).one()
    kept = {str(getattr(client, column.key)) for column in Client.__table__.columns}
    assert not kept & {"Paul", "Harvey", "1992-04-01", "paul@example.org", "Climbs."}
    who = (await session.scalars(select(ClientIdentity))).one()
    assert (who.given_name, who.family_name, str(who.birth_date)) == ("Paul", "Harvey", "1992-04-01")


async def test_an_address_is_safe_only_when_somebody_said_so(browser: Browser, session: AsyncSession) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    await _open(browser, given_name="Paul", email="paul@example.org", phone="+44 7700 900134", phone_safe="yes")
    safe = {contact.kind: contact.safe for contact in await session.scalars(select(ClientContact))}
    assert safe == {"email": False, "phone": True}


async def test_a_file_is_put_away_and_taken_out_again(browser: Browser, session: AsyncSession) -> None:
    await _manager(session)
    await browser.sign_in("claire@example.org")
    await _open(browser, given_name="Paul")
    client = (await session.scalars(select(Client))).one()
    await browser.open(f"/en/people/{client.id}")
    page = await browser.submit("/archive")
    assert page.path == "/en/people"
    assert "Nobody yet" in page
    assert "Paul" in await browser.open("/en/people?archived=yes")
    await browser.open(f"/en/people/{client.id}")
    await browser.submit("/take-out")
    assert "Paul" in await browser.open("/en/people")
