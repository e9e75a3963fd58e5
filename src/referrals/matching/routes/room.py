"""One click asks several whether they have room. Nothing of the person goes along that could lead to them."""

from typing import Final
from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.directory.questions.ask import Asked, State
from referrals.kit import forms
from referrals.kit.errors import NotFound
from referrals.kit.i18n import gettext as _
from referrals.kit.i18n import ngettext
from referrals.kit.pages import Db, Now, Req, redirect
from referrals.matching.following.room import MOST, ask_several

REACHED: Final = (State.SENT, State.WAITING, State.ANSWERED)


class RoomForm(forms.Form):
    s: list[str] = []
    """Services."""

    @property
    def ids(self) -> list[UUID]:
        return [UUID(one) for one in self.s]

    def problems(self) -> dict[str, str]:
        try:
            asked = self.ids
        except ValueError:
            return {"s": _("This is not one of the choices.")}
        if not 0 < len(asked) <= MOST:
            return {"s": _("Please choose one to five services.")}
        return {}


@post("/needs/{need_id:uuid}/room", name="ask-room", guards=[requires_case_manager], status_code=303)
async def ask_room(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Redirect:
    need, client = await clients.get_need(session, actor, need_id)
    form = await forms.read(request, RoomForm)
    if form.value is None:
        return redirect(request, "match", say=form.errors["s"], kind="attention", need_id=need.id)
    try:
        asked = await ask_several(session, actor.id, client, need, form.value.ids, now)
    except NotFound:
        said = _("One of them is listed no longer. Here is what there is today.")
        return redirect(request, "match", say=said, kind="attention", need_id=need.id)
    kind = "good" if any(one.state in REACHED for one in asked.values()) else "attention"
    return redirect(request, "match", say=_what_came_of_it(list(asked.values())), kind=kind, need_id=need.id)


def _what_came_of_it(asked: list[Asked]) -> str:
    def count(*states: State) -> int:
        return sum(one.state in states for one in asked)

    sent, lately = count(State.SENT), count(State.WAITING, State.ANSWERED)
    call, enough = count(State.NO_ADDRESS, State.STOPPED), count(State.ENOUGH)
    told = [
        (sent, ngettext("%(num)d service is asked, without a word about anybody.", "%(num)d services are asked, without a word about anybody.", sent)),
        (lately, ngettext("%(num)d was asked this lately.", "%(num)d were asked this lately.", lately)),
        (call, ngettext("%(num)d reads no mail from us: a call is the way.", "%(num)d read no mail from us: a call is the way.", call)),
        (enough, ngettext("%(num)d was asked often enough this week.", "%(num)d were asked often enough this week.", enough)),
    ]  # fmt: skip
    return " ".join(sentence % {"num": number} for number, sentence in told if number)
