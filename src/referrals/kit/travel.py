"""How long a way takes, roughly, from the straight line (docs/directory-profile.md)."""

from collections.abc import Mapping
from typing import Final

from referrals.kit.geo import Minutes

WAYS: Final[Mapping[str, tuple[float, float]]] = {
    "walk": (0, 17.3),
    "bike": (2, 5.6),
    "transit": (8, 3.5),
    "car": (5, 1.4),
}
"""Minutes before the way begins, and minutes for each kilometre as the crow flies."""


def minutes(way: str, km: float) -> Minutes:
    """Raises KeyError for a way that is none of `WAYS`."""
    start, each = WAYS[way]
    return Minutes(start + each * km)
