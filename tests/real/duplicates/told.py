"""A record in full, for somebody who judges: everything that the directory says of it, nothing that we made of it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates.records import Entity

_ORGANIZATIONS = """
SELECT id, name, alternate_name, description, email, website, tax_id, year_incorporated, legal_status
FROM organization WHERE id = ANY(:ids)
"""
_SERVICES = """
SELECT s.id, s.name, s.alternate_name, s.description, s.url AS website, s.email, s.application_process, s.fees_description,
       s.fees, s.eligibility_description, s.minimum_age, s.maximum_age, s.interpretation_services, s.status,
       o.name AS organization, o.alternate_name AS organization_also_called
FROM service s JOIN organization o ON o.id = s.organization_id WHERE s.id = ANY(:ids)
"""
_ADDRESS = (
    "concat_ws(', ', nullif(a.address_1, ''), nullif(a.address_2, ''), a.city, trim(a.state_province), a.postal_code)"
)
_POINT = "CASE WHEN l.latitude <> 0 THEN ' (' || round(l.latitude::numeric, 5) || ', ' || round(l.longitude::numeric, 5) || ')' ELSE '' END"
_OF_SERVICES = {
    "addresses": f"""SELECT s.service_id, {_ADDRESS} || coalesce({_POINT}, '') FROM service_at_location s
        JOIN location l ON l.id = s.location_id JOIN address a ON a.location_id = l.id
        WHERE s.service_id = ANY(:ids)""",  # noqa: S608  (only constants of this file are put in)
    "place_names": """SELECT s.service_id, concat_ws(' / ', l.name, l.alternate_name) FROM service_at_location s
        JOIN location l ON l.id = s.location_id WHERE s.service_id = ANY(:ids)""",
    "phones": """SELECT service_id, concat_ws(' ext. ', number, extension::text) FROM phone WHERE service_id = ANY(:ids)""",
    "contacts": """SELECT service_id, concat_ws(', ', name, title, department, email) FROM contact WHERE service_id = ANY(:ids)""",
    "hours": """SELECT service_id, concat_ws(' ', coalesce(description, concat_ws(' ', byday, opens_at::text, closes_at::text)), notes)
        FROM schedule WHERE service_id = ANY(:ids)""",
    "languages": """SELECT service_id, coalesce(name, code) FROM language WHERE service_id = ANY(:ids)""",
    "terms": """SELECT link_id, t.name FROM attribute JOIN taxonomy_term t ON t.id = taxonomy_term_id
        WHERE link_id = ANY(:ids) AND link_entity = 'service'""",
}
_OF_ORGANIZATIONS = {
    "addresses": f"""SELECT l.organization_id, {_ADDRESS} FROM location l JOIN address a ON a.location_id = l.id
        WHERE l.organization_id = ANY(:ids)""",  # noqa: S608  (only constants of this file are put in)
    "phones": """SELECT s.organization_id, p.number FROM phone p JOIN service s ON s.id = p.service_id
        WHERE s.organization_id = ANY(:ids)
        UNION SELECT organization_id, number FROM phone WHERE organization_id = ANY(:ids)""",
    "services": """SELECT organization_id, name FROM service WHERE organization_id = ANY(:ids)""",
}
_MOST = 25


async def told(session: AsyncSession, entity: Entity, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Field -> what is said; fields of which nothing is said are left out."""
    single, lists = (_SERVICES, _OF_SERVICES) if entity is Entity.SERVICE else (_ORGANIZATIONS, _OF_ORGANIZATIONS)
    given = {"ids": list(ids)}
    rows = (await session.execute(text(single), given)).mappings().all()
    many = {field: await _lists(session, statement, ids) for field, statement in lists.items()}
    return {
        row["id"]: {field: value for field, value in {**row, **{f: of[row["id"]] for f, of in many.items()}}.items()
                    if field != "id" and value not in (None, "", [])}
        for row in rows
    }  # fmt: skip


async def _lists(session: AsyncSession, statement: str, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for owner, value in sorted(
        (row[0], row[1]) for row in await session.execute(text(statement), {"ids": list(ids)}) if row[1]
    ):
        if value not in found[owner]:
            found[owner].append(value)
    for owner, values in found.items():
        if len(values) > _MOST:
            found[owner] = [*values[:_MOST], f"… and {len(values) - _MOST} more"]
    return found
