"""Our OpenAPI document and our answers, tried against each other."""

from pathlib import Path

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from tests.exchange.export_world import bring
from tests.exchange.hsds_fuzz import try_all


async def test_schemathesis_finds_nothing(client: httpx.AsyncClient, session: AsyncSession, tmp_path: Path) -> None:
    await bring(session, tmp_path)
    document = (await client.get("/hsds/openapi.json")).json()
    problems = await try_all(client, document, 3)
    assert not problems, "\n".join(problems)
