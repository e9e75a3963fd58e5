"""Work for later, written as a row in the same transaction as the fact that asks for it.

So no message is lost after a commit, and none is sent for something that was rolled back. A job is known by its name:
whoever enqueues it need not import the room that does it. Its arguments are ids and codes, never personal data.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.jobs import DEFAULT_QUEUE
from procrastinate.types import JSONValue
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.db import SessionMaker, transaction
from referrals.kit.together import add_each

SOON: Final = 10
"""The turn of what somebody waits for on the screen."""
LATER: Final = -10
"""The turn of what takes long and nobody waits for: letters do not stand behind it."""
Job = Callable[..., Awaitable[None]]
"""`async def job(session, **ids)`: runs inside one transaction of its own, and again from the start if it was cut off."""
_WRITE: Final = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, scheduled_at, queueing_lock)
    SELECT %(queue)s, name, turn, CAST(ids AS jsonb), at, once
    FROM unnest(%(names)s::text[], %(turns)s::int[], %(ids)s::text[], %(at)s::timestamptz[], %(once)s::text[])
         WITH ORDINALITY AS asked (name, turn, ids, at, once, number)
    ORDER BY number
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
"""
"""What `procrastinate_defer_jobs_v1` writes, for any number of jobs in their order; a copy that already waits is enough."""
_DONE: Final = "_done"
"""Stands in a job's row from the moment at which its work is committed, and not a moment before."""
_SAY_DONE: Final = text(f"""
    UPDATE procrastinate_jobs SET args = args || '{{"{_DONE}": true}}' WHERE id = :id AND NOT args ? '{_DONE}' RETURNING id
""")  # noqa: S608 - a word of ours


async def enqueue(
    session: AsyncSession, name: str, *, at: datetime | None = None, once: str | None = None, turn: int = 0,
    **ids: JSONValue,
) -> None:  # fmt: skip
    """Have the job `name` run after this transaction commits, not before `at`.

    `once` names work of which one waiting copy is enough; while it waits, asking again does nothing. `turn`: of those
    that wait, the highest goes first.
    """
    row = {"names": name, "turns": turn, "ids": json.dumps(ids), "at": at, "once": once}
    await add_each(session, _WRITE, {"queue": DEFAULT_QUEUE}, row)


def worker_app(conninfo: str, maker: SessionMaker, jobs: Mapping[str, Job]) -> App:
    """The application that the worker runs: every job in its own transaction, tried again a few times when it fails."""
    app = App(connector=PsycopgConnector(conninfo=conninfo))
    for name, job in jobs.items():
        retry = RetryStrategy(max_attempts=8, exponential_wait=3)
        app.task(name=name, retry=retry, pass_context=True)(_in_transaction(maker, job))
    return app


class _DoneBefore(Exception):
    """Somebody else has done this very job while we did: what we did is undone."""


def _in_transaction(maker: SessionMaker, job: Job) -> Callable[..., Awaitable[None]]:
    """Its work and the word that it is done are one commit: a worker that is cut off after it, and before it told the queue,
    is not repeated."""

    async def run(context: JobContext, **ids: Any) -> None:
        if ids.pop(_DONE, False):
            return
        with suppress(_DoneBefore):
            async with transaction(maker) as session:
                await job(session, **ids)
                if await session.scalar(_SAY_DONE, {"id": context.job.id}) is None:
                    raise _DoneBefore

    return run
