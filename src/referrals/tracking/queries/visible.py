"""The only door to referrals: those of one's caseload, those sent to one's organization, one's own."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.models import Client
from referrals.clients.queries import caseload
from referrals.directory.models import MergedInto
from referrals.kit.errors import NotFound
from referrals.tracking.lifecycle import UNSENT
from referrals.tracking.models import Referral


def visible_to(actor: Actor, *roles: Role) -> Select[Referral]:
    """What this person may see, in these of their roles (all of them when none is named).

    A provider sees what was sent to its organizations, and to those that were merged into them, and nothing else of the
    same person; a client what was sent for them.
    """
    acting = replace(actor, roles=actor.roles & frozenset(roles or Role))
    ways: list[ColumnElement[bool]] = []
    if acting.may(Role.CASE_MANAGER):
        own = replace(acting, roles=frozenset({Role.CASE_MANAGER}))
        ways.append(Referral.client_id.in_(caseload(own).with_only_columns(Client.id)))
    if acting.may(Role.CLIENT):
        own = replace(acting, roles=frozenset({Role.CLIENT}))
        ways.append(and_(_sent(), Referral.client_id.in_(caseload(own).with_only_columns(Client.id))))
    if acting.may(Role.PROVIDER_EDITOR):
        held = acting.organizations.get(Role.PROVIDER_EDITOR, ())
        before = select(MergedInto.old_id).where(MergedInto.kept_id.in_(held))
        own_ones = or_(Referral.organization_id.in_(held), Referral.organization_id.in_(before))
        ways.append(and_(_sent(), own_ones))
    return select(Referral).where(or_(False, *ways))


async def get(session: AsyncSession, actor: Actor, referral_id: UUID, *roles: Role) -> Referral:
    """Raises NotFound for one that is not there and for one that is somebody else's."""
    found = await session.scalar(visible_to(actor, *roles).where(Referral.id == referral_id))
    if found is None:
        raise NotFound("referral")
    return found


def _sent() -> ColumnElement[bool]:
    return Referral.status.not_in(UNSENT)
