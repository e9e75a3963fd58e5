"""Check `taxonomy.json`: identity, tree, labels, words, and themes against a data·inclusion list.

Run `python seed/taxonomy/check.py [path to data·inclusion's thematiques.json]`.
"""

import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

BOOK = json.loads(Path(__file__).with_name("taxonomy.json").read_text("utf-8"))
AMBIGUOUS: dict[str, set[str]] = {"fr": set(), "en": set()}
"""Folded words that two terms may share, because people do mean both."""

_GAPS = re.compile(r"[^0-9a-z]+")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae"})


def main(themes: set[str] | None) -> None:
    wrong = [
        *ids_that_repeat(),
        *broken_trees(),
        *empty_labels(),
        *poor_needs(),
        *words_on_two_terms(),
        *(unknown_themes(themes) if themes else ()),
    ]
    print("\n".join(wrong) or tally(themes))
    if wrong:
        raise SystemExit(1)


def every_term():
    for name, taxonomy in BOOK["taxonomies"].items():
        for term in taxonomy["terms"]:
            yield name, term


def needs():
    return BOOK["taxonomies"]["need"]["terms"]


def ids_that_repeat():
    ids = Counter([t["id"] for t in BOOK["taxonomies"].values()] + [term["id"] for _, term in every_term()])
    codes = Counter((name, term["code"]) for name, term in every_term())
    return [f"id or code twice: {key}" for key, times in [*ids.items(), *codes.items()] if times > 1]


def broken_trees():
    for name, taxonomy in BOOK["taxonomies"].items():
        parents = {term["code"]: term["parent"] for term in taxonomy["terms"]}
        for code, parent in parents.items():
            path, here = {code}, parent
            while here is not None:
                if here not in parents or here in path:
                    yield f"{name}/{code}: no way up to a root through {here}"
                    break
                path.add(here)
                here = parents[here]


def empty_labels():
    labelled = [(name, taxonomy) for name, taxonomy in BOOK["taxonomies"].items()]
    labelled += [(f"{name}/{term['code']}", term) for name, term in every_term()]
    return [f"{where}: no {key}" for where, it in labelled for key in ("label_fr", "label_en") if not it[key].strip()]


def poor_needs():
    """A need must be findable and sayable: 4 to 12 synonyms and a plain phrase in each language."""
    for term in needs():
        for lang in ("fr", "en"):
            words = term.get(f"synonyms_{lang}", [])
            if not 4 <= len(words) <= 12:
                yield f"{term['code']}: {len(words)} synonyms in {lang}"
            if not term.get(f"plain_{lang}", "").strip():
                yield f"{term['code']}: no plain phrase in {lang}"


def words_on_two_terms():
    """Labels count too: a synonym that is another term's label would lead to both."""
    for name, taxonomy in BOOK["taxonomies"].items():
        for lang in ("fr", "en"):
            owners = defaultdict(list)
            for term in taxonomy["terms"]:
                for word in [term[f"label_{lang}"], *term.get(f"synonyms_{lang}", [])]:
                    owners[fold(word)].append(term["code"])
            for word, codes in owners.items():
                if not word:
                    yield f"{name}/{codes}: an empty word in {lang}"
                if len(codes) > 1 and word not in AMBIGUOUS[lang]:
                    yield f"{name}: {lang} word twice: {word!r} on {', '.join(codes)}"


def unknown_themes(themes: set[str]):
    for term in needs():
        if term["data_inclusion"] is not None and term["data_inclusion"] not in themes:
            yield f"{term['code']}: {term['data_inclusion']} is not a data·inclusion theme"


def fold(text: str) -> str:
    """The same folding as the search's: lower case, no accents, every other sign a space."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return _GAPS.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def tally(themes: set[str] | None) -> str:
    words = {lang: sum(len(t[f"synonyms_{lang}"]) for t in needs()) for lang in ("fr", "en")}
    bare = [t["code"] for t in needs() if t["taggable"] and t["data_inclusion"] is None]
    return (
        f"{len(BOOK['taxonomies'])} taxonomies, {sum(1 for _ in every_term())} terms, {len(needs())} needs; "
        f"synonyms of needs: {words['fr']} fr, {words['en']} en; "
        f"taggable needs without a theme: {', '.join(bare) or 'none'}; "
        f"themes {'checked' if themes else 'not checked'}"
    )


if __name__ == "__main__":
    listed = json.loads(Path(sys.argv[1]).read_text("utf-8")) if len(sys.argv) > 1 else []
    main({theme["value"] for theme in listed} or None)
