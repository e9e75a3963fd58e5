"""The doors that a signed link opens. A handler that asks for what stands behind one is never reached by a link that ended."""

from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from referrals.accounts.guards import PUBLIC
from referrals.kit.pages import Db, Deployment, Instead, Now, Req, page
from referrals.tracking import actions
from referrals.tracking.actions import client_links
from referrals.tracking.actions.client_links import OpenedPage
from referrals.tracking.actions.links import Held, Opened, for_receiver
from referrals.tracking.routes.receiver_page import Reader, by_link, ended_page

PRIVATE = PUBLIC | {"private": True}

Behind = NamedDependency[Held]
"""The request that a receiver's link or a printed letter opens."""
Reading = NamedDependency[Reader]
"""Who reads by that link, and what this browser has proven."""
Answering = NamedDependency[Opened]
"""The request that a client is asked about."""
Own = NamedDependency[OpenedPage]
"""A person's own page."""


async def _asked(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Held:
    held = await for_receiver(session, settings.secret, token, now)
    if not held.alive:
        raise Instead(ended_page(request, held, "renew-receiver", token))
    return held


async def _reader(
    request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str], held: Behind
) -> Reader:
    return await by_link(request, session, settings, held, token, now)


async def _answering(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Opened:
    found = await actions.opened(session, settings.secret, "client", token, now)
    if not found.alive:
        raise Instead(ended_page(request, found, "renew-feedback", token))
    return found


async def _own(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> OpenedPage:
    found = await client_links.opened(session, settings.secret, token, now)
    if not found.alive:
        on_purpose = found.link.replaced_at is not None
        raise Instead(page(request, "tracking/client-ended.html", token=token, replaced=on_purpose, status=410))
    return found


RECEIVERS = {"held": Provide(_asked), "reader": Provide(_reader)}
CLIENTS = {"found": Provide(_answering)}
OWN_PAGE = {"found": Provide(_own)}
