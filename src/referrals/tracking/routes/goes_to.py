"""Services of the directory where somebody goes already. Here, because a person's file does not know the directory."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries
from referrals.clients.models import Client
from referrals.directory.queries import called, redirects
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Req, page, redirect
from referrals.tracking.queries import named

MOST = 40


@get("/people/{client_id:uuid}/goes-to", name="goes-to", guards=[requires_case_manager])
async def goes_to(request: Req, session: Db, actor: Who, client_id: FromPath[UUID]) -> Template:
    client = await queries.get_client(session, actor, client_id)
    words = request.query_params.get("q", "").strip()[:80]
    found = [one for one in await named.find(session, words) if one[0].startswith("service:")] if words else []
    return page(
        request, "clients/goes-to.html", fragment="clients/_found.html", client=client, words=words, found=found,
        there=await _there(session, client), form=None,
    )  # fmt: skip


@post("/people/{client_id:uuid}/goes-to", name="add-goes-to", guards=[requires_case_manager], status_code=303)
async def add(request: Req, session: Db, actor: Who, client_id: FromPath[UUID]) -> Redirect:
    client = await queries.get_client(session, actor, client_id)
    id = _id(str((await request.form()).get("target", "")).removeprefix("service:"))
    if id is None or not await named.services(session, [id]):
        said = _("Find a service first, and choose it.")
        return redirect(request, "goes-to", say=said, kind="attention", client_id=client_id)
    if len(client.receives) < MOST and str(id) not in client.receives:
        client.receives = [*client.receives, str(id)]
        client.said_none = [one for one in client.said_none if one != "receives"]
    return redirect(request, "goes-to", say=_("Saved."), client_id=client_id)


@post(
    "/people/{client_id:uuid}/no-longer-goes/{service_id:uuid}", name="no-longer-goes", guards=[requires_case_manager],
    status_code=303,
)  # fmt: skip
async def no_longer(
    request: Req, session: Db, actor: Who, client_id: FromPath[UUID], service_id: FromPath[UUID]
) -> Redirect:
    client = await queries.get_client(session, actor, client_id)
    client.receives = [one for one in client.receives if one != str(service_id)]
    return redirect(request, "goes-to", say=_("Saved."), client_id=client_id)


routes: list[HTTPRouteHandler] = [goes_to, add, no_longer]


async def _there(session: AsyncSession, client: Client) -> list[tuple[UUID, str, str]]:
    """(id as it is kept, service, organization), under the names they stand with now."""
    ids = [id for one in client.receives if (id := _id(one))]
    now = await redirects.all_standing(session, set(ids)) if ids else {}
    pairs = await named.services(session, list(now.values()))
    told, spoken = await called.names(session), current_language()
    return [
        (id, told.service(pair[0]).text("name", spoken), told.organization(pair[1]).text("name", spoken))
        for id in ids
        if (pair := pairs.get(now[id]))
    ]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
