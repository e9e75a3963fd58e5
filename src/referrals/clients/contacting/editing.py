"""Writing down how a person may be reached, after somebody has asked them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.actions import mark
from referrals.clients.contacting.deciding import Kind
from referrals.clients.models import Client, ClientContact
from referrals.kit.db import Json


@dataclass(frozen=True, slots=True)
class Way:
    """One way as somebody described it. An empty `value` takes it away."""

    value: str
    safe: bool = False
    leave_message: str = "none"
    windows: tuple[Json, ...] = ()
    answered_by: str = ""
    ask_for: str = ""
    verified_at: datetime | None = None
    """When somebody last asked; written by `write` alone."""


async def ways(session: AsyncSession, client: Client) -> dict[str, Way]:
    """Kind -> the way that is used; the one that was marked safe last where there are several."""
    return {
        kind: Way(
            row.value, row.safe, row.leave_message, tuple(row.windows), row.answered_by, row.ask_for, row.verified_at
        )
        for kind, row in (await _rows(session, client)).items()
    }


async def write(
    session: AsyncSession, client: Client, said: Mapping[Kind, Way], now: datetime, *, asked: Collection[Kind] = ()
) -> None:
    """`asked`: the ways about which somebody asked again today, so that they hold from now on."""
    there = await _rows(session, client)
    for kind, way in said.items():
        row = there.get(kind)
        if row is not None and row.value != way.value:
            await session.delete(row)
            await session.flush()
            row = None
        if not way.value:
            continue
        if row is None:
            row = ClientContact(client_id=client.id, kind=kind, value=way.value, safe=False, note="")
            session.add(row)
        mark(row, safe=way.safe, now=now)
        if way.safe and kind in asked:
            row.verified_at = now
        row.leave_message, row.windows = way.leave_message, list(way.windows)
        row.answered_by, row.ask_for = way.answered_by, way.ask_for
    await session.flush()


async def _rows(session: AsyncSession, client: Client) -> dict[str, ClientContact]:
    rows = await session.scalars(
        select(ClientContact).where(ClientContact.client_id == client.id)
        .order_by(ClientContact.safe, ClientContact.safe_since.nulls_first(), ClientContact.id)
    )  # fmt: skip
    return {row.kind: row for row in rows}
