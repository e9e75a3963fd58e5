"""Whose a record is: a package that uses the id of another source's record does not get it, nor hangs anything on it."""

from typing import Any

from psycopg import sql

from referrals.exchange.reasons import FOREIGN, OF_FOREIGN
from referrals.exchange.records import LINKS
from referrals.exchange.report import Where
from referrals.exchange.shapes import SHAPES, Shape
from referrals.exchange.staging import Staging
from referrals.exchange.statements import Part, stage, table

OWNERS = ("organization", "program", "location", "service", "service_at_location", "contact", "phone")
"""What other records belong to. A service of this source may still be given by an organization of another."""
WHOLE = ("organization", "program", "location", "service")
"""What is told of by itself, whoever it belongs to."""


async def settle(staging: Staging) -> None:
    refused: set[str] = set()
    await staging.db.run("DROP TABLE IF EXISTS stage_foreign")
    await staging.db.run("CREATE TEMP TABLE stage_foreign (entity text, id uuid) ON COMMIT DROP")
    for shape in SHAPES.values():
        if staging.staged[shape.entity]:
            refused |= await settle_one(staging, shape)
            refused |= await _belongings(staging, shape, refused)


async def settle_one(staging: Staging, shape: Shape) -> set[str]:
    """Rows with the id of a record that another source, or somebody here, has made. The kind, where there were any."""
    rows = await staging.db.rows(
        "DELETE FROM {stage} s USING {table} t WHERE t.id = s.id AND t.source <> {source} "
        "RETURNING s.id, s.source_key, s._file, s._line, t.source",
        stage=stage(shape), table=table(shape), source=sql.Literal(staging.source),
    )  # fmt: skip
    for _, key, file, line, source in sorted(rows, key=lambda row: (row[2], row[3])):
        staging.report.reject(Where(file, line), shape.entity, key, FOREIGN % {"source": source})
    return await _remember(staging, shape, rows)


async def _belongings(staging: Staging, shape: Shape, refused: set[str]) -> set[str]:
    """A number, a text, an hour of a record that was refused goes with it."""
    if shape.entity in WHOLE:
        return set()
    owners = {name: ref.entity for name, ref in shape.refs.items() if ref.entity in OWNERS}
    if shape.entity == "service_at_location":
        owners = {"service_id": "service"}
    gone = [
        _refused(sql.Identifier("s", name), sql.Literal(entity)) for name, entity in owners.items() if entity in refused
    ]
    if shape.entity in LINKS and refused:
        link, kind = LINKS[shape.entity]
        gone.append(_refused(sql.Identifier("s", link), sql.Identifier("s", kind)))
    if not gone:
        return set()
    rows = await staging.db.rows(
        "DELETE FROM {stage} s WHERE {gone} RETURNING s.id, s.source_key, s._file, s._line",
        stage=stage(shape), gone=sql.SQL(" OR ").join(gone),
    )  # fmt: skip
    for _, key, file, line in sorted(rows, key=lambda row: (row[2], row[3])):
        staging.report.reject(Where(file, line), shape.entity, None if key.startswith("content:") else key, OF_FOREIGN)
    return await _remember(staging, shape, rows)


async def _remember(staging: Staging, shape: Shape, rows: list[tuple[Any, ...]]) -> set[str]:
    statement = "COPY stage_foreign (entity, id) FROM STDIN"
    async with staging.db.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row((shape.entity, row[0]))
    await staging.keep((shape.entity, row[0]) for row in rows)
    return {shape.entity} if rows else set()


def _refused(column: Part, entity: Part) -> Part:
    return sql.SQL("EXISTS (SELECT 1 FROM stage_foreign f WHERE f.entity = {} AND f.id = {})").format(entity, column)
