"""Texts with the language that they are in."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from referrals.directory.models import Translated
from referrals.kit.db import Json
from referrals.kit.i18n import current_language
from referrals.kit.typography import typeset


@dataclass(frozen=True, slots=True)
class Text:
    """`language` is None where the source does not say it; otherwise pages mark a text that is not in their own."""

    value: str
    language: str | None = None

    def __str__(self) -> str:
        return self.value

    def __html__(self) -> Markup:
        """On a page: marked with its language where that is not the page's own."""
        if not self.language or self.language == current_language():
            return escape(self.value)
        return Markup('<span lang="{}">{}</span>').format(self.language, self.value)

    def __bool__(self) -> bool:
        return bool(self.value)


def text(record: Translated, field: str, language: str, own: str | None = None) -> Text:
    """The field in this language, or in whichever there is. `own`: what its columns speak where no source says it."""
    return spoken(getattr(record, field), record.language or own, record.translations, field, language)


def spoken(own: str | None, own_language: str | None, translations: Json, field: str, language: str) -> Text:
    """The same from bare columns."""
    there = "" if language == own_language else (translations.get(language, {}).get(field) or "").strip()
    value, tongue = (there, language) if there else ((own or "").strip(), own_language)
    return Text(typeset(value, tongue), tongue)
