"""Work for later, written as a row in the same transaction as the fact that asks for it.

So no message is lost after a commit, and none is sent for something that was rolled back. A job is known by its name:
whoever enqueues it need not import the room that does it. Its arguments are ids and codes, never personal data.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.types import JSONValue
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.db import SessionMaker, transaction

Job = Callable[..., Awaitable[None]]
"""`async def job(session, **ids)`: runs inside one transaction of its own, and again from the start if it was cut off."""

_deferring = App(connector=PsycopgConnector())


async def enqueue(
    session: AsyncSession, name: str, *, at: datetime | None = None, once: str | None = None, **ids: JSONValue
) -> None:
    """Have the job `name` run after this transaction commits, not before `at`.

    `once` names work of which one waiting copy is enough; while it waits, asking again does nothing.
    """
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, AsyncConnection)
    deferrer = _deferring.configure_task(
        name, allow_unknown=True, connection=connection, schedule_at=at, queueing_lock=once
    )
    if once is None:
        await deferrer.defer_async(**ids)
        return
    try:
        async with connection.transaction():  # a savepoint: a copy that already waits must not spoil what is around it
            await deferrer.defer_async(**ids)
    except AlreadyEnqueued:
        return


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
