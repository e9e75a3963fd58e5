"""Referrals as an organization's programs see them: what was sent to it, and what its own people sent. A program has no
caseload, so this is its door; `visible_to` is that of people."""

from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.sql import ColumnElement

from referrals.directory.models import MergedInto
from referrals.tracking.lifecycle import UNSENT
from referrals.tracking.models import Referral


def of_organization(organization_id: UUID) -> Select[Referral]:
    """Every referral that this organization sent, drafts too, or was sent."""
    return select(Referral).where(or_(sent_by(organization_id), sent_to(organization_id)))


def sent_by(organization_id: UUID) -> ColumnElement[bool]:
    return Referral.sender_organization_id == organization_id


def sent_to(organization_id: UUID) -> ColumnElement[bool]:
    """To it, or to one that was merged into it; never what has not been sent yet."""
    before = select(MergedInto.old_id).where(MergedInto.kept_id == organization_id)
    to_it = or_(Referral.organization_id == organization_id, Referral.organization_id.in_(before))
    return to_it & Referral.status.not_in(UNSENT)
