"""Asking up to three one after the other, by themselves, as the person agreed to."""

from uuid import UUID

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, redirect
from referrals.matching.following import in_turn


@post("/needs/{need_id:uuid}/in-turn/stop", name="stop-in-turn", guards=[requires_case_manager], status_code=303)
async def stop_in_turn(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Redirect:
    """Whoever was asked already stays asked; nobody more is, by itself."""
    need, client = await clients.get_need(session, actor, need_id)
    if turn := await in_turn.running(session, need.id):
        await in_turn.stop(session, turn, now)
    said = _("Nobody more is asked by itself. Whoever was asked already can still answer.")
    return redirect(request, "person", say=said, client_id=client.id)


routes: list[HTTPRouteHandler] = [stop_in_turn]
