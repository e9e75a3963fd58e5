"""One click asks a provider what its listing does not say. Nothing of the person or the need goes along, or is kept with it."""

from typing import Final
from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.directory.questions.ask import State, ask
from referrals.kit import forms
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, redirect

SAID: Final = {
    State.SENT: N_("Asked, by mail and without a word about anybody. Their answer comes to your day page."),
    State.WAITING: N_("They were asked this lately already. You hear the answer too, on your day page."),
    State.ANSWERED: N_("They answered this lately. You find it on your day page."),
    State.NO_ADDRESS: N_("They have no e-mail address here. A call is the way to ask."),
    State.STOPPED: N_("No mail reaches them. A call is the way to ask."),
    State.ENOUGH: N_("They were asked several things this week already. A call is kinder."),
}


class AskForm(forms.Form):
    kind: str
    subject: str = ""
    back: str = "match"


@post(
    "/needs/{need_id:uuid}/ask/{service_id:uuid}", name="ask-provider", guards=[requires_case_manager], status_code=303
)
async def ask_provider(
    request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID], service_id: FromPath[UUID]
) -> Redirect:
    await clients.get_need(session, actor, need_id)
    form = await forms.read(request, AskForm)
    if form.value is None:
        return redirect(request, "match", say=_("This is not one of the choices."), kind="attention", need_id=need_id)
    asked = await ask(session, service_id, form.value.kind, form.value.subject[:40], actor.id, now)
    kind = "good" if asked.state in (State.SENT, State.WAITING, State.ANSWERED) else "attention"
    said = _(SAID[asked.state])
    if form.value.back == "why":
        return redirect(request, "why-not", say=said, kind=kind, need_id=need_id, service_id=service_id)
    return redirect(request, "match", say=said, kind=kind, anchor=f"service-{service_id}", need_id=need_id)
