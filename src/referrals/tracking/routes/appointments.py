"""Proposing times: by the receiver's link, by its account, by the case manager. Choosing for somebody; the calendar's file."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager, requires_provider
from referrals.accounts.models import Role
from referrals.kit import forms
from referrals.kit.errors import Conflict, NotFound, Refused
from referrals.kit.html import addresses, in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import labels, queries, unrecorded
from referrals.tracking.appointments import actions, calendar_file
from referrals.tracking.appointments import form as times_form
from referrals.tracking.appointments.clocks import city
from referrals.tracking.appointments.details import LENGTHS, MODE, Details, usual
from referrals.tracking.appointments.entries import for_staff
from referrals.tracking.appointments.form import PLACES, TimesForm
from referrals.tracking.appointments.keeping import CHOOSABLE, set_one
from referrals.tracking.appointments.told_back import place_for_sender
from referrals.tracking.calendars import calendar
from referrals.tracking.lifecycle import By
from referrals.tracking.models import Appointment, Referral
from referrals.tracking.routes.doors import PRIVATE, RECEIVERS, Behind
from referrals.tracking.routes.referral import CallOffForm, show
from referrals.tracking.said import RECEIVER, Party, case_manager

CALENDAR = "text/calendar"


@dataclass(frozen=True, slots=True)
class Door:
    """By which door somebody came to a referral, and where it leads back to."""

    party: Party
    page: str
    times: str
    bare: bool


class ChoiceForm(forms.Form):
    proposal: UUID
    number: int


class BarrierForm(forms.Form):
    appointment: UUID
    barrier: str


@get("/r/{token:str}/times", name="receiver-times", opt=PRIVATE, dependencies=RECEIVERS)
async def receiver_times(request: Req, session: Db, now: Now, token: FromPath[str], held: Behind) -> Template:
    return await _ask(request, session, held.referral, _by_link(request, token), now)


@post("/r/{token:str}/times", name="receiver-propose", opt=PRIVATE, dependencies=RECEIVERS, status_code=200)
async def receiver_propose(
    request: Req, session: Db, now: Now, token: FromPath[str], held: Behind
) -> Template | Redirect:
    refused = await _propose(request, session, held.referral, _by_link(request, token), now)
    return refused or redirect(request, "receiver", say=await _said(session, held.referral), token=token)


@get("/r/{token:str}/appointment.ics", name="receiver-calendar", opt=PRIVATE, dependencies=RECEIVERS)
async def receiver_calendar(
    request: Req, session: Db, settings: Deployment, token: FromPath[str], held: Behind
) -> Response[bytes]:
    appointment = await _standing(session, held.referral)
    return _file(appointment, settings.base_url + _by_link(request, token).page, appointment.place)


@get("/my-services/referrals/{referral_id:uuid}/times", name="received-times", guards=[requires_provider])
async def received_times(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    return await _ask(request, session, referral, _by_account(request, actor.id, referral_id), now)


@post(
    "/my-services/referrals/{referral_id:uuid}/times", name="received-propose", guards=[requires_provider],
    status_code=200,
)  # fmt: skip
async def received_propose(
    request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template | Redirect:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    refused = await _propose(request, session, referral, _by_account(request, actor.id, referral_id), now)
    return refused or redirect(request, "received-one", say=await _said(session, referral), referral_id=referral_id)


@get("/my-services/referrals/{referral_id:uuid}/appointment.ics", name="received-calendar", guards=[requires_provider])
async def received_calendar(
    request: Req, session: Db, actor: Who, settings: Deployment, referral_id: FromPath[UUID]
) -> Response[bytes]:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    appointment = await _standing(session, referral)
    return _file(appointment, settings.base_url + _by_account(request, actor.id, referral_id).page, appointment.place)


@get("/referrals/{referral_id:uuid}/times", name="referral-times", guards=[requires_case_manager])
async def referral_times(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template:
    referral = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    return await _ask(request, session, referral, _own(request, case_manager(actor), referral_id), now)


@post("/referrals/{referral_id:uuid}/times", name="referral-propose", guards=[requires_case_manager], status_code=200)
async def referral_propose(
    request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template | Redirect:
    referral = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    refused = await _propose(request, session, referral, _own(request, case_manager(actor), referral_id), now)
    return refused or redirect(request, "referral", say=await _said(session, referral), referral_id=referral_id)


@get("/referrals/{referral_id:uuid}/appointment.ics", name="referral-calendar", guards=[requires_case_manager])
async def referral_calendar(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, referral_id: FromPath[UUID]
) -> Response[bytes]:
    referral = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    there = settings.base_url + _own(request, case_manager(actor), referral_id).page
    appointment = await _standing(session, referral)
    return _file(appointment, there, await place_for_sender(session, referral, appointment.place, now))


@post("/referrals/{referral_id:uuid}/choose", name="referral-choose", guards=[requires_case_manager], status_code=303)
async def choose(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    """What the person said on the telephone: this time, please."""
    referral = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    form = await forms.read(request, ChoiceForm)
    if form.value is None:
        raise Refused("missing")

    async def step() -> None:
        await actions.choose(session, referral, form.ok.proposal, form.ok.number, case_manager(actor), now)

    return await _tried(request, referral_id, step, _("The appointment is set."))


@post("/referrals/{referral_id:uuid}/barrier", name="referral-barrier", guards=[requires_case_manager], status_code=303)
async def barrier(request: Req, session: Db, actor: Who, referral_id: FromPath[UUID]) -> Redirect:
    referral = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    form = await forms.read(request, BarrierForm)
    if form.value is None:
        return redirect(
            request, "referral", say=_("Please choose one."), kind="attention", referral_id=referral_id, anchor="visit"
        )
    await actions.say_what_stood_in_the_way(
        session, referral, form.value.appointment, form.value.barrier, case_manager(actor)
    )
    return redirect(request, "referral", say=_("Written down."), referral_id=referral_id)


@post(
    "/referrals/{referral_id:uuid}/call-off", name="referral-call-off", guards=[requires_case_manager], status_code=200
)
async def call_off(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template | Redirect:
    referral = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    form = await forms.read(request, CallOffForm)
    if form.value is not None and form.value.off_reason not in labels.APPOINTMENT:
        form.refuse("off_reason", _("Please choose a reason."))
    if form.value is None:
        return await show(request, session, referral, now, calling_off=form, status=422)
    said = form.value
    try:
        await actions.call_off(
            session, referral, said.appointment, case_manager(actor), said.off_reason, now, words=said.off_words
        )
    except Conflict:
        reasons = {"off_reason": labels.options(labels.APPOINTMENT)}
        typed = unrecorded.fields(form, ["off_reason", "off_words"], reasons)
        return await show(request, session, referral, now, quicker=True, typed=typed, status=409)
    called_off = _("The appointment is called off. Everybody is told.")
    return redirect(request, "referral", say=called_off, referral_id=referral_id)


routes: list[HTTPRouteHandler] = [
    receiver_times, receiver_propose, receiver_calendar, received_times, received_propose, received_calendar,
    referral_times, referral_propose, referral_calendar, choose, barrier, call_off,
]  # fmt: skip


async def _tried(request: Req, referral_id: UUID, step: Callable[[], Awaitable[None]], say: str) -> Redirect:
    try:
        await step()
    except Conflict:
        late = _("Something was recorded a moment before. Yours was not; below is how things stand now.")
        return redirect(request, "referral", say=late, kind="attention", referral_id=referral_id)
    except Refused:
        past = _("This time is past. Please choose another one.")
        return redirect(request, "referral", say=past, kind="attention", referral_id=referral_id)
    return redirect(request, "referral", say=say, referral_id=referral_id)


def _by_link(request: Req, token: str) -> Door:
    url = addresses(jinja(request))
    return Door(RECEIVER, url("receiver", token=token), url("receiver-propose", token=token), bare=True)


def _by_account(request: Req, user_id: UUID, referral_id: UUID) -> Door:
    url = addresses(jinja(request))
    there = url("received-one", referral_id=referral_id)
    return Door(Party(By.PROVIDER, user_id), there, url("received-propose", referral_id=referral_id), bare=False)


def _own(request: Req, party: Party, referral_id: UUID) -> Door:
    url = addresses(jinja(request))
    there = url("referral", referral_id=referral_id)
    return Door(party, there, url("referral-propose", referral_id=referral_id), bare=False)


async def _propose(
    request: Req, session: AsyncSession, referral: Referral, door: Door, now: datetime
) -> Template | None:
    """None where it stands; else the page again, with what was typed."""
    form = await forms.read(request, TimesForm)
    where = await usual(session, referral.service_id)
    if form.value is None:
        return await _ask(request, session, referral, door, now, form=form, where=where, status=422)
    times, how = times_form.read(form, where, now)
    if form.errors:
        return await _ask(request, session, referral, door, now, form=form, where=where, status=422)
    try:
        if form.ok.agreed:
            await actions.set_at_once(session, referral, door.party, times[0], how, now)
        else:
            await actions.propose(session, referral, door.party, times, how, now)
    except Conflict:
        return await _ask(request, session, referral, door, now, form=form, where=where, status=409)
    return None


async def _said(session: AsyncSession, referral: Referral) -> str:
    if await actions.open_proposal(session, referral):
        return _("The times are proposed. As soon as one is chosen, you are told.")
    return _("The appointment is set. Everybody is told.")


async def _ask(
    request: Req, session: AsyncSession, referral: Referral, door: Door, now: datetime,
    *, form: forms.Filled[TimesForm] | None = None, where: Details | None = None, status: int = 200,
) -> Template:  # fmt: skip
    how = where or await usual(session, referral.service_id)
    words = await vocabulary(session)
    about = await queries.shown(session, referral, now)
    need = about.need if door.party.part == By.PROVIDER else None
    return page(
        request, "tracking/times.html", status=status, door=door, form=form or times_form.blank(how), numbers=PLACES,
        first=in_zone(now).date(), modes=labels.options(MODE), lengths=[(one, _length(one)) for one in LENGTHS],
        service=about.service, need_label=words.label("need", need, current_language()) if need else "",
        clock_of="" if door.party.part == By.PROVIDER else _clock_of(how.zone, calendar(referral.sender_calendar).zone, now), possible=referral.status in CHOOSABLE,
        moves=await set_one(session, referral) is not None,
        alone=door.party.part == By.PROVIDER and not about.back,
    )  # fmt: skip


def _length(minutes: int) -> str:
    return _("%(num)d minutes") % {"num": minutes}


def _clock_of(zone: ZoneInfo, reader: ZoneInfo, now: datetime) -> str:
    """Whose clock is meant, where it could be doubted."""
    same = now.astimezone(zone).utcoffset() == now.astimezone(reader).utcoffset()
    return "" if same else _("The times are those of the place itself: local time in %(city)s.") % {"city": city(zone)}


async def _standing(session: AsyncSession, referral: Referral) -> Appointment:
    """Raises NotFound."""
    appointment = await set_one(session, referral)
    if appointment is None:
        raise NotFound("appointment")
    return appointment


def _file(appointment: Appointment, address: str, place: str) -> Response[bytes]:
    return calendar_response(calendar_file.written([for_staff(appointment, address, place)], "PUBLISH"))


def calendar_response(body: bytes) -> Response[bytes]:
    name = _("appointment") + ".ics"
    return Response(
        body, media_type=CALENDAR,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )  # fmt: skip
