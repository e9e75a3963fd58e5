"""What a file is, is read from its content; what a camera wrote into it does not stay."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

from referrals.tracking.papers import NotOurs
from referrals.tracking.papers.kinds import LARGEST, cleaned

PICTURE = Image.new("RGB", (40, 20), "red")


def test_a_photograph_keeps_its_picture_and_which_way_is_up_and_nothing_else() -> None:
    told = Image.Exif()
    told[0x0112], told[0x010F], told[0x9286] = 6, "Secret camera", "Secret note"
    kind, content = cleaned(_saved("JPEG", exif=told, comment=b"Secret comment"))
    again = Image.open(io.BytesIO(content))
    again.load()
    assert (kind, again.size, dict(again.getexif())) == ("jpeg", (40, 20), {0x0112: 6})
    assert b"Secret" not in content


def test_a_drawing_keeps_its_picture_and_loses_its_words() -> None:
    told = PngInfo()
    told.add_text("Author", "Secret")
    kind, content = cleaned(_saved("PNG", pnginfo=told))
    Image.open(io.BytesIO(content)).load()
    assert kind == "png"
    assert b"Secret" not in content


def test_a_pdf_keeps_its_pages_and_its_words_and_not_who_wrote_them_when_and_with_what() -> None:
    """Neither of the file, nor of a page, nor of a picture on it; nor what stood there in an earlier version."""
    writer = PdfWriter(
        clone_from=PdfReader(io.BytesIO(_saved("PDF", title="Secret", author="Secret", creator="Secret")))
    )
    writer.add_metadata({"/Company": "Secret"})
    page = writer.pages[0]
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/Word"): TextStringObject("Secret")})
    page[NameObject("/Metadata")] = writer._add_object(_stream(b"<x:xmpmeta>Secret</x:xmpmeta>"))
    writer.root_object[NameObject("/Metadata")] = writer._add_object(_stream(b"<x:xmpmeta>Secret</x:xmpmeta>"))
    resources: Any = page["/Resources"]
    picture = resources["/XObject"]["/image"]
    told = b"\xff\xe1" + (2 + 14).to_bytes(2) + b"Exif\0\0" + b"Secret!!"
    picture._data = picture._data[:2] + told + picture._data[2:]
    writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url="https://example.org/"))
    writer._add_object(TextStringObject("Secret of an earlier version"))
    kind, content = cleaned(_written(writer))

    assert kind == "pdf"
    assert b"Secret" not in content
    read = PdfReader(io.BytesIO(content))
    assert (read.metadata, read.xmp_metadata, len(read.pages)) == (None, None, 1)
    again = read.pages[0].images[0].image
    assert again is not None
    assert again.size == PICTURE.size


def _stream(data: bytes) -> StreamObject:
    found = StreamObject()
    found.set_data(data)
    return found


def _written(writer: PdfWriter) -> bytes:
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _pdf(change: Callable[[PdfWriter], object]) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    change(writer)
    return _written(writer)


def _action(kind: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("cmd.exe")})


def _opens(kind: str) -> Callable[[PdfWriter], object]:
    return lambda writer: writer.root_object.update({NameObject("/OpenAction"): _action(kind)})


def _noted(kind: str) -> Callable[[PdfWriter], object]:
    note = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(kind)})
    return lambda writer: writer.pages[0].update({NameObject("/Annots"): ArrayObject([note])})


def _saved(kind: str, **said: object) -> bytes:
    written = io.BytesIO()
    PICTURE.save(written, kind, **said)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + b"\0" * LARGEST, "large"),
        (b"MZ\x90\0 an executable called letter.pdf", "kind"),
        (b"<svg onload=alert(1)>", "kind"),
        (b"GIF89a" + b"\0" * 40, "kind"),
        (_saved("PDF")[:-200], "broken"),
        (_saved("JPEG")[:60], "broken"),
        (_saved("PNG")[:60], "broken"),
        (_saved("PNG").replace(b"IDAT", b"IDAZ"), "broken"),
        (_saved("PDF").replace(b"/Pages 4 0 R", b"/Pages 9 0 R"), "broken"),
        (b"%PDF-1.7\n%%EOF\n", "broken"),
        (_pdf(_opens("/JavaScript")), "alive"),
        (_pdf(_opens("/JavaScript")).replace(b"/JavaScript", b"/J#61vaScript"), "alive"),
        (_pdf(lambda writer: writer.add_attachment("letter.exe", b"MZ")), "alive"),
        (_pdf(_opens("/Launch")), "alive"),
        (_pdf(_opens("/SubmitForm")), "alive"),
        (_pdf(_noted("/FileAttachment")), "alive"),
        (_pdf(_noted("/RichMedia")), "alive"),
        (_pdf(lambda writer: writer.encrypt("", "owner", algorithm="AES-256")), "locked"),
        (_pdf(lambda writer: writer.encrypt("secret", algorithm="RC4-128")), "locked"),
    ],
)  # fmt: skip
def test_what_is_no_plain_paper_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NotOurs, match=f"^{why}$"):
        cleaned(content)
