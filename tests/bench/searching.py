"""`make bench-search`: a search beside the least that can answer it, over a synthetic directory of N services.

    python -m tests.bench.searching [100000]

The limit is the engine's bare call with the same filters and counts (where there are words), and one statement with
everything that a page of cards shows: `searching.sql`. Beside it, in turn, so that a busy machine slows all
of them: our search from a question that is understood already, the JSON answer and the HTML fragment of a server of its
own. The same services are asserted. Prints each ratio beside its goal, and ends with 1 where one is missed.

Where MEILISEARCH_URL (and MEILISEARCH_KEY) name a server, it is given the same services under a name of their own and
asked the same words, alone and as the engine of our search; our search may not take longer than the server alone.
At the end come lines that contradict themselves: `contradictory.py`.
"""

import asyncio
import gc
import http.client
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import psycopg
from rapidfuzz.distance import Levenshtein
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import jobs
from referrals.directory.search.cells import keys_around
from referrals.directory.search.comes import comes_to, meant_for
from referrals.directory.search.embedded import Embedded, Prepared
from referrals.directory.search.find import RADIUS, Results, answer
from referrals.directory.search.meilisearch import Meilisearch
from referrals.directory.search.port import BOUND, Document, Query
from referrals.directory.search.understand import understand
from referrals.kit import cluster, database, db
from referrals.kit.settings import Settings, from_environment
from referrals.kit.text import fold
from referrals.places import load as gazetteer
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.taxonomy import load as taxonomy
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary
from tests.bench import contradictory, offers
from tests.bench.asked import CLASSES, Asked, asked
from tests.bench.hsds_list import server

GOALS: Final = {"find": 2.0, "json": 3.0, "html": 4.0}
"""At most so many times the limit, at p50."""
GROWTH: Final = 4.0
"""From a directory to one ten times its size."""
INDEXING: Final = 2.0
HARD: Final = "contradictions"
UNDERSTANDING: Final = 2.0
ROUNDS: Final = 3
NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
_NAMED, _NEAREST, _CARD = (
    part.partition("\n")[2] for part in (Path(__file__).parent / "searching.sql").read_text("utf-8").split("\n-- ")[-3:]
)
_COMES: Final = (
    "SELECT service_id, tags, comes, freshness FROM listing WHERE published AND comes && %(offering)s::bigint[] "
    "AND (available_until IS NULL OR available_until >= %(today)s) "
)
_FRESHEST: Final = "ORDER BY freshness DESC, service_id LIMIT 201"
_EVERYBODY: Final = f"({_COMES} AND comes && %(meant_for)s::bigint[] {_FRESHEST}) UNION ALL ({_COMES} {_FRESHEST})"
_OFFERING: Final = f"{_COMES} AND need_paths && %(needs)s::varchar[] LIMIT 1500"
_KEYED: Final = "(SELECT service_id, point FROM listing_place WHERE keys && %(keys)s::bigint[] OFFSET 0)"
_NEEDED: Final = "l.need_paths && %(needs)s::varchar[]"
_BOXED: Final = "p.point && _ST_Expand(ST_GeogFromText(%(here)s), %(km)s * 1000)"


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

    def __init__(
        self, session: AsyncSession, bare: psycopg.Connection[Any], engine: Embedded, port: int,
        other: Meilisearch | None = None,
    ) -> None:  # fmt: skip
        self.session, self.bare, self.engine, self.other = session, bare, engine, other
        self.http = http.client.HTTPConnection("127.0.0.1", port)
        self.words: Vocabulary
        self.places: PlaceIndex
        self.times = {kind: Times() for kind in CLASSES}

    async def run(self) -> None:
        self.words, self.places = await vocabulary(self.session), await index(self.session)
        questions = asked(self.bare, self.words, self.places)
        for number in range(ROUNDS + 1):  # the first round warms everything
            if number == 1:
                _settle()
            for one in questions:
                await self._round(one, self.times[one.kind] if number else Times())

    async def _round(self, one: Asked, times: Times) -> None:
        prepared = self.engine.prepared(self._query(one)) if one.meant.said else None
        began = time.perf_counter()
        ids, candidates = self._limit(one, prepared)
        limit = time.perf_counter()
        found = await self._find(one)
        ours = time.perf_counter()
        told = json.loads(self._get(f"/api/search?lang=fr&{urlencode(one.address)}"))
        as_json = time.perf_counter()
        page = self._get(f"/fr/services?{urlencode(one.address)}", {"HX-Request": "true", "HX-Target": "results"})
        as_html = time.perf_counter()
        fitting = {*candidates, *(() if _worded(one) else self._nearest(one))}
        if len(fitting) >= BOUND:
            beyond = [hit.id for hit in found.hits if hit.id not in fitting]
            fitting |= self._offering(beyond, one) | self._called(beyond, one)
        _assert_same(one, found, ids, fitting, told, page)
        for what, from_, to in (
            ("limit", began, limit), ("find", limit, ours), ("json", ours, as_json), ("html", as_json, as_html),
        ):  # fmt: skip
            times.note(what, to - from_)
        began = time.perf_counter()
        understand(one.typed, self.words, self.places)
        times.note("understand", time.perf_counter() - began)
        if self.other is not None:
            times.note("alone", await _timed(partial(self.other.find, self._query(one))))
            times.note("through", await _timed(partial(self._find, one, self.other)))

    async def _find(self, one: Asked, engine: Embedded | Meilisearch | None = None) -> Results:
        must = Query(tags=one.tags, unfinished=one.unfinished, on=NOW.date())
        return await answer(self.session, engine or self.engine, self.places, one.meant, must, now=NOW, near=one.here)

    def _query(self, one: Asked) -> Query:
        needs = tuple(term.code for term in one.meant.terms)
        return Query(
            words=one.meant.said, alike=one.meant.alike, perhaps=one.meant.perhaps, terms=needs, tags=one.tags, unfinished=one.unfinished, on=NOW.date(), near=one.here,
            radius_km=RADIUS if one.here else None,
        )  # fmt: skip

    def _limit(self, one: Asked, prepared: Prepared | None) -> tuple[list[UUID], list[UUID]]:
        """What the page shows, and the engine's candidates."""
        candidates = prepared.ids() if prepared else []
        rows = self._ask(one, _NAMED + _CARD if _worded(one) else _NEAREST + _CARD, candidates)
        return [row[0] for row in rows], candidates

    def _nearest(self, one: Asked) -> list[UUID]:
        """All that the statement puts in order before it cuts a page."""
        return [row[0] for row in self._ask(one, f"{_NEAREST}\nSELECT id FROM mixed", ())]

    def _offering(self, ids: Sequence[UUID], one: Asked) -> set[UUID]:
        """Those that offer a need of the question and come there or lie within reach: of more than can be put in order both
        take some, and not the same ones.
        """
        needs = [term.code for term in one.meant.terms]
        if not ids or not needs:
            return set()
        values: dict[str, Any] = {
            "ids": list(ids),
            "needs": needs,
            "here": None,
            "reach": RADIUS * 1000.0,
            "coming": [],
        }
        if one.here:
            values |= {"here": f"SRID=4326;{one.here.at.wkt()}", "coming": comes_to(one.here, "also", needs)}
        return {row[0] for row in self.bare.execute(_OFFERED, values)}

    def _called(self, ids: Sequence[UUID], one: Asked) -> set[UUID]:
        """Those that have every word typed in a name, begun or with one slip: ours puts them first of however many."""
        rows = self.bare.execute(_CALLED, {"ids": list(ids)}) if ids else ()
        typed = one.meant.row.split()
        return {id for id, *names in rows if any(_has_all(typed, fold(name).split()) for name in names if name)}

    def _ask(self, one: Asked, statement: str, candidates: Sequence[UUID]) -> list[Any]:
        here, needs = one.here, [term.code for term in one.meant.terms]
        near = {"places": _KEYED, "within": _NEEDED, "order": "km", "coming": _OFFERING} if needs else {
            "places": "listing_place", "within": _BOXED, "order": "p.point <-> ST_GeogFromText(%(here)s)", "coming": _EVERYBODY,
        }  # fmt: skip
        values: dict[str, Any] = {
            "here": f"SRID=4326;{here.at.wkt()}" if here else None, "km": float(RADIUS), "today": NOW.date(),
            "comes": comes_to(here, "also") if here else [], "meant_for": meant_for(here) if here else [],
            "needs": needs, "keys": list(keys_around(here.at, RADIUS, tuple(needs)) if here and needs else ()),
            "offering": comes_to(here, "also", needs), "ids": list(candidates),
        }  # fmt: skip
        return self.bare.execute((statement if _worded(one) else statement.format(**near)).encode(), values).fetchall()

    def _get(self, address: str, headers: dict[str, str] | None = None) -> bytes:
        self.http.request("GET", address, headers=headers or {})
        answer = self.http.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{answer.status} for {address}: {body[:300]!r}")
        return body


_OFFERED: Final = """
    SELECT l.service_id FROM listing l
    WHERE l.published AND l.service_id = ANY(%(ids)s) AND l.need_paths && %(needs)s AND (
        %(here)s::text IS NULL OR l.comes && %(coming)s::bigint[] OR EXISTS (
            SELECT FROM listing_place p WHERE p.service_id = l.service_id
            AND ST_DWithin(p.point, ST_GeogFromText(%(here)s::text), %(reach)s, false)))
"""
_CALLED: Final = """
    SELECT s.id, s.name, s.alternate_name, o.name, o.alternate_name, t.value ->> 'name'
    FROM service s JOIN organization o ON o.id = s.organization_id
    LEFT JOIN jsonb_each(s.translations) t ON true WHERE s.id = ANY(%(ids)s)
"""


def _has_all(typed: Sequence[str], name: Sequence[str]) -> bool:
    return all(any(Levenshtein.distance(word, said[: len(word)]) <= 1 for said in name) for word in typed)


def _worded(one: Asked) -> bool:
    """Found by its words alone: no need was read from them, and there are some."""
    return bool(one.meant.said) and not one.meant.terms


def _assert_same(one: Asked, found: Results, ids: Sequence[UUID], fitting: set[UUID], told: Any, page: bytes) -> None:
    """Without words both show the same page; with words, which ours puts in an order of its own, both show services of
    one set: what the engine names, and what is near.
    """
    ours = [hit.id for hit in found.hits]
    if one.here is not None and found.radius_km is None:
        pass  # nothing was near, so ours looked further, which the limit does not
    elif one.meant.said:
        assert set(ours) <= fitting, one
        assert set(ids) <= fitting, one
    else:
        assert ours == ids, one
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
        await vocabulary(session)
        _settle()
        ours = await _timed(lambda: jobs.reindex(session, engine=embedded))
        async for batch in jobs.everything(session):
            kept.append(batch)
    bare = Embedded(home.with_name(f"{home.name}-bare"))
    return ours, await _timed(lambda: bare.rebuild(again()))


def _settle() -> None:
    """As servers and workers do once they have started, so that no sweep goes through words and places."""
    gc.collect()
    gc.freeze()


async def _timed(work: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def fill(url: str, other: Meilisearch) -> None:
    """The same services for the server beside us, where it has not got them yet."""
    if await other.exists():
        return
    engine = db.connect(url)
    try:
        async with db.transaction(db.session_maker(engine)) as session:
            took = await _timed(lambda: other.rebuild(jobs.everything(session)))
        say(f"Meilisearch was filled in {took:.0f} s")
    finally:
        await engine.dispose()


async def measure(url: str, home: Path, other: Meilisearch | None = None) -> dict[str, Times]:
    engine = db.connect(url)
    try:
        with psycopg.connect(database.conninfo(url)) as bare, server(url) as port:
            async with db.transaction(db.session_maker(engine)) as session:
                bench = Bench(session, bare, Embedded(home), port, other)
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


def beside(times: dict[str, Times]) -> bool:
    """Our search and the server's own answer to the same words; whether none of ours takes longer."""
    met = True
    say("\nMeilisearch alone, our search through it, our search with its own engine; ms at p50\n")
    for kind, one in ((kind, times[kind]) for kind in CLASSES):
        longer = one.p50("find") > one.p50("alone")
        met = met and not longer
        say(
            f"{kind:16}{one.p50('alone'):10.2f}{one.p50('through'):10.2f}{one.p50('find'):10.2f}{'*' if longer else ''}"
        )
    return met


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # figures to be read


def one_size(services: int, told: Settings | None = None) -> tuple[dict[str, Times], bool]:
    """`told`: where the server beside us is."""
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
    other = None
    if told and told.meilisearch_url:
        other = Meilisearch(told.meilisearch_url, told.meilisearch_key, name=f"bench-{services}")
        asyncio.run(fill(url, other))
    times = asyncio.run(measure(url, data / "search", other))
    hard = asyncio.run(contradictory.measure(url, data / "search"))
    os.environ["REFERRALS_DATA"] = str(home)
    met = report(services, times, indexing)
    times[HARD] = Times({"find": hard})
    say(f"\n{len(hard)} {HARD}: {median(hard):.0f} ms at p50, {hard[-1]:.0f} ms the longest")
    return times, (beside(times) and met) if other else met


def growth(sizes: Sequence[int], measured: Sequence[dict[str, Times]]) -> bool:
    """Each class at the larger size beside the same at the smaller."""
    met = True
    for kind in (*CLASSES, HARD):
        ratio = measured[-1][kind].p50("find") / measured[0][kind].p50("find")
        met = met and ratio <= GROWTH
        say(f"{kind:16} from {sizes[0]} to {sizes[-1]}: {ratio:.2f} times (goal {GROWTH})")
    return met


def main() -> None:
    began = time.perf_counter()
    sizes = [int(text) for text in sys.argv[1:]] or [100_000]
    told = from_environment()
    os.environ.pop("MEILISEARCH_URL", None)  # our own pages are measured with our own engine
    found = [one_size(size, told) for size in sizes]
    met = all(ok for _, ok in found)
    if len(sizes) > 1:
        met = growth(sizes, [times for times, _ in found]) and met
    say(f"\ntook {time.perf_counter() - began:.0f} s; {'every goal is met' if met else 'NOT every goal is met (*)'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
