"""A need and everything that was tried for it, on one page."""

from uuid import UUID

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Template

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import identity
from referrals.clients.labels import need_kind, need_status
from referrals.clients.queries import get_need
from referrals.kit.i18n import current_language
from referrals.kit.pages import Db, Now, Req, page
from referrals.taxonomy.queries import vocabulary
from referrals.tracking.beside import following
from referrals.tracking.need_story import need_story


@get("/needs/{need_id:uuid}/story", name="need-story", guards=[requires_case_manager])
async def story_page(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template:
    need, client = await get_need(session, actor, need_id)
    names, words = await identity.names(session, [client.id]), await vocabulary(session)
    return page(
        request, "tracking/need-story.html", need=need, client=client, name=names[client.id],
        need_label=words.label("need", need.term, current_language()), told=await need_story(session, actor, need, now),
        stands=need_status(need.status), kind=need_kind(need.status),
        next_best=await following(request).looked_for(session, actor, need.id, now),
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [story_page]
