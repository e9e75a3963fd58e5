"""An address as a square that a telephone reads: drawn here, by nobody else."""

import io

import segno
from markupsafe import Markup


def qr(address: str) -> Markup:
    """An SVG in the colour of the text around it, on white with its quiet border; looked at by the class `qr`."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=False, svgclass="qr", lineclass=None, omitsize=True, border=4, nl=False,
        light="#fff",
    )  # fmt: skip
    return Markup(drawn.getvalue().decode())  # noqa: S704  # made of squares; the address is not in it as words
