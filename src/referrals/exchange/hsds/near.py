"""Where a postcode is: its middle by the gazetteer, or of the addresses that the directory itself has there."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import points
from referrals.directory.hiding import area_code
from referrals.directory.search.comes import held
from referrals.directory.search.port import Here
from referrals.exchange.hsds.parameters import Asked
from referrals.kit.geo import LatLon

_COUNTRIES = ("FR", "GB", "US", "CA")
"""Those whose postcodes we can place. One that two of them have means both."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """`held`: the areas, as listings state them, that the postcode lies in. `middles`: its points as one geography."""

    same: tuple[str, ...] = ()
    """The postcode, and what stands for it where only an area is told."""
    held: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    middles: str | None = None


async def nearness(session: AsyncSession, asked: Asked) -> Nearness:
    """Of a postcode that is not given, or that we cannot place, there is no middle, and so nothing near it."""
    if asked.postcode is None:
        return Nearness()
    postcode = asked.postcode.strip().upper()
    spots = {
        country: points.spot(country=country, state=None, postcode=postcode, city=None, commune=None)
        for country in _COUNTRIES
    }
    found = await points.locate(session, spots.values())
    middles = {country: found[spot].at for country, spot in spots.items() if spot in found}
    areas = held(Here(LatLon(0, 0), postcodes=(postcode,))) if postcode else []
    listed = ", ".join(f"({at.lon} {at.lat})" for at in middles.values())
    return Nearness(
        same=tuple({area_code(postcode, country) or postcode for country in (None, *_COUNTRIES)} | {postcode}),
        held=tuple(areas),
        countries=tuple(middles) or _COUNTRIES,
        middles=f"SRID=4326;MULTIPOINT({listed})" if middles else None,
    )
