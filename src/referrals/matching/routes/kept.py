"""A list as it was shown, explained from what was kept of it, however much later; and what was missing for whole areas."""

from dataclasses import dataclass
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from referrals.accounts import queries as accounts
from referrals.accounts.guards import Who, requires_case_manager, requires_role
from referrals.accounts.models import Role
from referrals.clients import identity
from referrals.clients import queries as clients
from referrals.kit.html import day, in_zone
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page
from referrals.matching import cards, choices, kept, unmet
from referrals.matching.cards import Card
from referrals.matching.kept import Kept, KeptMatch
from referrals.matching.looked_at import CRITERIA, RULES
from referrals.matching.queries import Name
from referrals.matching.scoring import RULES_VERSION, Match
from referrals.matching.why_here import neighbours, what_counts
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary


@get("/kept/{list_id:uuid}", name="kept-list", guards=[requires_case_manager])
async def kept_list(request: Req, session: Db, actor: Who, list_id: FromPath[UUID]) -> Template:
    found = await kept.kept_list(session, actor, list_id)
    need, client = await clients.get_need(session, actor, found.need_id)
    words, choice = await vocabulary(session), await choices.latest(session, actor, found.need_id)
    looked = await accounts.names(session, [found.by_id])
    who = await identity.names(session, [client.id])
    return page(
        request, "matching/kept.html", kept=found, need=need, client=client, name=who[client.id],
        need_label=words.label("need", found.asked.need.term, current_language()), cards=_cards(found, words),
        chosen=choice.service_id if choice and choice.list_id == found.id else None, reader=looked.get(found.by_id, ""),
        counts=_counts(found), again=_again(found), weights=_weights(found),
    )  # fmt: skip


@get("/team/unmet", name="unmet-needs", guards=[requires_role(Role.SUPERVISOR, Role.CURATOR)])
async def unmet_needs(request: Req, session: Db, actor: Who, now: Now) -> Template:
    today, words = in_zone(now).date(), await vocabulary(session)
    gaps = await unmet.gaps(session, today)
    return page(
        request,
        "matching/unmet.html",
        lines=[_gap(one, words) for one in gaps],
        days=90,
        team=actor.may(Role.SUPERVISOR),
    )


@dataclass(frozen=True, slots=True)
class GapLine:
    title: str
    text: str
    badge: str


def _gap(one: unmet.Gap, words: Vocabulary) -> GapLine:
    need = words.label("need", one.need, current_language())
    area = one.area.partition(" ")[2] or one.area or _("place not known")
    why = _("Nobody offers it") if one.binding == unmet.NOTHING else _(RULES[one.binding])
    few = ngettext("fewer than %(num)d time", "fewer than %(num)d times", unmet.FEW) % {"num": unmet.FEW}
    often = few if one.times < unmet.FEW else ngettext("%(num)d time", "%(num)d times", one.times) % {"num": one.times}
    text = _("What stands in the way: %(why)s. %(looked)s Last on %(day)s.") % {
        "why": why, "day": day(one.last),
        "looked": ngettext("%(num)d service was looked at.", "%(num)d services were looked at.", one.considered) % {"num": one.considered},
    }  # fmt: skip
    return GapLine(f"{need} · {area}", text, often)


def _cards(found: Kept, words: Vocabulary) -> list[Card]:
    matches = [kept.as_match(one, found.asked.person) for one in found.shown]
    return [
        cards.opened(_card(one, match, found, words), match, then, found.by.loads, {}, words)
        for one, (match, then) in zip(found.shown, neighbours(matches), strict=True)
    ]


def _card(one: KeptMatch, match: Match, found: Kept, words: Vocabulary) -> Card:
    name = Name(one.name, one.organization, one.offer.organization_id)
    shown = cards.missed if one.state == "missed" else cards.card
    return shown(match, one.position, name, found.asked.person, words)


def _counts(found: Kept) -> str:
    shares = {part.criterion: part.weight for part in found.shown[0].parts} if found.shown else {}
    labels = {criterion: _(label) for criterion, label in CRITERIA.items()}
    return what_counts(shares, labels, found.by.weights) if shares and found.fits else ""


def _weights(found: Kept) -> list[tuple[str, str]]:
    parts = found.shown[0].parts if found.shown else ()
    return [(_(CRITERIA[part.criterion]), f"{round(part.weight)}") for part in sorted(parts, key=lambda p: -p.weight)]


def _again(found: Kept) -> str:
    """What the present rules make of what was kept."""
    if found.rules != RULES_VERSION:
        return _("The rules have changed since (%(then)s, now %(now)s). What stands here is what was found then.") % {
            "then": found.rules, "now": RULES_VERSION,
        }  # fmt: skip
    then = [one.service_id for one in found.shown if one.state == "ranked"]
    now = [match.offer.service_id for match in kept.replay(found)]
    if then == now:
        return _("Asked again today with the same facts, the same rules give the same order.")
    return _("Asked again today with the same facts, the rules give another order: please tell whoever runs this.")
