"""The gazetteer's file, and the table it is loaded into."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from geoalchemy2 import WKTElement
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.kit.geo import LatLon
from referrals.kit.settings import seed_home
from referrals.places.answers import Found
from referrals.places.load import load, read
from referrals.places.models import Place
from referrals.places.queries import aliases, by_code, load_index
from tests.databases import Databases


def test_the_file_knows_every_commune_and_where_it_is() -> None:
    places = list(read(seed_home() / "gazetteer" / "places.csv"))
    codes = {place.code for place in places}
    communes = [place for place in places if place.kind == "commune"]
    assert len(codes) == len(places)
    assert len(communes) == 34_963
    assert sum(place.approximate for place in communes) < 60
    assert Counter(place.country for place in places if place.kind == "town").keys() == {"GB", "CA", "US"}
    assert all(f"FR-E{place.epci}" in codes for place in communes if place.epci)
    assert {code for _, code in aliases()} <= codes


async def test_a_second_load_does_nothing(session: AsyncSession, few_places: Path) -> None:
    assert await load(session, few_places) == 45
    assert await load(session, few_places) == 0
    assert await session.scalar(select(func.count()).select_from(Place)) == 45


@pytest.fixture
def database_of_its_own(databases: Databases, tmp_path: Path) -> AsyncEngine:
    """For what is committed."""
    return databases.filled("twice", _nothing, tmp_path)


async def _nothing(session: AsyncSession, _: Path) -> None:
    """The schema alone."""


async def test_of_two_processes_that_load_at_once_the_second_waits_and_finds_it_done(
    database_of_its_own: AsyncEngine, few_places: Path
) -> None:
    async def one() -> int:
        async with AsyncSession(database_of_its_own) as session, session.begin():
            return await load(session, few_places)

    assert sorted(await asyncio.gather(one(), one())) == [0, 45]


@pytest.fixture
def two_places(few_places: Path, tmp_path: Path) -> Path:
    shorter = tmp_path / "places.csv"
    shorter.write_text("".join(few_places.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    return shorter


async def test_another_version_replaces_all(session: AsyncSession, few_places: Path, two_places: Path) -> None:
    await load(session, few_places)
    assert await load(session, two_places) == 2
    assert await session.scalar(select(func.count()).select_from(Place)) == 2


async def test_a_loaded_place_is_a_point_on_the_earth(session: AsyncSession, few_places: Path) -> None:
    await load(session, few_places)
    lyon = await by_code(session, "FR-69123")
    assert lyon is not None
    west = WKTElement(LatLon(lyon.latitude, lyon.longitude - 1).wkt(), srid=4326)
    metres = await session.scalar(select(func.ST_Distance(Place.point, west)).where(Place.code == lyon.code))
    assert metres == pytest.approx(77_800, rel=0.01)
    assert (lyon.folded, lyon.approximate, len(lyon.postcodes)) == ("lyon", False, 9)


async def test_the_table_makes_an_index(session: AsyncSession, few_places: Path) -> None:
    await load(session, few_places)
    index = await load_index(session)
    answer = index.find("Lyon 3ème")
    assert len(index) == 45
    assert isinstance(answer, Found)
    assert answer.place.insee == "69383"
