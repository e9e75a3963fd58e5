"""Fields that were edited here, and that a source now says otherwise: ours stand, and the conflict is kept to be shown.

The staged rows are made to say what we say before they are merged, so that nothing else of the import has to know. What
the source said in their place is compared with what it said before: only news are a conflict, and the same news once.
"""

from collections.abc import Iterator
from datetime import datetime

from psycopg import sql

from referrals.directory.changes.fields import Children, Column, Field, Marks, Words, fields
from referrals.exchange.settling import resolve
from referrals.exchange.shapes import SHAPES, Shape
from referrals.exchange.staging import Staging
from referrals.exchange.statements import Part, digest, stage, table

_PRIVATE = ("_file", "_line", "_filled", "_alias", "_nested")
_OWN = ("source", "source_key", "first_seen_at", "last_seen_at", "gone_at", "record_hash", "assured_date", "shape")


async def protect(staging: Staging, now: datetime) -> None:
    edited = await staging.db.rows("SELECT DISTINCT resource_type, field_name FROM local_edit")
    touched: set[str] = set()
    for entity, name in sorted(edited):
        field = fields(entity).get(name) if entity in SHAPES else None
        if isinstance(field, Column | Words):
            await _keep_value(staging, SHAPES[entity], name, field, now)
        elif isinstance(field, Children | Marks):
            touched |= await _keep_rows(staging, SHAPES[entity], name, field, now)
    for shape in SHAPES.values():
        for ref in shape.refs.values():
            if ref.entity in touched:
                await resolve(staging, shape, ref)


async def _keep_value(staging: Staging, shape: Shape, name: str, field: Column | Words, now: datetime) -> None:
    """A column of the record itself, or a text in another language inside `translations`."""
    column = field.name if isinstance(field, Column) else field.column
    if column not in shape.columns:
        return
    path = None
    if isinstance(field, Words) and field.language is not None:
        path = sql.SQL("{{{},{}}}").format(sql.SQL(field.language), sql.SQL(column))
    ours, theirs = (_said(of, column, path) for of in ("t", "s"))
    parts: dict[str, Part] = {
        "table": table(shape), "stage": stage(shape), "entity": sql.Literal(shape.entity), "name": sql.Literal(name),
        "ours": ours, "theirs": theirs, "digest": digest(shape),
    }  # fmt: skip
    staging.report.conflicts += await staging.db.run(
        _NEWS.format(
            "SELECT gen_random_uuid(), {run}, {source}, {entity}, s.id, {name}, jsonb_build_object('value', {ours}), "
            "jsonb_build_object('value', {theirs}), md5(coalesce({theirs}, 'null')::text), {now} "
            "FROM {stage} s JOIN {table} t ON t.id = s.id JOIN local_edit e ON e.resource_id = s.id AND e.field_name = {name} "
            "WHERE t.record_hash IS DISTINCT FROM {digest} AND {ours} IS DISTINCT FROM {theirs} "
            "AND NOT EXISTS (SELECT 1 FROM source_conflict k WHERE k.resource_id = s.id AND k.field_name = {name} "
            "AND k.theirs_digest = md5(coalesce({theirs}, 'null')::text)) "
            "AND NOT EXISTS (SELECT 1 FROM (SELECT m.previous_value FROM metadata m WHERE m.resource_id = s.id "
            "AND m.field_name = {name} AND m.source = 'relais' ORDER BY m.last_action_date LIMIT 1) first "
            "WHERE coalesce(first.previous_value, '') = coalesce({theirs} #>> '{{}}', ''))"
        ),
        **parts, **_when(staging, now),
    )  # fmt: skip
    kept = sql.SQL("t.{}").format(sql.Identifier(column))
    if path is not None and isinstance(field, Words):
        column = "translations"
        kept = sql.SQL(
            "coalesce(s.translations, '{{}}') || jsonb_build_object({language}, coalesce(s.translations -> {language}, '{{}}') "
            "|| jsonb_build_object({text}, {ours}))"
        ).format(language=sql.Literal(field.language), text=sql.Literal(field.column), ours=ours)
    await staging.db.run(
        "UPDATE {stage} s SET {column} = {kept} FROM {table} t, local_edit e WHERE t.id = s.id AND e.resource_id = s.id "
        "AND e.field_name = {name}",
        column=sql.Identifier(column), kept=kept,
        **{key: parts[key] for key in ("stage", "table", "name")},
    )  # fmt: skip


async def _keep_rows(staging: Staging, shape: Shape, name: str, field: Children | Marks, now: datetime) -> set[str]:
    """A collection: none of its rows is revived, changed, added or marked as gone. Which kinds of record lost staged rows."""
    child = SHAPES["attribute" if isinstance(field, Marks) else field.model.__tablename__]
    parent = sql.Identifier("link_id" if isinstance(field, Marks) else field.parent)
    within = {of: sql.SQL(" AND ").join([sql.SQL("true"), *inside(field, of)]) for of in ("s", "t")}
    parts: dict[str, Part] = {
        "table": table(child), "stage": stage(child), "record": stage(shape), "entity": sql.Literal(shape.entity),
        "name": sql.Literal(name), "parent": parent, "staged": within["s"], "known": within["t"], "digest": digest(child),
        "kind": sql.Literal(child.entity), "private": sql.Literal(list(_PRIVATE)), "own": sql.Literal([*_OWN, field_of(field)]),
    }  # fmt: skip
    staging.report.conflicts += await staging.db.run(
        _NEWS.format(
            "SELECT gen_random_uuid(), {run}, {source}, {entity}, r.id, {name}, "
            "jsonb_build_object('rows', coalesce(ours.rows, '[]')), jsonb_build_object('rows', coalesce(theirs.rows, '[]')), "
            "theirs.digest, {now} FROM {record} r JOIN local_edit e ON e.resource_id = r.id AND e.field_name = {name} "
            "CROSS JOIN LATERAL (SELECT jsonb_agg(to_jsonb(s) - {private}::text[] || jsonb_build_object('record_hash', {digest}) "
            "ORDER BY s.id) AS rows, coalesce(md5(string_agg(s.id || {digest}, ',' ORDER BY s.id)), '') AS digest "
            "FROM {stage} s WHERE s.{parent} = r.id AND {staged}) theirs "
            "CROSS JOIN LATERAL (SELECT jsonb_agg(to_jsonb(t) - {own}::text[] ORDER BY t.id) FILTER (WHERE t.gone_at IS NULL) "
            "AS rows, coalesce(md5(string_agg(t.id || t.record_hash, ',' ORDER BY t.id) FILTER (WHERE t.source = {source} "
            "AND t.record_hash IS NOT NULL)), '') AS digest FROM {table} t WHERE t.{parent} = r.id AND {known}) ours "
            "WHERE theirs.digest <> ours.digest AND NOT EXISTS (SELECT 1 FROM source_conflict k WHERE k.resource_id = r.id "
            "AND k.field_name = {name} AND k.theirs_digest = theirs.digest)"
        ),
        **parts, **_when(staging, now),
    )  # fmt: skip
    await staging.db.run(
        "INSERT INTO stage_kept (entity, id) SELECT {kind}, t.id FROM {table} t JOIN local_edit e "
        "ON e.resource_id = t.{parent} AND e.field_name = {name} WHERE {known}",
        **{key: parts[key] for key in ("kind", "table", "parent", "name", "known")},
    )
    removed = await staging.db.run(
        "DELETE FROM {stage} s USING local_edit e WHERE e.resource_id = s.{parent} AND e.field_name = {name} AND {staged}",
        **{key: parts[key] for key in ("stage", "parent", "name", "staged")},
    )
    return {child.entity} if removed else set()


_NEWS = (
    "INSERT INTO source_conflict (id, run_id, source, resource_type, resource_id, field_name, ours, theirs, theirs_digest, "
    "found_at) {} ON CONFLICT (resource_id, field_name) WHERE decided_at IS NULL DO UPDATE SET run_id = excluded.run_id, "
    "ours = excluded.ours, theirs = excluded.theirs, theirs_digest = excluded.theirs_digest, found_at = excluded.found_at"
)
"""A conflict that nobody has decided yet is brought up to date, so that there is one at most for a field."""


def field_of(field: Field) -> str:
    """The column by which a row of this collection names its record."""
    return field.parent if isinstance(field, Children) else "link_id"


def inside(field: Children | Marks, of: str) -> Iterator[Part]:
    if isinstance(field, Children):
        yield from (sql.SQL("{} IS NULL").format(sql.Identifier(of, nearer)) for nearer in field.but_not)
        return
    yield sql.SQL(
        "{} IN (SELECT x.id FROM taxonomy_term x JOIN taxonomy y ON y.id = x.taxonomy_id WHERE y.name = {})"
    ).format(sql.Identifier(of, "taxonomy_term_id"), sql.Literal(field.taxonomy))


def _said(of: str, column: str, path: Part | None) -> Part:
    if path is None:
        return sql.SQL("to_jsonb({})").format(sql.Identifier(of, column))
    return sql.SQL("({} #> '{}')").format(sql.Identifier(of, "translations"), path)


def _when(staging: Staging, now: datetime) -> dict[str, Part]:
    return {"run": sql.Literal(staging.run_id), "source": sql.Literal(staging.source), "now": sql.Literal(now)}
