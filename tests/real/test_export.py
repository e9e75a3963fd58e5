"""Whole directories out and back, and what others say is valid. Run by `make check-real`."""

import json
import zipfile
from pathlib import Path
from typing import Any

import frictionless
import opening_hours
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.actions import import_directory
from referrals.exchange.export.formats import FORMATS
from referrals.exchange.export.making import make
from referrals.exchange.hsds.fields import ADDITIONS
from referrals.kit.settings import CHECKOUT, Settings, seed_home
from referrals.places import load as places
from tests.conftest import NOW
from tests.exchange.test_export_round_trip import there_and_back
from tests.real.outline import wrong

SHARED = CHECKOUT.parent / "shared" / "data"
DIRECTORIES = {"demo": seed_home() / "directory", "miami": SHARED / "miami-211-hsds"}
COMPILED = SHARED / "hsds-3.1" / "schema" / "compiled"

pytestmark = pytest.mark.real


@pytest.fixture(autouse=True)
async def gazetteer(session: AsyncSession) -> None:
    await places.load(session)


@pytest.mark.parametrize("name", list(DIRECTORIES))
async def test_a_whole_directory_comes_back_byte_by_byte(
    session: AsyncSession, tmp_path: Path, settings: Settings, name: str
) -> None:
    async def fill(session: AsyncSession) -> None:
        await import_directory(session, DIRECTORIES[name], NOW, source=name)

    for kind, (first, second) in (await there_and_back(session, tmp_path, settings, fill)).items():
        assert first == second, kind


@pytest.mark.parametrize("name", list(DIRECTORIES))
async def test_every_file_is_valid_by_the_rules_of_its_standard(
    session: AsyncSession, tmp_path: Path, settings: Settings, name: str
) -> None:
    await import_directory(session, DIRECTORIES[name], NOW, source=name)
    for kind in ("hsds-json", "hsds-tabular", "data-inclusion"):
        path = tmp_path / f"{kind}{FORMATS[kind].suffix}"
        await make(session, FORMATS[kind], path, language="fr", settings=settings, now=NOW)
    assert list(_wrong_objects(tmp_path / "hsds-json.json")) == []
    assert list(_wrong_inclusion(tmp_path / "data-inclusion.zip")) == []
    described = _unpacked(tmp_path / "hsds-tabular.zip", tmp_path / "tables")
    report = frictionless.Package(str(described)).validate()
    assert report.valid, report.flatten(["title", "type", "message"])[:5]


async def test_the_tables_differ_from_the_official_description_only_as_we_say(
    session: AsyncSession, tmp_path: Path, settings: Settings
) -> None:
    """docs/decisions/0012-exports.md: what the snapshot leaves out of `unit` and `service_capacity`, and our additions."""
    path = tmp_path / "tables.zip"
    await make(session, FORMATS["hsds-tabular"], path, language="fr", settings=settings, now=NOW)
    ours = _fields(_unpacked(path, tmp_path / "tables"))
    theirs = _fields(SHARED / "hsds-3.1" / "datapackage.json")
    assert ours.keys() == theirs.keys()
    missing = {table: theirs[table] - ours[table] for table in theirs if theirs[table] - ours[table]}
    added = {table: ours[table] - theirs[table] - ADDITIONS for table in ours}
    assert missing == {"taxonomy_term": {"taxonomy"}}
    assert {table: names for table, names in added.items() if names} == {
        "unit": {"id", "name", "scheme", "identifier", "uri"},
        "service_capacity": {"id", "available", "maximum", "description", "updated"},
    }


def _wrong_objects(path: Path) -> Any:
    found = json.loads(path.read_text(encoding="utf-8"))
    for key, schema in (("services", "service"), ("organizations", "organization")):
        yield from wrong(json.loads((COMPILED / f"{schema}.json").read_text(encoding="utf-8")), found[key])


def _wrong_inclusion(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        for kind in ("structure", "service"):
            schema = json.loads((SHARED / "fr-di-referentiels" / f"schema_{kind}.json").read_text(encoding="utf-8"))
            validator = Draft202012Validator(schema, format_checker=FormatChecker())
            for one in json.loads(archive.read(f"{kind}s.json")):
                yield from ((one["id"], error.json_path, error.message[:120]) for error in validator.iter_errors(one))
                if one["horaires_accueil"] and not opening_hours.validate(one["horaires_accueil"]):
                    yield one["id"], "horaires_accueil", one["horaires_accueil"]


def _unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder / "datapackage.json"


def _fields(datapackage: Path) -> dict[str, set[str]]:
    resources = json.loads(datapackage.read_text(encoding="utf-8"))["resources"]
    return {one["name"]: {field["name"] for field in one["schema"]["fields"]} for one in resources}
