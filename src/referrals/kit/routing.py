"""How long ways take by road, asked of a routing engine of the installation's own: OSRM's table or Valhalla's matrix.

One question holds all places. Only coordinates leave, nothing that comes back is kept, and whoever gets no answer estimates.
"""

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from anyio import to_thread

from referrals.kit.geo import LatLon, Minutes
from referrals.kit.logs import logger

Kind = Literal["osrm", "valhalla"]
PROFILES: Final[Mapping[Kind, Mapping[str, str]]] = {
    "osrm": {"car": "driving", "bike": "cycling", "walk": "foot"},
    "valhalla": {"car": "auto", "bike": "bicycle", "walk": "pedestrian"},
}
"""What each engine calls our ways. Neither has buses and trains in a matrix."""
USUALLY: Final[Mapping[Kind, tuple[str, ...]]] = {"osrm": ("car",), "valhalla": ("car", "bike", "walk")}
"""An OSRM server knows the one profile that its data was prepared for, whatever it is asked."""
SECONDS: Final = 2.0
"""After which an engine that is busy counts as silent."""
REST: Final = 30.0
"""Seconds in which an engine that was silent is not asked again, so that nobody waits twice."""
_LONGEST: Final = 2_000_000
_resting: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Engine:
    kind: Kind
    url: str
    """Scheme, host, port and perhaps a path, without a slash at the end."""
    ways: tuple[str, ...]


class Silent(Exception):
    """No answer that can be used."""


async def minutes(engine: Engine, way: str, home: LatLon, places: Sequence[LatLon]) -> list[Minutes | None]:
    """To each place, in their order; None where no road leads. Raises Silent."""
    if _resting.get(engine.url, 0.0) > time.monotonic():
        raise Silent("resting")
    try:
        return await to_thread.run_sync(_asked, engine, way, home, places, abandon_on_cancel=True)
    except (OSError, http.client.HTTPException, ValueError, TypeError, KeyError, IndexError) as error:
        _resting[engine.url] = time.monotonic() + REST
        logger().warning(
            "routing", kind=engine.kind, error=type(error).__name__
        )  # not what it says: it may repeat places
        raise Silent(type(error).__name__) from None


def _asked(engine: Engine, way: str, home: LatLon, places: Sequence[LatLon]) -> list[Minutes | None]:
    ask = _osrm if engine.kind == "osrm" else _valhalla
    found = ask(engine.url, PROFILES[engine.kind][way], home, places)
    if len(found) != len(places):
        raise ValueError("not as many as were asked for")
    return [None if seconds is None else Minutes(float(seconds) / 60) for seconds in found]


def _osrm(url: str, profile: str, home: LatLon, places: Sequence[LatLon]) -> Sequence[float | None]:
    points = ";".join(f"{at.lon:.5f},{at.lat:.5f}" for at in (home, *places))
    others = ";".join(str(number) for number in range(1, len(places) + 1))
    told = _json(url, "GET", f"/table/v1/{profile}/{points}?sources=0&destinations={others}&annotations=duration")
    if told["code"] != "Ok":
        raise ValueError(told["code"])
    row: Sequence[float | None] = told["durations"][0]
    return row


def _valhalla(url: str, costing: str, home: LatLon, places: Sequence[LatLon]) -> Sequence[float | None]:
    asked = {"sources": [_point(home)], "targets": [_point(at) for at in places], "costing": costing}
    told = _json(url, "POST", "/sources_to_targets", json.dumps(asked))["sources_to_targets"]
    if isinstance(told, Mapping):  # as newer servers answer when asked to be brief
        brief: Sequence[float | None] = told["durations"][0]
        return brief
    found: list[float | None] = [None] * len(places)
    for cell in told[0]:
        found[cell["to_index"]] = cell["time"]
    return found


def _point(at: LatLon) -> dict[str, float]:
    return {"lat": round(at.lat, 5), "lon": round(at.lon, 5)}


def _json(url: str, method: str, path: str, body: str | None = None) -> Any:
    where = urlsplit(url)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.netloc, timeout=SECONDS)
    try:
        connection.request(method, where.path + path, body, {"Content-Type": "application/json"} if body else {})
        with connection.getresponse() as answer:
            text = answer.read(_LONGEST)
    finally:
        connection.close()
    if answer.status != 200:
        raise ValueError(answer.status)
    return json.loads(text)
