"""How services and questions look to Meilisearch: its settings as code, a document, a question. Pure.

Meilisearch finds beginnings and slips by itself, but knows no endings: so every text is there a second time as stems, and
every question is asked twice in one request, with its words and with their stems. What it must hold besides the words is
a filter; a service with several points is one multipoint.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from referrals.directory.search import heard
from referrals.directory.search.openings import OpenAt
from referrals.directory.search.port import BOUND, Document, Hit, Query
from referrals.directory.search.stems import STEMMERS, stem
from referrals.directory.search.tags import MODE, groups
from referrals.kit.text import fold

VERSION: Final = 5
"""Of what follows; part of the index's name, so that an index of another shape is not asked."""
WORTH: Final = {
    "names": 1.0,
    "needs": 0.67,
    "organization": 0.5,
    "synonyms": 0.46,
    "cities": 0.33,
    "descriptions": 0.33,
}
"""A hit's score is that of the engine times this, for the best field it was found in."""
FIELDS: Final = tuple(WORTH)
STEMS: Final = {f"{field}_stems": field for field in ("names", "needs", "synonyms", "descriptions")}
_STEM_WEIGHT: Final = 0.9
"""Of a hit by its stems beside one by its words."""
_NAMES: Final = ["names", "needs"]
_MOST_WORDS: Final = 10
"""Meilisearch reads no more of a question."""


def _alike() -> dict[str, list[str]]:
    """Other ways of writing one thing, each for each."""
    groups = [[fold(way) for way in ways] for ways in heard.alike()]
    return {way: [other for other in group if other != way] for group in groups for way in group}


SETTINGS: Final[dict[str, Any]] = {
    "searchableAttributes": [*FIELDS, *STEMS],
    "displayedAttributes": ["id", *FIELDS, *STEMS],
    "filterableAttributes": ["id", "terms", "wishes", "week", "dated", "roams", "_geojson", "_geo"],
    "sortableAttributes": ["soon", "_geo"],
    "rankingRules": ["words", "typo", "attribute", "proximity", "sort", "exactness"],
    "synonyms": {
        "st": ["saint"], "ste": ["sainte"], "saint": ["st"], "sainte": ["ste"],
        "dr": ["docteur", "doctor"], "asso": ["association"], "ctre": ["centre"], "center": ["centre"], "centre": ["center"],
        "chu": ["hopital"], "tel": ["telephone"], "rdv": ["rendez vous"], **_alike(),
    },
    "stopWords": [],
    "typoTolerance": {
        "enabled": True,
        "minWordSizeForTypos": {"oneTypo": 4, "twoTypos": 8},
        "disableOnNumbers": True,
        "disableOnAttributes": list(STEMS),
    },
    "pagination": {"maxTotalHits": BOUND + 1},
    "faceting": {"maxValuesPerFacet": 500, "sortFacetValuesBy": {"*": "count"}},
    "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["fra", "eng"]}],
}  # fmt: skip
"""Sent before the first document. Little words are taken out by `understand`, so none are stopped here."""


def entry(document: Document) -> dict[str, Any]:
    """Texts go in folded, for the questions are folded too."""
    texts = {
        "names": document.names, "needs": document.needs, "synonyms": document.synonyms, "descriptions": document.descriptions,
    }  # fmt: skip
    points = [[point.lon, point.lat] for point in document.points]
    more: dict[str, Any] = {}
    if points:
        more["_geojson"] = {"type": "MultiPoint", "coordinates": points}
        more["_geo"] = {"lat": document.points[0].lat, "lng": document.points[0].lon}
    if document.soon is not None:
        more["soon"] = document.soon
    return {
        "id": str(document.id),
        **{field: _distinct(fold(text) for texts_of in said.values() for text in texts_of) for field, said in texts.items()},
        **{f"{field}_stems": _stemmed(said) for field, said in texts.items()},
        "organization": _distinct(map(fold, document.organization)),
        "cities": _distinct(map(fold, document.cities)),
        "terms": list(document.terms),
        "wishes": list(document.wishes),
        "week": list(document.open_week),
        "dated": list(document.open_dated),
        "roams": document.roams,
        **more,
    }  # fmt: skip


def question(query: Query, index: str, *, apart: bool = False) -> dict[str, Any]:
    """One federated request. `apart`: each word by itself, any of which will do."""
    words = list(dict.fromkeys(query.words))[:_MOST_WORDS]
    said = [list(way) for way in query.ways] or ([[word] for word in words] if apart else [words])
    fields, stemmed = (_NAMES, [f"{field}_stems" for field in _NAMES]) if query.ways else (list(FIELDS), list(STEMS))
    common = {
        "indexUid": index,
        "filter": filters(query),
        "attributesToRetrieve": ["id"],
        "showRankingScore": True,
        "showMatchesPosition": True,
        "matchingStrategy": "all",
        **({"sort": _sorted(query)} if query.order != "fit" else {}),
    }
    queries: list[dict[str, Any]] = []
    for some in said:
        queries.append({**common, "q": " ".join(some), "attributesToSearchOn": fields})
        for stems in _other_stems(some):
            weight = {"federationOptions": {"weight": _STEM_WEIGHT}}
            queries.append({**common, "q": " ".join(stems), "attributesToSearchOn": stemmed, **weight})
    for way in _instead(query):  # between quotation marks nothing has a slip
        queries.append({**common, "q": f'"{" ".join(way)}"', "attributesToSearchOn": fields})
    federation: dict[str, Any] = {"limit": BOUND + 1}
    if query.faceted:
        federation["facetsByIndex"] = {index: ["wishes"]}
    return {"federation": federation, "queries": queries}


def _instead(query: Query) -> list[tuple[str, ...]]:
    """Other ways of writing all that is asked for. Those of a part of it are the index's synonyms."""
    return [way for words, ways in query.alike if words == query.words for way in ways][:_MOST_WORDS]


def filters(query: Query, without: Sequence[str] = ()) -> list[str]:
    """All of these must hold. `without`: a group of tags that is left out, to count what its others would bring."""
    found = [_among("terms", codes) for codes in (query.terms, query.besides) if codes]
    if query.distant == "only":
        found.append(_among("wishes", (f"{MODE}:remote",)))
    found += [_among("wishes", wish) for wish in query.wishes if wish != tuple(without)]
    found += [_among("wishes", wish) for wish in groups(query.wished)]
    if query.open:
        found.append(_open(query.open))
    if query.near and query.radius_km and query.distant != "only":
        at = query.near.at
        found.append(f"_geoRadius({at.lat:.6f}, {at.lon:.6f}, {round(query.radius_km * 1000)}) OR roams = true")
    return found


def hits(answer: dict[str, Any]) -> list[Hit]:
    """What Meilisearch found, scored by where it was found; best first. One service may come by words and by stems."""
    best: dict[UUID, float] = {}
    for hit in answer["hits"]:
        fields = {STEMS.get(field, field) for field in (name.partition(".")[0] for name in hit["_matchesPosition"])}
        worth = max((WORTH.get(field, 0.0) for field in fields), default=min(WORTH.values()))
        score = hit["_federation"]["weightedRankingScore"] * worth
        id = UUID(hit["id"])
        best[id] = max(best.get(id, 0.0), round(max(score, 0.0001), 4))
    return sorted((Hit(id, score) for id, score in best.items()), key=lambda hit: (-hit.score, hit.id))


def _other_stems(words: Sequence[str]) -> list[list[str]]:
    """The words in the stems of each language, where that is something else than the words."""
    found = [[stem(word, language) for word in words] for language in STEMMERS]
    return [stems for at, stems in enumerate(found) if stems not in found[:at]]


def _stemmed(said: dict[str, tuple[str, ...]]) -> list[str]:
    texts = [(language, fold(text)) for language, texts in said.items() for text in texts if language in STEMMERS]
    return _distinct(" ".join(stem(word, language) for word in text.split()) for language, text in texts)


def _sorted(query: Query) -> list[str]:
    if query.order == "near" and query.near:
        return [f"_geoPoint({query.near.at.lat:.6f}, {query.near.at.lon:.6f}):asc"]
    return ["soon:asc"] if query.order == "soon" else []


def _open(at: OpenAt) -> str:
    keys = at.keys()
    usual = f"{_numbers('week', keys.week)} AND NOT {_numbers('dated', keys.different)}"
    return f"{_numbers('dated', keys.dated)} OR ({usual})"


def _numbers(field: str, numbers: Iterable[int]) -> str:
    return f"{field} IN [{', '.join(map(str, numbers))}]"


def _among(field: str, codes: Iterable[str]) -> str:
    return f"{field} IN [{', '.join(map(_quoted, codes))}]"


def _quoted(code: str) -> str:
    """Codes have been checked where they came in; whatever else came shall not end the string."""
    escaped = code.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
