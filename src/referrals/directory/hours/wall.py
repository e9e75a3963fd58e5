"""What the wall says where a place is: its clock, and the calendar with the public holidays."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

_ZONES: Final = {"FR": "Europe/Paris", "GB": "Europe/London", "US": "America/New_York", "CA": "America/Toronto"}
_OVERSEAS: Final = {
    "971": "America/Guadeloupe", "972": "America/Martinique", "973": "America/Cayenne", "974": "Indian/Reunion",
    "975": "America/Miquelon", "976": "Indian/Mayotte", "987": "Pacific/Tahiti", "988": "Pacific/Noumea",
}  # fmt: skip
_FRENCH: Final = {
    "57": "57", "67": "6AE", "68": "6AE", "971": "971", "972": "972", "973": "973", "974": "974", "975": "PM",
    "976": "976", "987": "PF", "988": "NC",
}  # fmt: skip
"""Beginning of a postcode -> where other days are free than in the rest of France."""
_SCOTLAND: Final = ("AB", "DD", "DG", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "TD", "ZE")
_BRITISH: Final = {
    **dict.fromkeys(_SCOTLAND, "SCT"),
    **dict.fromkeys(("CF", "LD", "LL", "NP", "SA"), "WLS"),
    "BT": "NIR",
}
_CANADIAN: Final = {
    "A": "NL", "B": "NS", "C": "PE", "E": "NB", "G": "QC", "H": "QC", "J": "QC", "K": "ON", "L": "ON", "M": "ON",
    "N": "ON", "P": "ON", "R": "MB", "S": "SK", "T": "AB", "V": "BC", "Y": "YT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Where:
    """As much of an address as clock and calendar depend on. Public also of a confidential place: the area alone counts."""

    country: str | None = None
    postcode: str | None = None


NOWHERE: Final = Where()


def zone(country: str | None, postcode: str | None = None) -> ZoneInfo:
    """The clock on the wall there. Countries of several zones are counted by their most peopled one."""
    if country == "FR" and postcode and (overseas := _OVERSEAS.get(postcode[:3])):
        return ZoneInfo(overseas)
    return ZoneInfo(_ZONES.get(country or "", "Europe/Paris"))


def is_public_holiday(day: date, where: Where) -> bool:
    """False where the country, and so its calendar, is not known."""
    return day in _calendar(where.country, _region(where), day.year) if where.country else False


@lru_cache(maxsize=4096)
def _region(where: Where) -> str | None:
    code = (where.postcode or "").upper().strip()
    letters = re.match(r"[A-Z]+", code)
    if where.country == "FR":
        return _FRENCH.get(code[:3]) or _FRENCH.get(code[:2])
    if where.country == "GB":
        return _BRITISH.get(letters[0] if letters else "", "ENG")
    if where.country == "CA":
        return _CANADIAN.get(code[:1])
    return None


@lru_cache(maxsize=256)
def _calendar(country: str | None, region: str | None, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country or "", subdiv=region, years=year))
    except NotImplementedError:
        return frozenset()
