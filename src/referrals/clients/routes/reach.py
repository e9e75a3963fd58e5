"""How a person may be reached: one page of their file, kept by its button; and the calls that wait."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import free_hours
from referrals.clients.contacting import calls, editing, form
from referrals.clients.contacting.violence import violence_known
from referrals.clients.file import open_file
from referrals.kit.errors import NotFound
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.kit.settings import Settings


@get("/people/{client_id:uuid}/reach", name="reach", guards=[requires_case_manager])
async def reach(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, client_id: FromPath[UUID]
) -> Template:
    return await _shown(request, session, actor, now, settings, client_id)


@post("/people/{client_id:uuid}/reach", name="save-reach", guards=[requires_case_manager], status_code=200)
async def save(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, client_id: FromPath[UUID]
) -> Template | Redirect:
    file = await open_file(session, actor, client_id)
    typed = form.read(await request.form())
    if typed.value is None:
        return await _shown(request, session, actor, now, settings, client_id, typed, status=422)
    said, client = typed.value, file.client
    client.no_contact, client.reach_first = said.no_contact, said.reach_first
    client.sender_shown, client.zone = said.sender_shown or None, said.zone or None
    ways = {kind: said.way(kind, typed.raw["windows"][kind]) for kind in form.SHOWN}
    asked = [kind for kind in form.SHOWN if getattr(said, f"{kind}_again")]
    await editing.write(session, client, ways, now, asked=asked)
    told = _("Saved. Nothing is sent to them, by any way.") if said.no_contact else _("Saved.")
    return redirect(request, "person", say=told, client_id=client_id)


@post("/calls/{message_id:uuid}/made", name="call-made", guards=[requires_case_manager], status_code=303)
async def made(request: Req, session: Db, actor: Who, now: Now, message_id: FromPath[UUID]) -> Redirect:
    client_id = await calls.made(session, actor, message_id, now)
    if client_id is None:
        raise NotFound("call")
    return redirect(request, "person", say=_("Written down: you called them."), client_id=client_id)


routes: list[HTTPRouteHandler] = [reach, save, made]


async def _shown(
    request: Req, session: AsyncSession, actor: Actor, now: Now, settings: Settings, client_id: UUID,
    typed: form.Typed | None = None, *, status: int = 200,
) -> Template:  # fmt: skip
    file = await open_file(session, actor, client_id)
    ways = await editing.ways(session, file.client)
    violence = await violence_known(session, file.client)
    return page(
        request, "clients/reach.html", status=status, file=file, client=file.client,
        form=typed or form.shown(file.client, ways), headings=form.headings(ways, now, violence=violence),
        violence=violence, days=free_hours.day_options(), leave=[(code, _(label)) for code, label in form.LEAVE.items()],
        kinds=[(kind, _(form.TITLES[kind])) for kind in form.SHOWN], zones=[(code, _(name)) for code, name in form.PLACES.items()],
        product=settings.product,
    )  # fmt: skip
