"""The files of a package: a folder, a zip that is read like one, or a single file. Nothing is ever unpacked, and nothing outside is opened."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from referrals.exchange import reasons
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.table import Files

MOST_FILES = 5000
MOST_BYTES = 32 << 30
MOST_SWELLING = 200
SMALL = 4 << 20
"""Below this a file may swell as it likes."""
OBJECTS = (".json", ".ndjson", ".jsonl")
OURS = (".yaml", ".yml")
TABLES = (".csv", ".tsv")
_ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
DAMAGE = (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, zlib.error, lzma.LZMAError, struct.error)
"""What goes wrong in an archive that is not whole."""
_TELLING = (*OBJECTS, *OURS, *TABLES)


def opened(path: Path) -> "Checked":
    """What lies at the path. Raises BrokenPackage."""
    if not path.exists():
        raise BrokenPackage(reasons.NOTHING_AT % {"path": path})
    if path.is_dir():
        return _folder(path)
    if path.suffix.lower() in _TELLING:
        return Checked(_One(path), [path.name], [])
    try:
        return _zip(zipfile.ZipFile(path), path.name)
    except (*DAMAGE, ValueError) as error:
        raise BrokenPackage(reasons.NO_ZIP % {"file": path.name}) from error


@dataclass
class Checked:
    """The files that may be opened, and those that may not: (name, reason) pairs."""

    files: Files
    allowed: list[str]
    refused: list[tuple[str, str]] = field(default_factory=list)

    def names(self) -> list[str]:
        return self.allowed

    def size(self, name: str) -> int:
        return self.files.size(name)

    def open(self, name: str) -> BinaryIO:
        return self.files.open(name)


@dataclass(frozen=True)
class Folder:
    path: Path

    def names(self) -> list[str]:
        inside = sorted(p.name for p in self.path.iterdir() if p.is_file())
        only = [p for p in self.path.iterdir() if p.is_dir() and not p.name.startswith((".", "__"))]
        telling = [name for name in inside if name.lower().endswith(_TELLING)]
        if telling in ([], ["datapackage.json"]) and len(only) == 1:
            inside += sorted(f"{only[0].name}/{p.name}" for p in only[0].iterdir() if p.is_file())
        return inside

    def size(self, name: str) -> int:
        return (self.path / name).stat().st_size

    def open(self, name: str) -> BinaryIO:
        return (self.path / name).open("rb")


@dataclass(frozen=True)
class Zip:
    archive: zipfile.ZipFile

    def names(self) -> list[str]:
        return sorted({i.filename for i in self.archive.infolist() if not i.is_dir() and "__MACOSX" not in i.filename})

    def size(self, name: str) -> int:
        return self.archive.getinfo(name).file_size

    def open(self, name: str) -> BinaryIO:
        return self.archive.open(name)  # type: ignore[return-value]  # a ZipExtFile reads like one


@dataclass(frozen=True)
class _One:
    """A single file, seen as a folder of one."""

    path: Path

    def names(self) -> list[str]:
        return [self.path.name]

    def size(self, name: str) -> int:
        return self.path.stat().st_size

    def open(self, name: str) -> BinaryIO:
        return self.path.open("rb")


def _folder(path: Path) -> Checked:
    folder = Folder(path)
    home = path.resolve()
    allowed: list[str] = []
    refused: list[tuple[str, str]] = []
    for name in folder.names():
        if not (path / name).resolve().is_relative_to(home):
            refused.append((_shown(name), reasons.A_LINK))
        elif _shown(name) != name:
            refused.append((_shown(name), reasons.NO_NAME))
        else:
            allowed.append(name)
    return Checked(folder, allowed, refused)


def _zip(archive: zipfile.ZipFile, name: str) -> Checked:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and "__MACOSX" not in entry.filename]
    if len(entries) > MOST_FILES:
        raise BrokenPackage(reasons.MANY_FILES % {"file": name, "limit": MOST_FILES})
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise BrokenPackage(reasons.MANY_BYTES % {"file": name, "limit": MOST_BYTES >> 30})
    last = {entry.filename: entry for entry in entries}
    refused = [(_shown(entry.filename), reasons.TWICE_THERE) for entry in entries if last[entry.filename] is not entry]
    allowed: list[str] = []
    for entry in sorted(last.values(), key=lambda entry: entry.filename):
        reason = _danger(entry)
        if reason is None:
            allowed.append(entry.filename)
        else:
            refused.append((_shown(entry.filename), reason))
    return Checked(Zip(archive), allowed, refused)


def _danger(entry: zipfile.ZipInfo) -> str | None:
    """Why this entry is not opened, if it is not."""
    name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    swollen = entry.file_size > SMALL and entry.file_size > MOST_SWELLING * max(entry.compress_size, 1)
    dangers = (
        (name.startswith(("/", "\\")) or ".." in parts or name[1:2] == ":" or _shown(name) != name, reasons.OUTSIDE),
        (stat.S_ISLNK(entry.external_attr >> 16), reasons.A_LINK),
        (name.lower().endswith(_ARCHIVES), reasons.INSIDE),
        (bool(entry.flag_bits & 0x1), reasons.LOCKED),
        (entry.compress_type not in _METHODS, reasons.PACKED),
        (swollen, reasons.A_BOMB % {"ratio": MOST_SWELLING}),
    )
    return next((reason for is_so, reason in dangers if is_so), None)


def _shown(name: str) -> str:
    """A name that can be written down."""
    return name.encode("utf-8", "replace").decode().replace("\0", "")[:200]


@dataclass(frozen=True)
class Watched:
    """The same files, counting the bytes that are read from them."""

    files: Files
    count: Callable[[int], None]

    def names(self) -> list[str]:
        return self.files.names()

    def size(self, name: str) -> int:
        return self.files.size(name)

    def open(self, name: str) -> BinaryIO:
        return _Counted(self.files.open(name), self.count)  # type: ignore[return-value]  # as much of a file as its readers use


class _Counted:
    def __init__(self, inner: BinaryIO, count: Callable[[int], None]) -> None:
        self.inner, self.count = inner, count
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        found = self.inner.read(size)
        self.count(len(found))
        return found

    read1 = read

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        return

    def close(self) -> None:
        self.closed = True
        self.inner.close()

    def __enter__(self) -> "_Counted":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
