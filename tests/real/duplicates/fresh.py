"""Draws pairs of services that nobody has looked at yet, to judge the score on what it was not made with.

    python -m tests.real.duplicates.fresh DATABASE_URL FOLDER

None of the pairs of `pairs.json` is drawn again. Bands and strata are those of `draw`, blind to the score; what reads like
a double or stands at one place is preferred, so that doubles are not as rare as they are in the directory.
"""

import asyncio
import json
import random
import sys
from collections import Counter, defaultdict
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates import folding
from referrals.directory.duplicates.blocking import STRATA, candidates
from referrals.directory.duplicates.likeness import BATCH, TABLES, refresh
from referrals.directory.duplicates.records import Compared, Entity, batches, compared
from referrals.kit import db
from tests.real.duplicates.draw import KEPT, PER_RECORD, Told, band_of, listed_under
from tests.real.duplicates.told import told

SEED = "2026-11-22 fresh"
WANTED = {"double": 80, "twin": 36, "close": 28, "partly": 16}
TOTAL = 160
FIRST = 1001
FRESH = KEPT.with_name("pairs-fresh.json")
Pair = tuple[str, str]
"""Two keys of the source, in the order in which they sort."""


def known() -> set[Pair]:
    return {_pair(one["a"], one["b"]) for one in json.loads(KEPT.read_text(encoding="utf-8"))}


async def draw(session: AsyncSession) -> tuple[list[dict[str, Any]], dict[str, UUID]]:
    table = TABLES[Entity.SERVICE]
    keys = {id: key for id, key in (await session.execute(select(table.id, table.source_key))).all() if key}
    ids = sorted(keys)
    await refresh(session, Entity.SERVICE, ids)
    records = {one.id: one for batch in batches(ids, BATCH) for one in await compared(session, Entity.SERVICE, batch)}
    met: dict[Pair, frozenset[str]] = {}
    for batch in batches(ids, BATCH):
        for one in await candidates(session, Entity.SERVICE, batch):
            pair = _pair(keys[one.a], keys[one.b])
            met[pair] = met.get(pair, frozenset()) | one.strata
    found = {key: id for id, key in keys.items()}
    bearers = Counter(stratum for strata in met.values() for stratum in strata)
    cells: dict[str, dict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in met.keys() - known():
        a, b = (records[found[key]] for key in pair)
        band = band_of(a, b)
        if band in ("double", "twin") or (band in ("close", "partly") and _one_door(a, b)):
            cells[band][min(met[pair], key=lambda name: (bearers[name], name))].append(pair)
    return list(_turns(cells)), found


def _turns(cells: dict[str, dict[str, list[Pair]]]) -> list[dict[str, Any]]:
    """Band by band, in each the strata in turn; what a band lacks the next one gives."""
    used: Counter[str] = Counter()
    drawn: list[dict[str, Any]] = []
    due = 0
    for band, wanted in WANTED.items():
        due += wanted
        heaps = {stratum: sorted(cells[band][stratum], key=_lot) for stratum in STRATA if cells[band][stratum]}
        while heaps and len(drawn) < due:
            for stratum, heap in heaps.items():
                pair = heap.pop(0)
                if len(drawn) < due and max(used[key] for key in pair) < PER_RECORD:
                    used.update(pair)
                    drawn.append({"a": pair[0], "b": pair[1], "stratum": stratum, "band": band})
            heaps = {stratum: heap for stratum, heap in heaps.items() if heap}
    return drawn


def _one_door(a: Compared, b: Compared) -> bool:
    here, there = (
        {(folding.street(x.street), folding.postcode(x.postcode)) for x in one.spots if x.street} for one in (a, b)
    )
    return bool(here & there)


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def _lot(pair: Pair) -> bytes:
    return blake2b(f"{SEED} {pair}".encode()).digest()


async def look(url: str) -> tuple[list[dict[str, Any]], dict[str, UUID], Told]:
    engine = db.connect(url)
    async with db.transaction(db.session_maker(engine)) as session:
        drawn, ids = await draw(session)
        asked = sorted({ids[one[end]] for one in drawn for end in ("a", "b")})
        records = await told(session, Entity.SERVICE, asked)
    await engine.dispose()
    return drawn, ids, {Entity.SERVICE: records}


def write(drawn: list[dict[str, Any]], ids: dict[str, UUID], records: Told, folder: Path) -> None:
    services, parents = records[Entity.SERVICE], listed_under()
    for source_key, id in ids.items():
        if id in services and source_key in parents:
            services[id]["listed_under"] = parents[source_key]
    chance = random.Random(SEED)  # noqa: S311  (the same order every time is what is wanted)
    chance.shuffle(drawn)
    pairs: list[dict[str, Any]] = []
    key: list[dict[str, Any]] = []
    for n, one in enumerate(drawn, FIRST):
        first, second = (one["a"], one["b"]) if chance.random() < 0.5 else (one["b"], one["a"])
        pairs.append({"n": n, "entity": Entity.SERVICE, "a": services[ids[first]], "b": services[ids[second]]})
        key.append(
            {"n": n, "entity": "service", "a": first, "b": second, "stratum": one["stratum"], "band": one["band"]}
        )
    middle = len(pairs) // 2
    for name, what in (("fresh-1", pairs[:middle]), ("fresh-2", pairs[middle:]), ("fresh-key", key)):
        (folder / f"{name}.json").write_text(json.dumps(what, ensure_ascii=False, indent=1), encoding="utf-8")
    FRESH.write_text("[\n" + ",\n".join(json.dumps(one) for one in key) + "\n]\n", encoding="utf-8")
    sys.stdout.write(f"{len(key)} pairs, {Counter((one['band'], one['stratum']) for one in key)}\n")


if __name__ == "__main__":
    address = sys.argv[1].replace("postgresql://", "postgresql+psycopg://", 1)
    write(*asyncio.run(look(address)), Path(sys.argv[2]))
