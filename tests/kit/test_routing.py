"""Ways by road, asked of servers that answer as OSRM's and Valhalla's documents say they do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import uuid4

import pytest

from referrals.kit import routing, travel
from referrals.kit.geo import LatLon
from referrals.kit.settings import Settings, from_environment

TRURO, FALMOUTH, SCILLY = LatLon(50.26526, -5.05436), LatLon(50.15444, -5.07113), LatLon(49.91446, -6.31571)
OSRM = {
    "code": "Ok",
    "sources": [{"hint": "", "distance": 4.15, "name": "River Street", "location": [-5.05436, 50.26526]}],
    "destinations": [
        {"hint": "", "distance": 2.1, "name": "Church Street", "location": [-5.07113, 50.15444]},
        {"hint": "", "distance": 9.9, "name": "", "location": [-6.31571, 49.91446]},
    ],
    "durations": [[1380.4, None]],
}
VALHALLA = {
    "sources_to_targets": [
        [
            {"distance": 18.1, "time": 1380, "to_index": 0, "from_index": 0},
            {"distance": None, "time": None, "to_index": 1, "from_index": 0},
        ]
    ],
    "units": "kilometers",
}
BRIEF = {
    "sources_to_targets": {"durations": [[1380, None]], "distances": [[18.1, None]]},
    "units": "kilometers", "algorithm": "costmatrix",
}  # fmt: skip


@dataclass
class Server:
    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def _server(status: int, body: str) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            found.asked.append((self.path.removeprefix(begins), self.rfile.read(length).decode()))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = _answer  # noqa: N815  # as the library calls them

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    begins = f"/{uuid4().hex}"  # a silent server rests, and ports are used again
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Server(f"http://127.0.0.1:{server.server_port}{begins}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def plain(tmp_path: Path) -> Settings:
    return from_environment({"REFERRALS_DATA": str(tmp_path)})


def _by(plain: Settings, kind: str, url: str) -> Settings:
    return replace(plain, routing_url=url, routing_kind=kind)  # type: ignore[arg-type]  # one of the two


async def test_osrm_is_asked_once_for_all_places(plain: Settings) -> None:
    with _server(200, json.dumps(OSRM)) as server:
        found = await travel.ways(_by(plain, "osrm", server.url), "car", TRURO, [FALMOUTH, SCILLY])
    assert (found.by, found.silent) == ("osrm", False)
    assert found.minutes == [pytest.approx(23.0, abs=0.1), None]
    ((path, body),) = server.asked
    assert path == (
        "/table/v1/driving/-5.05436,50.26526;-5.07113,50.15444;-6.31571,49.91446"
        "?sources=0&destinations=1;2&annotations=duration"
    )
    assert body == ""


@pytest.mark.parametrize("told", [VALHALLA, BRIEF], ids=["rows of cells", "brief"])
async def test_valhalla_is_asked_once_for_all_places(plain: Settings, told: object) -> None:
    with _server(200, json.dumps(told)) as server:
        found = await travel.ways(_by(plain, "valhalla", server.url), "walk", TRURO, [FALMOUTH, SCILLY])
    assert (found.by, list(found.minutes)) == ("valhalla", [23.0, None])
    ((path, body),) = server.asked
    assert path == "/sources_to_targets"
    assert json.loads(body) == {
        "sources": [{"lat": 50.26526, "lon": -5.05436}], "costing": "pedestrian",
        "targets": [{"lat": 50.15444, "lon": -5.07113}, {"lat": 49.91446, "lon": -6.31571}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"code": "TooBig", "message": "Too many table coordinates"}'), (200, '{"code": "NoTable"}'),
        (200, '{"code": "Ok", "durations": [[1]]}'), (200, "not JSON"), (200, "[]"), (503, ""),
        (200, '{"code": "Ok", "durations": [["soon", 2]]}'),
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_leaves_the_estimate_and_says_so(plain: Settings, status: int, body: str) -> None:
    with _server(status, body) as server:
        found = await travel.ways(_by(plain, "osrm", server.url), "car", TRURO, [FALMOUTH, SCILLY])
    assert found == travel.Ways(silent=True)


async def test_a_silent_engine_is_left_alone_for_a_while(plain: Settings) -> None:
    with _server(503, "") as server:
        asked = _by(plain, "osrm", server.url)
        assert (await travel.ways(asked, "car", TRURO, [FALMOUTH])).silent
        assert (await travel.ways(asked, "car", TRURO, [FALMOUTH])).silent
    assert len(server.asked) == 1


async def test_nobody_is_asked_where_no_engine_is_set_or_it_does_not_know_the_way(plain: Settings) -> None:
    with _server(200, json.dumps(OSRM)) as server:
        assert await travel.ways(plain, "car", TRURO, [FALMOUTH]) is travel.ESTIMATED
        for way in ("transit", "walk", "none"):
            assert await travel.ways(_by(plain, "osrm", server.url), way, TRURO, [FALMOUTH]) is travel.ESTIMATED
    assert server.asked == []


@pytest.mark.parametrize(
    "wrong", [{"ROUTING_URL": "localhost:5000"}, {"ROUTING_KIND": "google"}, {"ROUTING_WAYS": "car,rocket"}]
)
def test_a_setting_that_cannot_be_read_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        from_environment({"REFERRALS_DATA": str(tmp_path), **wrong})


def test_no_way_is_asked_of_an_engine_that_has_no_name_for_it() -> None:
    assert {way for kind in routing.USUALLY.values() for way in kind} <= set(travel.WAYS)
    assert all(set(names) == {"car", "bike", "walk"} for names in routing.PROFILES.values())
