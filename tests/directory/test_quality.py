"""How well a listing tells what somebody has to know; and that nobody is ranked by it."""

import ast
from dataclasses import replace
from datetime import date

import pytest

from referrals.directory.quality import RAISES, Told, freshness, quality
from tests.sources import nodes, sources

TODAY = date(2026, 11, 23)
ALL = Told(
    address=True, way_in=True, audience=True, need=True, person=True, fees=True, description=500, phone=True, mail=True,
    looked_at=TODAY,
)  # fmt: skip


def test_a_listing_that_tells_everything_is_whole() -> None:
    found = quality(ALL, TODAY)
    assert found.percent == 100
    assert not found.lacking


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"address": False}, "address"), ({"way_in": False}, "way_in"), ({"audience": False}, "audience"),
        ({"need": False}, "need"), ({"person": False}, "person"), ({"fees": False}, "fees"), ({"phone": False}, "phone"),
        ({"mail": False}, "mail"), ({"description": 199}, "description"), ({"description": 2001}, "description"),
        ({"looked_at": None}, "freshness"),
    ],
)  # fmt: skip
def test_each_silence_costs_a_tenth_and_says_what_would_raise_it(change: dict[str, object], code: str) -> None:
    found = quality(replace(ALL, **change), TODAY)  # type: ignore[arg-type]  # any of its fields
    assert found.percent == 90
    assert [one.code for one in found.lacking] == [code]
    assert found.lacking[0].raised_by == RAISES[code]


def test_nobody_asks_for_the_address_of_what_has_no_place() -> None:
    assert quality(replace(ALL, address=False, remote_only=True), TODAY).percent == 100


@pytest.mark.parametrize(
    ("looked_at", "points"),
    [(TODAY, 1), (date(2026, 6, 1), 1), (date(2024, 11, 1), 0), (date(2020, 1, 1), 0), (None, 0)],
)
def test_freshness_lasts_six_months_and_is_gone_after_two_years(looked_at: date | None, points: float) -> None:
    assert freshness(looked_at, TODAY) == points


def test_between_the_two_it_fades_evenly() -> None:
    assert freshness(date(2025, 8, 24), TODAY) == pytest.approx(0.5, abs=0.01)


def test_what_ranks_does_not_know_it() -> None:
    """Also held by import-linter, through any number of steps."""
    knowing = [
        source.path for source in sources() for node in nodes(source.tree)
        if source.path.startswith(("matching/", "directory/search/")) and isinstance(node, ast.ImportFrom)
        and "quality" in f"{node.module} {[name.name for name in node.names]}"
    ]  # fmt: skip
    assert not knowing
