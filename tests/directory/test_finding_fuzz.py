"""Whatever an address says, the search answers: never an error of ours, never a page that is not safe or not whole."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from referrals.directory.routes.question import LONGEST, PAGES, many, question
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.statements import counted

NASTY = (
    "", " ", "x" * 10_000, "kiné " * 2_000, "😀🧑‍⚕️👩🏽‍🦽", "مأوى الليلة ليون", "\u202eesrever\u202c", "\x00\x01\x1b[31m",
    "'; DROP TABLE service; --", '" OR 1=1 --', "<script>alert(1)</script>", "{{7*7}}${7*7}", '+ - " ( ) : * ~ ^ \\ /',
    'name:"a" AND (b OR', "a* *b* ?c", "%00%ff", "../../etc/passwd", "NaN", "1e9", "-1", "0", "١٢٣", "½", "lang:", ":free",
    "mode:remote", "lang:zxx", "for:everyone", "age:unsaid", "90,180", "-90,-180", "91,181", "1e400,1", "0,0", "48.1,-1.7",
    "00000", "9" * 400, "kiné lyon 3", "Saint-Denis", "suicide", "near me",
)  # fmt: skip
NAMES = ("q", "near", "km", "need", "tag", "open", "order", "page", "map", "s", "speaks", "remote", "unheard-of")
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(st.sampled_from(NASTY), st.text(max_size=40))), max_size=8)

LONGEST_ADDRESS = 60_000
"""Letters; a client of ours asks no longer one."""


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


@given(pairs=PAIRS)
@settings(max_examples=120, database=None)
def test_any_address_becomes_a_question_within_bounds(pairs: list[tuple[str, str]]) -> None:
    asked = question(many(pairs))
    assert len(asked.q) <= LONGEST
    assert 1 <= asked.page <= PAGES
    assert asked.km is None or 0 < asked.km <= 500
    assert len(asked.tags) <= 20
    again = many([(name, str(one)) for name, value in asked.query().items() for one in (value if isinstance(value, list) else [value]) if one])  # fmt: skip
    assert question(again) == asked, "its own address asks the same"


async def test_any_address_is_answered(client: httpx.AsyncClient, pages: Pages, connection: AsyncConnection) -> None:
    async with counted(connection) as said:
        for pairs in drawn(45):
            before = len(said)
            asked = httpx.QueryParams(dict(many(pairs)))
            if len(str(asked)) > LONGEST_ADDRESS:
                continue
            answer = await client.get("/fr/services", params=asked)
            assert answer.status_code == 200, pairs
            assert "</html>" in answer.text
            assert "<script>alert" not in answer.text
            assert "Traceback" not in answer.text
            assert len(said) - before <= 120, f"a question that costs {len(said) - before} statements: {pairs}"


async def test_the_first_page_and_its_suggestions_take_anything_too(client: httpx.AsyncClient, pages: Pages) -> None:
    for text in NASTY[:14]:
        assert (await client.get("/en/suggest", params={"q": text})).status_code == 200, text
        assert (await client.get("/en/suggest", params={"near": text})).status_code == 200, text
        assert (await client.get("/en/", params={"s": text})).status_code == 200, text


def drawn(count: int) -> Iterator[list[tuple[str, str]]]:
    """Each nasty text once as words, then whatever comes."""
    yield from ([("q", text)] for text in NASTY[:24])
    found: list[list[tuple[str, str]]] = []

    @settings(
        max_examples=count, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=tuple(HealthCheck),
    )  # fmt: skip
    @given(pairs=PAIRS)
    def draw(pairs: list[tuple[str, str]]) -> None:
        found.append(pairs)

    draw()
    yield from found
