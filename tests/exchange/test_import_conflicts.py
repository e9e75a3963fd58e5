"""Fields that were edited here outlive their source, and the curator is asked once."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.directory.actions.history import Editor
from referrals.directory.changes import change, present, record_of
from referrals.directory.models import LocalEdit, Metadata, Schedule, Service
from referrals.exchange import conflicts
from referrals.exchange.actions import import_directory
from referrals.exchange.models import SourceConflict
from referrals.exchange.report import Report
from referrals.kit.errors import Conflict
from tests.conftest import NOW
from tests.exchange.packages import Table, folder, tables
from tests.factories.people import account


async def _bring(session: AsyncSession, at: Path, content: dict[str, Table]) -> Report:
    await session.flush()
    return await import_directory(session, folder(at / "p", content), NOW, source="harbour")


async def _service(session: AsyncSession) -> Service:
    found = select(Service).where(Service.source_key == "71").execution_options(populate_existing=True)
    return (await session.scalars(found)).one()


async def _edit(session: AsyncSession, **wanted: object) -> Editor:
    editor = Editor((await account(session, Role.CURATOR)).id, "curator")
    soup = await record_of(session, "service", (await _service(session)).id)
    await change(session, soup, wanted, editor, NOW)  # type: ignore[arg-type]  # values as a form gives them
    return editor


async def _open(session: AsyncSession) -> list[SourceConflict]:
    return list(await session.scalars(select(SourceConflict).where(SourceConflict.decided_at.is_(None))))


def _saying(name: str) -> dict[str, Table]:
    content = tables()
    content["services"][0] |= {"name": name}
    return content


async def test_an_edited_field_stays_and_what_the_source_says_now_is_kept_beside_it(
    session: AsyncSession, tmp_path: Path
) -> None:
    await _bring(session, tmp_path, tables())
    await _edit(session, name="Soup and bread")
    content = _saying("Soup at one")
    content["services"][0]["description"] = "Cold soup."
    report = await _bring(session, tmp_path, content)
    soup = await _service(session)
    assert (soup.name, soup.description) == ("Soup and bread", "Cold soup.")
    (found,) = await _open(session)
    assert (found.ours, found.theirs, report.conflicts) == ({"value": "Soup and bread"}, {"value": "Soup at one"}, 1)


async def test_a_field_that_the_source_has_not_changed_is_no_conflict(session: AsyncSession, tmp_path: Path) -> None:
    await _bring(session, tmp_path, tables())
    await _edit(session, name="Soup and bread")
    content = tables()
    content["services"][0]["description"] = "Cold soup."
    await _bring(session, tmp_path, content)
    assert await _open(session) == []
    assert (await _service(session)).name == "Soup and bread"


async def test_the_same_news_are_asked_about_once_and_other_news_again(session: AsyncSession, tmp_path: Path) -> None:
    await _bring(session, tmp_path, tables())
    editor = await _edit(session, name="Soup and bread")
    await _bring(session, tmp_path, _saying("Soup at one"))
    (found,) = await _open(session)
    assert editor.id is not None
    await conflicts.keep(session, found.id, editor.id, NOW)
    again = _saying("Soup at one")
    again["services"][0]["description"] = "Cold soup."
    await _bring(session, tmp_path, again)
    assert await _open(session) == []
    await _bring(session, tmp_path, _saying("Soup at two"))
    (found,) = await _open(session)
    assert found.theirs == {"value": "Soup at two"}
    await conflicts.keep(session, found.id, editor.id, NOW)
    with pytest.raises(Conflict, match="decided_already"):
        await conflicts.keep(session, found.id, editor.id, NOW)


async def test_taking_theirs_follows_the_source_again(session: AsyncSession, tmp_path: Path) -> None:
    await _bring(session, tmp_path, tables())
    editor = await _edit(session, name="Soup and bread")
    await _bring(session, tmp_path, _saying("Soup at one"))
    (found,) = await _open(session)
    await conflicts.take(session, found.id, editor, NOW)
    await session.flush()
    soup = await _service(session)
    assert soup.name == "Soup at one"
    assert (await session.scalars(select(LocalEdit))).all() == []
    history = await session.scalars(select(Metadata.replacement_value).where(Metadata.resource_id == soup.id))
    assert "Soup at one" in list(history)
    await _bring(session, tmp_path, _saying("Soup at two"))
    assert (await _service(session)).name == "Soup at two"


async def test_the_rows_of_an_edited_collection_are_neither_revived_nor_added(
    session: AsyncSession, tmp_path: Path
) -> None:
    await _bring(session, tmp_path, tables())
    editor = await _edit(
        session, schedules=[{"freq": "WEEKLY", "interval": 1, "byday": "SA", "opens_at": "10:00", "closes_at": "12:00"}]
    )
    soup = await record_of(session, "service", (await _service(session)).id)
    ours = (await present(session, soup, {"schedules"}))["schedules"]
    assert await _bring(session, tmp_path, tables())
    assert await _open(session) == []
    content = tables()
    content["regular_schedules"][0]["opens_at"] = "10:00am"
    content["regular_schedules"][0]["original_text"] = "10:00am-5:00pm, Mon"
    content["regular_schedules"][1]["original_text"] = "9:00am-5:00pm, Tue"
    await _bring(session, tmp_path, content)
    soup = await record_of(session, "service", (await _service(session)).id)
    assert (await present(session, soup, {"schedules"}))["schedules"] == ours
    (found,) = await _open(session)
    assert len(found.theirs["rows"]) == 2
    (told,) = await conflicts.waiting(session, 1)
    assert told.ours != told.theirs
    await conflicts.take(session, found.id, editor, NOW)
    await session.flush()
    there = select(Schedule.byday, Schedule.opens_at).where(
        Schedule.service_id == (await _service(session)).id, Schedule.gone_at.is_(None)
    )
    assert sorted((day, f"{at:%H}") for day, at in (await session.execute(there)).all()) == [("MO", "10"), ("TU", "09")]
    again = await _bring(session, tmp_path, content)
    assert (again.created, again.changed, again.gone) == (0, 0, 0)


async def test_a_text_in_the_other_language_is_kept_too(session: AsyncSession, tmp_path: Path) -> None:
    await _bring(session, tmp_path, tables())
    await _edit(session, **{"translations.en.description": "Soup for everybody."})
    await _bring(session, tmp_path, _saying("Soup at one"))
    soup = await _service(session)
    assert soup.translations["en"]["description"] == "Soup for everybody."
    assert soup.name == "Soup at one"
