"""What people say in their own words, from the files of `seed/phrases`."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from referrals.directory.search.tokens import read
from referrals.kit.settings import seed_home

LANGUAGES = ("fr", "en")
_LITTLE = "little"
_FOR, _FREE = "for:", "free"


@lru_cache(maxsize=1)
def needs() -> tuple[tuple[str, str, str], ...]:
    """(code of a need, language, phrase), in the order of the file."""
    return tuple(_phrases("needs.yaml"))


@lru_cache(maxsize=1)
def wishes() -> tuple[tuple[str, str, str], ...]:
    """(tag, language, phrase)."""
    return tuple(_phrases("wishes.yaml"))


@lru_cache(maxsize=1)
def abroad() -> tuple[tuple[str, str, str], ...]:
    """(code of a need, language, phrase) in languages that no page speaks."""
    book: dict[str, dict[str, list[Any]]] = _read("tongues.yaml")
    return tuple(
        (code, language, str(phrase))
        for code, tongues in book.items() if code != _LITTLE
        for language, phrases in tongues.items()
        for phrase in phrases
    )  # fmt: skip


@lru_cache(maxsize=1)
def little_abroad() -> tuple[str, ...]:
    """Words of those languages that say nothing by themselves."""
    book: dict[str, dict[str, list[Any]]] = _read("tongues.yaml")
    return tuple(str(word) for words in book[_LITTLE].values() for word in words)


@lru_cache(maxsize=1)
def alike() -> tuple[tuple[str, ...], ...]:
    """Ways of writing one thing."""
    return tuple(tuple(map(str, ways)) for ways in _read("alike.yaml"))


@lru_cache(maxsize=1)
def together() -> tuple[tuple[str, str, str], ...]:
    """(need, need or tag, the need that both mean together)."""
    return tuple((need, beside, meant) for need, beside, meant in _read("together.yaml"))


@lru_cache(maxsize=1)
def sign_groups() -> dict[str, frozenset[str]]:
    """Name of a group -> its words, folded."""
    book: dict[str, list[Any]] = _read("signs.yaml")["words"]
    return {
        name: frozenset(token.word for word in words for token in read(str(word)).tokens)
        for name, words in book.items()
    }


@lru_cache(maxsize=1)
def signs() -> tuple[tuple[str, str], ...]:
    """(code of a need, names of groups), in the order of the file."""
    book: dict[str, list[str]] = _read("signs.yaml")["signs"]
    return tuple((code, sign) for code, told in book.items() for sign in told)


@lru_cache(maxsize=256)
def parts_of(need: str) -> tuple[tuple[str, str | None], ...]:
    """(a wider need, for whom it must be) that mean it together; for nobody in particular where it is that, and free."""
    return tuple(
        (code, None if beside == _FREE else beside) for code, beside, meant in together()
        if meant == need and (beside.startswith(_FOR) or beside == _FREE) and not code.startswith(_FOR)
    )  # fmt: skip


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Everyday words, folded: none of them is a town that was misspelt, nor one that we do not know."""
    return frozenset((_home() / "common.txt").read_text("utf-8").split())


def _phrases(name: str) -> Iterator[tuple[str, str, str]]:
    book: dict[str, dict[str, list[Any]]] = _read(name)
    for code, said in book.items():
        for language in LANGUAGES:
            for phrase in said.get(language, ()):
                yield code, language, str(phrase)


def _read(name: str) -> Any:
    return yaml.load((_home() / name).read_text("utf-8"), yaml.CSafeLoader)


def _home() -> Path:
    return seed_home() / "phrases"
