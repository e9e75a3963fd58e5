"""Lists as they were shown: written with one statement, read through the caseload alone, explained and replayed from what was kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients.models import Client
from referrals.clients.queries import caseload
from referrals.kit.errors import NotFound
from referrals.matching.constraints import Finding, examine
from referrals.matching.facts import NeedAsked, Offer, Person
from referrals.matching.models import MatchList
from referrals.matching.queries import Proposals
from referrals.matching.scoring import RULES_VERSION, Match, Part, Tie, Yardstick, rank, score, seed

KEPT_FOR: Final = timedelta(days=730)
"""As long as a file is kept after the last contact; a list is older than that contact."""
MOST: Final = 20
"""Services of one list that are kept with everything."""


@dataclass(frozen=True, slots=True)
class KeptMatch:
    """One service as it stood on the page. `state`: `ranked`, or `missed` where nothing fitted."""

    service_id: UUID
    name: str
    organization: str
    position: int
    state: str
    score: float
    band: str
    findings: tuple[Finding, ...]
    parts: tuple[Part, ...]
    offer: Offer
    tie: Tie | None = None


@dataclass(frozen=True, slots=True)
class AskedThen:
    person: Person
    need: NeedAsked


@dataclass(frozen=True, slots=True)
class Kept:
    """A list with everything the rules were given for it."""

    id: UUID
    client_id: UUID
    need_id: UUID
    by_id: UUID
    at: datetime
    day: date
    rules: str
    inputs: str
    asked: AskedThen
    by: Yardstick
    fits: int
    left_out: int
    shown: tuple[KeptMatch, ...]


def kept_for(actor: Actor) -> Select[MatchList]:
    """The only door: lists that were shown for the people of one's caseload."""
    return select(MatchList).where(MatchList.client_id.in_(caseload(actor).with_only_columns(Client.id)))


async def keep(
    session: AsyncSession, client_id: UUID, by_id: UUID, found: Proposals, shown: Sequence[KeptMatch], now: datetime
) -> UUID | None:
    """One INSERT. The same list seen again on the same day is kept once: then None."""
    asked, by = AskedThen(found.person, found.need), _about(found.by, shown)
    row = insert(MatchList).values(
        id=uuid4(), client_id=client_id, need_id=found.need.id, by_id=by_id, at=now, day=found.today, rules=RULES_VERSION,
        inputs=digest(asked, by, shown), weights=msgspec.to_builtins(by, str_keys=True), asked=msgspec.to_builtins(asked),
        fits=len(found.ranked), left_out=len(found.left_out), shown=msgspec.to_builtins(list(shown[:MOST])),
    )  # fmt: skip
    once = row.on_conflict_do_nothing(constraint="uq_match_list_once_a_day").returning(MatchList.id)
    return await session.scalar(once)


def as_shown(match: Match, position: int, name: str, organization: str, state: str = "ranked") -> KeptMatch:
    return KeptMatch(
        match.offer.service_id, name, organization, position, state, match.score, match.band.value, match.findings,
        match.parts, match.offer, match.tie,
    )  # fmt: skip


def as_match(one: KeptMatch, person: Person) -> Match:
    """As the page's own sentences read it."""
    km = one.offer.distance(person.at)
    minutes = person.travel.minutes(km) if person.travel and km is not None else None
    return Match(one.offer, one.findings, one.parts, one.score, km, minutes, tie=one.tie)


def digest(asked: AskedThen, by: Yardstick, shown: Sequence[KeptMatch], rules: str = RULES_VERSION) -> str:
    """SHA-256 over what the rules were given for what is shown, in the order in which it was shown."""
    offers = [one.offer for one in shown]
    plain = msgspec.to_builtins((rules, asked, by, offers), order="deterministic", str_keys=True)
    return sha256(msgspec.json.encode(_numbers_alike(plain), order="deterministic")).hexdigest()


def _numbers_alike(plain: Any) -> Any:
    """18 and 18.0 are one number, whichever of the two was written down."""
    if isinstance(plain, dict):
        return {name: _numbers_alike(value) for name, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [_numbers_alike(value) for value in plain]
    return float(plain) if isinstance(plain, int) and not isinstance(plain, bool) else plain


def read(row: MatchList) -> Kept:
    """The row as values again. Raises msgspec.ValidationError for a list whose rules knew other fields."""
    return Kept(
        row.id, row.client_id, row.need_id, row.by_id, row.at, row.day, row.rules, row.inputs, msgspec.convert(row.asked, AskedThen),
        msgspec.convert(row.weights, Yardstick), row.fits, row.left_out,
        tuple(msgspec.convert(row.shown, list[KeptMatch])),
    )  # fmt: skip


def replay(kept: Kept) -> list[Match]:
    """The present rules over what was kept: with the same version, the same order."""
    person, need = kept.asked.person, kept.asked.need
    again = [
        score(person, need, one.offer, kept.day, examine(person, need, one.offer, kept.day), kept.by)
        for one in kept.shown
    ]
    return rank(again, kept.by.loads, seed(person, need, kept.day))


async def kept_list(session: AsyncSession, actor: Actor, list_id: UUID) -> Kept:
    """Raises NotFound, also for a list of somebody else's."""
    row = await session.scalar(kept_for(actor).where(MatchList.id == list_id))
    if row is None:
        raise NotFound("list")
    return read(row)


async def earlier(
    session: AsyncSession, actor: Actor, need_id: UUID, most: int = 10
) -> list[tuple[UUID, datetime, int]]:
    """Id, moment and number of proposals of what was shown for a need, the newest first."""
    told = kept_for(actor).with_only_columns(MatchList.id, MatchList.at, MatchList.fits)
    rows = await session.execute(told.where(MatchList.need_id == need_id).order_by(MatchList.at.desc()).limit(most))
    return [(id, at, fits) for id, at, fits in rows]


async def last_counts(session: AsyncSession, actor: Actor, need_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many services fitted each need when its list was last looked at."""
    if not need_ids:
        return {}
    told = kept_for(actor).with_only_columns(MatchList.need_id, MatchList.fits)
    newest = told.where(MatchList.need_id.in_(need_ids)).ext(distinct_on(MatchList.need_id))
    rows = await session.execute(newest.order_by(MatchList.need_id, MatchList.at.desc()))
    return {row.need_id: row.fits for row in rows}


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    await session.execute(delete(MatchList).where(MatchList.at < now - KEPT_FOR))


def _about(by: Yardstick, shown: Sequence[KeptMatch]) -> Yardstick:
    """What was measured by, as far as it concerns what is shown."""
    ids = [one.service_id for one in shown]
    records = {id: by.evidence.services[id] for id in ids if id in by.evidence.services}
    loads = {id: by.loads[id] for id in ids if id in by.loads}
    return replace(by, evidence=replace(by.evidence, services=records), loads=loads)
