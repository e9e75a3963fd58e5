"""The page on which somebody chooses the columns, and the file itself."""

from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_role
from referrals.accounts.models import Role
from referrals.exchange.caseload import rows as reading
from referrals.exchange.caseload.columns import USUAL, offered, written
from referrals.kit import forms
from referrals.kit.html import in_zone, moment
from referrals.kit.i18n import gettext as _
from referrals.kit.i18n import ngettext
from referrals.kit.pages import Db, Now, Req, page

_may = requires_role(Role.CASE_MANAGER, Role.SUPERVISOR)


class FileForm(forms.Form):
    columns: list[str]
    of: str = ""


@get("/caseload/file", name="caseload-file", guards=[_may])
async def choose(request: Req, session: Db, actor: Who) -> Template:
    role = _role(actor, request.query_params.get("of", ""))
    usual = [name for name in offered(role) if name in USUAL]
    return await _page(request, session, actor, role, forms.blank(FileForm, columns=usual, of=role.value))


@post("/caseload/file", name="take-caseload", guards=[_may], status_code=200)
async def take(request: Req, session: Db, now: Now, actor: Who) -> Template | Response[bytes]:
    form = await forms.read(request, FileForm)
    role = _role(actor, str(form.raw["of"]))
    if form.value and not set(form.value.columns) <= set(offered(role)):
        form.refuse("columns", _("This is not one of the choices."))
    if form.value is None:
        return await _page(request, session, actor, role, form, status=422)
    names = [name for name in offered(role) if name in form.value.columns]
    found = await reading.rows(session, actor, role, now)
    await reading.log(session, actor, role, names, len(found), now)
    headers = {
        "Content-Disposition": f'attachment; filename="relais-{in_zone(now).date().isoformat()}.csv"', "Cache-Control": "no-store",
    }  # fmt: skip
    return Response(written(names, found), media_type="text/csv", headers=headers)


routes: list[HTTPRouteHandler] = [choose, take]


def _role(actor: Actor, wanted: str) -> Role:
    """In which part somebody asks who has both; as a case manager where nothing is said."""
    held = [role for role in (Role.CASE_MANAGER, Role.SUPERVISOR) if actor.may(role)]
    return next((role for role in held if role.value == wanted), held[0])


async def _page(
    request: Req, session: AsyncSession, actor: Actor, role: Role, form: Any, *, status: int = 200
) -> Template:
    taken = await reading.taken(session, actor)
    return page(
        request, "exchange/caseload-file.html", status=status, form=form, role=role.value,
        columns=[(name, _(one.title)) for name, one in offered(role).items()], taken=taken,
        last_lists=[(moment(one.at), ngettext("%(num)d request", "%(num)d requests", one.rows) % {"num": one.rows}) for one in taken],
        both=actor.may(Role.CASE_MANAGER) and actor.may(Role.SUPERVISOR),
    )  # fmt: skip
