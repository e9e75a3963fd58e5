"""Handing people over. Whatever hangs on a person goes with them: drafts, timers and notices ask who accompanies them now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.handing.dealing import Period
from referrals.clients.models import Assignment, Client
from referrals.kit.errors import NotFound, Refused
from referrals.kit.jobs import enqueue


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of one person. `why` is a code where it did not go over: gone, theirs."""

    client_id: UUID
    to: UUID
    why: str = ""


async def hand_over(
    session: AsyncSession, by: Actor, given: Mapping[UUID, UUID], from_id: UUID | None, now: datetime, *,
    for_: Period | None = None,
) -> list[Handed]:  # fmt: skip
    """`given`: person -> colleague. `from_id`: who carries them; None: nobody does any more. Without a period: for good.

    Raises Refused("not_yours") for people whom this actor may not hand over, NotFound for whoever is no colleague. The
    same once more changes nothing.
    """
    houses = await _houses(session, given, by, from_id)
    staff = {house: await _staff(session, house) for house in set(houses.values())}
    if any(to not in staff[houses[client]] or to == from_id for client, to in given.items()):
        raise NotFound("colleague")
    if for_ is not None and from_id is None:
        raise Refused("nobody_to_stand_in_for")
    results = []
    for client, to in given.items():
        why = await (
            _stand_in(session, by, client, from_id, to, for_) if for_ is not None and from_id is not None
            else _for_good(session, by, client, from_id, to, now)
        )  # fmt: skip
        results.append(Handed(client, to, why))
    for to in {one.to for one in results if not one.why} - {by.id}:
        await enqueue(session, "tracking.tell_taken_over", once=f"tracking.tell_taken_over:{to}", user_id=str(to))
    return results


async def come_back(session: AsyncSession, by: Actor, user_id: UUID, now: datetime) -> int:
    """Whoever stands in for this user stops now; what had not begun does not begin. How many people it was."""
    rows = (
        await session.scalars(
            select(Assignment)
            .join(Client, Client.id == Assignment.client_id)
            .where(
                Assignment.kind == "stands_in", Assignment.for_id == user_id, Assignment.until > now,
                *([] if by.id == user_id else [Client.organization_id.in_(_led_by(by))]),
            )
            .with_for_update(of=Assignment, key_share=True)
        )
    ).all()  # fmt: skip
    for row in rows:
        await _end(session, row, now)
    await session.flush()
    return len({row.client_id for row in rows})


async def looked_at(session: AsyncSession, by: Actor, client_id: UUID, now: datetime) -> None:
    """They have seen what this person agreed to."""
    rows = await session.scalars(
        select(Assignment).where(
            Assignment.user_id == by.id,
            Assignment.client_id == client_id,
            Assignment.looked_at.is_(None),
            or_(Assignment.until.is_(None), Assignment.until > now),
        )
    )
    for row in rows:
        row.looked_at = now


async def _for_good(
    session: AsyncSession, by: Actor, client: UUID, from_id: UUID | None, to: UUID, now: datetime
) -> str:
    rows = await _living(session, client, now)
    carried = [row for row in rows if row.kind == "carries"]
    if any(row.user_id == to for row in carried):
        return "theirs"
    ends = [row for row in carried if from_id is None or row.user_id == from_id]
    if from_id is not None and not ends:
        return "gone"
    before = ends[0].user_id if ends else None
    for row in rows:
        if row in ends or row.user_id == to or row.for_id in {one.user_id for one in ends}:
            await _end(session, row, now)
    session.add(Assignment(client_id=client, user_id=to, since=now, for_id=before, by_id=by.id))
    await session.flush()
    await enqueue(session, "tracking.tell_new_helper", client_id=str(client))
    return ""


async def _stand_in(
    session: AsyncSession, by: Actor, client: UUID, from_id: UUID, to: UUID, for_: Period
) -> str:  # fmt: skip
    rows = await _living(session, client, for_.since)
    carried = {row.user_id for row in rows if row.kind == "carries"}
    if to in carried:
        return "theirs"
    if from_id not in carried:
        return "gone"
    there = next((row for row in rows if (row.user_id, row.for_id, row.kind) == (to, from_id, "stands_in")), None)
    if there is None:
        session.add(
            Assignment(
                client_id=client, user_id=to, kind="stands_in", for_id=from_id, by_id=by.id, since=for_.since,
                until=for_.until,
            )
        )  # fmt: skip
    else:
        there.since, there.until = min(there.since, for_.since), for_.until
    await session.flush()
    return ""


async def _living(session: AsyncSession, client: UUID, now: datetime) -> list[Assignment]:
    """Locked: two who hand over the same person at once do it one after the other."""
    found = await session.scalars(
        select(Assignment)
        .where(Assignment.client_id == client, or_(Assignment.until.is_(None), Assignment.until > now))
        .order_by(Assignment.since, Assignment.id).with_for_update(key_share=True)
    )  # fmt: skip
    return list(found)


async def _end(session: AsyncSession, row: Assignment, now: datetime) -> None:
    """What had not begun leaves no trace: nobody acted on it."""
    if row.since > now:
        await session.delete(row)
    else:
        row.until = now


async def _houses(
    session: AsyncSession, given: Mapping[UUID, UUID], by: Actor, from_id: UUID | None
) -> dict[UUID, UUID]:
    """Person -> organization, if this actor may hand all of them over: one's own, or as the supervisor."""
    rows = await session.execute(select(Client.id, Client.organization_id).where(Client.id.in_(given)))
    houses: dict[UUID, UUID] = dict(rows.all())
    mine = by.may(Role.CASE_MANAGER) and from_id == by.id
    own = by.organizations.get(Role.CASE_MANAGER, ()) if mine else ()
    allowed = {*own, *_led_by(by)}
    if set(houses) != set(given) or not set(houses.values()) <= allowed:
        raise Refused("not_yours")
    return houses


def _led_by(by: Actor) -> tuple[UUID, ...]:
    return by.organizations.get(Role.SUPERVISOR, ()) if by.may(Role.SUPERVISOR) else ()


async def _staff(session: AsyncSession, house: UUID) -> set[UUID]:
    return {user.id for user in await accounts.colleagues(session, [house], Role.CASE_MANAGER)}
