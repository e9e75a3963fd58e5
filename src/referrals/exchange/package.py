"""What lies at a path: a tabular package, HSDS objects, data·inclusion, iCarol, our own YAML, told apart by what is inside."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from referrals.exchange import demo, files, nested, reasons, stream, table, tabular
from referrals.exchange.broken import BrokenPackage, NeedsMapping
from referrals.exchange.files import DAMAGE, OBJECTS, OURS, Checked, Watched
from referrals.exchange.formats import columns, datainclusion, icarol
from referrals.exchange.formats.columns import Mapping
from referrals.exchange.records import Raw
from referrals.exchange.report import Report, Where
from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import Vocabulary

__all__ = ["FORMATS", "OBJECTS", "OURS", "Package"]

FORMATS = {
    "tables": "HSDS 1–3, CSV", "objects": "HSDS 3, JSON", "data·inclusion": "data·inclusion v1", "icarol": "iCarol",
    "columns": "CSV", "ours": "YAML",
}  # fmt: skip


class Package:
    """A package at a path. `read` bytes of `size` have gone by, for whoever watches. `mapping` says how its columns are read.

    Raises BrokenPackage, and NeedsMapping where somebody must first say what the columns of a table hold.
    """

    def __init__(self, path: Path, mapping: Mapping | None = None) -> None:
        self.path, self.mapping = path, mapping
        self.files: Checked = files.opened(path)
        names = self.files.names()
        self.size = sum(self.files.size(name) for name in names)
        self.read = 0
        try:
            self.format = self._format(names)
        except DAMAGE as error:
            raise BrokenPackage(reasons.DAMAGED % {"file": path.name, "why": error}) from error

    def _format(self, names: list[str]) -> str:
        """A key of FORMATS."""
        sheets = [name for name in names if name.lower().endswith(files.TABLES)]
        if self.mapping is not None and sheets:
            return "columns"
        headers = {name: table.header(self.files, name) for name in sheets}
        if any(icarol.is_ours(header) for header in headers.values()):
            return "icarol"
        if any(_of_data_inclusion(header) for header in headers.values()):
            return "data·inclusion"
        if tabular.tables(self.files):
            return "tables"
        if any(name.lower().endswith(OURS) for name in names):
            return "ours"
        if any(name.lower().endswith(OBJECTS) for name in names):
            return "objects"
        if sheets and any(headers.values()):
            raise NeedsMapping(reasons.NO_MAPPING % {"file": self.path.name})
        if not names and self.files.refused:
            inside, why = self.files.refused[0]
            raise BrokenPackage(reasons.NONE_OPENED % {"file": self.path.name, "inside": inside, "why": why})
        raise BrokenPackage(reasons.NO_KNOWN_FILE % {"file": self.path.name})

    @property
    def is_ours(self) -> bool:
        return self.format == "ours"

    @property
    def source(self) -> str:
        """The name that an import goes by when nobody gives one."""
        return demo.SOURCE if self.is_ours else fold(self.path.stem).replace(" ", "-") or "import"

    def records(self, words: Vocabulary, report: Report, today: date) -> Iterator[Raw]:
        """Everything in it, one record after the other. Raises BrokenPackage, at any point."""
        report.format = FORMATS[self.format]
        for name, reason in self.files.refused:
            report.reject(Where(name, 0), "file", None, reason)
        watched = Watched(self.files, self._count)
        try:
            if self.format == "tables":
                yield from tabular.records(watched, report)
            elif self.format == "icarol":
                yield from self._icarol(watched, words, report)
            elif self.format == "columns":
                yield from self._columns(watched, words, report)
            elif self.format == "ours":
                yield from self._ours(watched, demo.Author(words, report, today))
            else:
                yield from self._objects(watched, words, report)
        except DAMAGE as error:
            raise BrokenPackage(reasons.DAMAGED % {"file": self.path.name, "why": error}) from error
        except (UnicodeDecodeError, RecursionError) as error:
            raise BrokenPackage(reasons.DAMAGED % {"file": self.path.name, "why": type(error).__name__}) from error

    def _ours(self, watched: Watched, author: demo.Author) -> Iterator[Raw]:
        found = False
        for name in watched.names():
            if not name.lower().endswith(OURS):
                author.report.skipped.append(name)
                continue
            with watched.open(name) as binary:
                content = demo.read(binary, name)
            if not demo.is_ours(content):
                author.report.skipped.append(name)
                continue
            found = True
            try:
                for entity, tree, where in author.trees(content, name):
                    yield from nested.records(entity, tree, where)
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                raise BrokenPackage(reasons.BAD_YAML % {"file": name, "why": repr(error)[:100]}) from error
        if not found:
            raise BrokenPackage(reasons.NO_OURS % {"file": self.path.name})

    def _icarol(self, watched: Watched, words: Vocabulary, report: Report) -> Iterator[Raw]:
        for name in watched.names():
            if name.lower().endswith(files.TABLES) and icarol.is_ours(table.header(self.files, name)):
                for entity, tree, where in icarol.Reader(words, report).trees(watched, name):
                    yield from nested.records(entity, tree, where)
            else:
                report.skipped.append(name)

    def _columns(self, watched: Watched, words: Vocabulary, report: Report) -> Iterator[Raw]:
        assert self.mapping is not None
        wanted = {one.column.strip().lower() for one in self.mapping.columns}
        found = False
        for name in watched.names():
            if name.lower().endswith(files.TABLES) and wanted & {
                title.strip().lower() for title in table.header(self.files, name, self.mapping.delimiter or None)
            }:
                found = True
                yield from columns.records(watched, name, self.mapping, words, report)
            else:
                report.skipped.append(name)
        if not found:
            raise BrokenPackage(reasons.NO_SUCH_COLUMNS % {"file": self.path.name})

    def _objects(self, watched: Watched, words: Vocabulary, report: Report) -> Iterator[Raw]:
        """JSON of any kind, and tables of data·inclusion. Structures come before services, which may stand at their place."""
        inclusion = datainclusion.Author(words, report)
        found = False
        for name in sorted(watched.names(), key=lambda name: ("structure" not in name.lower(), name)):
            if name.lower().endswith(OBJECTS):
                known = yield from self._file_of_objects(watched, name, inclusion, report)
            elif name.lower().endswith(files.TABLES) and _of_data_inclusion(table.header(self.files, name)):
                known = True
                for line, row in table.rows(watched, name, "record", report):
                    for entity, tree in inclusion.trees(dict(row), Where(name, line)):
                        yield from nested.records(entity, tree, Where(name, line))
            else:
                known = False
            if not known:
                report.skipped.append(name)
            found = found or known
        if not found:
            raise BrokenPackage(reasons.NO_RECORDS % {"file": self.path.name})

    def _file_of_objects(
        self, watched: Watched, name: str, inclusion: datainclusion.Author, report: Report
    ) -> Generator[Raw, None, bool]:
        """Gives back whether there was anything of ours in it."""
        known = False
        for line, tree in stream.objects(watched, name, report):
            where = Where(name, line)
            if isinstance(tree, dict) and datainclusion.is_ours(tree):
                known = True
                report.format = FORMATS["data·inclusion"]
                for kind, one in inclusion.trees(tree, where):
                    yield from nested.records(kind, one, where)
                continue
            entity = nested.what_is(tree, name)
            inside = nested.tables_inside(tree)
            if entity is None and not inside and not known:
                break  # nothing of HSDS at its beginning: a page of settings, a taxonomy of ours, cases
            known = True
            yield from _object(entity, inside, tree, where, report)
        return known

    def _count(self, bytes: int) -> None:
        self.read += bytes


def _of_data_inclusion(header: tuple[str, ...]) -> bool:
    return datainclusion.is_ours({name.strip().lower() for name in header})


def _object(entity: str | None, inside: dict[str, list[Any]], tree: Any, where: Where, report: Report) -> Iterator[Raw]:
    if inside:
        for name in sorted(inside, key=lambda name: tabular.rank(tabular.TABLES[name])):
            for row in inside[name]:
                if not isinstance(row, dict):
                    report.reject(where, tabular.TABLES[name], None, reasons.NO_OBJECT)
                    continue
                for raw in tabular.raw(tabular.TABLES[name], name, dict(row), where, {}, {}):
                    yield replace(raw, nested=True)
    elif entity is None:
        given = tree.get("id") if isinstance(tree, dict) else None
        report.reject(where, "record", str(given) if given else None, reasons.NOT_OURS)
    else:
        yield from nested.records(entity, tree, where)
