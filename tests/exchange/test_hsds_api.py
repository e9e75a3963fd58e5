"""The public interface: what it answers, what it refuses, and what stays true while the directory changes."""

import gzip
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from referrals.directory import listings
from referrals.directory.models import (
    Attribute,
    Listing,
    Location,
    Merge,
    MergedInto,
    Organization,
    Service,
    ServiceAtLocation,
)
from referrals.exchange.hsds.parameters import ENDPOINTS, PARAMETERS
from referrals.places import load as places
from referrals.taxonomy.models import Taxonomy, Term
from tests.conftest import NOW, Clock
from tests.statements import counted

LISTS = tuple(ENDPOINTS)
Json = dict[str, Any]


@pytest.fixture(scope="session")
def engine(small_directory: AsyncEngine) -> AsyncEngine:
    return small_directory


async def ask(client: httpx.AsyncClient, path: str, **params: Any) -> Json:
    answer = await client.get(f"/hsds{path}", params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def names(client: httpx.AsyncClient, path: str, **params: Any) -> set[str]:
    return {one["name"] for one in (await ask(client, path, **params))["contents"]}


async def term_id(session: AsyncSession, taxonomy: str, code: str) -> str:
    found = await session.scalar(
        select(Term.id).join(Taxonomy, Taxonomy.id == Term.taxonomy_id).where(Taxonomy.name == taxonomy, Term.code == code)
    )  # fmt: skip
    return str(found)


async def more_services(session: AsyncSession, count: int, *, start: int = 0) -> list[UUID]:
    """Copies of the first service, first seen a minute after each other."""
    owner = await session.scalar(select(Organization.id).where(Organization.name == "Le Héron"))
    assert owner is not None
    made = []
    for number in range(start, start + count):
        one = Service(
            organization_id=owner,
            name=f"Copy {number}",
            first_seen_at=NOW + timedelta(minutes=1 + number),
            translations={},
        )
        session.add(one)
        await session.flush()
        columns = ", ".join(c.name for c in Listing.__table__.columns if c.name != "service_id")
        await session.execute(
            text(f"INSERT INTO listing (service_id, {columns}) SELECT :id, {columns} FROM listing LIMIT 1"),  # noqa: S608  # a table's own columns
            {"id": one.id},
        )
        made.append(one.id)
    return made


async def test_the_root_says_what_this_is(reader: httpx.AsyncClient) -> None:
    assert await ask(reader, "") == {
        "version": "3.1",
        "profile": "http://relais.test/hsds/profile",
        "openapi_url": "http://relais.test/hsds/openapi.json",
    }


async def test_every_list_has_the_whole_envelope_and_its_records_can_be_opened(reader: httpx.AsyncClient) -> None:
    for name in LISTS:
        page = await ask(reader, f"/{name}", per_page=1)
        assert list(page) == [
            "total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents",
        ]  # fmt: skip
        assert (page["size"], page["first_page"], page["empty"]) == (1, True, False)
        assert page["total_pages"] == page["total_items"]
        (record,) = page["contents"]
        whole = await ask(reader, f"/{name}/{record['id']}")
        plain = {key: value for key, value in record.items() if not isinstance(value, dict) or key == "translations"}
        assert plain.items() <= whole.items()


async def test_a_page_behind_the_last_is_empty_and_says_so(reader: httpx.AsyncClient) -> None:
    for name in LISTS:
        page = await ask(reader, f"/{name}", page=1000)
        assert (page["size"], page["first_page"], page["last_page"], page["empty"], page["contents"]) == (
            0, False, True, True, [],
        )  # fmt: skip
        assert page["total_items"] > 0


async def test_a_question_in_a_body_has_the_same_answer(reader: httpx.AsyncClient) -> None:
    for name in LISTS:
        asked = {"per_page": 2, "page": 1}
        told = await reader.post(f"/hsds/{name}", json=asked)
        assert told.status_code == 200
        assert told.json() == await ask(reader, f"/{name}", **asked)
        assert (await reader.post(f"/hsds/{name}")).json() == await ask(reader, f"/{name}")


async def test_a_list_names_all_the_ways_to_ask_it(reader: httpx.AsyncClient) -> None:
    answer = await reader.request("OPTIONS", "/hsds/services")
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    one = await reader.request("OPTIONS", "/hsds/services/x")
    assert "POST" not in one.headers["Allow"]


async def test_a_stream_has_every_record_once_a_line_each(reader: httpx.AsyncClient) -> None:
    for name in LISTS:
        page = await ask(reader, f"/{name}", per_page=1000)
        answer = await reader.get(f"/hsds/{name}", params={"format": "ndjson", "per_page": 1})
        assert answer.headers["Content-Type"].startswith("application/x-ndjson")
        assert [json.loads(line) for line in answer.text.splitlines()] == page["contents"]


async def test_a_stream_reads_the_database_little_by_little(
    client: httpx.AsyncClient, session: AsyncSession, connection: AsyncConnection
) -> None:
    await more_services(session, 120)
    cursors: list[str] = []

    def note(_: Any, cursor: Any, statement: str, *__: Any) -> None:
        if "page" in statement:
            cursors.append(type(cursor).__name__)

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    answer = await client.get("/hsds/services", params={"format": "ndjson"})
    assert len(answer.text.splitlines()) == 122
    assert cursors == ["AsyncAdapt_psycopg_ss_cursor"]


async def test_filters_hold_together(client: httpx.AsyncClient, session: AsyncSession) -> None:
    physio = await term_id(session, "need", "physiotherapy")
    refuge = await term_id(session, "need", "domestic-violence-refuge")
    heron = str(await session.scalar(select(Organization.id).where(Organization.name == "Le Héron")))
    assert await names(client, "/services", taxonomy_term_id=physio) == {"Kiné du port"}
    assert await names(client, "/services", taxonomy_term_id=physio, organization_id=heron) == {"Kiné du port"}
    assert await names(client, "/services", taxonomy_term_id=physio, organization_id=str(uuid4())) == set()
    assert await names(client, "/services", taxonomy_term_id=refuge, search="genoux") == set()
    need = str(await session.scalar(select(Taxonomy.id).where(Taxonomy.name == "need")))
    assert await names(client, "/services", taxonomy_id=need) == {"Kiné du port", "Refuge du Héron"}
    assert await names(client, "/services", taxonomy_id=need, search="toit") == {"Refuge du Héron"}
    assert await names(client, "/organizations", taxonomy_term_id=physio) == {"Le Héron"}
    found = await ask(client, "/service_at_locations", taxonomy_term_id=physio, organization_id=heron)
    assert [one["service"]["name"] for one in found["contents"]] == ["Kiné du port"]


WORDS: dict[str, set[str]] = {
    "genoux": {"Kiné du port"},
    "KINE": {"Kiné du port"},
    "knees shoulders": {"Kiné du port"},
    "knees roof": set(),
    "knees or roof": {"Kiné du port", "Refuge du Héron"},
    "toit -nuit": set(),
    '"for the night"': {"Refuge du Héron"},
    "maison": {"Kiné du port", "Refuge du Héron"},  # only in the organization's text
    "'); drop": set(),
}


async def test_words_are_found_in_every_language_with_or_without_accents(reader: httpx.AsyncClient) -> None:
    for words, found in WORDS.items():
        assert await names(reader, "/services", search=words) == found, words


async def test_terms_by_taxonomy_parent_and_top(client: httpx.AsyncClient, session: AsyncSession) -> None:
    need = str(await session.scalar(select(Taxonomy.id).where(Taxonomy.name == "need")))
    heading = await term_id(session, "need", "health")
    below = await ask(client, "/taxonomy_terms", parent_id=heading, per_page=1000)
    assert below["total_items"] > 1
    assert {one["parent_id"] for one in below["contents"]} == {heading}
    top = await ask(client, "/taxonomy_terms", taxonomy_id=need, top_only="true", per_page=1000)
    assert heading in {one["id"] for one in top["contents"]}
    assert all("parent_id" not in one and one["taxonomy"] == "need" for one in top["contents"])
    assert (await ask(client, "/taxonomy_terms", top_only="true", parent_id=heading))["empty"]
    assert await names(client, "/taxonomies", search="audience") == {"audience"}


async def test_minimal_is_ids_and_dates_alone_all_on_one_page(client: httpx.AsyncClient, session: AsyncSession) -> None:
    await more_services(session, 60)
    page = await ask(client, "/services", minimal="true")
    assert (page["size"], page["total_pages"]) == (62, 1)
    assert all(set(one) == {"id", "modified_date"} for one in page["contents"])


async def test_modified_after_is_what_a_harvester_needs(client: httpx.AsyncClient, session: AsyncSession) -> None:
    page = await ask(client, "/services", minimal="true")
    first = min(one["modified_date"] for one in page["contents"])
    assert (await ask(client, "/services", modified_after=first))["total_items"] == 2
    later = (NOW + timedelta(hours=1)).isoformat()
    assert (await ask(client, "/services", modified_after=later))["empty"]
    changed = await session.scalar(select(Service).where(Service.name == "Kiné du port"))
    assert changed is not None
    changed.last_modified = NOW + timedelta(hours=2)
    await session.flush()
    assert await names(client, "/services", modified_after=later) == {"Kiné du port"}
    assert (await ask(client, "/service_at_locations", modified_after=later))["total_items"] == 1


async def test_full_lists_have_all_that_hangs_on_each_record(reader: httpx.AsyncClient) -> None:
    services = {one["name"]: one for one in (await ask(reader, "/services", full="true"))["contents"]}
    physio = services["Kiné du port"]
    assert {"phones", "schedules", "service_areas", "languages", "attributes", "capacities"} - physio.keys() <= {
        "phones"
    }
    assert physio["organization"]["name"] == "Le Héron"
    found = (await ask(reader, "/organizations", full="true"))["contents"]
    heron = next(one for one in found if one["name"] == "Le Héron")
    assert [sorted(one) for one in heron["services"]] == [["id", "name", "status"]] * 2
    found = (await ask(reader, "/organizations", full_service="true"))["contents"]
    heron = next(one for one in found if one["name"] == "Le Héron")
    assert {"attributes", "service_at_locations"} <= heron["services"][0].keys()
    one = await ask(reader, f"/organizations/{heron['id']}", full_service="true")
    assert one == heron
    places_there = (await ask(reader, "/service_at_locations", full="true"))["contents"]
    assert all("attributes" in one["service"] for one in places_there)


async def test_near_a_postcode_with_the_areas_that_services_state(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    """The physiotherapist serves 69 and is 3 km from the middle of 69003; the shelter states no area and tells no place."""
    await places.load(session)

    async def near(**params: Any) -> set[str]:
        return {one["service"]["name"] for one in (await ask(client, "/service_at_locations", **params))["contents"]}

    assert await near(postcode="69007") == {"Kiné du port", "Refuge du Héron"}
    assert await near(postcode="75011") == {"Refuge du Héron"}
    assert await near(postcode="69003", proximity=20_000) == {"Kiné du port"}
    assert await near(postcode="69003", proximity=10) == set()
    assert await near(postcode="ZZ99", proximity=500_000) == set()
    assert await near(proximity=500_000) == set()
    twin = await client.post("/hsds/service_at_locations", json={"postcode": "ZZ99", "proximity": 10})
    assert (twin.status_code, twin.json()["empty"], twin.json()["total_items"]) == (200, True, 0)
    lines = await client.get("/hsds/service_at_locations", params={"proximity": 10, "format": "ndjson"})
    assert (lines.status_code, lines.text) == (200, "")


async def test_pages_do_not_move_while_records_are_added(client: httpx.AsyncClient, session: AsyncSession) -> None:
    await more_services(session, 10)
    before = [one["id"] for one in (await ask(client, "/services", per_page=1000))["contents"]]
    read: list[str] = []
    for number in range(1, 4):
        page = await ask(client, "/services", per_page=4, page=number)
        read += [one["id"] for one in page["contents"]]
        await more_services(session, 1, start=10 + number)
    assert read == before
    assert (await ask(client, "/services", per_page=4))["total_items"] == 15


async def _leave(session: AsyncSession, id: str | UUID, how: str, at: datetime) -> None:
    one = await session.get_one(Service, id if isinstance(id, UUID) else UUID(id))
    if how == "gone":
        one.gone_at = at
    elif how == "its mark":
        marks = update(Attribute).where(Attribute.link_id == one.id).values(gone_at=at)
        await session.execute(marks)
    else:
        one.status = "defunct"
        await listings.refresh(session, [one.id], at)
    await session.flush()


async def _marked(session: AsyncSession, ids: Sequence[UUID], code: str) -> str:
    """These services are for that need. The term's id."""
    term = await term_id(session, "need", code)
    for id in ids:
        session.add(Attribute(link_id=id, link_entity="service", taxonomy_term_id=UUID(term)))
    await session.flush()
    return term


@pytest.mark.parametrize("how", ["gone", "withdrawn", "its mark"])
async def test_what_leaves_hides_no_neighbour_from_whoever_reads_by_numbers(
    client: httpx.AsyncClient, session: AsyncSession, clock: Clock, how: str
) -> None:
    made = await more_services(session, 12)
    term = await _marked(session, made, "debt-advice")
    asked: dict[str, Any] = {"taxonomy_term_id": term} if how == "its mark" else {}
    before = [one["id"] for one in (await ask(client, "/services", **asked, per_page=1000))["contents"]]
    read: list[str] = []
    left: list[str] = []
    for number in range(1, len(before) // 4 + 1):
        page = await ask(client, "/services", **asked, per_page=4, page=number)
        assert page["total_items"] == len(before) - len(left)
        assert page["total_pages"] == -(-len(before) // 4)
        read += [one["id"] for one in page["contents"]]
        left.append(read[-2])
        await _leave(session, left[-1], how, clock.now)
    rest = await ask(client, "/services", **asked, per_page=4, page=len(before) // 4 + 1)
    assert read + [one["id"] for one in rest["contents"]] == before
    await _leave(session, read[-1], how, clock.now)
    shorter = await ask(client, "/services", **asked, per_page=4, page=len(before) // 4)
    assert (shorter["size"], shorter["first_page"], shorter["empty"]) == (2, False, False)
    clock.now += timedelta(days=1)
    closed = await ask(client, "/services", **asked, per_page=4)
    assert closed["size"] == 4
    assert not set(left) & {one["id"] for one in closed["contents"]}
    assert closed["total_pages"] == -(-closed["total_items"] // 4)


@pytest.mark.parametrize("form", [{}, {"minimal": "true"}, {"full": "true"}])
async def test_the_next_page_begins_behind_the_last_record_whatever_happens_meanwhile(
    client: httpx.AsyncClient, session: AsyncSession, clock: Clock, form: dict[str, str]
) -> None:
    await more_services(session, 10)
    before = [one["id"] for one in (await ask(client, "/services", per_page=1000))["contents"]]
    read: list[str] = []
    address, number = "/hsds/services?" + urlencode({**form, "per_page": 4}), 0
    while address:
        answer = await client.get(address)
        page, number = answer.json(), number + 1
        assert (page["page_number"], page["first_page"]) == (number, number == 1)
        read += [one["id"] for one in page["contents"]]
        link = answer.headers.get("Link", "")
        assert page["last_page"] is not bool(link)
        address = link.removesuffix('>; rel="next"').removeprefix("<")
        await _leave(session, read[-2], "gone", clock.now)
        clock.now += timedelta(days=1)
    assert read == before


@pytest.mark.parametrize("name", LISTS)
async def test_every_list_can_be_read_to_its_end_by_its_links(reader: httpx.AsyncClient, name: str) -> None:
    whole = await ask(reader, f"/{name}", per_page=1000)
    read: list[str] = []
    address = f"/hsds/{name}?per_page=7"
    while address:
        answer = await reader.get(address)
        read += [one["id"] for one in answer.json()["contents"]]
        address = answer.headers.get("Link", "").removesuffix('>; rel="next"').removeprefix("<")
    assert read == [one["id"] for one in whole["contents"]]


async def test_a_seat_that_is_none_is_refused(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/hsds/services", params={"after": "yesterday"}, headers={"Accept-Language": "fr"})
    assert answer.status_code == 400
    assert "Link" in answer.json()["detail"]
    behind_all = await ask(reader, "/services", after=f"9999999999999999,{uuid4()}")
    assert (behind_all["empty"], behind_all["last_page"]) == (True, True)


async def test_what_somebody_has_already_is_not_sent_again(client: httpx.AsyncClient, session: AsyncSession) -> None:
    first = await client.get("/hsds/services")
    mark = first.headers["ETag"]
    again = await client.get("/hsds/services", headers={"If-None-Match": f'"other", {mark}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", mark)
    await more_services(session, 1)
    changed = await client.get("/hsds/services", headers={"If-None-Match": mark})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != mark


@pytest.mark.parametrize("form", ["json", "ndjson"])
async def test_answers_travel_packed(reader: httpx.AsyncClient, form: str) -> None:
    plain = await reader.get("/hsds/services", params={"format": form}, headers={"Accept-Encoding": "identity"})
    async with reader.stream(
        "GET", "/hsds/services", params={"format": form}, headers={"Accept-Encoding": "gzip"}
    ) as answer:
        packed = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain.content


async def test_anybodys_page_may_read_it_and_asks_again_before_it_shows_it(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/hsds/services")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in answer.headers


async def test_a_merged_record_leads_to_the_one_that_was_kept(client: httpx.AsyncClient, session: AsyncSession) -> None:
    kept = await session.scalar(select(Service.id).where(Service.name == "Kiné du port"))
    old = uuid4()
    columns = {column.name for column in Merge.__table__.columns}
    assert "id" in columns
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    session.add(MergedInto(old_id=old, entity="service", kept_id=kept, merge_id=uuid4()))
    await session.flush()
    answer = await client.get(f"/hsds/services/{old}")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"/hsds/services/{kept}")
    assert (await client.get(f"/hsds/organizations/{old}")).status_code == 404


async def test_what_is_gone_or_withdrawn_is_nowhere(client: httpx.AsyncClient, session: AsyncSession) -> None:
    gone = (await session.scalars(select(Service).where(Service.name == "Kiné du port"))).one()
    at = (await session.scalars(select(ServiceAtLocation).where(ServiceAtLocation.service_id == gone.id))).one()
    listing = await session.get_one(Listing, gone.id)
    for hide in ("gone", "withdrawn"):
        gone.gone_at = NOW if hide == "gone" else None
        listing.published = hide == "gone"
        await session.flush()
        assert (await client.get(f"/hsds/services/{gone.id}")).status_code == 404
        assert (await client.get(f"/hsds/service_at_locations/{at.id}")).status_code == 404
        for path in ("services", "service_at_locations", "organizations"):
            for params in ({}, {"full": "true"}, {"format": "ndjson"}):
                answer = await client.get(f"/hsds/{path}", params=params)
                assert str(gone.id) not in answer.text


async def test_a_page_costs_a_handful_of_statements_however_long_it_is(
    client: httpx.AsyncClient, session: AsyncSession, connection: AsyncConnection
) -> None:
    async def cost(**params: Any) -> int:
        async with counted(connection) as asked:
            await ask(client, "/services", **params)
        return len(asked)

    await more_services(session, 40)
    few = await cost(per_page=4), await cost(per_page=4, full="true")
    many = await cost(per_page=40), await cost(per_page=40, full="true")
    assert few[0] == many[0] <= 4
    assert many[1] <= few[1] + 4  # one more for each kind of record that only some of the others name


@pytest.fixture
async def document(client: httpx.AsyncClient) -> Json:
    return await ask(client, "/openapi.json")


async def test_the_document_is_written_from_the_parameters_that_are_read(document: Json) -> None:
    assert document["openapi"] == "3.1.0"
    for endpoint in ENDPOINTS.values():
        path = document["paths"][f"/{endpoint.name}"]
        assert tuple(one["name"] for one in path["get"]["parameters"]) == endpoint.takes
        body = path["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert tuple(body["properties"]) == endpoint.takes
        assert f"/{endpoint.name}/{{id}}" in document["paths"]
    said = {one["name"]: one for path in document["paths"].values() for one in path["get"].get("parameters", [])}
    assert set(said) == {*PARAMETERS, "id"}
    assert said["per_page"]["schema"]["maximum"] == 1000


async def test_the_profile_says_what_we_add(reader: httpx.AsyncClient) -> None:
    profile = await ask(reader, "/profile")
    assert profile["hsds_version"] == "3.1"
    for name, address in profile["patches"].items():
        patch = (await reader.get(address)).json()
        assert set(patch) == {"properties"}, name
    service = (await reader.get(profile["patches"]["service.json"])).json()
    assert set(service["properties"]) == {"easy_text", "language", "translations", "uncounted_capacities"}


async def test_every_field_that_leaves_is_in_the_document(reader: httpx.AsyncClient, document: Json) -> None:
    """Walks the fullest answers beside the schemas: HSDS's names and our profile's, nothing else."""
    schemas = document["components"]["schemas"]

    def walk(schema: Json, value: Any, path: str) -> None:
        schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        if isinstance(value, list):
            for one in value:
                walk(schema["items"], one, path + "[]")
        elif isinstance(value, dict) and "properties" in schema and "additionalProperties" not in schema:
            for key, inner in value.items():
                assert key in schema["properties"], f"{path}.{key}"
                if key != "services":
                    walk(schema["properties"][key], inner, f"{path}.{key}")
            assert set(schema.get("required", ())) <= value.keys(), path

    for endpoint in ENDPOINTS.values():
        for record in (await ask(reader, f"/{endpoint.name}"))["contents"]:
            walk({"$ref": endpoint.entity}, await ask(reader, f"/{endpoint.name}/{record['id']}"), endpoint.name)


async def test_a_place_without_its_organization_names_none(client: httpx.AsyncClient, session: AsyncSession) -> None:
    """A reference to what nobody may see would lead nowhere."""
    owner = Organization(name="Left", translations={}, gone_at=NOW)
    session.add(owner)
    await session.flush()
    location = (await session.scalars(select(Location).where(Location.name == "Port"))).one()
    location.organization_id = owner.id
    await session.flush()
    at = await session.scalar(select(ServiceAtLocation.id).where(ServiceAtLocation.location_id == location.id))
    for told in (
        (await ask(client, f"/service_at_locations/{at}"))["location"],
        next(
            one["location"] for one in (await ask(client, "/service_at_locations"))["contents"] if one["id"] == str(at)
        ),
    ):
        assert "organization_id" not in told
