"""What decides about fit: language, age, situation, access, papers, a guardian, help already there."""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from litestar.datastructures import FormMultiDict
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import contradictions, identity, labels, terms
from referrals.clients.file import File
from referrals.clients.forms import LANGUAGES
from referrals.clients.papers import PAPERS, paper_label, paper_options
from referrals.clients.steps import answers
from referrals.clients.steps.step import Typed, known
from referrals.kit import forms
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import Vocabulary

ADULT = 18
FROM_AGE_AND_GENDER = ("everyone", "women", "men", "children", "young-people", "older-people")
_LISTS = ("audience", "accessibility", "documents", "receives")
YesNo = Literal["yes", "no"]


class FitForm(forms.Form):
    languages: list[str] = []
    interpreter_ok: YesNo | None = None
    birth_date: date | None = None
    age: int | None = None
    gender: Literal["female", "male", "other"] | None = None
    audience: list[str] = []
    audience_how: answers.How | None = None
    audience_was: answers.How | None = None
    accessibility: list[str] = []
    accessibility_how: answers.How | None = None
    accessibility_was: answers.How | None = None
    documents: list[str] = []
    documents_how: answers.How | None = None
    documents_was: answers.How | None = None
    other_papers: str = ""
    guardian_consent: YesNo | None = None
    receives: list[str] = []
    receives_how: answers.How | None = None
    receives_was: answers.How | None = None
    receives_words: str = ""

    def problems(self) -> dict[str, str]:
        found = {}
        if self.age is not None and not 0 <= self.age <= 120:
            found["age"] = _("An age lies between 0 and 120.")
        return found


class Fit:
    code: ClassVar[str] = "fit"
    title: ClassVar[str] = N_("What decides about fit")
    lead: ClassVar[str] = N_(
        "Each answer opens or closes some doors. What you leave open counts as unknown, never as no."
    )

    def shown(self, file: File, words: Vocabulary, today: date) -> Typed:
        client = file.client
        form = forms.blank(
            FitForm, languages=client.languages, interpreter_ok=_word(client.interpreter_ok),
            birth_date=file.who.birth_date, age=None if file.who.birth_date else file.age(today), gender=client.gender,
            guardian_consent=_word(client.guardian_consent),
        )  # fmt: skip
        for name in _LISTS:
            form.raw |= answers.shown(client, name)
        form.raw["documents"] = [code for code in client.documents if code in PAPERS]
        form.raw["other_papers"] = "\n".join(code for code in client.documents if code not in PAPERS)
        return form

    async def read(
        self, session: AsyncSession, data: FormMultiDict, file: File, words: Vocabulary, today: date
    ) -> Typed:
        form = forms.parse(FitForm, data)
        if form.value is None:
            return form
        said: FitForm = form.value
        if wrong := contradictions.of_ages(said.birth_date, said.age, today):
            form.errors["age" if said.age is not None else "birth_date"] = wrong
        _more_help(said, form, words)
        values = {
            "audience": known(words, "audience", said.audience), "documents": _papers(said),
            "accessibility": known(words, "accessibility", said.accessibility),
            "receives": [*known(words, "need", said.receives), *services_of(file, words)],
        }  # fmt: skip
        form.raw["answers"] = {
            name: answers.read(
                name, values[name], getattr(said, f"{name}_how"), getattr(said, f"{name}_was"), form.errors
            )
            for name in _LISTS
        }
        if form.errors:
            form.value = None
        return form

    async def keep(self, session: AsyncSession, file: File, form: Typed, now: datetime) -> None:
        said: FitForm = form.ok
        client, who = file.client, file.who
        client.languages, client.interpreter_ok = (
            [one for one in said.languages if one in LANGUAGES],
            _truth(said.interpreter_ok),
        )
        client.gender, client.guardian_consent = said.gender, _truth(said.guardian_consent)
        client.birth_year = (
            said.birth_date.year if said.birth_date else now.year - said.age if said.age is not None else None
        )
        await identity.write(
            session, client.id, given_name=who.given_name, family_name=who.family_name, birth_date=said.birth_date,
            address=who.address, notes=who.notes,
        )  # fmt: skip
        for name, answer in form.raw["answers"].items():
            setattr(client, name, list(answer.values))
            answers.settle(client, name, answer)

    def options(self, words: Vocabulary, file: File, today: date) -> dict[str, Any]:
        spoken, age = current_language(), file.age(today)
        return {
            "languages": labels.language_options(LANGUAGES),
            "audiences": [pair for pair in words.options("audience", spoken) if pair[0] not in FROM_AGE_AND_GENDER],
            "features": words.options("accessibility", spoken),
            "papers": paper_options(),
            "helps": [(code, words.label("need", code, spoken)) for code in file.client.receives if words.need(code)],
            "services": len(services_of(file, words)),
            "terms": words.need_options(spoken),
            "may_be_minor": age is None or age < ADULT,
        }


def services_of(file: File, words: Vocabulary) -> list[str]:
    """Ids of services among the help they have; they are named on a page of their own."""
    return [one for one in file.client.receives if not words.need(one)]


def _more_help(said: FitForm, form: Typed, words: Vocabulary) -> None:
    """One more kind of help, in words; what is not understood stays in its field."""
    if not said.receives_words:
        return
    meant = terms.meant(words, said.receives_words)
    if isinstance(meant, str):
        said.receives = [*said.receives, meant]
        form.raw["receives_words"] = ""
    else:
        form.errors["receives_words"] = terms.did_you_mean(meant)


def _papers(said: FitForm) -> list[str]:
    others = [line.strip()[:120] for line in said.other_papers.splitlines() if line.strip()]
    known = {paper_label(code).casefold(): code for code in PAPERS}
    return [*said.documents, *(known.get(line.casefold(), line) for line in others)]


def _word(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _truth(value: str | None) -> bool | None:
    return None if value is None else value == "yes"
