"""The database: one base for all models, one transaction for each request and each job. Nobody else commits."""

from asyncio import Task, create_task, sleep, wait
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import partial
from time import monotonic
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import msgspec
from psycopg.types.json import set_json_loads
from sqlalchemy import DateTime, MetaData, String, event
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DisconnectionError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from referrals.kit.errors import Conflict
from referrals.kit.settings import Settings

Json = dict[str, Any]
_SETTINGS = "settings"
SHARED = "shared"
"""In `session.info`: a dict that all sessions of one maker have in common, for what is the same for all of them."""
_RESTS = "rests since"
_FRESH = 1.0
"""Seconds."""
SessionMaker = async_sessionmaker[AsyncSession]
T = TypeVar("T")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        Json: JSONB,
        list[str]: ARRAY(String),
    }


class Identified:
    """A row with a UUID of its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


def connect(url: str, *, patience: int = 0) -> AsyncEngine:
    """An engine; nothing is opened until it is used. `patience`: seconds after which a statement is given up; 0 is never."""
    engine = create_async_engine(url, pool_size=10, max_overflow=10, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", partial(_for_short_questions, patience))
    event.listen(engine.sync_engine, "checkin", _rests)
    event.listen(engine.sync_engine, "checkout", _still_there)
    return engine


def _for_short_questions(patience: int, connection: Any, _: Any) -> None:
    """No other processes and no compiler for a statement of milliseconds: on a busy machine both cost more than they bring."""
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off; SET max_parallel_workers_per_gather = 0")
        if patience:
            cursor.execute(f"SET statement_timeout = '{patience}s'")
    connection.commit()
    set_json_loads(msgspec.json.decode, connection.driver_connection)


def _rests(_: Any, record: Any) -> None:
    record.info[_RESTS] = monotonic()


def _still_there(connection: Any, record: Any, _: Any) -> None:
    """A connection that has rested is tried before it is handed out; one that was used a moment ago is there."""
    if monotonic() - record.info.get(_RESTS, 0.0) < _FRESH:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error


def session_maker(bind: AsyncEngine | AsyncConnection, settings: Settings | None = None) -> SessionMaker:
    """`settings`: for what a deployment decides about its data, see `deployment`."""
    return async_sessionmaker(bind, expire_on_commit=False, info={_SETTINGS: settings, SHARED: {}})


def deployment(session: AsyncSession) -> Settings | None:
    """What this deployment has decided, for rules deep below that ask for it; None: nothing but the defaults."""
    found: Settings | None = session.info.get(_SETTINGS)
    return found


async def only_reading(session: AsyncSession) -> None:
    """Each statement of this session stands for itself, without the two trips that begin and end a transaction. For what
    writes nothing, and has not asked anything yet: whatever has begun already is left as it is.
    """
    if isinstance(session.bind, AsyncEngine) and session.sync_session.get_transaction() is None:
        await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


@asynccontextmanager
async def meanwhile(reading: Coroutine[Any, Any, T]) -> AsyncIterator[Task[T]]:
    """Sends a statement off, so that the database works on it while the block does what needs no database. The block awaits
    what it is given; where the block fails before, the reading is given up.
    """
    task = create_task(reading)
    await sleep(0)
    try:
        yield task
    finally:
        if not task.done():
            task.cancel()
            await wait([task])


@asynccontextmanager
async def transaction(maker: SessionMaker) -> AsyncIterator[AsyncSession]:
    """One unit of work outside a request: a job, a command, a test story."""
    async with maker() as session, session.begin():
        yield session


async def flush_or_conflict(session: AsyncSession, code: str) -> None:
    """Send what is pending; a row that somebody else wrote first becomes a Conflict with this code.

    The transaction is of no further use after it: PostgreSQL refuses everything until the rollback.
    """
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(code) from error


__all__ = [
    "Base",
    "Identified",
    "Json",
    "SessionMaker",
    "connect",
    "date",
    "datetime",
    "deployment",
    "flush_or_conflict",
    "meanwhile",
    "only_reading",
    "session_maker",
    "transaction",
]
