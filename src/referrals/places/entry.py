"""A place as it is carried about: what the file, the table and the index have in common."""

from dataclasses import dataclass
from typing import Final

from referrals.kit.geo import LatLon

SETTLEMENTS: Final = frozenset({"commune", "arrondissement", "town"})
AREAS: Final = ("department", "epci", "region")
"""Kinds of places that are made of others; their point is a middle and tells little."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place. `region` and `department` read "84 Auvergne-Rhône-Alpes": a code where there is one, then the name."""

    code: str
    """`FR-` and the INSEE code, `GN-` and the GeoNames id; areas: `FR-D69`, `FR-R84`, `FR-E` and a SIREN, `US-FL`."""
    name: str
    kind: str
    country: str
    """ISO 3166-1, two letters. Overseas France is FR."""
    region: str
    department: str
    """Or the county, without a code."""
    epci: str
    """SIREN of the French group of communes; its name is the place `FR-E` and this."""
    postcodes: tuple[str, ...]
    """French postcodes, British outward codes; empty elsewhere."""
    population: int
    at: LatLon
    precision: str
    """`exact`, or whose middle stands in: postcode, department; areas are precise to themselves."""

    def __hash__(self) -> int:
        return hash(self.code)  # the code says all; a hash of twelve fields is slow where sets of places are made

    @property
    def approximate(self) -> bool:
        return self.precision != "exact"

    @property
    def insee(self) -> str | None:
        """The INSEE code of a French commune or arrondissement."""
        return self.code[3:] if self.country == "FR" and self.kind in SETTLEMENTS else None
