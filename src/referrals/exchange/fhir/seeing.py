"""What one program may see of a referral at this moment, and the note of it where it goes to a receiver.

A receiver's program sees what its page would show (`shown`: the agreement, its fields, before and after a yes). It knows
the person by a name of this one referral, so that two receivers cannot find out that they mean the same person. A
sender's program knows its own caseload; who a person is only with a scope of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.programs import Program
from referrals.clients import identity
from referrals.clients.models import Need
from referrals.directory.queries import called, redirects
from referrals.kit.i18n import current_language
from referrals.tracking import disclosing, queries
from referrals.tracking.models import Referral, ReferralEvent, ReferralNote

IDENTITY: Final = "system/Patient.read"
"""The scope without which nobody's name, birth date or telephone is told."""
CHANNEL: Final = "fhir"
A_DAY: Final = timedelta(days=1)
"""A program that reads the same again within a day has been told it once: it asks every quarter of an hour."""
RESOLVED: Final = frozenset({"met", "met_elsewhere", "withdrawn"})
_WORDS: Final = ("question", "answer", "message")


class Side(StrEnum):
    SENDER = "sender"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class Named:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A referral's story without the person: what a Task says. Names are those of the language being spoken."""

    referral: Referral
    side: Side
    story: tuple[ReferralEvent, ...]
    words: tuple[ReferralNote, ...]
    service: Named
    """The one that stands now for the one it was sent to."""
    agreed: Named
    """The one that was agreed to: the same, as long as it is in the same hands."""
    organization: Named
    """In whose hands it is."""
    sender: Named

    @property
    def last(self) -> ReferralEvent | None:
        return self.story[-1] if self.story else None

    @property
    def updated(self) -> datetime:
        return self.last.at if self.last else self.referral.created_at

    @property
    def person(self) -> UUID:
        """What this program knows the person by."""
        return self.referral.client_id if self.side == Side.SENDER else self.referral.id


@dataclass(frozen=True, slots=True)
class Person:
    """What may be told of whom it is about. Empty: not known, not agreed to, not now, or not to this key."""

    name: str = ""
    birth_date: date | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str = ""
    area: str = ""
    languages: tuple[str, ...] = ()
    age_from: int | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """With what is asked for, and for whom. `need` is None where it may not be told now."""

    glimpse: Glimpse
    need: str | None = None
    need_by: date | None = None
    funding: tuple[str, ...] = ()
    notes: str = ""
    person: Person = Person()
    notices: tuple[str, ...] = ()
    """What must be read beside it: secrecy, and that it may not be told on."""
    settled: bool = False
    """The need, as far as this program may know of a verdict: a receiver's part is over when the referral is."""


async def glimpses(
    session: AsyncSession, program: Program, referrals: Sequence[Referral], now: datetime
) -> list[Glimpse]:
    """Of referrals that were read through `of_organization`, in their order."""
    ids = [referral.id for referral in referrals]
    stories = await _stories(session, ids)
    words = await _words(session, ids)
    named = await _names(session, referrals)
    found = []
    for one in referrals:
        side = Side.SENDER if one.sender_organization_id == program.organization_id else Side.RECEIVER
        spoken = [note for note in words.get(one.id, ()) if side in note.visible_to]
        if side == Side.RECEIVER and spoken and not (await queries.shown(session, one, now)).agreed:
            spoken = []
        found.append(Glimpse(one, side, tuple(stories.get(one.id, ())), tuple(spoken), *named(one)))
    return found


async def sights(session: AsyncSession, program: Program, seen: Sequence[Glimpse], now: datetime) -> list[Sight]:
    """Looks, and writes nothing: `disclosed` does, for what really leaves."""
    return [
        await (
            _as_sender(session, program, one) if one.side == Side.SENDER else _as_receiver(session, program, one, now)
        )
        for one in seen
    ]


async def disclosed(session: AsyncSession, sight: Sight, fields: Iterable[str], now: datetime) -> None:
    """A receiver's program is being told these fields: checked at the door through which everything goes, and written down.

    Raises Refused("no_consent"), and Refused("notice") while a notice that applies has no wording.
    """
    told = set(fields)
    if sight.glimpse.side == Side.RECEIVER and told:
        await disclosing.tell(session, sight.glimpse.referral, told, now, channel=CHANNEL, same_within=A_DAY)


async def _as_sender(session: AsyncSession, program: Program, seen: Glimpse) -> Sight:
    need = await session.get(Need, seen.referral.need_id)
    person = Person()
    if IDENTITY in program.scopes:
        who = await identity.read(session, seen.referral.client_id)
        person = Person(name=who.name, birth_date=who.birth_date)
    if need is None:
        return Sight(seen, person=person)
    return Sight(seen, need.term, need.need_by, person=person, settled=need.status in RESOLVED)


async def _as_receiver(session: AsyncSession, program: Program, seen: Glimpse, now: datetime) -> Sight:
    told = await queries.shown(session, seen.referral, now)
    if not told.agreed:
        return Sight(seen, settled=True)
    there = await disclosing.receiver(session, seen.referral, now)
    notices = tuple(notice.text for notice in await disclosing.applying(session, seen.referral, there))
    person = Person(area=told.area or "", languages=told.languages, age_from=told.age_from)
    if IDENTITY in program.scopes:
        person = replace(
            person, name=told.name or "", birth_date=told.birth_date, phones=told.phones, emails=told.emails,
            address=told.address or "",
        )  # fmt: skip
    notes = (told.notes or "") if IDENTITY in program.scopes else ""
    return Sight(seen, told.need, told.need_by, told.funding, notes, person, settled=True, notices=notices)


async def _stories(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, list[ReferralEvent]]:
    found: dict[UUID, list[ReferralEvent]] = {}
    for event in await session.scalars(
        select(ReferralEvent).where(ReferralEvent.referral_id.in_(ids)).order_by(ReferralEvent.position)
    ):
        found.setdefault(event.referral_id, []).append(event)
    return found


async def _words(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, list[ReferralNote]]:
    found: dict[UUID, list[ReferralNote]] = {}
    for note in await session.scalars(
        select(ReferralNote)
        .where(ReferralNote.referral_id.in_(ids), ReferralNote.kind.in_(_WORDS))
        .order_by(ReferralNote.at, ReferralNote.id)
    ):
        found.setdefault(note.referral_id, []).append(note)
    return found


async def _names(
    session: AsyncSession, referrals: Sequence[Referral]
) -> Callable[[Referral], tuple[Named, Named, Named, Named]]:
    """Of services and organizations as they stand now, masked as everywhere. Two statements, and one for what is struck out."""
    language, told = current_language(), await called.names(session)
    services = await redirects.services(session, {one.service_id for one in referrals})
    houses = await redirects.organizations(
        session, {id for one in referrals for id in (one.organization_id, one.sender_organization_id)}
    )

    def house(id: UUID) -> Named:
        there = houses[id].now if id in houses else None
        return Named(there.id, told.organization(there).text("name", language)) if there else Named(id, "")

    def named(one: Referral) -> tuple[Named, Named, Named, Named]:
        found = services.get(one.service_id)
        if found is None:
            nobody = Named(one.service_id, "")
            return nobody, nobody, house(one.organization_id), house(one.sender_organization_id)
        now, then = (Named(it.id, told.service(it).text("name", language)) for it in (found.now, found.then))
        return now, now if found.together else then, house(one.organization_id), house(one.sender_organization_id)

    return named
