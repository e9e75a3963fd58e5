"""Work for later, written as a row in the same transaction as the fact that asks for it.

So no message is lost after a commit, and none is sent for something that was rolled back. A job is known by its name:
whoever enqueues it need not import the room that does it. Its arguments are ids and codes, never personal data.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.jobs import DEFAULT_QUEUE
from procrastinate.types import JSONValue
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from referrals.kit.db import SessionMaker, transaction

Job = Callable[..., Awaitable[None]]
"""`async def job(session, **ids)`: runs inside one transaction of its own, and again from the start if it was cut off."""
_ASKED: Final = "jobs asked for together"
_WRITE: Final = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at, queueing_lock)
    SELECT %(queue)s, name, CAST(ids AS jsonb), at, once
    FROM unnest(%(names)s::text[], %(ids)s::text[], %(at)s::timestamptz[], %(once)s::text[])
         WITH ORDINALITY AS asked (name, ids, at, once, number)
    ORDER BY number
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
"""
"""What `procrastinate_defer_jobs_v1` writes, for any number of jobs in their order; a copy that already waits is enough."""


@dataclass(frozen=True, slots=True)
class _Asked:
    name: str
    ids: str
    at: datetime | None
    once: str | None


async def enqueue(
    session: AsyncSession, name: str, *, at: datetime | None = None, once: str | None = None, **ids: JSONValue
) -> None:
    """Have the job `name` run after this transaction commits, not before `at`.

    `once` names work of which one waiting copy is enough; while it waits, asking again does nothing.
    """
    asked = _Asked(name, json.dumps(ids), at, once)
    if (together_with := session.info.get(_ASKED)) is not None:
        together_with.append(asked)
    else:
        await _write(session, [asked])


@asynccontextmanager
async def together(session: AsyncSession) -> AsyncIterator[None]:
    """What is enqueued inside is written when it ends, in the same order, in one statement; nothing where it fails.

    No savepoint may begin outside and end inside, or the other way round.
    """
    if _ASKED in session.info:
        yield
        return
    asked: list[_Asked] = []
    session.info[_ASKED] = asked
    try:
        yield
    finally:
        del session.info[_ASKED]
    if asked:
        await _write(session, asked)


async def _write(session: AsyncSession, asked: Sequence[_Asked]) -> None:
    connection = await session.run_sync(_driver)
    assert isinstance(connection, AsyncConnection)
    await connection.execute(_WRITE, {
        "queue": DEFAULT_QUEUE, "names": [one.name for one in asked], "ids": [one.ids for one in asked],
        "at": [one.at for one in asked], "once": [one.once for one in asked],
    })  # fmt: skip


def _driver(session: Session) -> object:
    return session.connection().connection.driver_connection


def worker_app(conninfo: str, maker: SessionMaker, jobs: Mapping[str, Job]) -> App:
    """The application that the worker runs: every job in its own transaction, tried again a few times when it fails."""
    app = App(connector=PsycopgConnector(conninfo=conninfo))
    for name, job in jobs.items():
        app.task(name=name, retry=RetryStrategy(max_attempts=8, exponential_wait=3))(_in_transaction(maker, job))
    return app


def _in_transaction(maker: SessionMaker, job: Job) -> Callable[..., Awaitable[None]]:
    async def run(**ids: Any) -> None:
        async with transaction(maker) as session:
            await job(session, **ids)

    return run
