"""A case manager waves a bar through because the listing is wrong: then the directory hears of it, and nothing of the person."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.directory import reports
from referrals.kit.errors import TooMany
from referrals.kit.html import listed
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.matching.looked_at import RULES
from referrals.matching.scoring import Match

_FORM: Final = UUID("5b0c7d0e-58f3-4e51-8a58-0f3d3a0a9c61")


async def tell_the_directory(
    session: AsyncSession, actor: Actor, match: Match, words: str, form_key: str, now: datetime
) -> str:
    """Open a correction report, once for each form. Returns what to say of it."""
    try:
        await reports.report(
            session, uuid5(_FORM, form_key), match.offer.service_id, what="other", words=_told(match, words),
            email=actor.email, language=current_language(), now=now,
        )  # fmt: skip
    except TooMany:
        return _("The directory has had many reports on this listing lately; yours was not added.")
    return _("The directory looks at the listing, and writes to you.")


def _told(match: Match, words: str) -> str:
    """Which things the listing says wrongly, by their names alone: what they were compared with is the person's."""
    wrong = [_(RULES[finding.id]) for finding in match.failures if finding.datum.startswith("listing.")]
    said = _("A case manager says that this listing is wrong about: %(things)s.") % {"things": listed(wrong)}
    if not wrong:
        said = _("A case manager says that this listing is wrong.")
    return f"{said}\n{words.strip()}" if words.strip() else said
