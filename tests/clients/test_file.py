"""A person's file, page by page: each keeps what was typed, tells "none" from "nobody knows", and says what cannot be."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.clients.models import Client, ClientContact, ClientIdentity
from referrals.directory.models import Organization
from tests.browser import Browser
from tests.factories import account


@pytest.fixture(scope="session")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def file(browser: Browser, session: AsyncSession) -> str:
    """The address of Paul's file, with its case manager before it."""
    organization = Organization(name="Relais")
    session.add(organization)
    await session.flush()
    await account(session, Role.CASE_MANAGER, email="claire@example.org", organization_id=organization.id)
    await browser.sign_in("claire@example.org")
    await browser.open("/en/people/new")
    await browser.submit("/people/new", given_name="Paul", family_name="Harvey")
    client = (await session.scalars(select(Client))).one()
    return f"/en/people/{client.id}/edit"


async def _client(session: AsyncSession) -> Client:
    return (await session.scalars(select(Client).execution_options(populate_existing=True))).one()


async def _by_itself(browser: Browser, address: str, **fields: Any) -> str:
    """As htmx sends the form while somebody types: the fragment that comes back."""
    page = await browser.open(address)
    data = {name: list(values) for name, values in page.form(address).fields.items()}
    data |= {name: [value] if isinstance(value, str) else list(value) for name, value in fields.items()}
    answer = await browser.client.post(address, data=data, headers={"HX-Request": "true", "HX-Target": "saved"})
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_overview_says_what_is_open_and_what_it_would_decide(browser: Browser, file: str) -> None:
    page = await browser.open(file)
    assert "answers are still open." in page
    assert "Not known yet. It decides: what is too far." in page
    for part in ("who", "where", "fit", "money", "wishes"):
        assert f"{file}/{part}" in page.html
    assert "/keep-away" in page.html


async def test_who_it_is_and_how_to_reach_them(browser: Browser, session: AsyncSession, file: str) -> None:
    await browser.open(f"{file}/who")
    page = await browser.submit("/edit/who", email="paul@example.org", email_safe="yes", notes="Climbs.")
    assert page.path.endswith("/edit/where")
    contact = (await session.scalars(select(ClientContact))).one()
    assert (contact.value, contact.safe) == ("paul@example.org", True)
    who = (await session.scalars(select(ClientIdentity))).one()
    assert (who.family_name, who.notes) == ("Harvey", "Climbs.")
    await browser.open(f"{file}/who")
    page = await browser.submit("/edit/who", email="", email_safe="yes")
    assert page.status == 422
    assert "Safe to write to, but no address: which one?" in page


async def test_where_and_when_they_are_free(browser: Browser, session: AsyncSession, file: str) -> None:
    await browser.open(f"{file}/where")
    page = await browser.submit("/edit/where", button="add", mobility="transit", max_minutes="40")
    assert page.form("/edit/where").fields["max_minutes"] == ["40"]
    page = await browser.submit("/edit/where", r0_days=["MO", "TU", "WE"], r0_opens="18h", r0_closes="9pm")
    assert page.path.endswith("/edit/fit")
    client = await _client(session)
    assert (client.mobility, client.max_minutes) == ("transit", 40)
    assert client.availability == [{"days": ["MO", "TU", "WE"], "opens": "18:00", "closes": "21:00"}]
    assert "Monday to Wednesday, 18:00–21:00" in await browser.open(file)
    await browser.open(f"{file}/where")
    await browser.submit("/edit/where", button="remove:0")
    await browser.submit("/edit/where", availability_how="none")
    client = await _client(session)
    assert (client.availability, client.said_none) == ([], ["availability"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"mobility": "none", "max_minutes": "30"}, "They cannot travel, and could go 30 minutes"),
        ({"max_minutes": "0"}, "Please give minutes, from 1 to 600."),
        ({"place": "Nowhere-on-Sea"}, "We do not know this town."),
    ],
)
async def test_a_way_that_cannot_be_is_said_at_its_field(
    browser: Browser, file: str, typed: dict[str, str], said: str
) -> None:
    await browser.open(f"{file}/where")
    page = await browser.submit("/edit/where", **typed)
    assert page.status == 422
    assert said in page
    kept = page.form("/edit/where").fields
    assert all(kept[name] == [value] for name, value in typed.items())


async def test_hours_that_cannot_be_name_their_row(browser: Browser, file: str) -> None:
    await browser.open(f"{file}/where")
    await browser.submit("/edit/where", button="add")
    page = await browser.submit("/edit/where", r0_opens="21", r0_closes="18", r0_days=["MO"])
    assert page.status == 422
    assert "Row 1 ends before it begins." in page
    page = await browser.submit("/edit/where", r0_opens="soon", r0_days=[])
    assert "Row 1: which days?" in page


async def test_none_is_an_answer_and_not_knowing_is_another(browser: Browser, session: AsyncSession, file: str) -> None:
    await browser.open(f"{file}/fit")
    await browser.submit(
        "/edit/fit", audience=["refugee"], accessibility_how="none", documents=["identity"],
        other_papers="Carte de prêt", receives_words="home care", languages=["en", "ti"], age="34",
    )  # fmt: skip
    client = await _client(session)
    assert (client.audience, client.accessibility, client.said_none) == (["refugee"], [], ["accessibility"])
    assert (client.documents, client.receives) == (["identity", "Carte de prêt"], ["home-care"])
    assert (client.languages, client.birth_year) == (["en", "ti"], 2026 - 34)
    page = await browser.open(file)
    assert "Nothing needed" in page
    page = await browser.open(f"{file}/fit")
    assert page.form("/edit/fit").fields["audience_how"] == ["these"]


async def test_what_contradicts_itself_is_said_as_such(browser: Browser, file: str) -> None:
    await browser.open(f"{file}/fit")
    page = await browser.submit(
        "/edit/fit", audience=["refugee"], audience_how="none", birth_date="1992-04-01", age="70"
    )
    assert page.status == 422
    assert "“None” and something ticked exclude each other" in page
    assert "By the birth date they are 34, by what you wrote 70: which is right?" in page
    assert page.form("/edit/fit").fields["audience"] == ["refugee"]
    page = await browser.submit("/edit/fit", audience_how="these", birth_date="1850-04-01", age="")
    assert "By this birth date they would be 176 years old: please check the year." in page


async def test_a_guardian_is_asked_about_only_for_somebody_who_may_be_a_minor(
    browser: Browser, session: AsyncSession, file: str
) -> None:
    assert "guardian agree" in await browser.open(f"{file}/fit")
    await browser.submit("/edit/fit", age="16", guardian_consent="no")
    assert (await _client(session)).guardian_consent is False
    await browser.open(f"{file}/fit")
    await browser.submit("/edit/fit", age="40")
    assert "guardian agree" not in await browser.open(f"{file}/fit")


async def test_money_has_three_answers_too(browser: Browser, session: AsyncSession, file: str) -> None:
    await browser.open(f"{file}/money")
    await browser.submit("/edit/money", funding=["nhs"], ceiling_per_session_how="none")
    client = await _client(session)
    assert (client.funding, client.ceiling_per_session, client.said_none) == (["nhs"], None, ["ceiling_per_session"])
    await browser.open(f"{file}/money")
    await browser.submit("/edit/money", ceiling_per_session="30,50", ceiling_per_session_how="these")
    client = await _client(session)
    assert (client.ceiling_per_session, client.said_none) == (30.5, [])


async def test_wishes_are_kept_in_their_order(browser: Browser, session: AsyncSession, file: str) -> None:
    await browser.open(f"{file}/wishes")
    page = await browser.submit(
        "/edit/wishes",
        female="must",
        group="wish",
        affinities=["writing"],
        first="mine",
        second="near",
        model="strengths",
    )
    assert page.path.endswith("/keep-away")
    client = await _client(session)
    assert (client.practitioner, client.practitioner_must, client.formats, client.formats_must) == (
        "female", True, ["group"], False,
    )  # fmt: skip
    assert (client.affinities, client.wishes, client.model) == (
        ["writing"], ["mine", "near"], "strengths",
    )  # fmt: skip


async def test_wishes_that_exclude_each_other_are_named(browser: Browser, session: AsyncSession, file: str) -> None:
    await browser.open(f"{file}/wishes")
    page = await browser.submit("/edit/wishes", female="must", male="wish", first="soon", second="soon")
    assert page.status == 422
    assert "“Only a woman” and “Rather a man” exclude each other" in page
    assert "“Soon” stands in two places" in page
    page = await browser.open(f"{file.replace('/en/', '/fr/')}/wishes")
    page = await browser.submit("/edit/wishes", female="must", male="wish")
    assert "« Uniquement une femme »" in page.text.replace("\u00a0", " ")
    assert (await _client(session)).practitioner is None


async def test_a_page_keeps_itself_while_somebody_types(browser: Browser, session: AsyncSession, file: str) -> None:
    said = await _by_itself(browser, f"{file}/fit", accessibility=["step-free"])
    assert "Kept at" in said
    assert 'id="how-accessibility" hx-swap-oob="true"' in said
    assert (await _client(session)).accessibility == ["step-free"]
    said = await _by_itself(browser, f"{file}/fit", age="340")
    assert "Not kept yet." in said
    assert "Age: An age lies between 0 and 120." in said
    assert (await _client(session)).birth_year is None


async def test_a_code_of_nobody_is_left_out(browser: Browser, session: AsyncSession, file: str) -> None:
    await browser.open(f"{file}/fit")
    await browser.submit("/edit/fit", audience=["martian", "refugee"], languages=["xx", "en"])
    client = await _client(session)
    assert (client.audience, client.languages) == (["refugee"], ["en"])


async def test_another_case_manager_opens_no_page_of_it(browser: Browser, session: AsyncSession, file: str) -> None:
    await browser.submit("sign-out")
    organization = await session.scalar(select(Organization.id))
    await account(session, Role.CASE_MANAGER, email="ines@example.org", organization_id=organization)
    await browser.sign_in("ines@example.org")
    for part in ("", "/who", "/where", "/fit", "/money", "/wishes"):
        assert (await browser.open(f"{file}{part}")).status == 404
    assert (await browser.open(file.replace("/edit", "/keep-away"))).status == 404


async def test_a_page_that_is_none_of_the_file_is_not_found(browser: Browser, file: str) -> None:
    assert (await browser.open(f"{file}/shoe-size")).status == 404
