"""A run of an import: asked for, watched while it goes, told what it did, stopped or undone."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.models import ImportRun, import_loss
from referrals.exchange.report import Rejection, Report
from referrals.exchange.statements import driver
from referrals.exchange.watch import Cancelled, Phase
from referrals.kit.db import SessionMaker, transaction
from referrals.kit.errors import Conflict, NotFound
from referrals.kit.jobs import enqueue

JOB = "exchange.run"
KEPT = 20_000
"""Lines of loss that are kept for a run; the report has the number of all."""
UNSHOWN = 200
"""Services that are named because nobody sees them any more; the report has the number of all."""
EVERY = timedelta(seconds=0.4)


async def ask(
    session: AsyncSession, *, source: str, file_name: str, now: datetime, by: UUID | None, step: str = "rehearse",
    whole: bool = True, language: str | None = None, upload: str | None = None, mapping_id: UUID | None = None,
    feed_id: UUID | None = None, id: UUID | None = None,
) -> ImportRun:  # fmt: skip
    """A package that lies ready is tried (or, with `step` import, brought in at once) after the commit."""
    run = ImportRun(
        id=id or uuid4(), source=source, file_name=file_name, step=step, state="queued", whole=whole,
        language=language, asked_by=by, asked_at=now, upload=upload, mapping_id=mapping_id, feed_id=feed_id,
    )  # fmt: skip
    session.add(run)
    await session.flush()
    await enqueue(session, JOB, id=str(run.id))
    return run


async def wait_for_columns(
    session: AsyncSession, *, id: UUID, source: str, file_name: str, now: datetime, by: UUID, whole: bool,
    language: str | None, upload: str,
) -> ImportRun:  # fmt: skip
    """A table of which nobody has said yet what its columns hold."""
    run = ImportRun(
        id=id, source=source, file_name=file_name, step="rehearse", state="ready", whole=whole, language=language,
        asked_by=by, asked_at=now, upload=upload,
    )  # fmt: skip
    session.add(run)
    await session.flush()
    return run


async def try_with(session: AsyncSession, id: UUID, mapping_id: UUID, now: datetime) -> ImportRun:
    """Try the table again with this mapping."""
    run = await _held(session, id)
    run.mapping_id, run.state, run.asked_at, run.problem, run.report = mapping_id, "queued", now, None, None
    run.phase, run.done, run.total, run.stop_asked = None, 0, 0, False
    await enqueue(session, JOB, id=str(run.id))
    return run


async def bring_in(session: AsyncSession, id: UUID, now: datetime) -> ImportRun:
    """Somebody has read what would come, and wants it. Raises Conflict where it is not waiting for that."""
    run = await _held(session, id)
    if run.state != "ready" or run.report is None:
        raise Conflict("import_not_ready")
    run.step, run.state, run.asked_at, run.stop_asked = "import", "queued", now, False
    run.phase, run.done, run.total = None, 0, 0
    await enqueue(session, JOB, id=str(run.id))
    return run


async def stop(session: AsyncSession, id: UUID, now: datetime) -> ImportRun:
    """A run that has not begun, or waits for a yes, ends at once; one that goes on is told to, and keeps nothing."""
    run = await _held(session, id)
    if run.state in ("queued", "ready"):
        run.state, run.ended_at = "cancelled", now
    elif run.state == "running":
        run.stop_asked = True
    else:
        raise Conflict("import_has_ended")
    return run


async def ask_undo(session: AsyncSession, id: UUID, by: UUID, now: datetime) -> ImportRun:
    """Undo the whole import after the commit. Raises Conflict where there is nothing to undo, or no longer."""
    run = await _held(session, id)
    if run.state == "undone":
        raise Conflict("import_undone")
    if run.state != "done" or run.step != "import":
        raise Conflict("import_not_done")
    run.step, run.state, run.undone_by = "undo", "queued", by
    run.phase, run.done, run.total, run.stop_asked = None, 0, 0, False
    await enqueue(session, JOB, id=str(run.id))
    return run


async def finish(session: AsyncSession, run: ImportRun, report: Report, state: str, now: datetime) -> None:
    """What it did, or would do: numbers on the run itself, line by line beside it."""
    await session.refresh(run)  # the import has let go of everything it knew
    run.report, run.state, run.format = numbers(report), state, report.format
    run.ended_at = now + timedelta(seconds=report.seconds)
    run.phase, run.problem = None, None
    await _keep_losses(session, run.id, report)


def numbers(report: Report) -> dict[str, Any]:
    """The report without its lists of lines, as JSON."""
    return {
        "source": report.source, "created": report.created, "changed": report.changed, "unchanged": report.unchanged,
        "gone": report.gone, "rejected": len(report.rejected), "unreadable": len(report.unreadable),
        "lost": dict(report.lost), "empty": dict(report.empty), "repaired": dict(report.repaired),
        "unshown": [asdict(one) for one in report.unshown[:UNSHOWN]], "unshown_in_all": len(report.unshown),
        "skipped": report.skipped[:200], "kinds": report.kinds, "listings": report.listings,
        "terms": asdict(report.terms), "seconds": report.seconds, "spans": report.spans, "conflicts": report.conflicts,
    }  # fmt: skip


class RunWatch:
    """Writes where a run stands in short transactions of its own, so that others see it while the import's one goes on."""

    def __init__(self, sessions: SessionMaker, run_id: UUID) -> None:
        self.sessions, self.run_id = sessions, run_id
        self._told: tuple[Phase, float] | None = None

    async def begin(self, now: datetime) -> None:
        values = {"state": "running", "started_at": now, "ended_at": None, "problem": None, "phase": "read"}
        async with transaction(self.sessions) as session:
            await session.execute(update(ImportRun).where(ImportRun.id == self.run_id).values(values))

    async def see(self, phase: Phase, done: int, total: int) -> None:
        """Raises Cancelled where somebody has asked the run to stop."""
        share = done / total if total else 0.0
        if self._told is not None and self._told[0] == phase and share - self._told[1] < 0.005:
            return
        self._told = (phase, share)
        async with transaction(self.sessions) as session:
            stop_asked = await session.scalar(
                update(ImportRun)
                .where(ImportRun.id == self.run_id)
                .values(phase=phase, done=done, total=total)
                .returning(ImportRun.stop_asked)
            )
        if stop_asked:
            raise Cancelled


async def _held(session: AsyncSession, id: UUID) -> ImportRun:
    run: ImportRun | None = await session.scalar(
        select(ImportRun).where(ImportRun.id == id).with_for_update().execution_options(populate_existing=True)
    )
    if run is None:
        raise NotFound
    return run


async def _keep_losses(session: AsyncSession, run_id: UUID, report: Report) -> None:
    await session.execute(delete(import_loss).where(import_loss.c.run_id == run_id))
    connection = await driver(session)
    statement = "COPY import_loss (run_id, position, kind, file, line, entity, record_key, field, reason) FROM STDIN"
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for position, (kind, one) in enumerate(_lines(report)):
            await copy.write_row(
                (run_id, position, kind, one.file, one.line, one.entity, one.id, one.field, one.reason)
            )


def _lines(report: Report) -> Iterator[tuple[str, Rejection]]:
    for kind, found in (
        ("refused", report.rejected), ("unreadable", report.unreadable), ("lost", report.losses),
        ("repaired", report.repairs),
    ):  # fmt: skip
        yield from ((kind, one) for one in found[:KEPT])
