"""A search as its address tells it, and the addresses of its neighbours: one chip less, one page further, a wider circle."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Final, cast

from referrals.directory.search import tags
from referrals.directory.search.port import Order
from referrals.kit.geo import Km, LatLon
from referrals.kit.html import Addresses

RADII: Final = (2, 5, 10, 20, 50, 100, 200)
"""Kilometres offered; an address may name any other."""
FARTHEST: Final = 500
LONGEST: Final = 200
"""Letters of a line that are read."""
PAGES: Final = 10
"""More than these hold no answer: counting ends there."""
ORDERS: Final[tuple[Order, ...]] = ("fit", "near", "soon")
BESIDE: Final = "beside"
"""What stood in the box when a form was made whose need had been chosen by a link: other words are another question."""
LISTED: Final = 20
_LISTED: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_POINT: Final = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
_VIEW: Final = re.compile(r"(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?),(\d{1,4}(?:\.\d+)?)")

Params = Mapping[str, list[str]]
"""Of an address; every name with all that it was given."""


@dataclass(frozen=True, slots=True)
class Look:
    """The part of the map that somebody moved to: its middle, and how wide it is."""

    at: LatLon
    km: Km

    @property
    def written(self) -> str:
        """As an address holds it."""
        return f"{self.at.lat:g},{self.at.lon:g},{self.km:g}"


@dataclass(frozen=True, slots=True)
class Question:
    """`near`: the name of a place, or a point as `50.26,-5.05`, which is never finer than a kilometre."""

    q: str = ""
    near: str = ""
    km: Km | None = None
    need: str = ""
    tags: tuple[str, ...] = ()
    open: bool = False
    """Only what is open at this moment."""
    order: Order | None = None
    """None: the usual one."""
    page: int = 1
    map: Look | None = None
    kept: str = ""
    """The reader's own list, where it travels in addresses: every link of the page hands it on."""

    def query(self) -> dict[str, object]:
        """The parameters of its address; what asks nothing is empty."""
        return {
            "q": self.q, "near": self.near, "km": f"{self.km:g}" if self.km else None, "need": self.need,
            "tag": list(self.tags), "open": "now" if self.open else None, "order": self.order,
            "page": self.page if self.page > 1 else None,
            "map": self.map.written if self.map else None, "s": self.kept,
        }  # fmt: skip

    def address(self, url: Addresses, **changes: Any) -> str:
        """Where this question is answered, with these changes."""
        return self.but(**changes).where(url)

    def but(self, **changes: Any) -> "Question":
        """With these changes. Any but those of the page and the map begin at page one, with the whole map."""
        return replace(self, **({"page": 1, "map": None} | changes))

    def where(self, url: Addresses, language: str | None = None) -> str:
        """Its address; in the language being spoken unless another is named."""
        return url("services", lang=language, query=self.query())

    def wishing(self, tag: str) -> "Question":
        return self.but(tags=tuple(dict.fromkeys((*self.tags, tag))))

    def no_longer(self, tag: str) -> "Question":
        return self.but(tags=tuple(one for one in self.tags if one != tag))

    @property
    def point(self) -> LatLon | None:
        """Where somebody is, if their device said so."""
        return point(self.near)

    @property
    def narrowed(self) -> int:
        """How many filters are set."""
        return len(self.tags) + sum(map(bool, (self.near, self.km, self.need, self.open)))


def continued(address: str) -> str:
    """An address up to where another parameter stands: so that where many differ in one alone, the rest is written once."""
    return f"{address}{'&' if '?' in address else '?'}"


def question(params: Params) -> Question:
    """Never fails: what cannot be read asks nothing, for addresses are shared, cut and typed."""
    one = {name: next(filter(None, values), "") for name, values in params.items()}
    return Question(
        q=line(one.get("q")),
        near=_near(line(one.get("near"))),
        km=_km(one.get("km")),
        need="" if asks_anew(params) else _code(one.get("need")),
        tags=tags.read(_wishes(params)),
        open=one.get("open") in ("now", "yes", "1"),
        order=cast("Order", one["order"]) if one.get("order") in ORDERS else None,
        page=_page(one.get("page")),
        map=_look(one.get("map")),
        kept=",".join(_LISTED.findall(",".join(params.get("s", ())))[:LISTED]),
    )


def asks_anew(params: Params) -> bool:
    """New words were typed in a form that still holds a need chosen by a link: the words win, and nobody is trapped."""
    typed = line(next(iter(params.get("q", ())), ""))
    return BESIDE in params and bool(typed) and typed != line(params[BESIDE][0])


def many(pairs: Iterable[tuple[str, str]]) -> Params:
    """The parameters of an address as pairs -> each name with all its values."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def next_radius(km: float) -> Km | None:
    return next((Km(wider) for wider in RADII if wider > km), None)


def line(text: str | None) -> str:
    """One line of what may be any text: printable, single spaces, not too long."""
    shown = "".join(sign if sign.isprintable() else " " for sign in (text or "")[: LONGEST * 20])
    return " ".join(shown.split())[:LONGEST].rstrip()


def point(text: str) -> LatLon | None:
    """`50.2634,-5.051` -> 50.26, -5.05: a kilometre is as near as we want to know. None for what is not on the earth."""
    found = _POINT.fullmatch(text)
    if found is None:
        return None
    lat, lon = float(found[1]), float(found[2])
    return LatLon(round(lat, 2), round(lon, 2)) if abs(lat) <= 90 and abs(lon) <= 180 else None


def looks_like_a_point(text: str) -> bool:
    return bool(re.fullmatch(r"\s*-?\d+(\.\d+)?\s*[,;]\s*-?\d+(\.\d+)?\s*", text))


def _near(text: str) -> str:
    at = point(text)
    if at is not None:
        return f"{at.lat:g},{at.lon:g}"
    return "" if looks_like_a_point(text) else text


def _wishes(params: Params) -> list[str]:
    """Tags, and what older addresses called `speaks` and `remote`."""
    given = {"yes": ["mode:remote"], "no": ["mode:on-site", "mode:home-visit", "mode:outreach"]}
    spoken = [f"{tags.LANGUAGE}:{code}" for code in params.get("speaks", []) if code]
    return [*params.get("tag", []), *spoken, *(tag for said in params.get("remote", []) for tag in given.get(said, []))]


def _code(text: str | None) -> str:
    return text if text and re.fullmatch(r"[a-z][a-z-]{1,60}", text) else ""


def _km(text: str | None) -> Km | None:
    try:
        value = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return Km(round(value, 1)) if isfinite(value) and 0.1 <= value <= FARTHEST else None


def _page(text: str | None) -> int:
    if not text or not re.fullmatch(r"[0-9]+", text):
        return 1
    return min(max(int(text), 1), PAGES) if len(text) < 10 else PAGES


def _look(text: str | None) -> Look | None:
    found = _VIEW.fullmatch(text or "")
    if found is None:
        return None
    lat, lon, km = (float(part) for part in found.groups())
    return Look(LatLon(lat, lon), Km(km)) if abs(lat) <= 85 and abs(lon) <= 180 and 1 <= km <= 2000 else None
