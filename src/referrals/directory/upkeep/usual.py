"""The rhythm of listings for which nobody chose one: the deployment's."""

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.upkeep.rhythm import USUAL
from referrals.kit.db import deployment


def usual(session: AsyncSession) -> int:
    """Months between two checks."""
    settings = deployment(session)
    return settings.check_months if settings else USUAL
