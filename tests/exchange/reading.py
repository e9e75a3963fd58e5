"""Reading a package without a database, for tests: what it says, and what is told about it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from referrals.exchange.formats.columns import Mapping
from referrals.exchange.package import Package
from referrals.exchange.records import Reader, Row
from referrals.exchange.report import Report
from referrals.exchange.shapes import SHAPES
from referrals.taxonomy.vocabulary import Vocabulary

TODAY = date(2026, 11, 23)


class Found:
    """The rows of a package, and its report."""

    def __init__(self, rows: list[Row], report: Report) -> None:
        self.rows, self.report = rows, report

    def of(self, entity: str) -> list[dict[str, object]]:
        """The records of a kind, column by column, each with its key."""
        columns = SHAPES[entity].columns
        return [
            {"key": row.key, **dict(zip(columns, row.values, strict=True))} for row in self.rows if row.entity == entity
        ]

    def one(self, entity: str, key: str | None = None) -> dict[str, object]:
        (found,) = [one for one in self.of(entity) if key in (None, one["key"])]
        return found

    def refused(self) -> set[tuple[str, int, str]]:
        return {(one.file, one.line, one.reason) for one in self.report.rejected}

    def repaired(self) -> set[tuple[int, str | None, str]]:
        return {(one.line, one.field, one.reason) for one in self.report.repairs}

    def unreadable(self) -> set[tuple[int, str | None, str]]:
        return {(one.line, one.field, one.reason) for one in self.report.unreadable}


def read(path: Path, words: Vocabulary | None = None, mapping: Mapping | None = None) -> Found:
    """Raises BrokenPackage."""
    report = Report("test")
    words = words or Vocabulary("none", {})
    return Found(list(_rows(path, words, report, mapping)), report)


def _rows(path: Path, words: Vocabulary, report: Report, mapping: Mapping | None) -> Iterator[Row]:
    reader = Reader("test", words, report, today=TODAY)
    for raw in Package(path, mapping).records(words, report, TODAY):
        yield from reader.rows(raw)
