"""A new service of an organization: a name and what it offers; its other pages are filled in afterwards."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.directory.changes.submit import editor
from referrals.directory.changes.write import change
from referrals.directory.models import OWN, Metadata, Organization, Service
from referrals.kit.errors import NotAllowed

BEGUN = "create"
"""`last_action_type` of the first name: there is nothing before it that one could go back to."""


async def begin(
    session: AsyncSession, organization: Organization, name: str, language: str, need: str, actor: Actor, now: datetime
) -> Service:
    """Live at once. Raises NotAllowed for whoever is not trusted there: a proposal is about a record that is there."""
    if not (actor.edits(organization.id) and actor.is_trusted(organization.id)):
        raise NotAllowed("new_service")
    service = Service(
        id=uuid4(), source=OWN, organization_id=organization.id, name=name, language=language, translations={}
    )
    session.add(service)
    await session.flush()
    session.add(_born(service.id, name, actor, now))
    await change(session, service, {"attributes.need": [{"code": need}]}, editor(actor), now)
    return service


def _born(id: UUID, name: str, actor: Actor, now: datetime) -> Metadata:
    by = editor(actor)
    return Metadata(
        resource_id=id, resource_type="service", last_action_date=now, last_action_type=BEGUN, field_name="name",
        previous_value=None, replacement_value=name, updated_by=by.by, user_id=by.id,
    )  # fmt: skip
