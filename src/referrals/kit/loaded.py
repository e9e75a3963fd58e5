"""Which version of a seed file the database holds, so that loading it again does nothing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import SHARED, Base


class LoadedFile(Base):
    """One seed file, and the digest of the version that was loaded last."""

    __tablename__ = "loaded_file"
    name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]


def digest_of(*paths: Path) -> str:
    """Names the content of these files together."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


async def loaded_digest(session: AsyncSession, name: str) -> str | None:
    """As it stood at most a second ago: every page asks, and it hardly ever changes."""
    shared = session.info.get(SHARED, session.info)
    known: _Known | None = shared.get(_KNOWN)
    if known is None or monotonic() - known.at > _FRESH:
        rows = await session.execute(select(LoadedFile.name, LoadedFile.digest))
        known = shared[_KNOWN] = _Known({row.name: row.digest for row in rows}, monotonic())
    return known.digests.get(name)


async def loaded_meanwhile(session: AsyncSession, name: str) -> str | None:
    """The same for whoever is about to load: nobody else loads anything until this transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(_ONE_LOADER)))
    session.info.get(SHARED, session.info).pop(_KNOWN, None)
    return await loaded_digest(session, name)


async def remember(session: AsyncSession, name: str, digest: str) -> None:
    """Say which version is loaded now."""
    row = insert(LoadedFile).values(name=name, digest=digest)
    await session.execute(row.on_conflict_do_update(index_elements=[LoadedFile.name], set_={"digest": digest}))
    session.info.get(SHARED, session.info).pop(_KNOWN, None)


@dataclass(frozen=True, slots=True)
class _Known:
    """`at`: on a clock that only goes forward, in seconds."""

    digests: Mapping[str, str]
    at: float


_KNOWN = "loaded files"
_FRESH = 1.0
_ONE_LOADER = 0x10ADED
"""Key of the advisory lock under which seeds are loaded: one for all, so that nobody waits for a second one."""
