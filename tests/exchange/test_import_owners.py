"""A record belongs to one source, and what an import touches is told anew."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.directory.models import Listing, Organization, Phone, Service
from referrals.exchange import reasons
from referrals.exchange.actions import import_directory
from referrals.exchange.report import Report
from referrals.kit.i18n import speaking
from referrals.taxonomy import load as taxonomy
from tests.conftest import NOW
from tests.databases import Databases
from tests.exchange.packages import Table, folder, tables

HOUSE, SOUP = "0b3c1f60-5d0e-4b54-9a53-8a3a6a1f0001", "0b3c1f60-5d0e-4b54-9a53-8a3a6a1f0002"


def _package(**service: str) -> dict[str, Table]:
    return {
        "organizations": [{"id": HOUSE, "name": "Harbour House", "description": "A house by the harbour."}],
        "services": [{"id": SOUP, "organization_id": HOUSE, "name": "Soup", "description": "Hot.", "status": "active", **service}],
        "phones": [{"id": "", "service_id": SOUP, "number": service.get("number", "01632 960123")}],
    }  # fmt: skip


async def _bring(session: AsyncSession, at: Path, content: dict[str, Table], source: str, days: int = 0) -> Report:
    await session.flush()
    return await import_directory(session, folder(at / source, content), NOW + timedelta(days=days), source=source)


async def test_the_record_of_another_source_is_not_taken_over(session: AsyncSession, tmp_path: Path) -> None:
    await _bring(session, tmp_path, _package(), "harbour")
    taken = _package(name="Soup for sale", number="01632 960999")
    taken["services"].append(
        {"id": "9", "organization_id": HOUSE, "name": "Beds", "description": "Eight.", "status": "active"}
    )
    report = await _bring(session, tmp_path, taken, "copycat")
    soup = await session.get_one(Service, UUID(SOUP), populate_existing=True)
    assert (soup.name, soup.source, soup.gone_at) == ("Soup", "harbour", None)
    house = await session.get_one(Organization, UUID(HOUSE), populate_existing=True)
    assert house.source == "harbour"
    assert [phone.number for phone in await session.scalars(select(Phone))] == ["01632 960123"]
    said = [(one.entity, one.id, one.reason) for one in report.rejected]
    theirs = reasons.FOREIGN % {"source": "harbour"}
    assert said == [("organization", HOUSE, theirs), ("service", SOUP, theirs), ("phone", None, reasons.OF_FOREIGN)]
    with speaking("fr"):
        assert reasons.sentence(theirs) == "porte l’identifiant d’une fiche qui vient de harbour, laissée telle quelle"
    beds = (await session.scalars(select(Service).where(Service.source == "copycat"))).one()
    assert (beds.name, beds.organization_id) == ("Beds", UUID(HOUSE))


async def test_the_same_source_goes_on_changing_its_own(session: AsyncSession, tmp_path: Path) -> None:
    await _bring(session, tmp_path, _package(), "harbour")
    report = await _bring(session, tmp_path, _package(name="Soup at one"), "harbour")
    assert (report.rejected, report.changed) == ([], 1)
    assert (await session.get_one(Service, UUID(SOUP), populate_existing=True)).name == "Soup at one"


async def _indexed(session: AsyncSession) -> list[Any]:
    return list(await session.scalars(text("SELECT service_id FROM index_due ORDER BY id")))


async def test_a_text_a_number_or_an_organizations_name_alone_date_and_index_the_service_anew(
    session: AsyncSession, tmp_path: Path
) -> None:
    content = tables()
    await _bring(session, tmp_path, content, "harbour")
    soup = await session.scalar(select(Service.id).where(Service.source_key == "71"))
    beds = await session.scalar(select(Service.id).where(Service.source_key == "72"))
    content["services"][0]["description"] = "Cold soup."
    for place in content["locations"]:
        place["description"] = ""
    steps = [("services", 0, "description", "Cold soup.", {soup}), ("phones", 0, "number", "01632 960999", {soup}),
             ("locations", 1, "description", "Up the stairs.", {beds}), ("organizations", 0, "name", "The House", {soup, beds})]  # fmt: skip
    await _bring(session, tmp_path, content, "harbour", 1)
    for days, (table, row, field, said, touched) in enumerate(steps, 2):
        content[table][row][field] = f"{said} {days}"
        before = len(await _indexed(session))
        await _bring(session, tmp_path, content, "harbour", days)
        dated = select(Listing.service_id).where(Listing.updated_at == NOW + timedelta(days=days))
        assert set(await session.scalars(dated)) == touched, field
        assert set((await _indexed(session))[before:]) == touched, field


async def test_an_import_of_the_same_again_indexes_nothing(session: AsyncSession, tmp_path: Path) -> None:
    await _bring(session, tmp_path, tables(), "harbour")
    before = len(await _indexed(session))
    await _bring(session, tmp_path, tables(), "harbour", 1)
    assert len(await _indexed(session)) == before
    assert await session.scalar(select(func.count()).select_from(Listing).where(Listing.updated_at > NOW)) == 0


@pytest.fixture
def database_of_its_own(databases: Databases, tmp_path: Path) -> AsyncEngine:
    """For what is committed."""
    return databases.filled("two_imports", _words, tmp_path)


async def _words(session: AsyncSession, _: Path) -> None:
    await taxonomy.load(session, NOW)


async def test_of_two_sources_that_tell_one_record_at_once_one_has_it(
    database_of_its_own: AsyncEngine, tmp_path: Path
) -> None:
    house = {"id": HOUSE, "name": "Harbour House", "description": ""}
    told = {"id": SOUP, "name": "Soup", "status": "active", "organization": house}
    package = tmp_path / "services.json"
    package.write_text(json.dumps(told), encoding="utf-8")

    async def one(source: str) -> tuple[int, int, int]:
        async with AsyncSession(database_of_its_own) as session, session.begin():
            report = await import_directory(session, package, NOW, source=source)
            return report.created, report.unchanged, len(report.rejected)

    assert sorted(await asyncio.gather(one("one"), one("other"))) == [(0, 0, 2), (2, 0, 0)]
