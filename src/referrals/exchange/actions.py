"""Bringing somebody's directory in."""

import time
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings
from referrals.directory.models import Service
from referrals.exchange.demo import SOURCE as DEMO
from referrals.exchange.package import Package
from referrals.exchange.records import Reader, Tell
from referrals.exchange.report import Report, Terms
from referrals.exchange.staging import Staging, driver
from referrals.taxonomy import crosswalk, load, queries


async def import_directory(
    session: AsyncSession,
    path: Path,
    now: datetime,
    *,
    source: str | None = None,
    language: str | None = None,
    whole: bool = True,
    tell: Tell | None = None,
) -> Report:
    """Import the package at `path` as everything that `source` has (or, not `whole`, as a part of it).

    Idempotent: what the source has not changed is not touched, whatever was edited here since. Raises BrokenPackage;
    the caller's transaction must then be undone.
    """
    began = time.perf_counter()
    package = Package(path)
    await load.load(session, now)
    words = await queries.vocabulary(session)
    report = Report(source or package.source)
    reader = Reader(report.source, words, report, language, dates_move=package.is_ours)
    staging = Staging(await driver(session), report.source, report)
    await staging.open()
    await _stage(staging, package, reader, now.date(), tell)
    await staging.settle()
    await staging.merge(now)
    if whole:
        await staging.mark_gone(now)
    await staging.close()
    session.expire_all()
    linked = await crosswalk.link_everyday(session, report.source, now)
    await crosswalk.propose(session, now, report.source)
    if report.created or report.changed or report.gone or linked:
        report.listings = await listings.refresh(session, await _services_of(session, report.source), now)
    report.terms = Terms(**await crosswalk.standing(session, report.source))
    report.seconds = round(time.perf_counter() - began, 2)
    return report


async def _stage(staging: Staging, package: Package, reader: Reader, today: date, tell: Tell | None) -> None:
    for number, raw in enumerate(package.records(reader.words, reader.report, today)):
        for row in reader.rows(raw):
            await staging.put(row)
        if tell is not None and number % 500 == 0:
            tell(package.read, package.size)
    await staging.flush()
    await staging.keep(reader.kept)
    if tell is not None:
        tell(package.size, package.size)


async def _services_of(session: AsyncSession, source: str) -> list[UUID]:
    return list(await session.scalars(select(Service.id).where(Service.source == source)))


__all__ = ["DEMO", "import_directory"]
