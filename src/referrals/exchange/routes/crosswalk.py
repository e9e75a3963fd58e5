"""The crosswalk: a curator says what other people's terms mean in ours."""

from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_curator
from referrals.exchange import terms
from referrals.exchange.jobs import ask_for_relisting
from referrals.exchange.terms import PER_PAGE, STATES, ForeignTerm
from referrals.kit import forms
from referrals.kit.html import number
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.kit.text import fold
from referrals.taxonomy import crosswalk
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import AUDIENCE, Vocabulary

TABS = {"proposed": N_("Proposed"), "open": N_("Still open"), "linked": N_("Linked"), "nothing": N_("Nothing fits")}
SLOTS = 3
"""Terms of ours that one foreign term may be given in the form."""


class ChoiceForm(forms.Form, kw_only=True):
    """Terms of ours, as `food` or `audience:veteran`."""

    means: list[str]


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    subtitle: str
    url: str
    current: bool


@get("/terms", name="crosswalk", guards=[requires_curator])
async def crosswalk_page(
    request: Req, session: Db, stand: FromQuery[str] = "", at: FromQuery[int] = 1, q: FromQuery[str] = ""
) -> Template:
    counts = await terms.counts(session)
    shown = stand if stand in STATES else next((s for s in STATES if counts[s]), STATES[0])
    turned = max(1, min(at, 10_000))
    found = await terms.listed(session, shown, turned, fold(q))
    return page(
        request, "exchange/terms.html", fragment="exchange/_terms.html", counts=counts, stand=shown, q=q, at=turned,
        tabs=_tabs(request, counts, shown, q), found=found[:PER_PAGE], more=len(found) > PER_PAGE,
    )  # fmt: skip


@get("/terms/{term_id:uuid}", name="crosswalk-term", guards=[requires_curator])
async def term_page(request: Req, session: Db, term_id: FromPath[UUID]) -> Template:
    return await _term_page(request, session, term_id)


@post("/terms/{term_id:uuid}/confirm", name="crosswalk-confirm", guards=[requires_curator], status_code=200)
async def confirm(request: Req, session: Db, actor: Who, now: Now, term_id: FromPath[UUID]) -> Template | Redirect:
    """What the term means in ours: one code from a button, or several from the form."""
    form = await forms.read(request, ChoiceForm)
    words = await vocabulary(session)
    chosen = [found for code in dict.fromkeys(form.value.means) if (found := _term(words, code))] if form.value else []
    if not chosen:
        form.refuse("means", _("Please choose one of our terms, or say that nothing fits."))
        return await _term_page(request, session, term_id, form, status=422)
    await crosswalk.confirm(session, term_id, chosen, actor.id, now)
    return await _decided(request, session, term_id)


@post("/terms/{term_id:uuid}/nothing", name="crosswalk-nothing", guards=[requires_curator], status_code=200)
async def nothing_fits(request: Req, session: Db, actor: Who, now: Now, term_id: FromPath[UUID]) -> Template | Redirect:
    await crosswalk.confirm(session, term_id, [], actor.id, now)
    return await _decided(request, session, term_id)


@post("/terms/{term_id:uuid}/reopen", name="crosswalk-reopen", guards=[requires_curator], status_code=200)
async def reopen(request: Req, session: Db, actor: Who, now: Now, term_id: FromPath[UUID]) -> Template | Redirect:
    await terms.one(session, term_id)
    await crosswalk.reopen(session, term_id, actor.id, now)
    return await _decided(request, session, term_id)


routes: list[HTTPRouteHandler] = [crosswalk_page, term_page, confirm, nothing_fits, reopen]


async def _decided(request: Req, session: AsyncSession, term_id: UUID) -> Template | Redirect:
    """htmx receives the term's line as it stands now; a form without script, the list with a sentence."""
    await ask_for_relisting(session, term_id)
    term = await terms.one(session, term_id)
    if request.headers.get("HX-Request") == "true":
        return page(request, "exchange/_term.html", fragment="exchange/_term.html", term=term)
    return redirect(request, "crosswalk", say=_said(term))


def _said(term: ForeignTerm) -> str:
    if term.state == "linked":
        ours = ", ".join(own.label(current_language()) for own in term.ours)
        return _("%(term)s now means %(ours)s.") % {"term": term.name, "ours": ours}
    if term.state == "nothing":
        return _("%(term)s stays searchable by its words.") % {"term": term.name}
    return _("%(term)s is open again.") % {"term": term.name}


async def _term_page(
    request: Req, session: AsyncSession, term_id: UUID, form: forms.Filled[ChoiceForm] | None = None, status: int = 200
) -> Template:
    language = current_language()
    term = await terms.one(session, term_id)
    words = await vocabulary(session)
    chosen = [_code(own.taxonomy, own.code) for own in term.ours]
    return page(
        request, "exchange/term.html", term=term, samples=await terms.samples(session, term_id),
        form=form or forms.blank(ChoiceForm), chosen=[*chosen, *[""] * SLOTS][: max(SLOTS, len(chosen))],
        needs=_options(words, language), status=status,
    )  # fmt: skip


def _options(words: Vocabulary, language: str) -> list[tuple[str, str]]:
    """Needs below their headings, then who is welcome."""
    welcomes = _("Welcomes")
    who = [(_code(AUDIENCE, code), f"{welcomes} · {label}") for code, label in words.options(AUDIENCE, language)]
    return [*words.need_options(language), *who]


def _term(words: Vocabulary, code: str) -> UUID | None:
    try:
        term = crosswalk.term_of(words, code)
    except KeyError:
        return None
    return term.id if term.taggable else None


def _code(taxonomy: str, code: str) -> str:
    return code if taxonomy == "need" else f"{taxonomy}:{code}"


def _tabs(request: Req, counts: dict[str, int], shown: str, q: str) -> list[Tab]:
    url = request.app.state.jinja.globals["url"]
    return [
        Tab(
            _(TABS[state]), number(counts[state]), url("crosswalk", query={"stand": state} | ({"q": q} if q else {})),
            state == shown,
        )
        for state in STATES
    ]  # fmt: skip
