"""A PDF as it is printed: written anew from what its pages need. Who made it, when and with what is gone, and so are earlier
versions of it that a file may carry along; where something in it would act or is carried inside it, it is refused. Pure.

Another reader cannot see more in it than we did: what is kept is what we have read, not the bytes that came.
"""

import io
import logging
from collections.abc import Iterator
from typing import Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from referrals.tracking.papers.pictures import jpeg
from referrals.tracking.papers.refused import NotOurs

MOST_OBJECTS: Final = 50_000
_TOLD: Final = ("/Metadata", "/PieceInfo", "/LastModified", "/OpenAction", "/AA")
"""Who wrote what and when, for a page or a picture too; and what happens when it is opened, most often a turn of the page."""
_ALIVE_KEYS: Final = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/AF"})
_ALIVE_ACTIONS: Final = frozenset({
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/GoToE", "/GoToR",
    "/RichMediaExecute", "/GoTo3DView",
})  # fmt: skip
_ALIVE_NOTES: Final = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
_CAMERA: Final = (b"Exif\0", b"http://ns.adobe.com/xap/")


def quiet(content: bytes) -> bytes:
    """Raises NotOurs: locked, alive, broken."""
    logging.getLogger("pypdf").setLevel(
        logging.CRITICAL
    )  # a file's faults are told to whoever brought it, and not kept
    try:
        return _written_anew(content)
    except NotOurs:
        raise
    except Exception:  # bytes of a stranger break a reader in every way there is
        raise NotOurs("broken") from None


def _written_anew(content: bytes) -> bytes:
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise NotOurs("locked")
    if not reader.pages:
        raise NotOurs("broken")
    for one in _everything(reader.root_object):
        _look_at(one)
    for one in _everything(reader.root_object):  # whatever nothing leads to any more is not written
        _forget(one)
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _everything(root: DictionaryObject) -> Iterator[DictionaryObject]:
    """Every dictionary that can be reached, once. Raises NotOurs("alive") where there are too many to be a paper."""
    waiting: list[Any] = [root]
    seen: set[int] = set()
    told = 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            yield one
            waiting.extend(one.raw_get(name) for name in one)
        elif isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))
        told += 1
        if told > MOST_OBJECTS * 20:
            raise NotOurs("alive")


def _look_at(one: DictionaryObject) -> None:
    acts = one.get("/S") in _ALIVE_ACTIONS or (one.get("/Type") == "/Annot" and one.get("/Subtype") in _ALIVE_NOTES)
    if acts or one.keys() & _ALIVE_KEYS:
        raise NotOurs("alive")


def _forget(one: DictionaryObject) -> None:
    """A photograph that was put on a page as it was taken knows where that was. Which way is up is said by the page."""
    for name in _TOLD:
        one.pop(name, None)
    if isinstance(one, StreamObject) and one.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        data = one._data  # as it lies there: `get_data` would unpack it
        if any(mark in data for mark in _CAMERA):
            one._data = b"".join(jpeg(data))
