"""`referrals import PATH`: a directory comes in."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import OperationalError

from referrals.exchange.actions import import_directory
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.report import Rejection, Report, Unshown
from referrals.exchange.watch import Nobody, Phase, Watch
from referrals.kit import database, db
from referrals.kit.settings import from_environment
from referrals.places import load as places

SHOWN = 8


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--source", help="The name this directory goes by; without it, the name of the file or folder.")
@click.option(
    "--language", type=click.Choice(["fr", "en"]), help="What its texts speak, where it does not say so itself."
)
@click.option("--part", is_flag=True, help="Only a part of the source: mark nothing as gone.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and keep nothing of it.")
@click.option("--json", "as_json", is_flag=True, help="Put the summary on the last line, for programs.")
def import_(path: Path, source: str | None, language: str | None, part: bool, dry_run: bool, as_json: bool) -> None:
    """Import a directory from PATH: HSDS or ORUK objects (JSON), tables of HSDS (folder or zip), data·inclusion, an iCarol
    export, or our own YAML. A table of somebody's own making comes in by the browser, where its columns are said.

    Records that the source has not changed are left alone, so that what was edited here stays. Records that it no
    longer has are kept and marked. When the package is broken, the directory stays as it was.
    """
    url = database.address(from_environment())
    database.migrate(url)
    try:
        with _bar() as watch:
            report = asyncio.run(_import(url, path, source, language, watch, whole=not part, keep=not dry_run))
    except (BrokenPackage, OperationalError) as error:
        why = str(error) if isinstance(error, BrokenPackage) else database.gone(error)
        click.echo(f"Nothing was imported: {why}", err=True)
        if as_json:
            click.echo(json.dumps({"error": why}, ensure_ascii=False))
        sys.exit(1)
    _tell(report, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(summary(report), ensure_ascii=False))


def summary(report: Report) -> dict[str, Any]:
    """The report as one JSON object."""
    return {
        "source": report.source,
        "created": report.created,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "gone": report.gone,
        "rejected": [{k: v for k, v in asdict(one).items() if k != "field"} for one in report.rejected],
        "unreadable": [asdict(one) for one in report.unreadable],
        "lost": dict(report.lost),
        "empty": dict(report.empty),
        "repaired": dict(report.repaired),
        "unshown": [asdict(one) for one in report.unshown],
        "skipped": report.skipped,
        "kinds": report.kinds,
        "listings": report.listings,
        "unlinked_terms": asdict(report.terms),
        "seconds": report.seconds,
        "spans": report.spans,
    }


class _Undone(Exception):
    """Carries the report out of a transaction that is not to be kept."""

    def __init__(self, report: Report) -> None:
        self.report = report


async def _import(
    url: str, path: Path, source: str | None, language: str | None, watch: Watch, *, whole: bool, keep: bool
) -> Report:
    engine = db.connect(url)
    try:
        async with db.transaction(db.session_maker(engine, from_environment())) as session:
            await places.load(session)  # places without a point of their own take one from it
            report = await import_directory(
                session, path, datetime.now(UTC), source=source, language=language, whole=whole, watch=watch
            )
            if not keep:
                raise _Undone(report)
            return report
    except _Undone as undone:
        return undone.report
    finally:
        await engine.dispose()


class _Bar:
    """A bar for each phase, in the terminal."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[Phase, TaskID] = {}

    async def see(self, phase: Phase, done: int, total: int) -> None:
        if phase not in self.tasks:
            for earlier in self.tasks.values():
                self.progress.update(earlier, visible=False)
            self.tasks[phase] = self.progress.add_task(_PHASES[phase], total=1)
        self.progress.update(self.tasks[phase], completed=min(done, total), total=max(total, 1))


_PHASES: dict[Phase, str] = {
    "read": "Reading", "check": "Checking", "write": "Writing", "list": "Listing", "undo": "Undoing",
}  # fmt: skip


@contextmanager
def _bar() -> Iterator[Watch]:
    """A bar where a person watches; silence where a program does."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Nobody()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Bar(progress)


def _tell(report: Report, *, dry_run: bool) -> None:
    begin = "Would import" if dry_run else "Imported"
    click.echo(
        f"{begin} {report.source}: {report.created} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.gone} gone, {len(report.rejected)} turned away, in {report.seconds} s."
    )
    _list("Turned away", report.rejected)
    _unshown(report.unshown)
    _list("Could not be read, and was left out", report.unreadable)
    _list("Put right", report.repairs)
    for title, counts in (
        ("Lost, in all", report.lost),
        ("Empty rows", report.empty),
        ("Put right, in all", report.repaired),
    ):
        if counts:
            click.echo(f"{title}:")
            for name, count in counts.most_common():
                click.echo(f"  {name}: {count}")
    terms = report.terms
    if terms.linked or terms.open or terms.proposed:
        click.echo(
            f"Terms: {terms.linked} linked to ours, {terms.nothing_fits} fit nothing of ours, {terms.proposed} proposed, "
            f"{terms.open} open. {terms.services} services have no need of ours yet; they are found by their words."
        )


def _unshown(found: Sequence[Unshown]) -> None:
    if found:
        click.echo(f"Not shown, because their organization is gone from the source ({len(found)}):")
    for one in found[:SHOWN]:
        click.echo(f"  {one.name}, of {one.organization}")
    if len(found) > SHOWN:
        click.echo("  …")


def _list(title: str, found: Sequence[Rejection]) -> None:
    """The first few one by one; where there are more, how many there are of each kind."""
    if found:
        click.echo(f"{title}:")
    for one in found[:SHOWN]:
        at = f"{one.file}, line {one.line}" if one.line else one.file
        click.echo(f"  {at}: {_what(one)}{f' {one.id}' if one.id else ''} {one.reason}.")
    if len(found) > SHOWN:
        click.echo("  … of each kind:")
        for (file, what, reason), count in Counter((r.file, _what(r), r.reason) for r in found).most_common(SHOWN):
            click.echo(f"  {count} × {file}: {what} {reason}.")


def _what(one: Rejection) -> str:
    return f"{one.field} of {one.entity}" if one.field else one.entity
