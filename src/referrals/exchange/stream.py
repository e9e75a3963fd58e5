"""JSON read piece by piece: the records of a list or of a page one after the other, however large the file is."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from referrals.exchange.broken import BrokenPackage

CHUNK = 1 << 18
NAMED = {
    "taxonomies": "taxonomy", "taxonomy_terms": "taxonomy_term", "organizations": "organization", "services": "service",
}  # fmt: skip
"""Lists that say what is in them: so stands a whole directory in one object."""
LISTS = {"contents", "items", "results", "data", *NAMED}
"""Keys under which an object may hold records rather than be one."""
ENTITY = "entity"
"""The key under which a record says of itself which kind it is."""
_BLANK = re.compile(r"[\s,]*")
_decoder = json.JSONDecoder()


def objects(binary: BinaryIO, name: str) -> Iterator[tuple[int, Any]]:
    """(line, record) pairs from a list, from a page with `contents`, from one record, or from one record a line. Raises BrokenPackage."""
    text = _Text(io.TextIOWrapper(binary, encoding="utf-8-sig"), name)
    while text.more():
        if text.peek() == "[":
            text.skip(1)
            yield from _items(text)
        elif text.peek() == "{":
            yield from _page_or_record(text)
        else:
            raise text.broken("here begins no object and no list")


def _items(text: "_Text") -> Iterator[tuple[int, Any]]:
    while True:
        text.blank()
        if text.peek() == "]":
            text.skip(1)
            return
        line = text.line
        yield line, text.value()


def _page_or_record(text: "_Text") -> Iterator[tuple[int, Any]]:
    line, head, listed = text.line, {}, False
    text.skip(1)
    while True:
        text.blank()
        if text.peek() == "}":
            text.skip(1)
            break
        key = text.value()
        text.blank()
        if text.peek() != ":":
            raise text.broken("a colon is missing")
        text.skip(1)
        text.blank()
        if key in LISTS and "id" not in head and text.peek() == "[":
            listed = True
            text.skip(1)
            for at, one in _items(text):
                yield at, {ENTITY: NAMED[key], **one} if key in NAMED and isinstance(one, dict) else one
        else:
            head[key] = text.value()
    if not listed:
        yield line, head


class _Text:
    """A window on a stream of text that grows until one value fits in it."""

    def __init__(self, stream: io.TextIOWrapper, name: str) -> None:
        self.stream, self.name = stream, name
        self.window, self.at, self.line, self.ended = "", 0, 1, False

    def more(self) -> bool:
        self.blank()
        return self.at < len(self.window)

    def peek(self) -> str:
        if self.at >= len(self.window) and not self._grow():
            raise self.broken("the file ends in the middle of something")
        return self.window[self.at]

    def skip(self, count: int) -> None:
        self.line += self.window.count("\n", self.at, self.at + count)
        self.at += count

    def blank(self) -> None:
        while True:
            match = _BLANK.match(self.window, self.at)
            self.skip(match.end() - self.at if match else 0)
            if self.at < len(self.window) or not self._grow():
                return

    def value(self) -> Any:
        """The next whole value. A number at the very end of the window may go on, so one sign more is always wanted."""
        while True:
            try:
                found, end = _decoder.raw_decode(self.window, self.at)
            except json.JSONDecodeError as error:
                if self._grow():
                    continue
                raise self.broken(error.msg, self.window.count("\n", self.at, error.pos)) from error
            if end == len(self.window) and self._grow():
                continue
            self.skip(end - self.at)
            return found

    def broken(self, why: str, further: int = 0) -> BrokenPackage:
        return BrokenPackage(f"{self.name}, line {self.line + further}: this is not JSON ({why}).")

    def _grow(self) -> bool:
        if self.ended:
            return False
        try:
            # Twice as much each time, so that one huge record is not parsed over and over.
            more = self.stream.read(max(CHUNK, len(self.window) - self.at))
        except UnicodeDecodeError as error:
            raise BrokenPackage(f"{self.name}: this is not UTF-8 text.") from error
        self.window, self.at = self.window[self.at :] + more, 0
        self.ended = not more
        return bool(more)
