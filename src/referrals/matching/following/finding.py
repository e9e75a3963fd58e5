"""The next best for a need: found by the one path that everything takes, on today's data, and written down."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Need
from referrals.directory.models import Listing
from referrals.kit.html import in_zone
from referrals.matching import queries
from referrals.matching.facts import Person
from referrals.matching.following.rule import BEST, Attempt, tried
from referrals.matching.kept import AskedThen, KeptMatch, as_match, as_shown
from referrals.matching.models import NextBest
from referrals.matching.queries import Proposals
from referrals.matching.scoring import RULES_VERSION, Match

BESIDE: Final = 4
"""Other needs of the person that are looked at together with this one, as on the page of proposals."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is written down, and all that was looked at for it."""

    row: NextBest
    proposals: Proposals


async def find(
    session: AsyncSession, client: Client, need: Need, attempts: list[Attempt], after: Attempt, now: datetime
) -> Found:
    """Whoever asks has read client and need through `caseload`, or is the job of a fact."""
    asked = await queries.asked(session, client, need, in_zone(now).date())
    found = (await queries.proposals(session, replace(asked, others=asked.others[:BESIDE])))[0]
    others = untried(found, tried(attempts, now))
    names = await queries.names(session, others[:BEST])
    shown = [
        as_shown(one, place, (name := names[one.offer.service_id]).service, name.organization)
        for place, one in enumerate(others[:BEST], start=1)
    ]
    written = {
        "client_id": client.id, "referral_id": after.referral_id, "position": after.position, "at": now,
        "day": found.today, "rules": RULES_VERSION, "asked": msgspec.to_builtins(AskedThen(found.person, found.need)),
        "fits": len(others), "left_out": len(found.left_out), "shown": msgspec.to_builtins(shown),
    }  # fmt: skip
    row = insert(NextBest).values(need_id=need.id, **written)
    kept = row.on_conflict_do_update(index_elements=["need_id"], set_=written).returning(NextBest)
    fresh = await session.scalars(kept, execution_options={"populate_existing": True})
    return Found(fresh.one(), found)


def untried(found: Proposals, not_again: Collection[UUID]) -> list[Match]:
    """What fits, in order, without those that were asked and those that nobody can reach."""
    return [
        one for one in found.ranked
        if one.offer.service_id not in not_again and (one.offer.has_email or one.offer.has_phone)
    ]  # fmt: skip


async def kept_rows(session: AsyncSession, need_ids: Collection[UUID]) -> dict[UUID, NextBest]:
    """Of needs that were read through the caseload."""
    rows = await session.scalars(select(NextBest).where(NextBest.need_id.in_(set(need_ids))))
    return {row.need_id: row for row in rows}


async def stale(
    session: AsyncSession, rows: Collection[NextBest], after: Mapping[UUID, Attempt],
    attempts: Mapping[UUID, Sequence[Attempt]], now: datetime,
) -> set[UUID]:  # fmt: skip
    """Needs whose row says no longer what would be found: another day, other rules, an attempt more, a listing changed, or
    one that turned out to be the same as one that was asked. `attempts`: all of each need."""
    today = in_zone(now).date()
    named = {id for row in rows for id in services(row)}
    listed = await session.execute(
        select(Listing.service_id, Listing.updated_at).where(Listing.service_id.in_(named), Listing.published)
    )
    as_of: dict[UUID, datetime] = dict(listed.all()) if named else {}
    return {
        row.need_id for row in rows
        if not _stands(row, after[row.need_id], as_of, today == row.day)
        or not tried(attempts[row.need_id], now).isdisjoint(services(row))
    }  # fmt: skip


def _stands(row: NextBest, after: Attempt, as_of: dict[UUID, datetime], same_day: bool) -> bool:
    story = (row.referral_id, row.position, row.rules) == (after.referral_id, after.position, RULES_VERSION)
    listings = all(id in as_of and as_of[id] <= row.at for id in services(row))
    return same_day and story and listings


def services(row: NextBest) -> list[UUID]:
    return [UUID(one["service_id"]) for one in row.shown]


def matches(row: NextBest) -> tuple[Person, list[Match]]:
    """As the page's own sentences read them."""
    person = msgspec.convert(row.asked, AskedThen).person
    return person, [as_match(one, person) for one in msgspec.convert(row.shown, list[KeptMatch])]
