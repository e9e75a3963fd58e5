"""A point for a place that has none of its own: the nearest one known of its town, its postcode or its department."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from statistics import median

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.hiding import hidden_places
from referrals.directory.models import Address, Location
from referrals.kit.geo import LatLon
from referrals.kit.text import fold
from referrals.places.models import Place


@dataclass(frozen=True, slots=True)
class Spot:
    """What an address says of where it is, folded."""

    country: str | None
    state: str
    """Department, county or state: a name, or its code."""
    postcode: str
    city: str
    commune: str
    """French INSEE code, or nothing."""


@dataclass(frozen=True, slots=True)
class Near:
    """`precision`: town, postcode or department."""

    at: LatLon
    precision: str


def spot(
    *, country: str | None, state: str | None, postcode: str | None, city: str | None, commune: str | None
) -> Spot:
    code = (postcode or "").upper().strip()
    short = code.split("-")[0] if country == "US" else code.split(" ")[0] if country == "GB" else code
    return Spot(country, fold(state or ""), short, fold(city or ""), commune or "")


async def locate(session: AsyncSession, spots: Collection[Spot]) -> dict[Spot, Near]:
    """A point for each of these that any can be found for."""
    if not spots:
        return {}
    places = await _candidates(session, spots)
    by_code = {place.code: place for place in places}
    by_name: dict[tuple[str, str], list[Place]] = {}
    by_postcode: dict[tuple[str, str], list[Place]] = {}
    for place in places:
        by_name.setdefault((place.country, place.folded), []).append(place)
        for postcode in place.postcodes:
            by_postcode.setdefault((place.country, postcode), []).append(place)
    neighbours = await _neighbours(session, spots)
    found: dict[Spot, Near] = {}
    for wanted in spots:
        near = _nearest(wanted, by_code, by_name, by_postcode, neighbours)
        if near is not None:
            found[wanted] = near
    return found


def _nearest(
    wanted: Spot,
    by_code: dict[str, Place],
    by_name: dict[tuple[str, str], list[Place]],
    by_postcode: dict[tuple[str, str], list[Place]],
    neighbours: dict[tuple[str, str], LatLon],
) -> Near | None:
    country = wanted.country or ""
    if commune := by_code.get(f"FR-{wanted.commune}"):
        return Near(commune.at, "town")
    coded = by_postcode.get((country, wanted.postcode), [])
    if same := [place for place in coded if place.folded == wanted.city]:
        return Near(same[0].at, "town")
    if coded:
        return Near(_middle([place.at for place in coded]), "postcode")
    if known := neighbours.get((country, wanted.postcode)):
        return Near(known, "postcode")
    called = [place for place in by_name.get((country, wanted.city), []) if _lies_in(place, wanted.state)]
    towns = [place for place in called if place.kind not in ("department", "region", "epci")]
    if towns:
        return Near(max(towns, key=lambda place: place.population).at, "town")
    area = [place for place in by_name.get((country, wanted.state), []) if place.kind == "department"]
    area += [place for place in called if place.kind == "department"]
    return Near(area[0].at, "department") if area else None


def _lies_in(place: Place, state: str) -> bool:
    """No state said is no contradiction; a code (`fl`) or a name (`florida`, `cornwall`) has to fit."""
    if not state:
        return True
    areas = [fold(area) for area in (place.region, place.department) if area]
    return any(area == state or state in (area.split(" ", 1)[0], area.partition(" ")[2]) for area in areas) or any(
        area.removesuffix(" county") == state for area in areas
    )


def _middle(points: list[LatLon]) -> LatLon:
    return LatLon(sum(p.lat for p in points) / len(points), sum(p.lon for p in points) / len(points))


async def _candidates(session: AsyncSession, spots: Iterable[Spot]) -> list[Place]:
    """Every place of the gazetteer that one of these may mean, in one statement."""
    spots = list(spots)
    names = {name for s in spots for name in (s.city, s.state) if name}
    communes = {f"FR-{s.commune}" for s in spots if s.commune}
    postcodes = sorted({s.postcode for s in spots if s.postcode and s.country in ("FR", "GB")})
    same = or_(Place.folded.in_(names), Place.code.in_(communes), Place.postcodes.overlap(postcodes))
    return list(await session.scalars(select(Place).where(same).order_by(Place.population.desc())))


async def _neighbours(session: AsyncSession, spots: Iterable[Spot]) -> dict[tuple[str, str], LatLon]:
    """The middle of the directory's own located addresses, by postcode, where the gazetteer knows no postcodes."""
    wanted = {(s.country, s.postcode) for s in spots if s.postcode and s.country not in (None, "FR", "GB")}
    if not wanted:
        return {}
    short = func.split_part(Address.postal_code, "-", 1)
    rows = (
        await session.execute(
            select(Address.country, short, Location.latitude, Location.longitude, Location.id)
            .join(Location, Location.id == Address.location_id)
            .where(
                short.in_({postcode for _, postcode in wanted}), Location.latitude.is_not(None),
                Location.gone_at.is_(None),
            )
        )
    ).all()  # fmt: skip
    hidden = await hidden_places(session, {id for *_, id in rows})  # a lone neighbour's point would give it away
    points: dict[tuple[str, str], list[LatLon]] = {}
    for country, postcode, latitude, longitude, id in rows:
        if (country, postcode) in wanted and re.search(r"\d", postcode) and id not in hidden:
            points.setdefault((country, postcode), []).append(LatLon(latitude, longitude))
    # The median, because one address placed in the wrong state would drag a mean into the sea.
    return {key: LatLon(median(p.lat for p in found), median(p.lon for p in found)) for key, found in points.items()}
