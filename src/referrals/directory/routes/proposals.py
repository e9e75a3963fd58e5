"""Changes that wait for a curator: the field-by-field difference, a yes or a no with its reason; an editor's own."""

from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_curator, requires_provider
from referrals.accounts.models import User
from referrals.directory import changes
from referrals.directory.changes import queries
from referrals.directory.changes.labels import field_label
from referrals.directory.changes.places import places_of
from referrals.directory.changes.queries import Proposed, Weighed
from referrals.directory.changes.show import Difference, difference, lines
from referrals.directory.hiding import hidden_places
from referrals.directory.masking import mask
from referrals.directory.models import Proposal
from referrals.directory.routes.rows import spoken
from referrals.kit import forms, mail
from referrals.kit.html import addresses
from referrals.kit.i18n import N_, current_language, speaking
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect
from referrals.kit.settings import Settings
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary

STATES: dict[str, tuple[str, str]] = {
    "waiting": (N_("Waits for a curator"), "attention"), "accepted": (N_("Live"), "good"),
    "refused": (N_("Not taken"), "stop"), "withdrawn": (N_("Taken back"), "plain"),
    "replaced": (N_("Replaced by a later one"), "plain"),
}  # fmt: skip


class DecisionForm(forms.Form):
    take: list[str] = []
    why: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a proposal as the page draws it."""

    name: str
    label: str
    difference: Difference
    meanwhile: bool
    taken: bool


@get("/changes", name="proposals", guards=[requires_curator])
async def proposals(request: Req, session: Db) -> Template:
    rows = await queries.waiting(session, current_language())
    return page(request, "directory/proposals.html", rows=rows, field_label=field_label, spoken=spoken)


@get("/changes/{proposal_id:uuid}", name="proposal", guards=[requires_curator])
async def proposal(request: Req, session: Db, proposal_id: FromPath[UUID]) -> Template:
    weighed = await queries.weigh(session, proposal_id, current_language())
    form = forms.blank(DecisionForm)
    form.raw["take"] = [name for name in weighed.wanted if name not in weighed.meanwhile]
    return await _page(request, session, weighed, form)


@post("/changes/{proposal_id:uuid}", name="decide-proposal", guards=[requires_curator], status_code=200)
async def decide(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, proposal_id: FromPath[UUID]
) -> Template | Redirect:
    weighed = await queries.weigh(session, proposal_id, current_language())
    form = await forms.read(request, DecisionForm)
    take = set(form.raw.get("take") or []) & weighed.wanted.keys()
    if take != weighed.wanted.keys() and not str(form.why).strip():
        form.refuse("why", _("Say in a word or two why, so that they can write it differently."))
    if form.value is None:
        return await _page(request, session, weighed, form, status=422)
    decided = await changes.decide(session, proposal_id, take, form.value.why, actor, now)
    await _tell(request, session, decided, weighed, settings)
    said = _("Not taken. %(who)s is told why.")
    if take:
        said = (
            _("Live now, and %(who)s is told.")
            if take == weighed.wanted.keys()
            else _("What you ticked is live. %(who)s is told, and why the rest is not.")
        )
    return redirect(request, "proposals", say=said % {"who": weighed.proposal.who or _("the editor")})


@get("/my-services/changes", name="my-changes", guards=[requires_provider])
async def mine(request: Req, session: Db, actor: Who) -> Template:
    rows = await queries.proposed_by(session, actor.id, current_language())
    return page(
        request, "directory/my-changes.html", rows=rows, wrote=await _wrote(session, rows), states={k: (_(v[0]), v[1]) for k, v in STATES.items()},
        field_label=field_label, spoken=spoken, waiting=sum(row.state == "waiting" for row in rows),
    )  # fmt: skip


@post(
    "/my-services/changes/{proposal_id:uuid}/withdraw",
    name="withdraw-change",
    guards=[requires_provider],
    status_code=303,
)
async def withdraw(request: Req, session: Db, actor: Who, now: Now, proposal_id: FromPath[UUID]) -> Redirect:
    await changes.withdraw(session, proposal_id, actor, now)
    return redirect(request, "my-changes", say=_("Taken back. The listing stays as it is."))


routes: list[HTTPRouteHandler] = [proposals, proposal, decide, mine, withdraw]


async def _page(
    request: Req, session: AsyncSession, weighed: Weighed, form: forms.Filled[DecisionForm], status: int = 200
) -> Template:
    words = await vocabulary(session)
    parts = [_part(weighed, name, words, form) for name in sorted(weighed.wanted)]
    return page(
        request, "directory/proposal.html", one=weighed.proposal, changed=parts, form=form, spoken=spoken,
        states={k: (_(v[0]), v[1]) for k, v in STATES.items()}, meanwhile=any(part.meanwhile for part in parts),
        status=status,
    )  # fmt: skip


def _part(weighed: Weighed, name: str, words: Vocabulary, form: forms.Filled[DecisionForm]) -> Part:
    shown = difference(name, weighed.before.get(name), weighed.wanted[name], words, weighed.places)
    taken = name in (form.raw.get("take") or [])
    return Part(name, field_label(name, weighed.own_language), shown, name in weighed.meanwhile, taken)


async def _wrote(session: AsyncSession, rows: list[Proposed]) -> dict[UUID, list[tuple[str, list[str]]]]:
    """What somebody proposed, field by field as it would read: a no asks them to write it differently."""
    words = await vocabulary(session)
    places = {
        house: {id: one.name for id, one in (await places_of(session, house, current_language())).items()}
        for house in {row.organization_id for row in rows}
    }
    return {
        row.id: [
            (field_label(name, row.own_language), lines(name, row.wanted[name], words, places[row.organization_id]))
            for name in row.fields
        ]
        for row in rows
    }


async def _tell(request: Req, session: AsyncSession, decided: Proposal, weighed: Weighed, settings: Settings) -> None:
    """Whoever proposed it hears what became of it, in their language."""
    user = await session.get(User, decided.by_id)
    if user is None or user.deactivated_at is not None:
        return
    with speaking(user.language):
        refused = [field_label(name, weighed.own_language) for name in decided.refused]
        listing = await _named(session, weighed.proposal)
    await mail.post(
        session, jinja(request), to=user.email, language=user.language, template="proposal_decided", name=user.name,
        listing=listing, live=decided.state == "accepted", refused=refused, why=decided.why,
        address=settings.base_url + addresses(jinja(request))("my-changes", lang=user.language), product=settings.product,
    )  # fmt: skip


async def _named(session: AsyncSession, about: Proposed) -> str:
    """As a letter may call it: letters lie about."""
    if about.resource_type == "location" and await hidden_places(session, [about.resource_id]):
        return _("A place with a confidential address")
    return (await mask(session)).over(about.organization_id, about.name.value)
