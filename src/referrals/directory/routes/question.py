"""A search as its address tells it, and the addresses of its neighbours: one chip less, one page further, a wider circle."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from referrals.kit.geo import Km
from referrals.kit.html import Addresses

RADII = (2, 5, 10, 20, 50, 100, 200)
"""Kilometres offered; an address may name any other."""
_LONGEST = 200
_FARTHEST = 500


@dataclass(frozen=True, slots=True)
class Question:
    """`remote`: True only what is given remotely, False only what is given at a place, None both."""

    q: str = ""
    near: str = ""
    km: Km | None = None
    need: str = ""
    remote: bool | None = None
    speaks: str = ""
    page: int = 1

    def address(self, url: Addresses, **changes: Any) -> str:
        """Where this question is answered, with these changes. A change of anything but the page begins at page one."""
        other = replace(self, **({"page": 1} | changes))
        query = {
            "q": other.q, "near": other.near, "km": f"{other.km:g}" if other.km else None, "need": other.need,
            "remote": {True: "yes", False: "no"}.get(other.remote) if other.remote is not None else None,
            "speaks": other.speaks, "page": other.page if other.page > 1 else None,
        }  # fmt: skip
        return url("services", query=query)

    @property
    def narrowed(self) -> int:
        """How many filters are set."""
        return sum(bool(part) for part in (self.near, self.km, self.need, self.speaks)) + (self.remote is not None)


def question(params: Mapping[str, str]) -> Question:
    """Never fails: what cannot be read asks nothing, for addresses are shared, cut and typed."""
    return Question(
        q=_line(params.get("q")),
        near=_line(params.get("near")),
        km=_km(params.get("km")),
        need=_code(params.get("need")),
        remote={"yes": True, "no": False}.get(params.get("remote", "")),
        speaks=_code(params.get("speaks")),
        page=_page(params.get("page")),
    )


def next_radius(km: float) -> Km | None:
    return next((Km(wider) for wider in RADII if wider > km), None)


def _line(text: str | None) -> str:
    return " ".join((text or "").replace("\x00", " ").split())[:_LONGEST]


def _code(text: str | None) -> str:
    return text if text and re.fullmatch(r"[a-z][a-z-]{1,60}", text) else ""


def _km(text: str | None) -> Km | None:
    try:
        value = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return Km(value) if 0 < value <= _FARTHEST else None


def _page(text: str | None) -> int:
    return min(max(int(text), 1), 100) if text and re.fullmatch(r"\d{1,4}", text) else 1
