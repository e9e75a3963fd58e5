"""`referrals simulate`: a year in a made-up town, under this order and under others."""

from pathlib import Path

import click

from referrals.evaluation.simulation.figures import as_json, compared, table
from referrals.evaluation.simulation.picture import pictures
from referrals.evaluation.simulation.town import Size
from referrals.kit import command

_USUAL = Size()


@click.command("simulate")
@click.option("--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="How many towns.")
@click.option("--weeks", type=click.IntRange(1, 520), default=_USUAL.weeks, show_default=True)
@click.option("--services", type=click.IntRange(6, 2000), default=_USUAL.services, show_default=True)
@click.option("--people", type=click.IntRange(1, 2000), default=_USUAL.people, show_default=True, help="Each week.")
@click.option("--tight", type=click.FloatRange(0.1, 3), default=_USUAL.tight, show_default=True,
              help="People who come, for each one that all services together could help.")  # fmt: skip
@click.option("--json", "as_object", is_flag=True, help="Put the figures on the last line, for programs.")
@click.option("--picture", "into", type=click.Path(path_type=Path, file_okay=False), help="Write SVGs to this folder.")
def simulate(
    *, seeds: int, weeks: int, services: int, people: int, tight: float, as_object: bool, into: Path | None
) -> None:
    """Let a year pass in made-up towns and compare orders: who is helped, who waits, who is busy, what newcomers get.

    No database is needed, and the same seeds give the same figures.
    """
    size = Size(services, people, weeks, tight=tight)
    found = compared(seeds, size)
    for line in table(found, size):
        click.echo(line)
    if into:
        into.mkdir(parents=True, exist_ok=True)
        for name, svg in pictures(found).items():
            (into / name).write_text(svg, encoding="utf-8")
            click.echo(f"A picture is in {into / name}.")
    if as_object:
        command.last_line(as_json(found, size))
