"""The list of services at `/hsds`, 50 a page, beside the bare SQL of the same rows and the same total.

    python -m tests.bench.hsds_list [address of a database]

Ours is the whole answer over HTTP from a server of its own, unpacked; beside it the two statements of `hsds_list.sql`
through one open connection, every row fetched. Both are asked in turn, so that a busy machine slows both.
"""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from referrals.kit import database
from referrals.kit.settings import from_environment

TIMES = 3.0
"""At most so many times the bare SQL."""
PER_PAGE = 50
ROUNDS = 40
_STATEMENTS = (Path(__file__).parent / "hsds_list.sql").read_text("utf-8").split("-- rows")
Ask = Callable[[int], int]
"""Asks for the page that begins here; says how many there are in all."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians in milliseconds. `page`: the number of the page; `services`: how many there are in all."""

    page: int
    services: int
    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


def run(url: str, rounds: int = ROUNDS) -> list[Measured]:
    """The first page, one in the middle and the last, in the database at this SQLAlchemy address."""
    with psycopg.connect(database.conninfo(url)) as connection, server(url) as port:
        bare, ours = _bare(connection), _ours(port)
        total = bare(0)
        last = max((total - 1) // PER_PAGE, 0)
        return [_measure(page, ours, bare, rounds) for page in dict.fromkeys((0, last // 2, last))]


def _measure(page: int, ours: Ask, bare: Ask, rounds: int) -> Measured:
    start = page * PER_PAGE
    total = ours(start)
    if total != bare(start):
        raise AssertionError("the two do not count the same")
    spent: dict[Ask, list[float]] = {ours: [], bare: []}
    for number in range(rounds + 5):
        for ask in (ours, bare):
            began = time.perf_counter()
            ask(start)
            if number >= 5:  # the first ones warm both
                spent[ask].append(time.perf_counter() - began)
    return Measured(page + 1, total, median(spent[ours]) * 1000, median(spent[bare]) * 1000)


def _bare(connection: psycopg.Connection[Any]) -> Ask:
    total, page = _STATEMENTS

    def ask(start: int) -> int:
        row = connection.execute(total).fetchone()
        connection.execute(page, {"start": start}).fetchall()
        return int(row[0]) if row else 0

    return ask


def _ours(port: int) -> Ask:
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(start: int) -> int:
        connection.request("GET", f"/hsds/services?per_page={PER_PAGE}&page={start // PER_PAGE + 1}")
        answer = connection.getresponse()
        body = answer.read()
        connection.close()  # the server closes it too where the bare SQL takes longer than it waits
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {body[:300]!r}")
        return int(body[body.index(b":") + 1 : body.index(b",")])  # the first of the envelope is total_items

    return ask


@contextmanager
def server(url: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # our own command
            [sys.executable, "-c", "from referrals.cli import main; main()", "serve"],
            env=os.environ | {"DATABASE_URL": url, "PORT": str(port)},
            stdout=said,
            stderr=said,
        )
        try:
            _wait(process, port)
            yield port
        except BaseException:
            said.seek(0)
            sys.stderr.write(said.read()[-4000:].decode(errors="replace"))
            raise
        finally:
            process.terminate()
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(1800):
        if process.poll() is not None:
            raise AssertionError("the server ended before it answered")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within three minutes")


def main() -> None:
    url = sys.argv[1] if len(sys.argv) > 1 else database.address(from_environment())
    measured = run(url)
    for one in measured:
        mark = "ok" if one.ratio <= TIMES else "MISSED"
        print(  # noqa: T201  # figures to be read
            f"/hsds/services, page {one.page} of {one.services} services: {one.ours:.2f} ms, bare SQL {one.bare:.2f} ms, "
            f"{one.ratio:.2f} times (goal: at most {TIMES}) {mark}"
        )
    sys.exit(1 if any(one.ratio > TIMES for one in measured) else 0)


if __name__ == "__main__":
    main()
