"""Loads the gazetteer's file into its table, once for each version of the file."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice
from pathlib import Path
from sys import intern

from psycopg import AsyncConnection
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.geo import LatLon
from referrals.kit.loaded import digest_of, loaded_digest, loaded_meanwhile, remember
from referrals.kit.settings import seed_home
from referrals.kit.text import fold
from referrals.places.entry import Entry
from referrals.places.models import Place

FILE = "gazetteer/places.csv"
_COPY = """
    COPY place (code, name, folded, kind, country, region, department, epci, postcodes, population,
                latitude, longitude, point, precision) FROM STDIN (FORMAT csv)
"""
_BATCH = 5000
_COLUMNS = [
    "code", "name", "kind", "country", "region", "department", "epci", "postcodes", "population",
    "latitude", "longitude", "precision",
]  # fmt: skip


async def load(session: AsyncSession, path: Path | None = None) -> int:
    """Make the table say what the file says; how many places were written: 0 when it does already.

    Readers see the old places until the transaction ends. Indexes that processes hold in memory are theirs to renew.
    """
    path = path or seed_home() / FILE
    digest = digest_of(path)
    if await loaded_digest(session, FILE) == digest or await loaded_meanwhile(session, FILE) == digest:
        return 0
    await session.execute(delete(Place))
    written = await _copy(session, read(path))
    await remember(session, FILE, digest)
    return written


def read(path: Path) -> Iterator[Entry]:
    """The places of a file, in its order. Raises ValueError where it is not such a file."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        if next(lines, None) != _COLUMNS:
            raise ValueError(f"{path} is not a list of places")
        for code, name, kind, country, region, department, epci, postcodes, population, lat, lon, precision in lines:
            yield Entry(
                code, name, intern(kind), intern(country), intern(region), intern(department), intern(epci),
                tuple(postcodes.split(";")) if postcodes else (), int(population), LatLon(float(lat), float(lon)),
                intern(precision),
            )  # fmt: skip


async def _copy(session: AsyncSession, places: Iterable[Entry]) -> int:
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, AsyncConnection)
    rows = iter(places)
    async with connection.cursor() as cursor:
        async with cursor.copy(_COPY) as copy:
            while batch := list(islice(rows, _BATCH)):
                await copy.write(_lines(batch))
        return cursor.rowcount


def _lines(places: Iterable[Entry]) -> str:
    """In the order of `_COPY`; an empty field is NULL, and so it may be where the table allows it."""
    text = StringIO()
    writer = csv.writer(text)
    for place in places:
        postcodes = "{" + ",".join(place.postcodes) + "}"
        writer.writerow((
            place.code, place.name, fold(place.name), place.kind, place.country, place.region, place.department,
            place.epci, postcodes, place.population, place.at.lat, place.at.lon, f"SRID=4326;{place.at.wkt()}",
            place.precision,
        ))  # fmt: skip
    return text.getvalue()
