"""What a file is, read from its content and never from its name; and the same file without what nobody wanted to tell. Pure."""

from typing import Final

from referrals.tracking.papers.pictures import JPEG, PNG, jpeg, png
from referrals.tracking.papers.portable import quiet
from referrals.tracking.papers.refused import NotOurs

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of one file."""
MEDIA: Final = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
ENDINGS: Final = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}


def cleaned(content: bytes) -> tuple[str, bytes]:
    """(kind, content to keep). Raises NotOurs."""
    if not content:
        raise NotOurs("empty")
    if len(content) > LARGEST:
        raise NotOurs("large")
    if content.startswith(b"%PDF-"):
        return "pdf", quiet(content)
    if content.startswith(JPEG):
        return "jpeg", b"".join(jpeg(content))
    if content.startswith(PNG):
        return "png", PNG + b"".join(png(content))
    raise NotOurs("kind")
