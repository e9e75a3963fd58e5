"""Who accompanies a person and who did, in words, for the person's page and the caseload."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.clients import carrying
from referrals.clients.carrying import Carrier
from referrals.clients.handing.dealing import last_day
from referrals.kit.html import day
from referrals.kit.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Carried:
    """`mine`: it is theirs to hand over; `lines`: (name, what they do), the newest first."""

    mine: bool
    standing: str
    lines: tuple[tuple[str, str], ...]


async def carried(session: AsyncSession, actor: Actor, client_id: UUID, now: datetime) -> Carried:
    """Of somebody who was read through `caseload`."""
    story = await carrying.history(session, client_id)
    names = await accounts.names(session, [id for one in story for id in (one.user_id, one.for_id) if id])
    mine = any(one.user_id == actor.id and one.until is None for one in story)
    standing = (await carrying.standing_in(session, actor)).get(client_id)
    said = ""
    if standing is not None and not mine:
        said = _("You stand in for %(name)s until %(last)s.") % {
            "name": names.get(standing.for_id, ""), "last": day(last_day(standing.until)),
        }  # fmt: skip
    return Carried(mine, said, tuple((names.get(one.user_id, ""), _does(one, names, now)) for one in story))


async def whose(session: AsyncSession, actor: Actor) -> Mapping[UUID, str]:
    """Client -> `for Claire Morvan`, where this user only stands in."""
    found = await carrying.standing_in(session, actor)
    names = await accounts.names(session, [one.for_id for one in found.values()])
    return {client: _("for %(name)s") % {"name": names.get(one.for_id, "")} for client, one in found.items()}


def _does(one: Carrier, names: Mapping[UUID, str], now: datetime) -> str:
    first = day(one.since)
    if one.kind == "carries":
        if one.until is None:
            return _("since %(first)s") % {"first": first}
        return _("from %(first)s to %(last)s") % {"first": first, "last": day(one.until)}
    last = day(last_day(one.until)) if one.until else ""
    said = {"name": names.get(one.for_id, "") if one.for_id else "", "first": first, "last": last}
    if one.until is not None and one.since <= now < one.until:
        return _("stands in for %(name)s until %(last)s") % said
    if one.since > now:
        return _("will stand in for %(name)s from %(first)s to %(last)s") % said
    return _("stood in for %(name)s from %(first)s to %(last)s") % said
