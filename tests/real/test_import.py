"""Real directories, which are not ours to keep: they lie in ../shared. Run by `make check-real`."""

import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.actions import import_directory
from referrals.kit.settings import CHECKOUT
from referrals.places import load as places
from referrals.taxonomy import load as words
from tests.conftest import NOW

SHARED = CHECKOUT.parent / "shared"
MIAMI = SHARED / "data" / "miami-211-hsds"
EXAMPLES = SHARED / "data" / "hsds-3.1" / "examples"
VIGNETTES = SHARED / "vignettes" / "dev"

pytestmark = pytest.mark.real


@pytest.fixture
async def words_and_places(session: AsyncSession) -> None:
    await words.load(session, NOW)
    await places.load(session)


@pytest.mark.usefixtures("words_and_places")
async def test_miami_comes_in_whole_within_a_minute_and_the_second_time_changes_nothing(session: AsyncSession) -> None:
    began = time.perf_counter()
    first = await import_directory(session, MIAMI, NOW)
    assert time.perf_counter() - began < 60
    assert {kind: counts["created"] for kind, counts in first.kinds.items() if kind in ("organization", "service", "attribute")} == {
        "organization": 1074, "service": 4089, "attribute": 26259,
    }  # fmt: skip
    assert {(one.entity, one.reason) for one in first.rejected} == {
        ("eligibility", "names no service"),
        ("phone", "has no number"),
        ("taxonomy_term", "repeats a row word for word"),
        ("taxonomy_term", "uses the id of another row"),
    }
    assert first.listings == 4089
    again = await import_directory(session, MIAMI, NOW)
    assert (again.created, again.changed, again.gone, again.listings) == (0, 0, 0, 0)
    assert again.unchanged == first.created
    assert len(again.rejected) == len(first.rejected)
    assert first.terms.linked > 200
    assert first.terms.services < 2100


async def test_miami_can_be_found_opened_and_matched(miami: AsyncSession) -> None:
    listings = (
        await miami.execute(
            text(
                "SELECT count(*), count(*) FILTER (WHERE published), count(*) FILTER (WHERE needs <> '{}'), "
                "count(*) FILTER (WHERE languages <> '{}'), count(*) FILTER (WHERE slots <> '[]') FROM listing"
            )
        )
    ).one()
    assert tuple(listings)[:2] == (4089, 4089)
    assert listings[2] > 2000
    assert listings[3] > 4000
    assert listings[4] > 2200
    placed = await miami.scalar(text("SELECT count(*) FROM listing_place WHERE point IS NOT NULL"))
    assert placed is not None
    assert placed > 4000


async def test_the_fifty_terms_with_most_services_have_all_been_read(miami: AsyncSession) -> None:
    unread = await miami.scalars(
        text(
            "SELECT name FROM (SELECT t.id, t.name FROM taxonomy_term t JOIN attribute a ON a.taxonomy_term_id = t.id "
            "WHERE t.source = 'miami-211-hsds' GROUP BY t.id ORDER BY count(DISTINCT a.link_id) DESC LIMIT 50) top "
            "WHERE NOT EXISTS (SELECT 1 FROM term_link l WHERE l.foreign_id = top.id AND l.state = 'confirmed')"
        )
    )
    assert list(unread) == []


@pytest.mark.usefixtures("words_and_places")
@pytest.mark.parametrize(
    "path", [EXAMPLES, EXAMPLES / "csv", EXAMPLES / "service_full.json", EXAMPLES / "tabular.json"]
)
async def test_the_official_examples_come_in_twice_the_same(session: AsyncSession, path: Path) -> None:
    first = await import_directory(session, path, NOW)
    assert first.kinds["service"]["created"] == 1
    assert {one.reason for one in first.rejected} <= {"belongs to a service that is not there"}
    again = await import_directory(session, path, NOW)
    assert (again.created, again.changed, again.gone) == (0, 0, 0)


@pytest.mark.usefixtures("words_and_places")
async def test_the_evaluation_directory_comes_in_without_loss(session: AsyncSession) -> None:
    report = await import_directory(session, VIGNETTES, NOW)
    assert report.kinds["service"]["created"] == 366
    assert (report.rejected, report.unreadable, dict(report.lost)) == ([], [], {})
    assert report.skipped == ["taxonomy.json", "vignettes.json"]
    bare = await session.scalar(text("SELECT count(*) FROM listing WHERE needs = '{}'"))
    assert bare == 0
