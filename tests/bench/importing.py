"""`make bench-import`: our first import beside plain COPY of the same rows, and how much memory it takes.

    python -m tests.bench.importing [10000 100000]

Prints each figure beside its goal, and ends with 1 where one is missed. The time that counts is that of reading,
checking and writing with all that is remembered for an undo; deriving the listings that search and match read comes
after it and is told apart, because the rows that are compared are the records'.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from referrals.exchange.shapes import SHAPES, Shape
from referrals.kit import cluster, database
from referrals.kit.settings import CHECKOUT, from_environment
from tests.bench import hsds_list, services
from tests.bench.one_import import SOURCE

TIMES = 6.0
GROWTH = 0.20
SIZES = (10_000, 100_000)
_BASELINE = (Path(__file__).parent / "baseline.sql").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Measured:
    services: int
    rows: int
    plain: float
    """Seconds of COPY alone."""
    ours: float
    listing: float
    again: float
    peak_mb: float
    pages: tuple[hsds_list.Measured, ...]
    """The list endpoint over this directory, beside the bare SQL."""

    @property
    def ratio(self) -> float:
        return self.ours / self.plain


def measure(server: cluster.Cluster, count: int) -> Measured:
    package = services.package(count)
    url, plain_url = _fresh(server, "bench_ours"), _fresh(server, "bench_plain")
    first = _import(url, package)
    with tempfile.TemporaryDirectory() as folder:
        _dump(url, Path(folder))
        plain = _copy(plain_url, Path(folder))
    rows = _same_rows(url, plain_url)
    again = _import(url, package)
    if (again["created"], again["changed"], again["gone"]) != (0, 0, 0):
        raise AssertionError(f"the second import changed something: {again}")
    one = Measured(count, rows, plain, _seconds(first), first["spans"]["list"], _seconds(again), first["peak_mb"], ())
    tell_import(one)  # at once: what follows may take long, or be cut off
    one = replace(one, pages=tuple(hsds_list.run(url)))
    tell_pages(one)
    for name in ("bench_ours", "bench_plain"):
        cluster.drop_database(server, name)
    return one


def _seconds(told: dict[str, Any]) -> float:
    """Reading, checking, writing, and the commit."""
    return float(sum(told["spans"][name] for name in ("read", "check", "write")) + told["commit"])


def _fresh(server: cluster.Cluster, name: str) -> str:
    """A database with our words and towns, and no directory yet; the second is a copy of the first."""
    cluster.drop_database(server, name)
    template = f"bench_template_{database.fingerprint()}"
    if cluster.ensure_database(server, template):
        at = server.url(template)
        database.migrate(at)
        _run([sys.executable, "-c", "from referrals.cli import main; main()", "db", "start"], {"DATABASE_URL": at})
    cluster.ensure_database(server, name, template=template)
    return server.url(name)


def _import(url: str, package: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_run([sys.executable, "-m", "tests.bench.one_import", url, str(package)]))
    return told


def _run(command: list[str], more: dict[str, str] | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        command, capture_output=True, text=True, check=False, cwd=CHECKOUT, env={**os.environ, **(more or {})}
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout.strip().rpartition("\n")[2]


def _dump(url: str, folder: Path) -> None:
    with psycopg.connect(database.conninfo(url)) as connection:
        for shape in _tables():
            statement = sql.SQL("COPY (SELECT * FROM {} WHERE source = {}) TO STDOUT (FORMAT binary)").format(
                sql.Identifier(shape.entity), sql.Literal(SOURCE)
            )
            with (folder / shape.entity).open("wb") as file, connection.cursor().copy(statement) as copy:
                for piece in copy:
                    file.write(piece)


def _copy(url: str, folder: Path) -> float:
    """Seconds of the baseline, its commit included."""
    statement = "\n".join(line for line in _BASELINE.splitlines() if not line.startswith("--"))
    began = time.perf_counter()
    with psycopg.connect(database.conninfo(url)) as connection:
        for shape in _tables():
            said = sql.SQL(statement).format(table=sql.Identifier(shape.entity))
            with (folder / shape.entity).open("rb") as file, connection.cursor().copy(said) as copy:
                while piece := file.read(1 << 18):
                    copy.write(piece)
        connection.commit()
        return time.perf_counter() - began


def _same_rows(ours: str, plain: str) -> int:
    """How many rows there are; raises AssertionError where the two databases do not hold the same."""
    held = [_held(url) for url in (ours, plain)]
    if held[0] != held[1]:
        raise AssertionError(f"the two do not hold the same rows: {held}")
    return sum(count for count, _ in held[0].values())


def _held(url: str) -> dict[str, tuple[int, str]]:
    """Entity -> how many rows, and a digest of them in any order."""
    with psycopg.connect(database.conninfo(url)) as connection:
        found = {}
        for shape in _tables():
            statement = sql.SQL(
                "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text "
                "FROM {} t WHERE source = {}"
            ).format(sql.Identifier(shape.entity), sql.Literal(SOURCE))
            row = connection.execute(statement).fetchone()
            assert row is not None
            found[shape.entity] = (int(row[0]), str(row[1]))
        return found


def _tables() -> list[Shape]:
    return list(SHAPES.values())


def tell_import(one: Measured) -> None:
    """Print each figure of one import beside its goal."""
    _say(
        f"{one.services:>7} services, {one.rows:>8} rows: plain COPY {one.plain:7.1f} s, our first import {one.ours:7.1f} s"
    )
    _say(f"        ratio {one.ratio:5.2f}, goal at most {TIMES:.0f}: {_held_or_not(one.ratio <= TIMES)}")
    _say(
        f"        apart: listings {one.listing:.1f} s; the unchanged second import {one.again:.1f} s ({one.again / one.plain:.2f} of COPY)"
    )
    _say(f"        peak memory of the importing process {one.peak_mb:.0f} MB")


def tell_pages(one: Measured) -> None:
    """Print each page of the list beside its goal."""
    for page in one.pages:
        _say(
            f"        /hsds/services, page {page.page}: {page.ours:.1f} ms beside {page.bare:.1f} ms of bare SQL, ratio "
            f"{page.ratio:.2f}, goal at most {hsds_list.TIMES:.0f}: {_held_or_not(page.ratio <= hsds_list.TIMES)}"
        )


def _held_or_not(held: bool) -> str:
    return "held" if held else "MISSED"


def tell(found: list[Measured], seconds: float) -> bool:
    """Print what all sizes say together; whether every goal is held."""
    good = all(one.ratio <= TIMES for one in found)
    good &= all(page.ratio <= hsds_list.TIMES for one in found for page in one.pages)
    if len(found) > 1:
        growth = found[-1].peak_mb / found[0].peak_mb - 1
        held = abs(growth) <= GROWTH
        good &= held
        _say(
            f"memory from {found[0].services} to {found[-1].services} services: {growth:+.0%}, goal within ±{GROWTH:.0%}: {'held' if held else 'MISSED'}"
        )
    _say(f"The benchmark itself took {seconds:.0f} s.")
    return good


def main() -> None:
    began = time.perf_counter()
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    server = cluster.ensure(from_environment().data_home)
    found: list[Measured] = []
    for size in sizes:
        found.append(measure(server, size))
    sys.exit(0 if tell(found, time.perf_counter() - began) else 1)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command for people


if __name__ == "__main__":
    main()
