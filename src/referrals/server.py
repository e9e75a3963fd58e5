"""Processes: the pages, the worker, or both in one loop."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from sqlalchemy.ext.asyncio import AsyncEngine

from referrals import worker
from referrals.app import create_app
from referrals.kit import database, db, logs, ports
from referrals.kit.settings import Settings


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
    asyncio.run(_until_told(settings, url, work=False, pages=True))


def work(settings: Settings) -> None:
    """The worker alone, until a signal."""
    logs.configure(json=True)
    url = database.address(settings)
    database.migrate(url)
    asyncio.run(_until_told(settings, url, work=True, pages=False))


def both(settings: Settings, url: str) -> None:
    """Pages and worker in one process and one loop: they start together and end together, however they end."""
    asyncio.run(_until_told(settings, url, work=True, pages=True))


async def _until_told(settings: Settings, url: str, *, work: bool, pages: bool) -> None:
    engine = db.connect(url)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(sign, told.set)
    serving = asyncio.create_task(_pages(settings, engine, told)) if pages else None
    working = asyncio.create_task(worker.run(settings, url, db.session_maker(engine))) if work else None
    end = asyncio.create_task(told.wait())
    watched = [task for task in (serving, working) if task is not None]
    await asyncio.wait([end, *watched], return_when=asyncio.FIRST_COMPLETED)
    told.set()
    end.cancel()
    try:
        await _wind_down(serving, working)
    finally:
        await engine.dispose()


async def _pages(settings: Settings, engine: AsyncEngine, told: asyncio.Event) -> None:
    app = create_app(settings, db.session_maker(engine))
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, log_config=None, access_log=False, timeout_graceful_shutdown=5
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve())
    stop = asyncio.create_task(told.wait())
    await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stop.cancel()
    await serving


async def _wind_down(pages: "asyncio.Task[None] | None", worker_: "asyncio.Task[None] | None") -> None:
    """Pages finish what they are answering; the worker is told to stop and given a moment for what it is doing."""
    if worker_ is not None:
        worker_.cancel()
    for task in (pages, worker_):
        if task is not None:
            with suppress(asyncio.CancelledError):
                await task
