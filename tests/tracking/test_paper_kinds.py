"""What a file is, is read from its content; what a camera wrote into it does not stay."""

import io
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from referrals.tracking.papers.kinds import LARGEST, NotOurs, cleaned

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


def test_a_quiet_pdf_comes_through_as_it_is() -> None:
    page = _saved("PDF")
    assert cleaned(page) == ("pdf", page)


def _saved(kind: str, **said: object) -> bytes:
    written = io.BytesIO()
    PICTURE.save(written, kind, **said)
    return written.getvalue()


def _pdf(inside: bytes) -> bytes:
    return b"%PDF-1.7\n" + inside + b"\ntrailer <<>>\n%%EOF\n"


_PACKED = zlib.compress(b"1 0 << /S /JavaScript /JS (app.alert(1)) >>")


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
        (_pdf(b"1 0 obj << /OpenAction << /S /JavaScript /JS (x) >> >> endobj"), "alive"),
        (_pdf(b"1 0 obj << /S /J#61vaScript >> endobj"), "alive"),
        (_pdf(b"1 0 obj << /EmbeddedFiles 2 0 R >> endobj"), "alive"),
        (_pdf(b"1 0 obj << /Type /ObjStm >>\nstream\n" + _PACKED + b"\nendstream endobj"), "alive"),
        (_pdf(b"1 0 obj << /Encrypt 3 0 R >> endobj"), "locked"),
    ],
)  # fmt: skip
def test_what_is_no_plain_paper_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NotOurs, match=f"^{why}$"):
        cleaned(content)
