-- The least that can answer a match, asked for by hand: one statement that finds the candidates of a need (by term and
-- radius, what comes to the person, what is given at a distance, what has no place, each part within its bound) and returns
-- every fact that the rules read of them; and one committed INSERT of the log. Beside both stands the whole match.

-- candidates with all their facts
WITH pool AS MATERIALIZED (
    SELECT * FROM (
        (SELECT l.service_id, p.km
        FROM (
            SELECT * FROM (
                SELECT service_id, ST_Distance(point, ST_GeogFromText(%(here)s::text), false) / 1000 AS km
                FROM listing_place WHERE keys && %(keys_0)s::bigint[] OFFSET 0
            ) p WHERE p.km <= %(reach_0)s::float8 / 1000 ORDER BY p.km, p.service_id OFFSET 0
        ) p JOIN listing l ON l.service_id = p.service_id
        WHERE l.published AND l.needs && %(related)s::varchar[] ORDER BY p.km, l.service_id LIMIT %(pool)s::bigint)
        UNION ALL
        (SELECT l.service_id, p.km
        FROM (
            SELECT * FROM (
                SELECT service_id, ST_Distance(point, ST_GeogFromText(%(here)s::text), false) / 1000 AS km
                FROM listing_place WHERE keys && %(keys_1)s::bigint[] OFFSET 0
            ) p WHERE p.km <= %(reach_1)s::float8 / 1000 AND p.km > %(reach_0)s::float8 / 1000 ORDER BY p.km, p.service_id OFFSET 0
        ) p JOIN listing l ON l.service_id = p.service_id
        WHERE l.published AND l.needs && %(related)s::varchar[] ORDER BY p.km, l.service_id LIMIT %(pool)s::bigint)
        UNION ALL
        (SELECT l.service_id, p.km
        FROM (
            SELECT * FROM (
                SELECT service_id, ST_Distance(point, ST_GeogFromText(%(here)s::text), false) / 1000 AS km
                FROM listing_place WHERE keys && %(keys_2)s::bigint[] OFFSET 0
            ) p WHERE p.km <= %(reach_2)s::float8 / 1000 AND p.km > %(reach_1)s::float8 / 1000 ORDER BY p.km, p.service_id OFFSET 0
        ) p JOIN listing l ON l.service_id = p.service_id
        WHERE l.published AND l.needs && %(related)s::varchar[] ORDER BY p.km, l.service_id LIMIT %(pool)s::bigint)
    ) rings LIMIT %(pool)s::bigint
), around AS (
    SELECT service_id, min(km) AS km FROM pool GROUP BY service_id
), near AS MATERIALIZED (
    SELECT a.service_id, a.km, row_number() OVER (ORDER BY a.km, a.service_id) <= %(next_door)s::bigint AS next_door,
        row_number() OVER (ORDER BY a.km <= %(reach)s::float8 DESC, ((l.status <> 'active' OR l.min_age > %(oldest)s::int OR l.max_age + 1 <= %(youngest)s::int
            OR l.capacity_status = 'no-capacity' AND l.capacity_updated >= %(fresh)s::date) IS TRUE)::int,
            (l.needs && %(exactly)s::varchar[])::int DESC, (l.specialisms && %(specialisms)s::varchar[])::int DESC, a.km, a.service_id) AS place
    FROM around a JOIN listing l ON l.service_id = a.service_id ORDER BY 3 DESC, 4 LIMIT %(nearest)s::bigint
), chosen AS (
    (SELECT service_id, km FROM near)
    UNION ALL
    (SELECT s.service_id, min(ST_Distance(p.point, ST_GeogFromText(%(here)s::text), false)) / 1000 AS km
    FROM (
        SELECT l.service_id FROM listing l
        WHERE l.published AND l.needs && %(related)s::varchar[] AND (SELECT count(*) FROM near) < %(few)s::bigint LIMIT %(sample)s::bigint
    ) s JOIN listing_place p ON p.service_id = s.service_id AND p.point IS NOT NULL
    GROUP BY s.service_id ORDER BY 2, 1 LIMIT %(few)s::bigint + (SELECT count(*) FROM near))
    UNION ALL
    (SELECT service_id, NULL::float AS km FROM (
        SELECT l.service_id, l.capacity_status, l.capacity_updated, l.freshness, l.comes && %(meant_for)s::bigint[] AS meant, ((l.status <> 'active' OR l.min_age > %(oldest)s::int OR l.max_age + 1 <= %(youngest)s::int
    OR l.capacity_status = 'no-capacity' AND l.capacity_updated >= %(fresh)s::date) IS TRUE)::int AS barred,
            (l.needs && %(exactly)s::varchar[])::int AS exact, (l.specialisms && %(specialisms)s::varchar[])::int AS special
        FROM listing l WHERE l.published AND l.needs && %(related)s::varchar[] AND l.comes && %(comes)s::bigint[] LIMIT %(some)s::bigint
    ) l ORDER BY barred, exact DESC, special DESC, meant DESC,
        ((capacity_status = 'has-capacity' AND capacity_updated >= %(fresh)s::date) IS TRUE) DESC, freshness DESC, service_id LIMIT %(coming)s::bigint)
    UNION ALL
    (SELECT service_id, NULL::float AS km FROM (
        SELECT l.service_id, l.capacity_status, l.capacity_updated, l.freshness, ((l.status <> 'active' OR l.min_age > %(oldest)s::int OR l.max_age + 1 <= %(youngest)s::int
    OR l.capacity_status = 'no-capacity' AND l.capacity_updated >= %(fresh)s::date) IS TRUE)::int AS barred,
            (l.needs && %(exactly)s::varchar[])::int AS exact, (l.specialisms && %(specialisms)s::varchar[])::int AS special
        FROM listing l WHERE l.published AND l.needs && %(related)s::varchar[] AND l.modes && ARRAY['home-visit', 'outreach']::varchar[]
            AND l.area_countries @> %(countries)s::varchar[] LIMIT %(some)s::bigint
    ) l ORDER BY barred, exact DESC, special DESC,
        ((capacity_status = 'has-capacity' AND capacity_updated >= %(fresh)s::date) IS TRUE) DESC, freshness DESC, service_id LIMIT %(coming)s::bigint)
    UNION ALL
    (SELECT service_id, NULL::float AS km FROM (
        SELECT l.service_id, l.capacity_status, l.capacity_updated, l.freshness, ((l.status <> 'active' OR l.min_age > %(oldest)s::int OR l.max_age + 1 <= %(youngest)s::int
    OR l.capacity_status = 'no-capacity' AND l.capacity_updated >= %(fresh)s::date) IS TRUE)::int AS barred,
            (l.needs && %(exactly)s::varchar[])::int AS exact, (l.specialisms && %(specialisms)s::varchar[])::int AS special
        FROM listing l WHERE l.published AND (l.needs && %(related)s::varchar[]) IS TRUE AND l.comes && %(remote)s::bigint[] LIMIT %(some)s::bigint
    ) l ORDER BY barred, exact DESC, special DESC,
        ((capacity_status = 'has-capacity' AND capacity_updated >= %(fresh)s::date) IS TRUE) DESC, freshness DESC, service_id LIMIT %(most_remote)s::bigint)
    UNION ALL
    (SELECT l.service_id, NULL FROM listing_place p JOIN listing l ON l.service_id = p.service_id
    WHERE p.point IS NULL AND l.published AND l.needs && %(related)s::varchar[] AND (p.country IS NULL OR p.country = %(country)s::varchar)
    GROUP BY l.service_id ORDER BY ((l.capacity_status = 'has-capacity' AND l.capacity_updated >= %(fresh)s::date) IS TRUE) DESC, l.freshness DESC, l.service_id LIMIT %(nowhere)s::bigint)
    UNION ALL
    (SELECT l.service_id, NULL FROM listing l
    WHERE l.published AND l.needs && %(related)s::varchar[] AND l.comes = '{}'::bigint[]
    ORDER BY ((l.capacity_status = 'has-capacity' AND l.capacity_updated >= %(fresh)s::date) IS TRUE) DESC, l.freshness DESC, l.service_id LIMIT %(nowhere)s::bigint)
), asked AS (
    SELECT service_id, min(km) AS km FROM chosen GROUP BY service_id
)
SELECT a.km, l.service_id, l.organization_id, l.needs, l.status, l.specialisms, l.affinities, l.formats, l.intensity,
    l.welcomes, l.rule, l.not_with, l.min_age, l.max_age, l.languages, l.interpreter, l.modes, l.funding, l.free,
    l.price_per_session, l.client_contribution, l.currency, l.routes, l.practitioner, l.accessibility, l.capacity_status,
    l.wait_days, l.capacity_available, l.capacity_updated, l.area_postcodes, l.area_countries, l.available_from,
    l.available_until, l.licence_until, l.slots, l.assured_date, l.check_by, l.email, l.phone, w.places, d.papers
FROM asked a
JOIN listing l ON l.service_id = a.service_id AND l.published
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(p.postcode, p.country, p.city, p.latitude, p.longitude, p.precision, p.confidential)) AS places
    FROM listing_place p WHERE p.service_id = l.service_id
) w ON true
LEFT JOIN LATERAL (
    SELECT array_agg(r.document) AS papers FROM required_document r WHERE r.service_id = l.service_id
) d ON true
-- log
INSERT INTO match_list (id, client_id, need_id, by_id, at, day, rules, inputs, weights, asked, fits, left_out, shown)
VALUES (%(id)s, %(client_id)s, %(need_id)s, %(by_id)s, %(at)s, %(day)s, %(rules)s, %(inputs)s, %(weights)s::jsonb,
    %(asked)s::jsonb, %(fits)s, %(left_out)s, %(shown)s::jsonb)
