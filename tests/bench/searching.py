"""`make bench-search`: a search beside the least that can answer it, over a synthetic directory of N services.

    python -m tests.bench.searching [100000]

The limit is the engine's bare call with the same filters and counts (or, where there are no words, the bare SQL), and one
statement with everything that a page of cards shows: `searching.sql`. Beside it, in turn, so that a busy machine slows all
of them: our search from a question that is understood already, the JSON answer and the HTML fragment of a server of its
own. The same services are asserted. Prints each ratio beside its goal, and ends with 1 where one is missed.
"""

import asyncio
import http.client
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import jobs
from referrals.directory.search.cells import keys_around
from referrals.directory.search.comes import comes_to, meant_for
from referrals.directory.search.embedded import Embedded, Prepared
from referrals.directory.search.find import RADIUS, Results, answer
from referrals.directory.search.port import Document, Query
from referrals.directory.search.understand import understand
from referrals.kit import cluster, database, db
from referrals.kit.settings import from_environment
from referrals.places import load as gazetteer
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.taxonomy import load as taxonomy
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary
from tests.bench import offers
from tests.bench.asked import CLASSES, Asked, asked
from tests.bench.hsds_list import server

GOALS: Final = {"find": 2.0, "json": 3.0, "html": 4.0}
"""At most so many times the limit, at p50."""
GROWTH: Final = 4.0
"""From a directory to one ten times its size."""
INDEXING: Final = 2.0
UNDERSTANDING: Final = 2.0
ROUNDS: Final = 3
NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
_NAMED, _NEAREST, _CARD = (
    part.partition("\n")[2] for part in (Path(__file__).parent / "searching.sql").read_text("utf-8").split("\n-- ")[-3:]
)
_EVERYBODY: Final = "(SELECT * FROM listing WHERE published AND comes && %(offering)s::bigint[]) o"
_OFFERING: Final = (
    "(SELECT * FROM listing WHERE published AND need_paths && %(needs)s::varchar[] AND comes && %(offering)s::bigint[] "
    "LIMIT 1500) o"
)
_KEYED: Final = "AND l.need_paths && %(needs)s::varchar[] AND p.keys && %(keys)s::bigint[]"


@dataclass
class Times:
    """Milliseconds of one class, by what was measured."""

    of: dict[str, list[float]] = field(default_factory=dict)

    def note(self, what: str, seconds: float) -> None:
        self.of.setdefault(what, []).append(seconds * 1000)

    def p50(self, what: str) -> float:
        return median(self.of[what])

    def p95(self, what: str) -> float:
        return quantiles(self.of[what], n=20)[-1]


class Bench:
    """One directory, its index, a server over both, and the questions."""

    def __init__(self, session: AsyncSession, bare: psycopg.Connection[Any], engine: Embedded, port: int) -> None:
        self.session, self.bare, self.engine = session, bare, engine
        self.http = http.client.HTTPConnection("127.0.0.1", port)
        self.words: Vocabulary
        self.places: PlaceIndex
        self.times = {kind: Times() for kind in CLASSES}

    async def run(self) -> None:
        self.words, self.places = await vocabulary(self.session), await index(self.session)
        questions = asked(self.bare, self.words, self.places)
        for number in range(ROUNDS + 1):  # the first round warms everything
            for one in questions:
                await self._round(one, self.times[one.kind] if number else Times())

    async def _round(self, one: Asked, times: Times) -> None:
        prepared = self._prepared(one)
        began = time.perf_counter()
        ids, total, candidates = self._limit(one, prepared)
        limit = time.perf_counter()
        found = await self._find(one)
        ours = time.perf_counter()
        told = json.loads(self._get(f"/api/search?lang=fr&{urlencode(one.address)}"))
        as_json = time.perf_counter()
        page = self._get(f"/fr/services?{urlencode(one.address)}", {"HX-Request": "true", "HX-Target": "results"})
        as_html = time.perf_counter()
        _assert_same(one, found, ids, total, candidates, told, page)
        for what, from_, to in (
            ("limit", began, limit), ("find", limit, ours), ("json", ours, as_json), ("html", as_json, as_html),
        ):  # fmt: skip
            times.note(what, to - from_)
        began = time.perf_counter()
        understand(one.typed, self.words, self.places)
        times.note("understand", time.perf_counter() - began)

    async def _find(self, one: Asked) -> Results:
        must = Query(tags=one.tags, unfinished=one.unfinished, on=NOW.date())
        return await answer(self.session, self.engine, self.places, one.meant, must, now=NOW, near=one.here)

    def _query(self, one: Asked) -> Query:
        near = {"near": one.here, "radius_km": RADIUS} if one.here else {}
        return Query(words=one.meant.said, tags=one.tags, unfinished=one.unfinished, on=NOW.date(), **near)  # type: ignore[arg-type]

    def _prepared(self, one: Asked) -> Prepared | None:
        return None if one.kind in ("term + place", "browse near") else self.engine.prepared(self._query(one))

    def _limit(self, one: Asked, prepared: Prepared | None) -> tuple[list[UUID], int, list[UUID]]:
        here = one.here
        values: dict[str, Any] = {
            "here": f"SRID=4326;{here.at.wkt()}" if here else None, "km": float(RADIUS), "today": NOW.date(),
            "comes": comes_to(here, "also") if here else [], "meant_for": meant_for(here) if here else [],
        }  # fmt: skip
        candidates: list[UUID] = []
        if prepared is not None:
            candidates = prepared.ids()
            statement = _NAMED + _CARD
        else:
            needs = [term.code for term in one.meant.terms]
            keys = keys_around(here.at, RADIUS, tuple(needs)) if here and needs else ()
            values |= {"needs": needs, "keys": list(keys), "offering": comes_to(here, "also", needs)}
            near = {"need_near": _KEYED, "order": "km", "coming": _OFFERING} if needs else {
                "need_near": "", "order": "p.point <-> ST_GeogFromText(%(here)s)", "coming": _EVERYBODY,
            }  # fmt: skip
            statement = _NEAREST.format(**near) + _CARD
        rows = self.bare.execute(statement.encode(), values | {"ids": candidates}).fetchall()
        return [row[0] for row in rows], rows[0][2] if rows else 0, candidates

    def _get(self, address: str, headers: dict[str, str] | None = None) -> bytes:
        self.http.request("GET", address, headers=headers or {})
        answer = self.http.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{answer.status} for {address}: {body[:300]!r}")
        return body


def _assert_same(
    one: Asked, found: Results, ids: Sequence[UUID], total: int, candidates: Sequence[UUID], told: Any, page: bytes
) -> None:
    """The page that the limit shows is ours; of words, where ours puts them in an order of its own, one of its candidates."""
    ours = [hit.id for hit in found.hits]
    if one.here is not None and found.radius_km is None:
        pass  # nothing was near, so ours looked further, which the limit does not
    elif candidates:
        assert set(ours) <= set(candidates), one
        assert set(ids) <= set(candidates), one
    else:
        # Behind them ours puts services that are called so, where there is room on the page.
        assert ours[: len(ids)] == list(ids), one
        assert bool(ours) == bool(total), one
    if not one.unfinished:
        assert [UUID(item["id"]) for item in told["results"]] == ours, one
        assert all(str(id).encode() in page for id in ours), one


async def prepare(url: str, home: Path, services: int) -> tuple[float, float] | None:
    """Words, places, services and the index, where they are not there yet. Seconds of indexing: ours and the engine's own."""
    engine = db.connect(url)
    embedded = Embedded(home)
    try:
        async with db.transaction(db.session_maker(engine)) as session:
            await taxonomy.load(session, NOW)
            await gazetteer.load(session)
        with psycopg.connect(database.conninfo(url)) as bare:
            there = bare.execute("SELECT count(*) FROM listing").fetchone()
        if not there or not there[0]:
            offers.load(database.conninfo(url), services)
        return None if await embedded.exists() else await _index(db.session_maker(engine), embedded, home)
    finally:
        await engine.dispose()


async def _index(sessions: db.SessionMaker, embedded: Embedded, home: Path) -> tuple[float, float]:
    """Ours from the tables; the engine's own from the very same documents, which lie in memory already."""
    kept: list[Sequence[Document]] = []

    async def again() -> Any:
        for batch in kept:
            yield batch

    async with db.transaction(sessions) as session:
        ours = await _timed(lambda: jobs.reindex(session, engine=embedded))
        async for batch in jobs.everything(session):
            kept.append(batch)
    bare = Embedded(home.with_name(f"{home.name}-bare"))
    return ours, await _timed(lambda: bare.rebuild(again()))


async def _timed(work: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def measure(url: str, home: Path) -> dict[str, Times]:
    engine = db.connect(url)
    try:
        with psycopg.connect(database.conninfo(url)) as bare, server(url) as port:
            async with db.transaction(db.session_maker(engine)) as session:
                bench = Bench(session, bare, Embedded(home), port)
                await bench.run()
                return bench.times
    finally:
        await engine.dispose()


def understanding(times: dict[str, Times]) -> float:
    return median([spent for one in times.values() for spent in one.of["understand"]])


def report(services: int, times: dict[str, Times], indexing: tuple[float, float] | None) -> bool:
    """The table; whether every goal is met."""
    met = True
    say(f"\n{services} services, {sum(len(one.of['limit']) for one in times.values())} questions; ms at p50 / p95\n")
    say(
        f"{'':16}{'limit':>16}"
        + "".join(f"{what:>16}{'times':>8}{'goal':>6}" for what in GOALS)
        + f"{'understand':>14}"
    )
    for kind, one in times.items():
        line = f"{kind:16}{one.p50('limit'):9.2f} /{one.p95('limit'):6.1f}"
        for what, goal in GOALS.items():
            ratio = one.p50(what) / one.p50("limit")
            met = met and ratio <= goal
            line += f"{one.p50(what):9.2f} /{one.p95(what):6.1f}{ratio:7.2f}{'*' if ratio > goal else ' '}{goal:6.1f}"
        say(line + f"{one.p50('understand'):14.2f}")
    if indexing:
        ratio = indexing[0] / indexing[1]
        met = met and ratio <= INDEXING
        say(f"\nindex: {services / indexing[0]:.0f} a second, the engine's own {services / indexing[1]:.0f}: "
            f"{ratio:.2f} times (goal {INDEXING})")  # fmt: skip
    return met


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # figures to be read


def one_size(services: int) -> tuple[dict[str, Times], bool]:
    home = from_environment().data_home
    there = cluster.ensure(home, durable=False)
    name = f"bench_search_{services}_v{offers.VERSION}"
    cluster.ensure_database(there, name)
    url = there.url(name)
    database.migrate(url)
    data = home / "bench" / name
    data.mkdir(parents=True, exist_ok=True)
    os.environ["REFERRALS_DATA"] = str(data)
    indexing = asyncio.run(prepare(url, data / "search", services))
    times = asyncio.run(measure(url, data / "search"))
    os.environ["REFERRALS_DATA"] = str(home)
    return times, report(services, times, indexing)


def growth(sizes: Sequence[int], measured: Sequence[dict[str, Times]]) -> bool:
    """Each class at the larger size beside the same at the smaller."""
    met = True
    for kind in CLASSES:
        ratio = measured[-1][kind].p50("find") / measured[0][kind].p50("find")
        met = met and ratio <= GROWTH
        say(f"{kind:16} from {sizes[0]} to {sizes[-1]}: {ratio:.2f} times (goal {GROWTH})")
    return met


def main() -> None:
    began = time.perf_counter()
    sizes = [int(text) for text in sys.argv[1:]] or [100_000]
    found = [one_size(size) for size in sizes]
    met = all(ok for _, ok in found)
    if len(sizes) > 1:
        met = growth(sizes, [times for times, _ in found]) and met
    say(f"\ntook {time.perf_counter() - began:.0f} s; {'every goal is met' if met else 'NOT every goal is met (*)'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
