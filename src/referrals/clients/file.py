"""A person's file before whoever carries it: what decides about fit, who it is, how to reach them."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients import identity, queries
from referrals.clients.identity import ContactLine, Identity
from referrals.clients.models import Client, KeepAway


@dataclass(frozen=True, slots=True)
class File:
    client: Client
    who: Identity
    contacts: list[ContactLine]
    away: list[KeepAway] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.who.name or self.client.alias

    def age(self, today: date) -> int | None:
        return queries.age_on(self.client, self.who, today)

    def contact(self, kind: str) -> ContactLine | None:
        return next((line for line in self.contacts if line.kind == kind), None)


async def open_file(session: AsyncSession, actor: Actor, client_id: UUID) -> File:
    """Raises NotFound for a file that is not there and for one that is somebody else's."""
    client = await queries.get_client(session, actor, client_id)
    away = await queries.keep_away(session, [client.id])
    return File(
        client, await identity.read(session, client.id), await identity.contacts(session, client.id), away[client.id]
    )
