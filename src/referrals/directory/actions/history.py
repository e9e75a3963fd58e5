"""Who changed what and when: HSDS metadata, one row for each field that became another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Metadata, Service

BY_LINK: Final = "by link"
"""`updated_by` of whoever answered from a mail: who that was, only the mailbox knows."""


@dataclass(frozen=True, slots=True)
class Editor:
    """`by`: the role in which they act, as the public record says it. The person is known by the id alone, if at all."""

    id: UUID | None
    by: str


def record(
    session: AsyncSession, service: Service, field: str, before: object, after: object, editor: Editor, now: datetime
) -> bool:
    """Keep the change, if it is one. Nothing and an empty text are the same."""
    old, new = _said(before), _said(after)
    if old == new:
        return False
    session.add(
        Metadata(
            resource_id=service.id, resource_type="service", last_action_date=now, last_action_type="update",
            field_name=field, previous_value=old, replacement_value=new, updated_by=editor.by, user_id=editor.id,
        )
    )  # fmt: skip
    return True


def _said(value: object) -> str | None:
    return None if value in (None, "") else str(value)
