"""Postcodes that services of the directory lie at, where our gazetteer has none: those of the United States, for one."""

import re
from collections.abc import Collection
from typing import Final

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingPlace
from referrals.kit.geo import LatLon
from referrals.kit.prepared import AnySelect, rows
from referrals.kit.text import fold
from referrals.places.entry import Entry

_CODE: Final = re.compile(r"(?<![\w\"])(\d{5})(?:-\d{4})?(?![\w\"])")


def postcode_in(text: str, known: Collection[Entry] = ()) -> str | None:
    """The five digits, the last ones where there are several; none between quotation marks, where all are plain words, and
    none where the name beside them says that it is one of the `known` places.
    """
    found = _CODE.findall(text)
    if not found:
        return None
    beside = {word for word in fold(text).split() if not word.isdigit()}
    said = any(beside.intersection(fold(place.name).split()) for place in known if found[-1] in place.postcodes)
    return None if said else found[-1]


async def own_places(session: AsyncSession, code: str, known: Collection[str] = ()) -> list[Entry]:
    """Where the services with this postcode lie, one place for each country but the `known` ones; the most of them first."""
    found = await rows(session, _lying, "", code=code)
    return [
        Entry(
            f"{row.country}-{code}", f"{row.city} {code}" if row.city else code, "town", row.country, "", "", "", (code,), 0,
            LatLon(row.latitude, row.longitude), "postcode",
        )
        for row in found if row.country not in known
    ]  # fmt: skip


def _lying(_: str) -> AnySelect:
    return (
        select(
            ListingPlace.country, func.mode().within_group(ListingPlace.city).label("city"),
            func.avg(ListingPlace.latitude).label("latitude"), func.avg(ListingPlace.longitude).label("longitude"),
        )
        .join(Listing, Listing.service_id == ListingPlace.service_id)
        .where(
            func.left(ListingPlace.postcode, 5) == bindparam("code", type_=String()), Listing.published,
            ListingPlace.point.is_not(None), ListingPlace.confidential.is_(False), ListingPlace.country.is_not(None),
        )
        .group_by(ListingPlace.country)
        .order_by(func.count().desc(), ListingPlace.country)
    )  # fmt: skip
