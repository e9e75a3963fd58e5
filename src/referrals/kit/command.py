"""What every command that touches the database shares."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit import database, db
from referrals.kit.settings import from_environment

T = TypeVar("T")


def run(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """One transaction against the database of this environment, started and brought up to date first."""

    async def inside(at: str) -> T:
        engine = db.connect(at)
        try:
            async with db.transaction(db.session_maker(engine, settings)) as session:
                return await work(session)
        finally:
            await engine.dispose()

    settings = from_environment()
    url = database.address(settings)
    database.migrate(url)
    return asyncio.run(inside(url))


def last_line(result: object) -> None:
    """The result as one JSON object, for programs."""
    click.echo(json.dumps(result, ensure_ascii=False, default=str))
