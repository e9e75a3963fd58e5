"""A person's own page, by signed link or with their account: where things stand, and whatever they may do about it.

Opening it changes nothing. A step that cannot be taken back is first shown with what it will do, and then done by a POST.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_client
from referrals.clients.models import Client
from referrals.clients.queries import caseload
from referrals.kit import forms
from referrals.kit.crypto import new_token
from referrals.kit.errors import Conflict, NotFound, Refused
from referrals.kit.html import addresses
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions, labels, messages, own_words
from referrals.tracking.actions import asking, client_links, links
from referrals.tracking.appointments import actions as appointments
from referrals.tracking.appointments import calendar_file
from referrals.tracking.appointments.entries import for_person
from referrals.tracking.appointments.keeping import set_one
from referrals.tracking.appointments.reminding import remind_on_day_too
from referrals.tracking.lifecycle import By
from referrals.tracking.models import Appointment
from referrals.tracking.own_words import Question
from referrals.tracking.queries.own_page import Asked, OwnPage, own_page
from referrals.tracking.routes.appointments import calendar_response
from referrals.tracking.routes.doors import OWN_PAGE, PRIVATE, Own
from referrals.tracking.said import Party


class Step(forms.Form):
    """One press. `do` names the step; the rest is what it is about."""

    do: str
    referral: UUID | None = None
    appointment: UUID | None = None
    proposal: UUID | None = None
    number: int = 0
    reason: str = ""
    barrier: str = ""
    which: str = ""
    words: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """By link or with an account: where the page lives, and as whom its reader acts."""

    clients: tuple[Client, ...]
    party: Party
    page: str
    act: str
    token: str = ""

    def calendar(self, request: Req, appointment_id: UUID) -> str:
        url = addresses(jinja(request))
        if self.token:
            return url("client-calendar", token=self.token, appointment_id=appointment_id)
        return url("my-calendar", appointment_id=appointment_id)


@get("/c/{token:str}", name="client-page", opt=PRIVATE, dependencies=OWN_PAGE)
async def client_page(request: Req, session: Db, now: Now, token: FromPath[str], found: Own) -> Template:
    return await _show(request, session, await _by_link(request, session, found, token), now)


@post("/c/{token:str}", name="client-page-do", opt=PRIVATE, dependencies=OWN_PAGE, status_code=200)
async def client_page_do(request: Req, session: Db, now: Now, token: FromPath[str], found: Own) -> Template | Redirect:
    door = await _by_link(request, session, found, token)
    return await _do(request, session, door, now)


@get("/c/{token:str}/{appointment_id:uuid}/appointment.ics", name="client-calendar", opt=PRIVATE, dependencies=OWN_PAGE)
async def client_calendar(
    request: Req, session: Db, now: Now, token: FromPath[str], appointment_id: FromPath[UUID], found: Own
) -> Response[bytes]:
    return await _calendar(request, session, await _by_link(request, session, found, token), appointment_id, now)


@post("/c/{token:str}/renew", name="renew-client-page", opt=PRIVATE, status_code=303)
async def renew(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Redirect:
    """By the safe channel, whoever presses the button; a link that somebody ended on purpose is not renewed."""
    found = await client_links.opened(session, settings.secret, token, now)
    if not found.alive and found.link.replaced_at is None:
        await client_links.renew(session, found.link, now)
    said = _("If we may write to you, a new link is on its way. If not, ask the person who helps you.")
    return redirect(request, "client-page", say=said, token=token)


@get("/my-requests", name="my-requests", guards=[requires_client])
async def my_requests(request: Req, session: Db, actor: Who, now: Now) -> Template:
    return await _show(request, session, await _by_account(request, session, actor), now)


@post("/my-requests", name="my-requests-do", guards=[requires_client], status_code=200)
async def my_requests_do(request: Req, session: Db, actor: Who, now: Now) -> Redirect | Template:
    door = await _by_account(request, session, actor)
    return await _do(request, session, door, now)


@get("/my-requests/{appointment_id:uuid}/appointment.ics", name="my-calendar", guards=[requires_client])
async def my_calendar(
    request: Req, session: Db, actor: Who, now: Now, appointment_id: FromPath[UUID]
) -> Response[bytes]:
    return await _calendar(request, session, await _by_account(request, session, actor), appointment_id, now)


routes: list[HTTPRouteHandler] = [
    client_page, client_page_do, client_calendar, renew, my_requests, my_requests_do, my_calendar,
]  # fmt: skip


async def _by_link(request: Req, session: AsyncSession, found: client_links.OpenedPage, token: str) -> Door:
    url = addresses(jinja(request))
    client = await session.get_one(Client, found.link.client_id)
    return Door(
        (client,), Party(By.CLIENT, client.user_id), url("client-page", token=token),
        url("client-page-do", token=token), token,
    )  # fmt: skip


async def _by_account(request: Req, session: AsyncSession, actor: Who) -> Door:
    url = addresses(jinja(request))
    mine = await session.scalars(caseload(actor).where(Client.user_id == actor.id).order_by(Client.created_at))
    return Door(tuple(mine), Party(By.CLIENT, actor.id), url("my-requests"), url("my-requests-do"))


async def _show(request: Req, session: AsyncSession, door: Door, now: datetime, *, status: int = 200) -> Template:
    shown = await own_page(session, door.clients, now)
    question = _question(request, shown)
    if question is not None:
        return page(request, "tracking/client-asks.html", door=door, question=question, typed="", status=status)
    words = await vocabulary(session)
    todo = [one for one in shown.asked if one.visits.missed or one.waits_for_answer or one.visits.offer]
    return page(
        request, "tracking/client-page.html", status=status, door=door, shown=shown, todo=todo,
        lead=own_words.lead(shown, len(todo)), says=own_words.says, fields=own_words.fields,
        next_step=lambda one: own_words.next_step(one, late=_late(one, now)),
        plain=lambda code: words.plain(code, current_language()),
        barriers=labels.options(own_words.BARRIER), received=labels.RECEIVED, resolved=labels.RESOLVED,
        visits=[one for one in shown.asked if one.visits.standing and not one.visits.standing.past],
        calendar=lambda id: door.calendar(request, id),
    )  # fmt: skip


def _late(one: Asked, now: datetime) -> bool:
    return one.referral.due_at is not None and one.referral.due_at <= now


def _question(request: Req, shown: OwnPage) -> Question | None:
    """The step that the address asks about, where it can still be done; else the page itself."""
    ask, id = request.query_params.get("ask", ""), request.query_params.get("id", "")
    asked = next((one for one in shown.asked if str(one.referral.id) == id), None)
    standing = asked.visits.standing if asked else None
    match ask:
        case "withdraw":
            chosen = [one for one in shown.active if not id or str(one.consent.id) == id]
            return own_words.about_withdrawing(shown, chosen) if chosen else None
        case "stop" if asked is not None and asked.stoppable:
            return own_words.about_stopping(asked)
        case "off" if asked is not None and standing is not None and not standing.past:
            return own_words.about_calling_off(asked)
        case "write" if asked is not None and asked.writable:
            return own_words.about_writing(shown, asked, new_token())
        case "move" if asked is not None and standing is not None and not standing.past and not standing.move_asked:
            return own_words.about_moving(asked)
    return None


async def _do(request: Req, session: AsyncSession, door: Door, now: datetime) -> Redirect | Template:
    """Do what was pressed and say so. What is not theirs is not there; what somebody did meanwhile is told."""
    form = await forms.read(request, Step)
    step = form.value
    if step is None or step.do not in STEPS:
        return _back(request, door, _("That did not work. Please try again."), "attention")
    shown = await own_page(session, door.clients, now)
    try:
        return await STEPS[step.do](request, session, door, shown, step, now)
    except (Conflict, Refused):
        return _back(
            request, door, _("Something has changed in the meantime. Here is how things stand now."), "attention"
        )


def _back(request: Req, door: Door, say: str, kind: str = "good") -> Redirect:
    if door.token:
        return redirect(request, "client-page", say=say, kind=kind, token=door.token)
    return redirect(request, "my-requests", say=say, kind=kind)


def _mine(shown: OwnPage, step: Step) -> Asked:
    found = next((one for one in shown.asked if one.referral.id == step.referral), None)
    if found is None:
        raise NotFound("referral")
    return found


async def _choose(
    request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime
) -> Redirect:
    asked = _mine(shown, step)
    if step.proposal is None:
        raise NotFound("proposal")
    await appointments.choose(session, asked.referral, step.proposal, step.number, door.party, now)
    return _back(request, door, _("Your appointment is set. They know that you are coming."))


async def _none_fits(
    request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime
) -> Redirect:
    asked = _mine(shown, step)
    if step.proposal is None:
        raise NotFound("proposal")
    await appointments.none_fits(session, asked.referral, step.proposal, now)
    return _back(request, door, _("We ask them for other times."))


async def _move(request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime) -> Redirect:
    await appointments.ask_to_move(session, _mine(shown, step).referral, now)
    return _back(request, door, _("We ask them for other times. Until you choose one, your appointment stands."))


async def _call_off(
    request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime
) -> Redirect:
    asked = _mine(shown, step)
    if step.appointment is None or step.reason not in own_words.ENDS:
        raise Refused("missing")
    await appointments.call_off(session, asked.referral, step.appointment, door.party, step.reason, now)
    return _back(request, door, _("It is called off. They are told, and a new one can be set."))


async def _remind(
    request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime
) -> Redirect:
    asked = _mine(shown, step)
    standing = await set_one(session, asked.referral)
    if standing is None:
        raise Conflict("not_possible")
    await remind_on_day_too(session, standing, now)
    return _back(request, door, _("You get a short message on the day too, where we may write to you."))


async def _barrier(
    request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime
) -> Redirect:
    asked = _mine(shown, step)
    if step.appointment is None:
        raise NotFound("appointment")
    await appointments.say_what_stood_in_the_way(session, asked.referral, step.appointment, step.barrier, door.party)
    return _back(request, door, _("Thank you. We look for a way with you."))


async def _answer(
    request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime
) -> Redirect:
    """To the questions on how it went; the link to them is made when somebody wants it."""
    asked = _mine(shown, step)
    if not asked.waits_for_answer:
        raise Conflict("not_possible")
    link = await asking.link_for(session, asked.referral, now)
    return redirect(request, "feedback", token=links.token(request.app.state.settings.secret, link))


async def _write(
    request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime
) -> Redirect | Template:
    """To whoever accompanies them, and to nobody else. What was typed stays when it cannot be sent."""
    asked = _mine(shown, step)
    if problem := _cannot_be_sent(step.words):
        question = own_words.about_writing(shown, asked, step.key)
        return page(
            request, "tracking/client-asks.html", door=door, question=question, typed=step.words,
            errors={"words": problem}, status=422,
        )  # fmt: skip
    await messages.write(session, asked.referral, door.party, step.words, ["sender"], step.key, now)
    return _back(request, door, _("It is on its way."))


def _cannot_be_sent(words: str) -> str:
    if not words:
        return _("Please write a few words.")
    return _("Please keep it under 2,000 characters.") if len(words) > messages.LONGEST else ""


async def _stop(request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime) -> Redirect:
    asked = _mine(shown, step)
    key = f"stop:{asked.referral.id}"
    await actions.withdraw(session, asked.referral, door.party, "client_withdrew", now, key=key)
    return _back(request, door, _("It is stopped. They are told."))


async def _withdraw(
    request: Req, session: AsyncSession, door: Door, shown: OwnPage, step: Step, now: datetime
) -> Redirect:
    """Pressed twice, the second finds nothing left to withdraw."""
    for one in shown.active:
        if step.which in ("all", str(one.consent.id)):
            await actions.revoke_consent(session, one.consent, door.party, now)
    return _back(request, door, _("It is withdrawn. From now on they are told nothing more."))


STEPS: Mapping[
    str, Callable[[Req, AsyncSession, Door, OwnPage, Step, datetime], Awaitable[Redirect | Template]]
] = {
    "choose": _choose, "none": _none_fits, "move": _move, "off": _call_off, "remind": _remind, "barrier": _barrier,
    "answer": _answer, "write": _write, "stop": _stop, "withdraw": _withdraw,
}  # fmt: skip


async def _calendar(
    request: Req, session: AsyncSession, door: Door, appointment_id: UUID, now: datetime
) -> Response[bytes]:
    """The bare word and the time; the place only where they asked for it there and then."""
    shown = await own_page(session, door.clients, now)
    appointment = await session.get(Appointment, appointment_id)
    if appointment is None or appointment.referral_id not in {one.referral.id for one in shown.asked}:
        raise NotFound("appointment")
    entry = for_person(appointment, place=request.query_params.get("place") == "yes")
    method: calendar_file.Method = "CANCEL" if entry.cancelled else "PUBLISH"
    return calendar_response(calendar_file.written([entry], method, remind=True))
