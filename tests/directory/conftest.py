import json
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from referrals.directory.search.embedded import Embedded
from referrals.kit.settings import seed_home
from referrals.places.load import read
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.load import seed_file
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary
from tests.databases import Databases
from tests.directory import pages_world


@pytest.fixture(scope="session")
def pages_database(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncEngine:
    """A database that holds the directory of pages.yaml already. A module of many tests names it as its `engine`."""
    return databases.filled("pages", pages_world.load, tmp_path_factory.mktemp("pages"))


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
