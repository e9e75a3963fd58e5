"""Other people's directories as they are: the mock feeds of Open Referral UK, Miami; twenty records counted by hand.

They are not ours to keep and lie in ../shared. Run by `make check-real`; `FUZZ=20` makes the fuzz tests look deeper.
"""

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange import reasons
from referrals.exchange.actions import import_directory
from referrals.kit.settings import CHECKOUT
from tests.conftest import NOW
from tests.exchange.icarol_export import export

SHARED = CHECKOUT.parent / "shared" / "data"
MOCKS = SHARED / "hsds-oruk-mocks" / "OpenReferralApi" / "Mocks"
MIAMI = SHARED / "miami-211-hsds"

pytestmark = pytest.mark.real

CHOSEN = {
    "organizations": (1,), "services": (1, 2, 3), "locations": (1,), "phones": (1, 899), "contacts": (1, 2, 40),
    "taxonomy": (1, 2, 3, 1072, 1829), "eligibility": (1, 2),
}  # fmt: skip
"""Rows of Miami, counted from 1 below the header: seventeen records. Three more are the first of the Fail feed."""


def _chosen(folder: Path) -> Path:
    csv.field_size_limit(10**9)
    for table, numbers in CHOSEN.items():
        with (MIAMI / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([rows[0], *(rows[number] for number in numbers)])
    return folder


async def test_seventeen_rows_of_miami_are_reported_as_counted_by_hand(session: AsyncSession, tmp_path: Path) -> None:
    """Read row by row, with the rows that they name but that were not chosen taken as absent.

    organizations 136: its text ends in ###MON###. services 136 (###MON###), 143 (###MON### and ###COL###; its organization
    was not chosen), 144 (letters of DOS in its application process; organization 143 too). locations 136 (###MON###).
    phones 136 names the service at a location 136, not chosen; 7259 has no number. contacts 136, 143, 208: each a code
    area and a number, the last an extension; all three name a service at a location that is not there, 143 and 208 also
    services that are not, so that they belong to nobody. taxonomy: four of five rows have a facet; FP-4000 stands there twice, and no parent was chosen.
    eligibility: neither row names a service.
    """
    report = await import_directory(session, _chosen(tmp_path), NOW, source="miami")
    assert sorted((one.file, one.line, one.id, one.reason) for one in report.rejected) == [
        ("contacts.csv", 3, "143", reasons.NOT_THERE % {"entity": "a service"}),
        ("contacts.csv", 4, "208", reasons.NOT_THERE % {"entity": "a service"}),
        ("eligibility.csv", 2, None, reasons.NO_SERVICE),
        ("eligibility.csv", 3, None, reasons.NO_SERVICE),
        ("phones.csv", 3, "7259", reasons.MISSING % {"fields": "number"}),
        ("services.csv", 3, "143", reasons.NOT_THERE % {"entity": "an organization"}),
        ("services.csv", 4, "144", reasons.NOT_THERE % {"entity": "an organization"}),
        ("taxonomy.csv", 6, "FP-4000", reasons.REPEATED),
    ]
    assert dict(report.lost) == {
        "organizations.description ###MON###": 1,
        "services.description ###MON###": 2,
        "services.description ###COL###": 1,
        "locations.description ###MON###": 1,
        "phone.service_at_location_id": 1,
        "contacts.phone_areacode": 3,
        "contacts.phone_number": 3,
        "contacts.phone_extension": 1,
        "contact.service_at_location_id": 1,
        "taxonomy.taxonomy_facet": 4,
        "taxonomy_term.parent_id": 4,
    }
    assert [(one.file, one.line, one.field, one.reason) for one in report.repairs] == [
        ("services.csv", 4, "application_process", reasons.OLD_LETTERS)
    ]
    assert report.unreadable == []
    assert {kind: counts["created"] for kind, counts in report.kinds.items()} == {
        "taxonomy": 1, "taxonomy_term": 4, "organization": 1, "location": 1, "service": 1, "phone": 1, "contact": 1,
    }  # fmt: skip


async def test_three_records_of_the_failing_feed_are_reported_as_counted_by_hand(
    session: AsyncSession, tmp_path: Path
) -> None:
    """Each lacks its name, has a link and an e-mail that are none, and an organization whose parent is not there."""
    feed = json.loads((MOCKS / "V3.0-UK-Fail" / "service_list.json").read_text())
    (tmp_path / "service_list.json").write_text(json.dumps({**feed, "contents": feed["contents"][:3]}, indent=0))
    report = await import_directory(session, tmp_path, NOW, source="oruk")
    ids = [
        "ac148810-d857-441c-9679-408f346de14b",
        "b644a0d2-9e8a-4c33-9390-ae9ee93fc056",
        "e85f5bb0-62f0-42cc-a08a-0c5c16273090",
    ]
    assert [(one.id, one.reason) for one in report.rejected] == [
        (id, reasons.MISSING % {"fields": "name"}) for id in ids
    ]
    assert dict(report.lost) == {"organization.parent_organization_id": 3}
    assert sorted((one.id, one.field, one.reason) for one in report.repairs) == sorted(
        (id, field, reason) for id in ids for field, reason in (("url", reasons.ODD_LINK), ("email", reasons.ODD_MAIL))
    )
    assert report.kinds["organization"]["created"] == 3


@pytest.mark.parametrize(
    ("feed", "services", "refused"),
    [("V3.0-UK-Default", 1, 0), ("V3.0-UK-Warn", 1, 0), ("V3.0-UK-Fail", 1, 4), ("V3.0-UK-Test", 1, 56)],
)
async def test_every_mock_feed_comes_in_and_its_bad_records_are_listed(
    session: AsyncSession, feed: str, services: int, refused: int
) -> None:
    """The Test feed tells one service 128 times, with ever other things left out; 28 times its organization."""
    report = await import_directory(session, MOCKS / feed, NOW, source="oruk")
    assert report.kinds["service"]["created"] == services
    assert len([one for one in report.rejected if one.entity == "service"]) == refused
    assert all(one.file.endswith(".json") and one.line > 0 for one in report.rejected)
    again = await import_directory(session, MOCKS / feed, NOW, source="oruk")
    assert (again.created, again.changed, again.gone) == (0, 0, 0)


async def test_an_icarol_export_comes_in_twice_the_same(session: AsyncSession, tmp_path: Path) -> None:
    path = export(tmp_path / "resources.csv")
    await import_directory(session, path, NOW)
    again = await import_directory(session, path, NOW)
    assert (again.created, again.changed, again.gone) == (0, 0, 0)
