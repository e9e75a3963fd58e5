"""The caseload, and a person's file."""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.accounts.models import Role
from referrals.clients import actions, contradictions, identity, labels, queries, town
from referrals.clients.forms import LANGUAGES, PersonForm
from referrals.clients.handing.people import own_absences
from referrals.clients.handing.showing import whose
from referrals.clients.steps.fit import FROM_AGE_AND_GENDER
from referrals.kit import forms
from referrals.kit.errors import Refused
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.places.entry import Entry
from referrals.places.queries import index
from referrals.places.words import display
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary


@get("/people", name="people", guards=[requires_case_manager])
async def people(request: Req, session: Db, actor: Who, now: Now) -> Template:
    words = request.query_params.get("q", "")
    archived = "yes" if request.query_params.get("archived") == "yes" else "no"
    rows = await queries.people(session, actor, words=words, archived=archived)
    return page(
        request, "clients/people.html", fragment="clients/_people.html", rows=rows, words=words, archived=archived,
        summary=partial(_summary, await vocabulary(session)), today=in_zone(now).date(),
        whose=await whose(session, actor), away=await own_absences(session, actor, now),
    )  # fmt: skip


@get("/people/new", name="new-person", guards=[requires_case_manager])
async def new_person(request: Req, session: Db) -> Template:
    return await _form_page(request, session, forms.blank(PersonForm, language=current_language()))


@post("/people/new", name="open-file", guards=[requires_case_manager], status_code=200)
async def open_file(request: Req, session: Db, actor: Who, now: Now) -> Template | Redirect:
    form = await forms.read(request, PersonForm)
    if form.value and (wrong := contradictions.of_ages(form.value.birth_date, form.value.age, in_zone(now).date())):
        form.refuse("age" if form.value.age is not None else "birth_date", wrong)
    place = await _place(session, form)
    if form.value is None:
        return await _form_page(request, session, form, status=422)
    organization = actor.organization(Role.CASE_MANAGER)
    if organization is not None and not form.value.anyway:
        doubles = await identity.likely_doubles(
            session, organization, form.value.given_name, form.value.family_name, form.value.birth_date
        )
        if doubles:
            return await _form_page(
                request, session, form, doubles=await _readable(session, actor, doubles), status=422
            )
    person = form.value.person(place, in_zone(now).date())
    client = await actions.open_file(session, actor, person, form.value.contacts(), now)
    said = _("The file of %(name)s is open. What do they need?") % {"name": form.value.given_name}
    return redirect(request, "new-need", say=said, client_id=client.id)


@post("/people/{client_id:uuid}/archive", name="archive-person", guards=[requires_case_manager], status_code=303)
async def archive(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Redirect:
    client = await queries.get_client(session, actor, client_id)
    try:
        await actions.archive(session, client, now)
    except Refused:
        said = _("Something is still open. Close or withdraw each need first, so that nothing is forgotten.")
        return redirect(request, "person", say=said, kind="attention", client_id=client_id)
    return redirect(request, "people", say=_("The file is put away. You find it again under archived files."))


@post("/people/{client_id:uuid}/take-out", name="take-out-person", guards=[requires_case_manager], status_code=303)
async def take_out(request: Req, session: Db, actor: Who, client_id: FromPath[UUID]) -> Redirect:
    await actions.take_out(await queries.get_client(session, actor, client_id))
    return redirect(request, "person", say=_("The file is back in your caseload."), client_id=client_id)


@get("/people/places", name="suggest-place", guards=[requires_case_manager])
async def suggest_place(request: Req, session: Db) -> Template:
    """Options for the field in which somebody types a town."""
    typed = request.query_params.get("place", "")
    places = await index(session)
    towns = (places.suggest(typed, limit=8) or places.alike(typed, 4)) if len(typed) > 1 else []
    names = [display(town, current_language()) for town in towns]
    return page(request, "clients/_places.html", names=names)


_FIRST = frozenset({"given_name", "family_name", "alias", "birth_date", "age", "place", "language"})
"""What is asked of everybody; the rest is folded, unless something in it is wrong."""

routes: list[HTTPRouteHandler] = [
    people, new_person, open_file, archive, take_out, suggest_place,
]  # fmt: skip


def _summary(words: Vocabulary, row: queries.Row, today: date) -> str:
    """`34 years old, Truro · Neuropsychology · Physiotherapy`."""
    age = queries.age_on(row.client, row.identity, today)
    who = [ngettext("%(num)d year old", "%(num)d years old", age) % {"num": age}] if age is not None else []
    who += [row.client.place_name] if row.client.place_name else []
    needs = [words.label("need", need.term, current_language()) for need in row.open_needs]
    return " · ".join([*([", ".join(who)] if who else []), *(needs or [_("no open need")])])


async def _place(session: AsyncSession, form: forms.Filled[PersonForm]) -> Entry | None:
    """The town that was typed. Several, or none: asked at the field, and the rest of the form is kept."""
    if form.value is None or not form.value.place:
        return None
    said = form.value
    found = await town.find(session, said.place, said.place_code, said.postcode, said.place_chosen)
    if isinstance(found, town.Unsure):
        form.raw["places"] = found.options
        form.refuse("place", found.sentence)
        return None
    return found


async def _readable(
    session: AsyncSession, actor: Any, doubles: list[tuple[UUID, str]]
) -> list[tuple[UUID | None, str]]:
    """Doubles with the id only where this reader may open the file."""
    mine = {row.client.id for row in await queries.people(session, actor)}
    return [(id if id in mine else None, alias) for id, alias in doubles]


async def _form_page(
    request: Req, session: AsyncSession, form: forms.Filled[PersonForm], *,
    doubles: list[tuple[UUID | None, str]] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    words = await vocabulary(session)
    spoken = current_language()
    return page(
        request, "clients/new.html", form=form, doubles=doubles or [], status=status, more_wrong=bool(set(form.errors) - _FIRST),
        languages=labels.language_options(LANGUAGES), mobilities=labels.mobility_options(),
        fundings=[pair for pair in words.options("funding", spoken) if pair[0] != "free"],
        audiences=[pair for pair in words.options("audience", spoken) if pair[0] not in FROM_AGE_AND_GENDER],
    )  # fmt: skip
