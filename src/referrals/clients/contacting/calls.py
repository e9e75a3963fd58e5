"""Calls that wait for a case manager: whom, under which name, at which hours, and what may be said to a machine."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients import identity
from referrals.clients.models import Client, ClientMessage
from referrals.clients.queries import caseload


@dataclass(frozen=True, slots=True)
class Call:
    id: UUID
    client_id: UUID
    name: str
    """What the case manager calls them; `ask_for` is what is said aloud."""
    number: str
    ask_for: str
    answered_by: str
    leave_message: str
    sender: str
    kind: str
    address: str
    since: datetime


async def waiting(session: AsyncSession, actor: Actor, client_id: UUID | None = None) -> list[Call]:
    """Of the people whose file this person carries, or of one of them; the oldest first. Three statements."""
    found = caseload(actor).join(ClientMessage, ClientMessage.client_id == Client.id).add_columns(ClientMessage).where(
        ClientMessage.channel == "phone", ClientMessage.sent_at.is_not(None), ClientMessage.done_at.is_(None),
    )  # fmt: skip
    if client_id is not None:
        found = found.where(ClientMessage.client_id == client_id)
    rows = (await session.execute(found.order_by(ClientMessage.created_at))).all()
    ways = await identity.ways(session, [message.contact_id for _, message in rows if message.contact_id])
    names = await identity.told_apart(session, {client.id for client, _ in rows})
    return [
        Call(
            message.id, client.id, names[client.id], way.value, way.ask_for, way.answered_by, way.leave_message,
            client.sender_shown or "", message.kind, message.address, message.created_at,
        )
        for client, message in rows
        if message.contact_id and (way := ways.get(message.contact_id)) and not client.no_contact
    ]  # fmt: skip


async def made(session: AsyncSession, actor: Actor, message_id: UUID, now: datetime) -> UUID | None:
    """Whose call it was; None where there is no such call for this person. A second press changes nothing."""
    mine = caseload(actor).with_only_columns(Client.id)
    message = await session.scalar(
        select(ClientMessage).where(
            ClientMessage.id == message_id, ClientMessage.channel == "phone", ClientMessage.client_id.in_(mine)
        )
    )
    if message is None:
        return None
    if message.done_at is None:
        message.done_at, message.done_by = now, actor.id
    return message.client_id
