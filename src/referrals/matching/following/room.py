"""Do they have room? Asked of several at once, without a referral and without a word that leads to anybody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import identity
from referrals.clients import queries as clients
from referrals.clients.models import Client, Need
from referrals.directory.models import ListingQuestion
from referrals.directory.questions import room
from referrals.directory.questions.ask import Asked, ask
from referrals.directory.questions.told import said
from referrals.kit.html import ago, in_zone
from referrals.kit.i18n import gettext as _
from referrals.matching.unmet import area_of

MOST: Final = 5
"""Asked with one click."""
LOOKED_BACK: Final = 14
"""Days for which an answer is told beside a candidate: as long as it counts."""


async def ask_several(
    session: AsyncSession, by: UUID, client: Client, need: Need, service_ids: Sequence[UUID], now: datetime
) -> dict[UUID, Asked]:
    """Each by its own link, in its own language. What goes out says need, ten years of age, county and one language."""
    age = clients.age_on(client, await identity.read(session, client.id), in_zone(now).date())
    spoken = client.languages[0] if client.languages else client.language
    about = room.subject(room.somebody(need.term, age, await area_of(session, client), spoken))
    return {id: await ask(session, id, room.CODE, about, by, now) for id in dict.fromkeys(service_ids[:MOST])}


async def said_of_room(session: AsyncSession, service_ids: Collection[UUID], now: datetime) -> Mapping[UUID, str]:
    """The newest question for room to each of these, in a sentence; whoever asked it."""
    if not service_ids:
        return {}
    rows = await session.scalars(
        select(ListingQuestion)
        .where(ListingQuestion.service_id.in_(set(service_ids)), ListingQuestion.code == room.CODE)
        .order_by(ListingQuestion.asked_at)
    )
    today = in_zone(now).date()
    newest = {one.service_id: one for one in rows}
    return {
        id: _sentence(one, now) for id, one in newest.items()
        if (today - in_zone(one.answered_at or one.asked_at).date()).days <= LOOKED_BACK
    }  # fmt: skip


def _sentence(one: ListingQuestion, now: datetime) -> str:
    today = in_zone(now).date()
    if one.answered_at is None:
        return _("Asked %(ago)s whether there is room; no answer yet.") % {"ago": ago(one.asked_at, today)}
    told = {"ago": ago(one.answered_at, today), "answer": said(one)}
    return _("Asked whether there is room, they said %(ago)s: %(answer)s.") % told
