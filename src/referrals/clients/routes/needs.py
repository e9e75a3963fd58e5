"""Adding a need, and changing what was written about it."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import actions, identity, queries
from referrals.clients.forms import NeedForm
from referrals.clients.models import Client
from referrals.kit import forms
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import suggest, vocabulary


@get("/people/{client_id:uuid}/needs/new", name="new-need", guards=[requires_case_manager])
async def new_need(request: Req, session: Db, actor: Who, client_id: FromPath[UUID]) -> Template:
    client = await queries.get_client(session, actor, client_id)
    return await _form_page(request, session, client, forms.blank(NeedForm, urgency="routine"))


@post("/people/{client_id:uuid}/needs/new", name="add-need", guards=[requires_case_manager], status_code=200)
async def add_need(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template | Redirect:
    client = await queries.get_client(session, actor, client_id)
    form = await forms.read(request, NeedForm)
    if form.value is not None:
        await _name_the_term(session, form)
    if form.value is None:
        return await _form_page(request, session, client, form, status=422)
    asked = form.value
    need = await actions.add_need(
        session, client, term=asked.term, specialisms=asked.specialisms, urgency=asked.urgency,
        need_by=asked.need_by, remote_ok=asked.remote_ok, note=asked.note, now=now,
    )  # fmt: skip
    return redirect(request, "match", need_id=need.id)


@get("/needs/{need_id:uuid}/edit", name="edit-need", guards=[requires_case_manager])
async def edit_need(request: Req, session: Db, actor: Who, need_id: FromPath[UUID]) -> Template:
    need, client = await queries.get_need(session, actor, need_id)
    words = await vocabulary(session)
    who = await identity.read(session, client.id)
    form = forms.blank(
        NeedForm, term=words.label("need", need.term, current_language()), specialisms=need.specialisms,
        urgency=need.urgency, need_by=need.need_by, remote_ok=need.remote_ok,
        note=who.need_notes.get(str(need.id), ""),
    )  # fmt: skip
    return await _form_page(request, session, client, form, need_id=need_id)


@post("/needs/{need_id:uuid}/edit", name="change-need", guards=[requires_case_manager], status_code=200)
async def change_need(request: Req, session: Db, actor: Who, need_id: FromPath[UUID]) -> Template | Redirect:
    need, client = await queries.get_need(session, actor, need_id)
    form = await forms.read(request, NeedForm)
    if form.value is not None:
        await _name_the_term(session, form)
    if form.value is None:
        return await _form_page(request, session, client, form, need_id=need_id, status=422)
    asked = form.value
    need.term, need.specialisms, need.urgency = asked.term, asked.specialisms, asked.urgency
    need.need_by, need.remote_ok = asked.need_by, asked.remote_ok
    await identity.write_need_note(session, client.id, need.id, asked.note)
    return redirect(request, "match", say=_("Saved."), need_id=need.id)


routes: list[HTTPRouteHandler] = [new_need, add_need, edit_need, change_need]


async def _name_the_term(session: AsyncSession, form: forms.Filled[NeedForm]) -> None:
    """What was typed or chosen becomes a code: a code itself, a label, or words that mean exactly one need."""
    words = await vocabulary(session)
    value = form.ok
    known = words.need(value.term)
    if known is not None and known.taggable:
        return
    found = [hit for hit in suggest(words, value.term, current_language(), limit=4) if hit.term.taggable]
    if found and (found[0].score >= 99 or len(found) == 1):
        value.term = found[0].term.code
    elif found:
        names = ", ".join(hit.term.label(current_language()) for hit in found)
        form.refuse("term", _("Did you mean one of these: %(names)s?") % {"names": names})
    else:
        form.refuse("term", _("We do not know this word. Try another one, or choose from the list."))


async def _form_page(
    request: Req, session: AsyncSession, client: Client, form: forms.Filled[NeedForm], *,
    need_id: UUID | None = None, status: int = 200,
) -> Template:  # fmt: skip
    words = await vocabulary(session)
    spoken = current_language()
    names = await identity.names(session, [client.id])
    return page(
        request, "clients/need.html", form=form, client=client, name=names[client.id], need_id=need_id,
        terms=words.need_options(spoken), specialisms=words.options("specialism", spoken), status=status,
    )  # fmt: skip
