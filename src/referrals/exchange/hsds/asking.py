"""Questions to PostgreSQL in its own words: statements put together once from our own tables' names, rows as the driver gives them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession


async def ask(session: AsyncSession, statement: str, **values: Any) -> Sequence[Any]:
    """All rows. Named parameters: %(name)s."""
    await session.flush()
    return (await (await session.connection()).exec_driver_sql(statement, values)).all()
