"""What the worker does, for tests: runs the waiting jobs of this room and reads the messages that came of them."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.app import environment
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from referrals.tracking.jobs import JOBS
from tests.browser import Browser, Page
from tests.conftest import NOW
from tests.databases import AS_WRITTEN


async def work(session: AsyncSession, settings: Settings, now: datetime) -> None:
    """Run every waiting job of this room that is due, and those that they ask for, until none is left."""
    tools: dict[str, Any] = {"jinja": environment(), "settings": settings, "now": now}
    while True:
        row = (await session.execute(text(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs WHERE status = 'todo' "
            "AND task_name LIKE 'tracking.%' AND coalesce(scheduled_at, :now) <= :now ORDER BY id LIMIT 1) "
            "RETURNING task_name, args"
        ), {"now": now})).first()  # fmt: skip
        if row is None:
            return
        job = JOBS[row.task_name]
        wanted = job.__code__.co_varnames[: job.__code__.co_argcount + job.__code__.co_kwonlyargcount]
        await job(session, **row.args, **{name: tools[name] for name in wanted if name in tools})
        await session.flush()


async def letters(session: AsyncSession, to: str | None = None) -> list[Message]:
    """In the order of writing: within one test, all have the same time."""
    found = select(Message).order_by(AS_WRITTEN)
    return list(await session.scalars(found.where(Message.to_address == to) if to else found))


def link_in(message: Message) -> str:
    """The address in a message, without the host."""
    found = re.search(r"http://relais\.test(/\S+)", message.body)
    assert found, message.body
    return found[1]


def code_in(message: Message) -> str:
    """The six digits of a mail."""
    found = re.search(r"^(\d{3} \d{3})$", message.body, re.MULTILINE)
    assert found, message.body
    return found[1]


async def open_with_code(browser: Browser, session: AsyncSession, settings: Settings, now: datetime = NOW) -> Page:
    """Whoever has the receiver's page before them reads the newest code in their mailbox, and types it."""
    await work(session, settings, now)
    newest = [mail for mail in await letters(session) if mail.purpose == "receiver_code"][-1]
    return await browser.submit("/open", code=code_in(newest))
