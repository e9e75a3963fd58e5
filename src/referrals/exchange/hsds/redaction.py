"""What may leave. The one place that decides: every record that goes out by the interface or in an export passes `Redaction`.

Of a confidential place only its area goes out: the town, the postcode as far as it is an area, the department, the country. A place is confidential
as soon as one service there says so, or the place or its address itself; then it is for every other service there too,
because both name the same place. See `docs/decisions/0011-hsds-api.md`.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.directory.hiding import area_code
from referrals.directory.masking import HIDDEN, Mask, mask
from referrals.exchange.hsds.asking import ask

Record = dict[str, Any]
"""The row's own fields as HSDS has them, ids as texts."""
Tree = dict[str, Any]
"""A record with all that is nested in it."""
OURS: Final = "_ours"
"""Set on a change that was made here, whose `updated_by` may be a person."""

AREA: dict[str, frozenset[str]] = {
    "location": frozenset({"id", "organization_id", "location_type", "assured_date"}),
    "address": frozenset({
        "id", "location_id", "city", "region", "state_province", "postal_code", "country", "address_type", "assured_date",
    }),
    "schedule": frozenset({
        "id", "service_id", "location_id", "service_at_location_id", "valid_from", "valid_to", "dtstart", "timezone",
        "until", "count", "wkst", "freq", "interval", "byday", "byweekno", "bymonthday", "byyearday", "opens_at",
        "closes_at", "assured_date",
    }),
    "language": frozenset({"id", "service_id", "location_id", "phone_id", "code", "name", "assured_date"}),
    "service_area": frozenset({
        "id", "service_id", "service_at_location_id", "name", "extent", "extent_type", "uri", "assured_date",
    }),
    "service_at_location": frozenset({"id", "service_id", "location_id", "assured_date"}),
}  # fmt: skip
"""What is said of a confidential place, and of what hangs on it. A kind that is not here does not leave at all."""
_WANTED = frozenset({"address_1"})
"""Empty where nothing may be said, because HSDS wants it."""
_ROLES = frozenset(role.value for role in Role)
EDITOR: Final = "editor"
"""Who changed a record here, where the record of it names anything but a role."""


@dataclass(frozen=True)
class Redaction:
    """The confidential places of this directory, and what follows for every record. Ids are texts."""

    locations: frozenset[str] = frozenset()
    permanences: frozenset[str] = frozenset()
    """Services at confidential locations."""
    services: frozenset[str] = frozenset()
    """Those with a confidential place: what changed in them is not told in words."""
    organizations: frozenset[str] = frozenset()
    """The same for those that run them or own the place."""
    mask: Mask = field(default_factory=Mask)
    """What no text of an organization may repeat."""

    def record(self, entity: str, record: Record) -> Record | None:
        """The record as it may leave, or None. `record` has a row's own fields, nothing nested."""
        if entity == "metadata":
            return self._change(record)
        if not self.hides(entity, record):
            return record
        told = AREA.get(entity)
        if told is None:
            return None
        area = {name: value if name in told else "" for name, value in record.items() if name in told | _WANTED}
        if "postal_code" in area:
            area["postal_code"] = area_code(area["postal_code"], area.get("country"))
        return area

    def hides(self, entity: str, record: Record) -> bool:
        """Whether only an area is said of it: then nothing that is said about the record itself leaves either."""
        if entity == "location":
            return record["id"] in self.locations
        if entity == "service_at_location":
            return record["id"] in self.permanences
        return record.get("location_id") in self.locations or record.get("service_at_location_id") in self.permanences

    def tree(self, organization_id: str | None, tree: Tree) -> Tree:
        """What belongs to this organization, with the lines of its confidential addresses struck out of every text."""
        return self.mask.over(organization_id, tree)

    def concerns(self, organization_id: str) -> bool:
        """Whether `tree` has anything to look for in what belongs to this organization."""
        return self.mask.concerns(organization_id)

    def _change(self, record: Record) -> Record:
        """When what was changed, and in which role; never by whom. Of a hidden place's service, not from what to what."""
        told = {name: value for name, value in record.items() if name != OURS}
        if record.get(OURS) and record["updated_by"] not in _ROLES:
            told["updated_by"] = EDITOR
        if record["resource_id"] in self._guarded:
            told |= {"previous_value": "", "replacement_value": ""}
        return told

    @cached_property
    def _guarded(self) -> frozenset[str]:
        return self.locations | self.permanences | self.services | self.organizations


async def redaction(session: AsyncSession) -> Redaction:
    """As the directory stands now."""
    found = await ask(session, _PLACES)
    return Redaction(
        locations=frozenset(row[0] for row in found if row[0]),
        permanences=frozenset(row[2] for row in found if row[2] and row[0]),
        services=frozenset(row[3] for row in found if row[3]),
        organizations=frozenset(id for row in found for id in (row[1], row[4]) if id),
        mask=await mask(session),
    )


_PLACES = f"""{HIDDEN}
SELECT l.id::text, l.organization_id::text, p.id::text, s.id::text, s.organization_id::text
FROM location l LEFT JOIN service_at_location p ON p.location_id = l.id LEFT JOIN service s ON s.id = p.service_id
WHERE l.id = ANY (ARRAY(SELECT id FROM place))
UNION ALL
SELECT NULL, NULL, NULL, s.id::text, s.organization_id::text FROM service s
WHERE s.id = ANY (ARRAY(SELECT id FROM service_marked))
"""  # noqa: S608  # our own words
"""Arrays, because the planner expects hundreds of places where there are three, and would read the whole table for them."""
