"""Saying what the columns of somebody's table hold: the file that waits for it, the saved mappings, the form."""

from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange import files, table
from referrals.exchange.formats import columns, targets
from referrals.exchange.formats.columns import DATES, DECIMALS, Column, Fixed, Mapping, Preview
from referrals.exchange.models import ColumnMapping
from referrals.exchange.report import Report
from referrals.taxonomy.vocabulary import Vocabulary

SAMPLE: Final = 20
MOST: Final = 200
"""Columns that can be mapped."""
ORGANIZATION: Final = "organization.name"


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a table: its columns as the file writes them, and its first rows."""

    name: str
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sample(path: Path) -> Sample:
    """Blocks. Raises BrokenPackage."""
    there = files.opened(path)
    name = next((name for name in there.names() if name.lower().endswith(files.TABLES)), path.name)
    for opened in table.sheet(there, name, "row", Report("sample")):
        rows = tuple(tuple(cells) for _line, cells in islice(opened.rows, SAMPLE))
        return Sample(name, opened.titles[:MOST], rows)
    return Sample(name, (), ())


def preview(path: Path, mapping: Mapping, words: Vocabulary) -> Preview:
    """Blocks. Raises BrokenPackage."""
    there = files.opened(path)
    name = next((name for name in there.names() if name.lower().endswith(files.TABLES)), path.name)
    return columns.preview(there, name, mapping, words, SAMPLE)


async def saved(session: AsyncSession) -> Sequence[ColumnMapping]:
    return (await session.scalars(select(ColumnMapping).order_by(ColumnMapping.name))).all()


async def fitting(session: AsyncSession, titles: Sequence[str]) -> ColumnMapping | None:
    """The saved mapping of which most columns are here, if all of them are."""
    fits = [
        one for one in await saved(session)
        if {column.column for column in columns.from_json(one.mapping).columns} <= set(titles)
    ]  # fmt: skip
    return max(fits, key=lambda one: len(one.mapping.get("columns", [])), default=None)


async def nearest(session: AsyncSession, titles: Sequence[str]) -> tuple[ColumnMapping, tuple[str, ...]] | None:
    """A saved mapping of which most columns are here though not all, with those that are not."""
    found = []
    for one in await saved(session):
        named = [column.column for column in columns.from_json(one.mapping).columns]
        gone = tuple(name for name in named if name not in titles)
        if 2 * len(gone) < len(named):
            found.append((one, gone))
    return min(found, key=lambda pair: len(pair[1]), default=None)


async def of(session: AsyncSession, id: UUID | None) -> Mapping | None:
    found = await session.get(ColumnMapping, id) if id else None
    return columns.from_json(found.mapping) if found else None


async def save(session: AsyncSession, name: str, mapping: Mapping, by: UUID, now: datetime) -> ColumnMapping:
    """Under this name; one that was saved under it before is replaced."""
    found = await session.scalar(select(ColumnMapping).where(ColumnMapping.name == name))
    if found is None:
        found = ColumnMapping(id=uuid4(), name=name, mapping={}, made_at=now)
        session.add(found)
    found.mapping, found.made_by, found.made_at = columns.to_json(mapping), by, now
    await session.flush()
    return found


def read(data: Pairs[str, object], titles: Sequence[str]) -> Mapping:
    """The mapping as somebody chose it. What is no choice of ours counts as left out."""

    def said(name: str) -> str:
        value = data.get(name)
        return value.strip() if isinstance(value, str) else ""

    chosen = tuple(
        Column(title, said(f"c{at}"), said(f"s{at}")[:3])
        for at, title in enumerate(titles) if said(f"c{at}") in targets.TARGETS
    )  # fmt: skip
    fixed = (Fixed(ORGANIZATION, said("organization")),) if said("organization") else ()
    return Mapping(
        chosen, fixed, next((one for one in DATES if one == said("dates")), DATES[0]),
        next((one for one in DECIMALS if one == said("decimal")), DECIMALS[0]),
        language=said("language") if said("language") in ("fr", "en") else "",
    )  # fmt: skip
