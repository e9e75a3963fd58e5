"""For a client with an account: who was asked for what, in plain words, what happens next, and a way to stop it."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from referrals.accounts.guards import Who, requires_client
from referrals.accounts.models import Role
from referrals.kit import forms
from referrals.kit.crypto import new_token
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions, labels, queries
from referrals.tracking.lifecycle import OPEN, By, Status, may
from referrals.tracking.routes.feedback import Voice
from referrals.tracking.said import Party


class StopForm(forms.Form):
    key: str


@get("/my-requests", name="my-requests", guards=[requires_client])
async def my_requests(request: Req, session: Db, actor: Who) -> Template:
    tries = await queries.requests(session, actor)
    words = await vocabulary(session)
    return page(
        request, "tracking/my-requests.html", key=new_token(),
        moving=[one for one in tries if one.referral.status in OPEN],
        over=[one for one in tries if one.referral.status not in OPEN],
        plain=lambda code: words.plain(code, current_language()), says=lambda status: _(labels.FOR_CLIENT[status]),
        stoppable=lambda status: any(may(By.CLIENT, event, status) for event in ("cancel", "request_cancel")),
        firsts=labels.options(labels.RECEIVED), seconds=labels.options(labels.RESOLVED), done=Status.COMPLETED,
    )  # fmt: skip


@post("/my-requests/{referral_id:uuid}/stop", name="stop-request", guards=[requires_client], status_code=303)
async def stop(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    referral = await queries.get(session, actor, referral_id, Role.CLIENT)
    form = await forms.read(request, StopForm)
    key = form.raw["key"] or None
    await actions.withdraw(session, referral, Party(By.CLIENT, actor.id), "client_withdrew", now, key=key)
    said = _("It is stopped.") if referral.status == Status.CANCELLED else _("We told them to stop.")
    return redirect(request, "my-requests", say=said)


@post("/my-requests/{referral_id:uuid}/voice", name="request-voice", guards=[requires_client], status_code=303)
async def voice(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    referral = await queries.get(session, actor, referral_id, Role.CLIENT)
    form = await forms.read(request, Voice)
    if form.value is None:
        return redirect(request, "my-requests", say=_("Please answer both questions."), kind="attention")
    await actions.hear(session, referral, form.value.received, form.value.resolved, now)
    return redirect(request, "my-requests", say=_("Thank you. Your answer is in."))


routes: list[HTTPRouteHandler] = [my_requests, stop, voice]
