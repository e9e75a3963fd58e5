"""How long a whole directory takes to be read for doubles, and one edited record.

    python -m tests.bench.doubles DATABASE_URL [N]

fills an empty, migrated database with N synthetic services (100,000 unless said), some of them told twice, and runs
the scan as the worker would. Prints seconds, memory and pairs.
"""

import asyncio
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates import jobs
from referrals.directory.models import DuplicatePair, DuplicateScan, Service
from referrals.kit import db

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SEED = 20261122
TOLD_TWICE = 0.02
WORDS = [
    "advice",
    "aid",
    "alcohol",
    "ankle",
    "arts",
    "asylum",
    "baby",
    "bank",
    "benefits",
    "bereavement",
    "bicycle",
    "books",
    "breakfast",
    "budget",
    "care",
    "carers",
    "childcare",
    "children",
    "choir",
    "clothing",
    "coaching",
    "computers",
    "cooking",
    "counselling",
    "dance",
    "debt",
    "dental",
    "disability",
    "drugs",
    "education",
    "employment",
    "energy",
    "english",
    "exercise",
    "family",
    "fathers",
    "food",
    "football",
    "furniture",
    "garden",
    "grief",
    "health",
    "hearing",
    "heating",
    "home",
    "homework",
    "hospice",
    "hostel",
    "housing",
    "hunger",
    "injury",
    "job",
    "kitchen",
    "language",
    "law",
    "library",
    "lunch",
    "meals",
    "memory",
    "mental",
    "migrants",
    "mothers",
    "music",
    "nursing",
    "nutrition",
    "parents",
    "pension",
    "physio",
    "play",
    "prison",
    "reading",
    "recovery",
    "refugees",
    "rent",
    "respite",
    "rights",
    "school",
    "sewing",
    "shelter",
    "sight",
    "skills",
    "sleep",
    "smoking",
    "sport",
    "stroke",
    "swimming",
    "talking",
    "tax",
    "theatre",
    "therapy",
    "training",
    "transport",
    "veterans",
    "violence",
    "visiting",
    "walking",
    "wellbeing",
    "women",
    "work",
    "writing",
    "young",
    "youth",
]
BODIES = [
    "trust",
    "society",
    "alliance",
    "network",
    "house",
    "league",
    "circle",
    "mission",
    "project",
    "union",
    "partnership",
    "fellowship",
]
NAMES = ["alder", "ash", "beech", "birch", "cedar", "elm", "fern", "hazel", "heath", "holly", "ivy", "juniper", "larch", "laurel", "lime", "maple", "oak", "olive", "pine", "poplar", "rowan", "sorrel", "thorn", "willow", "yew"]  # fmt: skip
STREETS = [
    "Church",
    "Station",
    "Mill",
    "Park",
    "Victoria",
    "Market",
    "Chapel",
    "School",
    "Bridge",
    "Castle",
    "Green",
    "King",
    "Queen",
    "Orchard",
    "Garden",
]


Rows = list[tuple[object, ...]]


def fill(count: int) -> Iterator[tuple[str, list[str], Rows]]:
    """Table, columns and rows, in an order that the foreign keys allow."""
    chance = random.Random(SEED)  # noqa: S311  (the same directory every time)
    towns = [(f"{chance.choice(NAMES)}{end}".title(), 48 + chance.random() * 8, chance.random() * 10)
             for end in ("ton", "ford", "ham", "ley", "bury", "wick", "by", "field") for _ in range(125)]  # fmt: skip
    bodies = [(_id(chance), f"{_name(chance)} {chance.choice(BODIES)}".title()) for _ in range(max(1, count // 4))]
    yield (
        "organization",
        ["id", "source", "name", "description", "translations"],
        [(id, "bench", name, "", "{}") for id, name in bodies],
    )
    services: Rows = []
    places: Rows = []
    addresses: Rows = []
    ats: Rows = []
    phones: Rows = []
    before: Any = ()
    for number in range(count):
        twice = number > 0 and chance.random() < TOLD_TWICE and bool(before)
        if twice:
            body, name, said, street, (town, lat, lon), call = before
            name = f"{name} service"
        else:
            body = chance.choice(bodies)[0]
            name = " ".join(chance.sample(WORDS, 3)).capitalize()
            said = f"Offers {' '.join(chance.choices(WORDS, k=40))}."
            street = f"{chance.randint(1, 200)} {chance.choice(STREETS)} Street"
            (town, lat, lon), call = chance.choice(towns), f"0{chance.randint(10**8, 10**9 - 1)}"
        before = (body, name, said, street, (town, lat, lon), call)
        service, place = _id(chance), _id(chance)
        code = f"{crc32(town.encode()) % 90000 + 10000}"
        services.append((service, "bench", body, name, said, "active", "{}"))
        places.append((place, "bench", name, lat + chance.random() / 50, lon + chance.random() / 50, "physical", "{}"))
        addresses.append((_id(chance), "bench", place, street, town, code, "GB", "physical"))
        ats.append((_id(chance), "bench", service, place))
        phones.append((_id(chance), "bench", service, call))
    yield "service", ["id", "source", "organization_id", "name", "description", "status", "translations"], services
    yield "location", ["id", "source", "name", "latitude", "longitude", "location_type", "translations"], places
    yield "address", ["id", "source", "location_id", "address_1", "city", "postal_code", "country", "address_type"], addresses  # fmt: skip
    yield "service_at_location", ["id", "source", "service_id", "location_id"], ats
    yield "phone", ["id", "source", "service_id", "number"], phones


def _id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128))


def _name(chance: random.Random) -> str:
    return " ".join((chance.choice(NAMES), chance.choice(NAMES), chance.choice(WORDS)))


async def load(session: AsyncSession, count: int) -> None:
    raw = (await (await session.connection()).get_raw_connection()).driver_connection
    assert raw is not None
    for table, columns, rows in fill(count):
        async with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                await copy.write_row(row)
        await session.execute(text(f"ANALYZE {table}"))


async def main(url: str, count: int) -> None:
    engine = db.connect(url)
    maker = db.session_maker(engine)
    async with db.transaction(maker) as session:
        if not await session.scalar(select(Service.id).limit(1)):
            await load(session, count)
    began = time.perf_counter()
    async with db.transaction(maker) as session:
        await jobs.find_all(session, now=NOW, outside=maker)
    seconds = time.perf_counter() - began
    async with db.transaction(maker) as session:
        scan = (await session.scalars(select(DuplicateScan).order_by(DuplicateScan.began_at.desc()).limit(1))).one()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(f"{scan.done:,} records in {seconds:.0f} s ({seconds / scan.done * 1000:.1f} ms each), "
                         f"{scan.found:,} pairs, {memory:.0f} MB at most\n")  # fmt: skip
        ids = list(await session.scalars(select(Service.id).order_by(Service.name).limit(50)))
        spans = []
        for id in ids:
            began = time.perf_counter()
            await jobs.find_some(session, service_ids=[str(id)], now=NOW)
            spans.append(time.perf_counter() - began)
        sys.stdout.write(f"one edited record: {sorted(spans)[25] * 1000:.0f} ms, at worst {max(spans) * 1000:.0f} ms\n")
        sys.stdout.write(f"{len(list(await session.scalars(select(DuplicatePair.id)))):,} pairs are open\n")
    await engine.dispose()


if __name__ == "__main__":
    address = sys.argv[1].replace("postgresql://", "postgresql+psycopg://", 1)
    asyncio.run(main(address, int(sys.argv[2]) if len(sys.argv) > 2 else 100_000))
