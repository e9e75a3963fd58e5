"""What a listing says because it was said again and again in answers to requests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Metadata

BY_ANSWERS: Final = "answers to requests"
"""`updated_by` of what was said again and again where somebody was to be sent there."""
SAID_OF_PLACES: Final = "capacities.updated"
"""When it was said last how things stand with places; written where it was not the service's own page that said it."""


async def all_said_in_answers(session: AsyncSession, told: Mapping[UUID, datetime | None]) -> frozenset[UUID]:
    """Those of these services whose places were said last in answers to requests. `told`: when that was."""
    rows = await session.execute(
        select(Metadata.resource_id, Metadata.replacement_value).where(
            Metadata.resource_id.in_(told), Metadata.field_name == SAID_OF_PLACES, Metadata.updated_by == BY_ANSWERS
        )
    )
    return frozenset(id for id, said in rows if (at := told[id]) is not None and said == at.isoformat())


async def said_in_answers(session: AsyncSession, service_id: UUID, told: datetime | None) -> bool:
    """Whether what is said of its places since then was read from answers to requests, and not said for its listing."""
    if told is None:
        return False
    found = select(Metadata.id).where(
        Metadata.resource_id == service_id, Metadata.field_name == SAID_OF_PLACES, Metadata.updated_by == BY_ANSWERS,
        Metadata.replacement_value == told.isoformat(),
    )  # fmt: skip
    return await session.scalar(found.limit(1)) is not None
