"""Fields that were edited here, and that a source now says otherwise: ours stand, and the conflict is kept to be shown."""

from datetime import datetime

from referrals.exchange.staging import Staging


async def protect(staging: Staging, now: datetime) -> None:
    return
