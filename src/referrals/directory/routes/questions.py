"""Answering one question about a listing, by a link and without an account. Opening it changes nothing; an answer is a POST."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC, Who, requires_case_manager
from referrals.directory.queries.called import names
from referrals.directory.questions import links, queries
from referrals.directory.questions.answer import Said, answer
from referrals.directory.questions.kinds import KINDS, Detail, detail, label, sentence
from referrals.directory.questions.links import Opened
from referrals.directory.questions.told import said
from referrals.directory.upkeep import links as upkeep
from referrals.directory.upkeep.addresses import on_record
from referrals.kit import forms
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Instead, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary

PRIVATE: Final = PUBLIC | {"private": True}
_LONGEST: Final = 1000
_MOST: Final = {Detail.DAYS: 730.0, Detail.AMOUNT: 5000.0}


class AnswerForm(forms.Form):
    answer: str
    words: str = ""
    number: float | None = None

    def problems(self) -> dict[str, str]:
        return {"words": _("Please stay under 1,000 characters.")} if len(self.words) > _LONGEST else {}


@dataclass(frozen=True, slots=True)
class Choice:
    """One big answer; with `more` it opens a field first."""

    code: str
    label: str
    more: bool


async def _door(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Opened:
    """A link that ran out, or whose address is no longer on record, shows one button."""
    found = await links.opened(session, settings.secret, token, now)
    if not found.alive:
        renew, moved = "renew-listing-question", found.moved
        raise Instead(page(request, "directory/link-ended.html", renew=renew, token=token, moved=moved, status=410))
    return found


Behind = NamedDependency[Opened]
BY_LINK = {"found": Provide(_door)}


@get("/q/{token:str}", name="listing-question", opt=PRIVATE, dependencies=BY_LINK)
async def listing_question(request: Req, session: Db, token: FromPath[str], found: Behind) -> Template:
    return await _page(request, session, found, token, forms.blank(AnswerForm))


@post("/q/{token:str}", name="answer-listing-question", opt=PRIVATE, dependencies=BY_LINK, status_code=200)
async def answer_it(request: Req, session: Db, now: Now, token: FromPath[str], found: Behind) -> Template | Redirect:
    form = await forms.read(request, AnswerForm)
    if form.value is not None:
        _look(found, form)
    if form.value is None:
        return await _page(request, session, found, token, form, status=422)
    await _answer(session, found, form.value, now)
    return redirect(request, "listing-question", token=token)


@post("/q/{token:str}/renew", name="renew-listing-question", opt=PRIVATE, status_code=303)
async def renew(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Redirect:
    """The link to their listings, to the address on record: there all of it can be said."""
    found = await links.opened(session, settings.secret, token, now)
    address = None if found.alive else await on_record(session, found.organization, found.service.id)
    if address is None and not found.alive:
        said = _("There is no address on record any more. Please tell the curator of the directory.")
        return redirect(request, "listing-question", say=said, kind="attention", token=token)
    if address is not None:
        await upkeep.send(session, found.organization, found.service.id, address, now)
    said = _("A link to your listing is on its way, to the address on record.")
    return redirect(request, "listing-question", say=said, token=token)


@post("/answers-read", name="answers-read", guards=[requires_case_manager], status_code=303)
async def answers_read(request: Req, session: Db, actor: Who, now: Now) -> Redirect:
    await queries.put_aside(session, actor.id, now)
    return redirect(request, "today")


routes: list[HTTPRouteHandler] = [listing_question, answer_it, renew, answers_read]


def _look(found: Opened, form: forms.Filled[AnswerForm]) -> None:
    """What only the question can tell: is it one of its answers, and does it come with what it needs?"""
    said = form.ok
    known = KINDS[found.question.code].answers
    if said.answer not in known:
        form.refuse("answer", _("This is not one of the choices."))
        return
    wanted = detail(found.question.code, said.answer)
    if wanted is Detail.WORDS and not said.words.strip():
        form.refuse("words", _("Please say it in a few words."))
    if wanted is Detail.AMOUNT and said.number is None:
        form.refuse("number", _("Please give an amount; nought is free."))
    if said.number is not None and not 0 <= said.number <= _MOST.get(wanted, 0):
        form.refuse("number", _("Please give a number from 0 to %(most)d.") % {"most": _MOST.get(wanted, 0)})


async def _answer(session: AsyncSession, found: Opened, said: AnswerForm, now: datetime) -> None:
    """The same answer twice is one answer."""
    wanted = detail(found.question.code, said.answer)
    words = said.words.strip().replace("\x00", "") if wanted is Detail.WORDS else ""
    number = said.number if wanted in (Detail.DAYS, Detail.AMOUNT) else None
    shown = words or (None if number is None else f"{number:g}")
    if (found.question.answer, found.question.detail) == (said.answer, shown):
        return
    await answer(session, found, Said(said.answer, words, number), now)


async def _page(
    request: Req, session: AsyncSession, found: Opened, token: str, form: forms.Filled[AnswerForm], status: int = 200
) -> Template:
    question, words, called = found.question, await vocabulary(session), await names(session)
    known = KINDS[question.code].answers
    chosen = form.answer or request.query_params.get("answer", "")
    chosen = next(iter(known)) if len(known) == 1 else chosen if chosen in known else ""
    opened = detail(question.code, chosen) if chosen else Detail.NONE
    again = "again" in request.query_params or bool(chosen and len(known) > 1) or status != 200
    return page(
        request, "directory/listing-question.html", status=status, form=form, token=token, question=question,
        asked=sentence(question.code, question.subject, words), chosen=chosen, opened=opened.value,
        chosen_label=label(question.code, chosen) if chosen else "",
        choices=[Choice(code, _(one.label), one.detail is not Detail.NONE) for code, one in known.items()],
        service=called.service(found.service).text("name", current_language()),
        organization=called.organization(found.organization).text("name", current_language()),
        answered=said(question) if question.answer and not again else "",
        several=len(known) > 1,
    )  # fmt: skip
