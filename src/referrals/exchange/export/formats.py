"""The formats in which the directory leaves: the one list that the command, the pages and the conformance page read."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from referrals.exchange.export import objects, people, tabular
from referrals.exchange.export.desk import Desk
from referrals.exchange.export.inclusion import write as inclusion
from referrals.exchange.shapes import SHAPES
from referrals.exchange.stream import NAMED
from referrals.kit.i18n import N_
from referrals.kit.settings import LANGUAGES

HSDS = "HSDS 3.1"
INCLUSION = "data·inclusion 1"


@dataclass(frozen=True, slots=True)
class Format:
    """`purpose`: what it is for, in a sentence. `languages`: one file for each; empty: one file holds them all."""

    kind: str
    title: str
    purpose: str
    suffix: str
    media_type: str
    write: Callable[[Desk, Path], Awaitable[None]]
    counted: Sequence[str]
    """Kinds of record whose number says how far it is."""
    standard: str | None = None
    languages: tuple[str, ...] = ()

    def files(self) -> tuple[str, ...]:
        """What its files are known by: `hsds-json`, `csv.fr`."""
        return tuple(f"{self.kind}.{language}" for language in self.languages) or (self.kind,)


FORMATS: dict[str, Format] = {
    found.kind: found
    for found in (
        Format(
            "csv", N_("A table for people"),
            N_("One row for each service, to open in a spreadsheet, sort, print and pass on."),
            ".csv", "text/csv", people.write, ("service",), languages=LANGUAGES,
        ),
        Format(
            "hsds-json", N_("HSDS as one JSON file"),
            N_("Everything, for another directory: each service with all that belongs to it, the organizations, the words."),
            ".json", "application/json", objects.write_json, tuple(NAMED.values()), HSDS,
        ),
        Format(
            "hsds-ndjson", N_("HSDS line by line"),
            N_("The same, one record a line, for programs that read a little at a time."),
            ".ndjson", "application/x-ndjson", objects.write_ndjson, tuple(NAMED.values()), HSDS,
        ),
        Format(
            "hsds-tabular", N_("HSDS as tables"),
            N_("The same as a tabular data package: a table for each kind of record, for databases and statistics."),
            ".zip", "application/zip", tabular.write, tuple(SHAPES), HSDS,
        ),
        Format(
            "data-inclusion", N_("data·inclusion"),
            N_("Structures and services as the French reference has them, for DORA, Les Emplois and their partners."),
            ".zip", "application/zip", inclusion.write, ("organization", "service"), INCLUSION,
        ),
    )
}  # fmt: skip
"""By kind, the most asked for first."""


def of_key(key: str) -> tuple[Format, str | None] | None:
    """`csv.fr` -> the format and its language; None for what is no file of ours."""
    kind, _, language = key.partition(".")
    found = FORMATS.get(kind)
    return (found, language or None) if found is not None and key in found.files() else None
