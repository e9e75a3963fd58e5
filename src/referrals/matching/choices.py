"""What was chosen for a need and why: the client's own choice first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients.models import Client, Need
from referrals.clients.queries import caseload
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.matching.models import Choice, MatchList

REASONS: Final[Mapping[str, str]] = {
    "soonest": N_("It begins soonest"),
    "nearest": N_("It is nearest"),
    "cheapest": N_("It costs least"),
    "language": N_("They speak my language"),
    "made_for_them": N_("It is made for people like me"),
    "knows_them": N_("I know somebody there"),
    "recommended": N_("Somebody told me good things"),
    "feels_right": N_("It feels right"),
    "only_one": N_("It is the only one I can go to"),
    "other": N_("Something else"),
}
"""In the person's voice."""
PROPOSED: Final = "proposed"
"""Why a case manager chose what fits: it was proposed."""


def chosen_for(actor: Actor) -> Select[Choice]:
    """The only door: choices of the people of one's caseload."""
    return select(Choice).where(Choice.client_id.in_(caseload(actor).with_only_columns(Client.id)))


def told(choice: Choice, cited: str) -> str:
    """`Paul’s choice: “It is nearest”. The bus stops there.`"""
    reason = _(REASONS[choice.reason]) if choice.reason in REASONS else ""
    said = _("%(name)s chose it: “%(reason)s”.") % {"name": cited, "reason": reason}
    return f"{said} {choice.words}" if choice.words else said


async def choose(
    session: AsyncSession, actor: Actor, need: Need, service_id: UUID, *, by: str, reason: str, words: str = "",
    compared: Sequence[UUID] = (), now: datetime,
) -> Choice:  # fmt: skip
    """Written down with the list that was looked at. Earlier choices stay; the latest one counts."""
    shown = select(MatchList.id).where(MatchList.need_id == need.id).order_by(MatchList.at.desc()).limit(1)
    choice = Choice(
        client_id=need.client_id, need_id=need.id, service_id=service_id, list_id=await session.scalar(shown),
        chosen_by=by, reason=reason, words=words.strip(), compared=list(compared), at=now, by_id=actor.id,
    )  # fmt: skip
    session.add(choice)
    await session.flush()
    return choice


async def sent(
    session: AsyncSession, actor: Actor, need: Need, service_id: UUID, override: str | None, now: datetime
) -> Choice:
    """The case manager sends it without a choice of the person's own on record; written down once."""
    before = chosen_for(actor).where(Choice.need_id == need.id, Choice.service_id == service_id)
    return await session.scalar(before.order_by(Choice.at.desc()).limit(1)) or await choose(
        session, actor, need, service_id, by="case_manager", reason=override or PROPOSED, now=now
    )


async def latest(session: AsyncSession, actor: Actor, need_id: UUID) -> Choice | None:
    return (await latest_of(session, actor, [need_id])).get(need_id)


async def latest_of(session: AsyncSession, actor: Actor, need_ids: Sequence[UUID]) -> Mapping[UUID, Choice]:
    """The choice that counts for each need, in one statement: the client's newest, else the newest of all."""
    if not need_ids:
        return {}
    newest = chosen_for(actor).where(Choice.need_id.in_(need_ids)).ext(distinct_on(Choice.need_id))
    rows = await session.scalars(
        newest.order_by(Choice.need_id, (Choice.chosen_by == "client").desc(), Choice.at.desc())
    )
    return {choice.need_id: choice for choice in rows}
