"""Searches that somebody with an account has kept: every morning they are asked again, and what is new is told by mail.

The mail says how many there are and leads to the page that names them; it repeats nothing of what was asked. A second
link in it ends these mails without an account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import User
from referrals.directory.models import SavedSearch
from referrals.directory.search.find import search
from referrals.directory.search.port import BOUND, PAGE_SIZE, ServiceSearch
from referrals.directory.search.typed_place import typed_place
from referrals.directory.search.understand import understand
from referrals.kit import mail
from referrals.kit.crypto import sign, verify
from referrals.kit.db import Json
from referrals.kit.errors import NotFound, TooMany
from referrals.kit.geo import Km, LatLon
from referrals.kit.html import Jinja, addresses
from referrals.kit.i18n import speaking
from referrals.kit.jobs import Job, enqueue
from referrals.kit.settings import Settings
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.taxonomy.queries import vocabulary

BEGIN: Final = "directory.look_again"
LOOK: Final = "directory.look_at_saved"
MOST: Final = 20
"""Searches that one account keeps."""
REMEMBERED: Final = 1000
"""Services of which we know that somebody has been told."""
_EARLY: Final = timedelta(hours=12)
"""Asked again sooner than this, nothing is looked for twice."""
PURPOSE: Final = "stop-saved-search"
"""Of the link that ends the mails about one search. It does nothing else, so it never runs out."""
ASKS: Final = ("q", "near", "km", "need", "tag")
"""What of an address is kept: not the page, the order, or what is open at the moment."""


async def save(
    session: AsyncSession,
    engine: ServiceSearch,
    user_id: UUID,
    question: Mapping[str, Any],
    language: str,
    now: datetime,
) -> SavedSearch:
    """The same question is kept once. What answers it now is known already. Raises TooMany."""
    wanted: Json = {name: question[name] for name in ASKS if question.get(name)}
    mine = await saved_by(session, user_id)
    if same := next((one for one in mine if one.question == wanted), None):
        same.paused_at = None
        return same
    if len(mine) >= MOST:
        raise TooMany("saved_searches")
    kept = SavedSearch(
        user_id=user_id, question=wanted, language=language, known=await answers(session, engine, wanted, language, now),
        created_at=now, looked_at=now,
    )  # fmt: skip
    session.add(kept)
    await session.flush()
    return kept


async def saved_by(session: AsyncSession, user_id: UUID) -> Sequence[SavedSearch]:
    mine = select(SavedSearch).where(SavedSearch.user_id == user_id)
    return (await session.scalars(mine.order_by(SavedSearch.created_at.desc(), SavedSearch.id))).all()


async def one_of(session: AsyncSession, user_id: UUID, id: UUID) -> SavedSearch:
    """Raises NotFound for what is somebody else's too."""
    found = await session.scalar(select(SavedSearch).where(SavedSearch.user_id == user_id, SavedSearch.id == id))
    if found is None:
        raise NotFound("saved_search")
    return found


async def behind(session: AsyncSession, secret: str, token: str) -> SavedSearch | None:
    """The search whose mails this link ends; None where its owner has ended it. Raises NotFound for no link of ours."""
    found = verify(secret, PURPOSE, token)
    if found is None:
        raise NotFound("link")
    return await session.get(SavedSearch, found[0])


def told(search: SavedSearch, before: int, count: int) -> list[UUID]:
    """The services that one mail was about: `count` that came when `before` were known. None where that is forgotten."""
    end = len(search.known) - before
    return search.known[max(end - count, 0) : end] if end > 0 and len(search.known) < REMEMBERED else []


async def pause(search: SavedSearch, now: datetime) -> None:
    search.paused_at = now


async def go_on(session: AsyncSession, engine: ServiceSearch, search: SavedSearch, now: datetime) -> None:
    """From now on: what came meanwhile is not told."""
    await _learn(search, await answers(session, engine, search.question, search.language, now), now)
    search.paused_at = None


async def forget(session: AsyncSession, search: SavedSearch) -> None:
    await session.delete(search)
    await session.flush()


async def answers(
    session: AsyncSession, engine: ServiceSearch, question: Json, language: str, now: datetime
) -> list[UUID]:
    """The ids of everything that fits it at whatever hour, up to the bound of every search. What the page shows besides,
    without a wish or because it shares words, is no news.
    """
    words, places = await vocabulary(session), await index(session)
    text = question.get("q", "")
    meant = replace(understand(text, words, places), openings=())
    near, km = await _near(session, question.get("near", ""), places), question.get("km")
    found: list[UUID] = []
    for page in range(1, BOUND // PAGE_SIZE + 1):
        results = await search(
            session, engine, words, places, text, language=language, now=now, near=near, meant=meant,
            radius_km=Km(float(km)) if km else None, need=question.get("need") or None,
            tags=tuple(question.get("tag", ())), page=page,
        )  # fmt: skip
        if results.dropped:
            break
        left = results.fitting - (page - 1) * PAGE_SIZE
        found += [hit.id for hit in results.hits[:left]]
        if left <= PAGE_SIZE:
            break
    return list(dict.fromkeys(found))


async def look_again(session: AsyncSession, *, now: datetime) -> None:
    """One job for each search, so that one which fails spoils nothing for the others."""
    ids = await session.scalars(
        select(SavedSearch.id)
        .join(User, User.id == SavedSearch.user_id)
        .where(SavedSearch.paused_at.is_(None), User.deactivated_at.is_(None), SavedSearch.looked_at < now - _EARLY)
    )
    for id in ids:
        await enqueue(session, LOOK, once=f"{LOOK}:{id}", search_id=str(id))


async def look_at_saved(
    session: AsyncSession, *, search_id: str, engine: ServiceSearch, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """Nothing is told twice: what was found is known in the same transaction as the mail."""
    kept = await session.get(SavedSearch, UUID(search_id), with_for_update=True)
    if kept is None or kept.paused_at is not None or kept.looked_at > now - _EARLY:
        return
    user = await session.get_one(User, kept.user_id)
    if user.deactivated_at is not None:  # what comes meanwhile is told when they are back
        return
    with speaking(kept.language):
        found = await answers(session, engine, kept.question, kept.language, now)
    known = set(kept.known)
    fresh = [id for id in found if id not in known]
    before = len(kept.known)
    await _learn(kept, found, now)
    if fresh:
        url, lang = addresses(jinja), user.language
        address = settings.base_url + url("saved-news", lang=lang, search_id=kept.id, before=before, count=len(fresh))
        stop = settings.base_url + url("stop-saved", lang=lang, token=sign(settings.secret, PURPOSE, kept.id, now))
        await mail.post(
            session, jinja, to=user.email, language=user.language, template="saved_search", count=len(fresh),
            address=address, since=kept.told_at or kept.created_at, product=settings.product, stop=stop,
        )  # fmt: skip
        kept.told_at = now


JOBS: Mapping[str, Job] = {BEGIN: look_again, LOOK: look_at_saved}
PERIODIC: Mapping[str, str] = {BEGIN: "40 6 * * *"}


async def _learn(search: SavedSearch, found: Sequence[UUID], now: datetime) -> None:
    """What is new goes before what was known, which keeps its order."""
    known = set(search.known)
    search.known = [*(id for id in found if id not in known), *search.known][:REMEMBERED]
    search.looked_at = now


async def _near(session: AsyncSession, near: str, places: PlaceIndex) -> LatLon | Entry | None:
    """A point as addresses have it, or the name of a place."""
    try:
        lat, lon = map(float, near.split(","))
        return LatLon(lat, lon)
    except ValueError:
        pass
    found = await typed_place(session, places, near)
    return found.taken if found else None
