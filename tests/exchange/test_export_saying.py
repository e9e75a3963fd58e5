"""How single values are said in other people's formats. No database."""

from datetime import date
from typing import Any

import opening_hours
import pytest

from referrals.directory.hours import of
from referrals.exchange.export.formats import FORMATS
from referrals.exchange.export.inclusion.osm import told
from referrals.exchange.export.inclusion.zones import Communes, codes
from referrals.exchange.export.people import guarded

WEEKDAYS = {"freq": "WEEKLY", "interval": 1, "byday": "MO,TU,WE,FR", "opens_at": "09:00", "closes_at": "12:00"}


def test_every_format_says_what_it_is_for() -> None:
    assert set(FORMATS) == {"csv", "hsds-json", "hsds-ndjson", "hsds-tabular", "data-inclusion"}
    assert all(found.purpose.endswith(".") for found in FORMATS.values())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM", "\t=1", "\r=1"])
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([WEEKDAYS, WEEKDAYS | {"opens_at": "14:00", "closes_at": "17:00"}], "Mo-We,Fr 09:00-12:00,14:00-17:00"),
        ([WEEKDAYS | {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "23:59"}], "24/7"),
        ([{"freq": "MONTHLY", "interval": 1, "byday": "1MO,-1FR", "opens_at": "09:00", "closes_at": "12:00"}], "Mo[1],Fr[-1] 09:00-12:00"),
        ([WEEKDAYS, {"dtstart": "2026-12-24", "until": "2027-01-02", "description": "Closed"}], "Mo-We,Fr 09:00-12:00; 2026 Dec 24-2027 Jan 02 off"),
        ([WEEKDAYS, {"dtstart": "2025-12-24", "until": "2026-01-02", "description": "Closed"}], "Mo-We,Fr 09:00-12:00"),
        ([WEEKDAYS | {"byday": "FR", "opens_at": "22:00", "closes_at": "02:00"}], "Fr 22:00-02:00"),
        ([WEEKDAYS | {"until": "2026-12-31"}], None),
        ([{"description": "On appointment"}], None),
    ],
)  # fmt: skip
def test_hours_are_said_in_openstreetmaps_words(rows: list[dict[str, Any]], text: str | None) -> None:
    said = told(of(rows), date(2026, 11, 23))
    assert said.text == text
    if text:
        assert opening_hours.validate(text)


@pytest.mark.parametrize(
    ("kind", "extent", "expected"),
    [
        ("country", "FR", ["france"]), ("country", "GB", []), ("postcode-prefix", "69,01", ["69", "01"]),
        ("postcode-prefix", "20", ["2A", "2B"]), ("postcode-prefix", "974", ["974"]), ("postcode-prefix", "69003", ["69383"]),
        ("postcode-prefix", "PL15,TR", []), ("geojson", "{}", []), ("cog", "35288,243500139,2A", ["35288", "243500139", "2A"]),
    ],
)  # fmt: skip
def test_areas_are_said_in_codes_where_there_is_one(kind: str, extent: str, expected: list[str]) -> None:
    assert codes(kind, extent, Communes({"69003": ("69383",)})) == expected
