"""Circles of parents and points that contradict their address: found among all the records of a package."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Location, Organization
from referrals.exchange import reasons
from referrals.exchange.actions import import_directory
from referrals.exchange.cycles import loops
from referrals.places.models import Place
from tests.conftest import NOW
from tests.exchange.packages import service

A, B, C, D = (UUID(int=number) for number in range(1, 5))


def _town(code: str, country: str, latitude: float, longitude: float) -> Place:
    return Place(
        code=code, name=code, folded=code.lower(), kind="town", country=country, region=None, postcodes=[], population=9,
        latitude=latitude, longitude=longitude, point=f"SRID=4326;POINT({longitude} {latitude})", precision="exact",
    )  # fmt: skip


def _at(key: str, latitude: float, longitude: float, country: str | None = "FR") -> dict[str, Any]:
    address = {"id": key, "address_1": "1", "city": "x", "country": country}
    return {"id": key, "location": {
        "id": key, "name": key, "location_type": "physical", "latitude": latitude, "longitude": longitude, "addresses": [address],
    }}  # fmt: skip


@pytest.mark.parametrize(
    ("parents", "cut"),
    [
        ({A: A}, [A]),
        ({A: B, B: C}, []),
        ({A: B, B: C, C: A}, [A]),
        ({D: C, C: B, B: C}, [B]),
        ({A: B, B: A, C: D, D: C}, [A, C]),
        ({}, []),
    ],
)
def test_each_circle_is_cut_once(parents: dict[UUID, UUID], cut: list[UUID]) -> None:
    assert list(loops(parents)) == cut


async def test_organizations_that_are_each_others_parents_come_in_cut(session: AsyncSession, tmp_path: Path) -> None:
    ring = [
        {
            "id": str(id),
            "name": f"Ring {id.int}",
            "description": "",
            "legal_status": "x",
            "parent_organization_id": str(parent),
        }
        for id, parent in ((A, B), (B, A), (C, C))
    ]
    (tmp_path / "organization_list.json").write_text(json.dumps(ring))
    report = await import_directory(session, tmp_path, NOW)
    assert {(one.id, one.field, one.reason) for one in report.unreadable} == {
        (str(A), "parent_organization_id", reasons.LOOP), (str(C), "parent_organization_id", reasons.LOOP),
    }  # fmt: skip
    parents = dict((await session.execute(select(Organization.id, Organization.parent_organization_id))).all())
    assert parents == {A: None, B: A, C: None}


async def test_points_are_put_right_only_where_the_address_is_certain(session: AsyncSession, tmp_path: Path) -> None:
    session.add_all([_town("Lyon", "FR", 45.76, 4.83), _town("Miami", "US", 25.77, -80.19)])
    await session.flush()
    spots = [
        _at("right", 45.7, 4.8), _at("swapped", 4.8, 45.7), _at("far", 10.0, 10.0), _at("no-country", 4.8, 45.7, None),
        _at("swapped-us", -80.2, 25.8, "US"), _at("impossible", 120.0, 4.8),
    ]  # fmt: skip
    (tmp_path / "directory.json").write_text(json.dumps([service(service_at_locations=spots)]))
    report = await import_directory(session, tmp_path, NOW)
    rows = await session.execute(select(Location.source_key, Location.latitude, Location.longitude))
    assert {key: (latitude, longitude) for key, latitude, longitude in rows} == {
        "right": (45.7, 4.8), "swapped": (45.7, 4.8), "far": (10.0, 10.0), "no-country": (4.8, 45.7),
        "swapped-us": (25.8, -80.2), "impossible": (None, None),
    }  # fmt: skip
    assert {(one.id, one.reason) for one in report.repairs} == {
        ("swapped", reasons.SWAPPED), ("swapped-us", reasons.SWAPPED), ("far", reasons.FAR_AWAY % {"country": "FR"}),
    }  # fmt: skip
    assert {(one.id, one.field, one.reason) for one in report.unreadable} == {
        ("impossible", "latitude", reasons.NOT_LATITUDE), ("impossible", "longitude", reasons.HALF_A_POINT),
    }  # fmt: skip
