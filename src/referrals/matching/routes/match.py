"""What fits a need, in order, and what does not, with its reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.clients.models import Client, Need
from referrals.directory.models import ListingQuestion
from referrals.directory.queries.redirects import all_standing
from referrals.directory.questions.queries import Key, asked_of
from referrals.kit import html
from referrals.kit.errors import NotFound
from referrals.kit.html import Addresses, addresses, in_zone
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page
from referrals.matching import cards, choices, kept, queries, unmet
from referrals.matching.cards import Card
from referrals.matching.facts import NeedAsked, Person
from referrals.matching.following.attempts import attempts_for
from referrals.matching.following.room import MOST as ASKED_AT_ONCE
from referrals.matching.following.room import said_of_room
from referrals.matching.following.rule import tried as asked_in_vain
from referrals.matching.looked_at import CRITERIA
from referrals.matching.person_line import gaps, person_line
from referrals.matching.queries import Asked, Name, Proposals
from referrals.matching.scoring import Match
from referrals.matching.told import unlock_line
from referrals.matching.unseen import unseen_line, ways_line
from referrals.matching.why_here import neighbours, what_counts
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.tracking import labels
from referrals.tracking.lifecycle import OPEN
from referrals.tracking.queries import Try, attempts

SHOWN: Final = 3
"""Proposals on the page at first: what fits a screen, and what somebody remembers."""
MOST: Final = 50
LISTED: Final = 12
"""Services listed as left out, until somebody asks for all of them."""
CLOSEST: Final = 3
"""Closest misses shown where nothing fits."""
TABS: Final = 8
BESIDE: Final = 4
"""Other needs that are looked at together with this one, so that one door may serve two; the number of statements is bound."""


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
    answers = await queries.proposals(session, replace(asked, others=asked.others[:BESIDE]))
    tried = await _tried(session, actor, need)
    not_again = asked_in_vain((await attempts_for(session, [need.id])).get(need.id, []), now) - {*tried.running}
    found = _those_that_said_no_last(answers[0], not_again)
    most = MOST if request.query_params.get("all") == "yes" else SHOWN
    ranked = found.ranked[:most]
    misses = found.left_out[:CLOSEST] if not found.ranked else ()
    rest = found.left_out[len(misses) :]
    every = request.query_params.get("out") == "all"
    told = rest if every else rest[:LISTED]
    names = await queries.names(session, [*ranked, *misses, *told])
    if not found.ranked and not tried.running:
        await unmet.record(session, client, found)
    await kept.keep(session, client.id, actor.id, found, _as_shown(ranked, misses, names), now)
    said = await asked_of(session, [one.offer.service_id for one in (*ranked, *misses)], now)
    return page(
        request, "matching/match.html", client=client, need=need, name=asked.cited, age=_age(asked.person),
        person_line=person_line(client, asked.person, words), gaps=list(gaps(asked.person, found.ranked)),
        tabs=await _tabs(request, session, actor, client, need, answers, words), summary=_summary(found),
        cards=_cards(found, ranked, names, asked, said, words), misses=_misses(found, misses, names, asked, said, words),
        left_out=[cards.left_out(one, names[one.offer.service_id], asked.person, words) for one in told],
        left_out_count=len(rest), every_left_out=every, more=len(found.ranked) - most, unlocks=[unlock_line(one) for one in found.unlocks],
        tried=tried.running, ended=tried.ended, weights=_weights(found), need_line=_need_line(need, asked.need, words),
        known=words.need(need.term) is not None, counts=_counts(found), unseen=unseen_line(found.unseen), ways=ways_line(found.ways),
        room=await said_of_room(session, [one.offer.service_id for one in ranked], now),
        askable=[one.offer.service_id for one in ranked if one.offer.has_email][:ASKED_AT_ONCE],
        choice=await _chosen(session, actor, need, asked.cited, tried), earlier=await _earlier(request, session, actor, need, now),
    )  # fmt: skip


def _those_that_said_no_last(found: Proposals, not_again: Collection[UUID]) -> Proposals:
    """Whoever was asked in vain for this need stands behind those who were not, in the same order, with what they said."""
    return replace(found, ranked=tuple(sorted(found.ranked, key=lambda one: one.offer.service_id in not_again)))


def _as_shown(ranked: Sequence[Match], misses: Sequence[Match], names: Mapping[UUID, Name]) -> list[kept.KeptMatch]:
    told = [("ranked", place, one) for place, one in enumerate(ranked, start=1)]
    told += [("missed", place, one) for place, one in enumerate(misses, start=1)]
    return [
        kept.as_shown(one, place, (name := names[one.offer.service_id]).service, name.organization, state)
        for state, place, one in told
    ]


def _cards(
    found: Proposals, ranked: Sequence[Match], names: Mapping[UUID, Name], asked: Asked,
    said: Mapping[Key, ListingQuestion], words: Vocabulary,
) -> list[Card]:  # fmt: skip
    after = neighbours(found.ranked)[: len(ranked)]
    return [
        cards.opened(
            cards.card(one, rank, names[one.offer.service_id], asked.person, words),
            one,
            then,
            found.by.loads,
            said,
            words,
        )
        for rank, (one, then) in enumerate(after, start=1)
    ]


def _misses(
    found: Proposals, misses: Sequence[Match], names: Mapping[UUID, Name], asked: Asked,
    said: Mapping[Key, ListingQuestion], words: Vocabulary,
) -> list[Card]:  # fmt: skip
    return [
        cards.opened(
            cards.missed(one, rank, names[one.offer.service_id], asked.person, words),
            one,
            None,
            found.by.loads,
            said,
            words,
        )
        for rank, one in enumerate(misses, start=1)
    ]


@dataclass(frozen=True, slots=True)
class Chosen:
    service_id: UUID
    service: str
    said: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What was asked already for this need, by the service that stands for it now."""

    running: Mapping[UUID, object]
    ended: Mapping[UUID, str]
    """How it ended, in a few words."""


async def _chosen(session: AsyncSession, actor: Actor, need: Need, cited: str, tried: Tried) -> Chosen | None:
    """What they chose and said; nothing where the service is gone, or has been asked since."""
    choice = await choices.latest(session, actor, need.id)
    if choice is None or choice.chosen_by != "client" or choice.service_id in {*tried.running, *tried.ended}:
        return None
    try:
        name = await queries.name_of(session, choice.service_id)
    except NotFound:
        return None
    return Chosen(choice.service_id, name.service, choices.told(choice, cited))


async def _tried(session: AsyncSession, actor: Actor, need: Need) -> Tried:
    made = await attempts(session, actor, need.id)
    stands = await all_standing(session, {one.referral.service_id for one in made})
    running = {stands[one.referral.service_id]: one.referral for one in made if one.referral.status in OPEN}
    ended = {stands[one.referral.service_id]: _how(one) for one in made if one.referral.status not in OPEN}
    return Tried(running, {id: how for id, how in ended.items() if id not in running})


def _how(one: Try) -> str:
    """`Asked before: declined, full`."""
    ended = [labels.status_label(one.referral.status), labels.reason_label(one.event or "", one.reason)]
    told = ", ".join(f"{said[:1].lower()}{said[1:]}" for said in ended if said)
    return _("Asked before: %(ended)s") % {"ended": told}


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
    parts += (
        [_("by phone or video only")] if asked.remote_only else [_("by phone or video too")] if need.remote_ok else []
    )
    return " · ".join(parts)


async def _tabs(
    request: Req, session: AsyncSession, actor: Actor, client: Client, shown: Need, answers: Sequence[Proposals],
    words: Vocabulary,
) -> list[Tab]:  # fmt: skip
    """The needs that are still open, with how many services fit; of those that were not asked beside it, how many did
    when they were last looked at.
    """
    needs = [
        need for need in await clients.needs_of(session, [client.id])
        if need.id == shown.id or need.status in ("open", "in_referral")
    ]  # fmt: skip
    if len(needs) > TABS:
        needs = [shown, *[need for need in needs if need.id != shown.id][: TABS - 1]]
    counts = dict(await kept.last_counts(session, actor, [need.id for need in needs]))
    counts |= {found.need.id: len(found.ranked) for found in answers}
    url = addresses(jinja(request))
    return [_tab(need, counts.get(need.id), need.id == shown.id, url, words) for need in needs]


def _tab(need: Need, count: int | None, current: bool, url: Addresses, words: Vocabulary) -> Tab:
    label = words.label("need", need.term, current_language())
    return Tab(label, _tab_line(count, need.need_by), url("match", need_id=need.id), current)


def _tab_line(count: int | None, by: date | None) -> str:
    if count is None:
        said = _("not looked at yet")
    elif count:
        said = ngettext("%(num)d proposal", "%(num)d proposals", count) % {"num": count}
    else:
        said = _("nothing fits yet")
    before = _("before %(day)s") % {"day": html.short_day(by)} if by else ""
    return " · ".join(filter(None, [said, before]))


def _summary(found: Proposals) -> str:
    """Where things stand, in a sentence."""
    count = len(found.ranked)
    if not count and not found.left_out:
        return _("Nobody is found who offers this.")
    if not count:
        return _("Nothing fits as things stand. Here is what comes closest, and what would have to change.")
    certain = sum(1 for one in found.ranked if not one.checks)
    said = ngettext("%(num)d service fits.", "%(num)d services fit.", count) % {"num": count}
    if certain == count:
        return said
    if not certain:
        each = _("Each has something to ask first.")
        return f"{said} {each}"
    unsure = count - certain
    asks = ngettext("%(num)d has something to ask first.", "%(num)d have something to ask first.", unsure)
    return f"{said} {asks % {'num': unsure}}"


def _weights(found: Proposals) -> list[tuple[str, str]]:
    """What the order was made of, and how much each counts, the most first."""
    shares = sorted(found.weights.items(), key=lambda pair: -pair[1])
    return [(_(CRITERIA[criterion]), f"{round(share)}") for criterion, share in shares]


def _counts(found: Proposals) -> str:
    labels = {criterion: _(label) for criterion, label in CRITERIA.items()}
    return what_counts(found.weights, labels, found.by.weights) if found.ranked else ""


async def _earlier(
    request: Req, session: AsyncSession, actor: Actor, need: Need, now: datetime
) -> list[tuple[str, str, str]]:
    """(when, how many fitted, where it is explained) of what was shown on other days."""
    url, today = addresses(jinja(request)), in_zone(now).date()
    told = await kept.earlier(session, actor, need.id)
    return [
        (f"{html.day(there := in_zone(at))}, {html.clock(there.time())}", _tab_line(fits, None), url("kept-list", list_id=id))
        for id, at, fits in told if in_zone(at).date() != today
    ]  # fmt: skip
