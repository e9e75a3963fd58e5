"""Whom to ask again whether a way to reach them is still safe: what was safe long ago is not safe for ever."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import Row, or_
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients import identity
from referrals.clients.contacting.deciding import AGAIN_WITH_VIOLENCE, Channel, verify_by
from referrals.clients.contacting.violence import violence_near
from referrals.clients.models import Client, ClientContact
from referrals.clients.queries import caseload

Way = Row[UUID, str, datetime | None, bool]
"""Client, kind, when it was asked, whether there is violence near them."""


@dataclass(frozen=True, slots=True)
class ToAsk:
    """`asked_at`: when somebody last did, the longest ago of their ways; none where nobody knows.

    `closed`: with violence near them, nothing goes out by that way until somebody has asked.
    """

    client_id: UUID
    name: str
    asked_at: datetime | None
    closed: bool


async def to_ask(session: AsyncSession, actor: Actor, now: datetime, client_id: UUID | None = None) -> list[ToAsk]:
    """Of the people whose file this person carries, or of one of them; what is closed first. Two statements."""
    oldest = now - AGAIN_WITH_VIOLENCE
    found = (
        caseload(actor)
        .join(ClientContact, ClientContact.client_id == Client.id)
        .where(
            ClientContact.safe, ~Client.no_contact, Client.archived_at.is_(None),
            or_(ClientContact.verified_at.is_(None), ClientContact.verified_at <= oldest),
        )
        .order_by(Client.id, ClientContact.verified_at.asc().nulls_first())
        .with_only_columns(Client.id, ClientContact.kind, ClientContact.verified_at, violence_near().label("violence"))
    )  # fmt: skip
    if client_id is not None:
        found = found.where(Client.id == client_id)
    rows = [row for row in await session.execute(found) if _due(row, now)]
    names = await identity.told_apart(session, {row.id for row in rows}) if rows else {}
    return sorted(
        _people(rows, names), key=lambda one: (not one.closed, one.asked_at is not None, one.asked_at, one.name)
    )


def _due(row: Way, now: datetime) -> bool:
    return verify_by(Channel(row.kind, True, (), row.verified_at, row.violence)) <= now


def _people(rows: Collection[Way], names: dict[UUID, str]) -> Iterator[ToAsk]:
    for client_id, ways in groupby(rows, key=lambda row: row.id):
        first = next(ways)
        yield ToAsk(client_id, names[client_id], first.verified_at, first.violence)
