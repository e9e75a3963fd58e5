"""Places from the table: one by its code, or all of them as an index."""

import csv
from pathlib import Path
from sys import intern

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.geo import LatLon
from referrals.kit.loaded import loaded_digest
from referrals.kit.settings import seed_home
from referrals.places.entry import Entry
from referrals.places.load import FILE
from referrals.places.lookup import PlaceIndex
from referrals.places.models import Place


async def by_code(session: AsyncSession, code: str) -> Place | None:
    return await session.get(Place, code)


async def load_index(session: AsyncSession) -> PlaceIndex:
    """Every place, ready for questions: two seconds or so and 75 MB, so keep it as long as the process lives."""
    return PlaceIndex.load(map(_entry, await session.execute(_EVERYTHING)), aliases())


_EVERYTHING = select(
    Place.code, Place.name, Place.kind, Place.country,
    func.coalesce(Place.region, ""), func.coalesce(Place.department, ""), func.coalesce(Place.epci, ""),
    func.array_to_string(Place.postcodes, ";"), Place.population, Place.latitude, Place.longitude, Place.precision,
)  # fmt: skip


def _entry(row: tuple[str, str, str, str, str, str, str, str, int, float, float, str]) -> Entry:
    """Words that thousands of places share (kinds, countries, areas) are kept once."""
    code, name, kind, country, region, department, epci, postcodes, population, lat, lon, precision = row
    return Entry(
        code, name, intern(kind), intern(country), intern(region), intern(department), intern(epci),
        tuple(postcodes.split(";")) if postcodes else (), population, LatLon(lat, lon), intern(precision),
    )  # fmt: skip


def aliases(path: Path | None = None) -> list[tuple[str, str]]:
    """(other name, code of the place): former communes and short names, from the seed."""
    with (path or seed_home() / "gazetteer" / "aliases.csv").open(encoding="utf-8", newline="") as file:
        return [(line["alias"], line["code"]) for line in csv.DictReader(file)]


_indexes: dict[str, PlaceIndex] = {}
"""The index of this process, by the version of the gazetteer that it was made from."""


async def index(session: AsyncSession) -> PlaceIndex:
    """The index, made on the first question and again when the gazetteer has changed. One look-up by key otherwise."""
    version = await loaded_digest(session, FILE) or ""
    if version not in _indexes:
        fresh = await load_index(session)
        _indexes.clear()
        _indexes[version] = fresh
    return _indexes[version]
