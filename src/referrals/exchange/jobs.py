"""Work of this room for later: imports and their undoing, and what a decision about a term means for listings."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings
from referrals.exchange import feeds, runs, terms, undo, uploads
from referrals.exchange import mapping as mappings
from referrals.exchange.actions import import_directory
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.models import ImportRun
from referrals.exchange.report import Report
from referrals.exchange.runs import RunWatch
from referrals.exchange.watch import Cancelled
from referrals.kit.db import SessionMaker
from referrals.kit.jobs import Job, enqueue
from referrals.kit.logs import logger
from referrals.kit.settings import Settings
from referrals.places import load as places

RELIST = "exchange.relist"


async def relist(session: AsyncSession, *, term_id: str, now: datetime) -> None:
    """Derive the listings of all services with this foreign term anew."""
    await listings.refresh(session, await terms.services_with(session, UUID(term_id)), now)


async def run(session: AsyncSession, *, id: str, now: datetime, settings: Settings, outside: SessionMaker) -> None:
    """What a run is to do next: be tried, be imported, be undone. A failure is told on its page and not tried again."""
    found = await session.get(ImportRun, UUID(id), populate_existing=True)
    if found is None or found.state not in ("queued", "running"):
        return
    step = found.step
    watch = RunWatch(outside, found.id)
    await watch.begin(now)
    try:
        await _STEPS[step](session, found, settings, watch, now)
    except BrokenPackage as broken:
        await _end(session, found, "failed", str(broken), now)
    except Cancelled:
        await _end(session, found, "done" if step == "undo" else "cancelled", None, now)
    except Exception as error:
        logger().error("import failed", run=id, exc_info=error)
        await _end(session, found, "done" if step == "undo" else "failed", "internal", now)
    if step == "undo":
        found.step = "import"
    waits_for_columns = found.state == "failed" and found.mapping_id is not None
    if found.state in ("done", "cancelled", "failed") and not waits_for_columns:
        uploads.remove(settings.uploads_home, found)


JOBS: dict[str, Job] = {RELIST: relist, runs.JOB: run, feeds.LOOK: feeds.look, feeds.FETCH: feeds.fetch}
"""Each takes the tools that it names besides its own arguments."""

PERIODIC = {feeds.LOOK: "7 * * * *"}


async def ask_for_relisting(session: AsyncSession, term_id: UUID) -> None:
    """After the commit; while one such request waits, another adds nothing."""
    await enqueue(session, RELIST, once=f"{RELIST} {term_id}", term_id=str(term_id))


class _Tried(Exception):
    """Carries the report out of a savepoint that is not to be kept."""

    def __init__(self, report: Report) -> None:
        self.report = report


async def _rehearse(
    session: AsyncSession, found: ImportRun, settings: Settings, watch: RunWatch, now: datetime
) -> None:
    """All of the import, and nothing of it kept."""
    try:
        async with session.begin_nested():
            raise _Tried(await _import(session, found, settings, watch, now))
    except _Tried as tried:
        await runs.finish(session, found, tried.report, "ready", now)


async def _bring(session: AsyncSession, found: ImportRun, settings: Settings, watch: RunWatch, now: datetime) -> None:
    async with session.begin_nested():
        report = await _import(session, found, settings, watch, now)
    await runs.finish(session, found, report, "done", now)


async def _undo(session: AsyncSession, found: ImportRun, settings: Settings, watch: RunWatch, now: datetime) -> None:
    async with session.begin_nested():
        await undo.undo(session, found, watch, now)


async def _import(
    session: AsyncSession, found: ImportRun, settings: Settings, watch: RunWatch, now: datetime
) -> Report:
    await places.load(session)
    mapping = await mappings.of(session, found.mapping_id)
    if mapping is not None:
        mapping = replace(mapping, language=mapping.language or found.language or "")
    return await import_directory(
        session, uploads.path_of(settings.uploads_home, found), now, source=found.source, language=found.language,
        whole=found.whole, watch=watch, run=found, mapping=mapping,
    )  # fmt: skip


_STEPS = {"rehearse": _rehearse, "import": _bring, "undo": _undo}


async def _end(session: AsyncSession, found: ImportRun, state: str, problem: str | None, now: datetime) -> None:
    await session.refresh(found)
    found.state, found.problem, found.phase, found.ended_at = state, problem, None, now
