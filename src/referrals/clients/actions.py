"""Opening a file, keeping it true, adding needs, closing it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import identity
from referrals.clients.models import Assignment, Client, ClientContact, Need
from referrals.clients.queries import needs_of
from referrals.kit.db import Json
from referrals.kit.errors import NotAllowed, Refused
from referrals.kit.together import change

CLOSED = ("met", "partly_met", "unmet", "withdrawn", "met_elsewhere")
MOST_OPEN = 40
"""Open needs of one person."""


@dataclass(frozen=True, slots=True)
class Person:
    """What a case manager wrote about somebody. None and empty mean: not known."""

    alias: str
    language: str = "fr"
    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    gender: str | None = None
    languages: tuple[str, ...] = ()
    interpreter_ok: bool | None = None
    audience: tuple[str, ...] = ()
    funding: tuple[str, ...] = ()
    ceiling_per_session: float | None = None
    mobility: str | None = None
    max_minutes: int | None = None
    place_code: str | None = None
    place_name: str | None = None
    postcode: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    address: str = ""
    notes: str = ""
    max_km: float | None = None
    accessibility: tuple[str, ...] = ()
    availability: tuple[Json, ...] = ()
    practitioner: str | None = None
    practitioner_must: bool = False
    formats: tuple[str, ...] = ()
    formats_must: bool = False
    affinities: tuple[str, ...] = ()
    guardian_consent: bool | None = None
    receives: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    model: str = "brokerage"
    said_none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    kind: str
    value: str
    safe: bool
    note: str = ""


async def open_file(
    session: AsyncSession, actor: Actor, person: Person, contacts: list[Contact], now: datetime
) -> Client:
    """A new file, carried by whoever opens it. Raises NotAllowed for a case manager who belongs to no organization."""
    organization = actor.organization(Role.CASE_MANAGER)
    if organization is None:
        raise NotAllowed("organization")
    client = Client(alias=person.alias, organization_id=organization, created_at=now)
    session.add(client)
    await _fill(session, client, person, contacts, now)
    session.add(Assignment(client_id=client.id, user_id=actor.id, since=now))
    await session.flush()
    return client


async def set_contacts(session: AsyncSession, client: Client, contacts: list[Contact], now: datetime) -> None:
    """These ways to reach them and no others; a number that stays keeps its short messages.

    One that was safe and still is keeps the day on which somebody asked, its hours and its names.
    """
    before = await session.scalars(select(ClientContact).where(ClientContact.client_id == client.id))
    gone = {(row.kind, row.value): row for row in before}
    for contact in contacts:
        row = gone.pop((contact.kind, contact.value), None)
        if row is None:
            row = ClientContact(client_id=client.id, kind=contact.kind, value=contact.value, safe=False)
            session.add(row)
        mark(row, safe=contact.safe, now=now)
        row.note = contact.note or row.note or ""
        gone.pop(("sms", contact.value), None)
    for row in gone.values():
        await session.delete(row)
    await session.flush()


def mark(row: ClientContact, *, safe: bool, now: datetime) -> None:
    """Somebody asked and it is safe, or nobody may use it."""
    if safe and not row.safe:
        row.safe_since = row.verified_at = now
    elif not safe:
        row.safe_since = row.verified_at = None
    row.safe = safe


def alias_of(given_name: str, family_name: str) -> str:
    """`Paul H.`: enough to know whom it is, not enough to look them up."""
    return f"{given_name} {family_name[:1]}.".strip() if family_name else given_name


async def archive(session: AsyncSession, client: Client, now: datetime) -> None:
    """Put a file away. Raises Refused("open_needs") while something is still open: the loop is closed first."""
    if any(need.status not in CLOSED for need in await needs_of(session, [client.id])):
        raise Refused("open_needs")
    client.archived_at = now


async def take_out(client: Client) -> None:
    client.archived_at = None


async def add_need(
    session: AsyncSession, client: Client, *, term: str, specialisms: list[str], urgency: str, need_by: date | None,
    remote_ok: bool, note: str, now: datetime, remote_only: bool = False, prescription_held: bool | None = None,
    min_intensity: int | None = None,
) -> Need:  # fmt: skip
    """Raises Refused("many_needs") where `MOST_OPEN` are open already: nobody can follow so many at once."""
    standing = [need for need in await needs_of(session, [client.id]) if need.status not in CLOSED]
    if len(standing) >= MOST_OPEN:
        raise Refused("many_needs", most=MOST_OPEN)
    need = Need(
        client_id=client.id, term=term, specialisms=specialisms, urgency=urgency, need_by=need_by,
        remote_ok=remote_ok, remote_only=remote_only, prescription_held=prescription_held, min_intensity=min_intensity,
        created_at=now,
    )  # fmt: skip
    session.add(need)
    await session.flush()
    if note.strip():
        await identity.write_need_note(session, client.id, need.id, note)
    return need


async def set_need_status(session: AsyncSession, need: Need, status: str, now: datetime) -> None:
    """Where a need stands; a closed one that opens again loses its closing date."""
    await change(session, Need, need.id, status=status, closed_at=now if status in CLOSED else None)


async def _fill(session: AsyncSession, client: Client, person: Person, contacts: list[Contact], now: datetime) -> None:
    for name in (
        "alias", "language", "gender", "interpreter_ok", "ceiling_per_session", "mobility", "max_minutes", "max_km",
        "place_code", "place_name", "postcode", "country", "latitude", "longitude", "practitioner", "practitioner_must",
        "formats_must", "guardian_consent", "model",
    ):  # fmt: skip
        setattr(client, name, getattr(person, name))
    for name in (
        "languages", "audience", "funding", "accessibility", "availability", "formats", "affinities", "receives",
        "documents", "wishes", "said_none",
    ):  # fmt: skip
        setattr(client, name, list(getattr(person, name)))
    client.birth_year = person.birth_date.year if person.birth_date else person.birth_year
    await session.flush()
    await identity.write(
        session, client.id, given_name=person.given_name, family_name=person.family_name,
        birth_date=person.birth_date, address=person.address, notes=person.notes,
    )  # fmt: skip
    await set_contacts(session, client, contacts, now)
