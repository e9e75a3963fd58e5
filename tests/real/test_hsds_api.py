"""Our trees of a real directory against the official schemas of HSDS 3.1, and a longer try of the public document."""

import json
from itertools import islice
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.directory.models import Service
from referrals.exchange.actions import import_directory
from referrals.exchange.hsds.parameters import ENDPOINTS
from referrals.kit.settings import CHECKOUT
from tests.conftest import NOW
from tests.exchange.hsds_fuzz import try_all
from tests.real.outline import wrong

DATA = CHECKOUT.parent / "shared" / "data"
SCHEMAS = DATA / "hsds-3.1" / "schema"
pytestmark = [pytest.mark.real, pytest.mark.anyio]


def schema(name: str) -> dict[str, Any] | None:
    file = SCHEMAS / "compiled" / f"{name}.json"
    found: dict[str, Any] | None = json.loads(file.read_text("utf-8")) if file.exists() else None
    return found


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> AsyncEngine:
    found: AsyncEngine = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize(
    ("engine", "questions"), [("miami_engine", 5), ("words_and_places", 25)], indirect=["engine"], ids=["miami", "demo"]
)
async def test_every_answer_is_valid_and_the_document_holds(
    session: AsyncSession, client: httpx.AsyncClient, questions: int
) -> None:
    """The document is one for both: it is asked most where an answer is quick."""
    if await session.scalar(select(Service.id).limit(1)) is None:
        await import_directory(session, CHECKOUT / "seed" / "directory", NOW)
    await _all_valid(client)
    document = (await client.get("/hsds/openapi.json")).json()
    problems = await try_all(client, document, questions)
    assert not problems, "\n".join(problems)


def test_an_outline_loses_nothing_that_the_schema_asks() -> None:
    """What is wrong is found among a hundred that are right."""
    rules = schema("service")
    assert rules is not None
    right = {
        "id": "1", "organization_id": "2", "name": "A", "status": "active",
        "phones": [{"id": str(number), "number": "1"} for number in range(50)],
    }  # fmt: skip
    known = wrong(rules, [right] * 100)
    for change in (
        {"status": "perhaps"}, {"name": 3}, {"phones": [*right["phones"], {"id": "9"}]}, {"minimum_age": "old"},
    ):  # fmt: skip
        assert len(wrong(rules, [*[right] * 100, right | change])) == len(known) + 1, change
    assert len(wrong(rules, [{name: said for name, said in right.items() if name != "name"}])) == len(known) + 1
    with pytest.raises(AssertionError, match="pattern"):
        wrong(rules | {"pattern": "x"}, [right])


async def _all_valid(client: httpx.AsyncClient) -> None:
    """A long page of every list, and every fiftieth record of it whole."""
    for endpoint in ENDPOINTS.values():
        page: dict[str, Any] = (await client.get(f"/hsds/{endpoint.name}", params={"per_page": 1000})).json()
        assert page["empty"] is False
        _check(schema(f"{endpoint.entity}_list"), page["contents"])
        whole = [
            (await client.get(f"/hsds/{endpoint.name}/{one['id']}")).json() for one in islice(page["contents"], 0, None, 50)
        ]  # fmt: skip
        _check(schema(endpoint.entity), whole)


def _check(rules: dict[str, Any] | None, records: list[Any]) -> None:
    assert rules is None or not wrong(rules, records)
