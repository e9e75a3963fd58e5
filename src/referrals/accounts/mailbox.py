"""The demo's mailbox: every message that "went out", for anybody to read. Not there unless it is a demo."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template
from sqlalchemy import select

from referrals.accounts.guards import PUBLIC
from referrals.kit.errors import NotFound
from referrals.kit.mail import MailboxCopy
from referrals.kit.pages import Db, Deployment, Req, page


@get("/mailbox", name="mailbox", opt=PUBLIC | {"private": True})
async def mailbox(request: Req, session: Db, settings: Deployment) -> Template:
    if not settings.demo:
        raise NotFound("mailbox")
    newest = select(MailboxCopy).order_by(MailboxCopy.delivered_at.desc(), MailboxCopy.message_id).limit(100)
    letters = list(await session.scalars(newest))
    return page(request, "accounts/mailbox.html", letters=letters)


routes: list[HTTPRouteHandler] = [mailbox]
