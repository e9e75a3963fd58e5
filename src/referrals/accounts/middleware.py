"""Every request below `/fr` and `/en`: which language, whose browser, one database session.

The session is opened here because finding out who is signed in needs it before any guard runs; the transaction that a
handler sees is the same one, and `app.provide_session` commits it before the first byte leaves.
"""

from datetime import datetime
from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from referrals.accounts import queries
from referrals.kit import i18n
from referrals.kit.settings import LANGUAGES

COOKIE = "relais"


class SignedIn(ASGIMiddleware):
    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        language = scope["path"].split("/", 2)[1]
        if language not in LANGUAGES:
            raise NotFoundException
        i18n.speak(language)
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        state = connection.app.state
        async with state.sessions() as session:
            scope["state"]["session"] = session
            scope["state"]["language"] = language
            token = connection.cookies.get(COOKIE)
            now: datetime = state.now()
            scope["user"] = await queries.actor_of_session(session, token, now) if token else None
            scope["auth"] = token
            await next_app(scope, receive, send)
