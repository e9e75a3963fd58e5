"""Which services are worth asking the rules about: a bounded number, whatever the size of the directory.

Questions asked apart, since an OR of them would sort the whole country: what is near, what comes to the person or is given
at a distance, and what has no known place. Where there are more than the bound, what is evidently barred goes first, then
what lies beyond their reach, then what is less exactly what they need; the few nearest always stay, so that whoever knows
the house next door learns why it is not proposed. What was not looked at is counted and said.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.search.cells import keys_around
from referrals.directory.search.comes import comes_to, meant_for
from referrals.directory.search.port import Here
from referrals.kit import travel
from referrals.kit.db import deployment
from referrals.kit.geo import Km, LatLon
from referrals.kit.i18n import current_language
from referrals.kit.travel import WAYS, Ways
from referrals.matching import candidates_sql as sql
from referrals.matching.constraints.offered import FRESH
from referrals.matching.facts import NeedAsked, Offer, Person
from referrals.matching.offered import offer_of
from referrals.matching.unseen import NONE, Unseen

NEAREST: Final = 240
"""Services around the person that the rules are asked about."""
NEXT_DOOR: Final = 40
"""Of these, the nearest whatever they are."""
COMING: Final = 80
"""That come to the person, in each of two ways: for their area, for their country."""
REMOTE: Final = 80
SOME_REMOTE: Final = 20
"""Where help at a distance is not wanted: enough to say what it would open."""
NOWHERE: Final = 50
"""Without a known place, in each of two ways."""
FEW: Final = 12
"""So many are shown from further away where there are not so many near."""
RINGS: Final = (Km(12), Km(60))
FARTHEST: Final = Km(150)
LONGEST_WAY: Final = 120
"""Minutes up to which somebody is told what a longer way would open."""
_USUAL_REACH: Final = 50.0


@dataclass(frozen=True, slots=True)
class Candidates:
    offers: tuple[Offer, ...]
    unseen: Unseen = NONE
    ways: Ways = travel.ESTIMATED
    """What said how long the ways take."""


async def candidates(session: AsyncSession, person: Person, need: NeedAsked, today: date) -> Candidates:
    """Offers of this need, of anything narrower or broader, that may be in this person's reach. A constant number of statements."""
    rows = await _rows(session, *_question(person, need, today))
    bounds = _bounds(need)
    ids = [row[1] for part, most in bounds.items() for row in [row for row in rows if row[0] == part][:most]]
    offered, ways = await _with_ways(session, person, await offers(session, list(dict.fromkeys(ids))))
    return Candidates(tuple(offered), _unseen(rows, bounds, len(offered)), ways)


async def offers(session: AsyncSession, ids: Sequence[UUID]) -> list[Offer]:
    """These services as the rules see them, as far as they are published, in the order of the ids. One statement."""
    if not ids:
        return []
    language = current_language()
    return [
        offer_of(row, language) for row in await _rows(session, sql.FACTS, {"ids": list(ids), "language": language})
    ]


async def offers_for(session: AsyncSession, person: Person, ids: Sequence[UUID]) -> list[Offer]:
    """The same with the ways of this person, as `candidates` has them."""
    found, _ = await _with_ways(session, person, await offers(session, ids))
    return found


def related(need: NeedAsked) -> tuple[str, ...]:
    """The term, and all that is narrower or broader than it."""
    return need.term, *sorted(need.narrower), *need.broader


async def _rows(session: AsyncSession, statement: str, values: dict[str, Any]) -> Sequence[Any]:
    """As the driver gives them: no entities, nothing is built."""
    await session.flush()
    connection = await session.connection()
    return (await connection.exec_driver_sql(statement, values)).all()


def _question(person: Person, need: NeedAsked, today: date) -> tuple[str, dict[str, Any]]:
    codes = (need.term, *need.broader)
    youngest, oldest = person.ages or (0, 200)
    here = _here(person)
    values: dict[str, Any] = {
        "related": list(related(need)), "exactly": [need.term, *sorted(need.narrower)],
        "specialisms": sorted(need.specialisms), "youngest": youngest, "oldest": oldest, "fresh": today - FRESH,
        "country": person.country, "countries": [person.country or "-"],
        "comes": comes_to(here, "never"), "remote": comes_to(here, "only", codes),
        "meant_for": meant_for(here) if here else [],
        "most_remote": (REMOTE if need.remote_ok else SOME_REMOTE) + 1,
    }  # fmt: skip
    if person.at is None:
        return _anywhere(person.country is not None), values
    reach = _reach(person)
    rings = [*RINGS, *([widest] if (widest := _widest(person, reach)) > RINGS[-1] else [])]
    values |= {"here": f"SRID=4326;{person.at.wkt()}", "reach": reach}
    for number, ring in enumerate(rings):
        values |= {f"keys_{number}": list(keys_around(person.at, ring, codes)), f"reach_{number}": ring * 1000.0}
    return _around(len(rings)), values


@lru_cache(maxsize=4)
def _around(rings: int) -> str:
    return sql.around(rings, nearest=NEXT_DOOR, near=NEAREST, few=FEW, coming=COMING + 1, nowhere=NOWHERE + 1)


@lru_cache(maxsize=2)
def _anywhere(at_home: bool) -> str:
    return sql.anywhere(at_home=at_home, near=NEAREST, coming=COMING + 1, nowhere=NOWHERE + 1)


def _here(person: Person) -> Here | None:
    if person.at is None and person.country is None and person.postcode is None:
        return None
    return Here(person.at or LatLon(0, 0), person.country, (person.postcode,) if person.postcode else ())


def _reach(person: Person) -> float:
    """Kilometres that they can go, as the crow flies."""
    way = person.travel
    if way is None or (way.max_minutes is None and way.max_km is None):
        return _USUAL_REACH
    km = FARTHEST if way.max_km is None else way.max_km
    if way.max_minutes is None or way.mode not in WAYS:
        return km if way.mode in WAYS or way.max_km is not None else 0.0
    return min(km, _within(way.mode, way.max_minutes))


def _within(mode: str, minutes: float) -> float:
    start, each = WAYS[mode]
    return max(0.0, (minutes - start) / each)


def _widest(person: Person, reach: float) -> Km:
    """As far as they can go, or as any longer way that they would be told of."""
    told = _within(person.travel.mode, LONGEST_WAY) if person.travel and person.travel.mode in WAYS else 0.0
    return Km(min(FARTHEST, max(reach, told)))


def _bounds(need: NeedAsked) -> dict[int, int]:
    """By the part of the statement."""
    remote = REMOTE if need.remote_ok else SOME_REMOTE
    return {0: NEAREST, 1: FEW + NEAREST, 2: COMING, 3: COMING, 4: remote, 5: NOWHERE, 6: NOWHERE}


def _unseen(rows: Sequence[Any], bounds: dict[int, int], looked_at: int) -> Unseen:
    """A part that gives one more than its bound has more."""
    counted = Counter(row[0] for row in rows)
    around, looked_through = (int(next(row[2] for row in rows if row[0] == part)) for part in (7, 8))
    return Unseen(
        looked_at, max(0, around - counted[0]), looked_through >= min(sql.POOL, sql.SAMPLE),
        any(counted[part] > bounds[part] for part in (2, 3, 5, 6)) or (bounds[4] == REMOTE and counted[4] > REMOTE),
    )  # fmt: skip


async def _with_ways(session: AsyncSession, person: Person, found: list[Offer]) -> tuple[list[Offer], Ways]:
    """With minutes by road where this deployment has an engine for it: one question for all of them."""
    if person.at is None or person.travel is None:
        return found, travel.ESTIMATED
    settings = deployment(session)
    if settings is None or settings.routing_url is None:
        return found, travel.ESTIMATED
    spots = {
        offer.service_id: near[0].at for offer in found if (near := offer.nearest(person.at)) and near[1] <= FARTHEST
    }
    points = list(dict.fromkeys(cast("LatLon", at) for at in spots.values()))
    ways = await travel.ways(settings, person.travel.mode, person.at, points)
    if not ways.minutes:
        return found, ways
    told = dict(zip(points, ways.minutes, strict=True))
    return [
        replace(offer, routed=told[at]) if (at := spots.get(offer.service_id)) and told[at] is not None else offer
        for offer in found
    ], ways
