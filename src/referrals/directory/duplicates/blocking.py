"""Which records are worth comparing: those that share something rare, or stand close and sound alike.

Blocking decides only what is looked at. Each record gets at most `NEAREST` candidates from each stratum, those that
read most like it, and a value that more than `COMMON` records share (the number of a call centre, the home page of a
county) says nothing by itself: its bearers meet through their names, texts and places. So the work of one record
has a bound whatever the directory's size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates.records import Entity

COMMON = 200
NEAREST = 15
METRES = 200
STRATA = ("phone", "contact", "host", "text", "initials", "family", "place", "door", "near", "name")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two records worth comparing, the smaller id first, and the strata that brought them together."""

    a: UUID
    b: UUID
    strata: frozenset[str]


async def candidates(
    session: AsyncSession, entity: Entity, ids: Sequence[UUID], *, onward: bool = False
) -> list[Candidate]:
    """All pairs in which one of these records takes part. Their folded forms must be fresh (`likeness.refresh`).

    `onward`: only with records of a greater id, for a reading of everything that would else meet each pair twice.
    """
    await session.execute(text("SELECT set_config('pg_trgm.similarity_threshold', :least, true)"), {"least": "0.5"})
    given = {
        "entity": entity.value,
        "ids": list(ids),
        "common": COMMON,
        "nearest": NEAREST,
        "metres": METRES,
        "onward": onward,
    }
    found: dict[tuple[UUID, UUID], set[str]] = {}
    # Thousands of services are called "Food bank": theirs are looked up by word and town, among the keys that are shared.
    # Those of organizations too where all are read: trigrams cost a hundred times as much, which one edited record may.
    trigrams = entity is Entity.ORGANIZATION and not onward
    statements = (_SHARED, _NEAR, _NAMES) if trigrams else (_SHARED, _NEAR)
    for statement in statements:
        for mine, other, stratum in await session.execute(statement, given):
            found.setdefault((min(mine, other), max(mine, other)), set()).add(stratum)
    return [Candidate(a, b, frozenset(strata)) for (a, b), strata in sorted(found.items())]


_SHARED = text("""
WITH met AS (
    SELECT mine.record_id AS mine, other.record_id AS other, mine.kind
    FROM likeness_key mine
    CROSS JOIN LATERAL (
        SELECT same.record_id FROM likeness_key same
        WHERE same.entity = mine.entity AND same.kind = mine.kind AND same.value = mine.value
        LIMIT :common + 1
    ) other
    WHERE mine.entity = :entity AND mine.record_id = ANY(:ids) AND mine.kind NOT IN ('name', 'point')
      AND other.record_id <> mine.record_id AND (NOT :onward OR other.record_id > mine.record_id)
      AND NOT EXISTS (
        SELECT FROM likeness_key crowd
        WHERE crowd.entity = mine.entity AND crowd.kind = mine.kind AND crowd.value = mine.value
        OFFSET :common LIMIT 1
      )
), ranked AS (
    SELECT met.mine, met.other, stratum,
           row_number() OVER (
               PARTITION BY met.mine, stratum
               ORDER BY similarity(a.name, b.name) + similarity(a.gist, b.gist) DESC, met.other
           ) AS place
    FROM (
        SELECT DISTINCT met.mine, met.other,
               CASE WHEN kind IN ('email', 'page', 'identifier') THEN 'contact'
                    WHEN kind = 'word' THEN 'name' ELSE kind END AS stratum
        FROM met
    ) met
    JOIN likeness a ON a.entity = :entity AND a.record_id = met.mine
    JOIN likeness b ON b.entity = :entity AND b.record_id = met.other
    WHERE CASE stratum
        WHEN 'place' THEN a.words && b.words
        WHEN 'host' THEN :entity = 'organization' OR a.words && b.words
        WHEN 'name' THEN similarity(a.name, b.name) >= 0.5
        WHEN 'family' THEN similarity(a.name, b.name) >= 0.4 OR similarity(a.gist, b.gist) >= 0.5
        ELSE true END
)
SELECT mine, other, stratum FROM ranked WHERE place <= :nearest
""")

_NEAR = text("""
WITH met AS (
    SELECT DISTINCT mine.record_id AS mine, other.record_id AS other
    FROM likeness_key mine
    CROSS JOIN LATERAL (
        SELECT close.record_id FROM likeness_key close
        WHERE close.entity || '' = mine.entity AND ST_DWithin(close.point, mine.point, :metres)
        LIMIT 2 * :common
    ) other
    WHERE mine.entity = :entity AND mine.record_id = ANY(:ids) AND mine.kind = 'point'
      AND other.record_id <> mine.record_id AND (NOT :onward OR other.record_id > mine.record_id)
), ranked AS (
    SELECT met.mine, met.other,
           row_number() OVER (
               PARTITION BY met.mine
               ORDER BY similarity(a.name, b.name) + similarity(a.gist, b.gist) DESC, met.other
           ) AS place
    FROM met
    JOIN likeness a ON a.entity = :entity AND a.record_id = met.mine
    JOIN likeness b ON b.entity = :entity AND b.record_id = met.other
    WHERE a.words && b.words
)
SELECT mine, other, 'near' FROM ranked WHERE place <= :nearest
""")

_NAMES = text("""
SELECT DISTINCT mine.record_id, other.record_id, 'name'
FROM likeness_key mine
JOIN likeness a ON a.entity = mine.entity AND a.record_id = mine.record_id
CROSS JOIN LATERAL (
    SELECT like_it.record_id
    FROM likeness_key like_it
    JOIN likeness b ON b.entity = like_it.entity AND b.record_id = like_it.record_id
    WHERE like_it.kind = 'name' AND like_it.entity = mine.entity AND like_it.value % mine.value
      AND like_it.record_id <> mine.record_id AND (NOT :onward OR like_it.record_id > mine.record_id)
    ORDER BY similarity(like_it.value, mine.value) + similarity(a.gist, b.gist) DESC, like_it.record_id
    LIMIT :nearest
) other
WHERE mine.entity = :entity AND mine.record_id = ANY(:ids) AND mine.kind = 'name'
""")
