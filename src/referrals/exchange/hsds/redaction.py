"""What may leave. The one place that decides: every record that goes out by the interface or in an export passes `Redaction`.

Of a confidential place only its area goes out: the town, the postcode, the department, the country. A place is confidential
as soon as one service there says so, or the place or its address itself; then it is for every other service there too,
because both name the same place. See `docs/decisions/0011-hsds-api.md`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
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
_SHORT: Final = 6
"""A line of an address shorter than this is found in any text, so it is looked for in none."""
MASK: Final = "[…]"


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
    lines: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Organization -> lines of its confidential addresses, which no text of it may repeat."""

    def record(self, entity: str, record: Record) -> Record | None:
        """The record as it may leave, or None. `record` has a row's own fields, nothing nested."""
        if entity == "metadata":
            return self._change(record)
        if not self.hides(entity, record):
            return record
        told = AREA.get(entity)
        if told is None:
            return None
        return {name: value if name in told else "" for name, value in record.items() if name in told | _WANTED}

    def hides(self, entity: str, record: Record) -> bool:
        """Whether only an area is said of it: then nothing that is said about the record itself leaves either."""
        if entity == "location":
            return record["id"] in self.locations
        if entity == "service_at_location":
            return record["id"] in self.permanences
        return record.get("location_id") in self.locations or record.get("service_at_location_id") in self.permanences

    def tree(self, organization_id: str | None, tree: Tree) -> Tree:
        """What belongs to this organization, with the lines of its confidential addresses struck out of every text."""
        pattern = self._patterns.get(organization_id or "")
        if pattern is None:
            return tree
        struck: Tree = _struck(tree, pattern)
        return struck

    def concerns(self, organization_id: str) -> bool:
        """Whether `tree` has anything to look for in what belongs to this organization."""
        return organization_id in self._patterns

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

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {
            organization: re.compile("|".join(map(_loosely, sorted(lines))), re.IGNORECASE)
            for organization, lines in self.lines.items() if lines
        }  # fmt: skip


async def redaction(session: AsyncSession) -> Redaction:
    """As the directory stands now."""
    found = await ask(session, _PLACES)
    places: dict[str, set[str]] = {}
    for location, owner, _, _, runner in found:
        if location:
            places.setdefault(location, set()).update(id for id in (owner, runner) if id)
    lines: dict[str, set[str]] = {}
    for location, *said in await ask(session, _LINES, ids=list(places)) if places else ():
        telling = {line.strip() for line in said if line and _tells(line)}
        for organization in places[location]:
            lines.setdefault(organization, set()).update(telling)
    return Redaction(
        locations=frozenset(places),
        permanences=frozenset(row[2] for row in found if row[2] and row[0]),
        services=frozenset(row[3] for row in found if row[3]),
        organizations=frozenset(id for row in found for id in (row[1], row[4]) if id),
        lines={organization: frozenset(told) for organization, told in lines.items()},
    )


def _tells(line: str) -> bool:
    """Whether the line leads somewhere: it has a number, and is long enough not to be found in any text."""
    return len(line.strip()) >= _SHORT and any(sign.isdigit() for sign in line)


def _loosely(line: str) -> str:
    """The line whatever stands between its words."""
    return r"\b" + r"[\W_]+".join(map(re.escape, re.findall(r"\w+", line))) + r"\b"


def _struck(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(MASK, value)
    if isinstance(value, dict):
        return {key: _struck(inner, pattern) for key, inner in value.items()}
    if isinstance(value, list):
        return [_struck(inner, pattern) for inner in value]
    return value


_PLACES = """
WITH term AS (
    SELECT t.id FROM taxonomy_term t JOIN taxonomy x ON x.id = t.taxonomy_id
    WHERE x.source = 'relais' AND x.name = 'privacy' AND t.code = 'confidential-address'
), meaning AS (
    SELECT id FROM term UNION SELECT l.foreign_id FROM term_link l JOIN term ON term.id = l.term_id WHERE l.state = 'confirmed'
), marked AS (
    SELECT a.link_id AS id FROM attribute a LEFT JOIN service s ON s.id = a.link_id
    WHERE a.taxonomy_term_id IN (SELECT id FROM meaning) AND (a.gone_at IS NULL OR s.gone_at IS NOT NULL)
), service_marked AS (
    SELECT s.id FROM service s JOIN marked m ON s.id = m.id
    UNION SELECT s.id FROM service s JOIN marked m ON s.organization_id = m.id
), place AS (
    SELECT l.id FROM location l JOIN marked m ON l.id = m.id
    UNION SELECT l.id FROM location l JOIN marked m ON l.organization_id = m.id
    UNION SELECT a.location_id FROM address a JOIN marked m ON a.id = m.id WHERE a.location_id IS NOT NULL
    UNION SELECT p.location_id FROM service_at_location p JOIN marked m ON p.id = m.id
    UNION SELECT p.location_id FROM service_at_location p JOIN service_marked m ON p.service_id = m.id
)
SELECT l.id::text, l.organization_id::text, p.id::text, s.id::text, s.organization_id::text
FROM location l LEFT JOIN service_at_location p ON p.location_id = l.id LEFT JOIN service s ON s.id = p.service_id
WHERE l.id = ANY (ARRAY(SELECT id FROM place))
UNION ALL
SELECT NULL, NULL, NULL, s.id::text, s.organization_id::text FROM service s
WHERE s.id = ANY (ARRAY(SELECT id FROM service_marked))
"""
"""A mark that went with its whole service still holds: the place is where it was. Arrays, because the planner expects
hundreds of places where there are three, and would read the whole table for them."""

_LINES = (
    "SELECT location_id::text, address_1, address_2, attention FROM address WHERE location_id = ANY(%(ids)s::uuid[])"
)
