"""What somebody must be kept away from: the last page of their file. Here, because it names services."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import keeping_away, labels
from referrals.clients.file import File, open_file
from referrals.clients.keeping_away import Target
from referrals.clients.models import KeepAway
from referrals.clients.progress import progress
from referrals.clients.questions import lines
from referrals.directory.models import Organization, Service
from referrals.directory.queries import called, redirects
from referrals.kit import forms
from referrals.kit.errors import NotFound, Refused
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking.queries import named


class AwayForm(forms.Form):
    """`target`: `service:ID` or `organization:ID` among what was found; or an area."""

    target: str = ""
    area: str = ""
    kind: Literal["safety", "other_party", "refused", "conflict"] = "safety"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of what is set aside, as its case manager reads it."""

    id: UUID
    name: str
    kind: str
    reason: str


@get("/people/{client_id:uuid}/keep-away", name="keep-away", guards=[requires_case_manager])
async def keep_away_page(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template:
    file = await open_file(session, actor, client_id)
    blank = forms.blank(AwayForm, kind="safety")
    return await _shown(request, session, actor, now, file, blank)


@post("/people/{client_id:uuid}/keep-away", name="add-keep-away", guards=[requires_case_manager], status_code=200)
async def add(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template | Redirect:
    file = await open_file(session, actor, client_id)
    form = await forms.read(request, AwayForm)
    target = await _target(session, form) if form.value else None
    if target is None or form.value is None:
        return await _shown(request, session, actor, now, file, form, status=422)
    try:
        await keeping_away.keep_away(
            session, file.client, target, kind=form.value.kind, reason=form.value.reason, now=now
        )
    except Refused as refused:
        form.refuse("", _("%(most)d places are set aside already: take one out first.") % refused.facts)
        return await _shown(request, session, actor, now, file, form, status=422)
    said, kind = _("It is never proposed to them again."), "good"
    if target.area and (file.client.postcode or "").upper().replace(" ", "").startswith(target.area):
        said, kind = (
            _("Kept. They live there themselves: nothing near them is proposed, unless it comes to them."),
            "attention",
        )
    return redirect(request, "keep-away", say=said, kind=kind, client_id=client_id)


@post(
    "/people/{client_id:uuid}/let-in/{away_id:uuid}", name="let-in", guards=[requires_case_manager],
    status_code=303,
)  # fmt: skip
async def let_in(request: Req, session: Db, actor: Who, client_id: FromPath[UUID], away_id: FromPath[UUID]) -> Redirect:
    file = await open_file(session, actor, client_id)
    row = next((one for one in file.away if one.id == away_id), None)
    if row is None:
        raise NotFound("keep_away")
    await keeping_away.let_in(session, row)
    return redirect(request, "keep-away", say=_("It may be proposed again."), client_id=client_id)


@post(
    "/people/{client_id:uuid}/nothing-to-avoid",
    name="nothing-to-avoid",
    guards=[requires_case_manager],
    status_code=303,
)
async def nothing(request: Req, session: Db, actor: Who, client_id: FromPath[UUID]) -> Redirect:
    """Somebody asked, and there is nothing. Or nobody has asked yet after all."""
    file = await open_file(session, actor, client_id)
    asked = str((await request.form()).get("asked", ""))
    keeping_away.settle(file.client, nothing=asked == "nothing" and not file.away)
    return redirect(request, "keep-away", say=_("Saved."), client_id=client_id)


routes: list[HTTPRouteHandler] = [keep_away_page, add, let_in, nothing]


async def _target(session: AsyncSession, form: forms.Filled[AwayForm]) -> Target | None:
    asked = form.ok
    area = keeping_away.area_of(asked.area) if asked.area else None
    what, _colon, id = asked.target.partition(":")
    if asked.area and asked.target:
        form.refuse("area", _("A place or an area: one at a time, please."))
    elif asked.area and area is None:
        form.refuse("area", _("The beginning of a postcode, please: TR1, or 69."))
    elif area:
        return Target(area=area)
    elif (known := await _known(session, what, id)) is not None:
        return known
    else:
        form.refuse("target", _("Find a service or an organization first, and choose it; or give an area."))
    return None


async def _known(session: AsyncSession, what: str, id: str) -> Target | None:
    try:
        asked = UUID(id)
    except ValueError:
        return None
    model = {"service": Service, "organization": Organization}.get(what)
    if model is None or await session.get(model, asked) is None:
        return None
    return Target(service_id=asked) if what == "service" else Target(organization_id=asked)


async def _shown(
    request: Req, session: AsyncSession, actor: Who, now: Now, file: File, form: forms.Filled[AwayForm], *,
    status: int = 200,
) -> Template:  # fmt: skip
    words = request.query_params.get("q", "").strip()[:80]
    said = lines(file, await vocabulary(session), in_zone(now).date())
    why = await keeping_away.reasons(session, actor, file.client)
    return page(
        request, "clients/keep-away.html", fragment="clients/_found.html", file=file, client=file.client, form=form,
        words=words, found=await named.find(session, words) if words else [], kept=await _kept(session, file.away, why),
        kinds=labels.away_kind_options(), progress=progress(said, "away"), status=status,
        nothing="keep_away" in file.client.said_none,
    )  # fmt: skip


async def _kept(session: AsyncSession, away: Sequence[KeepAway], why: dict[UUID, str]) -> list[Kept]:
    ids = {id for one in away for id in (one.service_id, one.organization_id) if id}
    now = await redirects.all_standing(session, ids) if ids else {}
    services = await named.services(session, [now[one.service_id] for one in away if one.service_id])
    owners = {
        row.id: row
        for row in await session.scalars(
            select(Organization).where(
                Organization.id.in_([now[one.organization_id] for one in away if one.organization_id])
            )
        )
    }
    told, spoken = await called.names(session), current_language()

    def names() -> Iterator[tuple[KeepAway, str]]:
        for one in away:
            if one.area:
                yield one, _("Postcodes that begin with %(area)s") % {"area": one.area}
            elif one.service_id and (pair := services.get(now[one.service_id])):
                owner = told.organization(pair[1]).text("name", spoken)
                yield one, f"{told.service(pair[0]).text('name', spoken)}, {owner}"
            elif one.organization_id and (owner_row := owners.get(now[one.organization_id])):
                yield one, told.organization(owner_row).text("name", spoken)
            else:
                yield one, _("No longer in the directory")

    return [Kept(one.id, name, _(labels.AWAY_KINDS[one.kind]), why.get(one.id, "")) for one, name in names()]
