import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from referrals.directory.search.embedded import Embedded
from referrals.kit import cluster, database
from referrals.kit.settings import seed_home
from referrals.places.load import read
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.load import seed_file
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary
from tests.directory import pages_world


@pytest.fixture(scope="session")
def pages_database(
    database_url: str, data_home: Path, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AsyncEngine]:
    """A database that holds the directory of pages.yaml already. A module of many tests names it as its `engine`."""
    server = cluster.ensure(data_home, durable=False)
    name = f"test_pages_{worker_id}_{os.getpid()}"
    cluster.drop_database(server, name)
    cluster.ensure_database(server, name, template=f"template_{database.fingerprint()}")
    engine = create_async_engine(server.url(name), poolclass=NullPool)
    asyncio.run(_fill(engine, tmp_path_factory.mktemp("pages")))
    yield engine
    cluster.drop_database(server, name)


async def _fill(engine: AsyncEngine, folder: Path) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        await pages_world.load(session, folder)
        await session.commit()


@pytest.fixture(scope="session")
def words() -> Vocabulary:
    """Our vocabulary, straight from its file."""
    taxonomies = json.loads(seed_file().read_text(encoding="utf-8"))["taxonomies"]
    return Vocabulary(
        "test",
        {
            name: {
                term["code"]: TermInfo(
                    UUID(term["id"]), name, term["code"], term.get("parent"), term["label_fr"], term["label_en"],
                    term.get("plain_fr") or term["label_fr"], term.get("plain_en") or term["label_en"],
                    term.get("taggable", True), term.get("data_inclusion"), {},
                    tuple(term.get("synonyms_fr", ())), tuple(term.get("synonyms_en", ())),
                )
                for term in taxonomy["terms"]
            }
            for name, taxonomy in taxonomies.items()
        },
    )  # fmt: skip


@pytest.fixture(scope="session")
def towns() -> PlaceIndex:
    """The gazetteer without its villages."""
    return PlaceIndex.load(place for place in read(seed_home() / "gazetteer" / "places.csv") if place.population > 2500)


@pytest.fixture
def embedded(tmp_path: Path) -> Embedded:
    return Embedded(tmp_path / "search")
