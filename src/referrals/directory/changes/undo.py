"""Taking one change back: the field becomes what it was, and the history says so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.actions.history import Editor
from referrals.directory.changes import drift, read
from referrals.directory.changes.fields import fields, unwritten, written
from referrals.directory.changes.write import change
from referrals.directory.models import LocalEdit, Metadata
from referrals.kit.errors import Conflict, NotFound, Refused


def can_undo(row: Metadata) -> bool:
    """A change of one field that this program wrote, whatever stands now."""
    known = row.resource_type in ("service", "organization", "location")
    return row.user_id is not None and row.last_action_type not in ("check", "create") and known and (
        row.field_name in fields(row.resource_type)
    )  # fmt: skip


async def undo(session: AsyncSession, metadata_id: UUID, editor: Editor, now: datetime) -> Metadata:
    """Raises NotFound, Refused("no_undo") for what is no such change, Conflict("changed_since") when it was changed again."""
    row = await session.get(Metadata, metadata_id)
    if row is None:
        raise NotFound("change")
    if not can_undo(row):
        raise Refused("no_undo")
    record = await read.record_of(session, row.resource_type, row.resource_id)
    now_there = (await read.present(session, record, {row.field_name}))[row.field_name]
    if written(now_there) != row.replacement_value:
        raise Conflict("changed_since")
    try:
        before = unwritten(row.resource_type, row.field_name, row.previous_value)
    except ValueError as problem:
        raise Refused("no_undo") from problem
    doubted = await drift.begun_by(session, record, row)
    await change(session, record, {row.field_name: before}, editor, now, action="undo")
    await drift.settle(session, record.id, doubted)
    await _hand_back(session, row)
    return row


async def _hand_back(session: AsyncSession, row: Metadata) -> None:
    """What stands is again what the source said: its next import may change it."""
    edit = await session.get(LocalEdit, (row.resource_id, row.field_name))
    if edit is None:
        return
    first = await session.scalar(
        select(Metadata.previous_value)
        .where(Metadata.resource_id == row.resource_id, Metadata.field_name == row.field_name)
        .where(Metadata.user_id.is_not(None), Metadata.last_action_type == "update")
        .order_by(Metadata.last_action_date, Metadata.id)
        .limit(1)
    )
    if first == row.previous_value:
        await session.execute(
            delete(LocalEdit).where(LocalEdit.resource_id == row.resource_id, LocalEdit.field_name == row.field_name)
        )
