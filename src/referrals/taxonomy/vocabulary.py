"""Our words as one value in memory: every term of every taxonomy of ours, its labels, its place in the tree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from referrals.kit.text import fold

NEED = "need"
AUDIENCE = "audience"


@dataclass(frozen=True, slots=True)
class TermInfo:
    """One term of ours. `details` holds what else its taxonomy says: `level`, `class`, `place_bound`."""

    id: UUID
    taxonomy: str
    code: str
    parent: str | None
    label_fr: str
    label_en: str
    plain_fr: str
    plain_en: str
    taggable: bool
    data_inclusion: str | None
    details: Mapping[str, object]
    synonyms_fr: tuple[str, ...] = ()
    synonyms_en: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        return self.label_fr if language == "fr" else self.label_en

    def plain(self, language: str) -> str:
        """The term in a client's words."""
        return self.plain_fr if language == "fr" else self.plain_en

    def synonyms(self, language: str) -> tuple[str, ...]:
        return self.synonyms_fr if language == "fr" else self.synonyms_en


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way of saying a term, folded."""

    folded: str
    language: str
    term: TermInfo
    is_label: bool


@dataclass(frozen=True)
class Vocabulary:
    """`terms`: taxonomy -> code -> term, in the order of the file. `version` names the file it was made from."""

    version: str
    terms: Mapping[str, Mapping[str, TermInfo]]
    taxonomy_ids: frozenset[UUID] = frozenset()
    phrases: tuple[Phrase, ...] = field(init=False)
    _by_id: Mapping[UUID, TermInfo] = field(init=False)
    _children: Mapping[tuple[str, str | None], tuple[TermInfo, ...]] = field(init=False)

    def __post_init__(self) -> None:
        children: dict[tuple[str, str | None], list[TermInfo]] = {}
        for term in self:
            children.setdefault((term.taxonomy, term.parent), []).append(term)
        object.__setattr__(self, "_by_id", {term.id: term for term in self})
        object.__setattr__(self, "_children", {key: tuple(found) for key, found in children.items()})
        object.__setattr__(self, "phrases", tuple(_phrases(self.terms.get(NEED, {}))))

    def __iter__(self) -> Iterator[TermInfo]:
        return (term for taxonomy in self.terms.values() for term in taxonomy.values())

    def term(self, taxonomy: str, code: str) -> TermInfo | None:
        return self.terms.get(taxonomy, {}).get(code)

    def need(self, code: str) -> TermInfo | None:
        return self.term(NEED, code)

    def by_id(self, id: UUID) -> TermInfo | None:
        return self._by_id.get(id)

    def label(self, taxonomy: str, code: str, language: str) -> str:
        """The term's name, or its bare code when it is not one of ours."""
        term = self.term(taxonomy, code)
        return term.label(language) if term else code

    def plain(self, code: str, language: str) -> str:
        """A need in a client's words."""
        term = self.need(code)
        return term.plain(language) if term else code

    def children(self, code: str | None, taxonomy: str = NEED) -> tuple[TermInfo, ...]:
        """The narrower terms right below it; the headings for None."""
        return self._children.get((taxonomy, code), ())

    def ancestors(self, code: str, taxonomy: str = NEED) -> tuple[str, ...]:
        """The broader terms, nearest first."""
        found: list[str] = []
        term = self.term(taxonomy, code)
        while term is not None and term.parent is not None and term.parent not in found:
            found.append(term.parent)
            term = self.term(taxonomy, term.parent)
        return tuple(found)

    def descendants(self, code: str, taxonomy: str = NEED) -> tuple[str, ...]:
        """All narrower terms, from the top down."""
        found: list[str] = []
        for child in self.children(code, taxonomy):
            found += [child.code, *self.descendants(child.code, taxonomy)]
        return tuple(found)

    def path(self, code: str, taxonomy: str = NEED) -> tuple[str, ...]:
        """The term itself and everything broader."""
        return (code, *self.ancestors(code, taxonomy))

    def options(self, taxonomy: str, language: str) -> list[tuple[str, str]]:
        """(code, label) pairs for a form."""
        return [(term.code, term.label(language)) for term in self.terms.get(taxonomy, {}).values() if term.taggable]

    def need_options(self, language: str) -> list[tuple[str, str]]:
        """Every need that may be on a service, each below its heading: `Health · Physiotherapy`."""
        return [
            (term.code, f"{head.label(language)} · {term.label(language)}") for head, term in self._under_headings()
        ]

    def _under_headings(self) -> Iterator[tuple[TermInfo, TermInfo]]:
        for head in self.children(None):
            for code in self.descendants(head.code):
                term = self.need(code)
                if term is not None and term.taggable:
                    yield head, term


def _phrases(needs: Mapping[str, TermInfo]) -> Iterator[Phrase]:
    for term in needs.values():
        for language in ("fr", "en"):
            said = {fold(term.label(language)): True, fold(term.plain(language)): False}
            for text in term.synonyms(language):
                said.setdefault(fold(text), False)
            for folded, is_label in said.items():
                if folded:
                    yield Phrase(folded, language, term, is_label)
