"""Makes fr_points.csv: a point inside each French commune, and how far the commune reaches around it.

    python seed/gazetteer/outlines.py OUTLINES

OUTLINES is a folder of GeoJSON files `**/communes-*.geojson` whose features carry `code` (INSEE). The committed file
was made from IGN Admin Express COG 2018 (Licence Ouverte) as simplified in the public repository
`gregoiredavid/france-geojson`. It is committed so that build.py needs nothing but packages.
"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from shapely import get_coordinates
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from referrals.kit.geo import LatLon, distance

HERE = Path(__file__).resolve().parent


def main(outlines: Path) -> None:
    rows = sorted(points(outlines))
    with (HERE / "fr_points.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["insee", "latitude", "longitude", "reach_km"])
        writer.writerows(rows)
    print(f"{len(rows)} communes")


def points(outlines: Path) -> Iterator[tuple[str, str, str, str]]:
    for path in sorted(outlines.glob("**/communes-*.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            middle, reach = _middle(shape(feature["geometry"]))
            yield feature["properties"]["code"], f"{middle.lat:.4f}", f"{middle.lon:.4f}", f"{reach:.1f}"


def _middle(outline: BaseGeometry) -> tuple[LatLon, float]:
    """The centroid where it lies inside, else a point that does; and the distance to the farthest corner, in km."""
    point = outline.centroid if outline.contains(outline.centroid) else outline.representative_point()
    middle = LatLon(point.y, point.x)
    return middle, max(distance(middle, LatLon(lat, lon)) for lon, lat in get_coordinates(outline))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
