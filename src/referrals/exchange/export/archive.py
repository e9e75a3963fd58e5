"""Zip files of which every byte follows from what is in them: no clock, no name of a machine."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@contextmanager
def archive(path: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as opened:
        yield opened


@contextmanager
def text_in(opened: zipfile.ZipFile, name: str) -> Iterator[io.TextIOWrapper]:
    """A text file inside, to be written from beginning to end."""
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    with (
        opened.open(entry, "w", force_zip64=True) as binary,
        io.TextIOWrapper(binary, encoding="utf-8", newline="") as text,
    ):
        yield text


@contextmanager
def table_in(opened: zipfile.ZipFile, name: str) -> Iterator[Any]:
    """The csv writer of a table inside."""
    with text_in(opened, name) as text:
        yield csv.writer(text)
