"""Codes of our vocabulary in somebody's JSON; for what is none of them, the likeliest that was meant. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from referrals.kit.i18n import current_language
from referrals.kit.text import fold
from referrals.matching.json_fields import Fields
from referrals.taxonomy.queries import suggest
from referrals.taxonomy.spoken import spoken as in_words
from referrals.taxonomy.vocabulary import NEED, Vocabulary

_LIKE = 60
"""Likeness below which nothing is suggested."""


@dataclass(frozen=True, slots=True)
class Words:
    words: Vocabulary

    def one(self, fields: Fields, name: str, taxonomy: str) -> str | None:
        """The code, ours or not; None where there is none."""
        code = fields.text(name)
        if code is None:
            if not fields.has(name) or fields.raw[name] == "":
                fields.wrong(name, "missing")
            return None
        self._known(fields, name, taxonomy, code)
        return code

    def many(self, fields: Fields, name: str, taxonomy: str) -> Iterator[str]:
        for number, code in enumerate(fields.texts(name)):
            self._known(fields, f"{name}[{number}]", taxonomy, code)
            yield code

    def needs_or_ids(self, fields: Fields, name: str) -> Iterator[str]:
        """Help that is there already: codes of needs, and services by their id."""
        for number, code in enumerate(fields.texts(name)):
            if not _is_id(code):
                self._known(fields, f"{name}[{number}]", NEED, code)
            yield code.lower() if _is_id(code) else code

    def level(self, fields: Fields, name: str) -> int | None:
        """A code of care-intensity, or its level."""
        given = fields.raw.get(name)
        if not isinstance(given, str):
            return fields.whole(name, 1, 5)
        term = self.words.term("care-intensity", given)
        if term is None:
            self._known(fields, name, "care-intensity", given)
            return None
        level = term.details.get("level")
        return level if isinstance(level, int) else None

    def _known(self, fields: Fields, name: str, taxonomy: str, code: str) -> None:
        if self.words.term(taxonomy, code) is not None:
            return
        if meant := self.likely(taxonomy, code):
            fields.wrong(name, "unknown_term_but", value=code, taxonomy=taxonomy, meant=meant)
        else:
            fields.wrong(name, "unknown_term", value=code, taxonomy=taxonomy)

    def likely(self, taxonomy: str, typed: str) -> str | None:
        """The code that was probably meant: by its spelling, or by what it is called in either language."""
        language = current_language()
        if taxonomy == NEED:
            plain = typed.replace("-", " ")
            hits = suggest(self.words, plain, language, 1) or in_words(self.words).meant(plain, language, 1)
            return hits[0].term.code if hits else None
        said: dict[str, str] = {}
        for term in self.words.terms.get(taxonomy, {}).values():
            for text in (term.code.replace("-", " "), term.label_fr, term.label_en):
                said[fold(text)] = term.code
        close = process.extractOne(fold(typed.replace("-", " ")), list(said), scorer=fuzz.ratio, score_cutoff=_LIKE)
        return said[close[0]] if close else None


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4
