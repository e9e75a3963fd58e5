"""Every way out of the house, tried with a shelter whose address nobody may learn: each canary is looked for in each answer.

The routes are read off the application, so that a page written tomorrow is tried too; one with a parameter that is not
known here fails, until this file can open it.
"""

import gzip
import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from referrals.accounts import actions as accounts
from referrals.accounts import queries as people
from referrals.accounts.models import Role
from referrals.clients.steps import STEPS
from referrals.directory import claims, listings
from referrals.directory.contradictions.check import check
from referrals.directory.forms.pages import PAGES as PAGES_OF
from referrals.directory.hiding import area_code
from referrals.directory.masking import STRUCK, Mask, mask
from referrals.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Contact,
    Finding,
    ListingPlace,
    Location,
    Metadata,
    Organization,
    Phone,
    ReaderReport,
    SavedSearch,
    Schedule,
    Service,
    ServiceAtLocation,
)
from referrals.directory.queries import cards
from referrals.directory.queries.names import by_names
from referrals.directory.search.documents import documents
from referrals.directory.search.port import Query
from referrals.directory.upkeep import links
from referrals.exchange.export.formats import FORMATS
from referrals.exchange.export.jobs import make_file
from referrals.exchange.export.store import Store
from referrals.exchange.hsds.parameters import ENDPOINTS
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from referrals.taxonomy.models import Taxonomy, Term
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions as tracking
from referrals.tracking.actions import client_links
from referrals.tracking.said import Snapshot
from tests.browser import Browser
from tests.conftest import NOW, SECRET
from tests.directory import pages_world, upkeep_room
from tests.directory.pages_world import Pages
from tests.factories import account
from tests.factories import world as small
from tests.tracking.post_room import work

OF_THE_PLACE = (
    "Secret House", "Backstairs", "bakery", "boulangerie", "50.43", "4.98", "960666", "green bell", "Postern",
    "Cellar door", "hush@", "Matron Quill", "2XY",
)  # fmt: skip
"""Name, other name, way (both languages), coordinates, what hangs on the place (telephone, hours, person, door), and the end
of its postcode, which is as fine as a street."""
CANARIES = ("Hidden Lane", *OF_THE_PLACE)
PAGES = "/{lang}"
"""Where accounts count: what lies elsewhere knows neither accounts nor languages, and is opened once."""
TOLD_TO = {"service"}
"""Pages on which case managers and supervisors read the address."""
KEPT_BY = {
    "service", "edit-service", "edit-service-part", "edit-place", "edit-place-part", "edit-organization",
    "edit-organization-part", "my-services", "my-checks", "new-service", "colleagues",
}  # fmt: skip
"""Pages on which it is read, or written, by its own editors: their own words too, as they wrote them."""
CURATED = KEPT_BY | {"work", "report", "crosswalk-term"}
PARTS = {"service": "edit-service-part", "organization": "edit-organization-part", "location": "edit-place-part"}
SAID_BEFORE = {
    "page", "per_page", "format", "minimal", "full", "full_service", "top_only", "taxonomy_term_id", "taxonomy_id",
    "parent_id", "organization_id", "modified_after", "after",
}  # fmt: skip
"""Parameters of the interface by ids and ends of pages that it told before, by dates, and by form: no guess fits in them."""


@dataclass(frozen=True)
class Shelter:
    """`values`: path parameter -> everything it may be here, the shelter first."""

    connection: AsyncConnection
    pages: Pages
    service_id: UUID
    location_id: UUID
    values: dict[str, list[str]]


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture(scope="module")
async def shelter(engine: AsyncEngine, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shelter]:
    """The refuge of pages.yaml with a canary on everything that can hang on its place; loaded once for all of these tests."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            made = await _loaded(connection, session, tmp_path_factory.mktemp("import"))
            await session.commit()
        yield made
        await outer.rollback()


@pytest.fixture
async def connection(shelter: Shelter) -> AsyncIterator[AsyncConnection]:
    """Whatever a test does to the shelter is taken back after it."""
    before = await shelter.connection.begin_nested()
    yield shelter.connection
    await before.rollback()


@pytest.fixture
def values(shelter: Shelter) -> dict[str, list[str]]:
    return shelter.values


async def _loaded(connection: AsyncConnection, session: AsyncSession, folder: Path) -> Shelter:
    pages = await pages_world.load(session, folder)
    service = await session.get_one(Service, pages.services["refuge"])
    location = (
        await session.scalars(
            select(Location).join(ServiceAtLocation).where(ServiceAtLocation.service_id == service.id)
        )
    ).one()
    address = (await session.scalars(select(Address).where(Address.location_id == location.id))).one()
    _plant(session, service, location, address)
    await _tell(session, pages, location)
    await _mark_the_permanence(session, service)
    await session.flush()
    await listings.refresh(session, list(pages.services.values()), NOW)
    await check(session, list(pages.services.values()), NOW)
    values = await _values(session, pages, service, location)
    return Shelter(connection, pages, service.id, location.id, values)


async def _mark_the_permanence(session: AsyncSession, service: Service) -> None:
    """A word of somebody's on the service at this place: not told, so not to be found by either."""
    words = Taxonomy(source="canary", name="canary")
    session.add(words)
    await session.flush()
    term = Term(
        taxonomy_id=words.id,
        source="canary",
        code="theirs",
        name="A word of theirs",
        folded="",
        first_seen_at=NOW,
        last_seen_at=NOW,
    )
    session.add(term)
    await session.flush()
    at = await session.scalar(select(ServiceAtLocation.id).where(ServiceAtLocation.service_id == service.id))
    session.add(Attribute(link_id=at, link_entity="service_at_location", link_type="canary", taxonomy_term_id=term.id))


async def _tell(session: AsyncSession, pages: Pages, location: Location) -> None:
    """Its own words, those of its organization, and those of a neighbour at the same door all tell the street."""
    for id in (pages.services["listening"], pages.services["refuge"]):
        service = await session.get_one(Service, id)
        service.description = "Come to 9, HIDDEN LANE after dark."
        service.alert = "From Monday at 9 Hidden Lane."
        service.name = f"{service.name}, Hidden Lane"
        said = service.translations.get("fr", {})
        said = said | {"description": "Venez au 9 Hidden  Lane le soir.", "name": f"{said['name']}, 9 Hidden Lane"}
        service.translations = service.translations | {"fr": said}
    organization = await session.get_one(Organization, pages.organizations["lantern"])
    organization.name = "The Lantern of Hidden Lane"
    organization.description = "We began at 9 Hidden-Lane."
    neighbour = await session.get_one(Service, pages.services["backs"])
    neighbour.description = "The door is 9 Hidden Lane, beside the pump."
    neighbour.application_process = "Knock at 9 Hidden Lane."
    session.add(ServiceAtLocation(service_id=neighbour.id, location_id=location.id))


def _plant(session: AsyncSession, service: Service, location: Location, address: Address) -> None:
    service.email = "desk@lantern.example.org"
    location.latitude, location.longitude, location.organization_id = 50.4321, -4.9876, None
    address.address_1, address.attention, address.postal_code = "9 Hidden Lane", "Matron Quill", "TR1 2XY"
    location.alternate_name, location.description = "Backstairs", "Through the Cellar door, ring the green bell."
    location.url = "https://hidden-lane.example.org/Backstairs"
    here = {"location_id": location.id}
    session.add_all([
        Phone(number="+44 1632 960666", type="voice", description="green bell", **here),
        Contact(name="Matron Quill", email="hush@example.org", **here),
        Accessibility(description="Postern without a step", details="green bell", **here),
        Schedule(
            freq="WEEKLY", byday="MO", opens_at=time(9), closes_at=time(12), description="Ring the green bell",
            notes="Postern", **here,
        ),
    ])  # fmt: skip
    for record, kind, name, value in (
        (service.id, "service", "alert", "Now at 9 Hidden Lane"), (location.id, "location", "name", "Secret House"),
        (location.id, "location", "latitude", "50.4321"),
    ):  # fmt: skip
        session.add(
            Metadata(
                resource_id=record, resource_type=kind, last_action_date=NOW, last_action_type="update", field_name=name,
                previous_value=None, replacement_value=value, updated_by="curator",
            )
        )  # fmt: skip


async def test_no_public_page_or_record_tells(
    app: Litestar, client: httpx.AsyncClient, values: dict[str, list[str]], shelter: Shelter
) -> None:
    found = await _leaks(app, client, values, below="/")
    found |= await _leaks(app, client, values | {"lang": ["fr"]})
    assert not found, found
    asked = _asked_for(shelter)
    for path in asked:
        answer = await client.get(path, follow_redirects=True)
        assert answer.status_code in (200, 404), path
        assert not _canaries(answer.text), path
    htmx = {"HX-Request": "true"}
    pages = [path for path in asked if not path.startswith(("/hsds", "/fhir"))]
    assert not [path for path in pages if _canaries((await client.get(path, headers=htmx)).text)]


async def test_posting_the_same_questions_tells_nothing_either(
    app: Litestar, client: httpx.AsyncClient, shelter: Shelter
) -> None:
    for name, path, _ in _routes(app, "POST"):
        if name.startswith("hsds"):
            answer = await client.post(path, json={"per_page": 100})
            assert answer.status_code == 200
            assert not _canaries(answer.text), name


async def test_an_editor_at_the_same_door_learns_nothing_of_it(
    app: Litestar, client: httpx.AsyncClient, browser: Browser, session: AsyncSession, shelter: Shelter,
    values: dict[str, list[str]],
) -> None:  # fmt: skip
    """Nor if they are a client and an administrator too. The place has no organization of its own, and a service of theirs
    is given there: it is the shelter's all the same. Only what they wrote themselves is before them."""
    neighbour = await pages_world.editor(session, shelter.pages)
    for role in (Role.CLIENT, Role.ADMINISTRATOR):
        await accounts.grant(session, neighbour.id, role, None)
    await browser.sign_in(pages_world.EDITOR)
    backs = str(shelter.pages.services["backs"])
    own = {"search_id": [await _found_by(session, neighbour.id, shelter.service_id)]}
    assert "Ce qui est nouveau" in (await client.get(f"/fr/saved/{own['search_id'][0]}/new/0/1")).text
    found = await _leaks(app, client, values | own | {"edit-service-part.service_id": [backs]})
    assert {name for name, _ in found} <= {"edit-service", "edit-service-part"}, found
    assert not [told for _, told in found if backs not in told or _canaries(told, OF_THE_PLACE)], found
    here = f"/en/my-places/{shelter.location_id}"
    assert [(await client.get(path)).status_code for path in (here, f"{here}/edit/address")] == [404, 404]
    assert (
        "A place with a confidential address, Cornwall"
        in (await browser.open(f"/en/my-services/{backs}/edit/where")).html
    )
    assert "Confidential: for you, not for the public" not in await browser.open(f"/en/services/{backs}")


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        ((Role.CASE_MANAGER, Role.SUPERVISOR), TOLD_TO), ((Role.PROVIDER_EDITOR,), KEPT_BY), ((Role.CURATOR,), CURATED),
    ],
)  # fmt: skip
async def test_those_who_are_trusted_read_it_where_they_need_it_and_nowhere_else(
    roles: tuple[Role, ...], allowed: set[str], app: Litestar, client: httpx.AsyncClient, browser: Browser,
    session: AsyncSession, shelter: Shelter, values: dict[str, list[str]],
) -> None:  # fmt: skip
    user = await people.by_email(session, "claire@example.org") if Role.CASE_MANAGER in roles else None
    if user is None:
        user = await account(
            session, roles[0], email="trusted@example.org", organization_id=shelter.pages.organizations["lantern"]
        )
        values = values | {"search_id": [await _found_by(session, user.id, shelter.service_id)]}
    else:
        await accounts.grant(session, user.id, Role.SUPERVISOR, None)
    await browser.sign_in(user.email)
    page = await browser.open(f"/en/services/{shelter.service_id}")
    assert "Confidential: for you, not for the public" in page
    assert "9 Hidden Lane" in page
    assert "Behind the bakery" in page
    found = await _leaks(app, client, values)
    assert {name for name, _ in found} <= allowed, found
    assert page.response.headers["Cache-Control"] == "no-store"


async def test_the_block_stays_off_paper(browser: Browser, session: AsyncSession, shelter: Shelter) -> None:
    await account(session, Role.CURATOR, email="trusted@example.org")
    await browser.sign_in("trusted@example.org")
    html = (await browser.open(f"/en/services/{shelter.service_id}")).html
    hidden = re.search(r'<div class="no-print">\s*<div class="notice stop">.*?Hidden Lane', html, re.DOTALL)
    assert hidden is not None
    assert html.count("Hidden Lane") == 1


async def test_neither_index_nor_rows_nor_letters_know_it(
    session: AsyncSession, shelter: Shelter, values: dict[str, list[str]], settings: Settings
) -> None:
    ids = list(shelter.pages.services.values())
    written = repr(await documents(session, ids, await vocabulary(session)))
    shown = repr(await cards(session, ids, "en", None, NOW.date()))
    assert "A door that opens" in written
    assert "A door that opens" in shown
    assert not _canaries(written + shown)
    await work(session, settings, NOW)
    letters = list(await session.scalars(select(Message)))
    assert letters
    assert not [one.subject for one in letters if _canaries(one.subject + one.body)]


async def test_no_letter_about_the_listings_tells(
    browser: Browser, session: AsyncSession, shelter: Shelter, values: dict[str, list[str]], settings: Settings
) -> None:
    """The rounds that ask providers, a provider's link, and the answers of a curator to a reader and to a claim."""
    lantern = await session.get_one(Organization, shelter.pages.organizations["lantern"])
    lantern.email = "desk@lantern.example.org"
    later = NOW + timedelta(days=400)
    await links.send(session, lantern, None, lantern.email, later)
    await upkeep_room.morning(session, settings, later)
    report = await session.get_one(ReaderReport, UUID(values["report_id"][0]))
    report.email = "reader@example.org"
    asked = await claims.claim(
        session, lantern.id, name="Somebody", email="claim@example.org", language="en", words="", now=NOW
    )
    await account(session, Role.CURATOR, email="curator@example.org")
    await browser.sign_in("curator@example.org")
    await browser.open(f"/en/curation/report/{report.id}")
    await browser.submit("report", outcome="mended")
    await browser.open("/en/claims")
    await browser.submit(f"{asked.id}/refuse", why="We do not know you.")
    letters = {one.to_address: one.subject + one.body for one in await session.scalars(select(Message))}
    assert {"desk@lantern.example.org", "reader@example.org", "claim@example.org"} <= letters.keys()
    assert not {to for to, said in letters.items() if _canaries(said)}


async def test_the_receivers_page_and_the_reply_tell_only_the_area(
    client: httpx.AsyncClient, session: AsyncSession, shelter: Shelter, values: dict[str, list[str]], settings: Settings
) -> None:
    await work(session, settings, NOW)
    links = [
        link
        for body in await session.scalars(select(Message.body))
        for link in re.findall(r"/(?:en|fr)/[rf]/\S+", body)
    ]
    assert links
    for link in links:
        assert not _canaries((await client.get(link)).text), link


async def test_no_file_that_leaves_tells(session: AsyncSession, shelter: Shelter, settings: Settings) -> None:
    for found in FORMATS.values():
        for key in found.files():
            await make_file(session, key=key, settings=settings, now=NOW)
            contents = _unpacked(Store.of(settings).file(key, found.suffix))
            assert "A door that opens" in contents or "Une porte" in contents, key
            assert not _canaries(contents), key


async def test_nothing_is_written_into_the_logs(
    app: Litestar, client: httpx.AsyncClient, values: dict[str, list[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    await client.get(f"/en/services/{values['service_id'][0]}")
    await client.get(f"/en/services/{values['service_id'][0]}/nowhere")
    said = capfd.readouterr()
    assert not _canaries(said.out + said.err)


async def test_another_service_at_the_same_door_hides_it_too(
    client: httpx.AsyncClient, session: AsyncSession, shelter: Shelter
) -> None:
    """A neighbour that says nothing of confidentiality would otherwise give the place away."""
    neighbour = await session.get_one(Service, shelter.pages.services["listening"])
    session.add(ServiceAtLocation(service_id=neighbour.id, location_id=shelter.location_id))
    await session.flush()
    await listings.refresh(session, [neighbour.id], NOW)
    await session.flush()
    page = await client.get(f"/en/services/{neighbour.id}")
    assert "Cornwall. The address is not public" in page.text
    assert not _canaries(page.text)


async def test_a_mark_that_comes_later_hides_it_for_all_at_that_door(
    client: httpx.AsyncClient, session: AsyncSession, shelter: Shelter
) -> None:
    """Two services at an open door; one becomes confidential, and the other's page changes in the same moment."""
    pages = shelter.pages
    open_door = await session.scalar(
        select(ServiceAtLocation.location_id).where(ServiceAtLocation.service_id == pages.services["knees"]).limit(1)
    )
    session.add(ServiceAtLocation(service_id=pages.services["listening"], location_id=open_door))
    await session.flush()
    await listings.refresh(session, [pages.services["listening"]], NOW)
    await session.flush()
    assert "4 Quay Street" in (await client.get(f"/en/services/{pages.services['listening']}")).text
    mark = await session.scalar(
        select(Attribute).where(Attribute.link_id == shelter.service_id, Attribute.link_type == "privacy")
    )
    assert mark is not None
    session.add(
        Attribute(
            link_id=pages.services["knees"], link_entity="service", link_type="privacy",
            taxonomy_term_id=mark.taxonomy_term_id,
        )
    )  # fmt: skip
    await session.flush()
    await listings.refresh(session, [pages.services["knees"]], NOW)
    await session.flush()
    for key in ("knees", "listening"):
        assert "4 Quay Street" not in (await client.get(f"/en/services/{pages.services[key]}")).text, key


async def test_another_record_of_the_same_door_in_the_same_organization_is_hidden_with_its_point(
    client: httpx.AsyncClient, session: AsyncSession, shelter: Shelter
) -> None:
    """Sources tell a place once for each service. Marking one of the two hides both, in the same moment."""
    pages = shelter.pages
    mark = await session.scalar(
        select(Attribute).where(Attribute.link_id == shelter.service_id, Attribute.link_type == "privacy")
    )
    assert mark is not None
    doors = [
        Location(organization_id=pages.organizations["harbour"], location_type="physical", latitude=50.1234567, longitude=-5.1)
        for _ in range(2)
    ]  # fmt: skip
    session.add_all(doors)
    await session.flush()
    for door, street, key in zip(doors, ("7 Twin Street", "7 TWIN Street"), ("knees", "backs"), strict=True):
        session.add_all([
            Address(
                location_id=door.id, address_1=street, city="Truro", postal_code="TR1 2AB", country="GB",
                address_type="physical",
            ),
            ServiceAtLocation(service_id=pages.services[key], location_id=door.id),
        ])  # fmt: skip
    await listings.refresh(session, [pages.services["knees"], pages.services["backs"]], NOW)
    backs = f"/hsds/services/{pages.services['backs']}"
    assert "50.1234567" in (await client.get(backs)).text
    session.add(
        Attribute(
            link_id=doors[0].id, link_entity="location", link_type="privacy", taxonomy_term_id=mark.taxonomy_term_id
        )
    )
    await listings.refresh(session, [pages.services["knees"]], NOW)
    await session.flush()
    assert "50.1234567" not in (await client.get(backs)).text
    assert "Twin Street" not in (await client.get(f"/en/services/{pages.services['backs']}")).text
    hidden = select(ListingPlace.confidential, ListingPlace.latitude).where(ListingPlace.location_id == doors[1].id)
    assert [tuple(row) for row in await session.execute(hidden)] == [(True, None)]


async def test_a_street_that_somebody_writes_into_a_text_is_struck_out_and_found(
    client: httpx.AsyncClient, session: AsyncSession, shelter: Shelter
) -> None:
    services = shelter.pages.services
    for key, said in (("refuge", "Come to […] after dark"), ("listening", "Come to […]"), ("backs", "Knock at […].")):
        page = await client.get(f"/en/services/{services[key]}")
        assert said in page.text, key
        kinds = await session.scalars(select(Finding.kind).where(Finding.service_id == services[key]))
        assert "hidden_told" in list(kinds), key


async def test_the_same_street_on_a_place_that_everybody_reads_is_found(
    session: AsyncSession, shelter: Shelter
) -> None:
    twin = Location(name="The lantern room", location_type="physical", latitude=50.4321, longitude=-4.9876)
    session.add(twin)
    await session.flush()
    session.add_all([
        Address(
            location_id=twin.id, address_1="9 Hidden Lane", city="Truro", postal_code="TR1 2XY", country="GB",
            address_type="physical",
        ),
        ServiceAtLocation(service_id=shelter.pages.services["listening"], location_id=twin.id),
    ])  # fmt: skip
    ids = list(shelter.pages.services.values())
    await listings.refresh(session, ids, NOW)
    await check(session, ids, NOW)
    found = await session.execute(select(Finding.service_id, Finding.key).where(Finding.kind == "hidden_twin"))
    assert [tuple(one) for one in found] == [(shelter.pages.services["listening"], str(twin.id))]


async def test_searching_for_the_street_finds_nobody(session: AsyncSession, shelter: Shelter) -> None:
    """The words of PostgreSQL, which stand in for the engine. What is not struck is found as ever."""
    assert not (await by_names(session, Query(words=("hidden", "lane")))).items
    found = (await by_names(session, Query(words=("somebody", "listens")))).items
    assert shelter.pages.services["listening"] in {hit.id for hit in found}
    found = (await by_names(session, Query(words=("dark",)))).items
    assert shelter.service_id in {hit.id for hit in found}


async def test_no_parameter_of_the_interface_confirms_what_it_does_not_tell(
    client: httpx.AsyncClient, shelter: Shelter
) -> None:
    """A guess finds just as much as one that must be wrong. All canaries are asked for at once: any would be one hit more."""
    any_canary = " or ".join(f'"{one}"' for one in (*CANARIES, "hidden", "9 hidden", "lane"))
    guesses: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "search": ({"search": any_canary}, {"search": "xylophonist"}),
        "postcode": ({"postcode": "TR1 2XY"}, {"postcode": "TR1 9ZQ"}),
        "proximity": ({"postcode": "TR1 2XY", "proximity": 1}, {"postcode": "TR1 9ZQ", "proximity": 1}),
    }
    for endpoint in ENDPOINTS.values():
        assert set(endpoint.takes) <= guesses.keys() | SAID_BEFORE, "a new parameter: can it confirm a guess?"
        for guess, wrong in (guesses[name] for name in endpoint.takes if name in guesses):
            path = f"/hsds/{endpoint.name}"
            assert await _total(client, path, guess) == await _total(client, path, wrong), (path, guess)
    for how in ({"format": "ndjson"}, {"full": "true"}):
        assert await _total(client, "/hsds/services", {"search": "hidden"} | how) == 0
    assert (await client.post("/hsds/organizations", json={"search": "hidden"})).json()["total_items"] == 0
    for kind in ("Organization", "HealthcareService"):
        for name in ("hidden", "9 hidden", "secret house"):
            found = await client.get(f"/fhir/{kind}", params={"name:contains": name})
            assert "entry" not in found.json(), (kind, name)
    everything = await _total(client, "/hsds/services", {})
    assert await _total(client, "/hsds/services", {"search": "-hidden"}) == everything
    assert await _total(client, "/hsds/services", {"search": "dark -hidden"}) == 2
    assert await _total(client, "/hsds/service_at_locations", {"postcode": "TR1 9ZQ", "proximity": 1}) >= 1


async def test_what_is_marked_on_a_hidden_permanence_is_not_found_by_it(
    client: httpx.AsyncClient, session: AsyncSession, shelter: Shelter
) -> None:
    term = await session.scalar(select(Attribute.taxonomy_term_id).where(Attribute.link_type == "canary"))
    assert term is not None
    found = await _total(client, "/hsds/service_at_locations", {"taxonomy_term_id": str(term)})
    assert found == 0


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_no_question_on_a_page_confirms_it(client: httpx.AsyncClient, shelter: Shelter, language: str) -> None:
    """Guesses in the box and beside it bring the shelter no nearer than wrong ones do."""
    for field, guesses, wrong in (
        ("q", ("hidden lane", "9 Hidden Lane", "Secret House", "Matron Quill", "boulangerie"), "xylophonist"),
        ("near", ("TR1 2XY",), "TR1 9ZQ"),
    ):
        for guess in guesses:
            pages = [
                (await client.get(f"/{language}/services", params={field: said}, follow_redirects=True)).text
                for said in (guess, wrong)
            ]
            shown = [str(shelter.service_id) in page for page in pages]
            assert shown[0] == shown[1], (field, guess)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("12 rue de l’Église", "Au 12, RUE DE L'EGLISE, porte B."), ("9 Hidden Lane", "9-hidden\nlane"),
        ("Flat 3, 40 Quay St", "It is flat 3 40 Quay St."),
    ],
)  # fmt: skip
def test_a_line_is_known_again_however_it_is_written(written: str, told: str) -> None:
    id = uuid4()
    struck = Mask({id: frozenset({written})})
    assert STRUCK in struck.over(id, told)
    assert struck.over(uuid4(), told) == told
    assert struck.over(id, "19 Hidden Lanes, 112 rue de l’Église") == "19 Hidden Lanes, 112 rue de l’Église"


async def test_the_street_alone_is_struck_too_but_not_one_with_an_open_door(
    session: AsyncSession, shelter: Shelter
) -> None:
    lantern = shelter.pages.organizations["lantern"]
    said = "We are in Hidden Lane, and at 5 Market Road."
    assert (await mask(session)).over(lantern, said) == "We are in […], and at 5 Market Road."
    for hidden, street in ((shelter.location_id, "12 Market Road"), (None, "5 Market Road")):
        id = hidden or uuid4()
        if hidden is None:
            session.add(Location(id=id, organization_id=lantern))
            await session.flush()
        session.add(Address(location_id=id, address_1=street))
    await session.flush()
    struck = (await mask(session)).over(lantern, "12 Market Road, or 5 Market Road")
    assert struck == "[…], or 5 Market Road"


@pytest.mark.parametrize(
    ("postcode", "country", "area"),
    [
        ("TR1 2XY", "GB", "TR1"), ("tr12xy", None, "TR1"), ("SW1A 1AA", "GB", "SW1A"), ("TR1", "GB", "TR1"),
        ("H2X 1Y4", "CA", "H2X"), ("D02 AF30", "IE", "D02"), ("33133-4321", "US", "33133"), ("1012 AB", "NL", "1012"),
        ("69003", "FR", "69003"), ("TR1 2XY", "FR", "TR1 2XY"), (None, "GB", None), ("", "GB", ""),
    ],
)  # fmt: skip
def test_of_a_postcode_only_the_area_is_told(postcode: str | None, country: str | None, area: str | None) -> None:
    assert area_code(postcode, country) == area


async def _values(session: AsyncSession, pages: Pages, service: Service, location: Location) -> dict[str, list[str]]:
    claire = await small.case_manager(session, email="claire@example.org")
    who = await small.client(session, claire, email="paul@example.org")
    need = await small.need(session, who, "domestic-violence-refuge")
    agreed = await small.consent(session, who, service, claire)
    referral = await tracking.draft(session, claire, who, need, service.id, NOW)
    await tracking.send(session, referral, claire, agreed, Snapshot(rules="test"), NOW)
    own = await client_links.make(session, who.id, "card", claire.id, NOW)
    report = ReaderReport(service_id=service.id, what="moved", words="", language="en", at=NOW)
    session.add(report)
    await session.flush()
    finding = await session.scalar(select(Finding.id).limit(1)) or uuid4()
    permanences = await session.scalars(
        select(ServiceAtLocation.id).where(ServiceAtLocation.location_id == location.id)
    )
    nothing = [str(uuid4())]
    hsds = [
        *map(str, (service.id, pages.services["backs"], pages.organizations["lantern"], location.id)),
        *map(str, permanences),
    ]
    return {
        "service_id": [str(service.id), str(pages.services["listening"]), str(pages.services["backs"])],
        "organization_id": [str(pages.organizations["lantern"])],
        "location_id": [str(location.id)],
        "client_id": [str(who.id)], "need_id": [str(need.id)], "referral_id": [str(referral.id)],
        "consent_id": [str(agreed.id)],
        "report_id": [str(report.id)], "finding_id": [str(finding)],
        "id": hsds, "code": ["reports", "changes", "contradictions", "stale", "mail", "drift"],
        **{f"{route}.part": [part.code for part in PAGES_OF[kind]] for kind, route in PARTS.items()},
        "edit-service-part.service_id": [str(service.id)],
        "client-page.token": [client_links.token(SECRET, own)],
        "token": ["nothing"], "key": ["hsds-json", "csv.en"], "step": [step.code for step in STEPS],
        "file": ["service.json"], "lang": ["en"],
        "search_id": [await _found_by(session, claire.id, service.id)], "before": ["0"], "count": ["1"],
        **dict.fromkeys(
            ("proposal_id", "claim_id", "run_id", "term_id", "pair_id", "merge_id", "conflict_id", "feed_id", "user_id",
             "change_id", "mapping_id", "list_id", "key_id", "question_id", "appointment_id", "dispute_id", "hook_id", "delivery_id"), nothing,
        ),
    }  # fmt: skip


async def _found_by(session: AsyncSession, user_id: UUID, service_id: UUID) -> str:
    """A search that somebody has kept and that the shelter answers."""
    kept = SavedSearch(
        user_id=user_id,
        question={"need": ["domestic-violence-refuge"]},
        language="en",
        known=[service_id],
        created_at=NOW,
        looked_at=NOW,
    )
    session.add(kept)
    await session.flush()
    return str(kept.id)


def _asked_for(shelter: Shelter) -> list[str]:
    return [
        "/en/services?need=domestic-violence-refuge", "/en/services?q=refuge+truro", "/fr/services?near=Truro&km=50",
        "/en/services?q=door+that+opens", f"/en/services/{shelter.service_id}/nothing", "/en/services?near=TR",
        "/hsds/services?full=true", "/hsds/services?minimal=false&full=true&format=ndjson", "/hsds/services?minimal=true",
        "/hsds/service_at_locations?proximity=1&postcode=TR1", "/hsds/organizations?full=true&full_service=true",
        "/hsds/service_at_locations?full=true&format=ndjson", "/hsds/services?modified_after=2020-01-01",
        f"/hsds/organizations/{shelter.pages.organizations['lantern']}?full_service=true", "/fhir/Location?_count=50",
        "/fhir/Organization?_count=50", "/fhir/HealthcareService?_count=50",
    ]  # fmt: skip


async def _leaks(
    app: Litestar, client: httpx.AsyncClient, values: dict[str, list[str]], below: str = PAGES,
    canaries: tuple[str, ...] = CANARIES,
) -> set[tuple[str, str]]:  # fmt: skip
    """Name and path of every GET whose answer holds a canary. A guard that turns somebody away does so for every record."""
    found = set()
    for name, template, handler in _routes(app, "GET"):
        if not template.startswith(below):
            continue
        for path in _filled(name, template, values):
            answer = await client.get(path)
            assert answer.status_code < 500, (name, path)
            if told := _canaries(answer.text, canaries):
                found.add((name, f"{path} {told}"))
            if handler.guards and answer.status_code in (303, 403):
                break
    return found


async def _total(client: httpx.AsyncClient, path: str, asked: dict[str, Any]) -> int:
    answer = await client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.text.count("\n") if asked.get("format") == "ndjson" else int(answer.json()["total_items"])


def _routes(app: Litestar, method: str) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith("/static"):
            for handler in route.route_handlers:
                if method in {str(getattr(one, "value", one)) for one in handler.http_methods} and handler.name:
                    yield handler.name, re.sub(r":\w+}", "}", route.path), handler


def _filled(name: str, template: str, values: dict[str, list[str]]) -> list[str]:
    paths = [template]
    for parameter in re.findall(r"{(\w+)}", template):
        known = values.get(f"{name}.{parameter}", values.get(parameter))
        assert known, f"tests/directory/test_confidential.py cannot open {template}: what is {parameter}?"
        paths = [path.replace(f"{{{parameter}}}", value) for path in paths for value in known]
    return paths


def _canaries(said: str, canaries: tuple[str, ...] = CANARIES) -> list[str]:
    return [one for one in canaries if one.lower() in said.lower()]


def _unpacked(path: Path) -> str:
    """All that a file holds, archives and compressed ones read through."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return raw.decode("utf-8", "replace")
