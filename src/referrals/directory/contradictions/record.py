"""One listing, as far as its parts may contradict each other. Plain values: the rules know no database."""

from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID

from referrals.kit.geo import Km, LatLon


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where the service is given, as its records have it."""

    location_id: UUID
    kind: str
    latitude: float | None
    longitude: float | None
    street: str
    city: str
    state: str
    postcode: str
    country: str
    twin: bool = False
    """Everybody reads its street, which another record of the same organization keeps confidential."""


@dataclass(frozen=True, slots=True)
class Near:
    """Where an address should lie: within `limit` of one of these points. `by`: postcode or town."""

    points: tuple[LatLon, ...]
    limit: Km
    by: str


@dataclass(frozen=True, slots=True)
class Hours:
    """A weekly row. Rows of one `owner` (service, place, permanence) describe one door."""

    owner: UUID
    days: str
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Said:
    """A number, an address of mail or web, and the record that says it. `of`: service, location or organization."""

    text: str
    of: str
    id: UUID


@dataclass(slots=True)
class Record:
    """`texts`: field -> what the public reads there."""

    service_id: UUID
    status: str
    """As of today: what runs is closed while it is closed for a time."""
    texts: dict[str, str]
    minimum_age: float | None
    maximum_age: float | None
    needs: tuple[str, ...]
    capacity_status: str | None
    capacity_available: int | None
    capacity_maximum: int | None
    available_until: date | None
    licence_until: date | None
    hours_until: date | None
    """The last day of all its hours, where they have one."""
    area_postcodes: tuple[str, ...]
    telling: tuple[str, ...]
    """The texts that tell a confidential street of its organization."""
    spots: list[Spot] = field(default_factory=list)
    country: str = ""
    numbers: list[Said] = field(default_factory=list)
    mails: list[Said] = field(default_factory=list)
    links: list[Said] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)
