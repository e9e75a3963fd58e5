"""Points against addresses: the wrong way round is put right where the address makes it certain; what cannot be is dropped."""

from referrals.exchange.reasons import FAR_AWAY, HALF_A_POINT, NOT_LATITUDE, SWAPPED
from referrals.exchange.report import Rejection, Where
from referrals.exchange.staging import Staging

_LOOK = """
    CREATE TEMP TABLE stage_point ON COMMIT DROP AS
    WITH cell AS (
        SELECT DISTINCT country, floor(latitude)::int + dy AS y, floor(longitude)::int + dx AS x
        FROM place, generate_series(-1, 1) AS dy, generate_series(-1, 1) AS dx),
    said AS (
        SELECT l.id, l.latitude, l.longitude, min(upper(a.country)) AS country
        FROM stage_location l LEFT JOIN stage_address a ON a.location_id = l.id AND a.country ~ '^[A-Za-z]{{2}}$'
        WHERE l.latitude IS NOT NULL AND l.longitude IS NOT NULL GROUP BY l.id, l.latitude, l.longitude)
    SELECT said.id, said.country, abs(said.latitude) > 90 AS impossible, one.x IS NOT NULL AS right_way,
        other.x IS NOT NULL AS wrong_way, said.country IN (SELECT country FROM place) IS TRUE AS known
    FROM said
    LEFT JOIN cell one ON one.country = said.country AND one.y = floor(said.latitude)::int
        AND one.x = floor(said.longitude)::int
    LEFT JOIN cell other ON other.country = said.country AND other.y = floor(said.longitude)::int
        AND other.x = floor(said.latitude)::int
"""
"""A place is known to lie in a country when a town of it is in the same square of one degree or in one next to it."""
_SWAP = """
    UPDATE stage_location l SET latitude = l.longitude, longitude = l.latitude FROM stage_point p
    WHERE p.id = l.id AND p.wrong_way AND NOT p.right_way RETURNING l.source_key, l._file, l._line
"""
_DROP = """
    UPDATE stage_location l SET latitude = NULL, longitude = NULL FROM stage_point p
    WHERE p.id = l.id AND p.impossible AND NOT p.wrong_way RETURNING l.source_key, l._file, l._line
"""
_FAR = """
    SELECT l.source_key, l._file, l._line, p.country FROM stage_location l JOIN stage_point p ON p.id = l.id
    WHERE p.known AND NOT p.right_way AND NOT p.wrong_way AND NOT p.impossible
"""
_LONE = """
    UPDATE stage_location SET latitude = NULL WHERE abs(latitude) > 90 AND longitude IS NULL
    RETURNING source_key, _file, _line
"""
_POINT = (("latitude", NOT_LATITUDE), ("longitude", HALF_A_POINT))


async def settle(staging: Staging) -> None:
    report = staging.report
    await staging.db.run(_LOOK)
    for key, file, line in await staging.db.rows(_SWAP):
        report.mend(Where(file, line), "location", _given(key), SWAPPED, "latitude")
    for statement, left_out in ((_DROP, _POINT), (_LONE, _POINT[:1])):
        for key, file, line in await staging.db.rows(statement):
            for name, reason in left_out:
                report.lost[f"location.{name}"] += 1
                report.unreadable.append(Rejection(file, line, "location", _given(key), reason, name))
    for key, file, line, country in await staging.db.rows(_FAR):
        report.mend(Where(file, line), "location", _given(key), FAR_AWAY % {"country": country}, "latitude")
    await staging.db.run("DROP TABLE stage_point")


def _given(key: str) -> str | None:
    return None if key.startswith("content:") else key
