"""Two languages side by side: when one text changes, the other is marked until somebody has looked at it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.actions.history import Editor
from referrals.directory.changes import read
from referrals.directory.changes.fields import TOLD_ROWS, Record, Value, Words, fields, kind, own_language
from referrals.directory.models import Drift, Metadata, Organization
from referrals.directory.tongue import TEXTS
from referrals.kit.settings import LANGUAGES


async def follow(session: AsyncSession, record: Record, changed: Sequence[str], now: datetime) -> None:
    """After these fields changed: a text written anew has been looked at, its other language has not.

    Unless it was in doubt itself: then it now follows the other, which nobody need look at again.
    """
    own = own_language(record)
    touched: dict[str, set[str]] = {}
    for name in changed:
        field = fields(kind(record))[name]
        if isinstance(field, Words):
            touched.setdefault(field.column, set()).add(field.language or own)
    for column, languages in touched.items():
        if await _settle(session, record.id, column, languages):
            continue
        for other in set(LANGUAGES) - languages:
            if _says(record, column, other):
                await _mark(session, record, column, other, now)


async def follow_rows(
    session: AsyncSession, record: Record, name: str, before: Value, after: Value, now: datetime
) -> None:
    """The same for texts that stand in rows: what to bring. All rows of a collection are in doubt together."""
    if name not in TOLD_ROWS:
        return
    old, own = dict(_told(name, before, own_language(record))), own_language(record)
    anew: set[str] = set()
    doubted: set[str] = set()
    for id, said in _told(name, after, own):
        if (there := old.get(id)) is not None:
            other = {language for language in LANGUAGES if said.get(language) != there.get(language)}
            anew |= other
            doubted |= {language for language in said if other and language not in other}
    answered = await _settle(session, record.id, name, anew - doubted)
    for language in () if answered else doubted:
        await _mark(session, record, name, language, now)


def _told(name: str, rows: Value, own: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row's text in its languages, by the row's id."""
    column = TOLD_ROWS[name]
    for row in rows if isinstance(rows, list) else ():
        said = {language: told.get(column) for language, told in (row.get("translations") or {}).items()}
        said[row.get("language") or own] = row.get(column)
        yield str(row.get("id")), {language: text for language, text in said.items() if text}


async def looked_at(
    session: AsyncSession, record: Record, column: str, language: str, editor: Editor, now: datetime
) -> None:
    """Somebody has read the text in this language beside the other, and it is right as it stands."""
    in_rows = column in TOLD_ROWS and column in fields(kind(record))
    if language not in LANGUAGES or not (in_rows or column in TEXTS[kind(record)]):
        return
    await _settle(session, record.id, column, {language})
    session.add(
        Metadata(
            resource_id=record.id, resource_type=kind(record), last_action_date=now, last_action_type="check",
            field_name=column if in_rows else f"translations.{language}.{column}", updated_by=editor.by, user_id=editor.id,
        )
    )  # fmt: skip


async def begun_by(session: AsyncSession, record: Record, row: Metadata) -> list[tuple[str, str]]:
    """The texts, as (column, language), that are in doubt since this change and for no other reason."""
    field = fields(kind(record)).get(row.field_name)
    if row.field_name in TOLD_ROWS:
        doubted = await session.execute(
            select(Drift.field_name, Drift.language).where(
                Drift.resource_id == record.id, Drift.field_name == row.field_name, Drift.since == row.last_action_date
            )
        )
        return [(column, language) for column, language in doubted]
    if not isinstance(field, Words):
        return []
    found = await session.execute(
        select(Drift.field_name, Drift.language).where(
            Drift.resource_id == record.id, Drift.field_name == field.column, Drift.since == row.last_action_date,
            Drift.language != (field.language or own_language(record)),
        )
    )  # fmt: skip
    return [(column, language) for column, language in found]


async def settle(session: AsyncSession, id: UUID, texts: Sequence[tuple[str, str]]) -> None:
    """These are in doubt no more: what stands beside them is again what stood there before."""
    for column, language in texts:
        await _settle(session, id, column, {language})


def _says(record: Record, column: str, language: str) -> bool:
    own = own_language(record)
    return bool(read.words(record, Words(column, None if language == own else language)))


async def _settle(session: AsyncSession, id: UUID, column: str, languages: set[str]) -> bool:
    """Whether one of them was in doubt."""
    settled = await session.execute(
        delete(Drift)
        .where(Drift.resource_id == id, Drift.field_name == column, Drift.language.in_(languages))
        .returning(Drift.language)
    )
    return settled.first() is not None


async def _mark(session: AsyncSession, record: Record, column: str, language: str, now: datetime) -> None:
    """The date of the first change that nobody has looked at stays."""
    organization = record.id if isinstance(record, Organization) else record.organization_id
    await session.execute(
        insert(Drift)
        .values(
            resource_id=record.id, field_name=column, language=language, resource_type=kind(record),
            organization_id=organization, since=now,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
