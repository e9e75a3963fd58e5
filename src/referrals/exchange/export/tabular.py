"""HSDS 3.1 as a tabular data package: a zip of one CSV file for each kind of record, described by its datapackage.json."""

import json
from collections.abc import AsyncIterator
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
                async for record in _records(scope, owners, shape, losses):
                    table.writerow([cell(record.get(name)) for name in columns])
                    desk.tell(1)


def cell(value: Any) -> str:
    """A value as the text of a cell; nothing is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, float):
        return repr(int(value) if value.is_integer() else value)
    return str(value)


async def _records(scope: Scope, owners: Owners, shape: Shape, losses: Losses) -> AsyncIterator[Record]:
    async for record in scope.records(shape):
        told = scope.redaction.record(shape.entity, record)
        if told is None:
            losses.lose(shape.entity, "id", HIDDEN)
            continue
        for name in [name for name, value in record.items() if value and not told.get(name) and name in shape.fields]:
            losses.lose(shape.entity, name, HIDDEN)
        yield scope.redaction.tree(owners.owner(shape, told), told)
