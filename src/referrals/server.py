"""Processes: the pages, the worker, or both in one loop."""

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
import uvloop
from anyio import to_thread
from litestar import Litestar

from referrals import worker
from referrals.app import create_app
from referrals.kit import database, db, logs, ports
from referrals.kit.settings import Settings
from referrals.places.ground import Box, ground
from referrals.places.queries import index
from referrals.taxonomy.queries import vocabulary

PATIENCE = 60
"""Seconds after which a page gives a statement up: nobody waits for it any more, and others want its connection. Jobs wait."""
ALIVE = 20_000
"""New objects after which those that only hold one another are looked for."""
LATEST = 15.0
"""Seconds after which whatever has not stopped by itself is cut off; a job that was cut off is taken up again."""


class Server(uvicorn.Server):
    """uvicorn, told by us when to stop, so that what runs beside it can stop too."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(settings: Settings) -> None:
    """The pages alone, until a signal."""
    logs.configure(json=True)
    ports.must_be_free(settings.host, settings.port)
    url = database.address(settings)
    database.migrate(url)
    uvloop.run(_until_told(settings, url, work=False, pages=True))


def work(settings: Settings) -> None:
    """The worker alone, until a signal."""
    logs.configure(json=True)
    url = database.address(settings)
    database.migrate(url)
    uvloop.run(_until_told(settings, url, work=True, pages=False))


def both(settings: Settings, url: str) -> None:
    """Pages and worker in one process and one loop: they start together and end together, however they end."""
    uvloop.run(_until_told(settings, url, work=True, pages=True))


async def _until_told(settings: Settings, url: str, *, work: bool, pages: bool) -> None:
    asking, engine = db.connect(url, patience=PATIENCE), db.connect(url)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(sign, told.set)
    app = create_app(settings, db.session_maker(asking, settings)) if pages else None
    await _warm(db.session_maker(engine, settings), maps=pages)
    serving = asyncio.create_task(_pages(settings, app, told)) if app is not None else None
    working = asyncio.create_task(worker.run(settings, url, db.session_maker(engine, settings))) if work else None
    end = asyncio.create_task(told.wait())
    watched = [task for task in (serving, working) if task is not None]
    await asyncio.wait([end, *watched], return_when=asyncio.FIRST_COMPLETED)
    told.set()
    try:
        await _wind_down(serving, working)
    finally:
        await asking.dispose()
        await engine.dispose()


async def _warm(sessions: db.SessionMaker, *, maps: bool) -> None:
    """What the first question, or the first job, would have to wait for: our words, the towns, the ground under the maps.
    All of it stays, so nobody looks through it for what may be thrown away: that takes longer than ten pages, and as long
    as half of what is read when all services are indexed. What a page makes it leaves behind at once, most of it without a
    sweep, so these come seldom.
    """
    async with db.transaction(sessions) as session:
        await vocabulary(session)
        await index(session)
    if maps:
        await to_thread.run_sync(ground, Box(0, 0, 1, 1))
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALIVE, *gc.get_threshold()[1:])


async def _pages(settings: Settings, app: Litestar, told: asyncio.Event) -> None:
    config = uvicorn.Config(
        app,
        host=settings.host, port=settings.port, log_config=None, access_log=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    server = Server(config)
    serving = asyncio.create_task(server.serve())
    stop = asyncio.create_task(told.wait())
    await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stop.cancel()
    await serving


async def _wind_down(pages: "asyncio.Task[None] | None", work: "asyncio.Task[None] | None") -> None:
    """Pages finish what they are answering; the worker is told to stop and given a moment for what it is doing.

    What made either of them end by itself is raised here, after both have ended.
    """
    if work is not None:
        work.cancel()
    tasks = [task for task in (pages, work) if task is not None]
    done, late = await asyncio.wait(tasks, timeout=LATEST)
    for task in late:
        task.cancel()
    for task in done:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
