"""Services around Truro, for stories: each at a distance, saying what it is told to say."""

from datetime import timedelta
from typing import Any

from geoalchemy2 import WKTElement
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Need
from referrals.directory.models import ListingPlace, Service
from referrals.kit.geo import LatLon
from tests.conftest import NOW
from tests.factories import organization
from tests.factories.world import listing

TRURO = LatLon(50.263, -5.051)
SAYS: dict[str, Any] = {
    "needs": ("physiotherapy",), "modes": ["on-site"], "languages": ["en"], "funding": ["nhs"], "min_age": 18,
    "capacity_status": "has-capacity", "wait_days": 10, "capacity_updated": NOW - timedelta(days=2),
    "email": "desk@example.org", "phone": "01872 555 010",
}  # fmt: skip


async def listed(session: AsyncSession, name: str, *, km: float = 2, city: str = "Truro", **said: Any) -> Service:
    """A service this far to the north, in an organization of its own."""
    owner = await organization(session, f"{name} Trust")
    found = Service(organization_id=owner.id, name=name, language="en", translations={}, status="active")
    session.add(found)
    await session.flush()
    session.add(listing(found, **{**SAYS, **said}))
    at = LatLon(TRURO.lat + km / 111.195, TRURO.lon)
    session.add(
        ListingPlace(
            service_id=found.id, kind="physical", confidential=False, city=city, postcode="TR1 1AA", country="GB",
            latitude=at.lat, longitude=at.lon, precision="exact", point=WKTElement(at.wkt(), srid=4326),
        )
    )  # fmt: skip
    await session.flush()
    return found


async def drives(session: AsyncSession, person: Client, minutes: int = 45) -> None:
    person.mobility, person.max_minutes = "car", minutes
    await session.flush()


async def by_video_too(session: AsyncSession, need: Need) -> None:
    need.remote_ok = True
    await session.flush()
