"""A small directory for searching in: a service with its listing in one call."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import hours
from referrals.directory.listing_search import searched
from referrals.directory.models import Listing, ListingPlace, Organization, Service
from referrals.directory.search.cells import keys_of
from referrals.directory.search.comes import Spread, comes_of
from referrals.kit.geo import LatLon
from referrals.taxonomy.vocabulary import Vocabulary

LYON, BRON, RENNES, TRURO = LatLon(45.758, 4.835), LatLon(45.734, 4.911), LatLon(48.111, -1.68), LatLon(50.263, -5.051)
MIAMI = LatLon(25.783, -80.24)
_TOWNS: dict[LatLon, tuple[str, str, str, str]] = {
    LYON: ("Lyon", "69002", "Rhône", "FR"),
    BRON: ("Bron", "69500", "Rhône", "FR"),
    RENNES: ("Rennes", "35000", "Ille-et-Vilaine", "FR"),
    TRURO: ("Truro", "TR1", "Cornwall", "GB"),
    MIAMI: ("Miami", "33125-1234", "", "US"),
}
CHECKED = date(2026, 11, 1)
TODAY = date(2026, 11, 23)


async def organization(session: AsyncSession, name: str = "Le Héron bleu", **columns: Any) -> Organization:
    made = Organization(name=name, description="", language="fr", translations={}, **columns)
    session.add(made)
    await session.flush()
    return made


async def service(
    session: AsyncSession,
    words: Vocabulary,
    name: str,
    *,
    english: str = "",
    needs: tuple[str, ...] = (),
    at: LatLon | None = None,
    modes: tuple[str, ...] = ("on-site",),
    of: Organization | None = None,
    description: str = "",
    hidden: bool = False,
    published: bool = True,
    listed: dict[str, Any] | None = None,
    **columns: Any,
) -> Service:
    """A published service in French, at one town, or nowhere in particular. `listed`: more columns of its listing."""
    owner = of or await organization(session)
    made = Service(
        id=uuid4(), organization_id=owner.id, name=name, description=description, language="fr",
        translations={"en": {"name": english}} if english else {}, **columns,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    paths = sorted({code for need in needs for code in words.path(need)})
    plain: dict[str, Any] = {
        "source": "relais", "published": published, "status": "active", "needs": list(needs), "need_paths": paths,
        "modes": list(modes), "assured_date": CHECKED, "digest": "", "updated_at": datetime(2026, 11, 1, tzinfo=UTC),
        "accessibility": {}, "slots": [],
    }  # fmt: skip
    empty = (
        "specialisms", "affinities", "formats", "welcomes", "not_with", "languages", "funding", "routes",
        "area_postcodes", "area_countries", "foreign_terms",
    )  # fmt: skip
    told: dict[str, Any] = {n: [] for n in empty} | dict.fromkeys(_UNSAID) | plain | (listed or {})
    found = searched(told, (), hours.listed(told["slots"], []), (), "active", TODAY)
    where = [(_TOWNS[at][3], "69" if hidden else _TOWNS[at][1], _TOWNS[at][2])] if at else []
    spread = Spread(modes, told["area_postcodes"], told["area_countries"], where, bool(at) and not hidden)
    comes = comes_of(spread, paths) if published else []
    session.add(Listing(service_id=made.id, organization_id=owner.id, comes=comes, **told | found))
    if at is not None:
        keys = keys_of(at, paths, found["tags"]) if published and not hidden else []
        session.add(_place(made.id, at, hidden=hidden, keys=keys))
    await session.flush()
    return made


_UNSAID = (
    "free", "capacity_status", "capacity_available", "capacity_updated", "wait_days", "interpreter", "rule", "min_age",
    "max_age", "practitioner",
)  # fmt: skip


def _place(service_id: UUID, at: LatLon, *, hidden: bool, keys: list[int]) -> ListingPlace:
    city, postcode, department, country = _TOWNS[at]
    where = (
        {"city": department, "postcode": "69" if hidden else postcode}
        if hidden
        else {"city": city, "postcode": postcode}
    )
    point = None if hidden else f"SRID=4326;{at.wkt()}"
    return ListingPlace(
        service_id=service_id, kind="physical", confidential=hidden, department=department, country=country,
        latitude=None if hidden else at.lat, longitude=None if hidden else at.lon,
        precision=None if hidden else "exact", point=point, keys=keys, **where,
    )  # fmt: skip
