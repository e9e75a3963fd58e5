"""What is asked of the database, whoever sends it: the ORM, or our own code through the driver."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection as Driver
from psycopg import AsyncCursor
from sqlalchemy.ext.asyncio import AsyncConnection

_APART = ("SAVEPOINT", "RELEASE", "ROLLBACK")


def noting(said: list[str]) -> type[AsyncCursor[Any]]:
    """A kind of cursor that writes down what it is told, savepoints left out."""

    class Noting(AsyncCursor[Any]):
        async def execute(self, query: Any, *values: Any, **options: Any) -> Any:
            text = query.decode() if isinstance(query, bytes) else str(query)
            if not text.startswith(_APART):
                said.append(text)
            return await super().execute(query, *values, **options)

        async def executemany(self, query: Any, *values: Any, **options: Any) -> None:
            said.append(query.decode() if isinstance(query, bytes) else str(query))
            await super().executemany(query, *values, **options)

    return Noting


@asynccontextmanager
async def counted(connection: AsyncConnection) -> AsyncIterator[list[str]]:
    """The statements sent inside, savepoints left out."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, Driver)
    said: list[str] = []
    usual, driver.cursor_factory = driver.cursor_factory, noting(said)
    try:
        yield said
    finally:
        driver.cursor_factory = usual
