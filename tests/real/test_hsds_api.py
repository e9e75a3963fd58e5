"""Our trees of a real directory against the official schemas of HSDS 3.1, and a longer try of the public document."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.actions import import_directory
from referrals.exchange.hsds.parameters import ENDPOINTS
from referrals.kit.settings import CHECKOUT
from tests.conftest import NOW
from tests.exchange.hsds_fuzz import try_all

DATA = CHECKOUT.parent / "shared" / "data"
SCHEMAS = DATA / "hsds-3.1" / "schema"
pytestmark = [pytest.mark.real, pytest.mark.anyio]


def schema(name: str) -> Draft202012Validator | None:
    file = SCHEMAS / "compiled" / f"{name}.json"
    return Draft202012Validator(json.loads(file.read_text("utf-8"))) if file.exists() else None


@pytest.mark.parametrize(
    ("package", "questions"), [(DATA / "miami-211-hsds", 5), (CHECKOUT / "seed" / "directory", 25)]
)
async def test_every_answer_is_valid_and_the_document_holds(
    session: AsyncSession, client: httpx.AsyncClient, package: Path, questions: int
) -> None:
    """The document is one for both: it is asked most where an answer is quick."""
    await import_directory(session, package, NOW)
    for endpoint in ENDPOINTS.values():
        page: dict[str, Any] = (await client.get(f"/hsds/{endpoint.name}", params={"per_page": 1000})).json()
        assert page["empty"] is False
        _check(schema(f"{endpoint.entity}_list"), page["contents"])
        whole = [
            (await client.get(f"/hsds/{endpoint.name}/{one['id']}")).json() for one in islice(page["contents"], 0, None, 50)
        ]  # fmt: skip
        _check(schema(endpoint.entity), whole)
    document = (await client.get("/hsds/openapi.json")).json()
    problems = await try_all(client, document, questions)
    assert not problems, "\n".join(problems)


def _check(validator: Draft202012Validator | None, records: list[Any]) -> None:
    wrong = [error.message for record in records for error in validator.iter_errors(record)] if validator else []
    assert not wrong
