"""The page on which somebody agrees, or does not, on their own phone. Opening it changes nothing."""

from datetime import datetime

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.kit import forms
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.matching import agreeing
from referrals.matching.agreeing import Question
from referrals.taxonomy.queries import vocabulary
from referrals.tracking.actions import consenting
from referrals.tracking.lifecycle import UNSENT, Status
from referrals.tracking.said import CLIENT

PRIVATE = PUBLIC | {"private": True}


class AgreeForm(forms.Form):
    answer: str
    after: list[str] = []
    sensitivity: list[str] = []
    name: str = ""

    def problems(self) -> dict[str, str]:
        if self.answer == "no":
            return {}
        if self.answer != "yes":
            return {"": _("Please say yes or no.")}
        if not self.name.strip():
            return {"name": _("Please type your name: it stands for your signature.")}
        return {"name": _("Please stay under 200 characters.")} if len(self.name) > 200 else {}


@get("/a/{token:str}", name="agree", opt=PRIVATE)
async def agree(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Template:
    asked, referral = await consenting.asked_by(session, settings.secret, token)
    if not consenting.still_asked(asked, referral, now):
        return _over(request, referral.status, agreed=asked.consent_id is not None)
    it = await agreeing.question(session, asked, referral, now)
    form = forms.blank(AgreeForm, after=asked.after, sensitivity=[], name="")
    return await _shown(request, session, it, form, token, now)


@post("/a/{token:str}", name="agree-answer", opt=PRIVATE, status_code=200)
async def answer(
    request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]
) -> Template | Redirect:
    asked, referral = await consenting.asked_by(session, settings.secret, token)
    form = await forms.read(request, AgreeForm)
    if not consenting.still_asked(asked, referral, now):
        same = (form.raw["answer"] == "yes") == (asked.consent_id is not None) and asked.answered_at is not None
        return redirect(request, "agree", token=token) if same else _over(
            request, referral.status, agreed=asked.consent_id is not None, status=409
        )  # fmt: skip
    it = await agreeing.question(session, asked, referral, now)
    if form.value is not None and form.value.answer == "no":
        await consenting.say_no(session, asked, referral, CLIENT, now)
        return redirect(request, "agree", token=token)
    given = {told.code for told in it.agreement.given_away}
    if form.value is not None and set(form.value.sensitivity) & given != given:
        form.refuse("sensitivity", _("They learn this from the request itself. If you do not want that, say no."))
    if form.value is None:
        return await _shown(request, session, it, form, token, now, status=422)
    await agreeing.agree(session, it, form.value.after, given, form.value.name, now)
    return redirect(request, "agree", token=token)


routes: list[HTTPRouteHandler] = [agree, answer]


def _over(request: Req, stands: str, *, agreed: bool, status: int = 200) -> Template:
    """Answered, withdrawn or too late: a word, and nothing of what it was about."""
    sent = agreed and stands not in UNSENT and stands != Status.CANCELLED
    return page(
        request, "matching/agreed.html", agreed=agreed, sent=sent, refused=not agreed and stands == Status.CANCELLED,
        status=status,
    )  # fmt: skip


async def _shown(
    request: Req, session: AsyncSession, it: Question, form: forms.Filled[AgreeForm], token: str, now: datetime, *,
    status: int = 200,
) -> Template:  # fmt: skip
    words = await vocabulary(session)
    told = it.agreement
    return page(
        request, "matching/agree.html", status=status, form=form, token=token, agreement=told,
        service=it.service, organization=it.organization, need=words.plain(it.need.term, current_language()),
        before=[one.label for one in told.before if one.code in it.asked.before],
        after=[(one.code, one.label) for one in told.after if one.code in it.asked.after],
        back=dict(told.directions)[it.asked.direction], until=it.asked.expires_at, ending=it.ending(now),
    )  # fmt: skip
