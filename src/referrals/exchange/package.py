"""What lies at a path: a tabular package, HSDS objects, or our own YAML, told apart by what is inside."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from referrals.exchange import demo, nested, stream, tabular
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.records import Raw
from referrals.exchange.report import Report, Where
from referrals.exchange.tabular import Files, Folder, Zip
from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import Vocabulary

OBJECTS = (".json", ".ndjson", ".jsonl")
OURS = (".yaml", ".yml")


@dataclass
class _One:
    """A single file, seen as a folder of one."""

    path: Path

    def names(self) -> list[str]:
        return [self.path.name]

    def size(self, name: str) -> int:
        return self.path.stat().st_size

    def open(self, name: str) -> BinaryIO:
        return self.path.open("rb")


class Package:
    """A package at a path. `read` bytes of `size` have gone by, for whoever watches."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: Files = _files(path)
        names = self.files.names()
        self.is_tabular = bool(tabular.tables(self.files))
        self.is_ours = not self.is_tabular and any(name.lower().endswith(OURS) for name in names)
        if not (self.is_tabular or self.is_ours or any(name.lower().endswith(OBJECTS) for name in names)):
            raise BrokenPackage(f"{path.name} holds no table of HSDS, no JSON and no YAML.")
        self.size = sum(self.files.size(name) for name in names)
        self.read = 0

    @property
    def source(self) -> str:
        """The name that an import goes by when nobody gives one."""
        return demo.SOURCE if self.is_ours else fold(self.path.stem).replace(" ", "-") or "import"

    def records(self, words: Vocabulary, report: Report, today: date) -> Iterator[Raw]:
        """Everything in it, one record after the other. Raises BrokenPackage, at any point."""
        try:
            if self.is_tabular:
                yield from tabular.records(_Watched(self.files, self._count), report)
            elif self.is_ours:
                yield from self._ours(demo.Author(words, report, today))
            else:
                yield from self._objects(report)
        except (zipfile.BadZipFile, EOFError) as error:
            raise BrokenPackage(f"{self.path.name} is cut off or damaged ({error}).") from error
        except UnicodeDecodeError as error:
            raise BrokenPackage(f"{self.path.name} holds text that is not UTF-8.") from error

    def _ours(self, author: demo.Author) -> Iterator[Raw]:
        found = False
        watched = _Watched(self.files, self._count)
        for name in self.files.names():
            if not name.lower().endswith(OURS):
                author.report.skipped.append(name)
                continue
            with watched.open(name) as binary:
                content = demo.read(binary, name)
            if not demo.is_ours(content):
                author.report.skipped.append(name)
                continue
            found = True
            for entity, tree, where in author.trees(content, name):
                yield from nested.records(entity, tree, where)
        if not found:
            raise BrokenPackage(f"{self.path.name} holds no organizations and no services.")

    def _objects(self, report: Report) -> Iterator[Raw]:
        found = False
        watched = _Watched(self.files, self._count)
        for name in self.files.names():
            if not name.lower().endswith(OBJECTS):
                report.skipped.append(name)
                continue
            known = False
            with watched.open(name) as binary:
                for line, tree in stream.objects(binary, name):
                    entity = nested.what_is(tree, name)
                    inside = nested.tables_inside(tree)
                    if entity is None and not inside and not known:
                        break  # nothing of HSDS at its beginning: a page of settings, a taxonomy of ours, cases
                    known = True
                    yield from _object(entity, inside, tree, Where(name, line), report)
            if not known:
                report.skipped.append(name)
            found = found or known
        if not found:
            raise BrokenPackage(f"{self.path.name} holds no records of HSDS.")

    def _count(self, bytes: int) -> None:
        self.read += bytes


def _object(
    entity: str | None, inside: dict[str, list[dict[str, Any]]], tree: Any, where: Where, report: Report
) -> Iterator[Raw]:
    if inside:
        for table in sorted(inside, key=lambda table: tabular.rank(tabular.TABLES[table])):
            for row in inside[table]:
                for raw in tabular.raw(tabular.TABLES[table], table, dict(row), where, {}):
                    yield replace(raw, nested=True)
    elif entity is None:
        given = tree.get("id") if isinstance(tree, dict) else None
        report.reject(where, "record", str(given) if given else None, "is no record of HSDS that we know")
    else:
        yield from nested.records(entity, tree, where)


def _files(path: Path) -> Files:
    if not path.exists():
        raise BrokenPackage(f"There is nothing at {path}.")
    if path.is_dir():
        return Folder(path)
    if path.suffix.lower() in (*OBJECTS, *OURS, ".csv"):
        return _One(path)
    try:
        return Zip(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError) as error:
        raise BrokenPackage(f"{path.name} is not a zip, or it is cut off.") from error


@dataclass(frozen=True)
class _Watched:
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
