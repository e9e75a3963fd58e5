"""Looking at people and their needs. Every read of a client begins with `caseload`; nobody else selects them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import identity
from referrals.clients.carrying import carried_by, held
from referrals.clients.identity import Identity
from referrals.clients.models import Assignment, Client, KeepAway, Need
from referrals.kit.errors import NotFound
from referrals.kit.geo import LatLon


def caseload(actor: Actor) -> Select[Client]:
    """The clients that this person may see: those whom they carry or stand in for now, and a client their own."""
    mine: list[ColumnElement[bool]] = []
    if actor.may(Role.CASE_MANAGER):
        mine.append(Client.id.in_(carried_by(actor)) & held(actor))
    if actor.may(Role.CLIENT):
        mine.append(Client.user_id == actor.id)
    return select(Client).where(or_(false(), *mine))


async def get_client(session: AsyncSession, actor: Actor, client_id: UUID) -> Client:
    """Raises NotFound for a file that is not there and for one that is somebody else's."""
    found = await session.scalar(caseload(actor).where(Client.id == client_id))
    if found is None:
        raise NotFound("client")
    return found


async def get_need(session: AsyncSession, actor: Actor, need_id: UUID) -> tuple[Need, Client]:
    """A need with the person who has it. Raises NotFound."""
    found = await session.execute(
        caseload(actor).join(Need, Need.client_id == Client.id).where(Need.id == need_id).add_columns(Need)
    )
    row = found.first()
    if row is None:
        raise NotFound("need")
    client, need = row
    return need, client


async def needs_of(session: AsyncSession, client_ids: Sequence[UUID]) -> list[Need]:
    """Needs of people who were read through `caseload`, oldest first."""
    if not client_ids:
        return []
    found = select(Need).where(Need.client_id.in_(set(client_ids))).order_by(Need.created_at, Need.id)
    return list(await session.scalars(found))


async def keep_away(session: AsyncSession, client_ids: Sequence[UUID]) -> dict[UUID, list[KeepAway]]:
    """What is never to be proposed to people who were read through `caseload`; why is asked of `identity`."""
    kept: dict[UUID, list[KeepAway]] = {id: [] for id in client_ids}
    if kept:
        rows = await session.scalars(
            select(KeepAway).where(KeepAway.client_id.in_(kept)).order_by(KeepAway.since, KeepAway.id)
        )
        for row in rows:
            kept[row.client_id].append(row)
    return kept


async def carries(session: AsyncSession, actor: Actor, client_id: UUID) -> bool:
    """Whether this person's file is theirs to carry. Neither a client's own account carries it nor whoever stands in."""
    if not actor.may(Role.CASE_MANAGER):
        return False
    found = select(Assignment.id).where(
        Assignment.user_id == actor.id, Assignment.client_id == client_id, Assignment.until.is_(None)
    )
    return await session.scalar(found.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Row:
    """One person on the caseload page."""

    client: Client
    identity: Identity
    needs: tuple[Need, ...]

    @property
    def open_needs(self) -> tuple[Need, ...]:
        return tuple(need for need in self.needs if need.status in ("open", "in_referral"))


async def people(session: AsyncSession, actor: Actor, *, words: str = "", archived: str = "no") -> list[Row]:
    """The caseload with names and needs, in three statements, those who wait first by name."""
    found = caseload(actor).where(
        Client.archived_at.is_not(None) if archived == "yes" else Client.archived_at.is_(None)
    )
    clients = list(await session.scalars(found))
    who = await identity.of(session, [client.id for client in clients])
    needs = await needs_of(session, [client.id for client in clients])
    rows = [
        Row(client, who[client.id], tuple(need for need in needs if need.client_id == client.id)) for client in clients
    ]
    if words.strip():
        rows = [row for row in rows if identity.answers_to(row.identity, row.client.alias, words)]
    return sorted(rows, key=lambda row: (row.identity.family_name or row.client.alias).casefold())


def age_on(client: Client, who: Identity, today: date) -> int | None:
    """Whole years; from the birth date where it is known, else at most a year off from the birth year."""
    return years_old(client.birth_year, who.birth_date, today)


async def age_and_country(session: AsyncSession, client_id: UUID, today: date) -> tuple[int | None, str | None]:
    """Of somebody whose referral is being looked at: what decides about what may be told, and nothing else of them."""
    year, born, country = await identity.born_and_home(session, client_id)
    return years_old(year, born, today), country


def years_old(birth_year: int | None, born: date | None, today: date) -> int | None:
    """Pure: what `age_on` says, of what is known."""
    if born is not None:
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return today.year - birth_year if birth_year else None


def point(client: Client) -> LatLon | None:
    if client.latitude is None or client.longitude is None:
        return None
    return LatLon(client.latitude, client.longitude)
