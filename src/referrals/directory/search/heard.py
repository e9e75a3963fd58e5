"""What people say in their own words, from the files of `seed/phrases`."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from referrals.kit.settings import seed_home

LANGUAGES = ("fr", "en")


@lru_cache(maxsize=1)
def needs() -> tuple[tuple[str, str, str], ...]:
    """(code of a need, language, phrase), in the order of the file."""
    return tuple(_phrases("needs.yaml"))


@lru_cache(maxsize=1)
def wishes() -> tuple[tuple[str, str, str], ...]:
    """(tag, language, phrase)."""
    return tuple(_phrases("wishes.yaml"))


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Everyday words, folded: none of them is a town that was misspelt, nor one that we do not know."""
    return frozenset((_home() / "common.txt").read_text("utf-8").split())


def _phrases(name: str) -> Iterator[tuple[str, str, str]]:
    book: dict[str, dict[str, list[Any]]] = yaml.load((_home() / name).read_text("utf-8"), yaml.CSafeLoader)
    for code, said in book.items():
        for language in LANGUAGES:
            for phrase in said.get(language, ()):
                yield code, language, str(phrase)


def _home() -> Path:
    return seed_home() / "phrases"
