"""Imports as runs: tried first, brought in, read, undone."""

import asyncio
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.models import Role
from referrals.directory.models import (
    Address,
    DuplicatePair,
    Finding,
    IndexDue,
    Listing,
    LocalEdit,
    Location,
    Metadata,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
)
from referrals.exchange import jobs, runs
from referrals.exchange.actions import READ_AT_ONCE, import_directory
from referrals.exchange.models import ImportRun, import_change, import_loss
from referrals.kit.db import SessionMaker
from referrals.kit.errors import Conflict
from referrals.kit.settings import Settings
from tests.conftest import NOW, Clock
from tests.exchange.packages import Table, folder, tables, zipped
from tests.factories.people import account


@pytest.fixture(scope="module")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
def bring(session: AsyncSession, sessions: SessionMaker, settings: Settings, clock: Clock, tmp_path: Path) -> Any:
    """Puts a package in the folder of uploads, and works as the worker would."""

    async def work(content: dict[str, Table], step: str = "import", **more: Any) -> ImportRun:
        clock.pass_(minutes=5)
        made = await runs.ask(
            session, source="harbour", file_name="p.zip", now=clock(), by=None, step=step, **more
        )  # fmt: skip
        home = settings.uploads_home / str(made.id)
        home.mkdir(parents=True)
        zipped(home / "p.zip", content)
        made.upload = f"{made.id}/p.zip"
        await session.flush()
        return await go_on(made)

    async def go_on(made: ImportRun) -> ImportRun:
        await session.flush()
        await jobs.run(session, id=str(made.id), now=clock(), settings=settings, outside=sessions)
        await session.flush()
        await session.refresh(made)
        return made

    work.go_on = go_on  # type: ignore[attr-defined]  # the same worker, later
    return work


async def _count(session: AsyncSession, model: Any = Service) -> int:
    return await session.scalar(select(func.count()).select_from(model).where(model.source == "harbour")) or 0


async def _whole(session: AsyncSession, service: Service) -> bool:
    """Offered, with a place, hours and a number."""
    listing = await session.get(Listing, service.id, populate_existing=True)
    parts: list[Any] = [ServiceAtLocation, Schedule, Phone]
    live = [
        await session.scalar(
            select(func.count()).select_from(part).where(part.service_id == service.id, part.gone_at.is_(None))
        )
        for part in parts
    ]
    return listing is not None and listing.published and all(live)


async def _service(session: AsyncSession, key: str) -> Service:
    found = select(Service).where(Service.source == "harbour", Service.source_key == key)
    return (await session.scalars(found.execution_options(populate_existing=True))).one()


async def test_a_package_is_tried_first_and_nothing_of_it_is_kept(session: AsyncSession, bring: Any) -> None:
    run = await bring(tables(), step="rehearse")
    assert (run.state, run.report["kinds"]["service"]["created"]) == ("ready", 2)
    assert await _count(session) == 0
    assert await session.scalar(select(func.count()).select_from(import_change)) == 0
    assert (
        await session.scalar(select(func.count()).select_from(import_loss).where(import_loss.c.run_id == run.id)) == 2
    )  # an eligibility of no service, and hours that stay in words


async def test_what_was_tried_comes_in_when_somebody_says_so(
    session: AsyncSession, bring: Any, clock: Clock, settings: Settings
) -> None:
    run = await bring(tables(), step="rehearse")
    await runs.bring_in(session, run.id, clock())
    await bring.go_on(run)
    assert run.state == "done"
    assert await _count(session) == 2
    assert run.upload is None
    assert list(settings.uploads_home.iterdir()) == []


async def test_undo_of_a_first_import_leaves_nothing(session: AsyncSession, bring: Any, clock: Clock) -> None:
    run = await bring(tables())
    assert await _count(session) == 2
    soup = await _service(session, "71")
    found = Finding(service_id=soup.id, kind="no_web_address", facts={}, weight=0.1, found_at=NOW)
    a, b = sorted((soup.id, (await _service(session, "72")).id))
    double = DuplicatePair(entity="service", a_id=a, b_id=b, score=0.9, reasons=[], found_at=NOW)
    session.add_all([found, double])  # what was worked out of the listing by itself holds nothing back
    await runs.ask_undo(session, run.id, (await account(session, Role.CURATOR)).id, clock())
    await bring.go_on(run)
    assert run.state == "undone", run.problem
    assert (await _count(session), await _count(session, Organization), await _count(session, Schedule)) == (0, 0, 0)
    assert await session.scalar(select(func.count()).select_from(Listing).where(Listing.source == "harbour")) == 0
    assert run.undo_report["left"] == run.report["created"]


async def test_undo_gives_changed_records_back_and_returns_those_that_had_gone(
    session: AsyncSession, bring: Any, clock: Clock
) -> None:
    await bring(tables())
    content = tables()
    content["services"] = [content["services"][0] | {"name": "Soup at one", "description": "Cold soup."}]
    run = await bring(content)
    assert (await _service(session, "71")).name == "Soup at one"
    assert (await _service(session, "72")).gone_at is not None
    await runs.ask_undo(session, run.id, (await account(session, Role.CURATOR)).id, clock())
    await bring.go_on(run)
    soup, beds = await _service(session, "71"), await _service(session, "72")
    assert (soup.name, soup.description, beds.gone_at) == ("Soup at noon", "Hot soup.\nEvery day.", None)
    assert (await session.get_one(Listing, beds.id, populate_existing=True)).published
    assert run.undo_report["returned"] > 0
    again = await bring(tables())
    assert (again.report["created"], again.report["changed"], again.report["gone"]) == (0, 0, 0)


async def test_undo_tells_anew_whatever_became_other_and_nothing_else(
    session: AsyncSession, bring: Any, clock: Clock
) -> None:
    """A text that no listing shows: search and readers of the interface hear that it is as before. The beds are left alone."""
    await bring(tables())
    content = tables()
    content["services"][0] |= {"description": "Cold soup."}
    run = await bring(content)
    soup, beds = [(await _service(session, key)).id for key in ("71", "72")]
    before = await _stands(session, soup), await _stands(session, beds)
    await session.execute(delete(IndexDue))
    await runs.ask_undo(session, run.id, (await account(session, Role.CURATOR)).id, clock())
    clock.pass_(minutes=5)
    await bring.go_on(run)
    assert await _stands(session, soup) == (before[0][0], clock())
    assert await _stands(session, beds) == before[1]
    assert set(await session.scalars(select(IndexDue.service_id))) == {soup}


async def _stands(session: AsyncSession, service_id: UUID) -> tuple[str, datetime]:
    digest, at = (
        await session.execute(select(Listing.digest, Listing.updated_at).where(Listing.service_id == service_id))
    ).one()
    return digest, at


async def test_pages_are_served_while_a_package_is_read(session: AsyncSession, tmp_path: Path) -> None:
    """Whatever else the process does goes on between any two looks at how far the reading has come."""
    content = tables()
    content["contacts"] = [{"id": str(n), "service_id": "71", "name": f"Desk {n}"} for n in range(READ_AT_ONCE * 4)]
    watch = _Ticking()
    other = asyncio.create_task(watch.tick())
    await import_directory(session, folder(tmp_path, content), NOW, source="harbour", watch=watch)
    other.cancel()
    assert len(watch.ticks) > 4
    assert all(later > earlier for earlier, later in pairwise(watch.ticks)), watch.ticks


class _Ticking:
    """Somebody else in the same loop, who counts their turns."""

    def __init__(self) -> None:
        self.count, self.ticks = 0, list[int]()

    async def tick(self) -> None:
        while True:
            self.count += 1
            await asyncio.sleep(0)

    async def see(self, phase: str, done: int, total: int) -> None:
        if phase == "read":
            self.ticks.append(self.count)


async def test_a_field_that_was_edited_since_keeps_what_it_says(
    session: AsyncSession, bring: Any, clock: Clock
) -> None:
    await bring(tables())
    content = tables()
    content["services"][0] |= {"name": "Soup at one", "description": "Cold soup."}
    run = await bring(content)
    (await _service(session, "71")).description = "Written here."
    await runs.ask_undo(session, run.id, (await account(session, Role.CURATOR)).id, clock())
    await bring.go_on(run)
    soup = await _service(session, "71")
    assert (soup.name, soup.description) == ("Soup at noon", "Written here.")
    assert run.undo_report["edited_since"] == 1


async def test_a_record_on_which_something_of_ours_hangs_is_marked_and_not_deleted(
    session: AsyncSession, bring: Any, clock: Clock
) -> None:
    run = await bring(tables())
    soup = await _service(session, "71")
    who = await account(session, Role.CURATOR)
    session.add(
        Metadata(
            resource_id=soup.id, resource_type="service", last_action_date=NOW, last_action_type="update",
            field_name="name", previous_value="a", replacement_value="b", updated_by="curator", user_id=who.id,
        )
    )  # fmt: skip
    await runs.ask_undo(session, run.id, who.id, clock())
    await bring.go_on(run)
    assert (await _service(session, "71")).gone_at is not None
    assert await _count(session) == 1
    assert run.undo_report["kept_marked"] >= 2


async def test_what_was_edited_here_stays_with_all_that_belongs_to_it(
    session: AsyncSession, bring: Any, clock: Clock
) -> None:
    run = await bring(tables())
    soup = await _service(session, "71")
    assert await _whole(session, soup)
    soup.description = "Written here."
    session.add(LocalEdit(resource_id=soup.id, resource_type="service", field_name="description", at=NOW))
    await runs.ask_undo(session, run.id, (await account(session, Role.CURATOR)).id, clock())
    await bring.go_on(run)
    soup = await _service(session, "71")
    assert soup.description == "Written here."
    assert [await _count(session, one) for one in (Organization, Service, Location, Address)] == [1, 1, 1, 1]
    assert await _whole(session, soup)
    assert run.undo_report["stayed"] == 14
    assert run.undo_report["kept_marked"] == 0


async def test_what_a_later_import_wrote_stays_and_is_counted(session: AsyncSession, bring: Any, clock: Clock) -> None:
    run = await bring(tables())
    content = tables()
    content["services"][0]["name"] = "Soup at one"
    await bring(content)
    await session.refresh(run)
    await runs.ask_undo(session, run.id, (await account(session, Role.CURATOR)).id, clock())
    await bring.go_on(run)
    soup = await _service(session, "71")
    assert soup.name == "Soup at one"
    assert await _count(session) == 1
    assert run.undo_report["touched_later"] == 1
    assert await _whole(session, soup), "with its organization, its place and its hours: it is still offered"


async def test_what_came_back_and_was_changed_by_a_later_import_stays_whole(
    session: AsyncSession, bring: Any, clock: Clock
) -> None:
    """The service had gone with all its parts, came back with one import, and got another name by the next."""
    await bring(tables())
    elsewhere = tables()
    for name, rows in elsewhere.items():
        if name != "taxonomy":
            elsewhere[name] = [row | {"id": f"9{row['id']}"} if row["id"] else row for row in rows]
    for rows in elsewhere.values():
        for row in rows:
            for key in ("organization_id", "service_id", "location_id"):
                if row.get(key):
                    row[key] = f"9{row[key]}"
    await bring(elsewhere)
    assert (await _service(session, "71")).gone_at is not None
    run = await bring(tables())
    content = tables()
    content["services"][0]["name"] = "Soup at one"
    await bring(content)
    await session.refresh(run)
    await runs.ask_undo(session, run.id, (await account(session, Role.CURATOR)).id, clock())
    await bring.go_on(run)
    soup = await _service(session, "71")
    assert (soup.name, soup.gone_at) == ("Soup at one", None)
    assert await _whole(session, soup)
    assert (await _service(session, "72")).gone_at is not None


async def test_an_import_is_undone_once(session: AsyncSession, bring: Any, clock: Clock) -> None:
    run = await bring(tables())
    who = (await account(session, Role.CURATOR)).id
    await runs.ask_undo(session, run.id, who, clock())
    await bring.go_on(run)
    with pytest.raises(Conflict, match="import_undone"):
        await runs.ask_undo(session, run.id, who, clock())


async def test_a_run_that_is_told_to_stop_keeps_nothing(session: AsyncSession, bring: Any, clock: Clock) -> None:
    run = await bring(tables(), step="rehearse")
    await runs.bring_in(session, run.id, clock())
    run.state, run.stop_asked = "running", True
    await bring.go_on(run)
    assert run.state == "cancelled"
    assert await _count(session) == 0


async def test_a_broken_package_fails_with_a_sentence(session: AsyncSession, bring: Any) -> None:
    run = await bring({})
    assert run.state == "failed"
    assert run.problem.startswith("p.zip holds no ")


async def test_an_import_by_command_is_a_run_like_any_other(session: AsyncSession, tmp_path: Path) -> None:
    await import_directory(session, folder(tmp_path / "p", tables()), NOW, source="harbour")
    run = (await session.scalars(select(ImportRun))).one()
    assert run.report is not None
    assert (run.state, run.source, run.file_name, run.report["kinds"]["service"]["created"]) == ("done", "harbour", "p", 2)  # fmt: skip
    assert run.report["spans"].keys() == {"read", "check", "write", "list"}
