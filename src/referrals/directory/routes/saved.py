"""Searches that somebody keeps: what they ask, whether news of them is told, and ending them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from referrals.accounts.guards import PUBLIC, Who, requires_account
from referrals.directory import saved as searches
from referrals.directory.models import SavedSearch
from referrals.directory.queries import Card, cards
from referrals.directory.routes.question import many, question
from referrals.kit.errors import TooMany
from referrals.kit.html import Addresses, addresses, in_zone, number
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect
from referrals.kit.settings import LANGUAGES
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary

PRIVATE: Final = PUBLIC | {"private": True}


@dataclass(frozen=True, slots=True)
class Line:
    """A saved search as its owner reads it."""

    id: UUID
    asks: str
    href: str
    since: datetime
    told_at: datetime | None
    paused: bool


@get("/saved", name="saved", guards=[requires_account])
async def saved(request: Req, session: Db, actor: Who) -> Template:
    words, url = await vocabulary(session), addresses(jinja(request))
    lines = [_line(one, words, url) for one in await searches.saved_by(session, actor.id)]
    return page(request, "directory/saved.html", lines=lines, email=actor.email)


@post("/saved", name="save-search", guards=[requires_account], status_code=303)
async def save(request: Req, session: Db, actor: Who, now: Now) -> Redirect:
    data = await request.form()
    asked = question(many((name, value) for name, value in data.multi_items() if isinstance(value, str)))
    try:
        await searches.save(session, request.app.state.search, actor.id, asked.query(), current_language(), now)
    except TooMany:
        said = _("You keep %(most)s searches already. End one first.") % {"most": number(searches.MOST)}
        return redirect(request, "saved", say=said, kind="attention")
    return redirect(request, "saved", say=_("Saved. We write to you when something new fits."))


@post("/saved/{search_id:uuid}/pause", name="pause-saved", guards=[requires_account], status_code=303)
async def pause(request: Req, session: Db, actor: Who, now: Now, search_id: FromPath[UUID]) -> Redirect:
    await searches.pause(await searches.one_of(session, actor.id, search_id), now)
    return redirect(request, "saved", say=_("Paused: no more mails about this search until you go on."))


@post("/saved/{search_id:uuid}/go-on", name="go-on-saved", guards=[requires_account], status_code=303)
async def go_on(request: Req, session: Db, actor: Who, now: Now, search_id: FromPath[UUID]) -> Redirect:
    kept = await searches.one_of(session, actor.id, search_id)
    await searches.go_on(session, request.app.state.search, kept, now)
    return redirect(request, "saved", say=_("From now on we write again when something new fits."))


@post("/saved/{search_id:uuid}/end", name="end-saved", guards=[requires_account], status_code=303)
async def end(request: Req, session: Db, actor: Who, search_id: FromPath[UUID]) -> Redirect:
    await searches.forget(session, await searches.one_of(session, actor.id, search_id))
    return redirect(request, "saved", say=_("Ended. Nothing of it is kept."))


@get("/saved/{search_id:uuid}/new/{before:int}/{count:int}", name="saved-news", guards=[requires_account])
async def news(
    request: Req,
    session: Db,
    actor: Who,
    now: Now,
    search_id: FromPath[UUID],
    before: FromPath[int],
    count: FromPath[int],
) -> Template:
    """What one mail was about. The numbers tell nothing to whoever else reads the mail."""
    kept = await searches.one_of(session, actor.id, search_id)
    line = _line(kept, await vocabulary(session), addresses(jinja(request)))
    ids = searches.told(kept, max(before, 0), max(count, 0))
    found: list[Card] = await cards(session, ids, current_language(), None, in_zone(now).date())
    return page(request, "directory/saved-news.html", line=line, found=found)


@get("/saved/stop/{token:str}", name="stop-saved", opt=PRIVATE)
async def stop_page(request: Req, session: Db, settings: Deployment, token: FromPath[str]) -> Template:
    kept = await searches.behind(session, settings.secret, token)
    stopped = kept is None or kept.paused_at is not None
    languages = {one: addresses(jinja(request))("stop-saved", lang=one, token=token) for one in LANGUAGES}
    return page(request, "directory/saved-stop.html", token=token, stopped=stopped, lang_urls=languages)


@post("/saved/stop/{token:str}", name="stop-saved-post", opt=PRIVATE, status_code=303)
async def stop(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Redirect:
    """Without an account: whoever has the mail may end what comes to the same address."""
    kept = await searches.behind(session, settings.secret, token)
    if kept is not None and kept.paused_at is None:
        await searches.pause(kept, now)
    return redirect(request, "stop-saved", token=token)


routes: list[HTTPRouteHandler] = [saved, save, pause, go_on, end, news, stop_page, stop]


def _line(one: SavedSearch, words: Vocabulary, url: Addresses) -> Line:
    asked = question({name: value if isinstance(value, list) else [str(value)] for name, value in one.question.items()})
    term = words.need(asked.need) if asked.need else None
    place = asked.near if asked.near and asked.point is None else _("near you") if asked.near else ""
    reach = _("within %(km)s km") % {"km": number(asked.km)} if asked.km else ""
    filters = ngettext("%(num)d filter", "%(num)d filters", len(asked.tags)) % {"num": len(asked.tags)}
    parts = (asked.q, term.label(current_language()) if term else "", place, reach, filters if asked.tags else "")
    return Line(
        one.id, " · ".join(filter(None, parts)) or _("All services"), asked.where(url), one.created_at, one.told_at,
        paused=one.paused_at is not None,
    )  # fmt: skip
