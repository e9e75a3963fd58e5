"""An iCarol export becomes HSDS: agencies, programs, sites, programs at sites; what is private stays out."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Address, Listing, ListingPlace, Organization, Phone, Service, ServiceAtLocation
from referrals.exchange import reasons
from referrals.exchange.actions import import_directory
from tests.conftest import NOW
from tests.exchange.icarol_export import ROWS, export


async def _service(session: AsyncSession, key: str) -> Service:
    return (await session.scalars(select(Service).where(Service.source_key == key))).one()


async def test_an_export_comes_in(session: AsyncSession, tmp_path: Path) -> None:
    report = await import_directory(session, export(tmp_path / "resources.csv"), NOW)
    assert report.format == "iCarol"
    agency = (await session.scalars(select(Organization))).one()
    assert (agency.name, agency.website, agency.tax_id) == ("Elm Harbor Aid", "http://www.elm.example", "00-0000001")
    pantry = await _service(session, "2001")
    assert (pantry.status, pantry.alert) == ("active", "Closed on the 25th.")
    assert pantry.assured_date is not None
    assert pantry.assured_date.isoformat() == "2026-03-04"
    listing = await session.get_one(Listing, pantry.id)
    assert listing.languages == ["en", "es"]
    assert listing.slots == [{"days": ["MO", "TU", "WE", "TH", "FR"], "opens": "09:00", "closes": "17:00"}]
    assert listing.foreign_terms == ["Food Pantries", "Groceries"]
    numbers = await session.execute(
        select(Phone.number, Phone.type).where(Phone.service_id == pantry.id).order_by(Phone.number)
    )
    assert [tuple(one) for one in numbers] == [("555-010-0002", "voice"), ("555-010-0003", "fax")]
    place = (await session.scalars(select(ListingPlace).where(ListingPlace.service_id == pantry.id))).one()
    assert (place.city, place.latitude) == ("Miami", 25.80)


async def test_a_private_address_and_a_private_number_stay_out(session: AsyncSession, tmp_path: Path) -> None:
    report = await import_directory(session, export(tmp_path / "resources.csv"), NOW)
    refuge = await _service(session, "2002")
    assert refuge.status == "inactive"
    place = (await session.scalars(select(ListingPlace).where(ListingPlace.service_id == refuge.id))).one()
    assert (place.confidential, place.latitude) == (True, None)
    assert all("Secret" not in (line or "") for line in await session.scalars(select(Address.address_1)))
    assert list(await session.scalars(select(Phone).where(Phone.service_id == refuge.id))) == []
    assert report.lost["icarol.phone1number"] == 1


async def test_the_report_says_what_did_not_come_in(session: AsyncSession, tmp_path: Path) -> None:
    report = await import_directory(session, export(tmp_path / "resources.csv"), NOW)
    assert {(one.line, one.id, one.reason) for one in report.rejected} == {
        (9, "4003", reasons.NOT_THERE % {"entity": "a location"}),
        (10, "2003", reasons.NOT_PUBLIC),
        (11, "5001", reasons.LEVEL % {"kind": "Coalition"}),
    }
    assert dict(report.lost) == {"icarol.internalnotes": 1, "icarol.recordowner": 1, "icarol.phone1number": 1}


async def test_a_directory_of_agencies_alone_has_a_service_for_each(session: AsyncSession, tmp_path: Path) -> None:
    alone = {**ROWS[0], "TaxonomyTerms": "Food Pantries", "TaxonomyCodes": "BD-1800.2000"}
    await import_directory(session, export(tmp_path / "resources.csv", [alone]), NOW)
    service = await _service(session, "1001")
    assert service.name == "Elm Harbor Aid"


async def test_an_agency_without_programs_or_terms_is_a_service_where_it_and_its_sites_are(
    session: AsyncSession, tmp_path: Path
) -> None:
    """As a 2-1-1 writes it that keeps its terms elsewhere: hundreds of agencies came in, and nothing that they do."""
    here, other, house = ROWS[3], {**ROWS[3], "ResourceAgencyNum": "3005", "PhysicalAddress1": "9 Other Quay"}, ROWS[4]
    street = {name: said for name, said in here.items() if name.startswith("Physical")}
    alone = {**ROWS[0], **street}
    await import_directory(session, export(tmp_path / "resources.csv", [alone, here, other]), NOW)
    service = await _service(session, "1001")
    assert service.description == "Helps the harbor."
    places = await session.scalars(
        select(Address.address_1)
        .join(ServiceAtLocation, ServiceAtLocation.location_id == Address.location_id)
        .where(ServiceAtLocation.service_id == service.id)
    )
    assert sorted(map(str, places)) == ["12 Invented Quay", "9 Other Quay"], "its own street once"
    report = await import_directory(session, export(tmp_path / "silent.csv", [{**alone, "AgencyDescription": ""}]), NOW)
    assert report.listings == 0, "whoever says nothing of what they do"
    await import_directory(
        session,
        export(tmp_path / "house.csv", [{**alone, "ResourceAgencyNum": "1007"}, {**house, "ParentAgencyNum": "1007"}]),
        NOW,
    )
    hidden = await _service(session, "1007")
    there = await session.scalars(select(ListingPlace).where(ListingPlace.service_id == hidden.id))
    assert {(place.confidential, place.latitude) for place in there} == {(True, None)}, "at a street that is private"


async def test_what_hangs_on_an_agency_that_stays_out_is_told_line_by_line(
    session: AsyncSession, tmp_path: Path
) -> None:
    """Programs of an agency that is not for the public, of one that is not there, of none; the same number twice."""
    agency, program = (
        ROWS[0] | {"AgencyDescription": ""},
        ROWS[1] | {"TaxonomyTerms": "", "TaxonomyCodes": "", "PhoneFax": ""},
    )
    rows = [
        agency, {**agency, "ResourceAgencyNum": "1002", "ExcludeFromWebsite": "Yes"},
        {**program, "ParentAgencyNum": "1002"}, {**program, "ResourceAgencyNum": "2009", "ParentAgencyNum": "999"},
        {**program, "ResourceAgencyNum": "2010", "ParentAgencyNum": ""}, {**agency, "PublicName": "Told again"},
        {**ROWS[3], "ParentAgencyNum": "1002"},
    ]  # fmt: skip
    report = await import_directory(session, export(tmp_path / "resources.csv", rows), NOW)
    told = {(one.line, one.entity, one.reason) for one in report.rejected}
    agencies, services = reasons.NOT_THERE % {"entity": "an organization"}, reasons.NOT_THERE % {"entity": "a service"}
    assert {one for one in told if one[1] in ("organization", "service")} == {
        (3, "organization", reasons.NOT_PUBLIC), (4, "service", reasons.NOT_PUBLIC), (5, "service", agencies),
        (6, "service", reasons.MISSING % {"fields": "organization"}), (7, "organization", reasons.CLASH),
    }  # fmt: skip
    parts = ("phone", "language", "schedule", "service_area", "required_document")
    assert {one for one in told if one[1] in parts} == {(line, part, services) for line in (5, 6) for part in parts}
    assert (8, "location", reasons.NOT_PUBLIC) in told
    assert (await session.scalars(select(Address))).all() == [], "nor is its street kept"
    assert (await session.scalars(select(Organization.name))).all() == ["Elm Harbor Aid"]
    assert [one.service_id for one in await session.scalars(select(Phone).where(Phone.organization_id.is_(None)))] == []
