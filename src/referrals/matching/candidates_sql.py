"""The two statements of matching: which services are worth asking the rules about, and everything the rules read of them.

Every part is bounded before it is sorted, and what is sorted was found by numbers (`search.cells`, `search.comes`), so that
neither statement grows with the directory.
"""

from typing import Final

POOL: Final = 2400
"""Rows of places that are put in order around a person."""
SAMPLE: Final = 3000
"""Services of a need that are looked through where nothing is near, or nobody knows where they live."""

SOME: Final = 1500
"""Of what need not be near, so many are put in order."""

_RING: Final = """
    SELECT * FROM (
        SELECT l.service_id, ST_Distance(p.point, ST_GeogFromText(%(here)s), false) / 1000 AS km, {promise}
        FROM listing_place p JOIN listing l ON l.service_id = p.service_id
        WHERE p.keys && %(keys_{n})s::bigint[] AND l.published AND l.needs && %(related)s::varchar[]
            AND ST_DWithin(p.point, ST_GeogFromText(%(here)s), %(reach_{n})s, false) {beyond}
        ORDER BY km, l.service_id LIMIT {pool}
    ) ring_{n}"""
_PROMISE: Final = """
    (l.needs && %(exactly)s::varchar[])::int AS exact,
    (l.specialisms && %(specialisms)s::varchar[])::int AS special,
    ((l.status <> 'active' OR l.min_age > %(oldest)s OR l.max_age + 1 <= %(youngest)s OR
        l.capacity_status = 'no-capacity' AND l.capacity_updated >= %(fresh)s) IS TRUE)::int AS barred"""
"""What is looked at where there are more than the rules can be asked about: never to leave out, only to put last."""
_OFFERS: Final = "l.published AND l.needs && %(related)s::varchar[]"
_KEPT: Final = "(l.capacity_status = 'has-capacity') DESC NULLS LAST, l.freshness DESC, l.service_id"

_AROUND: Final = """
WITH pool AS MATERIALIZED (
    SELECT * FROM ({rings}) rings LIMIT {pool}
), each AS MATERIALIZED (
    SELECT service_id, min(km) AS km, max(exact) AS exact, max(special) AS special, max(barred) AS barred
    FROM pool GROUP BY service_id
), near AS MATERIALIZED (
    SELECT service_id, km, row_number() OVER (ORDER BY km, service_id) <= {nearest} AS nearest,
        row_number() OVER (ORDER BY km <= %(reach)s DESC, barred, exact DESC, special DESC, km, service_id) AS place
    FROM each ORDER BY 3 DESC, 4 LIMIT {near}
), further AS MATERIALIZED (
    SELECT s.service_id, min(ST_Distance(p.point, ST_GeogFromText(%(here)s), false)) / 1000 AS km
    FROM (
        SELECT l.service_id FROM listing l WHERE {offers} AND (SELECT count(*) FROM near) < {few} LIMIT {sample}
    ) s JOIN listing_place p ON p.service_id = s.service_id AND p.point IS NOT NULL
    GROUP BY s.service_id ORDER BY 2, 1 LIMIT {few} + (SELECT count(*) FROM near)
)"""
_ANYWHERE: Final = """
WITH pool AS MATERIALIZED (
    SELECT l.service_id, {promise}, l.capacity_status, l.freshness FROM listing l WHERE {offers} {at_home} LIMIT {sample}
), near AS MATERIALIZED (
    SELECT service_id, NULL::float AS km FROM pool l
    ORDER BY barred, exact DESC, special DESC, {kept} LIMIT {near}
), further AS (
    SELECT NULL::uuid AS service_id, NULL::float AS km LIMIT 0
)"""
_AT_HOME: Final = """AND NOT EXISTS (
    SELECT FROM listing_place p WHERE p.service_id = l.service_id AND p.country <> %(country)s
)"""
_REST: Final = """, comes AS MATERIALIZED (
    SELECT service_id FROM (
        SELECT l.service_id, l.comes && %(meant_for)s::bigint[] AS meant, {promise}, l.capacity_status, l.freshness
        FROM listing l WHERE {offers} AND l.comes && %(comes)s::bigint[] LIMIT {some}
    ) l ORDER BY barred, exact DESC, special DESC, meant DESC, {kept} LIMIT {coming}
), visits AS MATERIALIZED (
    SELECT service_id FROM (
        SELECT l.service_id, {promise}, l.capacity_status, l.freshness FROM listing l
        WHERE {offers} AND l.modes && ARRAY['home-visit', 'outreach']::varchar[]
            AND l.area_countries @> %(countries)s::varchar[] LIMIT {some}
    ) l ORDER BY barred, exact DESC, special DESC, {kept} LIMIT {coming}
), remote AS MATERIALIZED (
    SELECT service_id FROM (
        SELECT l.service_id, {promise}, l.capacity_status, l.freshness
        FROM listing l WHERE {offers} AND l.comes && %(remote)s::bigint[] LIMIT {some}
    ) l ORDER BY barred, exact DESC, special DESC, {kept} LIMIT %(most_remote)s
), unplaced AS MATERIALIZED (
    SELECT service_id FROM (
        SELECT DISTINCT l.service_id, l.capacity_status, l.freshness
        FROM listing_place p JOIN listing l ON l.service_id = p.service_id
        WHERE p.point IS NULL AND {offers} AND (%(country)s::varchar IS NULL OR p.country IS NULL OR p.country = %(country)s)
        LIMIT {some}
    ) l ORDER BY {kept} LIMIT {nowhere}
), nowhere AS MATERIALIZED (
    SELECT l.service_id FROM listing l WHERE {offers} AND l.comes = '{{}}'::bigint[] ORDER BY {kept} LIMIT {nowhere}
)
SELECT 0 AS part, service_id, km FROM near
UNION ALL SELECT 1, service_id, km FROM further
UNION ALL SELECT 2, service_id, NULL FROM comes
UNION ALL SELECT 3, service_id, NULL FROM visits
UNION ALL SELECT 4, service_id, NULL FROM remote
UNION ALL SELECT 5, service_id, NULL FROM unplaced
UNION ALL SELECT 6, service_id, NULL FROM nowhere
UNION ALL SELECT 7, NULL, (SELECT count(*) FROM {each})::float
UNION ALL SELECT 8, NULL, (SELECT count(*) FROM pool)::float
"""

FACTS: Final = """
SELECT l.service_id, l.organization_id, l.needs, l.status, l.specialisms, l.affinities, l.formats, l.intensity, l.welcomes,
    l.rule::text, l.not_with, l.min_age, l.max_age, l.languages, l.interpreter, l.modes, l.funding, l.free,
    l.price_per_session, l.client_contribution, l.currency, l.routes, l.practitioner, l.accessibility::text,
    l.capacity_status, l.wait_days, l.capacity_available, l.capacity_updated, l.area_postcodes, l.area_countries,
    l.available_from, l.available_until, l.licence_until, l.slots::text, l.assured_date, l.check_by,
    l.email <> '', l.phone <> '', w.places, d.papers
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS asked (id, position)
JOIN listing l ON l.service_id = asked.id AND l.published
LEFT JOIN LATERAL (
    SELECT array_agg(ARRAY[p.postcode, p.country, p.city, p.latitude::text, p.longitude::text, p.precision,
        p.confidential::text]::text[] ORDER BY p.id) AS places
    FROM listing_place p WHERE p.service_id = l.service_id
) w ON true
LEFT JOIN LATERAL (
    SELECT array_agg(ARRAY[r.document, r.language, r.translations #>> ARRAY[%(language)s, 'document']]::text[]
        ORDER BY r.id) AS papers
    FROM required_document r WHERE r.service_id = l.service_id
) d ON true
ORDER BY asked.position
"""


def around(rings: int, *, nearest: int, near: int, few: int, coming: int, nowhere: int) -> str:
    """Candidates of somebody who lives somewhere. `rings`: circles around them, each with its keys, from the inside out."""
    parts = []
    for number in range(rings):
        before = number - 1
        beyond = f"AND NOT ST_DWithin(p.point, ST_GeogFromText(%(here)s), %(reach_{before})s, false)" if number else ""
        parts.append(_RING.format(n=number, beyond=beyond, pool=POOL, promise=_PROMISE))
    begins = _AROUND.format(
        rings=" UNION ALL ".join(parts), pool=POOL, nearest=nearest, near=near, few=few, offers=_OFFERS, sample=SAMPLE
    )
    return begins + _rest("each", coming, nowhere)


def anywhere(*, at_home: bool, near: int, coming: int, nowhere: int) -> str:
    """Candidates of somebody of whom only the country is known, or not even that."""
    begins = _ANYWHERE.format(
        promise=_PROMISE, offers=_OFFERS, at_home=_AT_HOME if at_home else "", sample=SAMPLE, kept=_KEPT, near=near
    )
    return begins + _rest("pool", coming, nowhere)


def _rest(each: str, coming: int, nowhere: int) -> str:
    return _REST.format(
        promise=_PROMISE, offers=_OFFERS, kept=_KEPT, some=SOME, coming=coming, nowhere=nowhere, each=each
    )
