"""Pages for handing people over: by whoever carries them, and by the supervisor for somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager, requires_supervisor
from referrals.accounts.models import Role
from referrals.clients import identity
from referrals.clients.handing import actions, queries
from referrals.clients.handing.actions import Handed
from referrals.clients.handing.dealing import dealt, last_day
from referrals.clients.handing.form import HandForm
from referrals.clients.handing.queries import ToHand
from referrals.kit import forms
from referrals.kit.errors import NotFound, Refused
from referrals.kit.html import day, in_zone, listed
from referrals.kit.i18n import gettext as _
from referrals.kit.i18n import ngettext
from referrals.kit.pages import Db, Now, Req, page, redirect


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose people lie on this page. `from_id` None: those whom nobody carries any more."""

    from_id: UUID | None
    name: str
    houses: tuple[UUID, ...]
    people: tuple[ToHand, ...]
    route: str
    own: bool


class BackForm(forms.Form):
    user: UUID


@get("/people/hand-over", name="hand-over", guards=[requires_case_manager])
async def hand_over_page(request: Req, session: Db, actor: Who, now: Now) -> Template:
    desk = await _own(session, actor)
    chosen = request.query_params.get("person", "")
    picks = [chosen] if chosen else [str(one.client_id) for one in desk.people]
    return await _page(request, session, desk, forms.blank(HandForm, people=picks, how="time"), now)


@post("/people/hand-over", name="hand-over-post", guards=[requires_case_manager], status_code=200)
async def hand_over(request: Req, session: Db, actor: Who, now: Now) -> Template | Redirect:
    return await _hand_over(request, session, actor, await _own(session, actor), now)


@post("/people/back", name="come-back", guards=[requires_case_manager], status_code=303)
async def come_back(request: Req, session: Db, actor: Who, now: Now) -> Redirect:
    """I am here again: whoever stood in for me does so no longer."""
    count = await actions.come_back(session, actor, actor.id, now)
    return redirect(request, "people", say=_back(count))


@get("/team/hand-over", name="team-hand-over", guards=[requires_supervisor])
async def team_hand_over_page(request: Req, session: Db, actor: Who, now: Now) -> Template:
    desk = await _of_team(request, session, actor)
    picks = [str(one.client_id) for one in desk.people]
    how = "time" if desk.from_id else "good"
    return await _page(request, session, desk, forms.blank(HandForm, people=picks, how=how), now)


@post("/team/hand-over", name="team-hand-over-post", guards=[requires_supervisor], status_code=200)
async def team_hand_over(request: Req, session: Db, actor: Who, now: Now) -> Template | Redirect:
    return await _hand_over(request, session, actor, await _of_team(request, session, actor), now)


@post("/team/back", name="team-back", guards=[requires_supervisor], status_code=303)
async def team_back(request: Req, session: Db, actor: Who, now: Now) -> Redirect:
    form = await forms.read(request, BackForm)
    if form.value is None:
        raise NotFound("colleague")
    count = await actions.come_back(session, actor, form.value.user, now)
    return redirect(request, "team", say=_back(count))


routes: list[HTTPRouteHandler] = [
    hand_over_page, hand_over, come_back, team_hand_over_page, team_hand_over, team_back,
]  # fmt: skip


async def _own(session: AsyncSession, actor: Actor) -> Desk:
    houses = actor.organizations.get(Role.CASE_MANAGER, ())
    people = await queries.of_carrier(session, actor.id, houses)
    return Desk(actor.id, actor.name, houses, tuple(people), "hand-over-post", own=True)


async def _of_team(request: Req, session: AsyncSession, actor: Actor) -> Desk:
    """`from` in the address: a colleague of the team, or nothing for those without anybody."""
    houses = actor.organizations.get(Role.SUPERVISOR, ())
    asked = request.query_params.get("from", "")
    if not asked:
        people = await queries.without_anybody(session, houses)
        return Desk(None, "", houses, tuple(people), "team-hand-over-post", own=False)
    there = {str(one.id): one for one in await accounts.colleagues(session, houses, Role.CASE_MANAGER)}
    if asked not in there:
        raise NotFound("colleague")
    found = there[asked]
    people = await queries.of_carrier(session, found.id, houses)
    return Desk(found.id, found.name, houses, tuple(people), "team-hand-over-post", own=False)


async def _hand_over(
    request: Req, session: AsyncSession, actor: Actor, desk: Desk, now: datetime
) -> Template | Redirect:
    form = await forms.read(request, HandForm)
    for name, sentence in (form.value.refuse_past(in_zone(now).date()) if form.value else {}).items():
        form.refuse(name, sentence)
    staff = {str(one.id): one.name for one in await queries.colleagues(session, desk.houses, desk.from_id)}
    if form.value is not None and not set(form.value.to) <= set(staff):
        form.refuse("to", _("Please choose who takes over."))
    if form.value is None:
        return await _page(request, session, desk, form, now, status=422)
    there = {str(one.client_id): one for one in desk.people}
    chosen = {one.client_id: one.open_needs for text in form.value.people if (one := there.get(text))}
    given = dealt(chosen, form.value.colleagues())
    period = form.value.period()
    try:
        results = await actions.hand_over(session, actor, given, desk.from_id, now, for_=period)
    except (NotFound, Refused):
        form.refuse("people", _("Something has changed meanwhile. Please look at the list once more."))
        return await _page(request, session, desk, form, now, status=409)
    said = _said(results, {UUID(id): name for id, name in staff.items()})
    if period is not None:
        said = f"{said} " + _("From %(first)s to %(last)s.") % {
            "first": day(period.since), "last": day(last_day(period.until)),
        }  # fmt: skip
    went = any(not one.why for one in results)
    return redirect(request, "people" if desk.own else "team", say=said, kind="good" if went else "attention")


def _said(results: Sequence[Handed], names: dict[UUID, str]) -> str:
    went = [one for one in results if not one.why]
    stayed = len(results) - len(went)
    parts = []
    if went:
        whom = listed(sorted({names[one.to] for one in went}))
        parts.append(
            ngettext(
                "%(num)d person is with %(name)s.", "%(num)d people are with %(name)s.", len(went)
            ) % {"num": len(went), "name": whom}
        )  # fmt: skip
    if stayed:
        parts.append(
            ngettext(
                "%(num)d person stays as before: somebody had handed them over already.",
                "%(num)d people stay as before: somebody had handed them over already.", stayed,
            ) % {"num": stayed}
        )  # fmt: skip
    return " ".join(parts) or _("Nobody was left to hand over.")


async def _page(
    request: Req, session: AsyncSession, desk: Desk, form: forms.Filled[HandForm], now: datetime, *, status: int = 200
) -> Template:
    known = await identity.of(session, [one.client_id for one in desk.people]) if desk.own else {}
    names = {id: who.name for id, who in known.items() if who.name}
    staff = await queries.colleagues(session, desk.houses, desk.from_id)
    today = in_zone(now).date()
    return page(
        request, "clients/hand-over.html", desk=desk, form=form, status=status, today_=today,
        people=[(str(one.client_id), names.get(one.client_id, one.alias), _about(one)) for one in desk.people],
        colleagues=[(str(one.id), one.name) for one in staff],
    )  # fmt: skip


def _about(one: ToHand) -> str:
    if one.archived:
        return _("file put away")
    return ngettext("%(num)d open need", "%(num)d open needs", one.open_needs) % {"num": one.open_needs}


def _back(count: int) -> str:
    if not count:
        return _("Nobody was standing in.")
    return ngettext(
        "The stand-in for %(num)d person has ended.", "The stand-in for %(num)d people has ended.", count
    ) % {"num": count}  # fmt: skip
