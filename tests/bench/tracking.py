"""`make bench-track`: recorded steps, the pages of a day, and a year of timers, in a network of N referrals.

    python -m tests.bench.tracking [300000] [timers: 10000]

Steps: the real action (guards, event, summary, timers, effects, jobs) in a transaction of its own, beside a bare one of the
INSERT and the UPDATE of `tracking.sql` on the same tables through the same kind of session; durable, warm, in turn, on one
connection and on eight. Pages: the whole answer of the application, in a network of N and in one of a hundredth of it, with
the number of statements. Timers: those of so many open referrals ring for a year, in batches. All of it on the loop that the
server runs on. Prints each ratio beside its goal, and ends with 1 where one is missed.
"""

import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import uvloop
from psycopg import AsyncCursor
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from referrals.app import create_app
from referrals.kit import cluster, database, db
from referrals.kit.settings import Settings, from_environment
from referrals.tracking.actions import act
from referrals.tracking.jobs.ringing import BATCH, ring_due, set_missing
from referrals.tracking.lifecycle import By
from referrals.tracking.models import Referral, ReferralEvent, ReferralTimer
from referrals.tracking.said import RECEIVER, Party, Said
from referrals.tracking.timers import RULES, Rings
from tests.bench import caseloads
from tests.bench.caseloads import NOW
from tests.bench.searching import say
from tests.browser import Browser

TIMES: Final = 4.0
"""At most so many times the bare transaction."""
GROWTH: Final = 2.0
"""A page at p95, from a hundredth of the referrals to all of them."""
STORIES: Final = 60
"""Of each kind, on one connection; as many again on eight together."""
SEEN: Final = 60
"""How often each page is opened; of fewer, one moment in which the machine does something else would be the p95."""
YEAR: Final = timedelta(days=365)
_INSERT, _UPDATE = (
    text(part)
    for part in (Path(__file__).parent / "tracking.sql").read_text("utf-8").split("-- insert\n")[1].split("-- update\n")
)
DAY: Final = date(2026, 11, 27)
APPOINTMENT: Final = {"appointment_at": NOW + timedelta(days=5)}
STORY: Final[Sequence[tuple[str, Said]]] = (
    ("accept", Said(facts={"first_contact_by": DAY})),
    ("schedule", Said(facts=APPOINTMENT)),
    ("reschedule", Said(reason="provider_request", facts={"appointment_at": NOW + timedelta(days=6)})),
    ("no_show", Said(facts={"missed_at": NOW + timedelta(days=6)})),
    ("schedule", Said(facts=APPOINTMENT)),
    ("start_service", Said(facts={"started_on": DAY})),
    ("hold", Said(reason="awaiting_funding", facts={"resume_on": DAY})),
    ("start_service", Said(facts={"started_on": DAY})),
    ("complete", Said(facts={"provider_outcome": "full", "service_date": DAY})),
)
"""What a receiver says on the way to an end; every second story is a question, our answer, and a refusal."""
REFUSAL: Final[Sequence[tuple[str, Said]]] = (
    ("ask_info", Said(words="Can they climb stairs?")),
    ("provide_info", Said(words="One floor.")),
    ("decline", Said(reason="no_capacity")),
)


@dataclass
class Steps:
    """Seconds of each transaction, ours by event, and of whole slices on several connections."""

    ours: dict[str, list[float]] = field(default_factory=dict)
    bare: list[float] = field(default_factory=list)
    statements: dict[str, int] = field(default_factory=dict)
    eight: dict[str, list[float]] = field(default_factory=lambda: {"ours": [], "bare": []})
    """Seconds a step, one value a slice."""

    @property
    def all(self) -> list[float]:
        return [one for some in self.ours.values() for one in some]

    @property
    def ratio(self) -> float:
        return sum(self.all) / len(self.all) / (sum(self.bare) / len(self.bare))

    @property
    def ratio_of_eight(self) -> float:
        return median(self.eight["ours"]) / median(self.eight["bare"])


Step = tuple[UUID, int, str, Said]
"""Referral, the number of the step in its story, the event, what comes with it."""


async def steps(sessions: db.SessionMaker) -> Steps:
    found = Steps()
    async with sessions() as session:
        ids = await caseloads.some(session, "sent", 6 * STORIES)
        spare = await caseloads.some(session, "accepted", 2 * STORIES)
    ones, many = ids[: 2 * STORIES], ids[2 * STORIES :]
    await _on_one(sessions, ones, spare, found)
    await _on_eight(sessions, many, spare, found)
    return found


def _stories(ids: Sequence[UUID]) -> Iterator[Step]:
    for number, id in enumerate(ids):
        for at, (name, said) in enumerate(REFUSAL if number % 2 else STORY):
            yield id, at, name, said


async def _on_one(sessions: db.SessionMaker, ids: Sequence[UUID], spare: Sequence[UUID], found: Steps) -> None:
    steps = list(_stories(ids))
    gc.collect()
    for number, step in enumerate(steps):
        with counting() as counted:
            began = time.perf_counter()
            await _ours(sessions, step)
            ours = time.perf_counter()
        await _bare(sessions, spare[number % len(spare)])
        bare = time.perf_counter()
        if number >= len(steps) // 5:  # the first fifth warms both
            found.ours.setdefault(step[2], []).append(ours - began)
            found.bare.append(bare - ours)
            found.statements[step[2]] = len(counted)


async def _on_eight(sessions: db.SessionMaker, ids: Sequence[UUID], spare: Sequence[UUID], found: Steps) -> None:
    """Eight at once, in turn: each takes its own referrals through a story, then as many bare steps."""
    lanes = [list(_stories(ids[lane::8])) for lane in range(8)]
    turn = 12
    for start in range(0, min(map(len, lanes)), turn):
        slices = [lane[start : start + turn] for lane in lanes]
        count = sum(map(len, slices))
        began = time.perf_counter()
        await asyncio.gather(*(_lane(lambda step: _ours(sessions, step), some) for some in slices))
        ours = time.perf_counter()
        bare = [
            [spare[(lane + 8 * number) % len(spare)] for number in range(len(some))] for lane, some in enumerate(slices)
        ]
        await asyncio.gather(*(_lane(lambda id: _bare(sessions, id), some) for some in bare))
        end = time.perf_counter()
        if start:
            found.eight["ours"].append((ours - began) / count)
            found.eight["bare"].append((end - ours) / count)


async def _lane(do: Callable[[Any], Awaitable[None]], some: Sequence[Any]) -> None:
    for one in some:
        await do(one)


async def _ours(sessions: db.SessionMaker, step: Step) -> None:
    id, number, name, said = step
    async with db.transaction(sessions) as session:
        referral = await session.get_one(Referral, id)
        party = Party(By.CASE_MANAGER, referral.sender_id) if name == "provide_info" else RECEIVER
        keyed = Said(said.reason, said.facts, said.words, key=f"{name}-{number}", seen=referral.position)
        await act(session, referral, name, party, keyed, NOW + timedelta(minutes=number))


async def _bare(sessions: db.SessionMaker, id: UUID) -> None:
    async with db.transaction(sessions) as session:
        row = {
            "id": uuid4(), "referral_id": id, "position": _position(id), "kind": "accept", "from_status": "accepted",
            "to_status": "accepted", "at": NOW, "actor_id": None, "actor_role": "provider", "reason_code": None,
            "facts": '{"first_contact_by": "2026-11-27"}', "idempotency_key": uuid4().hex, "due_at": NOW,
        }  # fmt: skip
        await session.execute(_INSERT, {name: row[name] for name in row if name != "due_at"})
        await session.execute(
            _UPDATE, {name: row[name] for name in ("to_status", "position", "due_at", "at", "referral_id")}
        )


_POSITIONS: Counter[UUID] = Counter()
_BASE: Final = int(time.time()) % 1_000_000_000
"""So that a second run in the same database finds its places free."""


def _position(id: UUID) -> int:
    _POSITIONS[id] += 1
    return _BASE + _POSITIONS[id]


@contextmanager
def counting() -> Iterator[list[Any]]:
    """The statements that go to the database meanwhile, by whichever way: counted where the driver sends them.

    Without the look whether a connection that has rested is still there: that depends on how busy the machine is.
    """
    seen: list[Any] = []
    send = AsyncCursor.execute

    async def noting(cursor: AsyncCursor[Any], query: Any, *args: Any, **named: Any) -> Any:
        if query != "SELECT 1":
            seen.append(query)
        return await send(cursor, query, *args, **named)

    AsyncCursor.execute = noting  # type: ignore[assignment, method-assign]  # it answers what it wraps answers
    try:
        yield seen
    finally:
        AsyncCursor.execute = send  # type: ignore[method-assign]  # as it was


# ------------------------------------------------------------------ pages


PAGES: Final = {"today": "/en/today", "people": "/en/people", "inbox": "/en/my-services/referrals"}


@dataclass
class Opened:
    milliseconds: list[float] = field(default_factory=list)
    statements: set[int] = field(default_factory=set)
    """Now and then one more, whatever the size: whether a seed was loaded anew is looked up every few seconds."""

    @property
    def p95(self) -> float:
        return quantiles(self.milliseconds, n=20)[-1]


async def pages(made: Sequence["Made"]) -> list[dict[str, Opened]]:
    """The same pages of each network, in turn."""
    found: list[dict[str, Opened]] = [{name: Opened() for name in PAGES} for _ in made]
    readers = [await _signed_in(one) for one in made]
    for number in range(SEEN + 5):
        if number == 5:  # as a server does once it has started, so that no sweep goes through words and places
            gc.collect()
            gc.freeze()
        for reader, opened in zip(readers, found, strict=True):
            for name, path in PAGES.items():
                client = reader["desk" if name == "inbox" else "worker"]
                with counting() as counted:
                    began = time.perf_counter()
                    answer = await client.get(path)
                    spent = time.perf_counter() - began
                assert answer.status_code == 200, (name, answer.status_code)
                if number >= 5:
                    opened[name].milliseconds.append(spent * 1000)
                    opened[name].statements.add(len(counted))
    for reader in readers:
        for client in reader.values():
            await client.aclose()
    gc.unfreeze()
    return found


async def _signed_in(one: "Made") -> dict[str, httpx.AsyncClient]:
    settings = Settings(
        data_home=from_environment().data_home, database_url=None, secret="bench" * 16, base_url="http://relais.test", demo=True
    )  # fmt: skip
    app = create_app(settings, one.sessions, now=lambda: NOW)
    clients = {}
    for name, number in (("worker", 1), ("desk", caseloads.workers(one.referrals))):
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # Litestar spells ASGI's types its own way
        clients[name] = httpx.AsyncClient(transport=transport, base_url="http://relais.test")
        await Browser(clients[name]).sign_in(caseloads.email(number))
    return clients


# ------------------------------------------------------------------ timers


@dataclass(frozen=True, slots=True)
class Year:
    open: int
    made: float
    """Seconds in which the timers were set."""
    rung: int
    batches: int
    seconds: float
    twice: int
    left: int
    """Due within the year, and not rung."""
    by_time: bool
    """Every answer of time is one event."""


async def year(sessions: db.SessionMaker) -> Year:
    began = time.perf_counter()
    while not await _all_set(sessions):
        async with db.transaction(sessions) as session:
            await set_missing(session, now=NOW)
    made = time.perf_counter()
    rung, batches, now, end = 0, 0, NOW, NOW + YEAR
    while now <= end:
        async with db.transaction(sessions) as session:
            count = await ring_due(session, now, BATCH)
        rung, batches = rung + count, batches + bool(count)
        if count < BATCH:
            now += timedelta(hours=12)
    seconds = time.perf_counter() - made
    async with sessions() as session:
        fired = await session.scalar(
            select(func.count()).select_from(ReferralTimer).where(ReferralTimer.fired_at.is_not(None))
        )
        left = await session.scalar(
            select(func.count()).select_from(ReferralTimer)
            .where(ReferralTimer.fired_at.is_(None), ReferralTimer.due_at <= end - timedelta(days=1))
        )  # fmt: skip
        answers = {rule.kind for rules in RULES.values() for rule in rules if rule.rings is Rings.SYSTEM}
        events = await session.scalar(
            select(func.count()).select_from(ReferralEvent).where(ReferralEvent.actor_role == "system")
        )
        answered = await session.scalar(
            select(func.count()).select_from(ReferralTimer)
            .where(ReferralTimer.fired_at.is_not(None), ReferralTimer.kind.in_(answers))
        )  # fmt: skip
        open_ = await session.scalar(select(func.count(func.distinct(ReferralTimer.referral_id))))
    return Year(open_ or 0, made - began, rung, batches, seconds, rung - (fired or 0), left or 0, events == answered)


async def _all_set(sessions: db.SessionMaker) -> bool:
    async with sessions() as session:
        return not await session.scalar(text(
            "SELECT EXISTS (SELECT FROM referral r WHERE r.closed_at IS NULL AND NOT EXISTS "
            "(SELECT FROM referral_timer t WHERE t.referral_id = r.id))"
        ))  # fmt: skip


# ------------------------------------------------------------------ all of it


@dataclass(frozen=True, slots=True)
class Made:
    referrals: int
    engine: AsyncEngine
    sessions: db.SessionMaker


async def network(referrals: int, *, kind: str = "", fresh: bool = False) -> Made:
    """A database of its own, kept for the next run unless it is used up by one."""
    there = cluster.ensure(from_environment().data_home, durable=True)
    name = f"bench_track{kind}_{referrals}_v{caseloads.VERSION}"
    if fresh:
        cluster.drop_database(there, name)
    cluster.ensure_database(there, name)
    url = there.url(name)
    database.migrate(url)
    engine = db.connect(url)
    sessions = db.session_maker(engine)
    await caseloads.load(engine, sessions, referrals)
    return Made(referrals, engine, sessions)


def report_steps(found: Steps) -> bool:
    say(f"\nsteps, ms: ours at p50 / p95 and statements, beside the bare transaction ({len(found.all)} of each)\n")
    bare = median(found.bare) * 1000
    for name, spent in sorted(found.ours.items(), key=lambda one: -median(one[1])):
        say(f"{name:24}{_spread(spent)}{found.statements[name]:6}{median(spent) * 1000 / bare:8.2f} times")
    say(f"{'bare':24}{_spread(found.bare)}")
    met = found.ratio <= TIMES and found.ratio_of_eight <= TIMES
    for name, ratio, ours, limit in (
        ("one connection", found.ratio, sum(found.all) / len(found.all), sum(found.bare) / len(found.bare)),
        ("eight connections", found.ratio_of_eight, median(found.eight["ours"]), median(found.eight["bare"])),
    ):
        say(
            f"{name:24}{1 / ours:9.0f} steps a second, bare {1 / limit:.0f}: "
            f"{ratio:.2f}{'*' if ratio > TIMES else ''} times (goal {TIMES})"
        )
    return met


def _spread(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:9.2f} /{quantiles(seconds, n=20)[-1] * 1000:7.2f}"


def report_pages(sizes: Sequence[int], found: Sequence[dict[str, Opened]]) -> bool:
    met = True
    say(f"\npages, ms at p95 with {sizes[0]} and with {sizes[1]} referrals\n")
    for name in PAGES:
        small, large = found[0][name], found[1][name]
        ratio, same = large.p95 / small.p95, min(small.statements) == min(large.statements)
        met = met and ratio <= GROWTH and same
        say(
            f"{name:24}{small.p95:9.1f} {large.p95:9.1f}   {ratio:.2f}{'*' if ratio > GROWTH else ''} times (goal {GROWTH}); "
            f"statements {min(small.statements)} and {min(large.statements)}{'' if same else ' *'}"
        )
    return met


def report_year(found: Year) -> bool:
    met = not found.twice and not found.left and found.by_time
    say(
        f"\na year of timers for {found.open} open referrals: {found.rung} rang in {found.batches} batches of at most {BATCH} "
        f"in {found.seconds:.0f} s, {found.rung / found.seconds:.0f} a second; set in {found.made:.1f} s; "
        f"twice {found.twice}, forgotten {found.left}{'' if met else ' *'}"
    )
    return met


async def measure(referrals: int, timers: int) -> bool:
    began = time.perf_counter()
    small, large = await network(max(600, referrals // 100)), await network(referrals)
    say(f"networks of {small.referrals} and {large.referrals} referrals made in {time.perf_counter() - began:.0f} s")
    try:
        met = report_pages([small.referrals, large.referrals], await pages([small, large]))
    finally:
        for one in (small, large):
            await one.engine.dispose()
    used = await network(max(6000, timers), kind="_steps", fresh=True)
    try:
        met = report_steps(await steps(used.sessions)) and met
    finally:
        await used.engine.dispose()
    rings = await network(timers * 3 // 2, kind="_timers", fresh=True)  # two of three are open
    try:
        return report_year(await year(rings.sessions)) and met
    finally:
        await rings.engine.dispose()


def main() -> None:
    began = time.perf_counter()
    sizes = [int(text) for text in sys.argv[1:]]
    referrals = sizes[0] if sizes else 300_000
    met = uvloop.run(measure(referrals, sizes[1] if len(sizes) > 1 else min(10_000, max(300, referrals // 30))))
    say(f"\ntook {time.perf_counter() - began:.0f} s; {'every goal is met' if met else 'NOT every goal is met (*)'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
