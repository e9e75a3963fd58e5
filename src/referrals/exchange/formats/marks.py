"""Terms on a service, as HSDS attributes: ours where we know the word, the source's own where we do not."""

from typing import Any

from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

Tree = dict[str, Any]


def ours(key: str, term: TermInfo, language: str, value: str | None = None) -> Tree:
    """An attribute with a term of ours; `key` is the service's."""
    return {
        "id": f"{key}:{term.taxonomy}:{term.code}" + (f":{value}" if value else ""),
        "link_type": "target-audience" if term.taxonomy == "audience" else term.taxonomy,
        "taxonomy_term_id": str(term.id),
        "label": term.label(language),
        "value": value,
    }


def foreign(key: str, taxonomy: str, code: str, name: str, link_type: str | None = None) -> Tree:
    """An attribute with a term of the source's own, which a curator may link to one of ours."""
    return {
        "id": f"{key}:{taxonomy}:{code}",
        "link_type": link_type or taxonomy,
        "taxonomy_term": {"id": f"{taxonomy}:{code}", "code": code, "name": name, "taxonomy": taxonomy},
    }


def known(words: Vocabulary, taxonomy: str, said: str) -> TermInfo | None:
    """The term that somebody writes as its code, its name or, for needs, in one of our other words for it."""
    term = words.term(taxonomy, said.strip())
    if term is None:
        folded = fold(said)
        names = (t for t in words.terms.get(taxonomy, {}).values() if folded in {fold(t.label_fr), fold(t.label_en)})
        term = next(names, None)
        if term is None and taxonomy == "need":
            term = next((p.term for p in words.phrases if p.folded == folded), None)
    return term if term is not None and term.taggable else None


def by_data_inclusion(words: Vocabulary, taxonomy: str, code: str) -> TermInfo | None:
    """The one term of ours that carries this code of data·inclusion, or the one above all others that carry it.

    Where several of ours share a code side by side, which of them is meant is not for us to say.
    """
    found = [t for t in words.terms.get(taxonomy, {}).values() if t.data_inclusion == code and t.taggable]
    above = (t for t in found if all(t is o or t.code in words.ancestors(o.code, taxonomy) for o in found))
    return next(above, None)
