"""The staged rows become records: what is new comes in, what the source changed is rewritten, what it lost is marked.

Every step is remembered for the run, so that the whole of it can be undone: `import_change`.
"""

from collections.abc import Mapping
from datetime import datetime

from psycopg import sql

from referrals.exchange.shapes import SHAPES, Shape
from referrals.exchange.staging import BATCH, Staging
from referrals.exchange.statements import Part, digest, names, stage, table
from referrals.exchange.watch import Watch

PROVENANCE = ["source", "source_key", "gone_at", "record_hash"]
_NOTHING = {"created": 0, "changed": 0, "unchanged": 0, "gone": 0}


async def merge(staging: Staging, now: datetime, watch: Watch) -> None:
    """A record that the source has left alone is not touched, so what an editor wrote here stays.

    One that went from the source loses its digest with it, and is therefore written anew when it comes back.
    """
    for number, shape in enumerate(SHAPES.values()):
        if not staging.staged[shape.entity] and shape.entity != "taxonomy":  # terms may bring theirs with them
            continue
        await watch.see("write", number, len(SHAPES))
        changed = 0 if shape.append_only else await _change(staging, shape, now)
        created = await _create(staging, shape, now)
        (staged,) = await staging.db.one("SELECT count(*) FROM {stage}", stage=stage(shape))
        unchanged = staged - created - changed
        staging.report.count(shape.entity, created=created, changed=changed, unchanged=unchanged, gone=0)
        if unchanged and shape.recorded:
            await _seen(staging, shape, now)
        if created + changed > BATCH // 4:
            # What follows reads these tables before anybody else has counted them for the planner.
            await staging.db.run("ANALYZE {table}", table=table(shape))


async def mark_gone(staging: Staging, now: datetime) -> None:
    """What this source had and has no more. Not for a package that is only a part of it."""
    for shape in SHAPES.values():
        if not shape.recorded or shape.append_only:
            continue
        parts = {"table": table(shape), "stage": stage(shape), **_run_of(staging, shape)}
        count = await staging.db.run(
            "INSERT INTO import_change (run_id, entity, record_id, what, before) SELECT {run}, {entity}, t.id, 'gone', "
            "jsonb_build_object('gone_at', NULL, 'record_hash', t.record_hash) FROM {table} t "
            "WHERE t.source = {source} AND t.gone_at IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM {stage} s WHERE s.id = t.id) AND NOT EXISTS "
            "(SELECT 1 FROM stage_kept k WHERE k.entity = {entity} AND k.id = t.id)",
            source=sql.Literal(staging.source), **parts,
        )  # fmt: skip
        if count:
            await staging.db.run(
                "UPDATE {table} t SET gone_at = {now}, record_hash = NULL FROM import_change c WHERE c.run_id = {run} "
                "AND c.entity = {entity} AND c.what = 'gone' AND c.record_id = t.id",
                now=sql.Literal(now), **parts,
            )  # fmt: skip
            staging.report.kinds.setdefault(shape.entity, dict(_NOTHING))["gone"] += count
            staging.report.gone += count


async def _change(staging: Staging, shape: Shape, now: datetime) -> int:
    """Rewrite what the source has changed or brought back, with an image of the columns that became others."""
    columns = [*(PROVENANCE if shape.recorded else ["source"]), *shape.columns]
    news: dict[str, Part] = {name: sql.Identifier("s", name) for name in columns} | {
        "source": sql.Literal(staging.source)
    }
    if shape.recorded:
        news |= {"gone_at": sql.SQL("NULL::timestamptz"), "record_hash": digest(shape)}
    parts = {"table": table(shape), "stage": stage(shape), **_run_of(staging, shape)}
    count = await staging.db.run(
        "INSERT INTO import_change (run_id, entity, record_id, what, before, after) "
        "SELECT {run}, {entity}, t.id, {what}, image.before, image.after FROM {stage} s JOIN {table} t ON t.id = s.id "
        "CROSS JOIN LATERAL (SELECT jsonb_object_agg(o.key, o.value) AS before, jsonb_object_agg(o.key, n.value) AS after "
        "FROM jsonb_each({old}) o JOIN jsonb_each({new}) n ON n.key = o.key WHERE o.value IS DISTINCT FROM n.value) image "
        "WHERE {differs}",
        what=sql.SQL("CASE WHEN t.gone_at IS NULL THEN 'changed' ELSE 'returned' END" if shape.recorded else "'changed'"),
        old=_object({name: sql.Identifier("t", name) for name in columns}), new=_object(news),
        differs=_differs(shape), **parts,
    )  # fmt: skip
    if not count:
        return 0
    stamps = sql.SQL(", last_seen_at = {}").format(sql.Literal(now)) if shape.recorded else sql.SQL("")
    sets = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in news.items())
    await staging.db.run(
        "UPDATE {table} t SET {sets}{stamps} FROM {stage} s, import_change c WHERE t.id = s.id AND c.run_id = {run} "
        "AND c.entity = {entity} AND c.record_id = t.id",
        sets=sets, stamps=stamps, **parts,
    )  # fmt: skip
    return count


async def _create(staging: Staging, shape: Shape, now: datetime) -> int:
    fixed: dict[str, Part] = {"source": sql.Literal(staging.source)}
    if shape.recorded:
        stamp = sql.Literal(now)
        fixed |= {"source_key": sql.Identifier("s", "source_key"), "first_seen_at": stamp, "last_seen_at": stamp}
        fixed |= {"record_hash": digest(shape)}
    if shape.entity == "taxonomy_term":
        fixed |= {"position": sql.SQL("0"), "taggable": sql.SQL("true"), "details": sql.SQL("'{}'::jsonb")}
    return await staging.db.run(
        "WITH fresh AS (INSERT INTO {table} (id, {fixed}, {columns}) SELECT s.id, {given}, {values} FROM {stage} s "
        "WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = s.id) RETURNING id) "
        "INSERT INTO import_change (run_id, entity, record_id, what) SELECT {run}, {entity}, id, 'created' FROM fresh",
        table=table(shape), stage=stage(shape), fixed=names(list(fixed)), given=sql.SQL(", ").join(fixed.values()),
        columns=names(shape.columns), values=names(shape.columns, "s"), **_run_of(staging, shape),
    )  # fmt: skip


async def _seen(staging: Staging, shape: Shape, now: datetime) -> None:
    """That it is still there, to the week: a row written anew for each import would cost more than the import."""
    await staging.db.run(
        "UPDATE {table} t SET last_seen_at = {now} FROM {stage} s WHERE t.id = s.id "
        "AND t.last_seen_at < {now} - interval '7 days'",
        table=table(shape), stage=stage(shape), now=sql.Literal(now),
    )  # fmt: skip


def _differs(shape: Shape) -> Part:
    if shape.recorded:
        return sql.SQL("t.record_hash IS DISTINCT FROM {}").format(digest(shape))
    return sql.SQL("({}) IS DISTINCT FROM ({})").format(names(shape.columns, "t"), names(shape.columns, "s"))


def _object(values: Mapping[str, Part]) -> Part:
    pairs = (sql.SQL("{}, {}").format(sql.Literal(name), value) for name, value in values.items())
    return sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs))


def _run_of(staging: Staging, shape: Shape) -> dict[str, Part]:
    return {"run": sql.Literal(staging.run_id), "entity": sql.Literal(shape.entity)}
