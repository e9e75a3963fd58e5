"""Draws the pairs that are judged: by blocking stratum and a coarse band of likeness, with a fixed seed.

    python -m tests.real.duplicates.draw DATABASE_URL FOLDER

writes into FOLDER what judges read (no stratum, no score) and into `pairs.json` beside this file the ids alone.
The likeness here only sees to it that hard pairs are many; it is no part of the scorer.
"""

import asyncio
import csv
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates import folding
from referrals.directory.duplicates.blocking import STRATA, Candidate, candidates
from referrals.directory.duplicates.likeness import BATCH, TABLES, refresh
from referrals.directory.duplicates.records import Compared, Entity, batches, compared
from referrals.kit import db
from referrals.kit.settings import CHECKOUT
from tests.real.duplicates.told import told

MIAMI = CHECKOUT.parent / "shared" / "data" / "miami-211-hsds"
SEED = "2026-11-22"
WANTED = {
    Entity.ORGANIZATION: {"double": 20, "twin": 20, "close": 30, "elsewhere": 50, "partly": 50, "unlike": 35},
    Entity.SERVICE: {"double": 100, "twin": 45, "close": 35, "elsewhere": 45, "partly": 40, "unlike": 20},
}
"""Few pairs are doubles: all that read like one are drawn, then ever fewer of what reads less so."""
PER_RECORD = 3
PER_ORGANIZATION = 12
Told = dict[Entity, dict[UUID, dict[str, Any]]]
Names = dict[tuple[Entity, UUID], str | None]
KEPT = Path(__file__).with_name("pairs.json")


@dataclass(frozen=True, slots=True)
class Drawn:
    entity: Entity
    a: UUID
    b: UUID
    families: tuple[UUID, UUID]
    stratum: str
    band: str


async def draw(session: AsyncSession, entity: Entity) -> list[Drawn]:
    ids = list(await session.scalars(select(TABLES[entity].id).order_by(TABLES[entity].id)))
    await refresh(session, entity, ids)
    records = {one.id: one for batch in batches(ids, BATCH) for one in await compared(session, entity, batch)}
    met: dict[tuple[UUID, UUID], frozenset[str]] = {}
    for batch in batches(ids, BATCH):
        for one in await candidates(session, entity, batch):
            met[one.a, one.b] = met.get((one.a, one.b), frozenset()) | one.strata
    pairs = [Candidate(a, b, strata) for (a, b), strata in met.items()]
    return _stratified(entity, pairs, records)


def _stratified(entity: Entity, pairs: Sequence[Candidate], records: dict[UUID, Compared]) -> list[Drawn]:
    """Band by band; within a band the strata take turns, the rare ones first."""
    cells: dict[tuple[str, str], list[Drawn]] = defaultdict(list)
    bearers = Counter(stratum for pair in pairs for stratum in pair.strata)
    for pair in pairs:
        a, b = records[pair.a], records[pair.b]
        stratum = min(pair.strata, key=lambda one: (bearers[one], one))
        band = band_of(a, b)
        cells[band, stratum].append(Drawn(entity, pair.a, pair.b, (a.family or a.id, b.family or b.id), stratum, band))
    for band, stratum in sorted(cells):
        sys.stdout.write(f"  {entity} {band:10} {stratum:9} {len(cells[band, stratum]):6}\n")
    drawn: list[Drawn] = []
    used: Counter[UUID] = Counter()
    families: Counter[UUID] = Counter()
    for band, wanted in WANTED[entity].items():
        heaps = [sorted(cells[band, stratum], key=_lot) for stratum in STRATA if cells[band, stratum]]
        drawn += _turns(heaps, wanted, used, families)
    return drawn


def _turns(heaps: list[list[Drawn]], wanted: int, used: Counter[UUID], families: Counter[UUID]) -> list[Drawn]:
    """One from each heap in turn, as long as no record and no organization comes up too often."""
    taken: list[Drawn] = []
    while heaps and len(taken) < wanted:
        for heap in heaps:
            one = heap.pop(0)
            ends, owners = {one.a, one.b}, set(one.families)
            if max(used[id] for id in ends) < PER_RECORD and max(families[id] for id in owners) < PER_ORGANIZATION:
                used.update(ends)
                families.update(owners)
                taken.append(one)
        heaps = [heap for heap in heaps if heap]
    return taken[:wanted]


def band_of(a: Compared, b: Compared) -> str:
    """Coarse: same words and same place, one of both, half of it, nothing."""
    name = max(fuzz.token_sort_ratio(folding.core(x), folding.core(y)) for x in a.names for y in b.names)
    words = fuzz.ratio(folding.opening(a.description, 300), folding.opening(b.description, 300))
    here = {(folding.street(x.street), folding.postcode(x.postcode)) for x in a.spots if x.street}
    there = {(folding.street(x.street), folding.postcode(x.postcode)) for x in b.spots if x.street}
    numbers = {folding.number(x) for x in a.phones} & {folding.number(x) for x in b.phones} - {""}
    place = bool(here & there) or not (here and there)
    if words >= 85 and place:
        return "double"
    if name >= 95 and place and (words >= 60 or numbers):
        return "twin"
    if name >= 80 or words >= 85:
        return "close" if place or numbers else "elsewhere"
    return "partly" if name >= 55 or words >= 55 else "unlike"


def halves(drawn: Sequence[Drawn]) -> dict[tuple[UUID, UUID], str]:
    """dev or test; pairs that hang together by an organization stay on one side."""
    leader: dict[UUID, UUID] = {}

    def root(id: UUID) -> UUID:
        while leader.setdefault(id, id) != id:
            id = leader[id]
        return id

    for one in drawn:
        for other in (one.a, one.b, *one.families):
            x, y = root(one.a), root(other)
            leader[max(x, y)] = min(x, y)
    groups: dict[UUID, list[Drawn]] = defaultdict(list)
    for one in drawn:
        groups[root(one.a)].append(one)
    sides: dict[tuple[UUID, UUID], str] = {}
    sizes: Counter[str] = Counter(dev=0, test=0)
    for id in sorted(groups, key=lambda id: (-len(groups[id]) // 10, blake2b(f"{SEED} {id}".encode()).digest())):
        side = min(("test", "dev"), key=lambda name: sizes[name])
        sizes[side] += len(groups[id])
        sides.update({(one.a, one.b): side for one in groups[id]})
    return sides


def _lot(one: Drawn) -> bytes:
    return blake2b(f"{SEED} {one.a} {one.b}".encode()).digest()


async def look(url: str) -> tuple[list[Drawn], Told, Names]:
    engine = db.connect(url)
    async with db.transaction(db.session_maker(engine)) as session:
        drawn = [one for entity in Entity for one in await draw(session, entity)]
        records = {
            entity: await told(
                session, entity, sorted({id for one in drawn if one.entity is entity for id in (one.a, one.b)})
            )
            for entity in Entity
        }
        keys = {
            (entity, id): key
            for entity in Entity
            for id, key in (await session.execute(select(TABLES[entity].id, TABLES[entity].source_key))).all()
        }
    await engine.dispose()
    return drawn, records, keys


def listed_under() -> dict[str, str]:
    """Miami's own hierarchy, which HSDS has no field for: the record that each service stands below."""
    names = {row["id"]: row["name"] for row in _table("organizations.csv") + _table("services.csv")}
    above = ((row["id"], row["organization_id"]) for row in _table("locations.csv"))
    return {id: names[parent] for id, parent in above if parent != id and parent in names}


def _table(name: str) -> list[dict[str, str]]:
    with (MIAMI / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(drawn: list[Drawn], records: Told, keys: Names, folder: Path) -> None:
    sides = halves(drawn)
    parents = listed_under()
    for (entity, id), source_key in keys.items():
        if entity is Entity.SERVICE and id in records[entity] and source_key in parents:
            records[entity][id]["listed_under"] = parents[source_key]
    chance = random.Random(SEED)  # noqa: S311  (the same order every time is what is wanted)
    chance.shuffle(drawn)
    pairs, key = [], []
    for n, one in enumerate(drawn, 1):
        first, second = (one.a, one.b) if chance.random() < 0.5 else (one.b, one.a)
        pairs.append({"n": n, "entity": one.entity, "a": records[one.entity][first], "b": records[one.entity][second]})
        key.append(
            {
                "n": n, "entity": one.entity, "a": keys[one.entity, first], "b": keys[one.entity, second],
                "stratum": one.stratum, "band": one.band, "split": sides[one.a, one.b],
            }
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "pairs.json", pairs)
    _write(folder / "key.json", key)
    for part in range(4):
        _write(folder / f"part-{part + 1}.json", pairs[part * len(pairs) // 4 : (part + 1) * len(pairs) // 4])
    KEPT.write_text("[\n" + ",\n".join(json.dumps(one) for one in key) + "\n]\n", encoding="utf-8")
    for field in ("split", "band", "stratum"):
        sys.stdout.write(f"{dict(Counter((str(one['entity']), one[field]) for one in key))}\n")


def _write(path: Path, what: object) -> None:
    path.write_text(json.dumps(what, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    address = sys.argv[1].replace("postgresql://", "postgresql+psycopg://", 1)
    write(*asyncio.run(look(address)), Path(sys.argv[2]))
