"""`referrals export KIND PATH`: the directory leaves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from referrals.exchange.export.formats import FORMATS
from referrals.exchange.export.losses import REASONS
from referrals.exchange.export.making import Made, Watch, make
from referrals.kit import command, database, db
from referrals.kit.settings import LANGUAGES, from_environment


@click.command("export")
@click.argument("kind", type=click.Choice(list(FORMATS)))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--source", help="Only what this source told, with those who run it.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="fr", show_default=True, help="Of the table for people."
)
@click.option("--json", "as_json", is_flag=True, help="Put the summary on the last line, for programs.")
def export(kind: str, path: Path, source: str | None, language: str, as_json: bool) -> None:
    """Write the published directory to PATH, and say what the format cannot hold.

    PATH is a file, or a folder that is there: then the file is named after KIND. Of confidential addresses only the area
    leaves. The same directory gives the same bytes.
    """
    found = FORMATS[kind]
    target = path / f"{kind}{found.suffix}" if path.is_dir() else path
    if not target.parent.is_dir():
        raise ValueError(f"There is no folder {target.parent}.")
    settings = from_environment()
    url = database.address(settings)
    database.migrate(url)

    async def inside(watch: Watch | None) -> Made:
        engine = db.connect(url)
        try:
            async with db.transaction(db.session_maker(engine, settings)) as session:
                return await make(
                    session, found, target, language=language, settings=settings, now=datetime.now(UTC), source=source,
                    watch=watch,
                )  # fmt: skip
        finally:
            await engine.dispose()

    with _bar() as watch:
        made = asyncio.run(inside(watch))
    _tell(made, target)
    if as_json:
        command.last_line(asdict(made) | {"path": str(target)})


def _tell(made: Made, target: Path) -> None:
    counts = made.records
    click.echo(
        f"Wrote {target}: {counts.get('service', 0)} services of {counts.get('organization', 0)} organizations, "
        f"{made.size:,} bytes, in {made.seconds} s."
    )
    if made.losses:
        click.echo("Not told, or not to everybody:")
    for loss in made.losses:
        click.echo(f"  {loss.entity}.{loss.field}: {loss.count}. {REASONS[loss.reason]}")


@contextmanager
def _bar() -> Iterator[Watch | None]:
    """A bar where a person watches; silence where a program does."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("Writing"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=1)
        yield lambda done, total: progress.update(task, completed=done, total=max(total, 1))
