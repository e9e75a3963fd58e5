"""Makes base.json, the ground under our maps: land, borders, rivers and lakes of western Europe and North America.

    python seed/map/build.py ATLAS NATURAL_EARTH ADMIN1 DEPARTMENTS

ATLAS           folder of npm world-atlas 2.0.2 (land-10m.json, countries-10m.json)
NATURAL_EARTH   folder with ne_10m_{rivers_lake_centerlines,rivers_europe,rivers_north_america,lakes,lakes_europe,
                lakes_north_america}.json, GeoJSON
ADMIN1          ne_10m_admin_1_states_provinces_lines.shp
DEPARTMENTS     departements.geojson, the outlines of the French departments

shapely 2.2 and pyshp must be importable. Sources and terms: NOTICE.md.

The file is {"side": degrees, "places": decimals, "tiles": {"<south>:<west>": {layer: [...]}}}. Lines and rings are
encoded as in `referrals.places.ground`, which reads them. A ring list is one polygon: its shell, then its holes.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import shapefile  # pyshp
from shapely import box, clip_by_rect, intersects, make_valid, prepare, simplify, unary_union
from shapely.geometry import LineString, MultiLineString, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge

HERE = Path(__file__).resolve().parent
SIDE = 4
DECIMALS = 4
COVERED = {
    "western Europe": (-12, 34, 20, 62),
    "North America": (-170, 24, -52, 72),
    "Hawaii": (-161, 18, -154, 23),
    "Caribbean": (-68, 14, -60, 19),
    "Guyane": (-55, 2, -51, 6.5),
    "Réunion, Mayotte": (44, -22, 57, -12),
}
"""West, south, east, north."""
Layers = dict[str, list[Any]]


def main(atlas: Path, natural_earth: Path, admin1: Path, departments: Path) -> None:
    tiles: dict[str, Layers] = defaultdict(lambda: defaultdict(list))
    countries = _atlas(atlas / "countries-10m.json")
    land = [*_polygons(_atlas(atlas / "land-10m.json"), "land")]
    for polygon in land:
        _put(tiles, "land", polygon, 0.0015)
    for line in _shared(countries, "countries"):
        _put(tiles, "border", line, 0.0015)
    for line in _areas(admin1, departments):
        _put(tiles, "area", line, 0.002)
    for rank, line in _rivers(natural_earth):
        _put(tiles, f"river-{rank}", line, 0.0015)
    for polygon in _lakes(natural_earth):
        _put(tiles, "lake", polygon, 0.0015)
    text = json.dumps(
        {"side": SIDE, "places": DECIMALS, "tiles": {name: tiles[name] for name in sorted(tiles)}},
        separators=(",", ":"), sort_keys=True,
    )  # fmt: skip
    (HERE / "base.json").write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")
    sizes: Counter[str] = Counter()
    for layers in tiles.values():
        for layer, shapes in layers.items():
            sizes[layer] += len(json.dumps(shapes))
    print(f"{len(tiles)} tiles, {len(text) / 1e6:.2f} MB", dict(sizes))


# What is put into a tile


def _put(tiles: dict[str, Layers], layer: str, whole: BaseGeometry, tolerance: float) -> None:
    prepare(whole)
    for south, west in _tiles_over(whole):
        square = box(west, south, west + SIDE, south + SIDE)
        if not intersects(whole, square):
            continue
        part = clip_by_rect(whole, *square.bounds)
        coarse = _coarser(south, west)
        for piece in _pieces(make_valid(simplify(part, tolerance * coarse))):
            if isinstance(piece, LineString):
                tiles[f"{south}:{west}"][layer].append(encode(piece.coords))
            elif piece.area > 1e-5 * coarse * coarse:
                rings = [piece.exterior, *(hole for hole in piece.interiors if Polygon(hole).area > 1e-5 * coarse)]
                tiles[f"{south}:{west}"][layer].append([encode(ring.coords) for ring in rings])


def _tiles_over(whole: BaseGeometry) -> Iterator[tuple[int, int]]:
    for west, south, east, north in COVERED.values():
        left, low, right, high = whole.bounds
        for y in range(int(south // SIDE) * SIDE, int(-(-north // SIDE)) * SIDE, SIDE):
            for x in range(int(west // SIDE) * SIDE, int(-(-east // SIDE)) * SIDE, SIDE):
                if x < right and x + SIDE > left and y < high and y + SIDE > low:
                    yield y, x


def _coarser(south: int, west: int) -> float:
    """Where few people live and the coast is all islands, less will do."""
    if west < -50 and south >= 60:
        return 24
    if west < -50 and south >= 48:
        return 8
    return 2 if west < -50 else 1


def _pieces(part: BaseGeometry) -> Iterator[LineString | Polygon]:
    if isinstance(part, LineString | Polygon):
        if not part.is_empty:
            yield part
    else:
        for inner in getattr(part, "geoms", ()):
            yield from _pieces(inner)


def encode(points: Iterable[tuple[float, ...]]) -> str:
    """Differences of rounded degrees, zigzag, in base 64 digits of five bits and a flag, from `?` upwards."""
    text: list[str] = []
    before = (0, 0)
    for lon, lat, *_ in points:
        here = (round(lon * 10**DECIMALS), round(lat * 10**DECIMALS))
        if here != before or not text:
            for difference in (here[0] - before[0], here[1] - before[1]):
                text.append(_digits(difference << 1 ^ difference >> 63))
        before = here
    return "".join(text)


def _digits(number: int) -> str:
    digits = ""
    while number >= 0x20:
        digits += chr((0x20 | number & 0x1F) + 63)
        number >>= 5
    return digits + chr(number + 63)


# What comes out of the sources


def _atlas(path: Path) -> dict[str, Any]:
    """A TopoJSON with its arcs in degrees."""
    topology: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * kx + dx, y * ky + dy))
        arcs.append(points)
    return {**topology, "arcs": arcs}


def _polygons(topology: dict[str, Any], name: str) -> Iterator[Polygon]:
    for geometry in _flat(topology["objects"][name]):
        for rings in geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]:
            shell, *holes = [_ring(topology["arcs"], ring) for ring in rings]
            polygon = make_valid(Polygon(shell, holes))
            yield from (piece for piece in _pieces(polygon) if isinstance(piece, Polygon))


def _ring(arcs: list[list[tuple[float, float]]], indexes: list[int]) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def _shared(topology: dict[str, Any], name: str) -> list[LineString]:
    """The arcs that two countries have in common: borders on land."""
    users: dict[int, set[str]] = defaultdict(set)
    for geometry in _flat(topology["objects"][name]):
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for rings in polygons:
            for ring in rings:
                for index in ring:
                    users[index if index >= 0 else ~index].add(geometry["properties"]["name"])
    return _merged(LineString(topology["arcs"][arc]) for arc, by in users.items() if len(by) > 1)


def _flat(geometry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if geometry["type"] == "GeometryCollection":
        for inner in geometry["geometries"]:
            yield from _flat(inner)
    elif geometry["type"] in ("Polygon", "MultiPolygon"):
        yield geometry


def _areas(admin1: Path, departments: Path) -> Iterator[LineString]:
    """Lines between states, provinces, counties; in France between departments, from the finer source."""
    outlines = [shape(f["geometry"]) for f in json.loads(departments.read_text(encoding="utf-8"))["features"]]
    france = simplify(unary_union(outlines), 0.01).buffer(0.03)
    prepare(france)
    with shapefile.Reader(str(admin1)) as reader:
        for line in reader.shapes():
            if line.shapeType == shapefile.NULL:
                continue
            yield from _pieces(shape(line.__geo_interface__).difference(france))
    yield from _between(outlines)


def _between(outlines: list[BaseGeometry]) -> list[LineString]:
    """What two neighbours have in common."""
    lines = []
    for i, one in enumerate(outlines):
        for other in outlines[i + 1 :]:
            if intersects(one, other):
                lines += [p for p in _pieces(one.intersection(other)) if isinstance(p, LineString)]
    return _merged(lines)


def _rivers(folder: Path) -> Iterator[tuple[int, LineString]]:
    """(2, a river that a map of a country shows), (1, one of a region), (0, one of a town)."""
    for name in ("rivers_lake_centerlines", "rivers_europe", "rivers_north_america"):
        for feature in json.loads((folder / f"ne_10m_{name}.json").read_text(encoding="utf-8"))["features"]:
            rank = feature["properties"]["scalerank"]
            if feature["geometry"] and rank < 12:
                importance = 2 if rank <= 6 else 1 if rank <= 9 else 0
                yield from ((importance, line) for line in _pieces(shape(feature["geometry"])))


def _lakes(folder: Path) -> Iterator[Polygon]:
    for name in ("lakes", "lakes_europe", "lakes_north_america"):
        for feature in json.loads((folder / f"ne_10m_{name}.json").read_text(encoding="utf-8"))["features"]:
            if feature["geometry"]:
                yield from _pieces(make_valid(shape(feature["geometry"])))


def _merged(lines: Iterable[LineString]) -> list[LineString]:
    merged = linemerge(MultiLineString(list(lines)))
    return list(merged.geoms) if isinstance(merged, MultiLineString) else [merged]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
