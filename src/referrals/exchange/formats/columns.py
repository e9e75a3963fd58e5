"""Any CSV, read by a mapping that says what each of its columns holds: one row is one service, with its organization and place.

Pure: no database and no screen. A page makes a mapping so: `guess` proposes one from the header and the first rows,
somebody corrects it (the choices are `targets.TARGETS`), `problems` says what it lacks, `preview` shows the first rows as
they would be read, and `to_json` / `from_json` keep it. An import calls `records`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from referrals.exchange import nested, table
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.formats import cells, targets
from referrals.exchange.formats.rows import Author, Filled
from referrals.exchange.reasons import CLASH, COLUMN_GONE, MISSING
from referrals.exchange.records import Raw
from referrals.exchange.report import Rejection, Report, Where
from referrals.exchange.table import Files
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

Dates = Literal["ymd", "dmy", "mdy"]
Decimals = Literal[".", ","]
DATES: tuple[Dates, ...] = ("ymd", "dmy", "mdy")
DECIMALS: tuple[Decimals, ...] = (".", ",")

_PHONE = re.compile(r"(?=(?:\D*\d){9})[+(]?\d{1,4}(?:[ ./()-]+\d{1,4}){2,6}")


@dataclass(frozen=True, slots=True)
class Column:
    """What one column holds. `target` is a key of TARGETS; `separator` parts a cell that holds several values (empty: one)."""

    column: str
    target: str
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that every row has, though no column says it: the country, the organization of them all."""

    target: str
    value: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a table is read. Columns that are not named are left out, and counted as lost.

    Two columns for one target are put together: texts below each other, lists one after the other; of anything else the
    first that says something counts. An empty `delimiter` is found in the file's first line.
    """

    columns: tuple[Column, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    dates: Dates = "ymd"
    decimal: Decimals = "."
    delimiter: str = ""
    language: str = ""
    """What its texts speak: `fr` or `en`; empty where nobody knows."""

    def target_of(self, column: str) -> str:
        """The target that this column has, or an empty text."""
        return next((one.target for one in self.columns if one.column == column), "")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a preview: what stands in the file, what it is read as, what is wrong with it and what is to be looked at (reasons)."""

    column: str
    target: str
    given: str
    read: str
    problem: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """`problem` is why the whole row would be refused."""

    line: int
    cells: tuple[Cell, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as they would be read. `refused` are rows that are no rows, `repaired` what was put right on the way."""

    header: tuple[str, ...]
    rows: tuple[PreviewRow, ...]
    refused: tuple[Rejection, ...] = ()
    repaired: tuple[Rejection, ...] = ()


def to_json(mapping: Mapping) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(mapping)
    return found


def from_json(kept: object) -> Mapping:
    """Raises ValueError where it is no mapping."""
    try:
        return msgspec.convert(kept, Mapping)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def guess(header: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> Mapping:
    """The likeliest mapping, by the columns' names (French, English, HSDS, data·inclusion) and by what the first rows hold."""
    found = targets.likeliest(header)
    columns = []
    for place, name in enumerate(header):
        if name in found:
            said = [row[place] for row in sample_rows if place < len(row)]
            target = found[name]
            if target == "service.id" and "service.phone" not in found.values() and _are_phones(said):
                target = "service.phone"  # `numéro` may be either
            if target == "organization.name" and "service.name" not in found.values():
                target = targets.BOTH
            columns.append(Column(name, target, cells.separator(said) if targets.several(target) else ""))
    by_target = {
        one.target: [row[header.index(one.column)] for row in sample_rows if len(row) == len(header)] for one in columns
    }
    numbers = [
        said for target, saids in by_target.items() if targets.TARGETS[target].kind in cells.NUMBERS for said in saids
    ]
    days = [said for target, saids in by_target.items() if targets.TARGETS[target].kind == "date" for said in saids]
    return Mapping(tuple(columns), dates=cells.date_order(days), decimal=cells.decimal_sign(numbers))


def _are_phones(said: Sequence[str]) -> bool:
    """Most of them are grouped digits, as nobody writes an id."""
    told = [one.strip() for one in said if one.strip()]
    return bool(told) and 2 * sum(_PHONE.fullmatch(one) is not None for one in told) > len(told)


def problems(mapping: Mapping, header: Sequence[str] = ()) -> list[str]:
    """Why this mapping cannot be used, as sentences in the reader's language; none when it can."""
    told = {one.target for one in mapping.columns} | {one.target for one in mapping.fixed if one.value.strip()}
    found = []
    if targets.BOTH in told:
        told |= {"service.name", "organization.name"}
    if "service.name" not in told:
        found.append(_("No column holds the name of the service."))
    if not told & {"organization.name", "organization.id"}:
        found.append(_("No column holds the name of the organization. If it is the same for all rows, write it below."))
    for one in mapping.columns:
        if one.target not in targets.TARGETS:
            found.append(_("“%(column)s” is to go to a field that does not exist.") % {"column": one.column})
        elif header and one.column not in header:
            found.append(_("The file has no column “%(column)s”.") % {"column": one.column})
    return found


def preview(files: Files, name: str, mapping: Mapping, words: Vocabulary, limit: int = 20) -> Preview:
    """The first rows of a table as they would be read. Raises BrokenPackage where there is no table at all."""
    report = Report("preview")
    shown: list[PreviewRow] = []
    author = Author(words, mapping.language or "en", name)
    titles: tuple[str, ...] = ()
    for opened in table.sheet(files, name, "row", report, mapping.delimiter or None):
        titles = opened.titles
        reader = _Reader(mapping, opened.header, words)
        for line, row in opened.rows:
            read = reader.read(row)
            missing = author.missing(read.filled)
            shown.append(PreviewRow(line, tuple(read.cells), MISSING % {"fields": missing} if missing else None))
            if len(shown) >= limit:
                break
    if not titles:
        raise BrokenPackage(_("%(file)s is empty.") % {"file": name})
    return Preview(titles, tuple(shown), tuple(report.rejected), tuple(report.repairs))


def records(files: Files, name: str, mapping: Mapping, words: Vocabulary, report: Report) -> Iterator[Raw]:
    """Every row as records. What cannot be read is listed by line and column, and the rest of its row comes in."""
    author = Author(words, mapping.language or "en", name)
    for opened in table.sheet(files, name, "service", report, mapping.delimiter or None):
        reader = _Reader(mapping, opened.header, words)
        for column in reader.gone:
            report.lost[f"{table.stem(name)}.{column}"] += 1
            report.unreadable.append(Rejection(name, 1, "service", None, COLUMN_GONE, column))
        unmapped = [(place, column) for place, column in enumerate(opened.titles) if place not in reader.places]
        for line, row in opened.rows:
            where = Where(name, line)
            read = reader.read(row)
            for place, column in unmapped:
                if row[place].strip():
                    report.lose(where, "service", None, f"{table.stem(name)}.{column}")
            missing = author.missing(read.filled)
            if missing:
                report.reject(where, "service", read.filled.one("service.id"), MISSING % {"fields": missing})
                continue
            if author.clashes(read.filled):
                report.reject(where, "service", read.filled.one("service.id"), CLASH)
                continue
            for cell in read.cells:
                if cell.problem:
                    _unread(report, where, cell, author.key(read.filled))
                if cell.note:
                    report.mend(where, "service", author.key(read.filled), cell.note, cell.column)
            for entity, tree in author.trees(read.filled):
                yield from nested.records(entity, tree, where)


def _unread(report: Report, where: Where, cell: Cell, id: str) -> None:
    report.lost[f"{table.stem(where.file)}.{cell.column}"] += 1
    entity = cell.target.partition(".")[0]
    report.unreadable.append(Rejection(where.file, where.line, entity, id, cell.problem or "", cell.column))


@dataclass(slots=True)
class _Read:
    cells: list[Cell]
    filled: Filled


@dataclass
class _Reader:
    """Reads rows of one table. `places`: which columns it looks at; `gone`: those of the mapping that are not there."""

    mapping: Mapping
    header: tuple[str, ...]
    words: Vocabulary
    places: dict[int, Column] = field(init=False)
    gone: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        wanted = {one.column.strip().lower(): one for one in self.mapping.columns if one.target in targets.TARGETS}
        self.places = {place: wanted[name] for place, name in enumerate(self.header) if name in wanted}
        self.gone = tuple(one.column for name, one in wanted.items() if name not in self.header)

    def read(self, row: Sequence[str]) -> _Read:
        filled = Filled()
        shown: list[Cell] = []
        for place, column in self.places.items():
            shown.append(self._cell(column, row[place], filled))
        for fixed in self.mapping.fixed:
            if fixed.target in targets.TARGETS and not filled.values.get(fixed.target):
                self._cell(Column("", fixed.target, ";"), fixed.value, filled)
        return _Read(shown, filled)

    def _cell(self, column: Column, given: str, filled: Filled) -> Cell:
        target = targets.TARGETS[column.target]
        parts = [part.strip() for part in given.split(column.separator)] if column.separator else [given.strip()]
        shown: list[str] = []
        problem: str | None = None
        note: str | None = None
        for part in filter(None, parts):
            try:
                value = cells.read(target.kind, part, self.mapping.dates, self.mapping.decimal, self.words)
            except ValueError as error:
                problem = str(error)
                continue
            for one in ("organization.name", "service.name") if column.target == targets.BOTH else (column.target,):
                filled.add(one, value.kept)
            shown.append(value.shown)
            note = note or value.note
        return Cell(column.column, column.target, given, ", ".join(shown), problem, note)
