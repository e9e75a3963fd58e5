"""Looking at imports: the list of runs, what one of them did to which record, what it left out."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.models import ImportRun, import_change, import_loss
from referrals.exchange.shapes import SHAPES
from referrals.kit.errors import NotFound
from referrals.kit.text import fold

PER_PAGE = 25
_SHOWN = ("name", "number", "url", "document", "option", "identifier", "description", "address_1", "code", "extent")
"""Columns by which a record may be recognized, the best first."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Lines that left the same thing out for the same reason. `first`: where that was, the first few times."""

    kind: str
    entity: str
    field: str | None
    reason: str
    count: int
    first: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class LossLine:
    kind: str
    file: str
    line: int
    entity: str
    record_key: str | None
    field: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """`title` is what the record can be recognized by; None where it is no longer there."""

    entity: str
    record_id: UUID
    what: str
    title: str | None
    fields: tuple[Field, ...]


async def listed(session: AsyncSession, page: int) -> Sequence[ImportRun]:
    """The newest first; one more than PER_PAGE where another page follows."""
    newest = select(ImportRun).order_by(ImportRun.asked_at.desc(), ImportRun.id)
    return list(await session.scalars(newest.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)))


async def one(session: AsyncSession, id: UUID) -> ImportRun:
    """Raises NotFound."""
    run = await session.get(ImportRun, id)
    if run is None:
        raise NotFound
    return run


async def source_called(session: AsyncSession, given: str) -> str:
    """The name that a directory goes by: as it came in before, where only capitals, accents or spaces differ."""
    plain = _folded(given) or "import"
    known = set(await session.scalars(select(ImportRun.source).where(ImportRun.step == "import").distinct()))
    alike = [one for one in sorted(known) if _folded(one) == plain]
    return next((one for one in (given, plain, *alike) if one in known), plain)


def _folded(name: str) -> str:
    return fold(name).replace(" ", "-")[:60]


async def has_a_later(session: AsyncSession, run: ImportRun) -> bool:
    """Whether another import of the same source has come in since, and stands."""
    if run.ended_at is None:
        return False
    later = select(ImportRun.id).where(
        ImportRun.source == run.source, ImportRun.state == "done", ImportRun.ended_at > run.ended_at
    )
    return (await session.scalar(later.limit(1))) is not None


async def losses(session: AsyncSession, run: ImportRun, limit: int = 60) -> list[Loss]:
    """What was left out, alike together, the most frequent of each kind first."""
    c = import_loss.c
    at = func.row_number().over(partition_by=(c.kind, c.entity, c.field, c.reason), order_by=c.position)
    lines = select(import_loss, at.label("at")).where(c.run_id == run.id).subquery()
    each = lines.c
    grouped = (
        select(
            each.kind, each.entity, each.field, each.reason, func.count().label("count"),
            func.array_agg(each.file).filter(each.at <= 3).label("files"),
            func.array_agg(each.line).filter(each.at <= 3).label("lines"),
        )
        .group_by(each.kind, each.entity, each.field, each.reason)
        .order_by(each.kind == "repaired", each.kind == "lost", func.count().desc(), each.entity, each.field)
        .limit(limit)
    )  # fmt: skip
    return [_loss(row, run.report or {}) for row in (await session.execute(grouped)).all()]


async def loss_lines(session: AsyncSession, id: UUID) -> AsyncIterator[LossLine]:
    """Every line that is kept, in the order of the report."""
    c = import_loss.c
    lines = select(c.kind, c.file, c.line, c.entity, c.record_key, c.field, c.reason)
    found = await session.stream(lines.where(c.run_id == id).order_by(c.kind, c.position))
    async for row in found:
        yield LossLine(*row)


async def change_counts(session: AsyncSession, id: UUID) -> dict[tuple[str, str], int]:
    """(what, entity) -> how many records."""
    c = import_change.c
    rows = await session.execute(
        select(c.what, c.entity, func.count()).where(c.run_id == id).group_by(c.what, c.entity)
    )
    return {(what, entity): count for what, entity, count in rows.all()}


async def changes(session: AsyncSession, id: UUID, what: str, entity: str, page: int) -> list[Change]:
    """One page of the records to which the run did this; one more than PER_PAGE where another page follows."""
    c = import_change.c
    wanted = select(c.record_id, c.before, c.after).where(c.run_id == id, c.what == what, c.entity == entity)
    rows = (await session.execute(wanted.order_by(c.record_id).limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE))).all()
    titles = await _titles(session, entity, [row.record_id for row in rows])
    return [
        Change(entity, row.record_id, what, titles.get(row.record_id), tuple(_fields(row.before, row.after)))
        for row in rows
    ]


def _loss(row: Row[Any], report: dict[str, Any]) -> Loss:
    """Counted by the report, which lists only the first of many that are alike."""
    mended = f"{row.entity}.{row.field}: {row.reason}" if row.field else f"{row.entity}: {row.reason}"
    counted: dict[str, Any] = report.get(row.kind, {}) if row.kind in ("lost", "repaired") else {}
    count = max(row.count, counted.get(mended if row.kind == "repaired" else row.field, 0))
    field = f"{row.entity}.{row.field}" if row.field and row.kind != "lost" else row.field
    return Loss(row.kind, row.entity, field, row.reason, count, tuple(zip(row.files, row.lines, strict=True)))


def _fields(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[Field]:
    hidden = {"record_hash", "gone_at", "source", "source_key"}
    names = [name for name in (after or {}) if name not in hidden]
    return [Field(name, _said((before or {}).get(name)), _said((after or {}).get(name))) for name in sorted(names)]


def _said(value: object) -> str:
    return "" if value is None else str(value)


async def _titles(session: AsyncSession, entity: str, ids: list[UUID]) -> dict[UUID, str]:
    if entity not in SHAPES or not ids:
        return {}
    table = SHAPES[entity].table
    known = [table.c[name] for name in _SHOWN if name in table.c]
    shown = func.coalesce(*known, table.c.source_key) if known and "source_key" in table.c else table.c.id
    rows = await session.execute(select(table.c.id, shown).where(table.c.id.in_(ids)))
    return {id: str(title or id) for id, title in rows.all()}
