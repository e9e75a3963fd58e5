"""How long a service usually takes, said by whoever keeps its listing; it counts for what is sent from then on."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who
from referrals.directory.models import Service
from referrals.directory.queries.called import names
from referrals.directory.routes.mine import editor
from referrals.kit import forms
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.tracking.actions.pace import own_pace, set_pace
from referrals.tracking.pace_form import URGENCIES, PaceForm, answering, fields
from referrals.tracking.routes.asks import own, requires_editor


@get("/my-services/{service_id:uuid}/pace", name="service-pace", guards=[requires_editor])
async def pace(request: Req, session: Db, actor: Who, service_id: FromPath[UUID]) -> Template:
    service = await own(session, actor, service_id)
    said = await own_pace(session, service_id)
    given = {f"{urgency}_{stage}": days for (urgency, stage), days in said.items()}
    return await _shown(request, session, service, forms.blank(PaceForm, **given))


@post("/my-services/{service_id:uuid}/pace", name="say-pace", guards=[requires_editor], status_code=200)
async def say(request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID]) -> Template | Redirect:
    service = await own(session, actor, service_id)
    form = await forms.read(request, PaceForm)
    if form.value is None:
        return await _shown(request, session, service, form, status=422)
    for urgency in URGENCIES:
        await set_pace(session, service, urgency, form.value.days(urgency), editor(actor), now)
    said = _("Saved. It counts for requests that are sent from now on.")
    return redirect(request, "service-pace", say=said, service_id=service_id)


routes: list[HTTPRouteHandler] = [pace, say]


async def _shown(
    request: Req, session: AsyncSession, service: Service, form: forms.Filled[PaceForm], *, status: int = 200
) -> Template:
    called = (await names(session)).service(service)
    now = await own_pace(session, service.id)
    return page(
        request, "tracking/pace.html", status=status, form=form, service=service, name=called.text("name", current_language()),
        first={urgency: fields(urgency, first=True) for urgency in URGENCIES},
        more={urgency: fields(urgency, first=False) for urgency in URGENCIES},
        follows={urgency: answering(now.get((urgency, "answer")), urgency) for urgency in URGENCIES},
        further=any(stage not in ("answer", "contact") for _urgency, stage in now),
    )  # fmt: skip
