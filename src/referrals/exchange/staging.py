"""Between a package and the directory: rows are copied into temporary tables, checked against each other, then merged.

So a package is never whole in memory, good rows survive bad ones, and one broken in the middle leaves nothing behind.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.records import LINKS, Row
from referrals.exchange.report import Report, Where
from referrals.exchange.shapes import SHAPES, Ref, Shape

BATCH = 4000
_EXTRA = ("id", "source_key", "record_hash", "_file", "_line", "_filled", "_alias")
_LINKED = ("service", "organization", "location", "service_at_location")


async def driver(session: AsyncSession) -> AsyncConnection[Any]:
    """The connection of this transaction, for COPY."""
    await session.flush()
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, AsyncConnection)
    return connection


@dataclass
class Staging:
    """The temporary tables of one import."""

    connection: AsyncConnection[Any]
    source: str
    report: Report
    _waiting: dict[str, list[Row]] = field(default_factory=dict)
    _count: int = 0

    async def open(self) -> None:
        """Make the tables; two imports of one source take turns."""
        await self._run(
            "SELECT pg_advisory_xact_lock(hashtext('import ' || {source}))", source=sql.Literal(self.source)
        )
        for shape in SHAPES.values():
            columns = sql.SQL(", ").join(sql.Identifier(name) for name in shape.columns)
            await self._run("DROP TABLE IF EXISTS {stage}", stage=_stage(shape))
            await self._run(
                "CREATE TEMP TABLE {stage} ON COMMIT DROP AS SELECT id, ''::text AS source_key, ''::text AS record_hash, "
                "''::text AS _file, 0 AS _line, 0 AS _filled, id AS _alias, {columns} FROM {table} WITH NO DATA",
                stage=_stage(shape), columns=columns, table=_table(shape),
            )  # fmt: skip
        await self._run("DROP TABLE IF EXISTS stage_kept")
        await self._run("CREATE TEMP TABLE stage_kept (entity text, id uuid) ON COMMIT DROP")

    async def put(self, row: Row) -> None:
        self._waiting.setdefault(row.entity, []).append(row)
        self._count += 1
        if self._count >= BATCH:
            await self.flush()

    async def flush(self) -> None:
        for entity, rows in self._waiting.items():
            await self._copy(SHAPES[entity], rows)
        self._waiting, self._count = {}, 0

    async def keep(self, kept: Iterable[tuple[str, UUID]]) -> None:
        """Records that were turned away this time: whatever is known of them stays as it is."""
        async with self.connection.cursor() as cursor, cursor.copy("COPY stage_kept (entity, id) FROM STDIN") as copy:
            for entity, id in kept:
                await copy.write_row((entity, id))

    async def settle(self) -> None:
        """Make the rows agree with each other and with what is there: one row a record, every reference real."""
        for shape in SHAPES.values():
            await self._run("CREATE INDEX ON {stage} (id)", stage=_stage(shape))
            await self._run("ANALYZE {stage}", stage=_stage(shape))
            await self._fullest(shape)
        await self._borrow_organizations()
        for shape in SHAPES.values():
            if shape.entity == "taxonomy":
                await self._taxonomies()
            if shape.entity == "taxonomy_term":
                await self._distinct_codes()
            for ref in shape.refs.values():
                await self._resolve(shape, ref)
            if shape.entity == "service_at_location":
                await self._one_permanence()
        await self._links()

    async def merge(self, now: datetime) -> None:
        for shape in SHAPES.values():
            await self._merge(shape, now)
            if self._is_much_news(shape):
                # What follows reads these tables before anybody else has counted them for the planner.
                await self._run("ANALYZE {table}", table=_table(shape))

    async def close(self) -> None:
        for shape in SHAPES.values():
            await self._run("DROP TABLE IF EXISTS {stage}", stage=_stage(shape))
        await self._run("DROP TABLE IF EXISTS stage_kept")

    async def _copy(self, shape: Shape, rows: list[Row]) -> None:
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in (*_EXTRA, *shape.columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(_stage(shape), columns)
        async with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                head = (row.id, row.key, row.digest, row.where.file, row.where.line, row.filled, row.alias)
                await copy.write_row((*head, *(Jsonb(v) if isinstance(v, dict) else v for v in row.values)))

    async def _fullest(self, shape: Shape) -> None:
        """Objects told several times: the fullest telling counts, the last of equals."""
        await self._run(
            "DELETE FROM {stage} a USING (SELECT ctid AS at, row_number() OVER (PARTITION BY id ORDER BY _filled DESC, "
            "ctid DESC) AS place FROM {stage}) b WHERE a.ctid = b.at AND b.place > 1",
            stage=_stage(shape),
        )

    async def _borrow_organizations(self) -> None:
        """Some packages name another service where an organization belongs: it takes that service's organization."""
        for entity in ("service", "location"):
            for _ in range(5):
                count = await self._run(
                    "UPDATE {stage} s SET organization_id = p.organization_id FROM stage_service p "
                    "WHERE p._alias = s.organization_id AND p.organization_id <> s.organization_id AND NOT EXISTS "
                    "(SELECT 1 FROM stage_organization o WHERE o.id = s.organization_id) AND NOT EXISTS "
                    "(SELECT 1 FROM organization o WHERE o.id = s.organization_id)",
                    stage=_stage(SHAPES[entity]),
                )
                if not count:
                    break
                self.report.repaired[f"{entity}.organization_id: named a service, took its organization"] += count

    async def _resolve(self, shape: Shape, ref: Ref) -> None:
        """A reference to nothing is dropped and counted; a record that cannot be without it is turned away."""
        target = SHAPES[ref.entity]
        missing = sql.SQL(
            "s.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {stage} t WHERE t.id = s.{column}) "
            "AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = s.{column})"
        ).format(column=sql.Identifier(ref.column), stage=_stage(target), table=_table(target))
        if ref.required:
            reason = f"belongs to {_words(ref.entity)} that is not there"
            await self._turn_away(shape, missing, reason)
            return
        count = await self._run(
            "UPDATE {stage} s SET {column} = NULL WHERE {missing}",
            stage=_stage(shape), column=sql.Identifier(ref.column), missing=missing,
        )  # fmt: skip
        if count:
            self.report.lost[f"{shape.entity}.{ref.column}"] += count

    async def _links(self) -> None:
        """Attributes hang on any record; on one of the main kinds it must be there. History may outlive its record."""
        column, kind = LINKS["attribute"]
        for target in _LINKED:
            there = SHAPES[target]
            missing = sql.SQL(
                "s.{kind} = {name} AND NOT EXISTS (SELECT 1 FROM {stage} t WHERE t.id = s.{column}) "
                "AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = s.{column})"
            ).format(
                kind=sql.Identifier(kind), name=sql.Literal(target), column=sql.Identifier(column),
                stage=_stage(there), table=_table(there),
            )  # fmt: skip
            await self._turn_away(SHAPES["attribute"], missing, f"belongs to {_words(target)} that is not there")

    async def _turn_away(self, shape: Shape, which: sql.Composable, reason: str) -> None:
        statement = sql.SQL("DELETE FROM {} s WHERE {} RETURNING id, source_key, _file, _line").format(
            _stage(shape), which
        )
        async with self.connection.cursor() as cursor:
            await cursor.execute(statement)
            rows = await cursor.fetchall()
        for _, key, file, line in rows:
            given = None if key.startswith("content:") else key
            self.report.reject(Where(file, line), shape.entity, given, reason)
        await self.keep((shape.entity, row[0]) for row in rows)

    async def _taxonomies(self) -> None:
        """Terms may name a taxonomy that has no record of its own, and a taxonomy may come back under another id."""
        source = sql.Literal(self.source)
        await self._run(
            "INSERT INTO stage_taxonomy (id, name, description) SELECT DISTINCT ON (t.taxonomy_id) t.taxonomy_id, "
            "'terms ' || left(t.taxonomy_id::text, 8), '' FROM stage_taxonomy_term t WHERE NOT EXISTS "
            "(SELECT 1 FROM stage_taxonomy x WHERE x.id = t.taxonomy_id) AND NOT EXISTS "
            "(SELECT 1 FROM taxonomy x WHERE x.id = t.taxonomy_id)"
        )
        await self._run(
            "UPDATE stage_taxonomy a SET name = name || ' ' || left(id::text, 8) WHERE EXISTS "
            "(SELECT 1 FROM stage_taxonomy b WHERE b.name = a.name AND b.id < a.id) OR EXISTS "
            "(SELECT 1 FROM taxonomy t WHERE t.source = {source} AND t.name = a.name AND t.id <> a.id)",
            source=source,
        )

    async def _distinct_codes(self) -> None:
        """Two terms of one taxonomy under one code: the second carries a piece of its id as well."""
        await self._run(
            "UPDATE stage_taxonomy_term a SET code = code || '~' || left(id::text, 8) WHERE EXISTS "
            "(SELECT 1 FROM stage_taxonomy_term b WHERE b.taxonomy_id = a.taxonomy_id AND b.code = a.code AND b.id < a.id) "
            "OR EXISTS (SELECT 1 FROM taxonomy_term t WHERE t.taxonomy_id = a.taxonomy_id AND t.code = a.code AND t.id <> a.id)"
        )

    async def _one_permanence(self) -> None:
        """One service at one place is one record: another id for it leads to the one that is there."""
        await self._turn_away(
            SHAPES["service_at_location"],
            sql.SQL(
                "EXISTS (SELECT 1 FROM stage_service_at_location b WHERE b.service_id = s.service_id "
                "AND b.location_id = s.location_id AND b.id < s.id)"
            ),
            "puts the same service at the same place a second time",
        )
        for entity in ("contact", "phone", "schedule", "service_area"):
            await self._run(
                "UPDATE {stage} c SET service_at_location_id = t.id FROM stage_service_at_location s, service_at_location t "
                "WHERE t.service_id = s.service_id AND t.location_id = s.location_id AND t.id <> s.id "
                "AND c.service_at_location_id = s.id",
                stage=_stage(SHAPES[entity]),
            )
        await self._run(
            "UPDATE stage_service_at_location s SET id = t.id FROM service_at_location t "
            "WHERE t.service_id = s.service_id AND t.location_id = s.location_id AND t.id <> s.id"
        )

    async def _merge(self, shape: Shape, now: datetime) -> None:
        """Insert what is new, rewrite what the source has changed, mark what it no longer has.

        A record that the source has left alone is not touched, so what an editor wrote here stays. One that went from
        the source loses its digest with it, and is therefore written anew when it comes back.
        """
        names = shape.columns
        values = sql.SQL(", ").join(sql.Identifier("s", name) for name in names)
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        updates = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in names)
        if not shape.recorded:
            await self._merge_plain(shape, columns, values, updates)
            return
        if shape.append_only:
            await self._add(shape, columns, values, now)
            return
        digest = _digest(shape)
        stamps = {"now": sql.Literal(now), "source": sql.Literal(self.source)}
        created, changed = await self._counted(
            "WITH merged AS (INSERT INTO {table} (id, source, source_key, first_seen_at, last_seen_at, record_hash{more}, "
            "{columns}) SELECT s.id, {source}, s.source_key, {now}, {now}, {digest}{defaults}, {values} FROM {stage} s "
            "ON CONFLICT (id) DO UPDATE SET source = excluded.source, source_key = excluded.source_key, "
            "last_seen_at = excluded.last_seen_at, record_hash = excluded.record_hash, gone_at = NULL, {updates} "
            "WHERE {table}.record_hash IS DISTINCT FROM excluded.record_hash RETURNING (xmax = 0) AS new) "
            "SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new) FROM merged",
            table=_table(shape), stage=_stage(shape), columns=columns, values=values, updates=updates, digest=digest,
            more=sql.SQL(_term_columns(shape)), defaults=sql.SQL(_term_defaults(shape)), **stamps,
        )  # fmt: skip
        (staged,) = await self._counted("SELECT count(*) FROM {stage}", stage=_stage(shape))
        await self._run(
            "UPDATE {table} t SET last_seen_at = {now} FROM {stage} s WHERE t.id = s.id AND t.last_seen_at < {now}",
            table=_table(shape), stage=_stage(shape), **stamps,
        )  # fmt: skip
        self.report.count(shape.entity, created=created, changed=changed, unchanged=staged - created - changed, gone=0)

    async def mark_gone(self, now: datetime) -> None:
        """What this source had and has no more. Not for a package that is only a part of it."""
        for shape in SHAPES.values():
            if shape.recorded and not shape.append_only:
                count = await self._run(
                    "UPDATE {table} t SET gone_at = {now}, record_hash = NULL WHERE t.source = {source} AND t.gone_at IS NULL "
                    "AND NOT EXISTS (SELECT 1 FROM {stage} s WHERE s.id = t.id) AND NOT EXISTS "
                    "(SELECT 1 FROM stage_kept k WHERE k.entity = {entity} AND k.id = t.id)",
                    table=_table(shape), stage=_stage(shape), now=sql.Literal(now), source=sql.Literal(self.source),
                    entity=sql.Literal(shape.entity),
                )  # fmt: skip
                if count:
                    before = self.report.kinds.setdefault(
                        shape.entity, {"created": 0, "changed": 0, "unchanged": 0, "gone": 0}
                    )
                    before["gone"] += count
                    self.report.gone += count

    async def _add(self, shape: Shape, columns: sql.Composed, values: sql.Composed, now: datetime) -> None:
        created = await self._run(
            "INSERT INTO {table} (id, source, source_key, first_seen_at, last_seen_at, record_hash, {columns}) SELECT s.id, "
            "{source}, s.source_key, {now}, {now}, {digest}, {values} FROM {stage} s ON CONFLICT (id) DO NOTHING",
            table=_table(shape), stage=_stage(shape), columns=columns, values=values, digest=_digest(shape),
            now=sql.Literal(now), source=sql.Literal(self.source),
        )  # fmt: skip
        (staged,) = await self._counted("SELECT count(*) FROM {stage}", stage=_stage(shape))
        self.report.count(shape.entity, created=created, changed=0, unchanged=staged - created, gone=0)

    def _is_much_news(self, shape: Shape) -> bool:
        counts = self.report.kinds.get(shape.entity, {})
        return counts.get("created", 0) + counts.get("changed", 0) > BATCH // 4

    async def _merge_plain(
        self, shape: Shape, columns: sql.Composed, values: sql.Composed, updates: sql.Composed
    ) -> None:
        same = sql.SQL("({}) IS DISTINCT FROM ({})").format(
            sql.SQL(", ").join(sql.Identifier(shape.entity, name) for name in shape.columns),
            sql.SQL(", ").join(sql.Identifier("excluded", name) for name in shape.columns),
        )
        created, changed = await self._counted(
            "WITH merged AS (INSERT INTO {table} (id, source, {columns}) SELECT s.id, {source}, {values} FROM {stage} s "
            "ON CONFLICT (id) DO UPDATE SET source = excluded.source, {updates} WHERE {same} RETURNING (xmax = 0) AS new) "
            "SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new) FROM merged",
            table=_table(shape), stage=_stage(shape), columns=columns, values=values, updates=updates, same=same,
            source=sql.Literal(self.source),
        )  # fmt: skip
        (staged,) = await self._counted("SELECT count(*) FROM {stage}", stage=_stage(shape))
        self.report.count(shape.entity, created=created, changed=changed, unchanged=staged - created - changed, gone=0)

    async def _run(self, statement: str, **parts: sql.Composable) -> int:
        async with self.connection.cursor() as cursor:
            await cursor.execute(sql.SQL(statement).format(**parts))
            return max(cursor.rowcount, 0)

    async def _counted(self, statement: str, **parts: sql.Composable) -> tuple[int, ...]:
        async with self.connection.cursor() as cursor:
            await cursor.execute(sql.SQL(statement).format(**parts))
            row = await cursor.fetchone()
        return tuple(row or ())


def _digest(shape: Shape) -> sql.Composable:
    """The record's digest together with what its references came to: one that finds its target later has changed."""
    refs = [sql.SQL("coalesce({}::text, '')").format(sql.Identifier("s", ref)) for ref in shape.refs]
    return sql.SQL("md5({})").format(sql.SQL(" || ' ' || ").join([sql.Identifier("s", "record_hash"), *refs]))


def _term_columns(shape: Shape) -> str:
    return ", position, taggable, details" if shape.entity == "taxonomy_term" else ""


def _term_defaults(shape: Shape) -> str:
    return ", 0, true, '{}'::jsonb" if shape.entity == "taxonomy_term" else ""


def _stage(shape: Shape) -> sql.Identifier:
    return sql.Identifier(f"stage_{shape.entity}")


def _table(shape: Shape) -> sql.Identifier:
    return sql.Identifier(shape.entity)


def _words(entity: str) -> str:
    return f"{'an' if entity[0] in 'aeiou' else 'a'} {entity.replace('_', ' ')}"
