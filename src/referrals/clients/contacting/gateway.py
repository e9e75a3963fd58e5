"""The one way out to a person. Whatever has to be told goes through `tell`, and says only that there is something new.

One message takes one way. Where that way is closed at this hour it waits for the next; it never takes another.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.contacting import deciding
from referrals.clients.contacting.deciding import Channel, NotAtAll, Wait
from referrals.clients.contacting.violence import violence_known
from referrals.clients.models import Client, ClientContact, ClientMessage
from referrals.kit import mail, texting
from referrals.kit.html import Jinja, render_text
from referrals.kit.jobs import enqueue
from referrals.kit.settings import Settings


class Told(StrEnum):
    """What became of a message. Only `NOT_AT_ALL` is false."""

    SENT = "sent"
    WAITS = "waits"
    CALL = "call"
    """Their case manager is asked to call them."""
    NOT_AT_ALL = "not_at_all"

    def __bool__(self) -> bool:
        return self is not Told.NOT_AT_ALL


async def tell(
    session: AsyncSession, jinja: Jinja, client_id: UUID, *, template: str, address: str, product: str, now: datetime,
    until: datetime | None = None,
) -> Told:  # fmt: skip
    """Tell them that there is something at `address`. `template`: a code for why; none of it is in the message.

    `until`: when it has become useless, as a reminder after the appointment.
    """
    client = await _client(session, client_id)
    channel = deciding.chosen(await channels(session, client), client.reach_first)
    message = ClientMessage(
        client_id=client_id, kind=template, contact_id=channel.id if channel else None,
        channel=channel.kind if channel else None, address=address, created_at=now, until=until,
    )  # fmt: skip
    session.add(message)
    await session.flush()
    return await _carry(session, jinja, client, message, product, now)


async def reachable(session: AsyncSession, client_id: UUID) -> bool:
    """Whether there is a way at all that somebody marked safe."""
    client = await _client(session, client_id)
    return deciding.chosen(await channels(session, client), client.reach_first) is not None


async def channels(session: AsyncSession, client: Client) -> list[Channel]:
    violence = await violence_known(session, client)
    rows = await session.scalars(
        select(ClientContact).where(ClientContact.client_id == client.id)
        .order_by(ClientContact.safe_since.desc().nulls_last(), ClientContact.id)
    )  # fmt: skip
    return [
        Channel(
            "email" if row.kind == "email" else "sms" if row.kind == "sms" else "phone", row.safe, tuple(row.windows),
            row.verified_at, violence, client.no_contact, row.id,
        )
        for row in rows
    ]  # fmt: skip


async def carry(session: AsyncSession, *, message_id: str, jinja: Jinja, settings: Settings, now: datetime) -> None:
    """The job behind a message that waited: everything is asked anew, for it may not be safe any more."""
    message = await session.get(ClientMessage, UUID(message_id), with_for_update={"key_share": True})
    if message is None or message.sent_at is not None or message.dropped_at is not None:
        return
    await _carry(session, jinja, await _client(session, message.client_id), message, settings.product, now)


async def _carry(
    session: AsyncSession, jinja: Jinja, client: Client, message: ClientMessage, product: str, now: datetime
) -> Told:
    channel = next((one for one in await channels(session, client) if one.id == message.contact_id), None)
    if channel is None or message.contact_id is None:
        return _drop(message, "no_contact" if client.no_contact else "not_allowed", now)
    zone = deciding.zone_of(client.zone, client.country)
    decided = deciding.may_send(channel, now, zone, useful_until=message.until)
    if isinstance(decided, NotAtAll):
        return _drop(message, decided.why, now)
    if isinstance(decided, Wait):
        message.not_before = decided.until
        await enqueue(session, "clients.carry", at=decided.until, message_id=str(message.id))
        return Told.WAITS
    contact = await session.get_one(ClientContact, message.contact_id)
    message.sent_at = now
    return await _out(session, jinja, client, contact, message, product)


async def _out(
    session: AsyncSession, jinja: Jinja, client: Client, contact: ClientContact, message: ClientMessage, product: str
) -> Told:
    sender, facts = client.sender_shown or product, {"address": message.address}
    match contact.kind:
        case "email":
            await mail.post(
                session, jinja, to=contact.value, language=client.language, template="news", purpose=message.kind,
                sender=client.sender_shown, product=sender, **facts,
            )  # fmt: skip
        case "sms":
            body = render_text(jinja, "mail/news_sms.txt", client.language, product=sender, **facts).strip()
            await texting.text(session, to=contact.value, language=client.language, body=body)
        case _:
            return Told.CALL  # it stands on their case manager's page now
    return Told.SENT


def _drop(message: ClientMessage, why: str, now: datetime) -> Told:
    message.dropped_at, message.dropped_why = now, why
    return Told.NOT_AT_ALL


async def _client(session: AsyncSession, client_id: UUID) -> Client:
    return await session.get_one(Client, client_id)
