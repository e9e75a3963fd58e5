"""Which version of a seed file the database holds, so that loading it again does nothing."""

import hashlib
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base


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
    file = await session.get(LoadedFile, name, populate_existing=True)
    return file.digest if file else None


async def remember(session: AsyncSession, name: str, digest: str) -> None:
    """Say which version is loaded now."""
    row = insert(LoadedFile).values(name=name, digest=digest)
    await session.execute(row.on_conflict_do_update(index_elements=[LoadedFile.name], set_={"digest": digest}))
