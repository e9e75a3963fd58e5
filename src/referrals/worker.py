"""Runs the jobs. One process is enough; several share the work safely."""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from procrastinate import App
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.app import environment, utc_now
from referrals.clients.contacting import jobs as contacting
from referrals.directory import counting, handing, listings, reports, saved, sending, turning
from referrals.directory import jobs as directory
from referrals.directory.contradictions import jobs as contradictions
from referrals.directory.duplicates import jobs as duplicates
from referrals.directory.questions import jobs as questions
from referrals.directory.search.engines import writing
from referrals.directory.upkeep import jobs as upkeep
from referrals.exchange import jobs as exchange
from referrals.exchange.export import jobs as export
from referrals.exchange.hooks import jobs as hooks
from referrals.exchange.hooks.posting import Web
from referrals.kit import database, mail, texting
from referrals.kit.db import SessionMaker, transaction
from referrals.kit.jobs import SOON, Job, enqueue, worker_app
from referrals.kit.logs import logger
from referrals.kit.settings import Settings
from referrals.matching import jobs as matching
from referrals.tracking import jobs as tracking

HEARTBEAT = 5.0
"""Seconds between two signs of life."""
STALLED_AFTER = 20.0
"""Seconds without a sign of life after which a job counts as cut off and is taken up again."""
LOOKS_AGAIN = 0.25
"""Seconds between two looks for work, where there was none. Nobody rings: see docs/decisions/0008."""


def every_job(
    settings: Settings, now: Callable[[], datetime] = utc_now, outside: SessionMaker | None = None
) -> dict[str, Job]:
    """All rooms' jobs, each given the tools that it names beside its ids: jinja, settings, now, port, engine, outside.

    `outside` opens short transactions beside the job's own: what a long job says of its progress is seen at once.
    """
    port = mail.Smtp(settings.smtp_url, settings.mail_from) if settings.smtp_url else mail.Mailbox()
    texts = texting.TextMailbox() if settings.demo else texting.NoTexts()
    tools: dict[str, Callable[[], Any]] = {
        "jinja": _kept(environment),
        "settings": lambda: settings,
        "now": now,
        "port": lambda: port,
        "texts": lambda: texts,
        "outside": lambda: outside,
        "engine": _kept(partial(writing, settings)),
        "outward": lambda: Web(private=settings.private_sources),
    }
    named: dict[str, Job] = {
        mail.DELIVER: mail.deliver,
        mail.DELIVER_WAITING: mail.deliver_waiting,
        texting.DELIVER: texting.deliver,
        **contacting.JOBS,
        **directory.JOBS,
        **listings.JOBS,
        **upkeep.JOBS,
        **questions.JOBS,
        **turning.JOBS,
        **contradictions.JOBS,
        **reports.JOBS,
        **sending.JOBS,
        **handing.JOBS,
        **saved.JOBS,
        **counting.JOBS,
        **duplicates.JOBS,
        **tracking.JOBS,
        **matching.JOBS,
        **exchange.JOBS,
        **export.JOBS,
        **hooks.JOBS,
    }
    return {name: _equipped(job, tools) for name, job in named.items()}


def build(settings: Settings, url: str, sessions: SessionMaker) -> App:
    """The worker's application: every job, and what repeats."""
    app = worker_app(database.conninfo(url), sessions, every_job(settings, outside=sessions))
    for name, cron in (
        (mail.DELIVER_WAITING, "15 * * * *"),
        *directory.PERIODIC.items(),
        *tracking.PERIODIC.items(),
        *matching.PERIODIC.items(),
        *upkeep.PERIODIC.items(),
        *questions.PERIODIC.items(),
        *exchange.PERIODIC.items(),
        *export.PERIODIC.items(),
        *hooks.PERIODIC.items(),
        *turning.PERIODIC.items(),
        *contradictions.PERIODIC.items(),
        *reports.PERIODIC.items(),
        *handing.PERIODIC.items(),
        *saved.PERIODIC.items(),
        *counting.PERIODIC.items(),
        *duplicates.PERIODIC.items(),
    ):
        app.periodic(cron=cron, periodic_id=name)(_defer(app, name))
    return app


async def run(settings: Settings, url: str, sessions: SessionMaker) -> None:
    """Work until cancelled. Jobs that were cut off (a crash, a kill) are taken up again within half a minute."""
    app = build(settings, url, sessions)
    async with transaction(sessions) as session:
        await begin(session)
    async with app.open_async():
        rescue = asyncio.create_task(_take_up_again(app))
        try:
            await app.run_worker_async(
                concurrency=2,
                install_signal_handlers=False,
                fetch_job_polling_interval=LOOKS_AGAIN,
                listen_notify=False,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED_AFTER,
                shutdown_graceful_timeout=5,
            )
        finally:
            rescue.cancel()
            with suppress(asyncio.CancelledError):
                await rescue


async def begin(session: AsyncSession) -> None:
    """What a new version may have changed: how letters go on, and the shape of the index, which is then made anew at once."""
    await upkeep.keep_step(session)
    await enqueue(session, directory.INDEX, once=directory.INDEX, turn=SOON)


async def _take_up_again(app: App) -> None:
    while True:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
            logger().info("job taken up again", job=job.id, task=job.task_name)
            await app.job_manager.retry_job(job)
        await asyncio.sleep(HEARTBEAT)


def _defer(app: App, name: str) -> Any:
    """A task that does the named job now; procrastinate hands it the time, which our jobs read from the clock."""

    async def repeat(timestamp: int) -> None:
        await app.configure_task(name).defer_async()

    repeat.__name__ = f"repeat_{name.replace('.', '_')}"
    return app.task(name=f"repeat.{name}", queueing_lock=f"repeat.{name}")(repeat)


def _equipped(job: Job, tools: Mapping[str, Callable[[], Any]]) -> Job:
    wanted = [name for name in inspect.signature(job).parameters if name in tools]

    async def run(session: Any, **ids: Any) -> None:
        await job(session, **ids, **{name: tools[name]() for name in wanted if name not in ids})

    return run


def _kept(make: Callable[[], Any]) -> Callable[[], Any]:
    made: list[Any] = []

    def once() -> Any:
        if not made:
            made.append(make())
        return made[0]

    return once
