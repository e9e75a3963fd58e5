"""The databases of one test process: clones of moulds that are made once, and gone with it."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from referrals.kit import cluster, database

AS_WRITTEN = text("message.created_at, message.cmin::text::bigint, message.ctid")
"""The order of the messages that one transaction wrote, by its commands: all have its time, and where a row lies on the disk tells
nothing once room was freed there."""
Fill = Callable[[AsyncSession, Path], Awaitable[object]]
"""Puts something into an empty database; the folder is for whatever files that needs."""


class Databases:
    """`run` and `process` name one run of the tests and one process of it: two at once do not take each other's."""

    def __init__(self, data_home: Path, run: str, process: str) -> None:
        self._server = cluster.ensure(data_home, durable=False)
        self._run = run
        self._process = f"{process}_{os.getpid()}"
        self._made: list[str] = []

    def empty(self) -> str:
        """The address of a database that the migrations have made, and nothing else. Their work is kept between runs."""
        return self._clone("test", self._schema())

    def filled(self, name: str, fill: Fill, folder: Path) -> AsyncEngine:
        """A database that holds all this: filled once for the processes of a run, and cloned for each."""
        schema, mould = self._schema(), f"mould_{name}_{self._run}"
        with self._alone(mould):
            if self._mould(mould, schema, lambda url: asyncio.run(_fill(url, fill, folder))):
                self._made.append(mould)
            return create_async_engine(self._clone(f"test_{name}", mould), poolclass=NullPool)

    def drop(self) -> None:
        for name in self._made:
            with self._alone(name):
                cluster.drop_database(self._server, name)

    def _schema(self) -> str:
        name = f"template_{database.fingerprint()}"
        with self._alone(name):
            self._mould(name, None, database.migrate)
        return name

    def _mould(self, name: str, of: str | None, make: Callable[[str], None]) -> bool:
        """True when it was made now. It gets its name when it is whole."""
        with psycopg.connect(self._server.conninfo("postgres")) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
        making = f"making_{name}"
        cluster.drop_database(self._server, making)
        cluster.ensure_database(self._server, making, template=of)
        make(self._server.url(making))
        cluster.ensure_database(self._server, name, template=making)
        cluster.drop_database(self._server, making)
        return True

    def _clone(self, name: str, of: str) -> str:
        own = f"{name}_{self._process}"
        cluster.drop_database(self._server, own)
        cluster.ensure_database(self._server, own, template=of)
        self._made.append(own)
        return self._server.url(own)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """One process at a time. When it ends, however it ends, PostgreSQL lets the next one in."""
        with psycopg.connect(self._server.conninfo("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            yield


async def _fill(url: str, fill: Fill, folder: Path) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        await fill(session, folder)
        await session.commit()
    await engine.dispose()
