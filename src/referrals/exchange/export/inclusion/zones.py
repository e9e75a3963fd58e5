"""Where a service is open to people from, as codes of the Code officiel géographique."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.formats import cog
from referrals.places.models import Place

_COG = re.compile(r"\d[\dAB]\d{3}|\d[\dAB]|97\d|\d{9}|france", re.IGNORECASE)
_OVERSEAS = 3
"""Digits of a postcode that name a department overseas; elsewhere two do."""


@dataclass(frozen=True)
class Communes:
    """French postcode -> INSEE codes."""

    at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def begins(self, digits: str) -> tuple[str, ...]:
        """The communes of every postcode that begins so."""
        if len(digits) == 5:
            return self.at.get(digits, ())
        return tuple(
            dict.fromkeys(code for postcode, codes in self.at.items() if postcode.startswith(digits) for code in codes)
        )


async def communes(session: AsyncSession) -> Communes:
    found: dict[str, list[str]] = {}
    rows = select(Place.code, Place.postcodes).where(Place.country == "FR", Place.postcodes != []).order_by(Place.code)
    for code, postcodes in await session.execute(rows):
        if re.fullmatch(r"\d[\dAB]\d{3}", code):
            for postcode in postcodes:
                found.setdefault(postcode, []).append(code)
    return Communes({postcode: tuple(codes) for postcode, codes in found.items()})


def codes(extent_type: str | None, extent: str | None, known: Communes) -> list[str]:
    """Codes for one service area; empty where there is none that means the same."""
    parts = [part.strip() for part in (extent or "").split(",") if part.strip()]
    if extent_type == "country":
        return ["france"] if [part.upper() for part in parts] == ["FR"] else []
    if extent_type == "postcode-prefix":
        return [code for part in parts for code in _postcode(part, known)]
    return [part.lower() if part.lower() == "france" else part.upper() for part in parts if _COG.fullmatch(part)]


def named(area: Mapping[str, object]) -> list[str]:
    """The codes that an area was made of when it came: its name lists them, and its postcodes are just theirs."""
    listed = str(area.get("name") or "").split(",")
    if area.get("extent_type") != "postcode-prefix" or not all(map(_COG.fullmatch, listed)):
        return []
    lying = ",".join(dict.fromkeys(code for one in listed for code in cog.postcodes(one)))
    return listed if lying == area.get("extent") else []


def _postcode(digits: str, known: Communes) -> tuple[str, ...]:
    if not digits.isdigit():
        return ()
    if digits == "20":
        return ("2A", "2B")
    if (len(digits) == 2 and digits not in ("97", "98")) or (len(digits) == _OVERSEAS and digits.startswith("97")):
        return (digits,)
    return known.begins(digits)
