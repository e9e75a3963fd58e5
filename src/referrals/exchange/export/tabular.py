"""HSDS 3.1 as a tabular data package: a zip of one CSV file for each kind of record, described by its datapackage.json."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from referrals.exchange.export import archive
from referrals.exchange.export.datapackage import FILES, describe
from referrals.exchange.export.desk import Desk
from referrals.exchange.export.losses import HIDDEN, Losses
from referrals.exchange.export.owners import Owners
from referrals.exchange.export.scope import Scope
from referrals.exchange.hsds.fields import names
from referrals.exchange.hsds.redaction import Record
from referrals.exchange.shapes import SHAPES, Shape


async def write(desk: Desk, path: Path) -> None:
    """Rows go from the database to the file one after the other."""
    scope, losses = desk.scope, desk.losses
    owners = await Owners.of(scope)
    with archive.archive(path) as opened:
        with archive.text_in(opened, "datapackage.json") as text:
            json.dump(describe(), text, ensure_ascii=False, indent=1)
        for shape in SHAPES.values():
            with archive.table_in(opened, f"{FILES[shape.entity]}.csv") as table:
                columns = names(shape.entity)
                table.writerow(columns)
                async for page in scope.records(shape):
                    table.writerows(_rows(columns, _leaving(scope, owners, shape, losses, page)))
                    desk.tell(len(page))


def cell(value: Any) -> str:
    """A value as the text of a cell; nothing is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, float):
        return repr(int(value) if value.is_integer() else value)
    return str(value)


def _rows(columns: Sequence[str], records: Iterable[Record]) -> Iterator[list[str]]:
    """Most values are texts, which are cells as they stand."""
    for record in records:
        yield [value if isinstance(value, str) else cell(value) for value in map(record.get, columns)]


def _leaving(scope: Scope, owners: Owners, shape: Shape, losses: Losses, records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        told = scope.redaction.record(shape.entity, record)
        if told is None:
            losses.lose(shape.entity, "id", HIDDEN)
            continue
        if told is not record:
            for name in [one for one, value in record.items() if value and not told.get(one) and one in shape.fields]:
                losses.lose(shape.entity, name, HIDDEN)
        yield scope.redaction.tree(owners.owner(shape, told), told)
