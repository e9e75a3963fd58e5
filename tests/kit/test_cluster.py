"""The private PostgreSQL, for real: made, started, killed and stopped in folders of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from referrals.kit import cluster
from referrals.kit.cluster import Cluster, State

ASK = """
import pathlib, sys
from referrals.kit import cluster
print(cluster.ensure(pathlib.Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Not pytest's own folder: that is closed to the account that runs PostgreSQL for root."""
    folder = Path(tempfile.mkdtemp(prefix="referrals-test-"))
    folder.chmod(0o711)
    yield folder
    cluster.remove(folder)
    shutil.rmtree(folder)


@pytest.fixture
def running(home: Path) -> Cluster:
    return cluster.ensure(home)


def test_two_processes_that_ask_at_once_get_the_same_cluster(home: Path) -> None:
    cluster.remove(home)
    assert cluster.status(home).state == State.ABSENT

    ask = [sys.executable, "-c", ASK, str(home)]
    asking = [subprocess.Popen(ask, stdout=subprocess.PIPE, text=True) for _ in range(2)]  # noqa: S603 (our own words)
    answers = [process.communicate()[0] for process in asking]

    assert [process.returncode for process in asking] == [0, 0]
    assert answers[0] == answers[1] == f"{cluster.ensure(home)}\n"
    assert cluster.status(home).state == State.RUNNING


def test_it_listens_on_its_socket_alone_and_keeps_what_is_committed(running: Cluster) -> None:
    names = ["listen_addresses", "fsync", "full_page_writes", "synchronous_commit"]
    with psycopg.connect(running.conninfo("postgres")) as connection:
        shown = connection.execute("SELECT current_setting(n) FROM unnest(%s::text[]) n", [names])
        assert shown.fetchall() == [("",), ("on",), ("on",), ("on",)]


def test_names_with_accents_are_sorted_as_people_do(running: Cluster) -> None:
    with psycopg.connect(running.conninfo("postgres")) as connection:
        rows = connection.execute("SELECT n FROM unnest(ARRAY['Zoé','Éric','Fanny']) n ORDER BY n")
        assert [name for (name,) in rows] == ["Éric", "Fanny", "Zoé"]


def test_after_a_kill_it_comes_back_with_what_was_committed(home: Path, running: Cluster) -> None:
    with psycopg.connect(running.conninfo("postgres")) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('bonjour')")

    os.kill(_postmaster(home), signal.SIGKILL)
    again = cluster.ensure(home)

    with psycopg.connect(again.conninfo("postgres")) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("bonjour",)]
        connection.execute("DROP TABLE kept")


def test_a_pid_that_now_belongs_to_somebody_else_is_no_server(home: Path, running: Cluster) -> None:
    os.kill(_postmaster(home), signal.SIGKILL)
    note = _note(home)
    _, _, rest = note.read_text().partition("\n")
    note.write_text(f"{os.getpid()}\n{rest}")

    assert cluster.ensure(home) == running
    assert _postmaster(home) != os.getpid()


def test_a_socket_that_was_swept_away_is_made_again(home: Path, running: Cluster) -> None:
    (running.socket_dir / f".s.PGSQL.{running.port}").unlink()

    with psycopg.connect(cluster.ensure(home).conninfo("postgres")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_running_cluster_stops_once(home: Path) -> None:
    cluster.ensure(home)

    assert cluster.stop(home)
    assert not cluster.stop(home)
    assert cluster.status(home).state == State.STOPPED


def test_a_database_is_made_once_and_copied_from_a_template(running: Cluster) -> None:
    assert cluster.ensure_database(running, "mould")
    assert not cluster.ensure_database(running, "mould")
    with psycopg.connect(running.conninfo("mould")) as connection:
        connection.execute("CREATE EXTENSION postgis")

    assert cluster.ensure_database(running, "copy of it", template="mould")

    still_there = psycopg.connect(running.conninfo("copy of it"))
    point = still_there.execute("SELECT ST_AsText(ST_Point(1, 2))").fetchone()
    assert point == ("POINT(1 2)",)
    cluster.drop_database(running, "copy of it")
    still_there.close()
    cluster.drop_database(running, "mould")
    assert cluster.ensure_database(running, "mould")
    cluster.drop_database(running, "mould")


def test_the_cluster_of_the_tests_is_another_one(home: Path, running: Cluster) -> None:
    quick = cluster.ensure(home, durable=False)
    try:
        assert quick.socket_dir != running.socket_dir
        with psycopg.connect(quick.conninfo("postgres")) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
    finally:
        cluster.remove(home, durable=False)


def test_a_long_path_gets_a_short_socket(home: Path) -> None:
    deep = home / ("a-folder-with-a-long-name-" * 4)
    socket_dir = cluster.status(deep).cluster.socket_dir
    assert len(str(socket_dir)) < 40
    assert cluster.status(home).folder in cluster.status(home).cluster.socket_dir.parents


def test_the_address_is_one_that_sqlalchemy_reads() -> None:
    address = Cluster(Path("/a folder/socket")).url("one two")
    assert address == "postgresql+psycopg://referrals@/one%20two?host=/a+folder/socket&port=5432"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root meets folders that postgres cannot enter")
def test_a_folder_closed_to_postgres_puts_the_data_elsewhere() -> None:
    closed = Path(tempfile.mkdtemp(prefix="referrals-closed-"))
    folder = cluster.status(closed / ".local").folder
    assert closed not in folder.parents
    assert folder.parent.parent == cluster.ELSEWHERE
    shutil.rmtree(closed)


def _note(home: Path) -> Path:
    return cluster.status(home).folder / "data" / "postmaster.pid"


def _postmaster(home: Path) -> int:
    until = time.monotonic() + 5
    while not _note(home).exists() and time.monotonic() < until:
        time.sleep(0.05)
    return int(_note(home).read_text().partition("\n")[0])
