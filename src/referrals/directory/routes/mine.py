"""The listings that somebody keeps, and the question whether there is room, answered in one tap."""

from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_role
from referrals.accounts.models import Role
from referrals.directory.actions import Editor
from referrals.directory.models import Service
from referrals.directory.queries.mine import SHOWN, how_many, kept
from referrals.directory.routes import keeping
from referrals.directory.routes.rows import spoken
from referrals.directory.upkeep.places_form import PlacesForm
from referrals.kit import forms
from referrals.kit.errors import NotFound
from referrals.kit.html import addresses, in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page, redirect
from referrals.kit.settings import LANGUAGES

requires_editor = requires_role(Role.PROVIDER_EDITOR, Role.CURATOR)
_AT_A_GLANCE = 10
"""Listings up to which nobody needs a search field."""


@get("/my-services", name="my-services", guards=[requires_editor])
async def my_services(request: Req, session: Db, actor: Who, now: Now) -> Template:
    return await _page(request, session, actor, now)


@post("/my-services/{service_id:uuid}/places", name="say-places", guards=[requires_editor], status_code=200)
async def say_places(
    request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID]
) -> Template | Redirect:
    """A row anew for htmx, else the whole list. A tap that cannot be understood stays before whoever tapped."""
    service = await own(session, actor, service_id)
    form = await forms.read(request, PlacesForm)
    tapped = await keeping.say_places(session, service_id, form, editor(actor), now)
    if request.headers.get("HX-Request") != "true":
        return await _page(request, session, actor, now, tapped) if tapped.wrong else _back(request, service)
    shown = await kept(session, None, current_language(), in_zone(now).date(), only=[service_id])
    return page(
        request, "directory/_my-service.html", row=keeping.line(shown[0], now), spoken=spoken, answers=keeping.answers(),
        tapped=tapped, status=tapped.status,
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [my_services, say_places]


async def own(session: AsyncSession, actor: Actor, service_id: UUID) -> Service:
    """A service that this person keeps. Raises NotFound for any other: it is not there for them."""
    service = await session.get(Service, service_id)
    if service is None or service.gone_at is not None or not actor.edits(service.organization_id):
        raise NotFound("service")
    return service


def editor(actor: Actor) -> Editor:
    """The public record names the role, not the person."""
    role = Role.CURATOR if Role.CURATOR in actor.roles else Role.PROVIDER_EDITOR
    return Editor(actor.id, role.value)


def organizations(actor: Actor) -> tuple[UUID, ...] | None:
    """Those whose listings this person keeps; None: all of them."""
    return None if Role.CURATOR in actor.roles else actor.organizations.get(Role.PROVIDER_EDITOR, ())


def _grows(actor: Actor) -> UUID | None:
    """The organization to which this person may add a service; None where there are several, which have pages for it."""
    mine = organizations(actor) or ()
    return mine[0] if len(mine) == 1 and actor.is_trusted(mine[0]) else None


async def _page(
    request: Req, session: AsyncSession, actor: Actor, now: datetime, tapped: keeping.Tapped | None = None
) -> Template:
    words = request.query_params.get("q", "").replace("\x00", "").strip()[:80]
    mine, today = organizations(actor), in_zone(now).date()
    found = await kept(session, mine, current_language(), today, words=words)
    if tapped is not None and all(one.id != tapped.id for one in found):
        found = [*await kept(session, None, current_language(), today, only=[tapped.id]), *found]
    total, url = await how_many(session, mine), addresses(jinja(request))
    return page(
        request, "directory/my-services.html", rows=[keeping.line(one, now) for one in found], words=words, spoken=spoken,
        old=sum(one.capacity.status == "unknown" for one in found), total=total, all_shown=words or total <= SHOWN,
        searchable=total > _AT_A_GLANCE, answers=keeping.answers(), colleagues=bool(actor.manages),
        reads_first=not all(map(actor.is_trusted, mine or ())), adding=_grows(actor), tapped=tapped,
        status=tapped.status if tapped else 200,
        lang_urls={one: url("my-services", lang=one, query={"q": words} if words else {}) for one in LANGUAGES},
    )  # fmt: skip


def _back(request: Req, service: Service) -> Redirect:
    name = service.text("name", current_language())
    said = _("Noted for %(name)s. The next search sees it.") % {"name": name}
    return redirect(request, "my-services", say=said, anchor=f"service-{service.id}")
