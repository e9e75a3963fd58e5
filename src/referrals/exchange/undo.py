"""Taking a whole import back: what it brought leaves, what it changed is as before, what it marked as gone returns.

What somebody has touched since stays, and is counted: a field that was edited, a record that people here or a later import
wrote, with all that belongs to it. What something of ours hangs on (a referral, an account) is marked as gone.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.jobs import ask_for_index
from referrals.exchange import touched, undo_stays
from referrals.exchange.actions import list_touched
from referrals.exchange.merging import PROVENANCE
from referrals.exchange.models import ImportRun
from referrals.exchange.settling import LINKED
from referrals.exchange.shapes import SHAPES, Shape
from referrals.exchange.statements import Part, Statements, driver, names, table
from referrals.exchange.undo_stays import may_name
from referrals.exchange.watch import Watch
from referrals.kit.db import Base

_DERIVED: Final = frozenset({"listing", "listing_place", "index_due", "import_change", "source_conflict"})
"""Tables that follow the records by themselves, and hold nobody's work."""
_COUNTS: Final = {
    "metadata": sql.SQL("h.user_id IS NOT NULL"), "term_link": sql.SQL("h.decided_by IS NOT NULL"),
    "finding": sql.SQL("h.dismissed_by IS NOT NULL"),
}  # fmt: skip
"""Only what a person has written there."""


@dataclass(slots=True)
class Undone:
    """`left`: deleted. `kept_marked`: something of ours hangs on it, so it is marked as gone instead."""

    left: int = 0
    kept_marked: int = 0
    restored: int = 0
    edited_since: int = 0
    """Changed records of which at least one field was edited after the import, and keeps what it says now."""
    returned: int = 0
    touched_later: int = 0
    """Records that a later import wrote: they stay as that import left them."""
    stayed: int = 0
    """Records that it brought and that stay: edited here since, or a part of what stays."""
    history: int = 0
    """Entries of the records' history, which is never rewritten."""


async def undo(session: AsyncSession, run: ImportRun, watch: Watch, now: datetime) -> Undone:
    """Raises Cancelled where the watch says so; the caller's savepoint must then be undone."""
    db = Statements(await driver(session))
    await db.run("SELECT pg_advisory_xact_lock(hashtext('import ' || {source}))", source=sql.Literal(run.source))
    result = Undone()
    await _look(db, run, result)
    mine = await touched.services(session, run.id, changes="undo_now")
    for number, shape in enumerate(SHAPES.values()):
        await watch.see("undo", number, 2 * len(SHAPES))
        await _restore(db, run, shape, result)
        await _return(db, run, shape, result)
    gone = await _leave(db, watch, now, result)
    session.expire_all()
    await session.refresh(run)
    await list_touched(session, mine, now, watch)
    await ask_for_index(session, gone)
    await db.run("DROP TABLE undo_now, undo_leaving")
    await session.refresh(run)
    run.state, run.undone_at, run.undo_report = "undone", now, asdict(result)
    return result


async def _look(db: Statements, run: ImportRun, result: Undone) -> None:
    """What the run did, without what a later import has written over."""
    parts = {"run": sql.Literal(run.id), "ended": sql.Literal(run.ended_at)}
    await db.run("DROP TABLE IF EXISTS undo_now, undo_leaving")
    result.touched_later = await db.run(
        "CREATE TEMP TABLE undo_later ON COMMIT DROP AS SELECT DISTINCT c.entity, c.record_id, mine.what IN ('created', 'returned') AS brought "
        "FROM import_change c "
        "JOIN import_run r ON r.id = c.run_id JOIN import_change mine ON mine.run_id = {run} AND mine.entity = c.entity "
        "AND mine.record_id = c.record_id WHERE r.ended_at > {ended} AND r.state = 'done' AND r.id <> {run}",
        **parts,
    )
    await db.run(
        "CREATE TEMP TABLE undo_now ON COMMIT DROP AS SELECT c.* FROM import_change c WHERE c.run_id = {run} AND NOT EXISTS "
        "(SELECT 1 FROM undo_later l WHERE l.entity = c.entity AND l.record_id = c.record_id)",
        **parts,
    )
    result.stayed = await undo_stays.take_out(db)
    await db.run("DROP TABLE undo_later")
    await db.run("ANALYZE undo_now")
    (result.history,) = await db.one("SELECT count(*) FROM undo_now WHERE what = 'created' AND entity = 'metadata'")


async def _restore(db: Statements, run: ImportRun, shape: Shape, result: Undone) -> None:
    """Each column that still says what the import wrote gets back what it said before."""
    columns = [*(PROVENANCE if shape.recorded else ["source"]), *shape.columns]
    fixed = sql.SQL(", ").join(
        sql.SQL("{}, {}").format(sql.Literal(name), sql.Identifier("t", name)) for name in columns
    )
    parts: dict[str, Part] = {"table": table(shape), "entity": sql.Literal(shape.entity), "fixed": fixed}
    found = await db.run(
        "CREATE TEMP TABLE undo_back ON COMMIT DROP AS SELECT t.id, back.fields, "
        "back.fields IS DISTINCT FROM c.before AS edited FROM undo_now c JOIN {table} t ON t.id = c.record_id "
        "CROSS JOIN LATERAL (SELECT jsonb_build_object({fixed}) AS said) now_ CROSS JOIN LATERAL "
        "(SELECT coalesce(jsonb_object_agg(b.key, b.value), '{{}}'::jsonb) AS fields FROM jsonb_each(c.before) b "
        "WHERE now_.said -> b.key IS NOT DISTINCT FROM c.after -> b.key) back "
        "WHERE c.entity = {entity} AND c.what IN ('changed', 'returned')",
        **parts,
    )
    if found:
        (edited,) = await db.one("SELECT count(*) FROM undo_back WHERE edited")
        result.restored += found
        result.edited_since += edited
        await db.run(
            "UPDATE {table} t SET ({columns}) = (SELECT {columns} FROM jsonb_populate_record(t, b.fields)) "
            "FROM undo_back b WHERE b.id = t.id",
            columns=names(columns), **parts,
        )  # fmt: skip
    await db.run("DROP TABLE undo_back")


async def _return(db: Statements, run: ImportRun, shape: Shape, result: Undone) -> None:
    if shape.recorded:
        result.returned += await db.run(
            "UPDATE {table} t SET gone_at = NULL, record_hash = c.before ->> 'record_hash' FROM undo_now c "
            "WHERE c.entity = {entity} AND c.what = 'gone' AND c.record_id = t.id AND t.gone_at IS NOT NULL",
            table=table(shape), entity=sql.Literal(shape.entity),
        )  # fmt: skip


async def _leave(db: Statements, watch: Watch, now: datetime, result: Undone) -> list[UUID]:
    """Delete what the run created, children first; mark as gone what something else still names. The services deleted."""
    await db.run(
        "CREATE TEMP TABLE undo_leaving ON COMMIT DROP AS SELECT entity, record_id AS id FROM undo_now "
        "WHERE what = 'created' AND entity <> 'metadata'"
    )
    await db.run("CREATE INDEX ON undo_leaving (id)")
    await db.run("ANALYZE undo_leaving")
    await _hold_back(db)
    for shape in SHAPES.values():
        if shape.recorded and not shape.append_only:
            result.kept_marked += await db.run(
                "UPDATE {table} t SET gone_at = {now}, record_hash = NULL FROM undo_now c WHERE c.entity = {entity} "
                "AND c.what = 'created' AND c.record_id = t.id AND t.gone_at IS NULL "
                "AND NOT EXISTS (SELECT 1 FROM undo_leaving l WHERE l.entity = c.entity AND l.id = t.id)",
                table=table(shape), entity=sql.Literal(shape.entity), now=sql.Literal(now),
            )  # fmt: skip
    await db.run(
        "DELETE FROM duplicate_pair p USING undo_leaving l WHERE l.id IN (p.a_id, p.b_id) AND p.decided_at IS NULL"
    )
    services = await db.rows("SELECT id FROM undo_leaving WHERE entity = 'service'")
    for number, shape in enumerate(reversed(SHAPES.values())):
        await watch.see("undo", len(SHAPES) + number, 2 * len(SHAPES))
        if shape.entity != "metadata":
            result.left += await db.run(
                "DELETE FROM {table} t USING undo_leaving l WHERE l.entity = {entity} AND l.id = t.id",
                table=table(shape), entity=sql.Literal(shape.entity),
            )  # fmt: skip
    return [row[0] for row in services]


async def _hold_back(db: Statements) -> None:
    """Whatever is named by something that stays must stay too; again and again, until nothing more is found."""
    while True:
        held = 0
        for shape in reversed(SHAPES.values()):
            for holder in _holders(shape.entity):
                held += await db.run(
                    "DELETE FROM undo_leaving l WHERE l.entity = {entity} AND EXISTS (SELECT 1 FROM {holder} h "
                    "WHERE h.{column} = l.id AND {ours})",
                    entity=sql.Literal(shape.entity), holder=sql.Identifier(holder.table),
                    column=sql.Identifier(holder.column), ours=holder.counts,
                )  # fmt: skip
        if not held:
            return


@dataclass(frozen=True, slots=True)
class _Holder:
    """A column that may name a record; `counts` is what must be true of its row for it to hold the record back."""

    table: str
    column: str
    counts: Part


def _holders(entity: str) -> Iterator[_Holder]:
    stays = sql.SQL("NOT EXISTS (SELECT 1 FROM undo_leaving o WHERE o.entity = {} AND o.id = h.id)")
    for other in Base.metadata.tables.values():
        if other.name in _DERIVED:
            continue
        counts: Part = _COUNTS.get(other.name, sql.SQL("true"))
        if other.name in SHAPES and other.name != "metadata":
            counts = stays.format(sql.Literal(other.name))
        yield from (_Holder(other.name, column.name, counts) for column in other.columns if may_name(column, entity))
    if entity in LINKED:
        own = sql.SQL("h.link_entity = {} AND ").format(sql.Literal(entity)) + stays.format(sql.Literal("attribute"))
        yield _Holder("attribute", "link_id", own)
