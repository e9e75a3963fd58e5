"""`POST /api/v1/matches`: which services fit a person's needs, for programs with a key. Nothing of what is asked is kept.

The answer is the page's: the same reading, rules, order and sentences. The body is never logged.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.accounts.keys import MATCHES
from referrals.accounts.programs import requires_key, spend
from referrals.kit.db import transaction
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language, speak
from referrals.kit.pages import Db, Deployment, Now, Req
from referrals.kit.problems import speak_for
from referrals.kit.settings import LANGUAGES
from referrals.matching import openapi, queries, told
from referrals.matching.asking import answered, understood
from referrals.taxonomy.queries import vocabulary

PATH: Final = "/api/v1"
LONGEST_BODY: Final = 200_000
"""Bytes; twenty needs with their notes are a tenth of it."""
_JSON: Final = "application/json"
_encode: Final = msgspec.json.Encoder().encode


async def provide_reading(request: Req) -> AsyncIterator[AsyncSession]:
    """One transaction a question."""
    async with transaction(request.app.state.sessions) as session:
        yield session


@get("/api/v1/openapi.json", name="api-openapi", opt=PUBLIC | {"exclude_from_csrf": True})
async def document(settings: Deployment) -> Response[bytes]:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, no-cache"}
    return Response(
        _encode(openapi.document(f"{settings.base_url}{PATH}", settings.product)), media_type=_JSON, headers=headers
    )


@post(
    "/api/v1/matches", name="api-matches", guards=[requires_key], opt={"exclude_from_csrf": True, "scope": MATCHES},
    dependencies={"session": Provide(provide_reading)}, status_code=200, request_max_body_size=LONGEST_BODY,
)  # fmt: skip
async def matches(request: Req, session: Db, now: Now, settings: Deployment) -> Response[bytes]:
    speak_for(request)
    raw = _body(request, await request.body())
    if raw.get("lang") in LANGUAGES and "lang" not in request.query_params:
        speak(str(raw["lang"]))
    reading = await understood(session, raw, in_zone(now).date())
    left = spend(request, len(reading.vignette.needs) - 1)
    found = await answered(session, reading.vignette)
    names = await queries.names(session, told.every(found))
    address = f"{settings.base_url}/{current_language()}/services/"
    answer = told.answer(reading, found, names, await vocabulary(session), address)
    headers = {"Cache-Control": "no-store", "Content-Language": current_language(), **left.headers}
    return Response(_encode(answer), media_type=_JSON, headers=headers)


routes: list[HTTPRouteHandler] = [matches, document]


def _body(request: Req, body: bytes) -> Mapping[str, Any]:
    if request.content_type[0] != _JSON:
        raise HTTPException(status_code=415)
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HTTPException(status_code=400) from error
