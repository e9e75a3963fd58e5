"""Export, import into an empty database, export again: the same bytes."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import yaml
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Organization, Service
from referrals.exchange.actions import import_directory
from referrals.exchange.export.formats import FORMATS
from referrals.exchange.export.making import make
from referrals.kit.settings import Settings, seed_home
from referrals.taxonomy import load as words
from referrals.taxonomy.models import Taxonomy
from tests.conftest import NOW
from tests.exchange.export_world import bring
from tests.exchange.packages import folder, tables

HSDS = [kind for kind in FORMATS if kind.startswith("hsds")]
AWKWARD = "a \"quoted\", semi;colon\nnew line\ttab — ’ é 漢 🏠 =1+1 'x' a;b,c \\ back"


async def export(session: AsyncSession, home: Path, kind: str, settings: Settings, now: datetime = NOW) -> bytes:
    path = home / f"{kind}{FORMATS[kind].suffix}"
    await make(session, FORMATS[kind], path, language="fr", settings=settings, now=now)
    return path.read_bytes()


def a_part(home: Path, services: int) -> Path:
    """The beginning of each file of the demo directory."""
    folder = home / "part"
    folder.mkdir()
    for file in sorted((seed_home() / "directory").glob("*.yaml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        content["services"] = content["services"][:services]
        (folder / file.name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


async def there_and_back(
    session: AsyncSession, home: Path, settings: Settings, fill: Callable[[AsyncSession], Awaitable[object]]
) -> dict[str, tuple[bytes, bytes]]:
    """Form of HSDS -> its export from the directory that `fill` makes, and from what an empty database makes of that.

    `tables` too: those of the first directory, and those of a database filled from objects.
    """
    await words.load(session, NOW)
    first, second = home / "first", home / "second"
    first.mkdir()
    second.mkdir()
    found: dict[str, tuple[bytes, bytes]] = {}
    async with session.begin_nested() as point:
        await fill(session)
        before = {kind: await export(session, first, kind, settings) for kind in HSDS}
        another_day = await export(session, second, HSDS[0], settings, now=NOW.replace(year=2027))
        assert before[HSDS[0]] == another_day
        await point.rollback()
    for kind in HSDS:
        async with session.begin_nested() as point:
            session.expunge_all()
            packed = first / f"{kind}{FORMATS[kind].suffix}"
            report = await import_directory(session, packed, NOW, source=f"again-{kind}")
            assert (report.rejected, report.unreadable, dict(report.lost)) == ([], [], {})
            found[kind] = before[kind], await export(session, second, kind, settings)
            if kind == "hsds-json":
                found["tables"] = before["hsds-tabular"], await export(session, second, "hsds-tabular", settings)
            await point.rollback()
    return found


async def test_a_directory_comes_back_byte_by_byte(session: AsyncSession, tmp_path: Path, settings: Settings) -> None:
    """With a confidential place, texts in two languages, and every sign that a file could trip over."""

    async def fill(session: AsyncSession) -> None:
        await bring(session, tmp_path)
        said = {"description": AWKWARD, "translations": {"en": {"description": AWKWARD}}}
        await session.execute(update(Service).values(**said, fees_description="-5 €"))
        await session.execute(update(Organization).values(description=AWKWARD))

    for kind, (first, second) in (await there_and_back(session, tmp_path, settings, fill)).items():
        assert len(first) > 2000
        assert first == second, kind


async def test_a_part_of_the_demo_directory_comes_back_byte_by_byte(
    session: AsyncSession, tmp_path: Path, settings: Settings
) -> None:
    part = a_part(tmp_path, 5)

    async def fill(session: AsyncSession) -> None:
        await import_directory(session, part, NOW)

    for kind, (first, second) in (await there_and_back(session, tmp_path, settings, fill)).items():
        assert first == second, kind


async def test_two_sources_with_a_taxonomy_of_one_name_come_back_byte_by_byte(
    session: AsyncSession, tmp_path: Path, settings: Settings
) -> None:
    """And one source with two of one name, which have terms of one code."""

    async def fill(session: AsyncSession) -> None:
        for source, ids in (("one", ("a", "b")), ("two", ("c",))):
            content = tables()
            content["taxonomies"] = [{"id": id, "name": "Words", "description": f"Those of {id}"} for id in ids]
            content["taxonomy_terms"] = [
                {"id": f"t-{id}", "code": "W1", "name": f"Food {id}", "taxonomy_id": id} for id in ids
            ]
            content["attributes"] = [
                {"id": f"at-{id}", "link_id": "71", "link_entity": "service", "taxonomy_term_id": f"t-{id}"}
                for id in ids
            ]
            report = await import_directory(session, folder(tmp_path / source, content), NOW, source=source)
            assert not [one for one in report.rejected if "taxonom" in one.entity]

    for kind, (first, second) in (await there_and_back(session, tmp_path, settings, fill)).items():
        assert first == second, kind
    assert list(await session.scalars(select(Taxonomy.name).where(Taxonomy.source != "relais"))) == []
