"""Starting from a service: for whose need is it?"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import identity
from referrals.clients import queries as clients
from referrals.clients.models import Need
from referrals.directory.queries.redirects import kept
from referrals.kit.errors import NotFound
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.matching import cards, queries
from referrals.matching.candidates import offers, related
from referrals.matching.facts import Offer
from referrals.matching.queries import hopelessness
from referrals.matching.reading import need_of, person_of
from referrals.matching.scoring import Match
from referrals.taxonomy.queries import vocabulary


@dataclass(frozen=True, slots=True)
class Line:
    """One person's need, and what the rules say of this service for it."""

    who: str
    need: Need
    need_label: str
    match: Match
    card: cards.Card


@get("/services/{service_id:uuid}/refer", name="refer-here", guards=[requires_case_manager])
async def refer_here(
    request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID]
) -> Template | Redirect:
    found = await offers(session, [service_id])
    if not found and (there := await kept(session, service_id)):
        return redirect(request, "refer-here", service_id=there)
    if not found:
        raise NotFound("service")
    today = in_zone(now).date()
    lines = await _lines(session, actor, found[0], today)
    name = await queries.name_of(session, service_id)
    return page(request, "matching/refer.html", lines=lines, named=name, service_id=service_id)


async def _lines(session: AsyncSession, actor: Actor, offer: Offer, today: date) -> list[Line]:
    """The open needs that this service has to do with, those that fit first."""
    words = await vocabulary(session)
    name = await queries.name_of(session, offer.service_id)
    lines = []
    rows = await clients.people(session, actor)
    away = await clients.keep_away(session, [row.client.id for row in rows])
    called = await identity.told_apart(session, [row.client.id for row in rows])
    for row in rows:
        person = person_of(row.client, row.identity.birth_date, words, today, away[row.client.id])
        person = await queries.standing(session, person)
        for need in row.open_needs:
            asked = need_of(need, words)
            if offer.needs.isdisjoint(related(asked)):
                continue
            match = queries.match_of(person, asked, offer, today)
            shown = (cards.missed if match.failures else cards.card)(match, 1, name, person, words)
            label = words.label("need", need.term, current_language())
            lines.append(Line(called[row.client.id], need, label, match, shown))
    return sorted(lines, key=lambda line: (hopelessness(line.match)[:2], -line.match.score))
