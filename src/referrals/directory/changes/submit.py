"""Who may change what at once: a trusted editor and a curator; everybody else proposes, and a curator decides."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.directory.actions.history import Editor
from referrals.directory.changes import read
from referrals.directory.changes.fields import Record, Value, Values, kind, written
from referrals.directory.changes.write import Changed, change, differing, unaliased
from referrals.directory.hiding import keepers
from referrals.directory.models import Organization, Proposal
from referrals.kit.errors import Conflict, NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class Live:
    """It stands. Empty `changes`: nothing differed."""

    changes: list[Changed]


@dataclass(frozen=True, slots=True)
class Waiting:
    """It waits for a curator. `instead`: fields of which the same editor had proposed something else, and when."""

    proposal: Proposal
    instead: tuple[str, ...] = ()
    proposed_at: datetime | None = None


async def submit(session: AsyncSession, record: Record, wanted: Values, actor: Actor, now: datetime) -> Live | Waiting:
    """Change these fields, or propose to. Raises NotAllowed for somebody else's record, ValueError for a bad value."""
    owner = await organization_of(session, record)
    if not actor.edits(owner):
        raise NotAllowed("listing")
    if actor.is_trusted(owner):
        return Live(await change(session, record, wanted, editor(actor), now))
    before = await read.present(session, record, unaliased(record, wanted))
    if not (new := differing(record, wanted, before)):
        return Live([])
    return await _propose(session, record, owner, new, before, actor, now)


async def decide(
    session: AsyncSession, proposal_id: UUID, take: Collection[str], why: str, actor: Actor, now: datetime
) -> Proposal:
    """Take these fields of a proposal and refuse the others, which needs a reason for whoever wrote it.

    Raises NotFound, Conflict("already_decided"), NotAllowed for anybody but a curator, ValueError without a reason.
    """
    if not actor.may(Role.CURATOR):
        raise NotAllowed("role")
    proposal = await _waiting(session, proposal_id)
    refused = [name for name in proposal.wanted if name not in take]
    if refused and not why.strip():
        raise ValueError("why")
    record = await read.record_of(session, proposal.resource_type, proposal.resource_id)
    wanted: dict[str, Value] = {name: value for name, value in proposal.wanted.items() if name in take}
    await change(session, record, wanted, Editor(proposal.by_id, Role.PROVIDER_EDITOR.value), now)
    proposal.state = "accepted" if wanted else "refused"
    proposal.refused, proposal.why = refused, why.strip() or None
    proposal.decided_by_id, proposal.decided_at = actor.id, now
    return proposal


async def withdraw(session: AsyncSession, proposal_id: UUID, actor: Actor, now: datetime) -> Proposal:
    """Whoever proposed it thinks otherwise."""
    proposal = await _waiting(session, proposal_id)
    if proposal.by_id != actor.id:
        raise NotFound("proposal")
    proposal.state, proposal.decided_by_id, proposal.decided_at = "withdrawn", actor.id, now
    return proposal


def editor(actor: Actor) -> Editor:
    """The public record names the role, not the person."""
    role = Role.CURATOR if actor.may(Role.CURATOR) else Role.PROVIDER_EDITOR
    return Editor(actor.id, role.value)


async def organization_of(session: AsyncSession, record: Record) -> UUID:
    """Who keeps this record; of a place, see `hiding.keepers`. Raises NotFound for a place that is nobody's."""
    if isinstance(record, Organization):
        return record.id
    if record.organization_id is not None:
        return record.organization_id
    owner = (await keepers(session, [record.id])).get(record.id)
    if owner is None:
        raise NotFound("organization")
    return owner


def stale_fields(proposal: Proposal, now_there: Values) -> list[str]:
    """Fields that have changed since the proposal was written: taking them would undo somebody's work."""
    return [name for name, before in proposal.before.items() if written(before) != written(now_there.get(name))]


async def _propose(
    session: AsyncSession, record: Record, owner: UUID, new: dict[str, Value], before: Values, actor: Actor,
    now: datetime,
) -> Waiting:  # fmt: skip
    """One waiting proposal for each record and editor. A further field is added to it; other words for the same field make
    a new one of the whole, and the earlier stays in the history as replaced."""
    mine = await session.scalar(
        select(Proposal)
        .where(Proposal.resource_id == record.id, Proposal.by_id == actor.id, Proposal.state == "waiting")
        .with_for_update()
    )
    earlier = mine
    instead = (
        tuple(name for name in new if name in mine.wanted and written(mine.wanted[name]) != written(new[name]))
        if mine
        else ()
    )
    if mine is None or instead:
        mine = Proposal(
            resource_id=record.id, resource_type=kind(record), organization_id=owner, by_id=actor.id, refused=[],
            before=earlier.before if earlier else {}, wanted=earlier.wanted if earlier else {},
        )  # fmt: skip
        session.add(mine)
    if earlier is not None and instead:
        earlier.state, earlier.decided_by_id, earlier.decided_at = "replaced", actor.id, now
    mine.wanted = {**mine.wanted, **new}
    mine.before = {**mine.before, **{name: before[name] for name in new}}
    mine.at = now
    await session.flush()
    return Waiting(mine, instead, earlier.at if earlier and instead else None)


async def _waiting(session: AsyncSession, id: UUID) -> Proposal:
    found = await session.get(Proposal, id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("proposal")
    if found.state != "waiting":
        raise Conflict("already_decided")
    return found
