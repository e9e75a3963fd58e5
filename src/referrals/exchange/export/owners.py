"""Whose a record is, where that matters: the texts of an organization with a confidential address are looked through."""

from dataclasses import dataclass

from psycopg import sql

from referrals.exchange.export.scope import Scope
from referrals.exchange.hsds.redaction import Record
from referrals.exchange.records import LINKS
from referrals.exchange.shapes import Shape

_BELONGS = (
    ("organization", "t.id"),
    ("service", "t.organization_id"),
    ("location", "t.organization_id"),
    ("program", "t.organization_id"),
    ("service_at_location", "(SELECT s.organization_id FROM service s WHERE s.id = t.service_id)"),
    (
        "contact",
        "coalesce(t.organization_id, (SELECT s.organization_id FROM service s WHERE s.id = t.service_id), "
        "(SELECT l.organization_id FROM location l WHERE l.id = t.location_id))",
    ),
)


@dataclass(frozen=True)
class Owners:
    """Record -> organization, as texts, for the few organizations that have a confidential address."""

    organizations: dict[str, str]

    @classmethod
    async def of(cls, scope: Scope) -> "Owners":
        concerned = list(map(str, scope.redaction.mask.concerned))
        found: dict[str, str] = {}
        for entity, owner in _BELONGS if concerned else ():
            statement = sql.SQL("SELECT t.id::text, o.id::text FROM {} t JOIN organization o ON o.id = {} WHERE o.id = ANY({})").format(
                sql.Identifier(entity), sql.SQL(owner), sql.Literal(concerned)
            )  # fmt: skip
            found |= {id: organization async for id, organization in scope.asked(statement)}
        return cls(found)

    def owner(self, shape: Shape, record: Record) -> str | None:
        """None where no text of the record needs to be looked through."""
        if not self.organizations:
            return None
        named = (record["id"], *(record.get(name) for name in (*shape.refs, *LINKS.get(shape.entity, ()))))
        return next((owner for id in named if id and (owner := self.organizations.get(id))), None)
