"""What a service and an organization say of themselves, and what they never say."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.directory import listings
from referrals.directory.models import CostOption, Listing, ListingPlace, Organization, Phone, Service
from tests.browser import Browser
from tests.conftest import NOW
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.factories import account
from tests.statements import counted


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


async def test_a_service_answers_what_a_tired_person_asks(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/en{pages.service('knees')}")
    for answer in (
        "Exercises by the window.", "Anybody over twelve.", "From 12 years old.", "Ring and come.", "A letter",
        "+44 1632 960002", "knees@harbour.example.org", "Open until 12:00", "Today 9:00–12:00 and 14:00–17:00",
        "Saturday closed", "Free.", "4 Quay Street", "Truro TR1 2AB", "Step-free access", "3 places free",
        "7 of 10 taken", "As they told us 2 days ago.", "Mornings only.", "English and French",
        "Last checked on 3 November 2026.", "Harbour House",
    ):  # fmt: skip
        assert answer in page, answer


async def test_the_week_begins_today(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/fr{pages.service('knees')}")
    assert page.text.index("Aujourd’hui") < page.text.index("Mardi") < page.text.index("Dimanche")


async def test_a_week_of_equal_days_is_one_line(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/en{pages.service('listening')}")
    assert "Every day day and night" in page
    assert "Saturday" not in page.text


async def test_what_is_closed_for_now_is_not_said_to_be_open(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    service = pages.services["knees"]
    await session.execute(update(Service).where(Service.id == service).values(status="temporarily closed"))
    await session.execute(update(Listing).where(Listing.service_id == service).values(status="temporarily closed"))
    list_of_one = f"/en/shortlist?s={service}"
    for address in (pages.service("knees"), "/services?q=physio+truro", list_of_one.removeprefix("/en")):
        page = await browser.open(f"/en{address}")
        assert "Closed for now" in page, address
        assert "open until 12:00" not in page.text.lower(), address


async def test_a_number_of_the_organization_is_told_apart_from_the_service_s_own(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    service = await session.get_one(Service, pages.services["knees"])
    session.add(Phone(organization_id=service.organization_id, number="+44 1632 960999"))
    await session.flush()
    page = await browser.open(f"/en{pages.service('knees')}")
    assert "+44 1632 960999 · of the organisation" in page
    assert page.text.count("Phone ") == 1


async def test_whom_and_how_is_said_as_people_say_it(browser: Browser, pages: Pages, session: AsyncSession) -> None:
    told = {"welcomes": ["women", "brain-injury"], "routes": ["self", "professional"]}
    await session.execute(update(Listing).where(Listing.service_id == pages.services["knees"]).values(**told))
    page = await browser.open(f"/en{pages.service('knees')}")
    assert "Especially welcome: women and people with a brain injury." in page
    assert "You can come: on your own or sent by a professional." in page
    assert "Vous pouvez venir : de vous-même ou sur demande d’un professionnel." in await browser.open(
        f"/fr{pages.service('knees')}"
    )


async def test_a_text_in_the_other_language_is_marked_and_said(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/fr{pages.service('backs')}")
    assert '<div class="prose" lang="en">' in page.html
    assert "Ce texte n’existe que dans une langue : anglais." in page
    own = await browser.open(f"/fr{pages.service('knees')}")
    assert 'lang="en">Exercises' not in own.html
    assert "Des exercices près de la fenêtre." in own


async def test_notes_beside_hours_numbers_and_prices_are_marked_with_their_language(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    service = pages.services["backs"]
    session.add_all([
        CostOption(service_id=service, source="test", amount=8, currency="GBP", amount_description="With the leaflet."),
        Phone(service_id=service, source="test", number="+44 1632 960009", description="Ask for the matron."),
        Phone(service_id=service, source="test", number="+44 1632 960010", description="Sur rendez-vous, et avec une ordonnance"),
    ])  # fmt: skip
    await session.execute(update(Service).where(Service.id == service).values(wait_time="A fortnight or two."))
    await session.flush()
    page = await browser.open(f"/fr{pages.service('backs')}")
    for note in ("With the leaflet.", "Ask for the matron."):
        assert f'<span lang="en">{note}</span>' in page.html
    assert '<span lang="fr">' not in page.html
    own = await browser.open(f"/en{pages.service('backs')}")
    assert '<span lang="fr">Sur rendez-vous, et avec une ordonnance</span>' in own.html
    assert 'lang="en">With' not in own.html
    beside = await browser.open(f"/fr/shortlist/compare?s={service},{pages.services['knees']}")
    assert '<span lang="en">A fortnight or two.</span>' in beside.html


async def test_what_no_source_names_the_language_of_is_marked_by_its_words_and_said_once(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    told = {
        "language": None,
        "eligibility_description": "Anybody with a back.",
        "easy_text": "We are kind to your back.",
    }
    await session.execute(update(Service).where(Service.id == pages.services["backs"]).values(told))
    page = await browser.open(f"/fr{pages.service('backs')}")
    assert page.html.count('<div class="prose" lang="en">') == 2
    assert page.text.count("Ce texte n’existe que dans une langue") == 1
    assert "We are kind" not in page
    assert "personne ne l’a encore écrit" in page
    assert "We are kind" in await browser.open(f"/en{pages.service('backs')}")


async def test_no_page_tells_a_confidential_address(client: httpx.AsyncClient, pages: Pages) -> None:
    secrets = ("9 Hidden Lane", "Secret House", "bakery", "boulangerie", "50.432", "4.987")
    for language in ("en", "fr"):
        for path in (
            pages.service("refuge"), f"/organizations/{pages.organizations['lantern']}", "/services",
            "/services?need=domestic-violence-refuge", "/services?q=refuge+truro", "/services?q=hidden+lane",
        ):  # fmt: skip
            text = (await client.get(f"/{language}{path}")).text
            assert not [secret for secret in secrets if secret in text], path
    page = await client.get(f"/en{pages.service('refuge')}")
    assert "Cornwall. The address is not public" in page.text
    assert 'class="map"' not in page.text


async def test_a_service_that_is_gone_says_so_and_leads_on(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    service = await session.get_one(Service, pages.services["backs"])
    service.gone_at = NOW
    await listings.refresh(session, [service.id], NOW)
    page = await browser.open(f"/en{pages.service('backs')}")
    assert page.status == 410
    assert page.response.headers["cache-control"] == "no-cache", "or a browser keeps it after the service has come back"
    assert "This service is no longer listed" in page
    assert "Backs" not in page
    assert "Physiotherapy" in page
    assert "Backs" not in await browser.open("/en/services?need=physiotherapy")


async def test_a_place_without_a_point_of_its_own_says_that_it_is_approximate(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    path = f"/en{pages.service('knees')}"
    assert "Approximate on the map" not in await browser.open(path)
    where = ListingPlace.service_id == pages.services["knees"]
    await session.execute(update(ListingPlace).where(where).values(precision="postcode"))
    assert "Approximate on the map: its exact point is not known." in await browser.open(path)


async def test_an_organization_that_is_gone_says_so(browser: Browser, pages: Pages, session: AsyncSession) -> None:
    organization = await session.get_one(Organization, pages.organizations["harbour"])
    organization.gone_at = NOW
    await session.flush()
    page = await browser.open(f"/en/organizations/{organization.id}")
    assert page.status == 410
    assert page.response.headers["cache-control"] == "no-cache"
    assert "This organization is no longer listed" in page
    assert "Harbour" not in page
    assert "Cette structure n’est plus dans l’annuaire" in await browser.open(f"/fr/organizations/{organization.id}")


async def test_what_never_was_is_not_found(browser: Browser, pages: Pages) -> None:
    for path in ("/services", "/organizations"):
        assert (await browser.open(f"/en{path}/00000000-0000-4000-8000-000000000000")).status == 404


async def test_an_organization_lists_what_it_offers(browser: Browser, pages: Pages) -> None:
    page = await browser.open(f"/fr/organizations/{pages.organizations['harbour']}")
    assert "La Maison du port" in page
    assert "2 services" in page
    assert page.link("Genoux et autres charnières") == f"/fr{pages.service('knees')}"


async def test_only_a_case_manager_is_asked_to_refer_somebody(
    browser: Browser, pages: Pages, session: AsyncSession
) -> None:
    assert "Refer somebody here" not in await browser.open(f"/en{pages.service('knees')}")
    await account(session, Role.CASE_MANAGER, email="claire@example.org")
    await browser.sign_in("claire@example.org")
    page = await browser.open(f"/en{pages.service('knees')}")
    assert page.link("Refer somebody here") == f"/en{pages.service('knees')}/refer"
    assert "Leave now" not in page


async def test_a_web_address_that_is_none_is_no_link(browser: Browser, pages: Pages, session: AsyncSession) -> None:
    service = await session.get_one(Service, pages.services["knees"])
    service.url = "javascript:alert(1)"
    await session.flush()
    page = await browser.open(f"/en{pages.service('knees')}")
    assert 'href="javascript' not in page.html


async def test_public_pages_set_no_cookie_but_the_forms_own(client: httpx.AsyncClient, pages: Pages) -> None:
    for path in ("/en/", "/fr/", "/en/privacy", "/fr/privacy", "/en/about", "/fr/about", "/fr/services"):
        client.cookies.clear()
        answer = await client.get(path)
        assert answer.status_code == 200
        assert set(answer.cookies) <= {"relais_csrf"}
        assert "data-leave" in answer.text


async def test_a_service_costs_a_bounded_number_of_statements(
    client: httpx.AsyncClient, pages: Pages, connection: AsyncConnection
) -> None:
    await client.get(f"/en{pages.service('knees')}")
    for path, most in ((pages.service("knees"), 16), (f"/organizations/{pages.organizations['harbour']}", 8)):
        async with counted(connection) as said:
            await client.get(f"/en{path}")
        assert len(said) <= most, f"{len(said)}\n" + "\n".join(said)
