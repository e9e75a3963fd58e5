"""JSON read piece by piece: the records of a list or of a page one after the other, however large the file is."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

from referrals.exchange import encoding, reasons
from referrals.exchange.broken import BrokenPackage
from referrals.exchange.report import Report, Where
from referrals.exchange.table import Files

CHUNK = 1 << 18
LONGEST = 1 << 25
"""Characters of one record. Longer ones are passed over, unread."""
DEEPEST = 64
"""Levels of lists and objects in one record. HSDS needs ten."""
NAMED = {
    "taxonomies": "taxonomy", "taxonomy_terms": "taxonomy_term", "organizations": "organization", "services": "service",
}  # fmt: skip
"""Lists that say what is in them: so stands a whole directory in one object."""
LISTS = {"contents", "items", "results", "data", "structures", *NAMED}
"""Keys under which an object may hold records rather than be one."""
ENTITY = "entity"
"""The key under which a record says of itself which kind it is."""
BY_LINE = (".ndjson", ".jsonl")
_BLANK = re.compile(r"[\s,]*")
_OUTSIDE = re.compile(r'["{}\[\]]')
_STRING = re.compile(r'["\\]')
_PLAIN = re.compile(r"[,\]}\s]")


def objects(files: Files, name: str, report: Report) -> Iterator[tuple[int, Any]]:
    """(line, record) pairs from a list, from a page with `contents`, from one record, or from one record a line.

    A record that is too long or too deep is refused and passed over; so is a line that is no JSON, where each line is a
    record. Raises BrokenPackage.
    """
    written = encoding.writing(lambda: files.open(name))
    for reason in written.told:
        report.mend(Where(name, 0), "file", None, reason)
    with files.open(name) as binary:
        text = _Text(io.TextIOWrapper(binary, encoding=written.codec, errors=written.errors), name, report)
        while text.more():
            try:
                yield from _next(text)
            except _NotJson as broken:
                if not name.lower().endswith(BY_LINE):
                    raise BrokenPackage(reasons.BAD_JSON % broken.facts) from broken
                report.reject(Where(name, text.line), "record", None, reasons.NOT_JSON % broken.facts)
                text.next_line()


def _next(text: "_Text") -> Iterator[tuple[int, Any]]:
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
        try:
            yield line, text.value()
        except _Refused as refused:
            text.refuse(line, str(refused))


def _page_or_record(text: "_Text") -> Iterator[tuple[int, Any]]:
    line, head, listed = text.line, {}, False
    text.skip(1)
    while True:
        text.blank()
        if text.peek() == "}":
            text.skip(1)
            break
        if text.peek() != '"':
            raise text.broken("a key is missing")
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
            continue
        if key in head:
            text.report.mend(Where(text.name, line), "record", None, reasons.TWICE, str(key)[:80])
        at = text.line
        try:
            head[key] = text.value()
        except _Refused as refused:
            text.refuse(at, str(refused))
    if not listed:
        yield line, head


class _NotJson(Exception):
    def __init__(self, **facts: object) -> None:
        super().__init__()
        self.facts = facts


class _Refused(Exception):
    """One value that is not taken; the reason is its text, and the text goes on behind it."""


class _Text:
    """A window on a stream of text that grows until one value fits in it."""

    def __init__(self, stream: io.TextIOWrapper, name: str, report: Report) -> None:
        self.stream, self.name, self.report = stream, name, report
        self.window, self.at, self.line, self.ended = "", 0, 1, False
        self._twice: list[str] = []
        self._decoder = json.JSONDecoder(object_pairs_hook=self._pairs, parse_int=_integer, strict=False)

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
        """The next whole value. A number at the very end of the window may go on, so one sign more is always wanted.

        Raises _Refused where it is too long or too deep: then it has been passed over.
        """
        while True:
            self._twice = []
            try:
                found, end = self._decoder.raw_decode(self.window, self.at)
            except json.JSONDecodeError as error:
                if self._may_go_on(error) and self._grow():
                    continue
                if len(self.window) - self.at >= LONGEST and self._is_cut(error):
                    self._pass_over()
                    raise _Refused(reasons.TOO_LONG % {"limit": LONGEST}) from error
                raise self.broken(error.msg, self.window.count("\n", self.at, error.pos)) from error
            except RecursionError as error:
                self._pass_over()
                raise _Refused(reasons.TOO_DEEP % {"limit": DEEPEST}) from error
            if end == len(self.window) and self._grow():
                continue
            deep = self.window.count("{", self.at, end) + self.window.count("[", self.at, end) > DEEPEST
            line, long = self.line, end - self.at > LONGEST
            self.skip(end - self.at)
            if long:
                raise _Refused(reasons.TOO_LONG % {"limit": LONGEST})
            if deep and _too_deep(found):
                raise _Refused(reasons.TOO_DEEP % {"limit": DEEPEST})
            for key in self._twice:
                self.report.mend(Where(self.name, line), "record", _id(found), reasons.TWICE, key[:80])
            return found

    def refuse(self, line: int, reason: str) -> None:
        self.report.reject(Where(self.name, line), "record", None, reason)

    def next_line(self) -> None:
        """Go on where the next line begins."""
        while (end := self.window.find("\n", self.at)) < 0:
            self.skip(len(self.window) - self.at)
            if not self._grow():
                return
        self.skip(end + 1 - self.at)

    def broken(self, why: str, further: int = 0) -> _NotJson:
        return _NotJson(file=self.name, line=self.line + further, why=why)

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self._twice.append(key)
                seen.add(key)
        return found

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        return len(self.window) - self.at < LONGEST and self._is_cut(error)

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        """Whether more text might help: the trouble is at the end of what is there, or a string has no end."""
        return not self.ended and (error.msg.startswith("Unterminated") or error.pos > len(self.window) - 16)

    def _pass_over(self) -> None:
        """Go behind the next value without keeping it."""
        depth, inside = 0, False
        if self.peek() not in '"{[':
            self._find(_PLAIN, behind=0)
            return
        while True:
            sign = self._find(_STRING if inside else _OUTSIDE, behind=1)
            if inside and sign == "\\":
                self.peek()
                self.skip(1)
            elif sign == '"':
                inside = not inside
            elif not inside:
                depth += 1 if sign in "{[" else -1
            if depth <= 0 and not inside:
                return

    def _find(self, wanted: re.Pattern[str], behind: int) -> str:
        while True:
            match = wanted.search(self.window, self.at)
            if match:
                self.skip(match.start() + behind - self.at)
                return match[0]
            self.skip(len(self.window) - self.at)
            if not self._grow():
                raise self.broken("the file ends in the middle of something")

    def _grow(self) -> bool:
        if self.ended:
            return False
        # Twice as much each time, so that one huge record is not parsed over and over.
        more = self.stream.read(max(CHUNK, len(self.window) - self.at))
        self.window, self.at = self.window[self.at :] + more, 0
        self.ended = not more
        return bool(more)


def _integer(digits: str) -> int | str:
    """No number of ours has forty figures; one of a million would take long to read."""
    return int(digits) if len(digits) < 40 else digits


def _too_deep(tree: Any) -> bool:
    level = [tree]
    for _ in range(DEEPEST):
        level = [
            child
            for one in level
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _id(tree: Any) -> str | None:
    return str(tree.get("id") or "")[:80] or None if isinstance(tree, dict) else None
