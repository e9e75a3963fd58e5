"""What a record that once came as data·inclusion said then: it leaves again as it came, and nothing is made up from our reading of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from referrals.exchange.export.inclusion import words
from referrals.exchange.formats.datainclusion import MEASURES, MOBILISE, SOURCE_LINK, meant, ways_in
from referrals.taxonomy.vocabulary import Vocabulary

Tree = Mapping[str, Any]
CODES = frozenset(MOBILISE) | frozenset(MEASURES)


def codes(tree: Tree) -> set[str]:
    """Codes of terms, whichever taxonomy brought them: some were data·inclusion's when they came."""
    return {str(mark.get("taxonomy_term", {}).get("code") or "") for mark in tree.get("attributes") or ()}


def explained(
    vocabulary: Vocabulary, taxonomy: str, came: Iterable[str], decided: Mapping[str, tuple[str, ...]]
) -> set[str]:
    """Codes of our terms that an import made of these."""
    return {term.code for code in came for term in meant(vocabulary, taxonomy, code, decided)}


def ways(tree: Tree) -> list[str] | None:
    """`modes_mobilisation`."""
    return sorted(codes(tree) & MOBILISE.keys()) or None


def process(tree: Tree) -> str:
    """How to get in, without the words that only repeat the ways."""
    said = words.french(tree, "application_process")
    return said.removesuffix(ways_in(ways(tree) or ())).rstrip()


def own_link(tree: Tree) -> str | None:
    """The address of the service, unless it is only that of its page at the source."""
    url = tree.get("url")
    pages = {one.get("url") for one in tree.get("additional_urls") or () if one.get("label") == SOURCE_LINK}
    return None if url in pages else url


def measures(tree: Tree) -> dict[str, float | int | None]:
    """`volume_horaire_hebdomadaire` and `nombre_semaines`; None where it is no such number."""
    said = {str(mark.get("taxonomy_term", {}).get("code")): mark.get("value") for mark in tree.get("attributes") or ()}
    hours, weeks = (_number(said.get(name)) for name in MEASURES)
    return {
        "volume_horaire_hebdomadaire": hours,
        "nombre_semaines": int(weeks) if weeks is not None and weeks >= 1 and weeks.is_integer() else None,
    }


def _number(said: Any) -> float | None:
    try:
        found = float(said)
    except (TypeError, ValueError):
        return None
    return found if 0 <= found < 100_000 else None
