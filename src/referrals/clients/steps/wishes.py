"""Wishes and strengths: who receives them and how, what they love, what counts most, how they are accompanied."""

from datetime import date, datetime
from itertools import combinations
from typing import Any, ClassVar, Literal

from litestar.datastructures import FormMultiDict
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import contradictions, labels
from referrals.clients.file import File
from referrals.clients.steps import answers
from referrals.clients.steps.step import Typed, known
from referrals.kit import forms
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

Strength = Literal["wish", "must"]
_PLACES = ("first", "second", "third", "fourth")


class WishesForm(forms.Form):
    female: Strength | None = None
    male: Strength | None = None
    individual: Strength | None = None
    group: Strength | None = None
    affinities: list[str] = []
    affinities_how: answers.How | None = None
    affinities_was: answers.How | None = None
    first: Literal["soon", "near", "cheap", "mine"] | None = None
    second: Literal["soon", "near", "cheap", "mine"] | None = None
    third: Literal["soon", "near", "cheap", "mine"] | None = None
    fourth: Literal["soon", "near", "cheap", "mine"] | None = None
    model: Literal["brokerage", "intensive", "clinical", "strengths"] = "brokerage"

    def problems(self) -> dict[str, str]:
        found = {}
        if self.female and self.male:
            found["female"] = contradictions.of_receiving(("female", self.female), ("male", self.male))
        if self.individual and self.group and "must" in (self.individual, self.group):
            found["individual"] = contradictions.of_receiving(("individual", self.individual), ("group", self.group))
        for one, other in combinations(_PLACES, 2):
            if getattr(self, one) is not None and getattr(self, one) == getattr(self, other):
                found[other] = _("“%(wish)s” stands in two places: each wish has one.") % {
                    "wish": _(labels.WISHES[getattr(self, one)])
                }
        return found

    @property
    def order(self) -> list[str]:
        """Those that were put in order; the others count alike."""
        return [wish for place in _PLACES if (wish := getattr(self, place))]


class Wishes:
    code: ClassVar[str] = "wishes"
    title: ClassVar[str] = N_("Wishes and strengths")
    lead: ClassVar[str] = N_("In their words. A wish moves services up and hides none; only “only” leaves others out.")

    def shown(self, file: File, words: Vocabulary, today: date) -> Typed:
        client = file.client
        strength = dict.fromkeys(client.formats, "must" if client.formats_must else "wish")
        if client.practitioner:
            strength[client.practitioner] = "must" if client.practitioner_must else "wish"
        placed = dict(zip(_PLACES, client.wishes, strict=False))
        form = forms.blank(WishesForm, **strength, **placed, model=client.model)
        form.raw |= answers.shown(client, "affinities")
        return form

    async def read(
        self, session: AsyncSession, data: FormMultiDict, file: File, words: Vocabulary, today: date
    ) -> Typed:
        form = forms.parse(WishesForm, data)
        if form.value is None:
            return form
        said: WishesForm = form.value
        form.raw["answers"] = {
            "affinities": answers.read(
                "affinities",
                known(words, "affinity", said.affinities),
                said.affinities_how,
                said.affinities_was,
                form.errors,
            )
        }
        if form.errors:
            form.value = None
        return form

    async def keep(self, session: AsyncSession, file: File, form: Typed, now: datetime) -> None:
        said: WishesForm = form.ok
        client = file.client
        client.practitioner = "female" if said.female else "male" if said.male else None
        client.practitioner_must = "must" in (said.female, said.male)
        client.formats = [code for code in ("individual", "group") if getattr(said, code)]
        client.formats_must = "must" in (said.individual, said.group)
        client.affinities = list(form.raw["answers"]["affinities"].values)
        client.wishes, client.model = said.order, said.model
        answers.settle(client, "affinities", form.raw["answers"]["affinities"])

    def options(self, words: Vocabulary, file: File, today: date) -> dict[str, Any]:
        return {
            "affinity_options": words.options("affinity", current_language()),
            "received": labels.received_options(),
            "order": labels.wish_options(),
            "models": labels.model_options(),
        }
