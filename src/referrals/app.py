"""The one place that wires: settings in, an application out. Nothing is made at import time."""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Litestar, MediaType, Response, Router, get
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Redirect, Template
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import key_routes, mailbox
from referrals.accounts import routes as accounts
from referrals.accounts.allowance import Allowances
from referrals.accounts.guards import PUBLIC
from referrals.accounts.middleware import SignedIn
from referrals.accounts.models import Role
from referrals.clients import routes as clients
from referrals.curation import doubles
from referrals.curation import routes as curation
from referrals.directory import routes as directory
from referrals.directory import shortlist
from referrals.directory.counting import Tally, counting
from referrals.directory.queries.offered import Offered
from referrals.directory.routes import answers
from referrals.directory.search.engines import searching
from referrals.exchange import routes as exchange
from referrals.exchange.fhir import outcomes
from referrals.exchange.fhir import routes as fhir
from referrals.exchange.fhir.shapes import PATH as FHIR
from referrals.exchange.hooks import api as hooks_api
from referrals.exchange.hsds import parameters, problems
from referrals.exchange.hsds import routes as hsds
from referrals.kit import cookies, db, errors, forms, html, i18n
from referrals.kit.access import GONE, Noted, gone
from referrals.kit.cookies import FormToken, OnlyWhereItActs
from referrals.kit.heads import as_get
from referrals.kit.html import Jinja
from referrals.kit.i18n import gettext as _
from referrals.kit.limits import Limit
from referrals.kit.logs import logger, what_broke
from referrals.kit.pages import Instead, Req
from referrals.kit.policy import CONTENT_POLICY
from referrals.kit.settings import LANGUAGES, Settings, frontend_home
from referrals.matching import routes as matching
from referrals.matching.following.shown import Following
from referrals.matching.routes import api, api_problems
from referrals.tracking import person
from referrals.tracking import routes as tracking
from referrals.tracking.routes.letter import wrong_codes

FOR_PROGRAMS: list[HTTPRouteHandler] = [answers.answers, *api.routes, *hooks_api.routes]
"""Beside the pages: without a language in the address."""
ROUTES: list[HTTPRouteHandler] = [
    *accounts.routes, *key_routes.routes, *mailbox.routes, *directory.routes, *clients.routes, *person.routes, *tracking.routes, *matching.routes, *exchange.routes, *curation.routes, *doubles.routes,
]  # fmt: skip
Clock = Callable[[], datetime]
LETTERS_AN_HOUR = 60
"""Lists that people have sent or handed over; more come from a machine."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings, sessions: db.SessionMaker, *, now: Clock = utc_now) -> Litestar:
    """The web application over the database that `sessions` opens."""
    env = environment()
    pages = Router("/{lang:str}", route_handlers=ROUTES, middleware=[SignedIn()])
    static = create_static_files_router(
        "/static",
        [frontend_home() / "static" / "dist"],
        name="static",
        opt=PUBLIC | {"exclude_from_csrf": True},
        cache_control=None,
        after_request=_cache_forever,
    )

    app = Litestar(
        [front_door, health, static, *FOR_PROGRAMS, hsds.router(), fhir.router(), pages],
        dependencies={
            "session": Provide(provide_session),
            "settings": Provide(provide_settings, sync_to_thread=False),
            "now": Provide(provide_now, sync_to_thread=False),
            "actor": Provide(provide_actor, sync_to_thread=False),
        },
        template_config=TemplateConfig(instance=JinjaTemplateEngine(engine_instance=env)),
        csrf_config=CSRFConfig(
            secret=settings.secret, cookie_name=cookies.FORMS, cookie_httponly=True, cookie_samesite="lax",
            cookie_secure=settings.secure_cookies,
        ),
        middleware=[Noted(), OnlyWhereItActs()],
        compression_config=CompressionConfig(backend="gzip", minimum_size=1000),
        exception_handlers={Exception: _explain, Instead: _shown},
        after_request=_hardened,
        lifespan=[counting],
        openapi_config=None,
        logging_config=None,
        state=State({"jinja": env, "page_context": page_context, **tools(settings, sessions, now)}),
    )  # fmt: skip
    app.asgi_handler = as_get(app.asgi_handler)
    return app


def tools(settings: Settings, sessions: db.SessionMaker, now: Clock) -> dict[str, Any]:
    """All that one running application has of its own; handlers find it in the application's state and nowhere else."""
    return {
        "settings": settings, "sessions": sessions, "now": now, "search": searching(settings),
        "letters": Limit(LETTERS_AN_HOUR, timedelta(hours=1)), "tally": Tally(), "offered": Offered(),
        "allowances": Allowances(), "wrong_codes": wrong_codes(), "following": Following(),
    }  # fmt: skip


async def provide_session(request: Req) -> AsyncIterator[AsyncSession]:
    """The request's one transaction: committed when the page has been rendered, rolled back by any exception."""
    session: AsyncSession = request.scope["state"]["session"]
    try:
        yield session
    except BaseException:
        await session.rollback()
        raise
    await session.commit()


def provide_settings(request: Req) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def provide_now(request: Req) -> datetime:
    now: datetime = request.app.state.now()
    return now


def provide_actor(request: Req) -> Any:
    """Who is signed in. Only for routes behind a guard."""
    return request.user


@get("/", opt=PUBLIC | {"exclude_from_csrf": True}, name="front-door")
async def front_door(request: Req) -> Redirect:
    """To the language that the browser asks for."""
    return Redirect(
        f"/{i18n.best_language(request.headers.get('Accept-Language', ''))}/", headers={"Vary": "Accept-Language"}
    )


@get("/health", opt=PUBLIC | {"exclude_from_csrf": True}, media_type=MediaType.JSON, name="health")
async def health(request: Req) -> Response[dict[str, str]]:
    """200 when the database answers, 503 when it does not. For whoever watches the machine."""
    try:
        async with request.app.state.sessions() as session:
            await session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Response({"status": "no database"}, status_code=503)
    return Response({"status": "ok"})


def environment() -> Jinja:
    """Templates that know the address of every page. The worker writes its messages with it too."""
    return html.environment(paths(ROUTES))


def paths(routes: Iterable[HTTPRouteHandler]) -> dict[str, str]:
    """Route name -> path with `{parameters}`, without the language."""
    return {
        route.name: re.sub(r":\w+}", "}", path)
        for route in routes if route.name
        for path in route.paths
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    current: bool
    icon: str
    count: int | None = None


def page_context(request: Req, *, whole: bool) -> dict[str, Any]:
    """What every page needs around its own content. Not `whole`: a part of one, which has no navigation."""
    settings: Settings = request.app.state.settings
    user = request.scope.get("user")
    query = f"?{request.url.query}" if request.url.query else ""
    path = request.url.path.split("/", 2)[2] if request.url.path.count("/") > 1 else ""
    return {
        "lang": i18n.current_language(),
        "lang_urls": {language: f"/{language}/{path}{query}" for language in LANGUAGES},
        "product": settings.product,
        "demo": settings.demo,
        "exit_url": settings.exit_from(i18n.current_language()),
        "user": user,
        "nav": _navigation(request, user) if whole else [],
        "public": bool(request.route_handler.opt.get("public")) if user is None else user.may(Role.CLIENT),
        "my_list": shortlist.in_address(request.query_params),
        "csrf_token": FormToken(request.scope),
        "today": html.in_zone(request.app.state.now()).date(),
        "now": request.app.state.now(),
    }


def _navigation(request: Req, user: Any) -> list[NavItem]:
    """The rooms that this person's roles open, in the order in which they are used."""
    here = request.url.path
    url = request.app.state.jinja.globals["url"]

    def item(label: str, name: str, icon: str, *under: str) -> NavItem:
        address = url(name)
        spoken = i18n.current_language()
        inside = here == address or here.startswith(tuple(f"/{spoken}/{part}" for part in under) or "-")
        return NavItem(label, address, inside, icon)

    find = item(_("Directory"), "home", "search", "services", "organizations")
    if user is None:
        kept = {"s": shortlist.in_address(request.query_params)}
        help_here = item(_("Help and privacy"), "privacy", "shield")
        carrying = replace(find, url=url("home", query=kept)), replace(help_here, url=url("privacy", query=kept))
        return [carrying[0], _my_list(request), carrying[1]]
    items = []
    if user.may(Role.CASE_MANAGER):
        items += [
            item(_("Today"), "today", "sun"),
            item(_("People"), "people", "users", "people", "needs", "referrals"),
        ]
    if user.may(Role.SUPERVISOR):
        team = item(_("Team"), "team", "users-round", "team")
        items.append(replace(team, current=team.current and "/team/weights" not in here))
    if user.may(Role.SUPERVISOR, Role.ADMINISTRATOR):
        items.append(item(_("What counts"), "weights", "scale", "team/weights"))
    if user.may(Role.PROVIDER_EDITOR):
        asked = item(_("Requests"), "received", "inbox", "my-services/referrals")
        own = item(_("My services"), "my-services", "store", "my-services")
        items += [asked, replace(own, current=own.current and not asked.current)]
    if user.may(Role.CLIENT):
        items.append(item(_("My requests"), "my-requests", "heart-handshake", "my-requests"))
    if user.may(Role.CURATOR):
        items.append(item(_("Work list"), "curation", "inbox", "curation", "changes"))
        items.append(item(_("Imports"), "imports", "download", "imports"))
        items.append(item(_("Terms"), "crosswalk", "waypoints", "crosswalk"))
    if user.may(Role.ADMINISTRATOR):
        items.append(item(_("Accounts"), "users", "key-round", "users"))
    if user.may(Role.ADMINISTRATOR) or user.manages:
        items.append(item(_("Programs"), "connections", "waypoints", "connections"))
        items.append(item(_("Legal texts"), "notices", "scale", "notices"))
    return [*items, find]


def _my_list(request: Req) -> NavItem:
    """With what the address keeps of it; where scripts run, the device knows more, and its script says how many."""
    kept = shortlist.in_address(request.query_params)
    address = request.app.state.jinja.globals["url"]("shortlist", query={"s": kept})
    inside = request.url.path.startswith(f"/{i18n.current_language()}/shortlist")
    return NavItem(_("My list"), address, inside, "bookmark", len(kept.split(",")) if kept else None)


FACES: dict[type[errors.DomainError], int] = {
    errors.NotFound: 404,
    errors.SignInNeeded: 401,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.Refused: 422,
    errors.LinkEnded: 410,
    errors.TooMany: 429,
    parameters.BadParameter: 400,
    problems.Busy: 503,
    outcomes.Misread: 400,
    outcomes.Stale: 412,
    outcomes.Unfit: 422,
    outcomes.Unversioned: 428,
}


def _explain(request: Req, error: Exception) -> Response[Any]:
    """Every error has one face: a page that says what happened, what was kept and what to do next."""
    if gone(error):
        return Response(None, status_code=GONE)
    code, status = _code(request, error), _status(error)
    if status >= 500:
        logger().error("failed", path=request.scope.get("path_template"), **what_broke(error))
    if request.url.path.startswith(api.PATH):
        return api_problems.explain(request, error, status)
    if request.url.path.startswith(FHIR):
        return outcomes.explain(request, error, status)
    language = request.url.path.split("/", 2)[1]
    i18n.speak(language if language in LANGUAGES else i18n.best_language(request.headers.get("Accept-Language", "")))
    if request.url.path.startswith((hsds.PATH, answers.PATH)):
        return problems.explain(request, error, status)
    if isinstance(error, errors.SignInNeeded) and request.method == "GET":
        address = request.app.state.jinja.globals["url"]("sign-in", query={"next": request.url.path})
        return Redirect(address, status_code=303)
    settings: Settings = request.app.state.settings
    spoken = i18n.current_language()
    typed = forms.arrived(request) if isinstance(error, errors.SignInNeeded) else []
    context: dict[str, Any] = {
        "status": status, "code": code, "facts": getattr(error, "facts", {}), "lang": spoken, "product": settings.product,
        "demo": settings.demo, "user": None, "nav": [], "flashes": [], "errors": {}, "public": True,
        "exit_url": settings.exit_from(spoken), "my_list": "", "csrf_token": "", "lang_urls": {other: f"/{other}/" for other in LANGUAGES},
        "home": f"/{spoken}/", "retry": request.url.path if request.method == "GET" else None,
        "typed": typed, "again": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }  # fmt: skip
    headers = {"Cache-Control": "no-store"} if typed else {}
    return Template(
        template_name="kit/error.html", context=context, status_code=status, media_type="text/html", headers=headers
    )


def _shown(_: Req, instead: Instead) -> Template:
    return instead.shown


def _code(request: Req, error: Exception) -> str:
    """What happened, as a word. The forms' protection has none: it knows a form without its cookie, or with another one."""
    if isinstance(error, PermissionDeniedException) and "CSRF" in error.detail:
        return "old_form" if cookies.FORMS in request.cookies else "no_cookie"
    return str(getattr(error, "code", ""))


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    return next((number for kind, number in FACES.items() if isinstance(error, kind)), 500)


async def _hardened(response: Response[Any]) -> Response[Any]:
    """Asynchronous, because another function would be run in a thread, which takes longer than it does."""
    return _harden(response)


def _harden(response: Response[Any]) -> Response[Any]:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    return response


def _cache_forever(response: Response[Any]) -> Response[Any]:
    """Assets carry their content's hash in their name."""
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return _harden(response)
