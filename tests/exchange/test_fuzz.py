"""Whatever bytes come, an import ends in a report or in BrokenPackage. `FUZZ=20` looks twenty times as long."""

import csv
import io
import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.actions import import_directory
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.formats import columns, targets
from referrals.exchange.formats.columns import Column, Mapping
from referrals.exchange.nested import CHILDREN, ONE
from referrals.exchange.plain import tidy
from referrals.exchange.shapes import SHAPES
from referrals.exchange.tabular import TABLES
from tests.conftest import NOW
from tests.exchange.packages import service, tables, text
from tests.exchange.reading import read

TIMES = int(os.environ.get("FUZZ", "1"))
quick = settings(
    max_examples=25 * TIMES, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
slow = settings(quick, max_examples=3 * TIMES)

NASTY = st.sampled_from([
    "", " ", "\0", "\ud800", "\u202e", "NaN", "1e999", "-1e-99999", "9" * 5000, "0001-01-01", "9999-12-31T23:59:59-14:00",
    "1900-01-01", "javascript:alert(1)", "<b>x</b>", "&amp;lt;", "25:99", "Mo-Fr 08:00-12:00", "{", "[]", "x" * 3000, "٣", "²",
    "English; ", "###MON###", "\\n", "\r", '"', "71", "7", "true", "=1+1", "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a01",
])  # fmt: skip
TEXT = st.one_of(NASTY, st.text(max_size=20))
SCALAR = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT)
FIELDS = st.sampled_from(sorted({name for shape in SHAPES.values() for name in (*shape.fields, *shape.refs)} | {"id"}))
KEYS = st.one_of(FIELDS, st.sampled_from([*CHILDREN, *ONE, "contents", "nom", "structure_id", "thematiques"]), TEXT)
JSON = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=25,
)
NAMES = st.sampled_from(
    [
        "a.json",
        "services.ndjson",
        "services.csv",
        "organization_list.json",
        "x.yaml",
        "structures.csv",
        "p.zip",
        "any.csv",
    ]
)


def _try(path: Path, mapping: Mapping | None = None) -> None:
    with suppress(BrokenPackage):
        read(path, mapping=mapping)


def _file(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@given(name=NAMES, content=st.binary(max_size=400))
@quick
def test_any_bytes(tmp_path: Path, name: str, content: bytes) -> None:
    _try(_file(tmp_path, name, content))


@given(name=NAMES, content=st.text(alphabet='{}[]",:;\\\n\r\t <>&0e-.abidnom', max_size=200))
@quick
def test_texts_of_the_signs_that_formats_are_made_of(tmp_path: Path, name: str, content: str) -> None:
    _try(_file(tmp_path, name, content.encode()))


@given(tree=JSON, name=st.sampled_from(["directory.json", "service_full.json", "organizations.ndjson"]))
@quick
def test_any_tree_of_json(tmp_path: Path, tree: Any, name: str) -> None:
    _try(_file(tmp_path, name, json.dumps(tree).encode()))


@given(changes=st.dictionaries(KEYS, JSON, max_size=4))
@quick
def test_a_good_service_with_something_else_in_it(tmp_path: Path, changes: dict[str, Any]) -> None:
    _try(_file(tmp_path, "directory.json", json.dumps([service(**changes)]).encode()))


@given(
    table=st.sampled_from(sorted(TABLES)),
    header=st.lists(KEYS, max_size=6),
    rows=st.lists(st.lists(TEXT, max_size=7), max_size=5),
)
@quick
def test_any_table(tmp_path: Path, table: str, header: list[str], rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    folder = tmp_path / "p"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / f"{table}.csv").write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))
    _try(folder)


@given(at=st.integers(0, 3000), instead=st.binary(max_size=12), cut=st.integers(0, 20))
@quick
def test_a_good_zip_with_other_bytes_in_it(tmp_path: Path, at: int, instead: bytes, cut: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables().items():
            archive.writestr(f"{name}.csv", text(rows))
    good = packed.getvalue()
    at %= len(good)
    _try(_file(tmp_path, "p.zip", good[:at] + instead + good[at + cut :]))


@given(
    at=st.integers(0, 900), instead=st.binary(max_size=6), cut=st.integers(0, 6), name=st.sampled_from(sorted(tables()))
)
@quick
def test_a_good_table_with_other_bytes_in_it(tmp_path: Path, at: int, instead: bytes, cut: int, name: str) -> None:
    folder = tmp_path / "p"
    folder.mkdir(exist_ok=True)
    for table, rows in tables().items():
        good = text(rows).encode()
        place = at % len(good)
        (folder / f"{table}.csv").write_bytes(good[:place] + instead + good[place + cut :] if table == name else good)
    _try(folder)


@given(
    header=st.lists(TEXT, min_size=1, max_size=5), rows=st.lists(st.lists(TEXT, min_size=1, max_size=6), max_size=4),
    to=st.lists(st.sampled_from(sorted(targets.TARGETS)), min_size=1, max_size=5), decimal=st.sampled_from(columns.DECIMALS),
    dates=st.sampled_from(columns.DATES),
)  # fmt: skip
@quick
def test_any_table_by_any_mapping(tmp_path: Path, header: Any, rows: Any, to: Any, decimal: Any, dates: Any) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    path = _file(tmp_path, "mine.csv", out.getvalue().encode("utf-8", "replace"))
    mapping = Mapping(tuple(map(Column, header, to)), dates=dates, decimal=decimal)
    assert columns.from_json(json.loads(json.dumps(columns.to_json(mapping)))) == mapping
    columns.guess(header, rows)
    _try(path, mapping)


@example("\\\\rr")
@example("\\###MON###n")
@example("&am\\rp;amp;")
@given(said=st.one_of(TEXT, st.text(alphabet="<>/&;pbr \\n#xalt\"'=", max_size=60)))
@settings(quick, max_examples=200 * TIMES)
def test_what_is_plain_stays_as_it_is(said: str) -> None:
    once = tidy(said).text or ""
    assert (tidy(once).text or "") == once


@given(
    changes=st.dictionaries(KEYS, JSON, max_size=4),
    rows=st.lists(st.dictionaries(FIELDS, TEXT, max_size=6), max_size=3),
)
@slow
async def test_whatever_is_read_is_also_written(
    session: AsyncSession, tmp_path: Path, changes: dict[str, Any], rows: list[dict[str, str]]
) -> None:
    path = _file(tmp_path, "directory.json", json.dumps([service(**changes), *rows]).encode())
    with suppress(BrokenPackage):
        async with session.begin_nested() as all_of_it:
            await import_directory(session, path, NOW, source="fuzz")
            await all_of_it.rollback()


async def test_strange_ids_are_kept_short_and_printable(session: AsyncSession, tmp_path: Path) -> None:
    strange = [
        service(
            id=f"{place}{nasty}", languages=[], schedules=[],
            attributes=[{"taxonomy_term": {"id": f"{place}{nasty}", "code": nasty, "name": "x", "taxonomy": nasty}}],
        )
        for place, nasty in enumerate(["\0", "\ud800", "x" * 5000, "é" * 3000])
    ]  # fmt: skip
    report = await import_directory(session, _file(tmp_path, "d.json", json.dumps(strange).encode()), NOW)
    assert report.kinds["service"]["created"] == 4
