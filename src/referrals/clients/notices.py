"""What a law wants a receiver to read with what it is told: which notice applies, and its wording, which a deployment writes.

We bring no wording of our own. While one that applies is empty, nothing can be sent.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Notice
from referrals.kit.errors import Refused
from referrals.kit.i18n import N_

CODES: Final = ("part2", "secrecy_fr")
TITLES: Final[Mapping[str, str]] = {
    "part2": N_("Notice under 42 CFR Part 2"),
    "secrecy_fr": N_("Notice on professional secrecy (France)"),
}
WHEN: Final[Mapping[str, str]] = {
    "part2": N_("Goes with whatever tells of alcohol or drugs to a receiver in the United States."),
    "secrecy_fr": N_("Goes with whatever is told to a receiver in France."),
}


def which(sensitivity: Collection[str], country: str | None) -> tuple[str, ...]:
    """The notices that apply. `country`: where the receiver works. Pure."""
    if country == "US":
        return ("part2",) if "sud" in sensitivity else ()
    return ("secrecy_fr",) if country == "FR" else ()


async def wordings(session: AsyncSession, codes: Collection[str], language: str) -> list[Notice]:
    """As they stand now. Raises Refused("notice", code=…) for one that nobody has written in this language."""
    found = {code: await current(session, code, language) for code in codes}
    for code, notice in found.items():
        if notice is None or not notice.text.strip():
            raise Refused("notice", notice=code, language=language)
    return [notice for notice in found.values() if notice]


async def current(session: AsyncSession, code: str, language: str) -> Notice | None:
    return await session.scalar(
        select(Notice).where(Notice.code == code, Notice.language == language)
        .order_by(Notice.since.desc(), Notice.id).limit(1)
    )  # fmt: skip


async def write(
    session: AsyncSession, code: str, language: str, text: str, now: datetime, by: UUID | None
) -> Notice | None:
    """A new wording beside the older ones; None where it says what it said before."""
    before = await current(session, code, language)
    if text.strip() == (before.text if before else ""):
        return None
    notice = Notice(code=code, language=language, text=text.strip(), since=now, written_by=by)
    session.add(notice)
    await session.flush()
    return notice
