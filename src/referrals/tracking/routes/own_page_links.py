"""The case manager gives somebody their own page: sent by the safe channel, or as a card to keep; and ends it when it is lost."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import contact, identity
from referrals.clients.queries import get_client
from referrals.directory.routes.drawing import qr
from referrals.kit.html import addresses
from referrals.kit.i18n import gettext as _
from referrals.kit.i18n import speaking
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect
from referrals.tracking.actions import client_links


@get("/people/{client_id:uuid}/own-page", name="own-page", guards=[requires_case_manager])
async def own_page(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template:
    client = await get_client(session, actor, client_id)
    called = await identity.names(session, [client.id])
    return page(
        request, "tracking/own-page.html", client=client, name=called[client.id],
        links=await client_links.living(session, client.id, now),
        reachable=await contact.reachable(session, client.id), account=client.user_id is not None,
    )  # fmt: skip


@post("/people/{client_id:uuid}/own-page", name="send-own-page", guards=[requires_case_manager], status_code=303)
async def send(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Redirect:
    client = await get_client(session, actor, client_id)
    if not await contact.reachable(session, client.id):
        said = _("No way to write to them is marked safe. Print a card instead, or ask them first.")
        return redirect(request, "own-page", say=said, kind="attention", client_id=client_id)
    await client_links.send(session, client.id, actor.id, now)
    said = _("It is on its way, by the way and at the hours that are safe.")
    return redirect(request, "own-page", say=said, client_id=client_id)


@post("/people/{client_id:uuid}/own-card", name="make-own-card", guards=[requires_case_manager], status_code=303)
async def make_card(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Redirect:
    client = await get_client(session, actor, client_id)
    await client_links.fresh(session, client.id, "card", actor.id, now)
    return redirect(request, "own-card", client_id=client_id)


@get("/people/{client_id:uuid}/own-card", name="own-card", guards=[requires_case_manager])
async def card(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, client_id: FromPath[UUID]
) -> Template:
    """In the person's language: it is they who read it."""
    client = await get_client(session, actor, client_id)
    link = next((one for one in await client_links.living(session, client.id, now) if one.kind == "card"), None)
    address = ""
    if link is not None:
        token = client_links.token(settings.secret, link)
        address = settings.base_url + addresses(jinja(request))("client-page", lang=client.language, token=token)
    with speaking(client.language):
        words = (_("My page"), _("Point your telephone’s camera at the square."))
    return page(
        request, "tracking/own-card.html", client=client, link=link, square=qr(address) if address else "", words=words
    )


@post("/people/{client_id:uuid}/own-page/end", name="end-own-page", guards=[requires_case_manager], status_code=303)
async def end(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Redirect:
    client = await get_client(session, actor, client_id)
    await client_links.end_all(session, client.id, now)
    return redirect(request, "own-page", say=_("No link and no card opens their page any more."), client_id=client_id)


routes: list[HTTPRouteHandler] = [own_page, send, make_card, card, end]
