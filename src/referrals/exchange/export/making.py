"""Making one file: what leaves is decided, written, measured, and what the format could not say is counted."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.export import holdings, objects
from referrals.exchange.export.desk import Desk
from referrals.exchange.export.formats import HSDS, Format
from referrals.exchange.export.losses import NO_PLACE, Loss, Losses
from referrals.exchange.export.scope import gather
from referrals.kit.settings import Settings

Watch = Callable[[int, int], None]
"""Told now and then how many records have been written, and of how many."""


@dataclass(frozen=True)
class Made:
    """A file, and what is known of it. `records`: how many of each kind left."""

    key: str
    size: int
    sha256: str
    made_at: datetime
    seconds: float
    records: dict[str, int]
    losses: tuple[Loss, ...]
    told: dict[str, dict[str, int]]
    """In a format of its own fields: kind -> field -> how often it says something."""


async def make(
    session: AsyncSession, found: Format, path: Path, *, language: str, settings: Settings, now: datetime,
    source: str | None = None, watch: Watch | None = None,
) -> Made:  # fmt: skip
    """Write the file at `path`: whole, or not at all."""
    began = time.perf_counter()
    scope = await gather(session, source)
    counted = await holdings.count(scope)
    losses = Losses()
    total, done = sum(counted.records[entity] for entity in found.counted), 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        if watch is not None:
            watch(done, total)

    holdings.not_public(counted, losses)
    if found.standard == HSDS:
        holdings.lost_to_hsds(counted, losses)
    if found.write in (objects.write_json, objects.write_ndjson):
        losses.lose("meta_table_description", "id", NO_PLACE, counted.records["meta_table_description"])
    half = path.with_name(f".{path.name}.half")
    try:
        await found.write(Desk(session, scope, losses, tell, settings, language, now), half)
        size, digest = half.stat().st_size, _digest(half)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    records = {entity: count for entity, count in counted.records.items() if count}
    key = f"{found.kind}.{language}" if found.languages else found.kind
    return Made(key, size, digest, now, round(time.perf_counter() - began, 2), records, losses.listed(), losses.told)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
