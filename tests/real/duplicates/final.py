"""Draws the last pairs, once the score stands: what it calls doubles and nobody has judged, and what else may be one.

    python -m tests.real.duplicates.final DATABASE_URL FOLDER

The score chooses only the first kind. The others are found without it: candidates of the blocking by stratum and band, and
pairs that the blocking may have passed by: one phone number, page or address and names or texts that are near, the same
name, the same opening words. Both of organizations and of services; none that was drawn before.
"""

import asyncio
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates import folding, wording
from referrals.directory.duplicates.blocking import STRATA, candidates
from referrals.directory.duplicates.likeness import BATCH, TABLES, refresh
from referrals.directory.duplicates.records import Compared, Entity, batches, compared
from referrals.directory.duplicates.scoring import score
from referrals.kit import db
from referrals.kit.text import fold
from tests.real.duplicates.draw import band_of
from tests.real.duplicates.measure import DRAWN, HERE
from tests.real.duplicates.told import told

SEED = "2026-11-22 final"
FIRST = 3001
CROWD = 300
"""Bearers of one value from which on they are too many to be read two by two."""
FOUND_BY_STRATUM = 3
"""Pairs of each cell of stratum and band."""
FOUND_OTHERWISE = {Entity.ORGANIZATION: 12, Entity.SERVICE: 90}
BANDS = ("double", "twin", "close")
PER_RECORD = 2
Known = dict[UUID, Compared]
Pair = tuple[UUID, UUID]


async def draw(session: AsyncSession, entity: Entity) -> tuple[dict[Pair, str], dict[UUID, str]]:
    """Pair -> how it was found, and the keys of the source."""
    table = TABLES[entity]
    keys = {id: key for id, key in (await session.execute(select(table.id, table.source_key))).all() if key}
    ids = sorted(keys)
    await refresh(session, entity, ids)
    records = {one.id: one for batch in batches(ids, BATCH) for one in await compared(session, entity, batch)}
    met: dict[Pair, frozenset[str]] = {}
    for batch in batches(ids, BATCH):
        for one in await candidates(session, entity, batch):
            met[one.a, one.b] = met.get((one.a, one.b), frozenset()) | one.strata
    seen = _seen(entity)
    fresh = {pair: strata for pair, strata in met.items() if set(pair) <= keys.keys() and _key(pair, keys) not in seen}
    found = {pair: "called" for pair in fresh if score(records[pair[0]], records[pair[1]]).same}
    used = Counter(id for pair in found for id in pair)
    for how, pair in (*_by_stratum(fresh, records), *_otherwise(records, keys, seen)):
        if pair not in found and max(used[id] for id in pair) < PER_RECORD:
            found[pair] = how
            used.update(pair)
    return found, keys


def _by_stratum(fresh: dict[Pair, frozenset[str]], records: Known) -> Iterator[tuple[str, Pair]]:
    bearers = Counter(stratum for strata in fresh.values() for stratum in strata)
    cells: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair, strata in fresh.items():
        cells[band_of(*(records[id] for id in pair)), min(strata, key=lambda one: (bearers[one], one))].append(pair)
    for band in BANDS:
        for stratum in STRATA:
            for pair in sorted(cells[band, stratum], key=_lot)[:FOUND_BY_STRATUM]:
                yield f"{stratum} {band}", pair


def _otherwise(records: Known, keys: dict[UUID, str], seen: set[frozenset[str]]) -> list[tuple[str, Pair]]:
    """The most alike of those that share something; two that stand at different doors are not asked about."""
    ranked: list[tuple[float, str, Pair]] = []
    for what, pair in _sharing(records):
        a, b = (records[id] for id in pair)
        if _key(pair, keys) in seen or (_doors(a) and _doors(b) and not _doors(a) & _doors(b)):
            continue
        one, two = wording.telling(a.description), wording.telling(b.description)
        texts = len(one & two) / max(1, min(len(one), len(two))) + len(one & two) / max(1, len(one | two))
        numbers = {folding.number(one) for one in a.phones} & {folding.number(one) for one in b.phones} - {""}
        names = max(fuzz.token_set_ratio(folding.core(x), folding.core(y)) for x in a.names for y in b.names) / 100
        together = 0.5 * bool(numbers) + 0.5 * (a.family == b.family)
        ranked.append((2 * texts + names + together, what, pair))
    ranked.sort(key=lambda one: (-one[0], _lot(one[2])))
    return [(what, pair) for _, what, pair in ranked[: FOUND_OTHERWISE[next(iter(records.values())).entity]]]


def _sharing(records: Known) -> Iterator[tuple[str, Pair]]:
    bearers: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for one in records.values():
        for value in _values(one):
            bearers[value].add(one.id)
    met: set[Pair] = set()
    for (kind, _), ids in sorted(bearers.items()):
        if len(ids) <= CROWD:
            for pair in combinations(sorted(ids), 2):
                if pair not in met:
                    met.add(pair)
                    yield f"by {kind}", pair


def _values(one: Compared) -> Iterator[tuple[str, str]]:
    yield from (("phone", folding.number(phone)) for phone in one.phones if folding.number(phone))
    yield from (("page", folding.page(page)) for page in one.websites if folding.page(page))
    yield from (("address", door) for door in _doors(one))
    yield from (("name", folding.core(name)) for name in one.names[:1])
    if len(one.description) > 60:
        yield "text", fold(one.description)[:60]


def _doors(one: Compared) -> set[str]:
    return {f"{folding.street(spot.street)} {fold(spot.city)}" for spot in one.spots if folding.street(spot.street)}


def _seen(entity: Entity) -> set[frozenset[str]]:
    files = (HERE / drawn for drawn, _ in DRAWN[:-1])
    kept: Iterable[dict[str, Any]] = (one for file in files for one in json.loads(file.read_text(encoding="utf-8")))
    return {frozenset((one["a"], one["b"])) for one in kept if one["entity"] == entity}


def _key(pair: Pair, keys: dict[UUID, str]) -> frozenset[str]:
    return frozenset(keys[id] for id in pair)


def _lot(pair: Pair) -> bytes:
    return blake2b(f"{SEED} {pair}".encode()).digest()


async def main(url: str, folder: Path) -> None:
    engine = db.connect(url)
    drawn: list[dict[str, Any]] = []
    async with db.transaction(db.session_maker(engine)) as session:
        for entity in Entity:
            found, keys = await draw(session, entity)
            full = await told(session, entity, sorted({id for pair in found for id in pair}))
            drawn += [
                {"entity": entity, "how": how, "ends": [(keys[id], full[id]) for id in pair]}
                for pair, how in found.items()
            ]
    await engine.dispose()
    _write(drawn, folder)


def _write(drawn: list[dict[str, Any]], folder: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311  (the same order every time is what is wanted)
    drawn.sort(key=lambda one: sorted(key for key, _ in one["ends"]))
    chance.shuffle(drawn)
    pairs, key = [], []
    for n, one in enumerate(drawn, FIRST):
        ends = one["ends"] if chance.random() < 0.5 else one["ends"][::-1]
        pairs.append({"n": n, "entity": one["entity"], "a": ends[0][1], "b": ends[1][1]})
        key.append({"n": n, "entity": one["entity"], "a": ends[0][0], "b": ends[1][0], "found": one["how"]})
    for part in range(4):
        _json(folder / f"final-{part + 1}.json", pairs[part * len(pairs) // 4 : (part + 1) * len(pairs) // 4])
    _json(folder / "final-key.json", key)
    (HERE / "pairs-final.json").write_text(
        "[\n" + ",\n".join(json.dumps(one) for one in key) + "\n]\n", encoding="utf-8"
    )
    sys.stdout.write(f"{len(key)} pairs, {Counter((str(one['entity']), one['found']) for one in key)}\n")


def _json(path: Path, what: object) -> None:
    path.write_text(json.dumps(what, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1].replace("postgresql://", "postgresql+psycopg://", 1), Path(sys.argv[2])))
