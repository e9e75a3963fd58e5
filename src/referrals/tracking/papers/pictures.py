"""Photographs and drawings without what a camera or a program wrote into them. Pure: bytes in, bytes out."""

import zlib
from collections.abc import Iterator
from typing import Final

from referrals.tracking.papers.refused import NotOurs

PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"
_PNG_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"})
_JPEG_KEPT: Final = frozenset({0xE0, 0xEE})
"""Of the segments that programs write for themselves: JFIF, and how the colours are meant (Adobe)."""


def jpeg(content: bytes) -> Iterator[bytes]:
    """The picture without where, when and with what it was taken; which way is up stays. Raises NotOurs("broken")."""
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


def png(content: bytes) -> Iterator[bytes]:
    at = len(PNG)
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
