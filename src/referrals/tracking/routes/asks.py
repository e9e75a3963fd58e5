"""What a service must know of somebody before it can answer, and once it has said yes: said once, ticked from then on."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_role
from referrals.accounts.models import Role
from referrals.clients import agreed_words
from referrals.clients.consent import AFTER_ACCEPTANCE, LATER, TO_DECIDE
from referrals.directory.models import Service
from referrals.directory.queries.called import names
from referrals.kit import forms
from referrals.kit.errors import NotFound
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.tracking import disclosing
from referrals.tracking.models import ServiceAsks

requires_editor = requires_role(Role.PROVIDER_EDITOR, Role.CURATOR)
BEFORE = (*TO_DECIDE, *LATER)
USUAL = (*TO_DECIDE, "answers", "name", "phone")
"""Ticked for a service that has not said."""


class AsksForm(forms.Form):
    before: list[str] = []
    after: list[str] = []

    def problems(self) -> dict[str, str]:
        wrong = _("This is not one of the choices.")
        known = {"before": BEFORE, "after": AFTER_ACCEPTANCE}
        return {name: wrong for name, codes in known.items() if not set(getattr(self, name)) <= set(codes)}


@get("/my-services/{service_id:uuid}/asks", name="service-asks", guards=[requires_editor])
async def asks(request: Req, session: Db, actor: Who, service_id: FromPath[UUID]) -> Template:
    service = await own(session, actor, service_id)
    said = await disclosing.asks(session, service_id)
    ticked = USUAL if said is None else said
    return await _shown(request, session, service, forms.blank(AsksForm, before=ticked, after=ticked))


@post("/my-services/{service_id:uuid}/asks", name="say-asks", guards=[requires_editor], status_code=200)
async def say(request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID]) -> Template | Redirect:
    service = await own(session, actor, service_id)
    form = await forms.read(request, AsksForm)
    if form.value is None:
        return await _shown(request, session, service, form, status=422)
    fields = [*form.value.before, *form.value.after]
    await session.merge(ServiceAsks(service_id=service_id, fields=fields, said_at=now, said_by=actor.id))
    said = _("Saved. Whoever sends you somebody finds this ticked; the person may still say no to any of it.")
    return redirect(request, "service-asks", say=said, service_id=service_id)


routes: list[HTTPRouteHandler] = [asks, say]


async def own(session: AsyncSession, actor: Actor, service_id: UUID) -> Service:
    """Raises NotFound for one that is somebody else's."""
    service = await session.get(Service, service_id)
    if service is None or not actor.edits(service.organization_id):
        raise NotFound("service")
    return service


async def _shown(
    request: Req, session: AsyncSession, service: Service, form: forms.Filled[AsksForm], *, status: int = 200
) -> Template:
    def options(codes: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(code, _(agreed_words.FIELDS[code])) for code in codes]

    called = (await names(session)).service(service)
    return page(
        request, "tracking/asks.html", status=status, form=form, service=service, name=called.text("name", current_language()),
        before=options(BEFORE), after=options(AFTER_ACCEPTANCE),
    )  # fmt: skip
