"""What fits a need, in order, and what does not, with its reason."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.clients.models import Client, Need
from referrals.directory.queries.redirects import all_standing
from referrals.kit import html
from referrals.kit.html import addresses, in_zone
from referrals.kit.i18n import N_, current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page
from referrals.matching import cards, queries
from referrals.matching.facts import NeedAsked, Person
from referrals.matching.person_line import gaps, person_line
from referrals.matching.queries import Proposals
from referrals.matching.unlocking import Unlock
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.tracking.lifecycle import OPEN
from referrals.tracking.queries import attempts

SHOWN = 8
"""Proposals on the page; nobody reads out more."""
LISTED = 12
"""Services listed as left out."""
CLOSEST = 3
"""Closest misses shown where nothing fits."""


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    subtitle: str
    url: str
    current: bool


@get("/needs/{need_id:uuid}/match", name="match", guards=[requires_case_manager])
async def match(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template:
    need, client = await clients.get_need(session, actor, need_id)
    today, words = in_zone(now).date(), await vocabulary(session)
    asked = await queries.asked(session, client, need, today)
    made = [one.referral for one in await attempts(session, actor, need.id)]
    stands = await all_standing(session, {referral.service_id for referral in made})
    tried = {stands[referral.service_id]: referral for referral in made}
    found = await queries.propose(session, asked.person, asked.need, today)
    misses = found.left_out[:CLOSEST] if not found.ranked else ()
    rest = found.left_out[len(misses) :]
    shown = [*found.ranked[: _most(request)], *misses, *rest[:LISTED]]
    names = await queries.names(session, shown)
    return page(
        request, "matching/match.html", client=client, need=need, name=asked.cited, age=_age(asked.person),
        person_line=person_line(client, asked.person, words), gaps=list(gaps(asked.person)),
        tabs=await _tabs(request, session, actor, client, need, found, words), summary=_summary(found),
        cards=[
            cards.card(one, rank, names[one.offer.service_id], asked.person, words)
            for rank, one in enumerate(found.ranked[: _most(request)], start=1)
        ],
        misses=[
            cards.missed(one, rank, names[one.offer.service_id], asked.person, words)
            for rank, one in enumerate(misses, start=1)
        ],
        left_out=[cards.left_out(one, names[one.offer.service_id], words) for one in rest[:LISTED]],
        left_out_count=len(rest), more=len(found.ranked) - _most(request), unlocks=[_unlock(one) for one in found.unlocks],
        tried={id: referral for id, referral in tried.items() if referral.status in OPEN}, weights=_weights(found), need_line=_need_line(need, asked.need, words),
    )  # fmt: skip


def _age(person: Person) -> str:
    """In whole years; a year too many at most, where only the birth year is known."""
    if person.ages is None:
        return ""
    return ngettext("%(num)d year old", "%(num)d years old", person.ages[1]) % {"num": person.ages[1]}


def _need_line(need: Need, asked: NeedAsked, words: Vocabulary) -> str:
    """`Neuropsychology · traumatic brain injury · by 15 January · by phone or video too`."""
    spoken = current_language()
    parts = [
        words.label("need", need.term, spoken),
        *(words.label("specialism", code, spoken) for code in need.specialisms),
    ]
    parts += [_("urgent")] if asked.urgency == "urgent" else []
    parts += [_("by %(day)s") % {"day": html.day(need.need_by)}] if need.need_by else []
    parts += [_("by phone or video too")] if need.remote_ok else []
    return " · ".join(parts)


def _most(request: Req) -> int:
    return 50 if request.query_params.get("all") == "yes" else SHOWN


async def _tabs(
    request: Req, session: AsyncSession, actor: Actor, client: Client, shown: Need, found: Proposals, words: Vocabulary
) -> list[Tab]:
    """Every need that is still open, with how many services fit it."""
    tabs = []
    for need in await clients.needs_of(session, [client.id]):
        if need.id != shown.id and need.status not in ("open", "in_referral"):
            continue
        count = len(found.ranked)
        if need.id != shown.id:
            other = await queries.asked(session, client, need, found.today)
            count = await queries.how_many(session, other.person, other.need, found.today)
        address = addresses(jinja(request))("match", need_id=need.id)
        label = words.label("need", need.term, current_language())
        tabs.append(Tab(label, _tab_line(count, need.need_by), address, need.id == shown.id))
    return tabs


def _tab_line(count: int, by: date | None) -> str:
    said = ngettext("%(num)d proposal", "%(num)d proposals", count) % {"num": count} if count else _("nothing fits yet")
    return f"{said} · {_('before %(day)s') % {'day': html.short_day(by)}}" if by else said


def _summary(found: Proposals) -> str:
    """Where things stand, in a sentence."""
    count = len(found.ranked)
    if not count:
        return _("Nothing fits as things stand. Here is what comes closest, and what would have to change.")
    certain = sum(1 for one in found.ranked if not one.checks)
    said = ngettext("%(num)d service fits.", "%(num)d services fit.", count) % {"num": count}
    if certain == count:
        return said
    if not certain:
        return f"{said} {_('Each has something to ask first.')}"
    unsure = count - certain
    asks = ngettext("%(num)d has something to ask first.", "%(num)d have something to ask first.", unsure)
    return f"{said} {asks % {'num': unsure}}"


UNLOCKS = {
    "travel": N_("a way of %(value)s"),
    "remote": N_("help by phone or video"),
    "later": N_("a later beginning"),
    "interpreter": N_("an interpreter"),
    "ceiling": N_("%(value)s a session"),
}


def _unlock(one: Unlock) -> str:
    """`a way of 60 min: 2 more services`."""
    value = one.value or 0
    spoken = html.money(value, one.currency) if one.code == "ceiling" else html.minutes(value)
    eased = _(UNLOCKS[one.code]) % {"value": spoken}
    more = ngettext("%(num)d more service", "%(num)d more services", one.count) % {"num": one.count}
    return _("%(eased)s: %(more)s") % {"eased": eased, "more": more}


CRITERIA = {
    "fit": N_("It does what they need"),
    "timeliness": N_("It begins in time"),
    "travel": N_("It is within reach"),
    "preferences": N_("It suits who they are"),
    "cost": N_("It costs little"),
    "language": N_("It speaks their language"),
    "outcomes": N_("It has helped others"),
    "continuity": N_("It goes with where they are known or go already"),
}


def _weights(found: Proposals) -> list[tuple[str, str]]:
    """What the order was made of, and how much each counts."""
    parts = found.ranked[0].parts if found.ranked else ()
    return [(_(CRITERIA[part.criterion]), f"{round(part.weight)}") for part in parts]
