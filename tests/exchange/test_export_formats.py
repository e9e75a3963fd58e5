"""What the files hold: tables that describe themselves, HSDS objects, data·inclusion by its own rules, a table for people."""

import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import frictionless
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.app import ROUTES, paths
from referrals.directory.models import Organization, Phone, Service
from referrals.exchange.export.formats import FORMATS
from referrals.exchange.export.losses import IN_WORDS, NOT_PUBLIC, ONE_LANGUAGE, OURS_ALONE
from referrals.exchange.export.making import Made, make
from referrals.kit.settings import Settings
from tests.conftest import NOW
from tests.exchange.export_world import HIDDEN_STREET, bring


@dataclass(frozen=True)
class Files:
    """One directory in every format, and the report of each."""

    home: Path
    made: dict[str, Made]

    def path(self, key: str) -> Path:
        return self.home / f"d-{key}{FORMATS[key.partition('.')[0]].suffix}"

    def losses(self, key: str) -> set[tuple[str, str, str, int]]:
        return {(one.entity, one.field, one.reason, one.count) for one in self.made[key].losses}

    def objects(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path("hsds-json").read_text())
        return found

    def inclusion(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        with zipfile.ZipFile(self.path("data-inclusion")) as archive:
            return json.loads(archive.read("structures.json")), json.loads(archive.read("services.json"))

    def rows(self, language: str) -> list[list[str]]:
        said = self.path(f"csv.{language}").read_text(encoding="utf-8-sig")
        return list(csv.reader(io.StringIO(said, newline=""), delimiter={"fr": ";", "en": ","}[language]))

    def bytes(self, key: str) -> bytes:
        return self.path(key).read_bytes()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.bytes("hsds-ndjson").splitlines()]

    def package(self, folder: Path) -> Path:
        """The tables, unpacked; where they describe themselves."""
        with zipfile.ZipFile(self.path("hsds-tabular")) as archive:
            archive.extractall(folder)
        return folder / "datapackage.json"

    def everything(self, key: str) -> str:
        if not zipfile.is_zipfile(self.path(key)):
            return self.path(key).read_text(encoding="utf-8-sig")
        with zipfile.ZipFile(self.path(key)) as archive:
            return "\n".join(archive.read(name).decode() for name in archive.namelist())


def _settings(home: Path) -> Settings:
    return Settings(data_home=home, database_url=None, secret="test" * 16, base_url="http://relais.test")


async def _write(session: AsyncSession, home: Path, **more: Any) -> Files:
    files = Files(home, {})
    for found in FORMATS.values():
        for key in found.files():
            language = key.partition(".")[2] or "fr"
            files.made[key] = await make(
                session, found, files.path(key), language=language, settings=_settings(home), now=NOW, **more
            )
    return files


@asynccontextmanager
async def _world(engine: AsyncEngine, home: Path) -> AsyncIterator[AsyncSession]:
    """A database with the small directory, for many tests that only look at files."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(connection, expire_on_commit=False) as session:
            await bring(session, home)
            yield session
        await outer.rollback()


@pytest.fixture(scope="module")
async def files(engine: AsyncEngine, tmp_path_factory: pytest.TempPathFactory) -> Files:
    home = tmp_path_factory.mktemp("export")
    async with _world(engine, home) as session:
        return await _write(session, home)


@pytest.fixture(scope="module")
async def awkward(engine: AsyncEngine, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The same with names that are formulas or too short, a service that is gone, and somebody else's organization."""
    home = tmp_path_factory.mktemp("awkward")
    async with _world(engine, home) as session:
        kine = Service.name == "Kiné du port"
        await session.execute(update(Service).where(kine).values(name="=HYPERLINK(0)", translations={}))
        await session.execute(update(Service).where(Service.name == "Refuge du Héron").values(gone_at=NOW))
        await session.execute(update(Organization).where(Organization.name == "Sans services").values(name="S"))
        await session.execute(update(Phone).values(number="+33 4 65 71 10 01"))
        session.add(Organization(name="Ailleurs", source="elsewhere", language="fr", translations={}))
        await session.flush()
        return await _write(session, home, source="demo")


async def test_the_tables_are_valid_by_their_own_description(files: Files, tmp_path: Path) -> None:
    described = files.package(tmp_path)
    report = frictionless.Package(str(described)).validate()
    assert report.valid, report.flatten(["title", "type", "message"])[:5]
    fields = {
        one.name: {field.name for field in one.schema.fields} for one in frictionless.Package(str(described)).resources
    }
    assert fields["unit"] >= {"id", "name", "scheme", "identifier", "uri"}
    assert fields["service_capacity"] >= {
        "id",
        "service_id",
        "unit_id",
        "available",
        "maximum",
        "description",
        "updated",
    }


async def test_each_object_of_the_json_file_is_in_the_list_of_its_kind(files: Files) -> None:
    found = files.objects()
    assert found["version"] == "3.1"
    assert {one["name"] for one in found["services"]} == {"Kiné du port", "Refuge du Héron"}
    assert {one["name"] for one in found["organizations"]} == {"Le Héron", "Sans services"}
    assert {one["name"] for one in found["taxonomies"]} >= {"need", "audience"}
    assert all(one["taxonomy_detail"]["id"] == one["taxonomy_id"] for one in found["taxonomy_terms"])


async def test_the_lines_say_the_same_and_what_each_is(files: Files) -> None:
    whole = files.objects()
    lines = files.lines()
    services = [{k: v for k, v in one.items() if k != "entity"} for one in lines if one["entity"] == "service"]
    assert services == whole["services"]
    assert len(lines) == sum(len(found) for found in whole.values() if isinstance(found, list))


async def test_data_inclusion_has_french_texts_codes_hours_and_an_area(files: Files) -> None:
    structures, services = files.inclusion()
    kine = next(one for one in services if one["nom"] == "Kiné du port")
    assert kine["structure_id"] in {one["id"] for one in structures}
    assert kine["thematiques"] == ["sante--acces-aux-soins"]
    assert kine["publics"] == ["seniors"]
    assert kine["publics_precisions"] == "Aidants. De 18 à 99 ans"
    assert kine["modes_accueil"] == ["en-presentiel"]
    assert kine["horaires_accueil"] == "Mo-Fr 09:00-12:00; Sa 09:00-11:00"
    assert kine["zone_eligibilite"] == ["69"]
    assert kine["frais"] == "payant"
    assert (kine["code_postal"], kine["code_insee"], kine["commune"]) == ("69003", "69383", "Lyon")
    assert kine["telephone"] == "+33465711001"


async def test_a_link_in_a_file_is_the_address_of_a_page(files: Files) -> None:
    structures, services = files.inclusion()
    templates = paths(ROUTES)
    for record, page in ((structures[0], "organization"), (services[0], "service")):
        beginning = templates[page].partition("{")[0]
        assert record["lien_source"].startswith(f"http://relais.test/fr{beginning}")


async def test_a_name_that_is_too_short_for_data_inclusion_is_counted(awkward: Files) -> None:
    assert ("organization", "name", "not-valid", 1) in awkward.losses("data-inclusion")
    assert [one["nom"] for one in awkward.inclusion()[0]] == ["Le Héron"]


@pytest.mark.parametrize(("language", "name"), [("fr", "Kiné du port"), ("en", "Harbour physio")])
async def test_the_table_for_people_opens_in_a_spreadsheet_of_its_language(
    files: Files, language: str, name: str
) -> None:
    assert files.bytes(f"csv.{language}").startswith(b"\xef\xbb\xbf")
    rows = files.rows(language)
    assert name in [row[0] for row in rows]
    assert {len(row) for row in rows} == {len(rows[0])}


async def test_no_cell_is_taken_for_a_formula(awkward: Files) -> None:
    cells = {cell for row in awkward.rows("fr") for cell in row}
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert cells >= {"(+33) 4 65 71 10 01", "'=HYPERLINK(0)"}


@pytest.mark.parametrize("key", [key for found in FORMATS.values() for key in found.files()])
async def test_no_format_tells_a_confidential_address(files: Files, key: str) -> None:
    said = files.everything(key)
    assert "Refuge du Héron" in said or "Heron refuge" in said
    for secret in (HIDDEN_STREET, "4.8777", "Derrière la porte bleue"):
        assert secret not in said


async def test_what_is_gone_and_what_another_source_told_stays_here(awkward: Files) -> None:
    assert {one["name"] for one in awkward.objects()["organizations"]} == {"Le Héron", "S"}
    assert [one["name"] for one in awkward.objects()["services"]] == ["=HYPERLINK(0)"]
    assert ("service", "id", NOT_PUBLIC, 1) in awkward.losses("hsds-json")


async def test_the_report_is_right_by_hand_count(files: Files) -> None:
    tables, inclusion = files.losses("hsds-tabular"), files.losses("data-inclusion")
    assert tables >= {("service", "translations", OURS_ALONE, 2), ("service", "source", "no-place", 2)}
    assert inclusion >= {
        ("service", "minimum_age", IN_WORDS, 1), ("attribute", "audience", IN_WORDS, 1), ("service", "name", ONE_LANGUAGE, 2),
        ("language", "id", "no-place", 2), ("service_capacity", "id", "no-place", 1),
    }  # fmt: skip


async def test_a_file_that_could_not_be_finished_is_not_there(session: AsyncSession, tmp_path: Path) -> None:
    async def half(desk: object, path: Path) -> None:
        with path.open("w") as file:
            file.write("half")
        raise OSError("no space left")

    broken = replace(FORMATS["hsds-json"], write=half)
    with pytest.raises(OSError, match="no space"):
        await make(session, broken, tmp_path / "d.json", language="fr", settings=_settings(tmp_path), now=NOW)
    assert _names(tmp_path) == []


def _names(folder: Path) -> list[str]:
    return [found.name for found in folder.iterdir()]
