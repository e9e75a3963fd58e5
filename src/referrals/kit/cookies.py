"""No cookie on a page that is only read: the forms' cookie goes out with a page into which a form has written its token."""

from typing import Any, Final

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

FORMS: Final = "relais_csrf"
"""The cookie whose twin stands in every form that acts."""
_ACTS: Final = "acts"


class FormToken:
    """The token for this answer's forms. Whoever writes it into a page says by that that the page acts."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __bool__(self) -> bool:
        return bool(self._token)

    def __html__(self) -> str:
        self._scope["state"][_ACTS] = True
        return self._token

    __str__ = __html__

    @property
    def _token(self) -> str:
        token: Any = ScopeState.from_scope(self._scope).csrf_token
        return token if isinstance(token, str) else ""


class OnlyWhereItActs(ASGIMiddleware):
    """Stands outside of the forms' protection and takes its cookie off the answers that hold no form."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        async def plainly(message: Message) -> None:
            if message["type"] == "http.response.start" and not scope["state"].get(_ACTS):
                _take_off(MutableScopeHeaders.from_message(message))
            await send(message)

        await next_app(scope, receive, plainly)


def _take_off(headers: MutableScopeHeaders) -> None:
    """Only the one that is being set; whatever else a page says of cookies stays."""
    begins = f"{FORMS}=".encode()
    headers.headers[:] = [
        (name, value)
        for name, value in headers.headers
        if name.lower() != b"set-cookie" or not value.lstrip().startswith(begins)
    ]
