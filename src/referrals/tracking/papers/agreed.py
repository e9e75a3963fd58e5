"""Whether the person's agreement lets a paper out to the receiver of a referral. Asked anew at every look."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.errors import Refused
from referrals.tracking import disclosing
from referrals.tracking.lifecycle import WAITING
from referrals.tracking.models import Referral, ReferralFile
from referrals.tracking.queries.receiver import KNOWN

FIELD: Final = "documents"
"""What a person agrees to when papers may go along."""


async def agreed_to(
    session: AsyncSession, referral: Referral, there: Sequence[ReferralFile], now: datetime
) -> list[ReferralFile]:
    """Of these papers those that the receiver may have at this stage, under the agreement as it stands."""
    tiers = {"t1", "t2"} if referral.status in KNOWN else {"t1"} if referral.status in WAITING else set()
    to, found = await disclosing.receiver(session, referral, now), []
    for one in there:
        if one.tier not in tiers:
            continue
        try:
            await disclosing.covered(session, referral, {FIELD}, now, sensitivity=_given_away(one), to=to)
        except Refused:
            continue
        found.append(one)
    return found


async def opened(session: AsyncSession, referral: Referral, paper: ReferralFile, now: datetime) -> None:
    """Write down that the receiver has taken this paper. Raises Refused."""
    await disclosing.tell(session, referral, {FIELD}, now, sensitivity=_given_away(paper))


def _given_away(paper: ReferralFile) -> frozenset[str]:
    return frozenset({paper.sensitivity} if paper.sensitivity else ())
