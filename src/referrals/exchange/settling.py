"""The staged rows made to agree with each other and with what is there: one row a record, every reference real."""

from psycopg import sql

from referrals.exchange import coordinates, cycles, owners
from referrals.exchange.ids import record_id
from referrals.exchange.reasons import CLASH, NOT_THERE, REPEATED, SAME_PLACE
from referrals.exchange.records import LINKS
from referrals.exchange.report import Where
from referrals.exchange.shapes import LEAVES, SHAPES, Ref, Shape
from referrals.exchange.staging import Staging
from referrals.exchange.statements import Part, stage, table, words
from referrals.exchange.watch import Watch

LINKED = ("service", "organization", "location", "service_at_location")


async def settle(staging: Staging, watch: Watch) -> None:
    for shape in SHAPES.values():
        if staging.staged[shape.entity]:
            await _one_row_each(staging, shape)
            await staging.db.run("ANALYZE {stage}", stage=stage(shape))
    await owners.settle(staging)
    await coordinates.settle(staging)
    await _borrow_organizations(staging)
    for number, shape in enumerate(SHAPES.values()):
        await watch.see("check", number, len(SHAPES))
        if shape.entity == "taxonomy":
            await _taxonomies(staging)
        if shape.entity == "taxonomy_term":
            await _distinct_codes(staging)
        for ref in shape.refs.values() if staging.staged[shape.entity] else ():
            await resolve(staging, shape, ref)
        if shape.entity == "service_at_location":
            await _one_permanence(staging)
    await cycles.cut(staging)
    await _links(staging)


async def _one_row_each(staging: Staging, shape: Shape) -> None:
    """Ids met more than once. In a table each row is a record of its own; in a tree one record may be told many times."""
    many = await staging.db.run(
        "CREATE TEMP TABLE stage_many ON COMMIT DROP AS SELECT id FROM {stage} GROUP BY id HAVING count(*) > 1",
        stage=stage(shape),
    )
    if many:
        if shape.entity in LEAVES:
            await _number(staging, shape)
        else:
            await _first_counts(staging, shape)
        await _fullest(staging, shape)
    await staging.db.run("DROP TABLE stage_many")


async def _number(staging: Staging, shape: Shape) -> None:
    """Nothing refers to such a record, so an id used again does no harm: the second gets a number."""
    found = await staging.db.rows(
        "SELECT at::text, key, place FROM (SELECT s.ctid AS at, s.source_key AS key, row_number() OVER "
        "(PARTITION BY s.id ORDER BY s.ctid) AS place FROM {stage} s JOIN stage_many m ON m.id = s.id "
        "WHERE NOT s._nested) x WHERE place > 1",
        stage=stage(shape),
    )
    await staging.db.run("CREATE TEMP TABLE stage_again (at tid, id uuid) ON COMMIT DROP")
    async with staging.db.connection.cursor() as cursor, cursor.copy("COPY stage_again FROM STDIN") as copy:
        for at, key, place in found:
            await copy.write_row((at, record_id(staging.source, shape.entity, f"{key}#{place}")))
    await staging.db.run("UPDATE {stage} s SET id = a.id FROM stage_again a WHERE s.ctid = a.at", stage=stage(shape))
    await staging.db.run("DROP TABLE stage_again")


async def _first_counts(staging: Staging, shape: Shape) -> None:
    """Others refer to it, and nobody could say to which of two: the first row counts."""
    turned = await staging.db.rows(
        "WITH told AS (SELECT s.ctid AS at, row_number() OVER w AS place, s.record_hash = lag(s.record_hash) OVER w AS same "
        "FROM {stage} s JOIN stage_many m ON m.id = s.id WHERE NOT s._nested WINDOW w AS (PARTITION BY s.id ORDER BY s.ctid)) "
        "DELETE FROM {stage} s USING told t WHERE s.ctid = t.at AND t.place > 1 "
        "RETURNING s.id, s.source_key, s._file, s._line, t.same",
        stage=stage(shape),
    )
    for _, key, file, line, same in sorted(turned, key=lambda row: (row[2], row[3])):
        staging.report.reject(Where(file, line), shape.entity, _given(key), REPEATED if same else CLASH)
    await staging.keep((shape.entity, row[0]) for row in turned)


async def _fullest(staging: Staging, shape: Shape) -> None:
    """Objects told several times: the fullest telling counts, the last of equals."""
    await staging.db.run(
        "DELETE FROM {stage} a USING (SELECT s.ctid AS at, row_number() OVER (PARTITION BY s.id ORDER BY s._filled DESC, "
        "s.ctid DESC) AS place FROM {stage} s JOIN stage_many m ON m.id = s.id) b WHERE a.ctid = b.at AND b.place > 1",
        stage=stage(shape),
    )


async def _borrow_organizations(staging: Staging) -> None:
    """Some packages name another service where an organization belongs: it takes that service's organization."""
    for entity in ("service", "location"):
        for _ in range(5):
            count = await staging.db.run(
                "UPDATE {stage} s SET organization_id = p.organization_id FROM stage_service p "
                "WHERE p._alias = s.organization_id AND p.organization_id <> s.organization_id AND NOT EXISTS "
                "(SELECT 1 FROM stage_organization o WHERE o.id = s.organization_id) AND NOT EXISTS "
                "(SELECT 1 FROM organization o WHERE o.id = s.organization_id)",
                stage=stage(SHAPES[entity]),
            )
            if not count:
                break
            staging.report.repaired[f"{entity}.organization_id: named a service, took its organization"] += count


async def resolve(staging: Staging, shape: Shape, ref: Ref) -> None:
    """A reference to nothing is dropped and counted; a record that cannot be without it is turned away, and so is a part
    of whatever is not there: a number without anybody who is called by it is none.
    """
    missing, not_there = _missing(ref), NOT_THERE % {"entity": words(ref.entity)}
    if ref.required:
        await _turn_away(staging, shape, missing, not_there)
        return
    if shape.entity not in owners.WHOLE and ref.entity in owners.OWNERS:
        others = [one for one in shape.refs.values() if one.entity in owners.OWNERS and one != ref]
        nobody = [sql.SQL("(s.{} IS NULL OR {})").format(sql.Identifier(one.column), _missing(one)) for one in others]
        await _turn_away(staging, shape, sql.SQL(" AND ").join([missing, *nobody]), not_there)
    dropped = await staging.db.rows(
        "UPDATE {stage} s SET {column} = NULL WHERE {missing} RETURNING s.source_key, s._file, s._line",
        stage=stage(shape), column=sql.Identifier(ref.column), missing=missing,
    )  # fmt: skip
    for key, file, line in dropped:
        staging.report.lose(Where(file, line), shape.entity, _given(key), f"{shape.entity}.{ref.column}", not_there)


def _missing(ref: Ref) -> Part:
    target = SHAPES[ref.entity]
    return sql.SQL(
        "s.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {stage} t WHERE t.id = s.{column}) "
        "AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = s.{column})"
    ).format(column=sql.Identifier(ref.column), stage=stage(target), table=table(target))


async def _links(staging: Staging) -> None:
    """Attributes hang on any record; on one of the main kinds it must be there. History may outlive its record."""
    column, kind = LINKS["attribute"]
    for target in LINKED:
        there = SHAPES[target]
        missing = sql.SQL(
            "s.{kind} = {name} AND NOT EXISTS (SELECT 1 FROM {stage} t WHERE t.id = s.{column}) "
            "AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = s.{column})"
        ).format(
            kind=sql.Identifier(kind), name=sql.Literal(target), column=sql.Identifier(column),
            stage=stage(there), table=table(there),
        )  # fmt: skip
        await _turn_away(staging, SHAPES["attribute"], missing, NOT_THERE % {"entity": words(target)})


async def _turn_away(staging: Staging, shape: Shape, which: Part, reason: str) -> None:
    rows = await staging.db.rows(
        "DELETE FROM {stage} s WHERE {which} RETURNING id, source_key, _file, _line", stage=stage(shape), which=which
    )
    for _, key, file, line in rows:
        staging.report.reject(Where(file, line), shape.entity, _given(key), reason)
    await staging.keep((shape.entity, row[0]) for row in rows)


def _given(key: str) -> str | None:
    return None if key.startswith("content:") else key


async def _taxonomies(staging: Staging) -> None:
    """Terms may name a taxonomy that has no record of its own."""
    await staging.db.run(
        "INSERT INTO stage_taxonomy (id, name, description) SELECT DISTINCT ON (t.taxonomy_id) t.taxonomy_id, "
        "'terms ' || left(t.taxonomy_id::text, 8), '' FROM stage_taxonomy_term t WHERE NOT EXISTS "
        "(SELECT 1 FROM stage_taxonomy x WHERE x.id = t.taxonomy_id) AND NOT EXISTS "
        "(SELECT 1 FROM taxonomy x WHERE x.id = t.taxonomy_id)"
    )


async def _distinct_codes(staging: Staging) -> None:
    """Two terms of one taxonomy under one code: the second carries a piece of its id as well."""
    await staging.db.run(
        "UPDATE stage_taxonomy_term a SET code = code || '~' || left(id::text, 8) WHERE EXISTS "
        "(SELECT 1 FROM stage_taxonomy_term b WHERE b.taxonomy_id = a.taxonomy_id AND b.code = a.code AND b.id < a.id) "
        "OR EXISTS (SELECT 1 FROM taxonomy_term t WHERE t.taxonomy_id = a.taxonomy_id AND t.code = a.code AND t.id <> a.id)"
    )


async def _one_permanence(staging: Staging) -> None:
    """One service at one place is one record: another id for it leads to the one that is there."""
    await _turn_away(
        staging,
        SHAPES["service_at_location"],
        sql.SQL(
            "EXISTS (SELECT 1 FROM stage_service_at_location b WHERE b.service_id = s.service_id "
            "AND b.location_id = s.location_id AND b.id < s.id)"
        ),
        SAME_PLACE,
    )
    for entity in ("contact", "phone", "schedule", "service_area"):
        await staging.db.run(
            "UPDATE {stage} c SET service_at_location_id = t.id FROM stage_service_at_location s, service_at_location t "
            "WHERE t.service_id = s.service_id AND t.location_id = s.location_id AND t.id <> s.id "
            "AND c.service_at_location_id = s.id",
            stage=stage(SHAPES[entity]),
        )
    await staging.db.run(
        "UPDATE stage_service_at_location s SET id = t.id FROM service_at_location t "
        "WHERE t.service_id = s.service_id AND t.location_id = s.location_id AND t.id <> s.id"
    )
    await owners.settle_one(staging, SHAPES["service_at_location"])
