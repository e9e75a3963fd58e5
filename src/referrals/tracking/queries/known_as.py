"""What a service or an organization is called now, and what it was called when something was agreed to or told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.queries import redirects
from referrals.directory.queries.called import Called, names
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Known:
    """`now`: for what is under way. `then`: for what was agreed to or told, which is never rewritten."""

    now: str
    then: str


async def known_as(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Known]:
    """Of services and organizations, by whatever id they were known. Two statements, and the one for what is struck out."""
    called = await names(session)
    services = await redirects.services(session, ids)
    organizations = await redirects.organizations(session, ids)
    found = {
        id: _known(called.service(one.then), called.service(one.now), one.together) for id, one in services.items()
    }
    return found | {
        id: _known(called.organization(one.then), called.organization(one.now), True)
        for id, one in organizations.items()
    }


def _known(then: Called, now: Called, together: bool) -> Known:
    """In other hands it is another receiver: what was agreed to and told stays with the one before."""
    old, new = then.text("name", current_language()), now.text("name", current_language())
    if old == new:
        return Known(new, new)
    return Known(new, _("%(name)s (then: %(old)s)") % {"name": new, "old": old} if together else old)
