"""The world of a folder: a scratch database that holds its taxonomy and its directory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.evaluation.folder import DIRECTORY, TAXONOMY, Folder, Unusable, taxonomy_beside_ours
from referrals.exchange.actions import import_directory
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.report import Report
from referrals.kit import db
from referrals.kit.logs import logger
from referrals.places import load as places
from referrals.taxonomy import load as taxonomy


@asynccontextmanager
async def world(url: str, folder: Folder, own: Path) -> AsyncIterator[AsyncSession]:
    """`url`: an empty database; `own`: a folder for a file of ours. What a deployment has set plays no part."""
    engine = db.connect(url)
    try:
        async with db.transaction(db.session_maker(engine)) as session:
            await filled(session, folder, own)
            yield session
    finally:
        await engine.dispose()


async def filled(session: AsyncSession, folder: Folder, own: Path) -> Report:
    """Raises Unusable where there is nothing to evaluate with."""
    now = datetime.combine(folder.first_day, time(9), UTC)
    words = taxonomy_beside_ours(folder, own / TAXONOMY)
    await places.load(session)
    if folder.nothing_offered:
        await taxonomy.load(session, now, words)
        return Report("evaluation")
    try:
        report = await import_directory(session, folder.directory, now, source="evaluation", taxonomy=words)
    except BrokenPackage as broken:
        raise Unusable(f"{DIRECTORY}: {broken}") from broken
    for one in report.rejected[:3]:
        logger().warning("passed over", file=one.file, line=one.line, entity=one.entity, id=one.id, reason=one.reason)
    if not report.created:
        raise Unusable(f"{DIRECTORY}: there is no service in it that can be read.")
    return report
