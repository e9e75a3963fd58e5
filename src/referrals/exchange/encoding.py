"""How the letters of a file were written: UTF-8 as it should be, or what old programs make of them."""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

from referrals.exchange.reasons import BOM, ENCODED, MAC_LINES, MIXED

CHUNK = 1 << 20
SAMPLE = 1 << 16
WINDOWS = "cp1252"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_TRIED = (WINDOWS, "mac_roman", "cp850")
_OTHERS = ["cp1252", "mac_roman", "cp850", "cp1250", "cp1251", "cp1253"]
_OURS = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛŒÆ’‘“”«»–—…•°€£\u00a0\u00ad·½ñáíóúß©®")
"""What French and English texts have beside plain letters. Latin-1 is not tried: Windows has all of it, and the dashes."""
_CALLED = {
    "cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS 850", "cp1250": "Windows-1250",
    "cp1251": "Windows-1251", "cp1253": "Windows-1253", "utf-16": "UTF-16", "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16", "utf-32": "UTF-32",
}  # fmt: skip
ERRORS = "referrals-windows"
"""A way of decoding: bytes that are no letter of the encoding are read as western Windows wrote them."""


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode(WINDOWS, "replace"), error.end


codecs.register_error(ERRORS, _as_windows)


@dataclass(frozen=True, slots=True)
class Writing:
    """`codec` and `errors` as open() takes them; `told` are the reasons to say that it was not plain UTF-8."""

    codec: str
    told: tuple[str, ...] = ()
    errors: str = ERRORS


def writing(open_: Callable[[], BinaryIO]) -> Writing:
    """Look through the whole file, a piece at a time. Never fails: what is no text is read as some text."""
    with open_() as binary:
        head = binary.read(CHUNK)
        marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
        codec = marked if marked != "utf-8-sig" else None
        codec = codec or _without_mark(head)
        if codec is not None:
            return Writing(codec, (ENCODED % {"encoding": _CALLED[codec]},))
        sample, ends = _first_trouble(binary, head)
    told: tuple[str, ...] = (BOM,) if marked else ()
    if ends == (True, False):
        told += (MAC_LINES,)
    if sample is None:
        return Writing("utf-8-sig", told)
    return _not_utf8(sample, told)


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without a mark is known by its zeros: every second byte of western text."""
    start = head[:4096]
    if len(start) < 4 or start.count(0) * 4 < len(start):
        return None
    even, odd = start[::2].count(0), start[1::2].count(0)
    return "utf-16-le" if odd > 3 * even else "utf-16-be" if even > 3 * odd else None


def _first_trouble(binary: BinaryIO, head: bytes) -> tuple[bytes | None, tuple[bool, bool]]:
    """The bytes around the first that are no UTF-8, if any; and whether there are signs CR, and signs LF."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before, chunk, returns, feeds = b"", head, False, False
    while chunk:
        returns, feeds = returns or b"\r" in chunk, feeds or b"\n" in chunk
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return before[-SAMPLE:] + chunk + binary.read(CHUNK), (returns, feeds)
        before, chunk = chunk, binary.read(CHUNK)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return before, (returns, feeds)
    return None, (returns, feeds)


def _not_utf8(sample: bytes, told: tuple[str, ...]) -> Writing:
    """Mostly UTF-8 with other letters in between, or another encoding throughout."""
    escaped = sample.decode("utf-8", "surrogateescape")
    strange = len(re.findall("[\udc80-\udcff]", escaped))
    letters = sum(letter in _OURS for letter in escaped)  # not those that strange bytes make by chance
    if letters * 10 >= strange:
        return Writing("utf-8-sig", (*told, MIXED % {"encoding": _CALLED[WINDOWS]}))
    lines = [line for line in re.split(rb"[\r\n]+", sample) if not line.isascii()]
    codec = _likeliest(b"\n".join(lines)[:SAMPLE])
    return Writing(codec, (*told, ENCODED % {"encoding": _CALLED.get(codec, codec)}))


def _likeliest(strange: bytes) -> str:
    """The encoding in which the most of these letters are ones that French and English use; else what their look tells."""

    def ours(codec: str) -> float:
        letters = [letter for letter in strange.decode(codec, "replace") if not letter.isascii()]
        return sum(letter in _OURS for letter in letters) / max(len(letters), 1)

    best = max(_TRIED, key=ours)
    if ours(best) >= 0.5:
        return best
    found = from_bytes(strange, cp_isolation=_OTHERS).best()
    return found.encoding if found is not None else WINDOWS
