"""Tabular packages: old names, odd ids, bad rows, and what a second import does."""

from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Address, Language, Listing, ListingPlace, Phone, Schedule, Service
from referrals.exchange.actions import import_directory
from referrals.exchange.report import Report
from referrals.places.models import Place
from tests.conftest import NOW
from tests.exchange.packages import folder, tables, zipped


async def _import(session: AsyncSession, path: Path, **more: Any) -> Report:
    return await import_directory(session, path, NOW, source="harbour", **more)


def _miami() -> Place:
    return Place(
        code="GN-1", name="Miami", folded="miami", kind="town", country="US", region="FL Florida", postcodes=[],
        population=487014, latitude=25.7743, longitude=-80.1937, point="SRID=4326;POINT(-80.1937 25.7743)", precision="exact",
    )  # fmt: skip


async def _service(session: AsyncSession, key: str) -> Service:
    return (await session.scalars(select(Service).where(Service.source == "harbour", Service.source_key == key))).one()


async def test_a_package_of_hsds_1_comes_in_under_todays_names(session: AsyncSession, tmp_path: Path) -> None:
    report = await _import(session, folder(tmp_path / "p", tables()))
    assert report.kinds["service"]["created"] == 2
    soup = await _service(session, "71")
    assert soup.description == "Hot soup.\nEvery day."
    phone = (await session.scalars(select(Phone).where(Phone.service_id == soup.id))).one()
    assert (phone.number, phone.extension) == ("01632 960123", 45)
    beds = await _service(session, "72")
    assert beds.eligibility_description == "Adults"


async def test_a_service_of_one_place_alone_is_its_organizations(session: AsyncSession, tmp_path: Path) -> None:
    """As HSDS 1.0 and Ohana have it: no organization and no table between services and places."""
    package = tables()
    del package["services_at_location"]
    package["services"] = [
        {"id": "71", "location_id": "71", "name": "Soup at noon", "eligibility": "Adults"},
        {"id": "72", "location_id": "79", "name": "Beds", "eligibility": ""},
    ]
    report = await _import(session, folder(tmp_path / "p", package))
    soup = await _service(session, "71")
    assert soup.eligibility_description == "Adults"
    at = (await session.scalars(select(ListingPlace).where(ListingPlace.service_id == soup.id))).one()
    assert at.city == "Truro"
    told = {(one.entity, one.id) for one in report.rejected}
    assert ("service", "72") in told, "whose it is, nobody says"


async def test_the_second_import_of_the_same_package_changes_nothing(session: AsyncSession, tmp_path: Path) -> None:
    package = folder(tmp_path / "p", tables())
    first = await _import(session, package)
    again = await _import(session, package)
    assert (again.created, again.changed, again.gone, again.listings) == (0, 0, 0, 0)
    assert again.unchanged == first.created


async def test_a_zip_holds_the_same_as_a_folder(session: AsyncSession, tmp_path: Path) -> None:
    first = await _import(session, folder(tmp_path / "p", tables()))
    again = await _import(session, zipped(tmp_path / "p.zip", tables()))
    assert (again.created, again.changed, again.unchanged) == (0, 0, first.created)


async def test_an_edit_made_here_outlives_an_unchanged_source(session: AsyncSession, tmp_path: Path) -> None:
    package = folder(tmp_path / "p", tables())
    await _import(session, package)
    (await _service(session, "71")).description = "Now with bread."
    await _import(session, package)
    assert (await _service(session, "71")).description == "Now with bread."


async def test_what_the_source_changes_is_changed_here(session: AsyncSession, tmp_path: Path) -> None:
    await _import(session, folder(tmp_path / "p", tables()))
    content = tables()
    content["services"][0]["name"] = "Soup at one"
    report = await _import(session, folder(tmp_path / "p", content))
    assert (report.changed, report.listings) == (1, 0)
    assert (await _service(session, "71")).name == "Soup at one"


async def test_a_record_that_went_is_kept_unpublished_and_comes_back(session: AsyncSession, tmp_path: Path) -> None:
    await _import(session, folder(tmp_path / "p", tables()))
    content = tables()
    content["services"] = content["services"][:1]
    report = await _import(session, folder(tmp_path / "p", content))
    beds = await _service(session, "72")
    assert beds.gone_at == NOW
    assert report.kinds["service"]["gone"] == 1
    assert not (await session.get_one(Listing, beds.id)).published
    await _import(session, folder(tmp_path / "p", tables()))
    assert (await _service(session, "72")).gone_at is None
    assert (await session.get_one(Listing, beds.id, populate_existing=True)).published


async def test_services_that_nobody_sees_without_their_organization_are_named(
    session: AsyncSession, tmp_path: Path
) -> None:
    content = tables()
    content["organizations"].append({"id": "8", "name": "Hill House", "description": "", "url": ""})
    assert not (await _import(session, folder(tmp_path / "p", content))).unshown
    content["organizations"] = content["organizations"][1:]
    for _ in range(2):
        report = await _import(session, folder(tmp_path / "p", content))
        assert [(one.name, one.organization) for one in report.unshown] == [
            ("Beds", "Harbour House"), ("Soup at noon", "Harbour House"),
        ]  # fmt: skip
    assert not (await session.get_one(Listing, (await _service(session, "72")).id)).published


async def test_a_part_of_a_source_marks_nothing_as_gone(session: AsyncSession, tmp_path: Path) -> None:
    await _import(session, folder(tmp_path / "p", tables()))
    content = tables()
    content["services"] = content["services"][:1]
    report = await _import(session, folder(tmp_path / "p", content), whole=False)
    assert report.gone == 0
    assert (await _service(session, "72")).gone_at is None


async def test_bad_rows_are_named_with_file_line_and_reason_and_the_good_ones_stay(
    session: AsyncSession, tmp_path: Path
) -> None:
    content = tables()
    content["services"] += [
        {"id": "73", "organization_id": "no such", "name": "Adrift", "description": "", "status": ""},
        {"id": "74", "organization_id": "7", "name": "", "description": "", "status": ""},
        {"id": "71", "organization_id": "7", "name": "Twice", "description": "", "status": ""},
    ]
    content["locations"][0]["latitude"] = "far north"
    package = folder(tmp_path / "p", content)
    with (package / "phones.csv").open("a") as file:
        file.write("99,71\r\n")
    report = await _import(session, package)
    told = {(one.file, one.line, one.reason) for one in report.rejected}
    assert ("services.csv", 4, "belongs to an organization that is not there") in told
    assert ("services.csv", 5, "has no name") in told
    assert ("services.csv", 6, "uses the id of another row") in told
    assert ("phones.csv", 3, "has 2 cells where there are 3 columns") in told
    assert ("eligibility.csv", 3, "names no service") in told
    assert [(one.file, one.line, one.field) for one in report.unreadable] == [("locations.csv", 2, "latitude")]
    assert report.lost["locations.latitude"] == 1
    assert report.kinds["service"]["created"] == 2


async def test_a_line_break_inside_a_cell_does_not_move_the_line_numbers_of_errors(
    session: AsyncSession, tmp_path: Path
) -> None:
    content = tables()
    content["services"][0]["description"] = "One\ntwo\nthree"
    content["services"].append({"id": "74", "organization_id": "7", "name": "", "description": "", "status": ""})
    report = await _import(session, folder(tmp_path / "p", content))
    assert ("services.csv", 6) in {(one.file, one.line) for one in report.rejected}


async def test_text_of_old_windows_programs_is_read_as_it_was_meant(session: AsyncSession, tmp_path: Path) -> None:
    content = tables()
    content["services"][0]["name"] = "Café"
    await _import(session, folder(tmp_path / "p", content, encoding="cp1252"))
    assert (await _service(session, "71")).name == "Café"


async def test_fields_without_a_place_here_are_counted_by_name(session: AsyncSession, tmp_path: Path) -> None:
    content = tables()
    content["services"] = [row | {"favourite_colour": "blue"} for row in content["services"]]
    report = await _import(session, folder(tmp_path / "p", content))
    assert report.lost["services.favourite_colour"] == 2


async def test_hours_are_read_where_certain_and_kept_as_words_otherwise(session: AsyncSession, tmp_path: Path) -> None:
    await _import(session, folder(tmp_path / "p", tables()))
    soup = await _service(session, "71")
    days = await session.scalars(select(Schedule.byday).where(Schedule.service_id == soup.id).order_by(Schedule.byday))
    assert list(days) == ["MO", "TU"]
    listing = await session.get_one(Listing, soup.id)
    assert listing.slots == [{"days": ["MO", "TU"], "opens": "09:00", "closes": "17:00"}]
    beds = await _service(session, "72")
    told = (await session.scalars(select(Schedule).where(Schedule.service_id == beds.id))).one()
    assert (told.opens_at, told.description) == (None, "Ring the bell after 8:00pm, Fri")


async def test_names_of_languages_become_codes_and_an_interpreter_is_understood(
    session: AsyncSession, tmp_path: Path
) -> None:
    await _import(session, folder(tmp_path / "p", tables()))
    listing = await session.get_one(Listing, (await _service(session, "71")).id)
    assert listing.languages == ["en", "es"]
    assert listing.interpreter == "interpreter-available"
    unread = await session.scalar(select(func.count()).select_from(Language).where(Language.code.is_(None)))
    assert unread == 1


async def test_blanks_are_no_state_and_a_zip_tells_the_country(session: AsyncSession, tmp_path: Path) -> None:
    await _import(session, folder(tmp_path / "p", tables()))
    address = (await session.scalars(select(Address).where(Address.source_key == "72"))).one()
    assert (address.state_province, address.country) == ("FL", "US")


async def test_a_place_without_a_point_takes_the_nearest_known_one(session: AsyncSession, tmp_path: Path) -> None:
    session.add(_miami())
    await _import(session, folder(tmp_path / "p", tables()))
    places = {place.city: place for place in await session.scalars(select(ListingPlace))}
    assert places["Truro"].precision == "exact"
    assert places["Miami"].precision == "town"
    assert abs((places["Miami"].latitude or 0) - 25.77) < 0.05


async def test_a_service_named_as_organization_lends_its_own(session: AsyncSession, tmp_path: Path) -> None:
    content = tables()
    content["services"][1]["organization_id"] = "71"
    report = await _import(session, folder(tmp_path / "p", content))
    assert (await _service(session, "72")).organization_id == (await _service(session, "71")).organization_id
    assert report.repaired["service.organization_id: named a service, took its organization"] == 1
