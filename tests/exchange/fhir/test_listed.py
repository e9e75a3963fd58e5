"""The directory as FHIR: anybody reads it, what is confidential stays so, and the server says what it really does."""

from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.directory import listings
from referrals.directory.duplicates.merging import merge, undo
from referrals.directory.duplicates.records import Entity
from referrals.directory.models import Organization, Service
from referrals.exchange.fhir.capability import interactions
from referrals.exchange.fhir.parameters import KINDS, PUBLIC
from tests.conftest import NOW
from tests.exchange.export_world import HIDDEN_STREET
from tests.exchange.fhir.conftest import Town
from tests.exchange.fhir.valid import REQUIRED, problems
from tests.factories import account, acting, organization, service

Client = httpx.AsyncClient


async def test_all_that_is_listed_is_valid_and_has_what_the_profiles_require(client: Client, town: Town) -> None:
    for kind in PUBLIC:
        for language in ("en", "fr"):
            answer = await client.get(f"/fhir/{kind}", headers={"Accept-Language": language})
            assert answer.headers["content-language"] == language
            assert not problems(answer.json()), kind
            for entry in answer.json()["entry"]:
                one = await client.get(f"/fhir/{kind}/{entry['resource']['id']}", headers={"Accept-Language": language})
                assert one.json() == entry["resource"]
    assert set(PUBLIC) < REQUIRED.keys()


async def test_of_a_confidential_place_only_its_area_is_told(client: Client, town: Town) -> None:
    told = await client.get("/fhir/Location")
    hidden = [one["resource"] for one in told.json()["entry"] if "not public" in one["resource"]["name"]]
    assert len(hidden) == 1
    assert hidden[0].keys() == {"resourceType", "id", "meta", "status", "mode", "name", "address"}
    assert hidden[0]["address"].keys() <= {"use", "type", "city", "district", "state", "postalCode", "country"}
    for kind in PUBLIC:
        text = (await client.get(f"/fhir/{kind}")).text
        for canary in (HIDDEN_STREET, "Secret", "4.8777", "porte bleue"):
            assert canary not in text, (kind, canary)


async def test_searches_of_the_directory_narrow_and_follow(client: Client, town: Town) -> None:
    async def found(path: str) -> list[str]:
        answer = await client.get(f"/fhir/{path}", headers={"Accept-Language": "fr"})
        assert answer.status_code == 200, answer.text
        return [entry["resource"]["name"] for entry in answer.json().get("entry", ())]

    assert await found("HealthcareService?name=kine") == ["Kiné du port"]
    assert await found("HealthcareService?name=port") == []
    assert await found("HealthcareService?name:contains=PORT") == ["Kiné du port"]
    assert await found("Organization?name=le%20h%C3%A9ron") == ["Le Héron"]
    assert await found("Organization?name=%25") == []
    assert len(await found(f"HealthcareService?organization=Organization/{town.receiver_id}")) == 2
    assert await found("HealthcareService?_lastUpdated=lt2020-01-01") == []
    first = (await client.get("/fhir/Organization?_count=3&_total=accurate")).json()
    assert first["total"] == 4
    following = next(link["url"] for link in first["link"] if link["relation"] == "next")
    second = (await client.get(following.removeprefix("http://relais.test"))).json()
    assert len({entry["resource"]["id"] for page in (first, second) for entry in page["entry"]}) == 4
    assert "next" not in {link["relation"] for link in second["link"]}


async def test_whoever_has_it_already_is_told_no_more(client: Client, town: Town) -> None:
    path = f"/fhir/HealthcareService/{town.physio.id}"
    mark = (await client.get(path)).headers["ETag"]
    again = await client.get(path, headers={"If-None-Match": mark})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_capabilities_are_those_that_answer(client: Client, town: Town, app: Litestar) -> None:
    told = (await client.get("/fhir/metadata")).json()
    assert not problems(told)
    assert told["fhirVersion"] == "4.0.1"
    said = {one["type"]: {how["code"] for how in one["interaction"]} for one in told["rest"][0]["resource"]}
    assert said == {kind: set(done) for kind, done in interactions(app).items()}
    assert said["Task"] == {"read", "search-type", "update", "patch"}
    assert all(said[kind] == {"read", "search-type"} for kind in KINDS if kind != "Task")
    for kind in KINDS:
        for method, how in (("PUT", "update"), ("PATCH", "patch"), ("DELETE", "delete")):
            answer = await client.request(method, f"/fhir/{kind}/1", headers=town.headers("receiver"))
            assert (answer.status_code == 405) == (how not in said[kind]), (kind, method)
            assert not problems(answer.json())


@pytest.mark.parametrize("entity", ["HealthcareService", "Organization"])
async def test_what_was_merged_is_read_where_it_stands_now_and_what_is_withdrawn_is_gone(
    client: httpx.AsyncClient, session: AsyncSession, town: Town, entity: str
) -> None:
    mine = Entity.SERVICE if entity == "HealthcareService" else Entity.ORGANIZATION
    body = await organization(session, "Harbour Trust")
    made = [
        await service(session, "Advice", by=body) if mine is Entity.SERVICE else await organization(session, "Twin")
        for _ in "ab"
    ]
    kept, dropped = (one.id for one in made)
    curator = await acting(session, await account(session, Role.CURATOR))
    done = await merge(session, mine, kept, dropped, {}, curator, NOW)
    await session.commit()
    moved = await client.get(f"/fhir/{entity}/{dropped}")
    assert (moved.status_code, moved.headers["location"]) == (301, f"http://relais.test/fhir/{entity}/{kept}")
    assert moved.json()["resourceType"] == "OperationOutcome"
    assert str(kept) in moved.json()["issue"][0]["diagnostics"]
    assert (await client.get(f"/fhir/{entity}/{kept}")).json()["id"] == str(kept)
    await undo(session, done.id, curator, NOW)
    await session.commit()
    assert (await client.get(f"/fhir/{entity}/{dropped}")).json()["id"] == str(dropped)
    table: type[Service] | type[Organization] = Service if mine is Entity.SERVICE else Organization
    await session.execute(update(table).where(table.id == dropped).values(gone_at=NOW))
    await listings.refresh(session, [dropped] if mine is Entity.SERVICE else [], NOW)
    await session.commit()
    gone = await client.get(f"/fhir/{entity}/{dropped}")
    assert (gone.status_code, gone.json()["issue"][0]["code"]) == (410, "deleted")
    assert (await client.get(f"/fhir/{entity}/{uuid4()}")).status_code == 404
