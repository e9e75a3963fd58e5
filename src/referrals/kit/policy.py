"""What a page of ours may load: everything from this house. One page may name one other place for its pictures."""

from typing import Any, TypeVar

from litestar import Response

R = TypeVar("R", bound=Response[Any])
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def admitting(answer: R, pictures_from: str | None) -> R:
    """`pictures_from`: scheme and host, as `https://tiles.example.org`; None admits nobody."""
    if pictures_from:
        answer.headers["Content-Security-Policy"] = CONTENT_POLICY.replace(
            "img-src 'self'", f"img-src 'self' {pictures_from}"
        )
    return answer
