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

_OFFER: Final = """
WITH listed AS NOT MATERIALIZED (
    SELECT service_id, needs, comes, modes, area_countries, freshness,
        (capacity_status = 'has-capacity' AND capacity_updated >= %(fresh)s) IS TRUE AS room,
        (needs && %(exactly)s::varchar[])::int AS exact, (specialisms && %(specialisms)s::varchar[])::int AS special,
        ((status <> 'active' OR min_age > %(oldest)s OR max_age + 1 <= %(youngest)s OR
            capacity_status = 'no-capacity' AND capacity_updated >= %(fresh)s) IS TRUE)::int AS barred
    FROM listing WHERE published
), offer AS NOT MATERIALIZED (
    SELECT * FROM listed WHERE needs && %(related)s::varchar[]
)"""
"""Written once and planned anew wherever it is asked. `exact`, `special` and `barred` are looked at where there are more than
the rules can be asked about: never to leave out, only to put last.
"""
_BEST: Final = "barred, exact DESC, special DESC"
_KEPT: Final = "room DESC, freshness DESC, service_id"
_RING: Final = """(
    SELECT service_id, m / 1000 AS km, exact, special, barred
    FROM (
        SELECT * FROM (
            SELECT service_id, ST_Distance(point, %(here)s::geography, false) AS m
            FROM listing_place WHERE keys && %(keys_{n})s::bigint[] OFFSET 0
        ) p WHERE m <= %(reach_{n})s {beyond} ORDER BY m, service_id OFFSET 0
    ) p JOIN offer USING (service_id) ORDER BY m, service_id LIMIT {pool}
)"""
"""By the numbers of the need around here alone: the index of points would give all that lies there, whatever it is for. They
are put in order before anything else is read of them, so that it is read of the nearest only.
"""
_BEYOND: Final = "AND m > %(reach_{before})s"
_AROUND: Final = """, pool AS MATERIALIZED (
    SELECT * FROM ({rings}) r LIMIT {pool}
), once AS MATERIALIZED (
    SELECT service_id, min(km) AS km, max(exact) AS exact, max(special) AS special, max(barred) AS barred
    FROM pool GROUP BY service_id
), near AS MATERIALIZED (
    SELECT service_id, row_number() OVER (ORDER BY km, service_id) <= {nearest} AS nearest,
        row_number() OVER (ORDER BY km <= %(reach)s DESC, {best}, km, service_id) AS place
    FROM once ORDER BY 2 DESC, 3 LIMIT {near}
), further AS (
    SELECT s.service_id
    FROM (
        SELECT service_id FROM offer WHERE (SELECT count(*) FROM near) < {few} LIMIT {sample}
    ) s JOIN listing_place p ON p.service_id = s.service_id AND p.point IS NOT NULL
    GROUP BY s.service_id ORDER BY min(ST_Distance(p.point, %(here)s::geography, false)), 1
    LIMIT {few} + (SELECT count(*) FROM near)
)"""
_ANYWHERE: Final = """, once AS MATERIALIZED (
    SELECT * FROM offer {at_home} LIMIT {sample}
), near AS MATERIALIZED (
    SELECT service_id FROM once ORDER BY {best}, {kept} LIMIT {near}
), pool AS (SELECT FROM once), further AS (
    SELECT NULL::uuid AS service_id LIMIT 0
)"""
_AT_HOME: Final = """WHERE NOT EXISTS (
    SELECT FROM listing_place p WHERE p.service_id = offer.service_id AND p.country <> %(country)s
)"""
_REST: Final = """, comes AS (
    SELECT service_id FROM (
        SELECT *, comes && %(meant_for)s::bigint[] AS meant FROM offer WHERE comes && %(comes)s::bigint[] LIMIT {some}
    ) o ORDER BY {best}, meant DESC, {kept} LIMIT {coming}
), visits AS (
    SELECT service_id FROM (
        SELECT * FROM offer WHERE modes && ARRAY['home-visit', 'outreach']::varchar[]
            AND area_countries @> %(countries)s::varchar[] LIMIT {some}
    ) o ORDER BY {best}, {kept} LIMIT {coming}
), remote AS (
    SELECT service_id FROM (
        SELECT * FROM listed WHERE comes && %(remote)s::bigint[] AND (needs && %(related)s::varchar[]) IS TRUE LIMIT {some}
    ) o
    ORDER BY {best}, {kept} LIMIT %(most_remote)s
), unplaced AS (
    SELECT service_id FROM (
        SELECT DISTINCT o.service_id, room, freshness FROM listing_place p JOIN offer o ON o.service_id = p.service_id
        WHERE p.point IS NULL AND coalesce(p.country = %(country)s, true) LIMIT {some}
    ) o ORDER BY {kept} LIMIT {nowhere}
), nowhere AS (
    SELECT service_id FROM offer WHERE comes = '{{}}'::bigint[] ORDER BY {kept} LIMIT {nowhere}
)
SELECT 0, service_id, 0 FROM near
UNION ALL SELECT 1, service_id, 0 FROM further
UNION ALL SELECT 2, service_id, 0 FROM comes
UNION ALL SELECT 3, service_id, 0 FROM visits
UNION ALL SELECT 4, service_id, 0 FROM remote
UNION ALL SELECT 5, service_id, 0 FROM unplaced
UNION ALL SELECT 6, service_id, 0 FROM nowhere
UNION ALL SELECT 7, NULL, count(*) FROM once
UNION ALL SELECT 8, NULL, count(*) FROM pool
"""

FACTS: Final = """
SELECT l.service_id, l.organization_id, l.needs, l.status, l.specialisms, l.affinities, l.formats, l.intensity, l.welcomes,
    l.rule::text, l.not_with, l.min_age, l.max_age, l.languages, l.interpreter, l.modes, l.funding, l.free,
    l.price_per_session, l.client_contribution, l.currency, l.routes, l.practitioner, l.accessibility::text,
    l.capacity_status, l.wait_days, l.capacity_available, l.capacity_updated, l.area_postcodes, l.area_countries,
    l.available_from, l.available_until, l.licence_until, l.slots::text, l.assured_date, l.check_by,
    l.email <> '', l.phone <> '', w.places, d.papers, CASE WHEN l.status = 'temporarily closed' THEN l.schedule::text END
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
    parts = [
        _RING.format(n=number, beyond=_BEYOND.format(before=number - 1) if number else "", pool=POOL)
        for number in range(rings)
    ]
    begins = _AROUND.format(
        rings=" UNION ALL ".join(parts), pool=POOL, nearest=nearest, near=near, few=few, sample=SAMPLE, best=_BEST
    )
    return _whole(begins, coming, nowhere)


def anywhere(*, at_home: bool, near: int, coming: int, nowhere: int) -> str:
    """Candidates of somebody of whom only the country is known, or not even that."""
    home = _AT_HOME if at_home else ""
    return _whole(_ANYWHERE.format(at_home=home, sample=SAMPLE, best=_BEST, kept=_KEPT, near=near), coming, nowhere)


def _whole(begins: str, coming: int, nowhere: int) -> str:
    """In few signs: the driver keeps what it has read of a statement only up to 4,096 of them."""
    rest = _REST.format(best=_BEST, kept=_KEPT, some=SOME, coming=coming, nowhere=nowhere)
    return " ".join((_OFFER + begins + rest).split())
