"""Conflicts with a source: both values side by side, keep ours or take theirs."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from referrals.accounts.guards import Who, requires_curator
from referrals.directory.actions.history import Editor
from referrals.exchange import conflicts
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect


@get("/conflicts", name="conflicts", guards=[requires_curator])
async def listed(request: Req, session: Db, at: FromQuery[int] = 1) -> Template:
    number = max(1, min(at, 10_000))
    found = await conflicts.waiting(session, number)
    total, _oldest = await conflicts.count_open(session)
    return page(
        request, "exchange/conflicts.html", found=found[: conflicts.PER_PAGE], more=len(found) > conflicts.PER_PAGE,
        at=number, total=total,
    )  # fmt: skip


@post("/conflicts/{conflict_id:uuid}/keep", name="keep-ours", guards=[requires_curator])
async def keep(request: Req, session: Db, actor: Who, now: Now, conflict_id: FromPath[UUID]) -> Redirect:
    await conflicts.keep(session, conflict_id, actor.id, now)
    return redirect(
        request, "conflicts", say=_("Ours stands. You are asked again when the source says something else.")
    )


@post("/conflicts/{conflict_id:uuid}/take", name="take-theirs", guards=[requires_curator])
async def take(request: Req, session: Db, actor: Who, now: Now, conflict_id: FromPath[UUID]) -> Redirect:
    await conflicts.take(session, conflict_id, Editor(actor.id, "curator"), now)
    return redirect(request, "conflicts", say=_("Theirs has come in; what stood here is kept in the history."))


routes: list[HTTPRouteHandler] = [listed, keep, take]
