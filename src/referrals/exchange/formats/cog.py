"""French territories by their official codes (communes, groups of communes, departments), as the postcodes that lie in them."""

import csv
from collections import defaultdict
from functools import cache

from referrals.kit.settings import seed_home
from referrals.places.load import FILE

FRANCE = ("france", "99100")
_CORSICA = {"2A": ("200", "201"), "2B": ("202", "206")}


def postcodes(code: str) -> tuple[str, ...]:
    """Postcodes, or the beginnings of them; none for a code that the gazetteer does not know."""
    code = code.strip().upper()
    if code in _CORSICA:
        return _CORSICA[code]
    if len(code) in (2, 3):
        return (code,) if code.isdigit() and code in _known() else ()
    return _known().get(code, ())


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """Commune, group of communes or department -> postcodes, from the gazetteer that this product brings along."""
    found: dict[str, set[str]] = defaultdict(set)
    with (seed_home() / FILE).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["country"] == "FR" and row["postcodes"]:
                own = row["postcodes"].split(";")
                for code in (row["code"].removeprefix("FR-"), row["epci"], row["department"].partition(" ")[0]):
                    if code:
                        found[code].update(own)
    return {code: tuple(sorted(codes)) for code, codes in found.items()}
