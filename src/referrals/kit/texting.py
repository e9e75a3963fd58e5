"""Short messages to a telephone. `text` writes one; a job carries it through a port, as `kit.mail` does with letters."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified
from referrals.kit.jobs import enqueue
from referrals.kit.logs import logger
from referrals.kit.mail import MailboxCopy, Undeliverable

DELIVER = "kit.text"


class TextMessage(Identified, Base):
    """One short message to one number."""

    __tablename__ = "text_message"
    to_number: Mapped[str]
    language: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    refused_why: Mapped[str | None]


class TextPort(Protocol):
    """Carries one message out. May be called twice with the same message. Raises Undeliverable where trying again is of no use."""

    async def deliver(self, session: AsyncSession, message: TextMessage) -> None: ...


async def text(session: AsyncSession, *, to: str, language: str, body: str) -> TextMessage:
    """Whether this number may be used at all is the caller's question; for a client it is asked in `clients.contact`."""
    message = TextMessage(to_number=to, language=language, body=body)
    session.add(message)
    await session.flush()
    await enqueue(session, DELIVER, message_id=str(message.id))
    return message


async def deliver(session: AsyncSession, *, message_id: str, texts: TextPort, now: datetime) -> None:
    """The job behind `text`. A message that has gone out already is left alone."""
    message = await session.get(TextMessage, UUID(message_id), with_for_update=True)
    if message is None or message.sent_at is not None or message.refused_at is not None:
        return
    try:
        await texts.deliver(session, message)
    except Undeliverable as error:
        logger().info("text refused", message=str(message.id))
        message.refused_at, message.refused_why = now, str(error)[:300]
    else:
        message.sent_at = now


class TextMailbox:
    """The demo's port: the same table that its letters are shown from."""

    async def deliver(self, session: AsyncSession, message: TextMessage) -> None:
        copy = insert(MailboxCopy).values(
            message_id=message.id, to_address=message.to_number, subject="SMS", body=message.body
        )
        await session.execute(copy.on_conflict_do_nothing())


class NoTexts:
    """An installation without a way to send them: each is kept and said to be undeliverable."""

    async def deliver(self, session: AsyncSession, message: TextMessage) -> None:
        raise Undeliverable("no way to send short messages is set up")
