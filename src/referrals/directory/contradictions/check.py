"""Findings kept in step with the records: new ones written, those that are mended closed, dismissed ones left alone."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.contradictions.gather import gather
from referrals.directory.contradictions.ground import should_lie
from referrals.directory.contradictions.rules import Found, findings
from referrals.directory.models import Finding
from referrals.kit.db import Json

BATCH = 1000
VOLATILE = {"km", "by"}
"""Facts that change with the neighbours and not with the record: they reopen nothing."""


async def check(session: AsyncSession, service_ids: Sequence[UUID], now: datetime) -> int:
    """Look at these services again. Returns how many of their contradictions are open."""
    await session.flush()
    ids = list(dict.fromkeys(service_ids))
    return sum([await _check(session, ids[start : start + BATCH], now) for start in range(0, len(ids), BATCH)])


async def _check(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> int:
    found = await _found(session, ids, now.date())
    known = {
        (one.service_id, one.kind, one.key): one
        for one in await session.scalars(select(Finding).where(Finding.service_id.in_(ids)))
    }
    await _add(session, {at: one for at, one in found.items() if at not in known}, now)
    for at, finding in known.items():
        if at in found:
            _keep(finding, found[at], now)
        elif finding.closed_at is None:
            finding.closed_at = now
    await session.flush()
    return len(found)


async def _found(session: AsyncSession, ids: Sequence[UUID], today: date) -> dict[tuple[UUID, str, str], Found]:
    records = await gather(session, ids)
    places = await should_lie(session, [spot for one in records for spot in one.spots])
    return {
        (record.service_id, one.kind, one.key): one for record in records for one in findings(record, places, today)
    }


async def _add(session: AsyncSession, fresh: dict[tuple[UUID, str, str], Found], now: datetime) -> None:
    rows = [
        {"service_id": service_id, "kind": kind, "key": key, "facts": one.facts, "weight": one.weight, "found_at": now}
        for (service_id, kind, key), one in fresh.items()
    ]
    if rows:
        await session.execute(insert(Finding), rows)


def _keep(finding: Finding, found: Found, now: datetime) -> None:
    """It is there still, or again. Other data than those that somebody dismissed are a new question."""
    other = _lasting(finding.facts) != _lasting(found.facts)
    if finding.closed_at is not None or (other and finding.dismissed_at is not None):
        finding.found_at = now
    if other:
        finding.dismissed_at = finding.dismissed_by = finding.why = None
    finding.closed_at = None
    if finding.facts != found.facts:
        finding.facts, finding.weight = found.facts, found.weight


def _lasting(facts: Json) -> Json:
    return {name: value for name, value in facts.items() if name not in VOLATILE}


async def dismiss(session: AsyncSession, finding: Finding, why: str, by: UUID, now: datetime) -> None:
    """Somebody has looked, and it is right as it stands: as long as the data stay the same."""
    finding.dismissed_at, finding.dismissed_by, finding.why = now, by, why
    await session.flush()


async def reopen(session: AsyncSession, finding: Finding) -> None:
    finding.dismissed_at = finding.dismissed_by = finding.why = None
    await session.flush()
