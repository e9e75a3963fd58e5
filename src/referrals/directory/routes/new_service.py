"""A new service of one's organization: one short page, then those of the editor."""

from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who
from referrals.directory.changes.begin import begin
from referrals.directory.forms.questions import TONGUES
from referrals.directory.models import Organization
from referrals.directory.queries.texts import text
from referrals.directory.routes.mine import requires_editor
from referrals.kit import forms
from referrals.kit.errors import NotAllowed, NotFound
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import NEED

_LONGEST = 200


class NewServiceForm(forms.Form):
    name: str
    need: str
    spoken: Literal["fr", "en"]

    def problems(self) -> dict[str, str]:
        return {"name": _("Please stay under 200 characters.")} if len(self.name) > _LONGEST else {}


@get("/my-organizations/{organization_id:uuid}/new-service", name="new-service", guards=[requires_editor])
async def new_service(request: Req, session: Db, actor: Who, organization_id: FromPath[UUID]) -> Template:
    house = await _house(session, actor, organization_id)
    return await _page(request, session, house, forms.blank(NewServiceForm, spoken=current_language()))


@post(
    "/my-organizations/{organization_id:uuid}/new-service", name="begin-service", guards=[requires_editor],
    status_code=200,
)  # fmt: skip
async def begin_service(
    request: Req, session: Db, actor: Who, now: Now, organization_id: FromPath[UUID]
) -> Template | Redirect:
    house = await _house(session, actor, organization_id)
    form = await forms.read(request, NewServiceForm)
    if form.value is not None and (await vocabulary(session)).term(NEED, form.value.need) is None:
        form.refuse("need", _("This is not one of the choices."))
    if form.value is None:
        return await _page(request, session, house, form, status=422)
    said = form.value
    made = await begin(session, house, said.name, said.spoken, said.need, actor, now)
    told = _("%(name)s is there. Now say where it is given, when, and how to come.") % {"name": said.name}
    return redirect(request, "edit-service", say=told, service_id=made.id)


routes: list[HTTPRouteHandler] = [new_service, begin_service]


async def _house(session: AsyncSession, actor: Actor, id: UUID) -> Organization:
    """Raises NotFound for somebody else's, NotAllowed("new_service") for an editor whose changes a curator reads."""
    house = await session.get(Organization, id)
    if house is None or house.gone_at is not None or not actor.edits(id):
        raise NotFound("organization")
    if not actor.is_trusted(id):
        raise NotAllowed("new_service")
    return house


async def _page(
    request: Req, session: AsyncSession, house: Organization, form: forms.Filled[NewServiceForm], status: int = 200
) -> Template:
    words = await vocabulary(session)
    return page(
        request, "directory/new-service.html", house=text(house, "name", current_language()), form=form, id=house.id,
        needs=words.need_options(current_language()), tongues=list(TONGUES.items()), status=status,
    )  # fmt: skip
