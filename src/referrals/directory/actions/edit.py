"""A listing written anew by whoever keeps it: only what really changed is touched, and every change is remembered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import hours, listings
from referrals.directory.actions import capacity
from referrals.directory.actions.capacity import Answer
from referrals.directory.actions.history import Editor, record
from referrals.directory.models import Phone, Schedule, Service
from referrals.kit.errors import NotFound
from referrals.kit.settings import LANGUAGES

TEXTS: Final = (
    "name", "description", "eligibility_description", "application_process", "fees_description", "alert",
)  # fmt: skip
"""HSDS fields that are written in both languages."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A listing as its editor wants it. `texts`: language -> field -> text. Unless `places` are given they stay as they are."""

    texts: dict[str, dict[str, str]]
    week: tuple[hours.Slot, ...]
    phone: str
    email: str
    places: Answer | None
    all_checked: bool = False
    """Somebody has read all of it today, and it is right."""


async def lock(session: AsyncSession, service_id: UUID) -> Service:
    """The service, held until the end of the transaction: two editors at once come one after the other."""
    service: Service | None = await session.scalar(
        select(Service)
        .where(Service.id == service_id, Service.gone_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if service is None:
        raise NotFound("service")
    return service


async def change(
    session: AsyncSession, service: Service, wanted: Edited, present: Edited, editor: Editor, now: datetime
) -> None:
    """From what stands now to what is wanted."""
    for language in LANGUAGES:
        for field in TEXTS:
            _write_text(session, service, language, field, wanted.texts[language][field], editor, now)
    if record(session, service, "email", service.email, wanted.email, editor, now):
        service.email = wanted.email or None
    await _write_phone(session, service, wanted.phone, editor, now)
    if set(wanted.week) != set(present.week):
        await _write_week(session, service, wanted.week, present.week, editor, now)
    if wanted.places is not None and (wanted.all_checked or wanted.places != present.places):
        await capacity.write(session, service, wanted.places, editor, now)
    if wanted.all_checked:
        record(session, service, "assured_date", service.assured_date, now.date(), editor, now)
        service.assured_date = now.date()
    service.last_modified = now
    await listings.refresh(session, [service.id], now)


def first_language(service: Service) -> str:
    """The one that the plain columns speak."""
    return service.language if service.language in LANGUAGES else LANGUAGES[0]


def written(service: Service, field: str, language: str) -> str:
    """A text as it is written in this language, or nothing: never the other language in its place."""
    there = (
        getattr(service, field)
        if language == first_language(service)
        else service.translations.get(language, {}).get(field)
    )
    return (there or "").replace("\r\n", "\n").strip()


def _write_text(
    session: AsyncSession, service: Service, language: str, field: str, value: str, editor: Editor, now: datetime
) -> None:
    """Into the column where this is the language it was first written in, else among the translations."""
    before = written(service, field, language)
    if language == first_language(service):
        if record(session, service, field, before, value, editor, now):
            setattr(service, field, value if field in ("name", "description") else value or None)
    elif record(session, service, f"translations.{language}.{field}", before, value, editor, now):
        others = {name: text for name, text in service.translations.get(language, {}).items() if name != field}
        service.translations = {**service.translations, language: others | ({field: value} if value else {})}


async def _write_phone(session: AsyncSession, service: Service, number: str, editor: Editor, now: datetime) -> None:
    own = await own_phone(session, service.id)
    if not record(session, service, "phones.number", own.number if own else None, number, editor, now):
        return
    if own is None:
        session.add(Phone(service_id=service.id, number=number, type="voice"))
    elif number:
        own.number = number
    else:
        own.gone_at = now


async def own_phone(session: AsyncSession, service_id: UUID) -> Phone | None:
    """The number of the service itself; without one, that of its organization is shown."""
    found: Phone | None = await session.scalar(
        select(Phone).where(Phone.service_id == service_id, Phone.gone_at.is_(None)).order_by(Phone.number).limit(1)
    )
    return found


async def _write_week(
    session: AsyncSession, service: Service, week: Sequence[hours.Slot], before: Sequence[hours.Slot], editor: Editor,
    now: datetime,
) -> None:  # fmt: skip
    """New weekly rows in place of the old ones. Holidays and seasons, which have dates, stay."""
    old = await session.scalars(
        select(Schedule).where(
            Schedule.service_id == service.id, Schedule.gone_at.is_(None),
            Schedule.valid_from.is_(None), Schedule.until.is_(None), Schedule.valid_to.is_(None),
        )
    )  # fmt: skip
    for row in old:
        row.gone_at = now
    by_hours: dict[tuple[str, str], list[int]] = {}
    for slot in sorted(week):
        by_hours.setdefault((slot.opens.isoformat(), slot.closes.isoformat()), []).append(slot.day)
    for slot in {(slot.opens, slot.closes): slot for slot in sorted(week)}.values():
        days = by_hours[slot.opens.isoformat(), slot.closes.isoformat()]
        session.add(
            Schedule(
                service_id=service.id, freq="WEEKLY", interval=1, opens_at=slot.opens, closes_at=slot.closes,
                byday=",".join(hours.DAYS[day] for day in days),
            )
        )  # fmt: skip
    record(session, service, "schedules", _written(before), _written(week), editor, now)


def _written(week: Sequence[hours.Slot]) -> str:
    """`MO,TU 09:00-12:00; WE 14:00-17:00`, for the history."""
    spans: dict[str, list[str]] = {}
    for slot in sorted(week):
        spans.setdefault(f"{slot.opens:%H:%M}-{slot.closes:%H:%M}", []).append(hours.DAYS[slot.day])
    return "; ".join(f"{','.join(days)} {span}" for span, days in spans.items())
