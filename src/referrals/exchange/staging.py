"""Between a package and the directory: rows are copied into temporary tables, checked against each other, then merged.

So a package is never whole in memory, good rows survive bad ones, and one broken in the middle leaves nothing behind.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from referrals.exchange.records import Row
from referrals.exchange.report import Report
from referrals.exchange.shapes import SHAPES, Shape
from referrals.exchange.statements import Statements, driver, names, stage, table

BATCH = 4000
_EXTRA = ["id", "source_key", "record_hash", "_file", "_line", "_filled", "_alias", "_nested"]


@dataclass
class Staging:
    """The temporary tables of one import."""

    db: Statements
    source: str
    report: Report
    run_id: UUID
    staged: Counter[str] = field(default_factory=Counter)
    """Entity -> rows copied. A kind of record that the package has none of costs no statement."""
    _waiting: dict[str, list[Row]] = field(default_factory=dict)
    _count: int = 0

    async def open(self) -> None:
        """Make the tables; two imports of one source take turns."""
        await self.db.run(
            "SELECT pg_advisory_xact_lock(hashtext('import ' || {source}))", source=sql.Literal(self.source)
        )
        await self.db.run("SET LOCAL work_mem = '64MB'")  # for hashing ids of one kind of record; an import runs alone
        for shape in SHAPES.values():
            await self.db.run("DROP TABLE IF EXISTS {stage}", stage=stage(shape))
            await self.db.run(
                "CREATE TEMP TABLE {stage} ON COMMIT DROP AS SELECT id, ''::text AS source_key, ''::text AS record_hash, "
                "''::text AS _file, 0 AS _line, 0 AS _filled, id AS _alias, false AS _nested, {columns} FROM {table} "
                "WITH NO DATA",
                stage=stage(shape), columns=names(shape.columns), table=table(shape),
            )  # fmt: skip
        await self.db.run("DROP TABLE IF EXISTS stage_kept")
        await self.db.run("CREATE TEMP TABLE stage_kept (entity text, id uuid) ON COMMIT DROP")

    async def alone(self) -> None:
        """From here to the end of the transaction no other import writes: whose a record is stays as it is found."""
        await self.db.run("SELECT pg_advisory_xact_lock(hashtext('imports'))")

    async def put(self, row: Row) -> None:
        self._waiting.setdefault(row.entity, []).append(row)
        self._count += 1
        if self._count >= BATCH:
            await self.flush()

    async def flush(self) -> None:
        for entity, rows in self._waiting.items():
            await self._copy(SHAPES[entity], rows)
            self.staged[entity] += len(rows)
        self._waiting, self._count = {}, 0

    async def keep(self, kept: Iterable[tuple[str, UUID]]) -> None:
        """Records that were turned away this time: whatever is known of them stays as it is."""
        statement = "COPY stage_kept (entity, id) FROM STDIN"
        async with self.db.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for entity, id in kept:
                await copy.write_row((entity, id))

    async def close(self) -> None:
        for shape in SHAPES.values():
            await self.db.run("DROP TABLE IF EXISTS {stage}", stage=stage(shape))
        await self.db.run("DROP TABLE IF EXISTS stage_kept")

    async def _copy(self, shape: Shape, rows: list[Row]) -> None:
        columns = names([*_EXTRA, *shape.columns])
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(stage(shape), columns)
        async with self.db.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                head = (
                    row.id.hex, row.key, row.digest, row.where.file, row.where.line, row.filled, row.alias, row.nested,
                )  # fmt: skip
                await copy.write_row((*head, *(Jsonb(v) if isinstance(v, dict) else v for v in row.values)))


__all__ = ["BATCH", "Staging", "driver"]
