"""Questions to PostgreSQL in its own words: statements put together once from our own tables' names, rows as the driver gives them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession


async def ask(session: AsyncSession, statement: str, **values: Any) -> Sequence[Any]:
    """All rows. Named parameters: %(name)s; a list is one of ids, for `%(name)s::uuid[]`."""
    await session.flush()
    # The driver looks at every element of a list for signs to escape; an id has none.
    said = {name: f"{{{','.join(value)}}}" if isinstance(value, list) else value for name, value in values.items()}
    return (await (await session.connection()).exec_driver_sql(statement, said)).all()
