"""`referrals evaluate DIR`: how good the order is on graded cases, and how much it hangs on single weights."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.evaluation.folder import Folder, opened
from referrals.evaluation.judging import Answered, answered, everything
from referrals.evaluation.picture import picture
from referrals.evaluation.report import measured, report, table
from referrals.evaluation.robustness import DRAWS, ablation, leave_one_out, steadiness
from referrals.evaluation.shaken import Shaken
from referrals.evaluation.world import world
from referrals.kit import command
from referrals.kit.scratch import scratch
from referrals.kit.settings import from_environment
from referrals.matching.facts import Offer
from referrals.taxonomy.queries import vocabulary

T = TypeVar("T")


@click.command("evaluate")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Put the figures on the last line, for programs.")
@click.option("--ablation", "shake", is_flag=True, help="Leave out each criterion, and shake all weights by 20 %.")
@click.option("--draws", type=click.IntRange(1, 100_000), default=DRAWS, show_default=True, help="Of shaken weights.")
@click.option("--picture", "into", type=click.Path(path_type=Path), help="Write the ablation as an SVG to this file.")
def evaluate(folder: Path, *, as_json: bool, shake: bool, draws: int, into: Path | None) -> None:
    """Judge the order of matches by the graded cases of DIR (taxonomy.json, directory.json, vignettes.json).

    Everything is loaded into a scratch database that is dropped afterwards; what this installation holds is not touched.
    """
    everyone, there = within(opened(folder), _answered)
    figures = report(everyone, there)
    for line in table(figures):
        click.echo(line)
    if shake or into:
        shaken = Shaken(ablation(everyone), steadiness(everyone, draws), leave_one_out(everyone))
        for line in shaken.lines(figures):
            click.echo(line)
        figures |= shaken.as_json()
        if into:
            into.write_text(picture(measured(everyone), shaken.without), encoding="utf-8")
            click.echo(f"The picture is in {into}.")
    if as_json:
        command.last_line(figures)


def within(folder: Folder, work: Callable[[AsyncSession, Folder], Awaitable[T]]) -> T:
    """The work, done in a scratch database that holds the folder."""

    async def inside(url: str, own: Path) -> T:
        async with world(url, folder, own) as session:
            return await work(session, folder)

    with scratch(from_environment()) as url, TemporaryDirectory() as own:
        return asyncio.run(inside(url, Path(own)))


async def _answered(session: AsyncSession, folder: Folder) -> tuple[list[Answered], list[Offer]]:
    return await answered(session, folder.cases(await vocabulary(session))), await everything(session)
