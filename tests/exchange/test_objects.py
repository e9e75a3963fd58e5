"""HSDS objects: lists, pages, one a line, single ones, folders; and our own YAML."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import (
    Attribute,
    Listing,
    ListingPlace,
    Organization,
    Schedule,
    Service,
    ServiceCapacity,
)
from referrals.exchange.actions import import_directory
from referrals.taxonomy.models import Term
from tests.conftest import NOW
from tests.exchange.packages import service

OTHER = "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1b01"


def _list(one: dict[str, Any]) -> str:
    return json.dumps([one])


def _page(one: dict[str, Any]) -> str:
    return json.dumps({"total_items": 1, "contents": [one], "empty": False})


def _lines(one: dict[str, Any]) -> str:
    return (
        json.dumps(one)
        + "\n"
        + json.dumps(one | {"id": OTHER, "attributes": [], "languages": [], "schedules": []})
        + "\n"
    )


@pytest.mark.parametrize(
    ("name", "write"),
    [("directory.json", _list), ("page.json", _page), ("feed.ndjson", _lines), ("service_full.json", json.dumps)],
)
async def test_a_service_comes_in_from_every_form_of_file(
    session: AsyncSession, tmp_path: Path, name: str, write: Any
) -> None:
    (tmp_path / name).write_text(write(service()))
    await import_directory(session, tmp_path / name, NOW)
    listing = await session.get_one(Listing, service()["id"])
    assert listing.needs == ["physiotherapy"]
    assert listing.need_paths == ["health", "physiotherapy"]
    assert listing.languages == ["en"]
    assert listing.slots == [{"days": ["MO", "WE"], "opens": "08:00", "closes": "12:00"}]


async def test_a_term_of_ours_is_known_by_its_code_and_never_copied(session: AsyncSession, tmp_path: Path) -> None:
    (tmp_path / "directory.json").write_text(_list(service()))
    await import_directory(session, tmp_path, NOW)
    linked = (await session.scalars(select(Attribute).where(Attribute.link_id == service()["id"]))).one()
    term = await session.get_one(Term, linked.taxonomy_term_id)
    assert (term.source, term.code) == ("relais", "physiotherapy")
    assert list(await session.scalars(select(Term).where(Term.source != "relais"))) == []


async def test_the_fullest_telling_of_an_organization_counts(session: AsyncSession, tmp_path: Path) -> None:
    fuller = {
        "id": service()["organization"]["id"],
        "name": "The Practice",
        "description": "Since 1994.",
        "website": "https://p.example",
    }
    (tmp_path / "a_services.json").write_text(_list(service()))
    (tmp_path / "organization_list.json").write_text(_page(fuller))
    await import_directory(session, tmp_path, NOW)
    assert (await session.get_one(Organization, fuller["id"])).description == "Since 1994."


async def test_files_that_are_no_records_are_skipped_and_named(session: AsyncSession, tmp_path: Path) -> None:
    (tmp_path / "directory.json").write_text(_list(service()))
    (tmp_path / "settings.json").write_text('{"version": "1"}')
    report = await import_directory(session, tmp_path, NOW)
    assert report.skipped == ["settings.json"]
    assert report.rejected == []


async def test_a_child_without_an_id_keeps_the_same_one_every_time(session: AsyncSession, tmp_path: Path) -> None:
    one = service(phones=[{"number": "01632 960999"}])
    (tmp_path / "directory.json").write_text(_list(one))
    await import_directory(session, tmp_path, NOW)
    again = await import_directory(session, tmp_path, NOW)
    assert (again.created, again.changed) == (0, 0)


async def test_a_confidential_address_has_no_point(session: AsyncSession, tmp_path: Path) -> None:
    hidden = {
        "id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a07",
        "taxonomy_term": {"id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a08", "code": "confidential-address", "name": "x", "taxonomy": "privacy"},
    }  # fmt: skip
    at = {
        "id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a09",
        "location": {
            "id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a10", "location_type": "physical", "latitude": 45.7, "longitude": 4.8,
            "addresses": [{"id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a11", "city": "Rhône", "postal_code": "69", "country": "FR"}],
        },
    }  # fmt: skip
    (tmp_path / "directory.json").write_text(_list(service(attributes=[hidden], service_at_locations=[at])))
    await import_directory(session, tmp_path, NOW)
    place = (await session.scalars(select(ListingPlace).where(ListingPlace.service_id == service()["id"]))).one()
    assert (place.confidential, place.latitude, place.point) == (True, None, None)


YAML = """
language: fr
organizations:
  - key: heron
    name: Le Héron
    description: {fr: "Une maison.", en: "A house."}
services:
  - key: heron-kine
    organization: heron
    name: {fr: "Kiné du port", en: "Harbour physio"}
    description: {fr: "Des genoux.", en: "Knees."}
    needs: [physiotherapy]
    modes: [on-site]
    rule: {all: [{term: women}]}
    hours: ["MO-FR 09:00-12:00", "SA 09:00-11:00"]
    capacity: {status: has-capacity, available: 3, updated_days_ago: 3, wait_days: 10}
    places:
      - {name: Port, address: 1 quai Inventé, postcode: "69003", city: Lyon, department: Rhône, country: FR, insee: "69383"}
  - key: heron-typo
    organization: heron
    name: {fr: "Faute", en: "Typo"}
    description: {fr: "x", en: "x"}
    needs: [kinesitherapy]
"""


async def test_our_own_yaml_takes_the_same_road(session: AsyncSession, tmp_path: Path) -> None:
    (tmp_path / "lyon.yaml").write_text(YAML)
    report = await import_directory(session, tmp_path, NOW)
    assert report.source == "demo"
    kine = (await session.scalars(select(Service).where(Service.source_key == "heron-kine"))).one()
    assert (kine.text("name", "fr"), kine.text("name", "en")) == ("Kiné du port", "Harbour physio")
    listing = await session.get_one(Listing, kine.id)
    assert listing.rule == {"all": [{"term": "women"}]}
    assert (listing.capacity_status, listing.capacity_available, listing.wait_days) == ("has-capacity", 3, 10)
    assert listing.slots[1] == {"days": ["SA"], "opens": "09:00", "closes": "11:00"}
    told = [(one.file, one.line, one.reason) for one in report.rejected]
    assert told == [("lyon.yaml", 19, "need has no code kinesitherapy that a service may carry")]


async def test_the_demo_loaded_on_another_day_is_still_the_same(session: AsyncSession, tmp_path: Path) -> None:
    (tmp_path / "lyon.yaml").write_text(YAML)
    await import_directory(session, tmp_path, NOW)
    later = await import_directory(session, tmp_path, NOW.replace(day=28))
    assert (later.created, later.changed) == (0, 0)
    room = (await session.scalars(select(ServiceCapacity))).one()
    assert room.updated is not None
    assert room.updated.date().isoformat() == "2026-11-20"


async def test_opening_hours_of_yaml_are_weekly_schedules(session: AsyncSession, tmp_path: Path) -> None:
    (tmp_path / "lyon.yaml").write_text(YAML)
    await import_directory(session, tmp_path, NOW)
    days = await session.scalars(select(Schedule.byday).order_by(Schedule.byday))
    assert list(days) == ["MO,TU,WE,TH,FR", "SA"]
