"""The search for programs: the page's answers as JSON."""

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


async def test_it_answers_as_the_page_does_without_a_cookie(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/search", params={"q": "knees", "lang": "en"})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    told = answer.json()
    assert told["results"][0]["name"].startswith("Knees")
    assert told["results"][0]["url"].startswith("http://relais.test/en/services/")
    assert told["total"] == len(told["results"]) >= 1


async def test_a_count_of_a_tag_is_what_one_finds_with_it(client: httpx.AsyncClient) -> None:
    told = (await client.get("/api/search", params={"lang": "en"})).json()
    assert told["facets"]
    for tag, many in told["facets"].items():
        assert many > 0
        with_it = (await client.get("/api/search", params={"tag": tag})).json()
        assert with_it["total"] == many, tag


@pytest.mark.parametrize(
    "query",
    [
        "q=", "q=" + "a" * 10_000, "q=%F0%9F%8F%A0", "q=%D9%85%D8%A3%D9%88%D9%89", "q='; DROP TABLE service; --",
        "q=<script>", "q=+ - \" ( ) : * ~ ^", "near=999,999", "km=-1", "km=1e9", "km=nan", "page=1000000000", "need=nobody",
        "tag=lang:xx", "tag=" + "&tag=".join(f"lang:a{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"), "tag=%00",
        "order=sideways", "open=perhaps", "lang=tlh",
    ],
)  # fmt: skip
async def test_odd_questions_have_a_sane_answer(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/search?{query}")
    assert answer.status_code == 200
    assert answer.json()["page"] >= 1


async def test_what_cannot_be_read_is_said(client: httpx.AsyncClient) -> None:
    told = (await client.get("/api/search", params={"km": "-1", "lang": "en"})).json()
    assert told["doubts"] == ["“-1” is not a distance that we can look within: it goes up to 500 km."]


async def test_a_place_that_nobody_knows_is_said_and_one_that_is_known_is_named(client: httpx.AsyncClient) -> None:
    told = (await client.get("/api/search", params={"near": "Xqzwv", "lang": "en"})).json()
    assert told["understood"]["place"] is None
    assert told["doubts"][:1] == ["We do not know the place “Xqzwv”. A larger town nearby would help."]
    assert told["doubts"][1:] == (["These answers come from everywhere."] if told["results"] else [])
    near = (await client.get("/api/search", params={"near": "Truro", "lang": "en"})).json()
    assert (near["understood"]["place"], near["doubts"]) == ("Truro (Cornwall)", [])
