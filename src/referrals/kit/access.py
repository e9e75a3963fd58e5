"""One line for each answer: when, what kind of page, how it went, how long it took. Never who asked, nor what for.

The path is that of the route, with its placeholders: the id of a service would tell what somebody read, and a token
would open what it opens. What stands behind the question mark is nowhere in it.
"""

from time import perf_counter

from litestar.enums import ScopeType
from litestar.exceptions import InternalServerException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from referrals.kit.logs import logger
from referrals.kit.settings import LANGUAGES

SILENT = ("/static", "/health")
"""Answers that say nothing about how people are served."""


GONE = 499
"""Nobody waits for the answer any more; only the log reads this number."""


def gone(error: BaseException) -> bool:
    """The browser left before all that it sent was here: nobody's mistake. A page that keeps itself sends it once more."""
    return isinstance(error, InternalServerException) and "disconnected" in error.detail


class Noted(ASGIMiddleware):
    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        begun, status = perf_counter(), 500

        async def listening(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await next_app(scope, receive, listening)
        except InternalServerException as error:
            status = GONE if gone(error) else status
            raise
        finally:
            if not scope["path"].startswith(SILENT):
                took = round((perf_counter() - begun) * 1000)
                logger().info(
                    "answered", method=scope.get("method", ""), path=kind_of_page(scope), status=status, ms=took
                )


def kind_of_page(scope: Scope) -> str:
    """`/fr/services/{service_id}`; of a language that is none of ours, nothing is repeated."""
    template = scope.get("path_template", "")
    language = scope["path"].split("/", 2)[1]
    return template.replace("{lang}", language if language in LANGUAGES else "-")
