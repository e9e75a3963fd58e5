"""What a listing says because it was said again and again in answers to requests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from referrals.directory.models import Metadata

BY_ANSWERS: Final = "answers to requests"
"""`updated_by` of what was said again and again where somebody was to be sent there."""
SAID_OF_PLACES: Final = "capacities.updated"
"""When it was said last how things stand with places; written where it was not the service's own page that said it."""


def moments_of_answers(service_id: InstrumentedAttribute[UUID]) -> ScalarSelect[Sequence[str] | None]:
    """Inside a statement: when each thing was said of a service's places that was said in answers to requests, as ISO 8601."""
    said = select(func.array_agg(Metadata.replacement_value)).where(
        Metadata.resource_id == service_id, Metadata.field_name == SAID_OF_PLACES, Metadata.updated_by == BY_ANSWERS
    )
    return said.scalar_subquery()


async def said_in_answers(session: AsyncSession, service_id: UUID, told: datetime | None) -> bool:
    """Whether what is said of its places since then was read from answers to requests, and not said for its listing."""
    if told is None:
        return False
    found = select(Metadata.id).where(
        Metadata.resource_id == service_id, Metadata.field_name == SAID_OF_PLACES, Metadata.updated_by == BY_ANSWERS,
        Metadata.replacement_value == told.isoformat(),
    )  # fmt: skip
    return await session.scalar(found.limit(1)) is not None
