"""French and English. The English sentence is the key; catalogs are one `.po` file for each room and language."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from referrals.kit.settings import LANGUAGES, frontend_home

_language: ContextVar[str] = ContextVar("language", default="en")


def current_language() -> str:
    return _language.get()


def speak(language: str) -> None:
    """From here on, in this request or job, sentences come in this language."""
    _language.set(language if language in LANGUAGES else "en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Inside, sentences come in this language: for a word to somebody who is not the reader of the page."""
    before = _language.get()
    speak(language)
    try:
        yield
    finally:
        _language.set(before)


def gettext(message: str) -> str:
    return catalog(_language.get()).ugettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    return catalog(_language.get()).ungettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    return catalog(_language.get()).upgettext(context, message)


def npgettext(context: str, one: str, many: str, n: int) -> str:
    return catalog(_language.get()).unpgettext(context, one, many, n)


def N_(message: str) -> str:
    """Marks a sentence for the catalogs where it cannot be translated yet (tables of labels)."""
    return message


@cache
def catalog(language: str) -> NullTranslations:
    """All rooms' sentences in one language, compiled in memory so that no built file can be out of date."""
    files = sorted((frontend_home() / "locale" / language).glob("*.po"))
    if not files:
        return NullTranslations()
    merged = _compiled(files[0])
    for file in files[1:]:
        merged.merge(_compiled(file))
    return merged


def best_language(accept_language: str) -> str:
    """The first of ours that a browser asks for; French where it asks for none of them."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((float(quality or 1), tag[:2].lower()))
        except ValueError:
            continue
    known = [(q, tag) for q, tag in wanted if tag in LANGUAGES]
    return max(known, key=lambda pair: pair[0])[1] if known else "fr"


def _compiled(path: Path) -> Translations:
    with path.open("rb") as file:
        messages = read_po(file, locale=path.parent.name)
    binary = io.BytesIO()
    write_mo(binary, messages)
    binary.seek(0)
    return Translations(binary)
