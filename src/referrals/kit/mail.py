"""Messages that leave the house. `post` is the one door; a job carries each message through a port.

The message's own id makes a second delivery harmless: the mailbox refuses a second copy, and over SMTP, where a crash
between sending and remembering can repeat a message, the copy carries the same Message-ID.
"""

import re
import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formataddr
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from anyio import to_thread
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified
from referrals.kit.html import Jinja, render_text
from referrals.kit.jobs import enqueue
from referrals.kit.logs import logger

DELIVER = "kit.deliver"
DELIVER_WAITING = "kit.deliver_waiting"
REFUSED = "kit.mail_refused"
"""A server has refused a message for good; whoever keeps the address wants to know."""
WAITED = timedelta(hours=1)
"""After so long something has gone wrong, and not for a moment."""
GIVEN_UP = timedelta(days=14)
"""What is older than this is not sent any more: it would only confuse."""
AT_ONCE = 500
"""Messages that are taken up again in one run."""
_FOR_GOOD = 500
"""SMTP codes from here on will not change by trying again."""


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
    sender_name: Mapped[str | None]
    """Under which name it comes, where it is not the installation's."""
    stop_url: Mapped[str | None]
    """Where whoever reads it says how often they want such mails, or that they want none."""
    refused_at: Mapped[datetime | None]
    """Since when we know that nobody is there to read it."""
    refused_why: Mapped[str | None]
    calendar: Mapped[str | None]
    """A calendar's file that goes with it, with its METHOD in it (RFC 5546)."""


class MailboxCopy(Base):
    """What the demo's mailbox page shows in place of a mail server."""

    __tablename__ = "mailbox_copy"
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    delivered_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Undeliverable(Exception):
    """The mail server will never take a message for this address; the text says why, in its own words."""


class MailPort(Protocol):
    """Carries one message out. May be called twice with the same message. Raises Undeliverable where trying again is of no use."""

    async def deliver(self, session: AsyncSession, message: Message) -> None: ...


async def post(
    session: AsyncSession,
    jinja: Jinja,
    *,
    to: str,
    language: str,
    template: str,
    stop: str | None = None,
    purpose: str | None = None,
    sender: str | None = None,
    calendar: str | None = None,
    **facts: object,
) -> Message:
    """Write a message from `mail/<template>.txt` (first line: the subject) and have it carried after the commit.

    `stop`: the page where whoever reads it says how often they want such mails; also told to their mail program.
    `purpose`: why it was written, where the template does not say it; `sender`: under which name it comes; `calendar`: a file for the
    reader's calendar that goes with it.
    Whether this address may be used at all is the caller's question; for a client it is asked in `clients.contact`.
    """
    text = render_text(jinja, f"mail/{template}.txt", language, **facts, **({"stop": stop} if stop else {}))
    subject, _, body = text.strip().partition("\n")
    message = Message(
        purpose=purpose or template, to_address=to, language=language, subject=subject.strip(),
        body=body.strip() + "\n", stop_url=stop, sender_name=sender, calendar=calendar,
    )  # fmt: skip
    session.add(message)
    await session.flush()
    await enqueue(session, DELIVER, message_id=str(message.id))
    return message


async def deliver(session: AsyncSession, *, message_id: str, port: MailPort, now: datetime | None = None) -> None:
    """The job behind `post`. A message that has gone out already is left alone."""
    message = await session.get(Message, UUID(message_id), with_for_update=True)
    if message is None or message.sent_at is not None or message.refused_at is not None:
        return
    at = now or await session.scalar(func.now().select())
    try:
        await port.deliver(session, message)
    except Undeliverable as error:
        logger().info("message refused", purpose=message.purpose, message=str(message.id))
        message.refused_at, message.refused_why = at, str(error)[:300]
        await enqueue(session, REFUSED, message_id=str(message.id))
    else:
        message.sent_at = at


async def deliver_waiting(session: AsyncSession, *, now: datetime) -> None:
    """A mail server may be down for longer than a job is tried again: what has waited is taken up once more."""
    waiting = await session.scalars(
        select(Message.id)
        .where(
            Message.sent_at.is_(None), Message.refused_at.is_(None),
            Message.created_at.between(now - GIVEN_UP, now - WAITED),
        )
        .order_by(Message.created_at).limit(AT_ONCE)
    )  # fmt: skip
    for id in waiting.all():
        await enqueue(session, DELIVER, once=f"{DELIVER} {id}", message_id=str(id))


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
        await to_thread.run_sync(self._send, self.letter(message))

    def letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = formataddr((message.sender_name, self.sender)) if message.sender_name else self.sender
        letter["To"] = message.to_address
        letter["Subject"] = message.subject
        letter["Date"] = message.created_at  # of the writing: the same in a copy that leaves later
        letter["Message-ID"] = f"<{message.id}@{self.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        if message.stop_url:
            letter["List-Unsubscribe"] = f"<{message.stop_url}>"
        letter.set_content(message.body)
        letter["Content-Language"] = message.language  # what comes before the content would go with the old one
        if message.calendar:
            method = re.search(r"^METHOD:(\w+)", message.calendar, re.MULTILINE)
            letter.add_attachment(
                message.calendar, subtype="calendar", filename="appointment.ics",
                params={"method": method[1] if method else "PUBLISH"},
            )  # fmt: skip
        return letter

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
        try:
            server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            if code >= _FOR_GOOD:
                raise Undeliverable(f"{code} {said.decode(errors='replace')}") from error
            raise
