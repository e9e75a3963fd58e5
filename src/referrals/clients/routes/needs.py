"""Adding a need, and changing what was written about it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import actions, contradictions, identity, queries, terms
from referrals.clients.forms import NeedForm, filled_need
from referrals.clients.models import Client
from referrals.clients.sensitivity import added, options
from referrals.clients.steps.step import known
from referrals.kit import forms
from referrals.kit.errors import Refused
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary


@get("/people/{client_id:uuid}/needs/new", name="new-need", guards=[requires_case_manager])
async def new_need(request: Req, session: Db, actor: Who, client_id: FromPath[UUID]) -> Template:
    client = await queries.get_client(session, actor, client_id)
    return await _form_page(request, session, client, forms.blank(NeedForm, urgency="routine", remote="no"))


@post("/people/{client_id:uuid}/needs/new", name="add-need", guards=[requires_case_manager], status_code=200)
async def add_need(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template | Redirect:
    client = await queries.get_client(session, actor, client_id)
    form, meant = await _read(request, session, in_zone(now).date())
    if form.value is None:
        return await _form_page(request, session, client, form, meant=meant, status=422)
    asked = form.value
    try:
        need = await actions.add_need(
            session, client, term=asked.term, specialisms=asked.specialisms, urgency=asked.urgency,
            need_by=asked.need_by, remote_ok=asked.remote != "no", remote_only=asked.remote == "only",
            prescription_held=asked.prescription, min_intensity=asked.min_intensity, note=asked.note, now=now,
        )  # fmt: skip
        need.sensitivity = added(asked.term, asked.sensitivity)
    except Refused as refused:
        form.refuse("", _too_many(refused))
        return await _form_page(request, session, client, form, status=422)
    return redirect(request, "match", need_id=need.id)


@get("/needs/{need_id:uuid}/edit", name="edit-need", guards=[requires_case_manager])
async def edit_need(request: Req, session: Db, actor: Who, need_id: FromPath[UUID]) -> Template:
    need, client = await queries.get_need(session, actor, need_id)
    words, who = await vocabulary(session), await identity.read(session, client.id)
    label = words.label("need", need.term, current_language())
    form = filled_need(need, label, who.need_notes.get(str(need.id), ""))
    return await _form_page(request, session, client, form, need_id=need_id)


@post("/needs/{need_id:uuid}/edit", name="change-need", guards=[requires_case_manager], status_code=200)
async def change_need(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template | Redirect:
    need, client = await queries.get_need(session, actor, need_id)
    form, meant = await _read(request, session, in_zone(now).date(), stood=need.need_by)
    if form.value is None:
        return await _form_page(request, session, client, form, need_id=need_id, meant=meant, status=422)
    asked = form.value
    need.term, need.specialisms, need.urgency = asked.term, asked.specialisms, asked.urgency
    need.need_by, need.remote_ok, need.remote_only = asked.need_by, asked.remote != "no", asked.remote == "only"
    need.prescription_held, need.min_intensity = asked.prescription, asked.min_intensity
    need.sensitivity = added(asked.term, asked.sensitivity)
    await identity.write_need_note(session, client.id, need.id, asked.note)
    return redirect(request, "match", say=_("Saved."), need_id=need.id)


@get("/people/terms", name="suggest-term", guards=[requires_case_manager])
async def suggest_term(request: Req, session: Db) -> Template:
    """What may be meant, while somebody types."""
    likely = terms.likely(await vocabulary(session), request.query_params.get("term", "")[:80])
    return page(request, "clients/_terms.html", meant=_options(likely), form=None)


routes: list[HTTPRouteHandler] = [new_need, add_need, edit_need, change_need, suggest_term]


async def _read(
    request: Req, session: AsyncSession, today: date, stood: date | None = None
) -> tuple[forms.Filled[NeedForm], Sequence[TermInfo]]:
    """The form, and what may be meant where its need is not understood. A date that stood there already may have passed."""
    form = await forms.read(request, NeedForm)
    if form.value is None:
        return form, ()
    words = await vocabulary(session)
    form.value.specialisms = known(words, "specialism", form.value.specialisms)
    passed = contradictions.of_dates(form.value.need_by, today) if form.value.need_by != stood else ""
    found = _name_the_term(words, form)
    if passed:
        form.refuse("need_by", passed)
    return form, found


def _name_the_term(words: Vocabulary, form: forms.Filled[NeedForm]) -> Sequence[TermInfo]:
    """What was typed or chosen becomes a code. What is not understood stays as it was typed, beside what may be meant."""
    value = form.ok
    chosen = words.need(value.term_chosen)
    if chosen is not None and chosen.taggable:
        value.term = chosen.code
        return ()
    meant = terms.meant(words, value.term)
    if isinstance(meant, str):
        value.term = meant
        return ()
    form.refuse("term", _("Which of these do you mean?") if meant else terms.did_you_mean(meant))
    return meant


def _options(meant: Sequence[TermInfo]) -> list[tuple[str, str]]:
    return [(term.code, term.label(current_language())) for term in meant]


def _too_many(refused: Refused) -> str:
    return _("%(most)d needs are open already, and nobody can follow more at once. Close or withdraw some first.") % {
        "most": refused.facts["most"]
    }


async def _form_page(
    request: Req, session: AsyncSession, client: Client, form: forms.Filled[NeedForm], *,
    need_id: UUID | None = None, meant: Sequence[TermInfo] = (), status: int = 200,
) -> Template:  # fmt: skip
    words = await vocabulary(session)
    spoken = current_language()
    names = await identity.names(session, [client.id])
    levels = sorted(words.terms.get("care-intensity", {}).values(), key=lambda term: int(str(term.details["level"])))
    return page(
        request, "clients/need.html", form=form, client=client, name=names[client.id], need_id=need_id,
        terms=words.need_options(spoken), specialisms=words.options("specialism", spoken), meant=_options(meant),
        sensitivities=options(), levels=[(str(term.details["level"]), term.label(spoken)) for term in levels], status=status,
    )  # fmt: skip
