"""A printed letter for a service that has only a telephone, and the page on which its code is typed."""

from datetime import timedelta
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from referrals.accounts.guards import PUBLIC, Who, requires_case_manager
from referrals.clients.consent import BEFORE_ACCEPTANCE
from referrals.directory.routes.drawing import qr
from referrals.kit import forms
from referrals.kit.errors import Conflict
from referrals.kit.html import addresses
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.limits import Limit
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import disclosing, queries
from referrals.tracking.actions import letters
from referrals.tracking.calling import desk, senders_phone
from referrals.tracking.lifecycle import OPEN, UNSENT
from referrals.tracking.queries.receiver import KNOWN, fields_now
from referrals.tracking.routes.receiver_page import without_identity
from referrals.tracking.routes.referral import mine

WRONG_A_MINUTE = 30
"""Codes that are none, from everybody together: at that pace nobody finds one of 10^17 in a life."""


class CodeForm(forms.Form):
    code: str


@get("/referrals/{referral_id:uuid}/letter", name="referral-letter", guards=[requires_case_manager])
async def letter(
    request: Req, session: Db, settings: Deployment, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template:
    """The letter as it will be printed, where one was written; else the button that writes it."""
    found = await mine(session, actor, referral_id)
    there = await letters.current(session, found.id)
    about = without_identity(await queries.shown(session, found, now))
    words, spoken = await vocabulary(session), current_language()
    code = letters.spelled(letters.code_of(settings.secret, there.id)) if there else ""
    address = settings.base_url + addresses(jinja(request))("letter-code")
    return page(
        request, "tracking/letter.html", referral=found, about=about, letter=there, code=code, address=address,
        square=qr(f"{address}?c={code}") if there else "", ended=bool(there and there.expires_at <= now),
        need_label=words.label("need", about.need, spoken) if about.need else "",
        funding=[words.label("funding", one, spoken) for one in about.funding],
        desk=await desk(session, found, spoken, now), phone=await senders_phone(session, found),
        possible=found.channel == "phone" and found.status in OPEN - UNSENT, taken=found.status in KNOWN,
    )  # fmt: skip


@post("/referrals/{referral_id:uuid}/letter", name="write-letter", guards=[requires_case_manager], status_code=303)
async def write_letter(
    request: Req, session: Db, settings: Deployment, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Redirect:
    """A new code; the one before opens nothing any more. What the letter says is written down as told."""
    found = await mine(session, actor, referral_id)
    if found.channel != "phone" or found.status not in OPEN - UNSENT:
        raise Conflict("not_possible")
    before_yes = set(await fields_now(session, found, now)) & set(BEFORE_ACCEPTANCE)
    await disclosing.tell(session, found, before_yes, now, channel="letter")
    await letters.write(session, settings.secret, found, actor.id, now)
    return redirect(request, "referral-letter", referral_id=referral_id)


@get("/code", name="letter-code", opt=PUBLIC | {"private": True})
async def code_page(request: Req) -> Template:
    """With the code in the address, as the square of a letter has it, one press is left."""
    typed = request.query_params.get("c", "")[:40]
    return page(request, "tracking/letter-code.html", form=forms.blank(CodeForm, code=typed))


@post("/code", name="open-letter", opt=PUBLIC | {"private": True}, status_code=200)
async def open_letter(request: Req, session: Db, settings: Deployment, now: Now) -> Template | Redirect:
    """Only wrong codes are counted, and from nobody in particular."""
    form = await forms.read(request, CodeForm)
    if form.value is not None:
        there = await letters.by_code(session, settings.secret, form.value.code, now)
        if there is not None:
            return redirect(request, "receiver", token=letters.token(settings.secret, there))
        wrong: Limit = request.app.state.wrong_codes
        if not wrong.allows(now):
            form.refuse("code", _("There were too many wrong codes in a short time. Please wait a minute."))
            return page(request, "tracking/letter-code.html", form=form, status=429)
        form.refuse("code", _("No letter has this code. Perhaps a sign is wrong, or the letter is too old."))
    return page(request, "tracking/letter-code.html", form=form, status=422)


routes: list[HTTPRouteHandler] = [letter, write_letter, code_page, open_letter]


def wrong_codes() -> Limit:
    return Limit(WRONG_A_MINUTE, timedelta(minutes=1))
