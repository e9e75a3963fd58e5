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
from datetime import time
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.directory import listings
from referrals.directory.contradictions.check import check
from referrals.directory.masking import STRUCK, Mask
from referrals.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Contact,
    Finding,
    Location,
    Metadata,
    Organization,
    Phone,
    ReaderReport,
    Schedule,
    Service,
    ServiceAtLocation,
)
from referrals.directory.queries import cards
from referrals.directory.queries.names import by_names
from referrals.directory.search.documents import documents
from referrals.directory.search.port import Query
from referrals.exchange.export.formats import FORMATS
from referrals.exchange.export.jobs import make_file
from referrals.exchange.export.store import Store
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions as tracking
from referrals.tracking.said import Snapshot
from tests.browser import Browser
from tests.conftest import NOW
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.factories import account
from tests.factories import world as small
from tests.tracking.post_room import work

CANARIES = (
    "Hidden Lane", "Secret House", "Backstairs", "bakery", "boulangerie", "50.43", "4.98", "960666", "green bell",
    "Postern", "Cellar door", "hush@", "Matron Quill",
)  # fmt: skip
"""Street, name, other name, way (both languages), coordinates, and what hangs on the place: telephone, hours, person, door."""
PAGES = "/{lang}"
"""Where accounts count: what lies elsewhere knows neither accounts nor languages, and is opened once."""
TOLD_TO = {"service"}
"""Pages on which case managers and supervisors read the address."""
KEPT_BY = {"service", "edit-service", "edit-service-part", "edit-place", "edit-place-part", "edit-organization"}
"""Pages on which it is read, or written, by its own editors."""
CURATED = KEPT_BY | {"edit-organization-part", "work"}


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
    await session.flush()
    await listings.refresh(session, list(pages.services.values()), NOW)
    await check(session, list(pages.services.values()), NOW)
    values = await _values(session, pages, service, location)
    return Shelter(connection, pages, service.id, location.id, values)


async def _tell(session: AsyncSession, pages: Pages, location: Location) -> None:
    """Its own words, those of its organization, and those of a neighbour at the same door all tell the street."""
    for id in (pages.services["listening"], pages.services["refuge"]):
        service = await session.get_one(Service, id)
        service.description = "Come to 9, HIDDEN LANE after dark."
        service.alert = "From Monday at 9 Hidden Lane."
        service.translations = service.translations | {
            "fr": service.translations.get("fr", {}) | {"description": "Venez au 9 Hidden  Lane le soir."}
        }
    organization = await session.get_one(Organization, pages.organizations["lantern"])
    organization.description = "We began at 9 Hidden-Lane."
    neighbour = await session.get_one(Service, pages.services["backs"])
    neighbour.description = "The door is 9 Hidden Lane, beside the pump."
    neighbour.application_process = "Knock at 9 Hidden Lane."
    session.add(ServiceAtLocation(service_id=neighbour.id, location_id=location.id))


def _plant(session: AsyncSession, service: Service, location: Location, address: Address) -> None:
    service.email = "desk@lantern.example.org"
    location.latitude, location.longitude = 50.4321, -4.9876
    address.address_1, address.attention = "9 Hidden Lane", "Matron Quill"
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
    assert not [path for path in asked if _canaries((await client.get(path)).text)]
    htmx = {"HX-Request": "true"}
    assert not [path for path in asked if _canaries((await client.get(path, headers=htmx)).text)]


async def test_posting_the_same_questions_tells_nothing_either(
    app: Litestar, client: httpx.AsyncClient, shelter: Shelter
) -> None:
    for name, path, _ in _routes(app, "POST"):
        if name.startswith("hsds"):
            answer = await client.post(path, json={"full_service": True, "minimal": False})
            assert not _canaries(answer.text), name


@pytest.mark.parametrize("role", [Role.CLIENT, Role.ADMINISTRATOR, Role.PROVIDER_EDITOR])
async def test_an_account_alone_opens_nothing(
    role: Role, app: Litestar, client: httpx.AsyncClient, browser: Browser, session: AsyncSession, shelter: Shelter,
    values: dict[str, list[str]],
) -> None:  # fmt: skip
    """The editor is one of another organization."""
    elsewhere = await small.organization(session)
    await account(session, role, email="somebody@example.org", organization_id=elsewhere.id)
    await browser.sign_in("somebody@example.org")
    found = await _leaks(app, client, values)
    assert not found, found


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.CASE_MANAGER, TOLD_TO), (Role.SUPERVISOR, TOLD_TO), (Role.PROVIDER_EDITOR, KEPT_BY),
        (Role.CURATOR, CURATED),
    ],
)  # fmt: skip
async def test_those_who_are_trusted_read_it_where_they_need_it_and_nowhere_else(
    role: Role, allowed: set[str], app: Litestar, client: httpx.AsyncClient, browser: Browser, session: AsyncSession,
    shelter: Shelter, values: dict[str, list[str]],
) -> None:  # fmt: skip
    if role != Role.CASE_MANAGER:
        await account(
            session, role, email="trusted@example.org", organization_id=shelter.pages.organizations["lantern"]
        )
    await browser.sign_in("claire@example.org" if role == Role.CASE_MANAGER else "trusted@example.org")
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


async def test_a_street_that_somebody_writes_into_a_text_is_struck_out_and_found(
    client: httpx.AsyncClient, session: AsyncSession, shelter: Shelter
) -> None:
    services = shelter.pages.services
    for key, said in (("refuge", "Come to […] after dark"), ("listening", "Come to […]"), ("backs", "Knock at […].")):
        page = await client.get(f"/en/services/{services[key]}")
        assert said in page.text, key
        kinds = await session.scalars(select(Finding.kind).where(Finding.service_id == services[key]))
        assert "hidden_told" in list(kinds), key


async def test_searching_for_the_street_finds_nobody(session: AsyncSession, shelter: Shelter) -> None:
    assert not (await by_names(session, Query(words=("hidden", "lane")))).items
    assert (await by_names(session, Query(words=("somebody", "listens")))).items


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


async def _values(session: AsyncSession, pages: Pages, service: Service, location: Location) -> dict[str, list[str]]:
    claire = await small.case_manager(session, email="claire@example.org")
    who = await small.client(session, claire, email="paul@example.org")
    need = await small.need(session, who, "domestic-violence-refuge")
    agreed = await small.consent(session, who, service, claire)
    referral = await tracking.draft(session, claire, who, need, service.id, NOW)
    await tracking.send(session, referral, claire, agreed, Snapshot(rules="test"), NOW)
    report = ReaderReport(service_id=service.id, what="moved", words="", language="en", at=NOW)
    session.add(report)
    await session.flush()
    finding = await session.scalar(select(Finding.id).limit(1)) or uuid4()
    permanences = await session.scalars(select(ServiceAtLocation.id))
    nothing = [str(uuid4())]
    hsds = [*map(str, pages.services.values()), *map(str, pages.organizations.values()), *map(str, permanences),
            str(location.id)]  # fmt: skip
    return {
        "service_id": [str(service.id), str(pages.services["listening"])],
        "organization_id": [str(pages.organizations["lantern"])],
        "location_id": [str(location.id)],
        "client_id": [str(who.id)], "need_id": [str(need.id)], "referral_id": [str(referral.id)],
        "report_id": [str(report.id)], "finding_id": [str(finding)],
        "id": hsds, "code": ["reports", "changes", "contradictions", "stale", "mail", "drift"],
        "part": ["texts", "where", "address", "contact", "hours", "access", "how"],
        "token": ["nothing"], "key": [key for found in FORMATS.values() for key in found.files()],
        "file": ["service.json"], "lang": ["en"],
        **dict.fromkeys(
            ("proposal_id", "claim_id", "run_id", "term_id", "pair_id", "merge_id", "conflict_id", "feed_id", "user_id",
             "change_id", "mapping_id"), nothing,
        ),
    }  # fmt: skip


def _asked_for(shelter: Shelter) -> list[str]:
    return [
        "/en/services?need=domestic-violence-refuge", "/en/services?q=refuge+truro", "/fr/services?near=Truro&km=50",
        "/en/services?q=door+that+opens", f"/en/services/{shelter.service_id}/nothing", "/en/services?near=TR",
        "/hsds/services?full_service=true", "/hsds/services?minimal=false&full_service=true&format=ndjson",
        "/hsds/services?proximity=1&postcode=TR1", "/hsds/organizations?full_organization=true&full_service=true",
        "/hsds/service_at_locations?full=true&full_service=true&full_location=true",
        f"/hsds/services/{shelter.service_id}?full_service=true", "/hsds/services?modified_after=2020-01-01",
    ]  # fmt: skip


async def _leaks(
    app: Litestar, client: httpx.AsyncClient, values: dict[str, list[str]], below: str = PAGES
) -> set[tuple[str, str]]:
    """Name and path of every GET whose answer holds a canary."""
    found = set()
    for name, template, _ in _routes(app, "GET"):
        if not template.startswith(below):
            continue
        for path in _filled(template, values):
            answer = await client.get(path)
            assert answer.status_code < 500, (name, path)
            if told := _canaries(answer.text):
                found.add((name, f"{path} {told}"))
    return found


def _routes(app: Litestar, method: str) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith("/static"):
            for handler in route.route_handlers:
                if method in {str(getattr(one, "value", one)) for one in handler.http_methods} and handler.name:
                    yield handler.name, re.sub(r":\w+}", "}", route.path), handler


def _filled(template: str, values: dict[str, list[str]]) -> list[str]:
    paths = [template]
    for parameter in re.findall(r"{(\w+)}", template):
        assert parameter in values, f"tests/directory/test_confidential.py cannot open {template}: what is {parameter}?"
        paths = [path.replace(f"{{{parameter}}}", value) for path in paths for value in values[parameter]]
    return paths


def _canaries(said: str) -> list[str]:
    return [one for one in CANARIES if one.lower() in said.lower()]


def _unpacked(path: Path) -> str:
    """All that a file holds, archives and compressed ones read through."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return raw.decode("utf-8", "replace")
