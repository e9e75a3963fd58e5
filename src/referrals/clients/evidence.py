"""How we know that somebody agreed: a signature drawn or typed, who heard it, a paper; and the picture of it again."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import ConsentEvidence
from referrals.kit.sealing import seal, unseal
from referrals.kit.settings import Settings

Stroke = list[tuple[int, int]]
LARGEST: Final = 8 * 1024 * 1024
"""Bytes of one scan."""
MOST_POINTS: Final = 5000
SIDE: Final = 1000
"""A drawn signature is kept on a sheet of this many steps across and down."""
KINDS: Final = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
ALIVE: Final = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
"""What makes a PDF do something when it is opened."""
_PURPOSE: Final = "consent-scan"
Fault = Literal["empty", "large", "kind", "alive"]


def strokes(typed: str) -> list[Stroke]:
    """What a hand has drawn; nothing where it is no drawing of ours, or only a dot."""
    try:
        told = json.loads(typed) if len(typed) < 100_000 else []
        found = [[(_step(x), _step(y)) for x, y in line] for line in told]
    except (ValueError, TypeError, RecursionError):
        return []
    points = sum(len(line) for line in found)
    return [line for line in found if line] if 5 <= points <= MOST_POINTS else []


def path_of(lines: Sequence[Stroke]) -> str:
    """The same as an SVG path, on a sheet of `SIDE` by `SIDE`."""
    return " ".join("M" + "L".join(f"{int(x)} {int(y)}" for x, y in line) for line in lines)


def fault(content: bytes) -> Fault | None:
    """Why a scan cannot be taken; it is told by what it holds, never by its name."""
    if not content:
        return "empty"
    if len(content) > LARGEST:
        return "large"
    if kind_of(content) is None:
        return "kind"
    return "alive" if content.startswith(b"%PDF-") and any(word in content for word in ALIVE) else None


def kind_of(content: bytes) -> str | None:
    return next((media for head, media in KINDS if content.startswith(head)), None)


async def spoken(session: AsyncSession, client_id: UUID, witness: str, now: datetime) -> ConsentEvidence:
    return await _kept(session, ConsentEvidence(client_id=client_id, kind="witness", name=witness.strip(), at=now))


async def signed(session: AsyncSession, client_id: UUID, drawn: str, name: str, now: datetime) -> ConsentEvidence:
    lines = strokes(drawn)
    kind = "drawn" if lines else "typed"
    return await _kept(
        session, ConsentEvidence(client_id=client_id, kind=kind, name=name.strip(), strokes=lines, at=now)
    )


async def by_link(session: AsyncSession, client_id: UUID, name: str, now: datetime) -> ConsentEvidence:
    """They answered by a link that went to a way of their own."""
    return await _kept(session, ConsentEvidence(client_id=client_id, kind="code", name=name.strip(), at=now))


async def scanned(
    session: AsyncSession, settings: Settings, client_id: UUID, content: bytes, now: datetime
) -> ConsentEvidence:
    """Sealed in the data folder. `content` has been asked for its `fault` before."""
    row = await _kept(session, ConsentEvidence(
        client_id=client_id, kind="scan", file_type=kind_of(content), file_hash=hashlib.sha256(content).hexdigest(),
        at=now,
    ))  # fmt: skip
    await to_thread.run_sync(_write, _place(settings, row.id), seal(settings.secret, _PURPOSE, content))
    return row


async def scan(settings: Settings, row: ConsentEvidence) -> bytes | None:
    """The paper again; None where it is gone, or is not the one that was kept."""
    place = _place(settings, row.id)
    if not await to_thread.run_sync(place.is_file):
        return None
    content = unseal(settings.secret, _PURPOSE, await to_thread.run_sync(place.read_text))
    return content if content and hashlib.sha256(content).hexdigest() == row.file_hash else None


async def _kept(session: AsyncSession, row: ConsentEvidence) -> ConsentEvidence:
    session.add(row)
    await session.flush()
    return row


def _step(value: float) -> int:
    return max(0, min(SIDE, round(float(value))))


def _place(settings: Settings, id: UUID) -> Path:
    return settings.data_home / "agreements" / id.hex


def _write(place: Path, sealed: str) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.write_text(sealed)
    place.chmod(0o600)
