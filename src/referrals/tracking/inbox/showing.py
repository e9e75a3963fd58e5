"""In whose hands a request is and was, in words, for the receiver's page with an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.kit.html import Addresses, moment
from referrals.kit.i18n import gettext as _
from referrals.tracking.calendars import calendar
from referrals.tracking.inbox import in_hand
from referrals.tracking.inbox.in_hand import NOBODY, Turn
from referrals.tracking.models import Referral
from referrals.tracking.queries.inbox import colleagues
from referrals.tracking.story import Item


@dataclass(frozen=True, slots=True)
class Hand:
    """`seen`: in whose hands the page shows it, so that two who press at once are told apart."""

    name: str
    mine: bool
    seen: str
    to: str
    colleagues: list[tuple[str, str]]
    story: list[Item]


async def hand(session: AsyncSession, referral_id: UUID, actor: Actor, url: Addresses) -> Hand:
    """The referral has been read through `visible_to`; times stand on the receiver's clock."""
    referral = await session.get_one(Referral, referral_id)
    turns = await in_hand.turns(session, referral_id)
    names = await accounts.names(
        session, [id for one in turns for id in (one.user_id, one.by_id, one.ended_by) if id is not None]
    )
    now = next((one for one in turns if one.until is None), None)
    others = [one for one in await colleagues(session, actor) if one.id != actor.id]
    return Hand(
        _name(names, now.user_id) if now else "", now is not None and now.user_id == actor.id,
        str(now.user_id) if now else NOBODY, url("take-in-hand", referral_id=referral_id),
        [(str(one.id), one.name) for one in others], _story(turns, names, calendar(referral.calendar).zone),
    )  # fmt: skip


def _story(turns: list[Turn], names: Mapping[UUID, str], zone: ZoneInfo) -> list[Item]:
    """The newest first; where nobody followed, that it was put back."""
    items = []
    for at, one in enumerate(turns):
        before = turns[at + 1] if at + 1 < len(turns) else None
        follows = at > 0 and turns[at - 1].since == one.until
        if one.until is not None and one.ended_by is not None and not follows:
            items.append(
                Item(_("Put back by %(name)s") % {"name": _name(names, one.ended_by)}, at=moment(one.until, zone))
            )
        items.append(Item(_name(names, one.user_id), _how(one, before, names), moment(one.since, zone)))
    return items


def _how(one: Turn, before: Turn | None, names: Mapping[UUID, str]) -> str:
    took_over = before is not None and before.until == one.since
    if one.by_id != one.user_id:
        return _("Given by %(name)s") % {"name": _name(names, one.by_id)}
    if took_over and before is not None:
        return _("Taken over from %(name)s") % {"name": _name(names, before.user_id)}
    return _("Taken in hand")


def _name(names: Mapping[UUID, str], id: UUID) -> str:
    return names.get(id) or _("A former colleague")
