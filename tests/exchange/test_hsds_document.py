"""Our OpenAPI document and our answers, tried against each other."""

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.exchange.hsds_fuzz import try_all


@pytest.fixture(scope="session")
def engine(small_directory: AsyncEngine) -> AsyncEngine:
    return small_directory


async def test_schemathesis_finds_nothing(reader: httpx.AsyncClient) -> None:
    document = (await reader.get("/hsds/openapi.json")).json()
    problems = await try_all(reader, document, 2)
    assert not problems, "\n".join(problems)
