"""The FHIR R4 interface at `/fhir`: the directory for anybody, referrals for programs with a key. JSON only.

Its addresses have no language: words come in the reader's, as `Accept-Language` says, English where nothing is said.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC as OPEN
from referrals.accounts.keys import scope
from referrals.accounts.programs import Program, requires_key
from referrals.exchange.fhir import bundles, capability, finding, looking, outcomes, updating
from referrals.exchange.fhir.finding import Entry
from referrals.exchange.fhir.outcomes import Issue, Misread
from referrals.exchange.fhir.parameters import KINDS, PUBLIC, Kind, read
from referrals.exchange.fhir.shapes import MEDIA_TYPE, PATH, Resource
from referrals.kit.db import transaction
from referrals.kit.html import in_zone
from referrals.kit.i18n import N_, current_language
from referrals.kit.pages import Db, Deployment, Now, Req
from referrals.kit.problems import speak_for

LONGEST_BODY: Final = 200_000
PATCH_TYPE: Final = "application/json-patch+json"
_JSON: Final = frozenset({MEDIA_TYPE, "application/json", "text/json", "*/*", "application/*", ""})
_NO_CSRF: Final = {"exclude_from_csrf": True}
"""Nobody is signed in here by a cookie: a key is sent with each question."""
_encode: Final = msgspec.json.Encoder().encode
NOT_JSON: Final = N_("The body is not JSON.")
NO_INCLUDE: Final = N_("What was to be included is left out: the key lacks “%(scope)s”.")
Answer = Response[bytes]


def router() -> Router:
    """Everything below `/fhir`."""
    handlers = [_metadata()]
    for kind in KINDS.values():
        handlers += [_search_listed(kind), _read_listed(kind)] if kind.name in PUBLIC else [_search(kind), _read(kind)]
    handlers += [_put(), _patch()]
    return Router(PATH, route_handlers=handlers, dependencies={"session": Provide(provide_transaction)})


async def provide_transaction(request: Req) -> AsyncIterator[AsyncSession]:
    """One transaction a question: what was told of a person is written down before the first byte leaves."""
    async with transaction(request.app.state.sessions) as session:
        yield session


def _metadata() -> HTTPRouteHandler:
    async def metadata(request: Req, settings: Deployment, now: Now) -> Answer:
        _prepare(request)
        told = capability.statement(request.app, f"{settings.base_url}{PATH}", settings.product, now)
        return _answer(request, told, public=True)

    return _open("/metadata", metadata, "fhir-metadata")


def _search_listed(kind: Kind) -> HTTPRouteHandler:
    async def search(request: Req, session: Db, settings: Deployment, now: Now) -> Answer:
        pairs = _prepare(request)
        found = await looking.search(session, kind.name, read(kind, pairs), in_zone(now).date())
        entries = [Entry(resource) for resource in found.resources]
        base = f"{settings.base_url}{PATH}"
        told = bundles.searchset(base, kind.name, pairs, entries, found.following, found.total)
        return _answer(request, told, public=True)

    return _open(f"/{kind.name}", search, f"fhir-{kind.name}")


def _read_listed(kind: Kind) -> HTTPRouteHandler:
    async def one(request: Req, session: Db, settings: Deployment, now: Now, id: FromPath[str]) -> Answer:
        _prepare(request)
        found = await looking.tell(session, kind.name, [_identity(id)], in_zone(now).date())
        if found:
            return _answer(request, found[0], public=True)
        kept = await looking.where_now(session, kind.name, _identity(id))
        if kept is None:
            gone = await looking.is_withdrawn(session, kind.name, _identity(id))
            raise HTTPException(status_code=410) if gone else NotFoundException
        return _moved(f"{settings.base_url}{PATH}/{kind.name}/{kept}")

    return _open(f"/{kind.name}/{{id:str}}", one, f"fhir-{kind.name}-one")


def _search(kind: Kind) -> HTTPRouteHandler:
    async def search(request: Req, session: Db, settings: Deployment, now: Now) -> Answer:
        pairs, program = _prepare(request), _program(request)
        asked = read(kind, pairs)
        hints = _without_include(program, asked.include)
        found = await finding.search(session, program, kind.name, asked if not hints else _plain(asked), now)
        base = f"{settings.base_url}{PATH}"
        told = bundles.searchset(base, kind.name, pairs, found.entries, found.following, found.total, hints)
        return _answer(request, told)

    return _keyed(f"/{kind.name}", "GET", search, f"fhir-{kind.name}", scope(kind.name, "read"))


def _read(kind: Kind) -> HTTPRouteHandler:
    async def one(request: Req, session: Db, now: Now, id: FromPath[str]) -> Answer:
        _prepare(request)
        found = await finding.one(session, _program(request), kind.name, _identity(id), now)
        return _answer(request, found.resource, version=found.version)

    return _keyed(f"/{kind.name}/{{id:str}}", "GET", one, f"fhir-{kind.name}-one", scope(kind.name, "read"))


def _put() -> HTTPRouteHandler:
    async def put(request: Req, session: Db, now: Now, id: FromPath[str]) -> Answer:
        return await _change(request, session, now, _identity(id), updating.put)

    return _keyed("/Task/{id:str}", "PUT", put, "fhir-Task-put", scope("Task", "write"))


def _patch() -> HTTPRouteHandler:
    async def patch(request: Req, session: Db, now: Now, id: FromPath[str]) -> Answer:
        return await _change(request, session, now, _identity(id), updating.patch)

    return _keyed("/Task/{id:str}", "PATCH", patch, "fhir-Task-patch", scope("Task", "write"))


async def _change(request: Req, session: AsyncSession, now: Any, id: UUID, change: Any) -> Answer:
    _prepare(request)
    raw, program, match = await request.body(), _program(request), request.headers.get("If-Match")
    allowed = {PATCH_TYPE} if change is updating.patch else {MEDIA_TYPE, "application/json"}
    if request.content_type[0] not in allowed:
        raise HTTPException(status_code=415)
    key = updating.request_key(program, id, match, str(request.method), raw)
    found: Entry = await change(session, program, id, _json(raw), match, now, key=key)
    if "return=minimal" in request.headers.get("Prefer", ""):
        return Response(b"", status_code=200, headers={"ETag": _etag(found.version), "Cache-Control": "no-store"})
    return _answer(request, found.resource, version=found.version)


def _prepare(request: Req) -> Sequence[tuple[str, str]]:
    """The reader's language, the one format, and what is asked."""
    speak_for(request)
    pairs: list[tuple[str, str]] = [
        (name, str(value)) for name, value in request.query_params.multi_items() if name != "lang"
    ]
    accepted = {part.partition(";")[0].strip() for part in request.headers.get("Accept", "").split(",")}
    wanted = [value for name, value in pairs if name == "_format"]
    if not accepted & _JSON or any("json" not in value for value in wanted):
        raise HTTPException(status_code=406)
    return pairs


def _answer(request: Req, resource: Resource, *, version: str | None = None, public: bool = False) -> Answer:
    """With a mark of its version, or of its content, so that whoever has it already is told no more than that."""
    body = _encode(resource)
    mark = _etag(version) if version else f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": mark, "Content-Language": current_language(), "Vary": "Accept-Language"}
    headers |= (
        {"Cache-Control": "public, no-cache", "Access-Control-Allow-Origin": "*"}
        if public
        else {"Cache-Control": "no-store"}
    )
    if public and mark in (known.strip() for known in request.headers.get("If-None-Match", "").split(",")):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _moved(address: str) -> Answer:
    """For good, and yet asked again: a merge can be undone."""
    headers = {"Location": address, "Cache-Control": "public, no-cache", "Access-Control-Allow-Origin": "*"}
    headers |= {"Content-Language": current_language(), "Vary": "Accept-Language"}
    return Response(_encode(outcomes.moved(address)), status_code=301, media_type=MEDIA_TYPE, headers=headers)


def _etag(version: str | None) -> str:
    return f'W/"{version}"'


def _program(request: Req) -> Program:
    program: Program = request.scope["auth"]
    return program


def _without_include(program: Program, include: bool) -> list[Issue]:
    needed = scope("ServiceRequest", "read")
    return (
        [Issue("suppressed", NO_INCLUDE, "_include", {"scope": needed})]
        if include and needed not in program.scopes
        else []
    )


def _plain(asked: Any) -> Any:
    return replace(asked, include=False)


def _json(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Misread(Issue("structure", NOT_JSON)) from None


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundException from None


def _open(path: str, handler: Any, name: str) -> HTTPRouteHandler:
    return HTTPRouteHandler(path, http_method=["GET", "HEAD"], name=name, opt=OPEN | _NO_CSRF)(handler)


def _keyed(path: str, method: Any, handler: Any, name: str, needed: str) -> HTTPRouteHandler:
    return HTTPRouteHandler(
        path, http_method=method, name=name, opt={**_NO_CSRF, "scope": needed}, guards=[requires_key], status_code=200,
        request_max_body_size=LONGEST_BODY,
    )(handler)  # fmt: skip
