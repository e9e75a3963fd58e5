"""Commands for whoever runs the house. `--json` puts one JSON object on the last line, for programs."""

import sys
from uuid import UUID

import click
from alembic import command as alembic
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from referrals import demo, server
from referrals.accounts import actions as accounts
from referrals.accounts import queries as people
from referrals.accounts.models import Role
from referrals.app import environment, utc_now
from referrals.directory.command import meilisearch_keys, search
from referrals.evaluation.command import evaluate
from referrals.evaluation.simulation.command import simulate
from referrals.exchange.command import import_
from referrals.exchange.export.command import export
from referrals.kit import cluster, command, database, mail, ports
from referrals.kit.catalogs import catalogs
from referrals.kit.errors import DomainError
from referrals.kit.html import addresses
from referrals.kit.settings import from_environment
from referrals.matching.command import match

SAID = {"email_taken": "This address already has an account."}


class House(click.Group):
    """Every command tells what is wrong in a sentence, without a page of Python."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (cluster.ClusterError, database.DatabaseUnfit, ports.PortTaken, ValueError) as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except OperationalError as error:
            click.echo(f"It could not be finished: {database.gone(error)}", err=True)
            sys.exit(1)
        except DomainError as error:
            click.echo(SAID.get(error.code, error.code), err=True)
            sys.exit(1)


@click.group(cls=House)
@click.version_option(package_name="referrals")
def main() -> None:
    """Relais: from a need to a service that really helped."""


for other in (import_, export, search, meilisearch_keys, match, evaluate, simulate, catalogs):
    main.add_command(other)


@main.command()
def serve() -> None:
    """Serve the pages (PORT, HOST), without the worker."""
    server.serve(from_environment())


@main.command()
def worker() -> None:
    """Run the jobs: messages, indexing, deadlines."""
    server.work(from_environment())


@main.command("demo")
def demo_() -> None:
    """Everything at once with fictional people and services: database, pages, worker. Ctrl-C stops all of it."""
    demo.run(from_environment(demo=True))


@main.group()
def db() -> None:
    """The database: start, stop, migrate."""


@db.command()
def start() -> None:
    """Start the private database (or reach the one of DATABASE_URL), bring it up to date, load our seeds."""
    command.run(lambda session: demo.load_words_and_places(session, utc_now()))
    click.echo("The database is up.")


@db.command()
def stop() -> None:
    """Stop the private database."""
    settings = from_environment()
    if settings.database_url:
        raise click.ClickException("The database is the one of DATABASE_URL: stop it where it runs.")
    stopped = cluster.stop(settings.data_home)
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
    at = database.address(from_environment())
    alembic.revision(database.configuration(at), message, autogenerate=True, rev_id=revision)


@main.group()
def user() -> None:
    """Accounts, for the first administrator and for emergencies."""


@user.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "role_name", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option("--organization", type=click.UUID, help="The organization of the directory that the role is held in.")
@click.option("--json", "as_json", is_flag=True, help="Put the result on the last line, for programs.")
def invite(email: str, name: str, role_name: str, language: str, organization: UUID | None, as_json: bool) -> None:
    """Open an account and write an invitation; its link is printed too."""
    settings = from_environment()

    async def open_account(session: AsyncSession) -> str:
        made = await accounts.create_user(session, email=email, name=name, language=language)
        await accounts.grant(session, made.id, Role(role_name), organization)
        token = await accounts.link(session, made.id, "invitation", utc_now())
        jinja = environment()
        address = settings.base_url + addresses(jinja)("choose-password", lang=language, token=token)
        await mail.post(
            session, jinja, to=email, language=language, template="invitation",
            name=name, address=address, product=settings.product,
        )  # fmt: skip
        return address

    address = command.run(open_account)
    click.echo(f"{name} chooses a password here: {address}")
    if as_json:
        command.last_line({"email": email, "role": role_name, "address": address})


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Put the list on the last line, for programs.")
def list_(as_json: bool) -> None:
    """Who has an account."""
    found = command.run(people.everybody)
    for account, roles in found:
        closed = " (closed)" if account.deactivated_at else ""
        click.echo(f"{account.email}  {account.name}  {', '.join(roles)}{closed}")
    if as_json:
        rows = [
            {"email": a.email, "name": a.name, "roles": roles, "open": a.deactivated_at is None} for a, roles in found
        ]
        command.last_line(rows)


@user.command()
@click.argument("email")
def close(email: str) -> None:
    """Close an account; its sessions end at once."""

    async def close_account(session: AsyncSession) -> None:
        found = await people.by_email(session, email)
        if found is None:
            raise ValueError(f"There is no account for {email}.")
        await accounts.deactivate(session, found.id, utc_now())

    command.run(close_account)
    click.echo("The account is closed.")
