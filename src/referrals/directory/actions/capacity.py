"""Is there room? One answer, dated, in the places where HSDS and our profile of it keep its parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings, units
from referrals.directory.actions.history import Editor, record
from referrals.directory.models import OWN, Attribute, Metadata, Service, ServiceCapacity, Unit
from referrals.directory.queries.in_answers import BY_ANSWERS
from referrals.taxonomy.models import OURS, Taxonomy, Term
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import TermInfo

STATUS: Final = "capacity-status"
WAIT: Final = "wait"
WAIT_DAYS: Final = "estimated-wait-days"


@dataclass(frozen=True, slots=True)
class Answer:
    """`status`: a code of `capacity-status`, empty where nothing is said. What is None is not known; without a `unit` it stays what it was."""

    status: str
    available: int | None = None
    maximum: int | None = None
    wait_days: int | None = None
    note: str = ""
    unit: str | None = None


async def say_capacity(session: AsyncSession, service: Service, answer: Answer, editor: Editor, now: datetime) -> None:
    """The answer of this moment. Saying the same again is worth something too: it is fresh."""
    await write(session, service, answer, editor, now)
    service.last_modified = now
    await listings.refresh(session, [service.id], now)


async def write(session: AsyncSession, service: Service, answer: Answer, editor: Editor, now: datetime) -> None:
    """The records alone; the listing is brought up to date by whoever asks for this."""
    room = await _counting(session, service, answer.unit, editor, now)
    told = {"available": answer.available, "maximum": answer.maximum, "description": answer.note or None}
    for field, value in told.items():
        record(session, service, f"capacities.{field}", getattr(room, field), value, editor, now)
        setattr(room, field, value)
    room.updated = now
    words = await vocabulary(session)
    status = words.term(STATUS, answer.status) if answer.status else None
    await _mark(session, service, STATUS, status, None, editor, now)
    wait = words.term(WAIT, WAIT_DAYS) if answer.wait_days is not None else None
    await _mark(session, service, WAIT, wait, answer.wait_days, editor, now)


async def as_before(session: AsyncSession, service: Service, editor: Editor, now: datetime) -> None:
    """What answers to requests have made of it is taken back: places are as they were said before, and that is said now."""
    room = await current(session, service.id)
    rows = list(await session.scalars(_of_places(service.id).order_by(Metadata.last_action_date)))
    last = max((at for at, row in enumerate(rows) if row.updated_by != BY_ANSWERS), default=-1)
    last = max(
        (at for at, row in enumerate(rows) if last >= 0 and row.last_action_date == rows[last].last_action_date),
        default=-1,
    )
    before: dict[str, str | None] = {}
    for row in rows[last + 1 :]:
        before.setdefault(row.field_name, row.previous_value)
    if room is None or not before:
        return
    free = before.get("capacities.available", room.available)
    wait = before.get(f"attributes.{WAIT}")
    answer = Answer(
        before.get(f"attributes.{STATUS}", "no-capacity") or "", None if free is None else int(free), room.maximum,
        int(wait) if wait and wait.isdigit() else None, before.get("capacities.description", room.description) or "",
    )  # fmt: skip
    await say_capacity(session, service, answer, editor, now)


def _of_places(service_id: UUID) -> Select[Metadata]:
    told = Metadata.field_name.like("capacities.%") | Metadata.field_name.in_(
        [f"attributes.{STATUS}", f"attributes.{WAIT}"]
    )
    return select(Metadata).where(Metadata.resource_id == service_id, told)


async def current(session: AsyncSession, service_id: UUID) -> ServiceCapacity | None:
    """What was said last."""
    rooms = await _rooms(session, service_id)
    return rooms[0][0] if rooms else None


async def _counting(
    session: AsyncSession, service: Service, unit: str | None, editor: Editor, now: datetime
) -> ServiceCapacity:
    """The record that counts in this unit. Those that count in others stay as they are: an import may have brought several."""
    rooms = await _rooms(session, service.id)
    if rooms and unit is None:
        return rooms[0][0]
    wanted = unit or units.PLACE
    for room, name in rooms:
        if units.code_of(name) == wanted:
            return room
    if len(rooms) == 1 and rooms[0][0].source == OWN:
        room, name = rooms[0]
        record(session, service, "capacities.unit", name, wanted, editor, now)
        room.unit_id = await _unit(session, wanted)
        return room
    fresh = ServiceCapacity(service_id=service.id, unit_id=await _unit(session, wanted))
    session.add(fresh)
    return fresh


async def _rooms(session: AsyncSession, service_id: UUID) -> list[tuple[ServiceCapacity, str | None]]:
    """Each with its unit's name, what was said last first."""
    rows = await session.execute(
        select(ServiceCapacity, Unit.name)
        .outerjoin(Unit, Unit.id == ServiceCapacity.unit_id)
        .where(ServiceCapacity.service_id == service_id, ServiceCapacity.gone_at.is_(None))
        .order_by(ServiceCapacity.updated.desc().nulls_last(), ServiceCapacity.id)
    )
    return [(room, name) for room, name in rows]


async def _mark(
    session: AsyncSession, service: Service, taxonomy: str, term: TermInfo | None, value: int | None, editor: Editor,
    now: datetime,
) -> None:  # fmt: skip
    """One term of this taxonomy on the service, or none. A term it once had is taken up again, never doubled."""
    marks = (
        await session.execute(
            select(Attribute, Term.code)
            .join(Term, Term.id == Attribute.taxonomy_term_id)
            .join(Taxonomy, Taxonomy.id == Term.taxonomy_id)
            .where(Attribute.link_id == service.id, Taxonomy.source == OURS, Taxonomy.name == taxonomy)
            .order_by(Attribute.gone_at.nulls_first(), Attribute.id)
        )
    ).all()
    before = next((mark.value or code for mark, code in marks if mark.gone_at is None), None)
    kept = next((mark for mark, _ in marks if term is not None and mark.taxonomy_term_id == term.id), None)
    for mark, _ in marks:
        if mark is not kept and mark.gone_at is None:
            mark.gone_at = now
    text = None if value is None else str(value)
    if term is not None and kept is None:
        session.add(
            Attribute(
                link_id=service.id, link_entity="service", link_type=taxonomy, taxonomy_term_id=term.id, value=text,
                label=term.label(service.language or "fr"),
            )
        )  # fmt: skip
    elif kept is not None:
        kept.gone_at, kept.value = None, text
    after = (text or term.code) if term is not None else None
    record(session, service, f"attributes.{taxonomy}", before, after, editor, now)


async def _unit(session: AsyncSession, name: str) -> UUID:
    known = await session.scalar(select(Unit.id).where(Unit.name == name, Unit.gone_at.is_(None)).limit(1))
    if known is not None:
        return known
    unit = Unit(name=name)
    session.add(unit)
    await session.flush()
    return unit.id
