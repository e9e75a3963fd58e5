"""Somebody else's PostgreSQL: what does not fit is said in a sentence."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from referrals.cli import House, main
from referrals.kit import cluster, database, db
from referrals.kit.ports import PortTaken, must_be_free
from referrals.kit.settings import from_environment

NAME = "test_somebody_elses"


@pytest.fixture
def server(data_home: Path) -> Iterator[cluster.Cluster]:
    found = cluster.ensure(data_home, durable=False)
    cluster.drop_database(found, NAME)
    yield found
    cluster.drop_database(found, NAME)


def test_a_database_that_is_not_there_is_said_in_a_sentence(server: cluster.Cluster) -> None:
    with pytest.raises(database.DatabaseUnfit, match=f'cannot be reached.*"{NAME}" does not exist'):
        database.migrate(server.url(NAME))


def test_an_account_that_may_not_make_tables_hears_what_it_needs(server: cluster.Cluster) -> None:
    cluster.ensure_database(server, NAME)
    url = make_url(server.url(NAME)).update_query_dict({"options": "-c role=pg_monitor"})
    with pytest.raises(database.DatabaseUnfit, match=r"permission denied .* let whoever administers.* postgis;"):
        database.migrate(url.render_as_string(hide_password=False))


def test_a_database_of_another_encoding_is_refused(server: cluster.Cluster) -> None:
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {NAME} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        )
    with pytest.raises(database.DatabaseUnfit, match="LATIN1"):
        database.migrate(server.url(NAME))


@pytest.mark.parametrize("end", ["a:p@ss w%rd@127.0.0.1/x", "a@127.0.0.1:http/x"])
def test_an_address_that_cannot_be_read_is_refused_without_its_password(tmp_path: Path, end: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL must look like") as refused:
        from_environment({"REFERRALS_DATA": str(tmp_path), "DATABASE_URL": f"postgresql://{end}"})
    assert "w%rd" not in str(refused.value)


@pytest.mark.parametrize("end", ["a:p%40ss@127.0.0.1:5432/x", "a@[::1]/x", "/x?host=/run/postgresql"])
def test_an_address_that_can_be_read_is_taken(tmp_path: Path, end: str) -> None:
    found = from_environment({"REFERRALS_DATA": str(tmp_path), "DATABASE_URL": f"postgresql://{end}"})
    assert found.database_url == f"postgresql+psycopg://{end}"


def test_an_address_of_another_machine_is_not_called_a_port_in_use() -> None:
    with pytest.raises(PortTaken, match=r"192\.0\.2\.1 is no address of this machine"):
        must_be_free("192.0.2.1", 8000)


def test_of_two_that_begin_at_once_the_second_waits_for_the_schema(server: cluster.Cluster) -> None:
    cluster.ensure_database(server, NAME)
    with ThreadPoolExecutor(2) as both:
        assert [one.result() for one in [both.submit(_migrate_apart, server.url(NAME)) for _ in range(2)]] == ["", ""]
    with psycopg.connect(server.conninfo(NAME)) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def _migrate_apart(url: str) -> str:
    """As a process of its own does it: what it complained of."""
    words = "import sys; from referrals.kit import database; database.migrate(sys.argv[1])"
    return subprocess.run([sys.executable, "-c", words, url], capture_output=True, text=True, check=False).stderr  # noqa: S603


def test_a_database_that_is_stopped_under_a_command_is_said_in_a_sentence() -> None:
    @click.command()
    def look() -> None:
        raise OperationalError("SELECT 1", {}, Exception("terminating connection due to administrator command"))

    said = CliRunner().invoke(House(commands=[look]), ["look"])
    assert (said.exit_code, said.output) == (
        1, "It could not be finished: the database ended it (terminating connection due to administrator command).\n",
    )  # fmt: skip


def test_somebody_elses_database_is_not_ours_to_stop(tmp_path: Path) -> None:
    env = {"REFERRALS_DATA": str(tmp_path), "DATABASE_URL": "postgresql://relais@127.0.0.1:1/relais"}
    answer = CliRunner().invoke(main, ["db", "stop"], env=env)
    assert answer.exit_code == 1
    assert "stop it where it runs" in answer.output


async def test_a_page_gives_up_a_statement_that_does_not_end_and_a_job_waits(server: cluster.Cluster) -> None:
    cluster.ensure_database(server, NAME)
    pages, jobs = db.connect(server.url(NAME), patience=1), db.connect(server.url(NAME))
    long = text("SELECT pg_sleep(1.3)")
    try:
        with pytest.raises(OperationalError, match="statement timeout"):
            async with db.transaction(db.session_maker(pages)) as session:
                await session.execute(long)
        async with db.transaction(db.session_maker(jobs)) as session:
            await session.execute(long)
    finally:
        await pages.dispose()
        await jobs.dispose()
