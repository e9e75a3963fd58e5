"""Packages that cannot be read leave the directory as it was."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Service
from referrals.exchange.actions import import_directory
from referrals.exchange.broken import BrokenPackage
from tests.conftest import NOW
from tests.exchange.packages import folder, tables, zipped


def _cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _damaged(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    middle = content.index(b"services.csv") + 80
    content[middle : middle + 20] = b"\0" * 20
    path.write_bytes(content)
    return path


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


async def _refused(session: AsyncSession, path: Path) -> str:
    with pytest.raises(BrokenPackage) as broken:
        async with session.begin_nested():
            await import_directory(session, path, NOW)
    assert await session.scalar(select(func.count()).select_from(Service)) == 0
    return str(broken.value)


async def test_a_zip_that_is_cut_off_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    assert "cut off" in await _refused(session, _cut(zipped(tmp_path / "p.zip", tables())))


async def test_a_zip_that_is_damaged_inside_is_refused_as_a_whole(session: AsyncSession, tmp_path: Path) -> None:
    assert "damaged" in await _refused(session, _damaged(zipped(tmp_path / "p.zip", tables())))


async def test_what_is_no_zip_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    assert "not a zip" in await _refused(session, _written(tmp_path / "p.zip", "hello"))


async def test_a_table_with_columns_of_its_own_asks_for_a_mapping(session: AsyncSession, tmp_path: Path) -> None:
    content = {"recipes": [{"id": "1", "name": "Soup"}]}
    assert "say what each of them holds" in await _refused(session, folder(tmp_path / "p", content))


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": "1", "name": "x", "status": "active"',
        '[{"id": "1", "name": "x", "status": "active"}, {"id',
        '{"id": nonsense}',
        "hello",
    ],
)
async def test_broken_json_is_refused_with_its_line(session: AsyncSession, tmp_path: Path, text: str) -> None:
    assert "line 1" in await _refused(session, _written(tmp_path / "d.json", text))


async def test_a_path_that_leads_nowhere_says_so(session: AsyncSession, tmp_path: Path) -> None:
    assert "nothing at" in await _refused(session, tmp_path / "nowhere.zip")
