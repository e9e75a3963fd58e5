"""One import in a process of its own, so that its memory can be told: `python -m tests.bench.one_import URL PACKAGE`."""

import asyncio
import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from referrals.exchange.actions import import_directory
from referrals.kit import db

SOURCE = "bench"


async def bring(url: str, package: Path) -> dict[str, object]:
    engine = db.connect(url)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    async with db.transaction(db.session_maker(engine)) as session:
        report = await import_directory(session, package, datetime.now(UTC), source=SOURCE)
        done = time.perf_counter()
    ended = time.perf_counter()
    await engine.dispose()
    return {
        "seconds": ended - began, "commit": ended - done, "spans": report.spans, "created": report.created,
        "changed": report.changed, "unchanged": report.unchanged, "gone": report.gone, "rejected": len(report.rejected),
        "lost": dict(report.lost), "listings": report.listings, "before_mb": before / 1024,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(asyncio.run(bring(sys.argv[1], Path(sys.argv[2])))))  # noqa: T201 - for the process that asked
