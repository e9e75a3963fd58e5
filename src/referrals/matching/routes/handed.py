"""A person's own list, told as a code: their case manager opens it and writes down the needs behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import actions as clients
from referrals.clients import identity, queries
from referrals.clients.models import Client, Need
from referrals.directory import handing
from referrals.directory.queries import Card, cards
from referrals.directory.queries.redirects import all_standing
from referrals.directory.routes.rows import Row, rows, spoken
from referrals.kit import forms
from referrals.kit.errors import LinkEnded
from referrals.kit.html import addresses, in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Wish:
    """One service of the list, and the needs that it may have been put there for."""

    id: UUID
    row: Row
    needs: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Option:
    """A service that the person chose themselves, beside the need that it is for."""

    need: Need
    need_label: str
    service_id: UUID
    name: str
    organization: str


class CodeForm(forms.Form):
    code: str


class TakeForm(forms.Form):
    client_id: UUID
    wishes: list[str] = []
    """`service:need`, one for each service that is taken."""


@get("/handed", name="handed", guards=[requires_case_manager])
async def code_page(request: Req) -> Template:
    return page(request, "matching/handed-code.html", form=forms.blank(CodeForm))


@post("/handed", name="open-handed", guards=[requires_case_manager], status_code=200)
async def open_code(request: Req, session: Db, now: Now) -> Template | Redirect:
    form = await forms.read(request, CodeForm)
    if form.value is not None:
        try:
            found = await handing.handed(session, form.value.code, now)
            return redirect(request, "handed-list", code=found.code)
        except LinkEnded:
            said = _(
                "No list has this code. Perhaps a letter is wrong, or it was taken already: a code works for a week."
            )
            form.refuse("code", said)
    return page(request, "matching/handed-code.html", form=form, status=422)


@get("/handed/{code:str}", name="handed-list", guards=[requires_case_manager])
async def list_page(request: Req, session: Db, actor: Who, now: Now, code: FromPath[str]) -> Template:
    return await _page(request, session, actor, now, code, forms.blank(TakeForm))


@post("/handed/{code:str}", name="take-handed", guards=[requires_case_manager], status_code=200)
async def take(request: Req, session: Db, actor: Who, now: Now, code: FromPath[str]) -> Template:
    """Write down each need once, with what the person chose for it; the code is used up with that."""
    found = await handing.handed(session, code, now)
    form = await forms.read(request, TakeForm)
    chosen = _chosen(form.value.wishes, found.service_ids) if form.value else []
    if form.value is not None and not chosen:
        form.refuse("wishes", _("Choose at least one service to go on with."))
    if form.value is None:
        return await _page(request, session, actor, now, code, form, status=422)
    client = await queries.get_client(session, actor, form.value.client_id)
    options = await _write_down(session, client, chosen, now)
    await handing.take_back(session, code)
    who = (await identity.names(session, [client.id]))[client.id]
    return page(request, "matching/handed-taken.html", client=client, name=who, options=options)


async def _page(
    request: Req, session: AsyncSession, actor: Actor, now: datetime, code: str, form: forms.Filled[TakeForm],
    status: int = 200,
) -> Template:  # fmt: skip
    found = await handing.handed(session, code, now)
    words = await vocabulary(session)
    filled = await _cards(session, found.service_ids, now)
    shown = rows(filled, words, addresses(jinja(request)), now)
    people = await queries.people(session, actor)
    return page(
        request, "matching/handed.html", form=form, code=found.code, spelled=handing.spelled(found.code), status=status,
        wishes=[Wish(card.id, row, _needs(card.needs, words)) for card, row in zip(filled, shown, strict=True)],
        people=[(str(row.client.id), row.identity.name or row.client.alias) for row in people], spoken=spoken,
    )  # fmt: skip


async def _cards(session: AsyncSession, ids: Iterable[UUID], now: datetime) -> list[Card]:
    stands = await all_standing(session, list(ids))
    return await cards(session, list(stands.values()), current_language(), None, in_zone(now).date())


def _needs(codes: Sequence[str], words: Vocabulary) -> list[tuple[str, str]]:
    return [(code, words.label("need", code, current_language())) for code in codes if words.need(code)]


def _chosen(wishes: Sequence[str], services: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """The service and the need of each; what was not on the list is passed over."""
    pairs = (wish.partition(":") for wish in wishes)
    known = {str(id): id for id in services}
    return [(known[service], need) for service, _colon, need in pairs if service in known and need]


async def _write_down(
    session: AsyncSession, client: Client, chosen: Sequence[tuple[UUID, str]], now: datetime
) -> list[Option]:
    """A need that is open already is not written twice. What they chose stands in the need's own note."""
    words = await vocabulary(session)
    open_now = {
        need.term: need
        for need in await queries.needs_of(session, [client.id])
        if need.status in ("open", "in_referral")
    }
    named = {card.id: card for card in await _cards(session, [id for id, _term in chosen], now)}
    notes = dict((await identity.read(session, client.id)).need_notes)
    options = []
    for service_id, term in chosen:
        card = named.get(service_id)
        if card is None or term not in card.needs or words.need(term) is None:
            continue
        need = open_now.get(term)
        if need is None:
            need = open_now[term] = await clients.add_need(
                session, client, term=term, specialisms=[], urgency="routine", need_by=None, remote_ok=False, note="",
                now=now,
            )  # fmt: skip
        said = _("Their own choice: %(service)s, %(organization)s.") % {
            "service": card.name.value, "organization": card.organization,
        }  # fmt: skip
        note = "\n".join(filter(None, [notes.get(str(need.id), ""), said]))
        notes[str(need.id)] = note
        await identity.write_need_note(session, client.id, need.id, note)
        label = words.label("need", term, current_language())
        options.append(Option(need, label, service_id, card.name.value, card.organization))
    return options
