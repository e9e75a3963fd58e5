"""The public interface at `/hsds`: HSDS 3.1, to be read by anybody. Nothing here changes anything, the POST twins neither.

Its addresses have no language: a record carries all of its languages, and a problem speaks the reader's.
"""

from asyncio import Semaphore
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Stream
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.exchange.hsds import lists, openapi, profile, trees
from referrals.exchange.hsds.lists import Listed
from referrals.exchange.hsds.near import Nearness, nearness
from referrals.exchange.hsds.parameters import ENDPOINTS, Asked, BadParameter, Endpoint, read
from referrals.exchange.hsds.problems import Busy
from referrals.exchange.hsds.redaction import Tree
from referrals.exchange.hsds.redirects import leads_to
from referrals.kit.db import transaction
from referrals.kit.pages import Db, Deployment, Now, Req

PATH: Final = "/hsds"
JSON, LINES = "application/json", "application/x-ndjson"
_OPEN: Final = PUBLIC | {"exclude_from_csrf": True}
_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link",
    "Cache-Control": "public, no-cache",
}
"""Anybody's page may read it. It may be kept, and is asked for again before it is used: a listing can be withdrawn."""
STREAMS: Final = 6
"""Streams at once: each holds a connection to the database for as long as its reader takes."""
_LONGEST_BODY: Final = 20_000
_streams = Semaphore(STREAMS)
_encode = msgspec.json.Encoder().encode
Answer = Response[Any]


def router() -> Router:
    """Everything below `/hsds`."""
    handlers = [_root(), _document(), *_profile_handlers()]
    for endpoint in ENDPOINTS.values():
        handlers += [_methods(endpoint), _list(endpoint), _list_by_post(endpoint), _one(endpoint)]
    return Router(
        PATH, route_handlers=handlers, dependencies={"session": Provide(provide_reading)}, opt=_OPEN, cache_control=None
    )  # fmt: skip


async def provide_reading(request: Req) -> AsyncIterator[AsyncSession]:
    """One transaction a question."""
    async with transaction(request.app.state.sessions) as session:
        yield session


def _root() -> HTTPRouteHandler:
    async def about(request: Req, settings: Deployment) -> Answer:
        here = f"{settings.base_url}{PATH}"
        told = {"version": "3.1", "profile": f"{here}/profile", "openapi_url": f"{here}/openapi.json"}
        return _answer(request, _encode(told))

    return _get("/", about, "hsds")


def _document() -> HTTPRouteHandler:
    async def document(request: Req, settings: Deployment) -> Answer:
        return _answer(request, _encode(openapi.document(f"{settings.base_url}{PATH}", settings.product)))

    return _get("/openapi.json", document, "hsds-openapi")


def _profile_handlers() -> list[HTTPRouteHandler]:
    async def about(request: Req, settings: Deployment) -> Answer:
        return _answer(request, _encode(profile.about(f"{settings.base_url}{PATH}", settings.product)))

    async def patch(request: Req, file: FromPath[str]) -> Answer:
        if file not in profile.PATCHES:
            raise NotFoundException
        return _answer(request, _encode(profile.PATCHES[file]))

    return [_get("/profile", about, "hsds-profile"), _get("/profile/{file:str}", patch, "hsds-profile-schema")]


def _list(endpoint: Endpoint) -> HTTPRouteHandler:
    async def listed(request: Req, session: Db, now: Now) -> Answer:
        return await _listed(request, session, endpoint, {}, now)

    return _get(f"/{endpoint.name}", listed, f"hsds-{endpoint.name}")


def _methods(endpoint: Endpoint) -> HTTPRouteHandler:
    """Stands first: the one that Litestar makes by itself knows the methods of the first handler of an address alone."""

    async def methods() -> Response[None]:
        return Response(None, status_code=204, headers={"Allow": "GET, HEAD, OPTIONS, POST"})

    return HTTPRouteHandler(
        f"/{endpoint.name}", http_method="OPTIONS", name=f"hsds-{endpoint.name}-options", status_code=204,
        include_in_schema=False,
    )(methods)  # fmt: skip


def _list_by_post(endpoint: Endpoint) -> HTTPRouteHandler:
    async def listed(request: Req, session: Db, now: Now) -> Answer:
        return await _listed(request, session, endpoint, _body(request, await request.body()), now)

    return HTTPRouteHandler(
        f"/{endpoint.name}", http_method="POST", name=f"hsds-{endpoint.name}-post", status_code=200,
        request_max_body_size=_LONGEST_BODY,
    )(listed)  # fmt: skip


def _one(endpoint: Endpoint) -> HTTPRouteHandler:
    async def one(request: Req, session: Db, id: FromPath[str]) -> Answer:
        asked = read(endpoint.one_takes, request.query_params.multi_items())
        tree = await _record(session, endpoint, _identity(id), asked)
        if tree is not None:
            return _answer(request, _encode(tree))
        elsewhere = await leads_to(session, endpoint.entity, _identity(id))
        if elsewhere is None:
            raise NotFoundException
        return Redirect(f"{PATH}/{endpoint.name}/{elsewhere}", status_code=308, headers=_HEADERS)

    return _get(f"/{endpoint.name}/{{id:str}}", one, f"hsds-{endpoint.name}-one")


async def _record(session: AsyncSession, endpoint: Endpoint, id: UUID, asked: Asked) -> Tree | None:
    """The record with all that hangs on it."""
    if endpoint.entity == "organization":
        found = await lists.with_services(session, await trees.organizations(session, [id]), full=asked.full_service)
    else:
        found = await _TREES[endpoint.name](session, [id])
    return found[0] if found else None


_TREES: Final[Mapping[str, Any]] = {
    "services": trees.services, "service_at_locations": trees.service_at_locations, "taxonomies": trees.taxonomies,
    "taxonomy_terms": trees.taxonomy_terms,
}  # fmt: skip


async def _listed(
    request: Req, session: AsyncSession, endpoint: Endpoint, body: Mapping[str, Any], now: datetime
) -> Answer:
    asked = read(endpoint.takes, request.query_params.multi_items(), body)
    if asked.format == "ndjson":
        near = await nearness(session, asked)
        if _streams.locked():
            raise Busy
        records = _streamed(request.app.state.sessions, endpoint, asked, near, now)
        return Stream(records, media_type=LINES, headers=_HEADERS)
    found = await lists.page(session, endpoint, asked, now)
    return _answer(request, _page(found, asked), {} if body else _next(request, found, asked))


async def _streamed(
    sessions: Any, endpoint: Endpoint, asked: Asked, near: Nearness, now: datetime
) -> AsyncIterator[bytes]:
    """In a transaction of its own: the request's ends before the first byte leaves."""
    async with _streams, transaction(sessions) as session:
        async for lines in lists.everything(session, endpoint, asked, near, now):
            yield lines


def _page(found: Listed, asked: Asked) -> bytes:
    told = {
        "total_items": found.total, "total_pages": found.pages, "page_number": asked.page, "size": len(found.records),
        "first_page": asked.page == 1, "last_page": asked.page >= found.pages, "empty": not found.records,
    }  # fmt: skip
    return b'%s,"contents":[%s]}' % (_encode(told)[:-1], b",".join(found.records))


def _next(request: Req, found: Listed, asked: Asked) -> dict[str, str]:
    """The address of the next page (RFC 8288), as far as there is one. A question in a body stays out of addresses."""
    if asked.page >= found.pages:
        return {}
    said = [(name, value) for name, value in request.query_params.multi_items() if name not in ("page", "after")]
    behind = [("after", str(found.last))] if found.last else []
    address = urlencode([*said, ("page", asked.page + 1), *behind])
    return {"Link": f'<{request.url.path}?{address}>; rel="next"'}


def _answer(request: Req, body: bytes, more: Mapping[str, str] | None = None) -> Answer:
    """With a mark of its content, so that whoever has it already is told no more than that."""
    mark = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {**_HEADERS, "ETag": mark, **(more or {})}
    if mark in (known.strip() for known in request.headers.get("If-None-Match", "").split(",")):
        return Response(None, status_code=304, headers=headers)
    return Response(body, media_type=JSON, headers=headers)


def _body(request: Req, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if request.content_type[0] not in (JSON, ""):
        raise HTTPException(status_code=415)
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadParameter("body", "body") from error


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundException from None


def _get(path: str, handler: Any, name: str) -> HTTPRouteHandler:
    return HTTPRouteHandler(path, http_method=["GET", "HEAD"], name=name)(handler)
