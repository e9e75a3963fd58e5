"""Commands for whoever runs the house. `--json` puts one JSON object on the last line, for programs."""

import asyncio
import sys

import click

from referrals.kit import cluster, database
from referrals.kit.settings import from_environment


@click.group()
@click.version_option(package_name="referrals")
def main() -> None:
    """Relais: from a need to a service that really helped."""


@main.group()
def db() -> None:
    """The database: start, stop, migrate."""


@db.command()
def start() -> None:
    """Start the private database (or reach the one of DATABASE_URL) and bring its schema up to date."""
    url = database.address(from_environment())
    database.migrate(url)
    click.echo("The database is up.")


@db.command()
def stop() -> None:
    """Stop the private database."""
    stopped = cluster.stop(from_environment().data_home)
    click.echo("The database has stopped." if stopped else "The database was not running.")


@db.command()
def url() -> None:
    """Print the address for psql and pg_dump."""
    click.echo(database.conninfo(database.address(from_environment())))


@db.command()
@click.argument("message")
@click.option("--id", "revision", help="Number of the new migration.")
def revise(message: str, revision: str | None) -> None:
    """Write a migration from what the models say and the database does not have yet."""
    from alembic import command

    at = database.address(from_environment())
    command.revision(database.configuration(at), message, autogenerate=True, rev_id=revision)
