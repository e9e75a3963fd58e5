"""Where an address should lie: by its postcode, else by its town.

France: the middles of the communes that share the postcode. Elsewhere the gazetteer knows no postcodes, and the
directory's own other addresses tell: their median is right even where some are wrong. The limits come from real data.
Among 2,000 located addresses of a county in Florida nine in ten lie within 7 km of the median of their postcode, and of
those beyond 10 km nearly all carry the coordinates of a town centre or of another house. Communes of one French postcode
lie up to 15 km from their middle; a commune's own border adds a few.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, String, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.contradictions.record import Near, Spot
from referrals.directory.models import Address, Location
from referrals.kit.geo import Km, LatLon
from referrals.kit.text import fold
from referrals.places.entry import SETTLEMENTS
from referrals.places.models import Place

OTHERS: Final = 5
"""Addresses that have to share a postcode before their median is believed."""
LEAST: Final = Km(10)
SPREAD: Final = 2.5
"""How many times as far as three quarters of its neighbours an address may lie."""
COMMUNE: Final = Km(20)
GUIANA: Final = Km(150)
"""Communes of French Guiana are as large as departments."""
TOWN: Final = Km(60)


async def should_lie(session: AsyncSession, spots: Iterable[Spot]) -> dict[UUID, Near]:
    """Location -> where it should lie; three statements for any number of them."""
    placed = [spot for spot in spots if spot.latitude is not None and spot.kind != "virtual"]
    if not placed:
        return {}
    communes = await _communes(session, placed)
    neighbours = await _neighbours(session, placed)
    towns = await _towns(session, placed)
    found: dict[UUID, Near] = {}
    for spot in placed:
        near = communes.get(spot.postcode) if spot.country == "FR" else neighbours.get((spot.country, _code(spot)))
        near = (
            near or towns.get((spot.country, _town(spot), _state(spot))) or towns.get((spot.country, _town(spot), ""))
        )
        if near is not None:
            found[spot.location_id] = near
    return found


async def _communes(session: AsyncSession, spots: Collection[Spot]) -> dict[str, Near]:
    wanted = sorted({spot.postcode for spot in spots if spot.country == "FR" and spot.postcode})
    if not wanted:
        return {}
    rows = await session.execute(
        select(Place.postcodes, Place.latitude, Place.longitude).where(
            Place.country == "FR", Place.kind.in_(SETTLEMENTS), Place.precision == "exact",
            Place.postcodes.overlap(cast(wanted, ARRAY(String))),
        )
    )  # fmt: skip
    points: dict[str, list[LatLon]] = {}
    for postcodes, lat, lon in rows:
        for postcode in postcodes:
            points.setdefault(postcode, []).append(LatLon(lat, lon))
    return {
        code: Near(tuple(points[code]), GUIANA if code.startswith("973") else COMMUNE, "postcode")
        for code in wanted
        if code in points
    }


async def _neighbours(session: AsyncSession, spots: Collection[Spot]) -> dict[tuple[str, str], Near]:
    """The median of all located addresses of a postcode, and how far three quarters of them lie from it at most."""
    wanted = sorted({(spot.country, _code(spot)) for spot in spots if spot.country != "FR" and _code(spot)})
    if not wanted:
        return {}
    code = _code_column()
    located = (
        select(Address.country.label("country"), code.label("code"), Location.latitude, Location.longitude)
        .join(Location, Location.id == Address.location_id)
        .where(
            tuple_(Address.country, code).in_(wanted), Address.gone_at.is_(None), Location.gone_at.is_(None),
            Location.latitude.between(-90, 90), Location.longitude.between(-180, 180),
        )
        .cte("located")
    )  # fmt: skip
    middle = (
        select(
            located.c.country, located.c.code, func.count().label("n"),
            _median(located.c.latitude).label("lat"), _median(located.c.longitude).label("lon"),
        )
        .group_by(located.c.country, located.c.code)
        .having(func.count() >= OTHERS)
        .cte("middle")
    )  # fmt: skip
    away = func.ST_DistanceSphere(
        func.ST_MakePoint(located.c.longitude, located.c.latitude), func.ST_MakePoint(middle.c.lon, middle.c.lat)
    )
    rows = await session.execute(
        select(
            middle.c.country, middle.c.code, middle.c.lat, middle.c.lon,
            func.percentile_cont(0.75).within_group(away) / 1000,
        )
        .join(located, (located.c.country == middle.c.country) & (located.c.code == middle.c.code))
        .group_by(middle.c.country, middle.c.code, middle.c.lat, middle.c.lon)
    )  # fmt: skip
    return {
        (country, postcode): Near((LatLon(lat, lon),), Km(max(LEAST, SPREAD * most)), "postcode")
        for country, postcode, lat, lon, most in rows
    }


async def _towns(session: AsyncSession, spots: Collection[Spot]) -> dict[tuple[str, str, str], Near]:
    """By country, name and the code or name of the state; without a state all towns of that name in the country."""
    names = sorted({_town(spot) for spot in spots if spot.city})
    if not names:
        return {}
    rows = await session.execute(
        select(Place.country, Place.folded, Place.region, Place.department, Place.latitude, Place.longitude).where(
            Place.folded.in_(names), Place.kind.in_(SETTLEMENTS), Place.precision == "exact"
        )
    )
    points: dict[tuple[str, str, str], list[LatLon]] = {}
    for country, name, region, department, lat, lon in rows:
        for area in {"", *_areas(region), *_areas(department)}:
            points.setdefault((country, name, area), []).append(LatLon(lat, lon))
    return {key: Near(tuple(found), TOWN, "town") for key, found in points.items()}


def _areas(written: str | None) -> set[str]:
    """`FL Florida` is known as `fl` and as `florida`; `Cornwall` as itself."""
    words = fold(written or "").split()
    return {words[0], " ".join(words[1:]), " ".join(words)} - {""} if words else set()


def _town(spot: Spot) -> str:
    return fold(spot.city).split(" cedex")[0]


def _state(spot: Spot) -> str:
    return fold(spot.state)


def _code(spot: Spot) -> str:
    """`33136-1004` lies in 33136, `TR1 2AB` in TR1."""
    code = spot.postcode.upper().strip()
    return code.split("-")[0] if spot.country == "US" else code.split(" ")[0]


def _code_column() -> Any:
    return func.split_part(func.split_part(func.upper(func.trim(Address.postal_code)), "-", 1), " ", 1)


def _median(column: Any) -> Any:
    return func.percentile_cont(0.5).within_group(column)
