"""What is never to be proposed to somebody, and why. Why is read by whoever carries the file, and by nobody else."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients import identity, queries
from referrals.clients.models import Client, KeepAway
from referrals.kit.errors import Refused

MOST: Final = 60
_AREA = re.compile(r"[A-Z]{1,2}(\d[A-Z\d]?)?|\d{2,5}")
"""`TR`, `TR1`; `69`, `69003`."""


@dataclass(frozen=True, slots=True)
class Target:
    """One of the three."""

    service_id: UUID | None = None
    organization_id: UUID | None = None
    area: str | None = None


def area_of(typed: str) -> str | None:
    """The beginning of a postcode as the rules compare it; None where it is none."""
    found = typed.upper().replace(" ", "")
    return found if _AREA.fullmatch(found) else None


async def keep_away(
    session: AsyncSession, client: Client, target: Target, *, kind: str, reason: str, now: datetime
) -> KeepAway:
    """Once for each target: said again, it takes the new kind and reason. Raises Refused("many")."""
    there = (await queries.keep_away(session, [client.id]))[client.id]
    row = next((one for one in there if Target(one.service_id, one.organization_id, one.area) == target), None)
    if row is None:
        if len(there) >= MOST:
            raise Refused("many", most=MOST)
        row = KeepAway(
            client_id=client.id, service_id=target.service_id, organization_id=target.organization_id,
            area=target.area, since=now,
        )  # fmt: skip
        session.add(row)
    row.kind = kind
    await session.flush()
    await identity.write_keep_away_reason(session, client.id, row.id, reason)
    settle(client, nothing=False)
    return row


async def let_in(session: AsyncSession, row: KeepAway) -> None:
    """It may be proposed again; why it was not is forgotten."""
    await identity.write_keep_away_reason(session, row.client_id, row.id, "")
    await session.delete(row)
    await session.flush()


async def reasons(session: AsyncSession, actor: Actor, client: Client) -> dict[UUID, str]:
    """Only for whoever carries the file; for anybody else there are none."""
    if not await queries.carries(session, actor, client.id):
        return {}
    return await identity.keep_away_reasons(session, client.id)


def settle(client: Client, *, nothing: bool) -> None:
    """Whether somebody asked, and there is nothing to keep away from."""
    others = [one for one in client.said_none if one != "keep_away"]
    client.said_none = [*others, "keep_away"] if nothing else others
