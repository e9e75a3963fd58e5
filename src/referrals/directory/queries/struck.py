"""What is told of the records out of which something is struck: a search that looked through their stored texts instead
would confirm the street that it is asked for."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, Uuid, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import TableValuedAlias

from referrals.directory.masking import Mask, mask
from referrals.directory.models import Organization, Service

NOTHING = "[]"


@dataclass(frozen=True, slots=True)
class Told:
    """JSON lists of records with their masked texts, for `records`; of any other record the stored texts are told."""

    services: str = NOTHING
    organizations: str = NOTHING


async def told(session: AsyncSession) -> Told:
    """Two statements where something is confidential; as a rule nothing has to be struck, and both lists are empty."""
    struck = await mask(session)
    if not struck.concerned:
        return Told()
    services = await session.execute(
        select(Service.id, Service.organization_id, *_texts(Service)).where(
            Service.organization_id.in_(struck.concerned), Service.gone_at.is_(None)
        )
    )
    organizations = await session.execute(
        select(Organization.id, Organization.id, *_texts(Organization)).where(
            Organization.id.in_(struck.concerned), Organization.gone_at.is_(None)
        )
    )
    return Told(_changed(struck, services.all()), _changed(struck, organizations.all()))


def records(parameter: str) -> TableValuedAlias:
    """A list of `Told` as a table of that name, its value a parameter of that name."""
    return (
        func.jsonb_to_recordset(cast(bindparam(parameter, type_=String), JSONB))
        .table_valued(
            column("id", Uuid), column("name", String), column("alternate_name", String),
            column("description", String), column("translations", JSONB),
        )
        .render_derived(name=parameter, with_types=True)
    )  # fmt: skip


def _texts(model: type[Service | Organization]) -> tuple[Any, ...]:
    return model.name, model.alternate_name, model.description, model.translations


def _changed(struck: Mask, rows: Iterable[Any]) -> str:
    found = []
    for id, organization_id, *texts in rows:
        if (masked := struck.over(organization_id, texts)) != texts:
            names = ("name", "alternate_name", "description", "translations")
            found.append({"id": str(id), **dict(zip(names, masked, strict=True))})
    return json.dumps(found, ensure_ascii=False) if found else NOTHING
