"""What comes after an attempt that failed, and opening a closed need again."""

from uuid import UUID

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from referrals.accounts.guards import Who, requires_case_manager
from referrals.accounts.models import Role
from referrals.clients.queries import get_need
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, redirect
from referrals.tracking import dispositions, queries
from referrals.tracking.said import case_manager


@post("/referrals/{referral_id:uuid}/themselves", name="by-themselves", guards=[requires_case_manager], status_code=303)
async def by_themselves(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    found = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    await dispositions.by_themselves(session, found, case_manager(actor), now)
    said = _("Written down. In two weeks you are asked how it went.")
    return redirect(request, "referral", say=said, referral_id=referral_id)


@post("/needs/{need_id:uuid}/reopen", name="reopen-need", guards=[requires_case_manager], status_code=303)
async def reopen(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Redirect:
    """Whatever was, stays as it was; asking somebody is a new attempt."""
    need, _client = await get_need(session, actor, need_id)
    await dispositions.reopen(session, need, now)
    return redirect(
        request, "match", say=_("The need is open again. What was tried stays written down."), need_id=need_id
    )


routes: list[HTTPRouteHandler] = [by_themselves, reopen]
