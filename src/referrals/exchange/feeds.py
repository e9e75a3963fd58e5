"""Sources that come by themselves: a directory fetched every day, week or month, and what became of it."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from anyio import to_thread
from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange import runs
from referrals.exchange.fetching import Fetched, Known, Unfetched, from_here, from_web, is_web
from referrals.exchange.models import ColumnMapping, Feed, ImportRun
from referrals.kit.errors import Conflict, NotFound
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.jobs import enqueue
from referrals.kit.settings import Settings

LOOK: Final = "exchange.feeds"
FETCH: Final = "exchange.fetch"
_RHYTHMS: Final = {
    "daily": relativedelta(days=1), "weekly": relativedelta(weeks=1), "monthly": relativedelta(months=1),
}  # fmt: skip
PROBLEMS: Final = {
    "scheme": N_("Only addresses that begin with http:// or https:// are fetched."),
    "private": N_("%(detail)s is a machine of a private network, which is not fetched from."),
    "status": N_("The address answered with the error %(detail)s."),
    "astray": N_("The address leads to another one, and that leads nowhere."),
    "cut": N_("The package broke off before its end."),
    "silent": N_("The address does not answer (%(detail)s)."),
    "large": N_("The package is larger than we take."),
    "slow": N_("The package did not come within ten minutes."),
    "empty": N_("The address answered with nothing."),
    "no_folder": N_("No folder for local sources has been set up here."),
    "outside": N_("This path leads out of the folder for local sources."),
    "not_there": N_("There is no file at this path."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A feed, and the run that it last led to."""

    feed: Feed
    run: ImportRun | None
    problem: str
    """Why it does not come, in a sentence; empty where all is well."""
    columns: str = ""
    """The saved mapping by which it is read."""
    news: bool = True
    """Whether what was asked for last brought anything new."""


async def add(
    session: AsyncSession, *, source: str, address: str, rhythm: str, language: str | None, whole: bool, by: UUID,
    now: datetime, mapping_id: UUID | None = None,
) -> Feed:  # fmt: skip
    """Fetched for the first time at once. Raises Conflict where the source comes from elsewhere already."""
    if await session.scalar(select(Feed.id).where(Feed.source == source)):
        raise Conflict("feed_taken")
    feed = Feed(
        id=uuid4(), source=source, address=address, rhythm=rhythm, language=language, whole=whole, made_by=by,
        made_at=now, next_at=now + _RHYTHMS[rhythm], mapping_id=mapping_id,
    )  # fmt: skip
    session.add(feed)
    await session.flush()
    await ask_fetch(session, feed.id)
    return feed


async def pause(session: AsyncSession, id: UUID, now: datetime) -> Feed:
    """Fetched no more until somebody says so; said again, fetched again from its next time on."""
    feed = await one(session, id)
    feed.active = not feed.active
    feed.next_at = max(feed.next_at, now)
    return feed


async def forget(session: AsyncSession, id: UUID) -> Feed:
    """Fetched no more. What came in stays, with its runs, and the name is free for another address."""
    feed = await one(session, id)
    await session.delete(feed)
    await session.flush()
    return feed


async def ask_fetch(session: AsyncSession, id: UUID) -> None:
    await enqueue(session, FETCH, once=f"{FETCH} {id}", id=str(id))


async def one(session: AsyncSession, id: UUID) -> Feed:
    """Raises NotFound."""
    feed = await session.get(Feed, id)
    if feed is None:
        raise NotFound
    return feed


async def listed(session: AsyncSession) -> list[Standing]:
    feeds: Sequence[Feed] = (await session.scalars(select(Feed).order_by(Feed.source))).all()
    newest = select(ImportRun).where(ImportRun.feed_id.in_([feed.id for feed in feeds]))
    newest = newest.ext(distinct_on(ImportRun.feed_id)).order_by(ImportRun.feed_id, ImportRun.asked_at.desc())
    runs_of = {run.feed_id: run for run in await session.scalars(newest)}
    names = {one.id: one.name for one in await session.scalars(select(ColumnMapping))}
    return [_standing(feed, runs_of.get(feed.id), names) for feed in feeds]


def _standing(feed: Feed, run: ImportRun | None, names: Mapping[UUID, str]) -> Standing:
    new = run is not None and run.asked_at == feed.looked_at and not _changed_nothing(run)
    columns = names.get(feed.mapping_id, "") if feed.mapping_id else ""
    return Standing(feed, run, problem(feed, run), columns, news=new)


def _changed_nothing(run: ImportRun) -> bool:
    report = run.report or {}
    return run.state == "done" and not any(report.get(name) for name in ("created", "changed", "gone"))


def problem(feed: Feed, run: ImportRun | None) -> str:
    if feed.problem:
        code, _bar, detail = feed.problem.partition("|")
        return _(PROBLEMS[code]) % {"detail": detail} if code in PROBLEMS else feed.problem
    return _("The package came, but could not be imported.") if run is not None and run.state == "failed" else ""


async def look(session: AsyncSession, *, now: datetime) -> None:
    """Which sources are due."""
    due = await session.scalars(select(Feed.id).where(Feed.active, Feed.next_at <= now))
    for id in due:
        await ask_fetch(session, id)


async def fetch(session: AsyncSession, *, id: str, now: datetime, settings: Settings) -> None:
    """Fetch what is new and have it imported; a failure is kept with the source and tried again the next time."""
    feed = await session.get(Feed, UUID(id), with_for_update=True)
    if feed is None or not feed.active:
        return
    run_id = uuid4()
    folder = settings.uploads_home / str(run_id)
    feed.looked_at, feed.next_at = now, now + _RHYTHMS[feed.rhythm]
    known = Known(feed.etag, feed.last_modified) if await _came_in(session, feed) else Known()
    try:
        found = await to_thread.run_sync(lambda: _get(feed.address, folder, known, settings))
    except Unfetched as unfetched:
        shutil.rmtree(folder, ignore_errors=True)
        feed.problem = f"{unfetched.code}|{unfetched.detail}"
        feed.next_at = min(feed.next_at, now + timedelta(days=1))
        return
    feed.problem, feed.etag, feed.last_modified = None, found.known.etag, found.known.last_modified
    if found.name is not None:
        await runs.ask(
            session, id=run_id, source=feed.source, file_name=found.name, now=now, by=None, step="import",
            whole=feed.whole, language=feed.language, upload=f"{run_id}/{found.name}", mapping_id=feed.mapping_id,
            feed_id=feed.id,
        )  # fmt: skip


def _get(address: str, folder: Path, known: Known, settings: Settings) -> Fetched:
    if is_web(address):
        return from_web(address, folder, known, private=settings.private_sources)
    return from_here(address, folder, known, settings.sources_home)


async def _came_in(session: AsyncSession, feed: Feed) -> bool:
    """Whether what was fetched last has also been imported: if not, it is fetched again although it is the same."""
    last = select(ImportRun.state).where(ImportRun.feed_id == feed.id).order_by(ImportRun.asked_at.desc()).limit(1)
    return await session.scalar(last) == "done"
