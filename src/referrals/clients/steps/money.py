"""Who pays, and how much a session may cost them."""

from datetime import date, datetime
from typing import Any, ClassVar

from litestar.datastructures import FormMultiDict
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.file import File
from referrals.clients.steps import answers
from referrals.clients.steps.step import Typed, known
from referrals.kit import forms
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

_CEILING = "ceiling_per_session"


class MoneyForm(forms.Form):
    funding: list[str] = []
    funding_how: answers.How | None = None
    funding_was: answers.How | None = None
    ceiling_per_session: float | None = None
    ceiling_per_session_how: answers.How | None = None
    ceiling_per_session_was: answers.How | None = None

    def problems(self) -> dict[str, str]:
        if self.ceiling_per_session is not None and not 0 <= self.ceiling_per_session <= 100_000:
            return {_CEILING: _("An amount cannot be below zero.")}
        return {}


class Money:
    code: ClassVar[str] = "money"
    title: ClassVar[str] = N_("Money")
    lead: ClassVar[str] = N_(
        "Who would pay, and what a session may cost. Free services are shown whatever stands here."
    )

    def shown(self, file: File, words: Vocabulary, today: date) -> Typed:
        client = file.client
        form = forms.blank(MoneyForm, ceiling_per_session=client.ceiling_per_session)
        form.raw |= answers.shown(client, "funding")
        how = answers.how_of(client, _CEILING, known=client.ceiling_per_session is not None)
        form.raw |= {f"{_CEILING}_how": how, f"{_CEILING}_was": how}
        return form

    async def read(
        self, session: AsyncSession, data: FormMultiDict, file: File, words: Vocabulary, today: date
    ) -> Typed:
        form = forms.parse(MoneyForm, data)
        if form.value is None:
            return form
        said: MoneyForm = form.value
        amount = [] if said.ceiling_per_session is None else [str(said.ceiling_per_session)]
        form.raw["answers"] = {
            "funding": answers.read(
                "funding", known(words, "funding", said.funding), said.funding_how, said.funding_was, form.errors
            ),
            _CEILING: answers.read(
                _CEILING, amount, said.ceiling_per_session_how, said.ceiling_per_session_was, form.errors
            ),
        }
        if form.errors:
            form.value = None
        return form

    async def keep(self, session: AsyncSession, file: File, form: Typed, now: datetime) -> None:
        said: MoneyForm = form.ok
        file.client.funding = list(form.raw["answers"]["funding"].values)
        file.client.ceiling_per_session = said.ceiling_per_session
        for name, answer in form.raw["answers"].items():
            answers.settle(file.client, name, answer)

    def options(self, words: Vocabulary, file: File, today: date) -> dict[str, Any]:
        every = words.options("funding", current_language())
        return {"fundings": [pair for pair in every if pair[0] != "free"]}
