-- What one statement needs to answer a page of twenty, asked for by hand: the ids, the counts, and everything that a
-- card shows. Beside it stands what the product does for the same page.

-- named: the candidates that an engine named, best first
WITH candidate AS (
    SELECT u.id, u.n FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS u (id, n)
), reached AS (
    SELECT c.id, c.n, CASE WHEN way.km <= %(km)s THEN way.km END AS km
    FROM candidate c
    JOIN listing l ON l.service_id = c.id AND l.published AND (l.available_until IS NULL OR l.available_until >= %(today)s)
    LEFT JOIN LATERAL (
        SELECT min(ST_Distance(p.point, ST_GeogFromText(%(here)s), false)) / 1000 AS km
        FROM listing_place p WHERE p.service_id = c.id AND %(here)s::text IS NOT NULL
    ) way ON true
    WHERE %(here)s::text IS NULL OR way.km <= %(km)s OR l.comes && %(comes)s::bigint[]
), chosen AS (
    SELECT id, km, n AS rank, count(*) OVER () AS total FROM reached ORDER BY n LIMIT 20
), counts AS (
    SELECT NULL::jsonb AS facets
)
-- nearest: a place, perhaps a need
WITH around AS (
    SELECT l.service_id, ST_Distance(p.point, ST_GeogFromText(%(here)s), false) / 1000 AS km
    FROM {places} p JOIN listing l ON l.service_id = p.service_id
    WHERE l.published AND (l.available_until IS NULL OR l.available_until >= %(today)s)
        AND (cardinality(l.modes) = 0 OR l.modes && ARRAY['on-site', 'home-visit', 'outreach']::varchar[])
        AND {within} AND ST_Distance(p.point, ST_GeogFromText(%(here)s), false) <= %(km)s * 1000
    ORDER BY {order}
    LIMIT 603
), near AS MATERIALIZED (
    SELECT n.service_id, n.km, row_number() OVER (ORDER BY n.km, n.service_id) AS rank, l.tags
    FROM (SELECT service_id, min(km) AS km FROM around GROUP BY service_id ORDER BY 2, 1 LIMIT 201) n
    JOIN listing l USING (service_id)
), coming AS MATERIALIZED (
    SELECT service_id, NULL::float AS km, row_number() OVER () AS rank, tags FROM (
        SELECT * FROM (SELECT DISTINCT * FROM ({coming}) o) o
        ORDER BY comes && %(meant_for)s::bigint[] DESC, freshness DESC, service_id LIMIT 201
    ) c
), mixed AS (
    SELECT service_id AS id, km, rank + (rank - 1) / 2 AS rank, tags FROM near
    UNION ALL
    SELECT service_id, km, 3 * row_number() OVER (ORDER BY rank), tags FROM coming
    WHERE service_id NOT IN (SELECT service_id FROM near)
), chosen AS (
    SELECT id, km, rank, count(*) OVER () AS total FROM mixed ORDER BY rank LIMIT 20
), counts AS (
    SELECT jsonb_object_agg(tag, many) AS facets
    FROM (SELECT tag, count(*) AS many FROM mixed, unnest(tags) AS tag GROUP BY tag) t
)
-- card: of those that were chosen
SELECT c.id, c.km, c.total, counts.facets, s.name, s.language, s.translations, s.eligibility_description, s.alert,
    o.id, o.name, o.language, o.translations, l.capacity_status, l.capacity_available, l.capacity_maximum,
    l.capacity_updated, l.capacity_unit, l.check_by, l.wait_days, l.free, l.price_per_session, l.client_contribution,
    l.currency, l.needs, l.modes, l.languages, l.min_age, l.max_age, l.assured_date, l.status, l.slots, l.schedule, w.places
FROM chosen c CROSS JOIN counts
JOIN listing l ON l.service_id = c.id
JOIN service s ON s.id = c.id AND s.gone_at IS NULL
JOIN organization o ON o.id = s.organization_id AND o.gone_at IS NULL
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(p.confidential, p.city, p.department, p.postcode, p.country, p.latitude,
        p.longitude, p.precision, a.name, a.language, a.translations)) AS places
    FROM listing_place p LEFT JOIN location a ON a.id = p.location_id
    WHERE p.service_id = c.id AND p.kind <> 'virtual'
) w ON true
ORDER BY c.rank
