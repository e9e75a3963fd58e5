"""What a file is, read from its content and never from its name; and the same file without what a camera wrote into it. Pure."""

import re
import zlib
from collections.abc import Iterator
from typing import Final

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of one file."""
MEDIA: Final = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
ENDINGS: Final = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"})
_JPEG_KEPT: Final = frozenset({0xE0, 0xEE})
"""Of the segments that programs write for themselves: JFIF, and how the colours are meant (Adobe)."""
_ALIVE: Final = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b")
"""What makes a PDF do something when it is opened, or carry something else."""
_WRITTEN_AROUND: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
"""A letter of a name written as its number, which a search for the name would miss."""
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_UNPACKED: Final = 32 * 1024 * 1024
_BEFORE: Final = 400
"""Bytes before a stream in which it says what it holds."""


class NotOurs(Exception):
    """The file is refused; the code says why: empty, large, kind, broken, alive, locked."""


def cleaned(content: bytes) -> tuple[str, bytes]:
    """(kind, content to keep). Raises NotOurs."""
    if not content:
        raise NotOurs("empty")
    if len(content) > LARGEST:
        raise NotOurs("large")
    if content.startswith(b"%PDF-"):
        return "pdf", _quiet_pdf(content)
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg", b"".join(_jpeg(content))
    if content.startswith(_PNG):
        return "png", _PNG + b"".join(_png(content))
    raise NotOurs("kind")


def _quiet_pdf(content: bytes) -> bytes:
    """As it is, if nothing in it acts and nothing is locked away from us. Its metadata stay: we cannot take them out."""
    if b"%%EOF" not in content[-2048:]:
        raise NotOurs("broken")
    if b"/Encrypt" in content:
        raise NotOurs("locked")
    for part in (_STREAM.sub(b"", content), *_packed_objects(content)):
        if _ALIVE.search(_WRITTEN_AROUND.sub(lambda found: bytes([int(found[1], 16)]), part)):
            raise NotOurs("alive")
    return content


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """Objects may lie packed inside streams. Pictures and pages are not looked into: any word stands there by chance."""
    room = _UNPACKED
    for found in _STREAM.finditer(content):
        if b"/ObjStm" not in content[max(0, found.start() - _BEFORE) : found.start()]:
            continue
        reader = zlib.decompressobj()
        try:
            part = reader.decompress(found[1], room)
        except zlib.error:
            raise NotOurs("broken") from None
        room -= len(part)
        if room <= 0:
            raise NotOurs("alive")
        yield part


def _jpeg(content: bytes) -> Iterator[bytes]:
    """The picture without where, when and with what it was taken; which way is up stays."""
    yield content[:2]
    at, upright = 2, None
    while True:
        if at + 4 > len(content) or content[at] != 0xFF:
            raise NotOurs("broken")
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if end > len(content) or end < at + 4:
            raise NotOurs("broken")
        if marker == 0xE1:
            upright = upright or _orientation(content[at + 4 : end])
        elif marker == 0xDA:
            if upright:
                yield _turned(upright)
            last = content.rfind(b"\xff\xd9", end)
            if last < 0:
                raise NotOurs("broken")
            yield content[at : last + 2]
            return
        elif not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _JPEG_KEPT:
            yield content[at:end]
        at = end


def _orientation(exif: bytes) -> int | None:
    """2 to 8 where the picture lies on its side or is mirrored; the rest of what a camera wrote is not read."""
    if not exif.startswith(b"Exif\0\0") or exif[6:8] not in (b"II", b"MM"):
        return None
    body, order = exif[6:], "little" if exif[6:8] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(body[at : at + size], order)  # type: ignore[arg-type]  # one of the two words

    start = number(4, 4)
    for entry in range(min(number(start, 2), 64)):
        at = start + 2 + 12 * entry
        if number(at, 2) == 0x0112:
            value = number(at + 8, 2)
            return value if 2 <= value <= 8 else None
    return None


def _turned(orientation: int) -> bytes:
    """A segment that says only which way is up."""
    body = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + bytes([0, orientation]) + b"\0\0\0\0\0\0"
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body


def _png(content: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4])
        name = content[at + 4 : at + 8]
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]):
            raise NotOurs("broken")
        if name in _PNG_KEPT:
            yield content[at:end]
        if name == b"IEND":
            return
        at = end
    raise NotOurs("broken")
