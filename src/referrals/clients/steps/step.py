"""What every step of the form knows: its questions as they stand, what was typed, and how to keep it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

from litestar.datastructures import FormMultiDict
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.file import File
from referrals.kit import forms
from referrals.taxonomy.vocabulary import Vocabulary

Typed = forms.Filled[Any]


class Step(Protocol):
    """One short page. `title` and `lead` are sentences for the catalogs."""

    code: ClassVar[str]
    title: ClassVar[str]
    lead: ClassVar[str]

    def shown(self, file: File, words: Vocabulary, today: date) -> Typed:
        """The questions as the file stands."""

    async def read(
        self, session: AsyncSession, data: FormMultiDict, file: File, words: Vocabulary, today: date
    ) -> Typed:
        """What was typed; without a value where something about it is wrong."""

    async def keep(self, session: AsyncSession, file: File, form: Typed, now: datetime) -> None:
        """Into the file."""

    def options(self, words: Vocabulary, file: File, today: date) -> dict[str, Any]:
        """What the page offers to choose from."""


def known(words: Vocabulary, taxonomy: str, codes: Iterable[str]) -> list[str]:
    """Codes of ours among those that were sent."""
    return [code for code in codes if words.term(taxonomy, code)]
