"""Files that have been made, kept below the data folder for download, each with what is known of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from referrals.exchange.export.holdings import Holdings
from referrals.exchange.export.making import Made
from referrals.kit.settings import Settings

T = TypeVar("T")
COUNTS = "counts"
"""What the conformance page shows, kept like a file."""
_SILENT = timedelta(minutes=2)
"""After so long without a word, whoever was making a file is no longer at it."""


class Kept(msgspec.Struct, frozen=True):
    """A file that is there. `state`: of the directory it was made from."""

    made: Made
    state: str


class Counted(msgspec.Struct, frozen=True):
    """How much is published, as it was counted at `at`."""

    holdings: Holdings
    state: str
    at: datetime


class Progress(msgspec.Struct, frozen=True):
    """A file that is asked for, or being made: `done` records of `total`; 0 of 0 until it begins."""

    done: int
    total: int
    at: datetime

    @property
    def percent(self) -> int:
        return min(99, self.done * 100 // self.total) if self.total else 0


@dataclass(frozen=True)
class Store:
    home: Path

    @classmethod
    def of(cls, settings: Settings) -> "Store":
        return cls(settings.data_home / "exports")

    def file(self, key: str, suffix: str) -> Path:
        return self.home / f"directory-{key}{suffix}"

    def kept(self, key: str, suffix: str) -> Kept | None:
        """None where there is no such file, or none that this version could read about."""
        known = _read(self.home / f"{key}.about", Kept)
        return known if known is not None and self.file(key, suffix).is_file() else None

    def keep(self, made: Made, state: str) -> None:
        self._write(f"{made.key}.about", Kept(made, state))
        self.forget_progress(made.key)

    def counted(self) -> Counted | None:
        return _read(self.home / f"{COUNTS}.about", Counted)

    def keep_counts(self, counted: Counted) -> None:
        self._write(f"{COUNTS}.about", counted)
        self.forget_progress(COUNTS)

    def progress(self, key: str, now: datetime) -> Progress | None:
        found = _read(self.home / f"{key}.progress", Progress)
        return found if found is not None and now - found.at < _SILENT else None

    def say_progress(self, key: str, progress: Progress) -> None:
        self._write(f"{key}.progress", progress)

    def forget_progress(self, key: str) -> None:
        (self.home / f"{key}.progress").unlink(missing_ok=True)

    def _write(self, name: str, what: Kept | Counted | Progress) -> None:
        """Whoever reads sees the old or the new, never a half."""
        self.home.mkdir(parents=True, exist_ok=True)
        half = self.home / f".{name}.half"
        half.write_bytes(msgspec.json.encode(what, enc_hook=str))  # names of columns are a kind of text
        half.replace(self.home / name)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None
