"""One CSV file, row by row: whatever its letters, its separator and its mistakes, and never more of it in memory than one row."""

import csv
import io
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from referrals.exchange import encoding
from referrals.exchange.reasons import ABOVE, CELLS, HIDDEN, NO_COLUMNS, TOO_LONG, TWICE, UNCLOSED, UNREADABLE_ROW
from referrals.exchange.report import Report, Where

LONGEST = 1 << 20
"""Characters of one row. Longer ones are passed over, unread."""
RECOVERIES = 1000
"""So often in one file a row with an open quotation mark is given up so that the lines after it are saved."""
MOST_ABOVE = 5
"""Rows above the names of the columns, as spreadsheets have them: a title, headings over several columns."""
_SIGNS = ",;\t|"
_VALUE = re.compile(r"^[\d\s.,:/+()-]+$|@|://|^www\.|\n")
Numbered = Iterator[tuple[int, list[str]]]

csv.field_size_limit(sys.maxsize)


class Files(Protocol):
    """A folder, or a zip that is read like one."""

    def names(self) -> list[str]: ...

    def size(self, name: str) -> int: ...

    def open(self, name: str) -> BinaryIO: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that has been opened: its columns in lower case, and its rows as (line, cells), as many cells as columns."""

    header: tuple[str, ...]
    titles: tuple[str, ...]
    """The same columns as the file writes them."""
    rows: Iterator[tuple[int, list[str]]]


def header(files: Files, name: str, delimiter: str | None = None) -> tuple[str, ...]:
    """The column names as the file writes them; none where it begins with no such row."""
    with files.open(name) as binary:
        written = encoding.writing(lambda: io.BytesIO(binary.read(encoding.CHUNK)))
    with files.open(name) as binary, _text(binary, written) as text:
        records = enumerate(_plain(text, delimiter), 1)
        _line, first = next(records, (0, []))
        return tuple(_named(first, records)[0])


def sheet(files: Files, name: str, entity: str, report: Report, delimiter: str | None = None) -> Iterator[Sheet]:
    """Open a table. Yields once, or not at all where the file is empty, so that the file is closed when the rows are through."""
    written = encoding.writing(lambda: files.open(name))
    for reason in written.told:
        report.mend(Where(name, 0), "file", None, reason)
    with files.open(name) as binary, _text(binary, written) as text:
        lines = _Lines(text)
        records = _records(lines, name, entity, report, delimiter)
        line, first = next(records, (0, None))
        swallowed = len(lines.taken) > 1 and not lines.coming()
        if (
            lines.recoveries or swallowed
        ):  # what comes next is no row of names; or nothing comes, for an open quotation mark
            report.reject(Where(name, 0), "file", None, NO_COLUMNS)
            return
        if first is None:
            return
        first, records, passed = _named(first, records)
        if passed:
            report.mend(Where(name, line), "file", None, ABOVE)
        columns = _columns(first, Where(name, line + passed), entity, report)
        lines.width = len(columns)
        yield Sheet(columns, tuple(first), _fitting(records, len(columns), Where(name, 0), entity, report))
        if lines.zeros:
            report.mend(Where(name, 0), "file", None, HIDDEN)


def rows(files: Files, name: str, entity: str, report: Report) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, column -> cell) pairs. A row with more or fewer cells than there are columns is turned away."""
    for table in sheet(files, name, entity, report):
        for line, cells in table.rows:
            yield line, dict(zip(table.header, cells, strict=True))


def _named(first: list[str], records: "Numbered") -> tuple[list[str], "Numbered", int]:
    """The row of names, the records after it, and how many rows stand above it: titles, or headings over several columns."""
    above: list[list[str]] = []
    while len(above) < MOST_ABOVE and _says_little(first):
        after = next(records, None)
        if after is None:
            break
        if not _is_above(first, after[1]):
            records = chain([after], records)
            break
        above.append(first)
        first = after[1]
    for row in above:
        if len(row) == len(first):
            first = [own if own.strip() else over for own, over in zip(first, row, strict=True)]
    return first, records, len(above)


def _says_little(cells: list[str]) -> bool:
    return 2 * sum(1 for cell in cells if cell.strip()) <= max(len(cells), 3)


def _is_above(cells: list[str], after: list[str]) -> bool:
    """Whether no cell of a row says anything; or few do, and the row after it looks like names of columns."""
    names = [cell.strip().lower() for cell in after if cell.strip()]
    filled = sum(1 for cell in cells if cell.strip())
    plain = all(len(name) <= 60 and not _VALUE.search(name) for name in names)
    return not filled or (len(names) >= 3 and filled * 2 < len(names) == len(set(names)) and plain)


def _columns(cells: list[str], where: Where, entity: str, report: Report) -> tuple[str, ...]:
    names = [cell.strip().lower() or f"column {place}" for place, cell in enumerate(cells, 1)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        report.mend(where, entity, None, TWICE, name)
    return tuple(names)


def _fitting(
    records: Iterator[tuple[int, list[str]]], width: int, where: Where, entity: str, report: Report
) -> Iterator[tuple[int, list[str]]]:
    for line, cells in records:
        if len(cells) == width:
            yield line, cells
        else:
            reason = CELLS % {"cells": len(cells), "columns": width}
            report.reject(Where(where.file, line), entity, cells[0][:60] or None, reason)


def _records(
    lines: "_Lines", name: str, entity: str, report: Report, delimiter: str | None
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) pairs of every row that has any. A row that cannot end is refused, and the lines after it are not."""
    delimiter = delimiter or _delimiter(lines)
    reader = _reader(lines, delimiter)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (_TooLong, csv.Error) as problem:
            reason = _reason(problem, lines)
            report.reject(Where(name, lines.first), entity, None, reason)
            lines.give_back()
            reader = _reader(lines, delimiter)
            continue
        if len(cells) != lines.width and len(lines.taken) > 1 and _saves_others(lines, delimiter):
            report.reject(Where(name, lines.first), entity, cells[0][:60] or None, UNCLOSED)
            lines.give_back()
            reader = _reader(lines, delimiter)
        elif cells:
            yield lines.first, cells


def _reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """A cell may begin after a space (`"a", "b, c"`): its quotation marks are none of its text."""
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def _reason(problem: Exception, lines: "_Lines") -> str:
    if isinstance(problem, csv.Error):
        return UNREADABLE_ROW % {"why": str(problem)}
    return UNCLOSED if len(lines.taken) > 1 else TOO_LONG % {"limit": LONGEST}


def _saves_others(lines: "_Lines", delimiter: str) -> bool:
    """Whether the row swallowed others, by a quotation mark left open: one of its further lines is a whole row by itself."""
    if lines.width is None or lines.width < 2 or lines.recoveries >= RECOVERIES:
        return False
    return any(len(next(_reader([line], delimiter), [])) == lines.width for line in lines.taken[1:])


@dataclass
class _Lines:
    """The lines of a file for csv.reader. Remembers those of the row at hand, so that they can be given back."""

    text: io.TextIOWrapper
    width: int | None = None
    taken: list[str] = field(default_factory=list)
    first: int = 1
    recoveries: int = 0
    zeros: bool = False
    _length: int = 0
    _number: int = 0
    _back: deque[str] = field(default_factory=deque)
    _overlong: bool = False

    def begin(self) -> None:
        self.taken, self._length, self.first = [], 0, self._number + 1

    def peek(self) -> str:
        line = self.text.readline(LONGEST + 1)
        self._back.append(line)
        return line

    def coming(self) -> str:
        """The line that is read next; empty at the end."""
        return self._back[0] if self._back else self.peek()

    def give_back(self) -> None:
        """All lines of the row at hand but its first are read again."""
        self.recoveries += 1
        self._back.extendleft(reversed(self.taken[1:]))
        self._number = self.first

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self.text.readline(LONGEST + 1)
        if not line:
            raise StopIteration
        self._number += 1
        if len(line) > LONGEST and line[-1] not in "\r\n":
            self._pass_over()
            self.taken.append("\n")  # so that the lines after it keep their numbers
            raise _TooLong
        self.taken.append(line)
        self._length += len(line)
        if self._length > LONGEST:
            raise _TooLong
        if "\0" in line:
            self.zeros = True
            return line.replace("\0", "")
        return line

    def _pass_over(self) -> None:
        """Read on to the end of the line, keeping nothing."""
        while (piece := self.text.readline(1 << 16)) and piece[-1] not in "\r\n":
            pass


class _TooLong(Exception):
    """A row that has no end within the bound."""


def _plain(text: io.TextIOWrapper, delimiter: str | None) -> Iterator[list[str]]:
    lines = _Lines(text)
    with suppress(_TooLong, csv.Error):
        yield from filter(None, _reader(lines, delimiter or _delimiter(lines)))


def _text(binary: BinaryIO, written: encoding.Writing) -> io.TextIOWrapper:
    return io.TextIOWrapper(binary, encoding=written.codec, errors=written.errors, newline="")


def _delimiter(lines: _Lines) -> str:
    """Of the first line that has any: a title may stand above it."""
    for _line in range(MOST_ABOVE):
        header = lines.peek()
        if not header or any(sign in header for sign in _SIGNS):
            break
    return max(_SIGNS, key=header.count)


def stem(name: str) -> str:
    """The table that a file's name speaks of: `Services-At-Location.csv` -> `services_at_location`."""
    return PurePosixPath(name).stem.lower().replace("-", "_").replace(" ", "_")
