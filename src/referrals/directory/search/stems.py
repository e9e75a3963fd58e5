"""What is left of a folded word when its ending is taken off, in each language that we speak. Pure."""

from functools import lru_cache
from typing import Final

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_ROOT: Final = 3
"""Letters that many words have in common."""
STEMMERS: Final = {"fr": "french", "en": "english"}


def analyzer(language: str) -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.stemmer(STEMMERS[language])).build()


APART: Final = {
    form: tuple(said.split())
    for said in (
        "memory memories", "memorial memorials", "probate", "probation", "transit", "transition transitions transitional",
        "medical medically", "medication medications", "minor minors", "minority minorities", "university universities",
        "universal", "hospitality", "wellness",
    )
    for form in said.split()
}  # fmt: skip
"""Words that share a stem with others that mean something else, with their own forms: `Jackson Memorial` is no memory clinic."""
ANALYZERS: Final = {language: analyzer(language) for language in STEMMERS}


def stem(word: str, language: str) -> str:
    """What is left of it; of a word that is kept apart its first form, which stands in no index that stems by itself."""
    if word in APART:
        return APART[word][0]
    found: list[str] = ANALYZERS[language].analyze(word)
    return found[0] if found else word


def tells(stemmed: str, word: str) -> bool:
    """Not what is left of a long word by the rules of another language: `carie` is no `care`, `vêtements` no `vet`."""
    return len(stemmed) > _ROOT or len(word) <= len(stemmed) + 1


@lru_cache(maxsize=4096)
def stems(word: str) -> frozenset[str]:
    """In any of them."""
    return frozenset(stem(word, language) for language in STEMMERS)
