"""Files that somebody sent to be imported: kept beside the data until they have come in, never opened as anything but data."""

import re
import shutil
from pathlib import Path
from typing import Final
from uuid import UUID

from anyio import to_thread
from litestar.datastructures import UploadFile

from referrals.exchange.broken import BrokenPackage
from referrals.exchange.models import ImportRun

LARGEST: Final = 500 * 1024 * 1024
"""Bytes that one upload may have."""
_CHUNK: Final = 1 << 20
_KINDS: Final = (".zip", ".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".yaml", ".yml")


def safe_name(given: str) -> str:
    """The last part of what a browser called it, without anything that a file system could take for more than a name."""
    last = re.split(r"[\\/]", given)[-1]
    stem, dot, ending = last.rpartition(".")
    kept = re.sub(r"[^\w-]+", "-", stem if dot else last).strip("-") or "package"
    return kept[:80] + (f".{re.sub(r'[^a-z0-9]', '', ending.lower())[:8]}" if dot else "")


def is_a_kind_of_ours(name: str) -> bool:
    return name.lower().endswith(_KINDS)


async def keep(home: Path, run_id: UUID, upload: UploadFile) -> str:
    """Put the file away, a piece at a time; the name it is found by. Raises BrokenPackage where it is empty."""
    name = safe_name(upload.filename)
    folder = home / str(run_id)
    await to_thread.run_sync(lambda: folder.mkdir(mode=0o700, parents=True, exist_ok=True))
    size = 0
    with (folder / name).open("wb") as file:
        while piece := await upload.read(_CHUNK):
            size += len(piece)
            await to_thread.run_sync(file.write, piece)
    if not size:
        shutil.rmtree(folder, ignore_errors=True)
        raise BrokenPackage(f"{name} is empty.")
    return f"{run_id}/{name}"


def path_of(home: Path, run: ImportRun) -> Path:
    """Raises BrokenPackage where the file is no longer there."""
    path = home / (run.upload or "")
    if not run.upload or not path.is_file():
        raise BrokenPackage(f"{run.file_name} is no longer here.")
    return path


def remove(home: Path, run: ImportRun) -> None:
    """It has come in, or never will."""
    if run.upload:
        shutil.rmtree((home / run.upload).parent, ignore_errors=True)
        run.upload = None
