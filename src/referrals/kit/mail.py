"""Messages that leave the house. `post` is the one door; a job carries each message through a port.

The message's own id makes a second delivery harmless: the mailbox refuses a second copy, and over SMTP, where a crash
between sending and remembering can repeat a message, the copy carries the same Message-ID.
"""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from anyio import to_thread
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified
from referrals.kit.html import Jinja, render_text
from referrals.kit.jobs import enqueue

DELIVER = "kit.deliver"


class Message(Identified, Base):
    """One message to one address. `purpose` says in a code why it was written."""

    __tablename__ = "message"
    purpose: Mapped[str]
    to_address: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    stop_url: Mapped[str | None]
    """Where whoever reads it says how often they want such mails, or that they want none."""
    refused_at: Mapped[datetime | None]
    """Since when we know that nobody is there to read it."""
    refused_why: Mapped[str | None]


class MailboxCopy(Base):
    """What the demo's mailbox page shows in place of a mail server."""

    __tablename__ = "mailbox_copy"
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    delivered_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MailPort(Protocol):
    """Carries one message out. May be called twice with the same message."""

    async def deliver(self, session: AsyncSession, message: Message) -> None: ...


async def post(
    session: AsyncSession, jinja: Jinja, *, to: str, language: str, template: str, **facts: object
) -> Message:
    """Write a message from `mail/<template>.txt` (first line: the subject) and have it carried after the commit.

    Whether this address may be used at all is the caller's question; for a client it is asked in `clients.contact`.
    """
    text = render_text(jinja, f"mail/{template}.txt", language, **facts)
    subject, _, body = text.strip().partition("\n")
    message = Message(
        purpose=template, to_address=to, language=language, subject=subject.strip(), body=body.strip() + "\n"
    )
    session.add(message)
    await session.flush()
    await enqueue(session, DELIVER, message_id=str(message.id))
    return message


async def deliver(session: AsyncSession, *, message_id: str, port: MailPort, now: datetime | None = None) -> None:
    """The job behind `post`. A message that has gone out already is left alone."""
    message = await session.get(Message, UUID(message_id), with_for_update=True)
    if message is None or message.sent_at is not None:
        return
    await port.deliver(session, message)
    message.sent_at = now or await session.scalar(func.now().select())


class Mailbox:
    """The demo's port: a table. A second delivery of the same message changes nothing."""

    async def deliver(self, session: AsyncSession, message: Message) -> None:
        copy = insert(MailboxCopy).values(
            message_id=message.id, to_address=message.to_address, subject=message.subject, body=message.body
        )
        await session.execute(copy.on_conflict_do_nothing())


class Smtp:
    """A mail server. `url`: `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://host:465`."""

    def __init__(self, url: str, sender: str) -> None:
        self.url = urlsplit(url)
        self.sender = sender

    async def deliver(self, session: AsyncSession, message: Message) -> None:
        letter = EmailMessage()
        letter["From"] = self.sender
        letter["To"] = message.to_address
        letter["Subject"] = message.subject
        letter["Message-ID"] = f"<{message.id}@{self.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter["Content-Language"] = message.language
        letter.set_content(message.body)
        await to_thread.run_sync(self._send, letter)

    def _send(self, letter: EmailMessage) -> None:
        host = self.url.hostname or "localhost"
        context = ssl.create_default_context()
        if self.url.scheme == "smtps":
            with smtplib.SMTP_SSL(host, self.url.port or 465, timeout=30, context=context) as server:
                self._hand_over(server, letter)
            return
        with smtplib.SMTP(host, self.url.port or 25, timeout=30) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            self._hand_over(server, letter)

    def _hand_over(self, server: smtplib.SMTP, letter: EmailMessage) -> None:
        if self.url.username:
            server.login(unquote(self.url.username), unquote(self.url.password or ""))
        server.send_message(letter)
