"""Which services an import has touched: by themselves, or by a place, a number, a term, an organization that became another.

Search and readers of the interface see more of a service than its listing holds: texts, contacts, what to bring. So what is
dated and indexed anew after an import goes by the records it wrote, not by the listings that follow from them.
"""

from uuid import UUID

from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.records import LINKS
from referrals.exchange.shapes import SHAPES, Shape
from referrals.exchange.statements import Part, Statements, driver, table

_STAND_ALONE = (
    "taxonomy",
    "taxonomy_term",
    "organization",
    "program",
    "location",
    "service",
    "service_at_location",
    "unit",
)
"""A change of these is none of what they name; a change of any other record is one of the record it belongs to."""
_DOWN = (
    ("term", "SELECT a.link_id FROM attribute a JOIN touched x ON x.entity = 'taxonomy_term' AND x.id = a.taxonomy_term_id"),
    ("service", "SELECT s.id FROM service s JOIN touched x ON x.entity = 'organization' AND x.id = s.organization_id"),
    ("service", "SELECT s.id FROM service s JOIN touched x ON x.entity = 'program' AND x.id = s.program_id"),
    ("location", "SELECT p.service_id FROM service_at_location p JOIN touched x ON x.entity = 'location' AND x.id = p.location_id"),
    ("place", "SELECT p.service_id FROM service_at_location p JOIN touched x ON x.entity = 'service_at_location' AND x.id = p.id"),
    ("unit", "SELECT k.service_id FROM service_capacity k JOIN touched x ON x.entity = 'unit' AND x.id = k.unit_id"),
)  # fmt: skip


async def services(session: AsyncSession, run_id: UUID, *, changes: str = "import_change") -> list[UUID]:
    """In the order of their ids. `changes`: a table like `import_change` that holds only some of what the run did."""
    db = Statements(await driver(session))
    run = sql.Literal(run_id)
    of = sql.Identifier(changes)
    await db.run("CREATE TEMP TABLE touched ON COMMIT DROP AS SELECT entity, record_id AS id FROM {of} "
                 "WHERE run_id = {run}", run=run, of=of)  # fmt: skip
    kinds = {kind for (kind,) in await db.rows("SELECT DISTINCT entity FROM touched")}
    for shape in reversed(SHAPES.values()):  # a number belongs to a contact, and that to a service
        if shape.entity in kinds and shape.entity not in _STAND_ALONE:
            kinds |= await _belongs_to(db, shape, run, of)
    await db.run("ANALYZE touched")
    down = sql.SQL(" UNION ").join(
        [sql.SQL("SELECT id FROM touched WHERE entity = 'service'"), *(sql.SQL(found) for _, found in _DOWN)]
    )
    found = await db.rows("SELECT s.id FROM service s WHERE s.id IN ({down}) ORDER BY s.id", down=down)
    await db.run("DROP TABLE touched")
    return [id for (id,) in found]


async def _belongs_to(db: Statements, shape: Shape, run: Part, of: Part) -> set[str]:
    """The records that changed ones of this kind name now, and those that they named before. Which kinds came to it."""
    owners: dict[str, Part] = {name: sql.Literal(ref.entity) for name, ref in shape.refs.items()}
    owners.pop("taxonomy_term_id", None)
    owners.pop("unit_id", None)
    if shape.entity in LINKS:
        link, kind = LINKS[shape.entity]
        owners[link] = sql.Identifier("t", kind)
    for column, entity in owners.items():
        await db.run(
            "INSERT INTO touched SELECT DISTINCT {entity}, t.{column} FROM {table} t JOIN touched x ON x.entity = {name} "
            "AND x.id = t.id WHERE t.{column} IS NOT NULL",
            entity=entity, column=sql.Identifier(column), table=table(shape), name=sql.Literal(shape.entity),
        )  # fmt: skip
        await db.run(
            "INSERT INTO touched SELECT DISTINCT {entity}, (c.before ->> {key})::uuid FROM {of} c JOIN {table} t "
            "ON t.id = c.record_id WHERE c.run_id = {run} AND c.entity = {name} AND c.before ->> {key} IS NOT NULL",
            entity=entity, key=sql.Literal(column), table=table(shape), run=run, of=of, name=sql.Literal(shape.entity),
        )  # fmt: skip
    return {ref.entity for ref in shape.refs.values()}
