"""What the worker does for the rounds, for tests: runs their jobs at a chosen time and reads what was mailed."""

import re
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.app import environment
from referrals.directory.upkeep.jobs import BEGIN, JOBS
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from tests.databases import AS_WRITTEN

JINJA = environment()


async def morning(session: AsyncSession, settings: Settings, now: datetime) -> int:
    """A morning of the worker: the round begins, and every job that it asks for is done. How many there were."""
    await JOBS[BEGIN](session, now=now)
    return await work(session, settings, now)


async def work(session: AsyncSession, settings: Settings, now: datetime) -> int:
    tools: dict[str, Any] = {"jinja": JINJA, "settings": settings, "now": now}
    await session.flush()
    for done in count():
        row = (await session.execute(text(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs WHERE status = 'todo' "
            "AND task_name = ANY(:names) ORDER BY id LIMIT 1) RETURNING task_name, args"
        ), {"names": list(JOBS)})).first()  # fmt: skip
        if row is None:
            return done
        job = JOBS[row.task_name]
        wanted = job.__code__.co_varnames[: job.__code__.co_argcount + job.__code__.co_kwonlyargcount]
        await job(session, **row.args, **{name: tools[name] for name in wanted if name in tools})
        await session.flush()
    raise AssertionError("there is always a last job")


async def letters(session: AsyncSession, to: str | None = None) -> list[Message]:
    """In the order of writing."""
    found = select(Message).where(Message.purpose.startswith("upkeep")).order_by(AS_WRITTEN)
    return list(await session.scalars(found.where(Message.to_address == to) if to else found))


def link_in(message: Message, which: str = "") -> str:
    """The address in a mail, without the host. `which`: how it ends."""
    found = re.search(rf"http://relais\.test(/\w\w/u/[^\s/]+{which})(?=\s)", message.body)
    assert found, message.body
    return found[1]
