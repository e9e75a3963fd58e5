"""What stands between the case manager and the receiver on a referral's page: words, papers, a code to read out, a letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import sensitivity
from referrals.kit import forms
from referrals.kit.crypto import new_token
from referrals.kit.errors import Refused
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.sensitivity import CODES
from referrals.tracking import disclosing, messages, papers
from referrals.tracking.actions import letters, links
from referrals.tracking.calendars import calendar
from referrals.tracking.lifecycle import OPEN, UNSENT
from referrals.tracking.messages import Line
from referrals.tracking.models import Referral, ReferralFile, ReferralLetter
from referrals.tracking.queries.receiver import KNOWN
from referrals.tracking.routes.receiver_page import too_long

To = Literal["receiver", "client"]


class WordsForm(forms.Form):
    message: str
    key: str
    to: list[To] = []
    delicate: str = ""
    """What it gives away beyond the request; one code, or nothing."""

    def problems(self) -> dict[str, str]:
        found = too_long(self.message, "message") | ({} if self.to else {"to": _("Please choose who is to read it.")})
        known = not self.delicate or self.delicate in CODES
        return found if known else {**found, "delicate": _("This is not one of the choices.")}


class PaperForm(forms.Form):
    document: str
    tier: Literal["t1", "t2"] = "t2"
    sensitivity: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """`asked_for`: the papers that the service wants; none: nothing can be attached. `said_code`: shown once, to be read out."""

    thread: Sequence[Line]
    writes: bool
    words: forms.Filled[WordsForm]
    asked_for: Sequence[tuple[str, str]]
    papers: Sequence[ReferralFile]
    paper: forms.Filled[PaperForm]
    covered: bool
    """The agreement speaks of papers."""
    sensitivities: Sequence[tuple[str, str]]
    letter: ReferralLetter | None
    reads_out: bool
    """There is somebody who opens a page and may have to be told a code."""
    zone: ZoneInfo
    """The clock of whoever sends: the page is theirs."""
    said_code: str = ""
    errors: dict[str, str] = field(default_factory=dict)


async def between(
    session: AsyncSession, referral: Referral, now: datetime, *, words: forms.Filled[WordsForm] | None = None,
    paper: forms.Filled[PaperForm] | None = None, said_code: str = "",
) -> Between:  # fmt: skip
    open_now = referral.status in OPEN - UNSENT
    letter = await letters.current(session, referral.id)
    link = await links.living(session, referral.id, "receiver")
    wanted = await papers.asked_for(session, referral.service_id) if referral.status in OPEN else []
    asked_for = [(name, name) for name in wanted]
    return Between(
        await messages.thread(session, referral, "sender"), open_now,
        words or forms.blank(WordsForm, key=new_token(), to=["receiver"]), asked_for,
        await papers.of(session, referral.id), paper or forms.blank(PaperForm, tier="t2"),
        bool(asked_for) and await _covered(session, referral, now), sensitivity.options(), letter,
        referral.status in KNOWN and (link is not None or letter is not None), calendar(referral.sender_calendar).zone, said_code,
        {**(words.errors if words else {}), **(paper.errors if paper else {})},
    )  # fmt: skip


async def _covered(session: AsyncSession, referral: Referral, now: datetime) -> bool:
    try:
        await disclosing.covered(session, referral, {papers.FIELD}, now)
    except Refused:
        return False
    return True


__all__ = ["Between", "PaperForm", "To", "WordsForm", "between"]
