"""Something wrong here? A short form for anybody, without an account and without a trace of who fills it in."""

from datetime import datetime
from uuid import UUID, uuid4

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from referrals.accounts.guards import PUBLIC
from referrals.directory import reports
from referrals.directory.reports import FORM_LASTS, PURPOSE, WHAT, About
from referrals.directory.routes.rows import spoken
from referrals.kit import forms
from referrals.kit.crypto import sign, verify
from referrals.kit.errors import TooMany
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect

LONGEST = 2000


class ReportForm(forms.Form):
    what: str
    words: str = ""
    email: str = ""
    key: str = ""

    def problems(self) -> dict[str, str]:
        wrong = {}
        if self.what not in WHAT:
            wrong["what"] = _("This is not one of the choices.")
        if self.what == "other" and not self.words:
            wrong["words"] = _("Please say in a few words what is wrong.")
        if len(self.words) > LONGEST:
            wrong["words"] = _("Please keep it to %(n)d characters.") % {"n": LONGEST}
        if self.email and ("@" not in self.email or len(self.email) > 254):
            wrong["email"] = _("This does not look like an e-mail address.")
        return wrong


@get("/services/{service_id:uuid}/wrong", name="report-wrong", opt=PUBLIC)
async def form_page(request: Req, session: Db, now: Now, settings: Deployment, service_id: FromPath[UUID]) -> Template:
    found = await reports.about(session, service_id, current_language())
    start = forms.blank(ReportForm, key=_fresh(settings.secret, service_id, now))
    return _page(request, found, start)


@post("/services/{service_id:uuid}/wrong", name="report-wrong-post", opt=PUBLIC, status_code=200)
async def send(
    request: Req, session: Db, now: Now, settings: Deployment, service_id: FromPath[UUID]
) -> Template | Redirect:
    found = await reports.about(session, service_id, current_language())
    form = await forms.read(request, ReportForm)
    signed = verify(settings.secret, f"{PURPOSE}:{service_id}", str(form.key))
    if form.value is not None and (signed is None or signed[1] < now):
        form.refuse("", _("This form had been open for a long time. Please send it once more."))
    if form.value is None or signed is None:
        form.raw["key"] = _fresh(settings.secret, service_id, now) if signed is None or signed[1] < now else form.key
        return _page(request, found, form, status=422)
    said = form.value
    try:
        await reports.report(
            session, signed[0], service_id, what=said.what, words=said.words, email=said.email,
            language=current_language(), now=now,
        )  # fmt: skip
    except TooMany:
        form.refuse("", _("Many people have written about this today. Please try again in an hour."))
        return _page(request, found, form, status=429)
    told = (
        _("Thank you. Somebody looks at it, and you hear from us.")
        if said.email
        else _("Thank you. Somebody looks at it.")
    )
    return redirect(request, "service", service_id=service_id, say=told)


routes: list[HTTPRouteHandler] = [form_page, send]


def _page(request: Req, about: About, form: forms.Filled[ReportForm], status: int = 200) -> Template:
    choices = [(code, _(label)) for code, label in WHAT.items()]
    return page(
        request, "directory/report-wrong.html", about=about, form=form, choices=choices, spoken=spoken, status=status
    )


def _fresh(secret: str, service_id: UUID, now: datetime) -> str:
    """Signed for this service and a report that does not exist yet."""
    return sign(secret, f"{PURPOSE}:{service_id}", uuid4(), now + FORM_LASTS)
