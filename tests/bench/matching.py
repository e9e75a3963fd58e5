"""`make bench-match`: a match beside the least that can answer it, over a synthetic directory of N services.

    python -m tests.bench.matching [100000 1000000]

One need and a plan of three, in dense cities and in the countryside. Ours is the whole of it: the candidates, the rules,
the order with what is known of others, what would open more, the closest misses, the sentences of what is shown, and the
log, committed. The limit is `matching.sql`: one statement for each need that finds the same candidates (the same ids are
asserted) and returns every fact that the rules read, and one INSERT of the very same log, committed. Both in turn, warm,
so that a busy machine slows both. Prints each ratio beside its goal, and ends with 1 where one is missed.
"""

import asyncio
import gc
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import delete, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import User
from referrals.clients.models import Client
from referrals.kit import cluster, database, db
from referrals.kit.geo import LatLon
from referrals.kit.settings import from_environment
from referrals.matching import candidates as bounds
from referrals.matching import candidates_sql, kept, told
from referrals.matching.facts import NeedAsked, Person, Travel
from referrals.matching.judging import Proposals
from referrals.matching.proposing import propose_all
from referrals.matching.queries import names
from referrals.matching.reading import broader_of
from referrals.places import load as gazetteer
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.taxonomy import load as taxonomy
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary
from tests.bench import offers
from tests.bench.searching import say
from tests.factories import case_manager, client, need
from tests.statements import noting

TIMES: Final = 4.0
"""At most so many times the limit, at p50."""
GROWTH: Final = 3.0
"""From a directory to one ten times its size."""
ROUNDS: Final = 5
TODAY: Final = offers.TODAY
NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
SHOWN, MISSED = 8, 12
"""What a page says in sentences: proposals, and services left out."""
CLASSES: Final = ("one need, city", "one need, country", "plan of three, city", "plan of three, country")
PLACES: Final = {
    "city": ("75011 Paris", "69003 Lyon", "13001 Marseille", "Birmingham", "Manchester", "59000 Lille"),
    "country": ("23000 Guéret", "15000 Aurillac", "48000 Mende", "Hexham", "Brecon", "05000 Gap"),
}  # fmt: skip
TERMS: Final = (
    ("physiotherapy", "counselling", "supported-housing"), ("neuropsychology", "employment", "sports-physiotherapy"),
    ("legal-advice", "food-parcel", "ptsd-counselling"),
)  # fmt: skip
"""Three needs each, wide and narrow ones."""
_STATEMENTS: Final = (Path(__file__).parent / "matching.sql").read_text("utf-8")
_FOUND, _LOG = _STATEMENTS.partition("-- candidates with all their facts\n")[2].split("-- log\n")
_ASKED_WITH: Final = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", _FOUND)))
_RAW: Final = re.sub(r"%\((\w+)\)s", lambda found: f"${_ASKED_WITH.index(found[1]) + 1}", _FOUND).encode()
"""As the server reads it, so that the driver need not take it apart anew each time."""


@dataclass(frozen=True, slots=True)
class Asked:
    kind: str
    person: Person
    needs: tuple[NeedAsked, ...]


@dataclass
class Times:
    """Milliseconds of one class; what was looked at, and the statements that each match took."""

    ours: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    looked_at: list[int] = field(default_factory=list)
    statements: set[int] = field(default_factory=set)

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.limit)


@dataclass(frozen=True, slots=True)
class Logged:
    """Whom the log is about: made for the bench, and gone after it."""

    client_id: UUID
    by_id: UUID
    needs: tuple[UUID, ...]


class Bench:
    def __init__(
        self, sessions: db.SessionMaker, engine: AsyncEngine, bare: psycopg.Connection[Any], about: Logged
    ) -> None:
        self.sessions, self.engine, self.bare, self.about = sessions, engine, bare, about
        self.raw = psycopg.RawCursor(bare)
        self.times = {kind: Times() for kind in CLASSES}
        self.words: Vocabulary

    async def run(self) -> None:
        async with self.sessions() as session:
            self.words = await vocabulary(session)
            questions = list(_questions(self.words, await index(session), self.about.needs))
        for number in range(ROUNDS + 2):  # the first rounds warm everything
            if number == 2:  # as a server does once it has started, so that no sweep goes through words and places
                gc.collect()
                gc.freeze()
            for one in questions:
                await self._round(one, self.times[one.kind] if number > 1 else Times())

    async def _round(self, one: Asked, times: Times) -> None:
        with _counting(self.engine) as counted:
            began = time.perf_counter()
            found = await self._match(one)
            ours = time.perf_counter()
        logs = [self._logged(one) for one in found]
        limit = time.perf_counter()
        rows = [self._limit(one.person, asked) for asked in one.needs]
        for log in logs:
            self.bare.execute(_LOG.encode(), log)
        self.bare.commit()
        end = time.perf_counter()
        for answer, candidates in zip(found, rows, strict=True):
            assert {row[1] for row in candidates} == set(_ids(answer)), one
        times.ours.append((ours - began) * 1000)
        times.limit.append((end - limit) * 1000)
        times.looked_at.append(sum(answer.unseen.looked_at for answer in found))
        times.statements.add(len(counted))

    async def _match(self, one: Asked) -> list[Proposals]:
        """What a page does, up to the sentences that it shows."""
        async with db.transaction(self.sessions) as session:
            found = await propose_all(session, one.person, one.needs, TODAY)
            ranked = [answer.ranked[:SHOWN] for answer in found]
            missed = [answer.left_out[:MISSED] for answer in found]
            called = await names(session, [match for some in (*ranked, *missed) for match in some])
            for answer, shown, others in zip(found, ranked, missed, strict=True):
                for match in shown:
                    told.ranked(match, called[match.offer.service_id], one.person, self.words, "")
                for match in others:
                    told.excluded(match, called[match.offer.service_id], self.words)
                list(told.openings(answer))
                rows = [
                    kept.as_shown(
                        match,
                        place,
                        called[match.offer.service_id].service,
                        called[match.offer.service_id].organization,
                    )
                    for place, match in enumerate(shown, start=1)
                ]
                await kept.keep(session, self.about.client_id, self.about.by_id, answer, rows, datetime.now(UTC))
        return found

    def _logged(self, answer: Proposals) -> dict[str, Any]:
        """What was written of this answer, to be written again."""
        row = self.bare.execute(
            "SELECT weights::text, asked::text, shown::text, fits, left_out, rules FROM match_list WHERE need_id = %s "
            "ORDER BY at DESC LIMIT 1", [answer.need.id]
        ).fetchone()  # fmt: skip
        assert row is not None
        self.bare.execute(
            "DELETE FROM match_list WHERE need_id = %s", [answer.need.id]
        )  # so that the next is not the same
        self.bare.commit()
        weights, asked, shown, fits, left_out, rules = row
        return {
            "id": uuid4(), "client_id": self.about.client_id, "need_id": answer.need.id, "by_id": self.about.by_id,
            "at": NOW, "day": TODAY, "rules": rules, "inputs": uuid4().hex, "weights": weights, "asked": asked,
            "shown": shown, "fits": fits, "left_out": left_out,
        }  # fmt: skip

    def _limit(self, person: Person, need: NeedAsked) -> list[Any]:
        _, values = bounds._question(person, need, TODAY)
        empty = {"keys_2": [], "reach_2": 0.0}
        most = {
            "pool": candidates_sql.POOL, "sample": candidates_sql.SAMPLE, "some": candidates_sql.SOME, "nearest": bounds.NEAREST,
            "next_door": bounds.NEXT_DOOR, "few": bounds.FEW, "coming": bounds.COMING, "nowhere": bounds.NOWHERE,
            "most_remote": bounds.REMOTE if need.remote_ok else bounds.SOME_REMOTE,
        }  # fmt: skip
        told = empty | values | most
        return self.raw.execute(_RAW, [told[name] for name in _ASKED_WITH]).fetchall()


def _ids(answer: Proposals) -> Iterator[UUID]:
    for match in (*answer.ranked, *answer.left_out, *answer.abroad):
        yield match.offer.service_id


@contextmanager
def _counting(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    seen: list[str] = []

    def note(connection: Any, *_: Any) -> None:
        connection.driver_connection.cursor_factory = noting(seen)

    def rest(connection: Any, _: Any) -> None:
        connection.driver_connection.cursor_factory = psycopg.AsyncCursor

    event.listen(engine.sync_engine, "checkout", note)
    event.listen(engine.sync_engine, "checkin", rest)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "checkout", note)
        event.remove(engine.sync_engine, "checkin", rest)


def _questions(words: Vocabulary, places: PlaceIndex, needs: Sequence[UUID]) -> Iterator[Asked]:
    for number, lines in enumerate(PLACES.values()):
        for place, line in enumerate(lines):
            person = _person(places, line, place)
            three = [_need(words, term, id, place) for term, id in zip(TERMS[place % len(TERMS)], needs, strict=True)]
            yield Asked(CLASSES[number], person, (three[0],))
            yield Asked(CLASSES[number + 2], person, tuple(three))


def _person(places: PlaceIndex, line: str, number: int) -> Person:
    found = getattr(places.find(line, "FR" if line[0].isdigit() else "GB"), "place", None)
    assert found is not None, line
    at: LatLon = found.at
    own = {"FR": ("fr", "assurance-maladie"), "GB": ("en", "nhs")}[found.country]
    return Person(
        ages=(34, 34), gender=("male", "female")[number % 2], languages=(own[0],), interpreter_ok=True,
        audience=frozenset({"jobseeker"}), funding=frozenset({own[1], "self-pay"}), ceiling=40.0,
        travel=Travel("car" if number % 2 else "transit", 45), at=at, place=found.name,
        postcode=found.postcodes[0] if found.postcodes else None, country=found.country,
    )  # fmt: skip


def _need(words: Vocabulary, term: str, id: UUID, number: int) -> NeedAsked:
    assert words.need(term) is not None, term
    by = date(2027, 1, 15) if number % 2 else None
    return NeedAsked(
        id, term, frozenset(words.descendants(term)), broader_of(term, words), need_by=by, remote_ok=bool(number % 3),
        urgency="urgent" if number % 2 else "routine",
    )  # fmt: skip


async def measure(url: str, services: int) -> dict[str, Times]:
    engine = db.connect(url)
    sessions = db.session_maker(engine)
    try:
        await _fill(sessions, url, services)
        async with db.transaction(sessions) as session:
            about = await _somebody(session)
        try:
            with psycopg.connect(database.conninfo(url)) as bare:
                bare.execute("SET jit = off; SET max_parallel_workers_per_gather = 0")  # as ours: faster for it
                bare.commit()
                bench = Bench(sessions, engine, bare, about)
                await bench.run()
                return bench.times
        finally:
            async with db.transaction(sessions) as session:
                await session.execute(delete(Client).where(Client.id == about.client_id))
                await session.execute(delete(User).where(User.id == about.by_id))
    finally:
        await engine.dispose()


async def _fill(sessions: db.SessionMaker, url: str, services: int) -> None:
    """Words, places and services, where they are not there yet."""
    async with db.transaction(sessions) as session:
        await taxonomy.load(session, NOW)
        await gazetteer.load(session)
        there = await session.scalar(text("SELECT count(*) FROM (SELECT FROM listing LIMIT 1) l"))
    if not there:
        offers.load(database.conninfo(url), services)


async def _somebody(session: AsyncSession) -> Logged:
    actor = await case_manager(session, email=f"bench-{uuid4().hex}@example.org")
    person = await client(session, actor)
    needs = [(await need(session, person, term)).id for term in TERMS[0]]
    return Logged(person.id, actor.id, tuple(needs))


def report(services: int, times: dict[str, Times]) -> bool:
    """The table; whether every goal is met."""
    met = True
    say(f"\n{services} services; ms at p50 / p95; the whole match beside one statement a need and one log\n")
    say(f"{'':24}{'limit':>18}{'match':>18}{'times':>8}{'goal':>6}{'looked at':>11}{'statements':>12}")
    for kind, one in times.items():
        met = met and one.ratio <= TIMES and len(one.statements) == 1
        say(
            f"{kind:24}{_spread(one.limit)}{_spread(one.ours)}{one.ratio:7.2f}{'*' if one.ratio > TIMES else ' '}{TIMES:6.1f}"
            f"{max(one.looked_at):11}{'/'.join(map(str, sorted(one.statements))):>12}{'*' if len(one.statements) > 1 else ''}"
        )
    return met


def _spread(found: Sequence[float]) -> str:
    return f"{median(found):9.2f} /{quantiles(found, n=20)[-1]:7.1f}"


def growth(sizes: Sequence[int], measured: Sequence[dict[str, Times]]) -> bool:
    """Each class at the larger size beside the same at the smaller, and its statements."""
    met = True
    for kind in CLASSES:
        small, large = measured[0][kind], measured[-1][kind]
        ratio = median(large.ours) / median(small.ours)
        same = small.statements == large.statements
        met = met and ratio <= GROWTH and same
        say(
            f"{kind:24} from {sizes[0]} to {sizes[-1]}: {ratio:.2f}{'*' if ratio > GROWTH else ''} times (goal {GROWTH}); "
            f"statements {'the same' if same else 'NOT the same *'}"
        )
    return met


def one_size(services: int) -> tuple[dict[str, Times], bool]:
    home = from_environment().data_home
    there = cluster.ensure(home, durable=False)
    name = f"bench_search_{services}_v{offers.VERSION}"  # the directory that `make bench-search` asks
    cluster.ensure_database(there, name)
    url = there.url(name)
    database.migrate(url)
    times = asyncio.run(measure(url, services))
    return times, report(services, times)


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
