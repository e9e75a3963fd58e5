"""`referrals evaluate DIR`: how good the order is on graded cases."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.evaluation.folder import Folder, opened
from referrals.evaluation.judging import answered, everything
from referrals.evaluation.report import Figures, report, table
from referrals.evaluation.world import world
from referrals.kit import command
from referrals.kit.scratch import scratch
from referrals.kit.settings import from_environment
from referrals.taxonomy.queries import vocabulary

T = TypeVar("T")


@click.command("evaluate")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Put the figures on the last line, for programs.")
def evaluate(folder: Path, as_json: bool) -> None:
    """Judge the order of matches by the graded cases of DIR (taxonomy.json, directory.json, vignettes.json).

    Everything is loaded into a scratch database that is dropped afterwards; what this installation holds is not touched.
    """
    figures = within(opened(folder), _figures)
    for line in table(figures):
        click.echo(line)
    if as_json:
        command.last_line(figures)


def within(folder: Folder, work: Callable[[AsyncSession, Folder], Awaitable[T]]) -> T:
    """The work, done in a scratch database that holds the folder."""

    async def inside(url: str, own: Path) -> T:
        async with world(url, folder, own) as session:
            return await work(session, folder)

    with scratch(from_environment()) as url, TemporaryDirectory() as own:
        return asyncio.run(inside(url, Path(own)))


async def _figures(session: AsyncSession, folder: Folder) -> Figures:
    everyone = await answered(session, folder.cases(await vocabulary(session)))
    return report(everyone, await everything(session))
