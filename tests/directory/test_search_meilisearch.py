"""What is Meilisearch's own: its keys, what it says when it cannot, and which engine a deployment gets."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest

from referrals import demo
from referrals.directory.search.embedded import Embedded
from referrals.directory.search.engines import searching, writing
from referrals.directory.search.meilisearch import Meilisearch
from referrals.directory.search.meilisearch_keys import make_keys
from referrals.directory.search.port import Document, Query, SearchUnavailable
from referrals.kit import db
from referrals.kit.geo import LatLon
from referrals.kit.settings import Settings
from tests.directory import meilisearch_tape

ONE = Document(
    id=uuid5(NAMESPACE_DNS, "one"), names={"fr": ("La Halte",), "en": ()}, organization=(), needs={"fr": (), "en": ()},
    cities=(), descriptions={"fr": (), "en": ()}, terms=(), modes=("on-site",), languages=(),
    points=(LatLon(45.76, 4.83), LatLon(48.11, -1.68)),
)  # fmt: skip


OTHER = replace(ONE, id=uuid5(NAMESPACE_DNS, "other"), names={"fr": ("L’Abri",), "en": ()})


async def batches() -> AsyncIterator[list[Document]]:
    yield [OTHER]


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, str | None]]:
    with meilisearch_tape.address(request.node.name) as address:
        yield address


async def test_one_key_writes_and_the_other_only_searches(server: tuple[str, str | None]) -> None:
    url, master = server
    keys = make_keys(url, master or "", "scoped")
    assert keys == make_keys(url, master or "", "scoped"), "the same again"
    writer, reader = Meilisearch(url, keys.writing, name="scoped"), Meilisearch(url, keys.searching, name="scoped")
    writer.forget()
    await writer.put([ONE])
    assert [hit.id for hit in (await reader.find(Query(words=("halte",)))).items] == [ONE.id]
    with pytest.raises(SearchUnavailable, match="key"):
        await reader.remove([ONE.id])
    assert await writer.rebuild(batches()) == 1
    assert [hit.id for hit in (await reader.find(Query(words=("abri",)))).items] == [OTHER.id]
    assert not (await reader.find(Query(words=("halte",)))).items
    elsewhere = Meilisearch(url, keys.searching, name="another")
    with pytest.raises(SearchUnavailable):
        await elsewhere.find(Query(words=("halte",)))
    writer.forget()


async def test_a_server_that_is_not_there_is_said() -> None:
    nobody = Meilisearch("http://127.0.0.1:9", "none")
    with pytest.raises(SearchUnavailable):
        await nobody.find(Query(words=("halte",)))
    with pytest.raises(SearchUnavailable):
        await nobody.exists()


async def test_the_demo_begins_without_its_search_server(tmp_path: Path) -> None:
    told: list[str] = []
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    settings = Settings(tmp_path, nowhere, "x", "http://127.0.0.1", meilisearch_url="http://127.0.0.1:9")
    await demo.make_index(settings, db.connect(nowhere), told.append)
    assert told[0].startswith("Search index: not made yet")


def test_a_deployment_that_names_a_server_gets_it(tmp_path: Path) -> None:
    settings = Settings(data_home=tmp_path, database_url=None, secret="x", base_url="http://127.0.0.1")
    assert isinstance(searching(settings), Embedded)
    named = replace(settings, meilisearch_url="http://127.0.0.1:9", meilisearch_index="ours")
    for engine in (searching(named), writing(named)):
        assert isinstance(engine, Meilisearch)
        assert engine.index.startswith("ours-v")
