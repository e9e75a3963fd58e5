"""HEAD is answered as GET would be, without the page itself: scanners of mail and previews of links ask this way first."""

from litestar.enums import HttpMethod, ScopeType
from litestar.status_codes import HTTP_405_METHOD_NOT_ALLOWED
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send


def as_get(app: ASGIApp) -> ASGIApp:
    """The application around `app`: a handler that knows HEAD itself answers it, of any other its GET. No GET acts."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return
        asked: HTTPScope = scope.copy()
        asked["method"] = HttpMethod.GET
        unknown = False

        async def if_known(message: Message) -> None:
            nonlocal unknown
            if message["type"] == "http.response.start":
                unknown = message["status"] == HTTP_405_METHOD_NOT_ALLOWED
            if not unknown:
                await send(message)

        async def without_the_page(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        await app(scope, receive, if_known)
        if unknown:
            await app(asked, receive, without_the_page)

    return answer
