"""Possible doubles kept in step with the records: new ones written, those that read apart by now forgotten, decided ones left alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from anyio import to_thread
from sqlalchemy import delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates.blocking import candidates
from referrals.directory.duplicates.facts import Fact
from referrals.directory.duplicates.likeness import TABLES, refresh
from referrals.directory.duplicates.records import Compared, Entity, batches, compared
from referrals.directory.duplicates.scoring import Scored, score
from referrals.directory.models import DuplicatePair
from referrals.kit.db import Json

BATCH = 200
RISEN = 0.1
"""A pair that somebody called different is asked about again when its score has risen by this much, on a new ground."""
Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Found:
    """What one step came to: pairs looked at, and those that are possible doubles."""

    compared: int
    possible: int


async def look_again(session: AsyncSession, entity: Entity, ids: Sequence[UUID], now: datetime) -> Found:
    """These records have changed: fold them, and compare them with all that they may be."""
    await refresh(session, entity, ids)
    return await compare(session, entity, ids, now)


async def compare(
    session: AsyncSession, entity: Entity, ids: Sequence[UUID], now: datetime, *, onward: bool = False
) -> Found:
    """Compare folded records. `onward` as for `blocking.candidates`; the pairs of these records are then brought up to date too."""
    looked, possible = 0, 0
    for batch in batches(ids, BATCH):
        known = await _known(session, entity, batch, onward=onward)
        met = {(one.a, one.b) for one in await candidates(session, entity, batch, onward=onward)}
        # A pair that was met from its other end is judged by what it says now, not by who meets whom today.
        scored = await _scored(session, entity, sorted(met | known.keys()))
        await _keep(session, entity, known, scored, now)
        looked += len(met)
        possible += sum(one.same for one in scored.values())
    return Found(looked, possible)


async def _known(
    session: AsyncSession, entity: Entity, ids: Sequence[UUID], *, onward: bool
) -> dict[Pair, DuplicatePair]:
    pair = DuplicatePair
    mine = pair.a_id.in_(ids) if onward else or_(pair.a_id.in_(ids), pair.b_id.in_(ids))
    rows = await session.scalars(select(pair).where(pair.entity == entity.value, mine))
    return {(one.a_id, one.b_id): one for one in rows}


async def _scored(session: AsyncSession, entity: Entity, pairs: Sequence[Pair]) -> dict[Pair, Scored]:
    ids = list({id for pair in pairs for id in pair})
    records: dict[UUID, Compared] = {}
    for batch in batches(ids, 1000):
        records |= {one.id: one for one in await compared(session, entity, batch)}
    return await to_thread.run_sync(_scores, records, pairs)  # seconds of thinking, while the same process serves pages


def _scores(records: Mapping[UUID, Compared], pairs: Sequence[Pair]) -> dict[Pair, Scored]:
    return {(a, b): score(records[a], records[b]) for a, b in pairs if a in records and b in records}


async def _keep(
    session: AsyncSession, entity: Entity, known: dict[Pair, DuplicatePair], scored: dict[Pair, Scored], now: datetime
) -> None:
    fresh = {at: one for at, one in scored.items() if one.same}
    await _write(session, entity, {at: one for at, one in fresh.items() if at not in known}, now)
    for at, old in known.items():
        if at in fresh:
            _follow(old, fresh[at], now)
        elif old.decision is None:
            await session.delete(old)
    await session.flush()


async def _write(session: AsyncSession, entity: Entity, fresh: dict[Pair, Scored], now: datetime) -> None:
    if not fresh:
        return
    rows = [
        {"id": uuid4(), "entity": entity.value, "a_id": a, "b_id": b, "score": one.score, "reasons": told(one.facts),
         "found_at": now}
        for (a, b), one in fresh.items()
    ]  # fmt: skip
    await session.execute(insert(DuplicatePair).on_conflict_do_nothing(), rows)


def _follow(old: DuplicatePair, found: Scored, now: datetime) -> None:
    """A new score and new reasons; somebody's "not the same" holds unless the records have come to say something new."""
    reasons = told(found.facts)
    if old.decision == "same":
        return
    if old.decision == "different":
        if found.score < old.score + RISEN or not grounds(reasons) - grounds(old.reasons):
            return
        old.decision = old.decided_by = old.decided_at = None
        old.found_at = now
    if old.reasons != reasons:
        old.score, old.reasons = found.score, reasons


def grounds(reasons: Iterable[Json]) -> set[str]:
    """What speaks for it."""
    return {str(reason["code"]) for reason in reasons if reason["weight"] > 0}


def told(facts: Iterable[Fact]) -> list[Json]:
    """As they are kept."""
    return [{"code": one.code, "weight": round(one.weight, 2), "said": list(one.said)} for one in facts]


async def forget_the_gone(session: AsyncSession, entity: Entity) -> None:
    """Open pairs of which one record is there no more."""
    table, pair = TABLES[entity], DuplicatePair
    for end in (pair.a_id, pair.b_id):
        there = exists().where(table.id == end, table.gone_at.is_(None))
        await session.execute(
            delete(pair).where(pair.entity == entity.value, pair.decision.is_(None), ~there),
            execution_options={"synchronize_session": False},
        )
