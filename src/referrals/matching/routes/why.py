"""Why not this one? Any service of the directory, looked up by its name or named in a list, for one need."""

from dataclasses import dataclass, replace
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.directory.queries.names import by_names
from referrals.directory.queries.redirects import kept
from referrals.directory.questions.queries import asked_of
from referrals.directory.search.port import Query
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.matching import cards, queries
from referrals.matching.constraints import Class
from referrals.matching.why_not import because, least_change
from referrals.taxonomy.queries import vocabulary

MOST = 10
"""Services found by a name."""


@dataclass(frozen=True, slots=True)
class Hit:
    service_id: UUID
    title: str
    subtitle: str
    fits: bool
    why: str


@get("/needs/{need_id:uuid}/why", name="why-search", guards=[requires_case_manager])
async def search(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template:
    """Services whose names hold these words, each with what stands in its way."""
    need, client = await clients.get_need(session, actor, need_id)
    asked = await queries.asked(session, client, need, in_zone(now).date())
    words, typed = await vocabulary(session), request.query_params.get("q", "").strip()[:100]
    hits = (await by_names(session, Query(words=tuple(typed.split())))).items[:MOST] if typed else ()
    matches = await queries.matches_of(session, replace(asked, others=()), [hit.id for hit in hits])
    names = await queries.names(session, matches)
    return page(
        request, "matching/why-search.html", need=need, client=client, name=asked.cited, typed=typed,
        need_label=words.label("need", need.term, current_language()),
        hits=[
            Hit(
                one.offer.service_id, (name := names[one.offer.service_id]).service, name.organization, one.eligible,
                cards.left_out(one, name, asked.person, words).why,
            )
            for one in matches
        ],
    )  # fmt: skip


@get("/needs/{need_id:uuid}/why/{service_id:uuid}", name="why-not", guards=[requires_case_manager])
async def why_not(
    request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID], service_id: FromPath[UUID]
) -> Template | Redirect:
    if there := await kept(session, service_id):
        return redirect(request, "why-not", need_id=need_id, service_id=there)
    need, client = await clients.get_need(session, actor, need_id)
    asked = await queries.asked(session, client, need, in_zone(now).date())
    words = await vocabulary(session)
    match = await queries.match_one(session, replace(asked, others=()), service_id)
    name = await queries.name_of(session, service_id)
    blocked = any(finding.cls is Class.ABSOLUTE for finding in match.failures)
    said = await asked_of(session, [service_id], now)
    return page(
        request, "matching/why.html", need=need, client=client, name=asked.cited, named=name, service_id=service_id,
        need_label=words.label("need", need.term, current_language()), because=list(because(match, words)),
        fits=match.eligible, blocked=blocked, changes=least_change(match, asked.person, asked.today),
        failing=len(match.failures), card=cards.card(match, 0, name, asked.person, words),
        open_questions=list(cards.open_questions(match, said, words)), can_mail=match.offer.has_email,
    )  # fmt: skip
