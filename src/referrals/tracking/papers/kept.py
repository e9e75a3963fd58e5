"""Papers that a service asked for: sealed in the data folder, seen within the agreement, gone with a refusal.

The folder is outside of everything that is served; a file's name there is chance. A row is the only way to it.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from anyio import fail_after, to_thread
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import RequiredDocument
from referrals.directory.queries.redirects import stands_for
from referrals.kit.errors import Conflict, NotFound
from referrals.kit.jobs import enqueue
from referrals.kit.sealing import seal, unseal
from referrals.kit.settings import Settings
from referrals.tracking.lifecycle import OPEN
from referrals.tracking.models import Referral, ReferralEvent, ReferralFile
from referrals.tracking.papers.agreed import agreed_to
from referrals.tracking.papers.kinds import cleaned
from referrals.tracking.papers.refused import NotOurs

MOST: Final = 5
"""Papers with one referral."""
ORPHANED: Final = timedelta(days=1)
"""A file that no row speaks of after this time was left by a request that did not come to its end."""
LONGEST_LOOK: Final = 20
"""Seconds for one file."""
_PURPOSE: Final = "paper"


async def asked_for(session: AsyncSession, service_id: UUID) -> list[str]:
    """The papers that the service's listing asks for, in its own words. None: nothing can be attached."""
    rows = await session.scalars(
        select(RequiredDocument.document)
        .where(RequiredDocument.service_id == stands_for(service_id), RequiredDocument.document.is_not(None))
        .order_by(RequiredDocument.document)
    )
    return [name for name in dict.fromkeys(rows) if name]


async def of(session: AsyncSession, referral_id: UUID) -> Sequence[ReferralFile]:
    rows = await session.scalars(
        select(ReferralFile)
        .where(ReferralFile.referral_id == referral_id, ReferralFile.gone_at.is_(None))
        .order_by(ReferralFile.at, ReferralFile.id)
    )
    return rows.all()


async def visible(
    session: AsyncSession, referral: Referral, now: datetime, *, identified: Literal["yes", "no"]
) -> list[ReferralFile]:
    """What the receiver may open now: within the agreement, and with the name only after a yes and a second proof."""
    there = await of(session, referral.id)
    if not there:
        return []
    agreed = await agreed_to(session, referral, there, now)
    return [one for one in agreed if one.tier == "t1" or identified == "yes"]


async def add(
    session: AsyncSession, settings: Settings, referral: Referral, by: UUID, *, document: str, content: bytes,
    tier: Literal["t1", "t2"], sensitivity: str | None, now: datetime,
) -> ReferralFile:  # fmt: skip
    """Raises NotOurs with a code, and Conflict("not_possible") where nobody would look at it any more."""
    if document not in await asked_for(session, referral.service_id):
        raise NotOurs("unasked")
    if referral.status not in OPEN:
        raise Conflict("not_possible")
    if len(await of(session, referral.id)) >= MOST:
        raise NotOurs("many")
    kind, clean = await _cleaned(content)
    stored = secrets.token_hex(16)
    sealed = await to_thread.run_sync(seal, settings.secret, _PURPOSE, clean)
    await to_thread.run_sync(_put_away, settings, stored, sealed)
    row = ReferralFile(
        referral_id=referral.id, document=document, kind=kind, size=len(clean), stored=stored, sensitivity=sensitivity,
        tier=tier, added_by=by, at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def _cleaned(content: bytes) -> tuple[str, bytes]:
    """Beside the loop: a large PDF takes its time, and one that was made to take longer is not waited for."""
    try:
        with fail_after(LONGEST_LOOK):
            return await to_thread.run_sync(cleaned, content, abandon_on_cancel=True)
    except TimeoutError:
        raise NotOurs("broken") from None


async def content(settings: Settings, row: ReferralFile) -> bytes:
    """Raises NotFound where the file is gone."""
    try:
        sealed = await to_thread.run_sync(path(settings, row.stored).read_text)
    except FileNotFoundError:
        raise NotFound("paper") from None
    found = await to_thread.run_sync(unseal, settings.secret, _PURPOSE, sealed)
    if found is None:
        raise NotFound("paper")
    return found


async def drop(session: AsyncSession, row: ReferralFile, now: datetime) -> None:
    """Nobody sees it from now on; the file goes after the commit."""
    row.gone_at = now
    await session.flush()
    await enqueue(session, "tracking.burn_papers", referral_id=str(row.referral_id))


async def forget(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """What follows from a refusal, an expiry and every other end, where there are any (`LIE_THERE`)."""
    await session.execute(
        update(ReferralFile)
        .where(ReferralFile.referral_id == referral.id, ReferralFile.gone_at.is_(None))
        .values(gone_at=fact.at)
    )
    await enqueue(session, "tracking.burn_papers", referral_id=str(referral.id))


LIE_THERE: Final = "EXISTS (SELECT FROM referral_file WHERE referral_id = r.id AND gone_at IS NULL) AS papers"
"""A look of `record`."""


def path(settings: Settings, stored: str) -> Path:
    return home(settings) / stored[:2] / stored


def home(settings: Settings) -> Path:
    return settings.data_home / "papers"


def _put_away(settings: Settings, stored: str, sealed: str) -> None:
    place = path(settings, stored)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place.with_suffix(".part")
    part.write_text(sealed)
    part.chmod(0o600)
    part.replace(place)
