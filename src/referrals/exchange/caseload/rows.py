"""The rows: of a case manager's own caseload, or of a supervisor's team without anything of the people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import identity
from referrals.clients import labels as people
from referrals.clients.models import Need
from referrals.directory.models import Organization, Service
from referrals.directory.queries.called import names
from referrals.directory.queries.redirects import stands_for
from referrals.exchange.caseload.columns import Row
from referrals.exchange.hooks.models import CaseloadExport
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import labels
from referrals.tracking.lifecycle import OPEN, Status
from referrals.tracking.models import Referral
from referrals.tracking.queries.visible import visible_to

MOST = 20_000
LAST = 5


async def rows(session: AsyncSession, actor: Actor, role: Role, now: datetime) -> list[Row]:
    return await (_own(session, actor, now) if role == Role.CASE_MANAGER else _team(session, actor, now))


async def log(
    session: AsyncSession, actor: Actor, role: Role, columns: Sequence[str], count: int, now: datetime
) -> None:
    """Who took out what, when, and how much; not what stood in it."""
    session.add(
        CaseloadExport(
            user_id=actor.id, organization_id=actor.organization(role), role=role.value, columns=list(columns), rows=count,
            at=now,
        )
    )  # fmt: skip
    await session.flush()


async def taken(session: AsyncSession, actor: Actor) -> Sequence[CaseloadExport]:
    """Their own last files."""
    asked = select(CaseloadExport).where(CaseloadExport.user_id == actor.id)
    return (await session.scalars(asked.order_by(CaseloadExport.at.desc()).limit(LAST))).all()


async def _own(session: AsyncSession, actor: Actor, now: datetime) -> list[Row]:
    found = (
        await session.execute(
            visible_to(actor, Role.CASE_MANAGER)
            .join(Need, Need.id == Referral.need_id)
            .join(Service, Service.id == stands_for(Referral.service_id))
            .join(Organization, Organization.id == stands_for(Referral.organization_id))
            .add_columns(Need, Service, Organization)
            .where(Referral.status != Status.ENTERED_IN_ERROR)
            .order_by(Referral.created_at, Referral.id).limit(MOST)
        )
    ).all()  # fmt: skip
    called, words, language = await names(session), await vocabulary(session), current_language()
    who = await identity.names(session, [referral.client_id for referral, *_rest in found])
    senders = await accounts.names(session, [referral.sender_id for referral, *_rest in found])
    return [
        Row(
            **_common(referral, now), case_manager=senders.get(referral.sender_id, ""),
            person=who.get(referral.client_id, ""), need=words.label("need", need.term, language),
            need_status=people.need_status(need.status), service=called.service(service).text("name", language),
            organization=called.organization(organization).text("name", language),
        )
        for referral, need, service, organization in found
    ]  # fmt: skip


async def _team(session: AsyncSession, actor: Actor, now: datetime) -> list[Row]:
    found = (
        await session.scalars(
            select(Referral)
            .where(
                Referral.sender_organization_id.in_(actor.organizations.get(Role.SUPERVISOR, ())),
                Referral.status != Status.ENTERED_IN_ERROR,
            )
            .order_by(Referral.created_at, Referral.id).limit(MOST)
        )
    ).all()  # fmt: skip
    senders = await accounts.names(session, [referral.sender_id for referral in found])
    return [Row(**_common(one, now), case_manager=senders.get(one.sender_id, "")) for one in found]


def _common(referral: Referral, now: datetime) -> dict[str, Any]:
    late = referral.status in OPEN and referral.due_at is not None and referral.due_at <= now
    return {
        "code": str(referral.id), "status": referral.status, "status_label": labels.status_label(referral.status),
        "urgency": _("urgent") if referral.urgency == "urgent" else _("not urgent"), "attempt": referral.attempt,
        "sent_at": referral.sent_at, "answered_at": referral.responded_at, "due_at": referral.due_at,
        "appointment_at": referral.appointment_at, "started_on": referral.started_on, "completed_at": referral.completed_at,
        "closed_at": referral.closed_at, "late": _("yes") if late else _("no"),
    }  # fmt: skip
