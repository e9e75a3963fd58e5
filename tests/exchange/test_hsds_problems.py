"""What the public interface refuses, and how it says so."""

from typing import Any
from uuid import UUID

import httpx
import pytest


@pytest.fixture(scope="module")
def client(reader: httpx.AsyncClient) -> httpx.AsyncClient:
    """What is refused changes nothing: one application for all."""
    return reader


@pytest.mark.parametrize(
    ("path", "params", "parameter"),
    [
        ("/services", {"perpage": "1"}, "perpage"),
        ("/services", {"postcode": "69003"}, "postcode"),
        ("/services", {"per_page": "0"}, "per_page"),
        ("/services", {"per_page": "1001"}, "per_page"),
        ("/services", {"page": "-1"}, "page"),
        ("/services", {"page": "1e3"}, "page"),
        ("/services", {"page": "99999999999"}, "page"),
        ("/services", {"organization_id": "7"}, "organization_id"),
        ("/services", {"taxonomy_id": ""}, "taxonomy_id"),
        ("/services", {"full": "maybe"}, "full"),
        ("/services", {"format": "xml"}, "format"),
        ("/services", {"modified_after": "yesterday"}, "modified_after"),
        ("/services", {"search": "a\x00b"}, "search"),
        ("/services", {"search": ""}, "search"),
        ("/services", {"search": "a" * 301}, "search"),
        ("/service_at_locations", {"proximity": "0", "postcode": "69003"}, "proximity"),
        ("/taxonomies", {"taxonomy_id": str(UUID(int=1))}, "taxonomy_id"),
        ("/services", [("page", "1"), ("page", "2")], "page"),
    ],
)
async def test_a_parameter_that_cannot_be_is_named_in_the_readers_language(
    client: httpx.AsyncClient, path: str, params: Any, parameter: str
) -> None:
    said = {}
    for language in ("en", "fr"):
        answer = await client.get(f"/hsds{path}", params=params, headers={"Accept-Language": language})
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["status"], problem["parameter"]) == (400, parameter)
        assert parameter in problem["detail"]
        said[language] = problem["detail"]
    assert said["en"] != said["fr"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"page": 1', "application/json", 400), (b"[1]", "application/json", 400),
        (b'{"page": "1"}', "application/json", 400), (b'{"full": 1}', "application/json", 400),
        (b'{"organization_id": null}', "application/json", 400), (b"\xff", "application/json", 400),
        (b"page=1", "application/x-www-form-urlencoded", 415), (b"a" * 30_000, "application/json", 413),
    ],
)  # fmt: skip
async def test_a_body_that_cannot_be_read_is_a_problem(
    client: httpx.AsyncClient, body: bytes, kind: str, status: int
) -> None:
    answer = await client.post("/hsds/services", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status


async def test_a_parameter_in_the_address_and_in_the_body_is_one_too_many(client: httpx.AsyncClient) -> None:
    answer = await client.post("/hsds/services?page=1", json={"page": 2})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "page")
    both = await client.post("/hsds/services?page=1", json={"per_page": 1})
    assert (both.status_code, both.json()["page_number"]) == (200, 1)


@pytest.mark.parametrize(
    "path", ["/nothing", "/services/7", f"/services/{UUID(int=7)}", "/profile/nothing.json", "/a/b/c"]
)
async def test_what_is_not_there_is_a_problem_too(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/hsds{path}")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


async def test_other_methods_are_refused_and_head_is_not(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/hsds/services")
    assert (answer.status_code, answer.json()["status"]) == (405, 405)
    assert "GET" in answer.headers["Allow"]
    assert (await client.head("/hsds/services")).status_code == 200
