"""After a refusal, with one click: what their listing should have said. It is asked of them, or goes to a curator.

Nothing of the person goes along: not for whom, not when, not that anybody was referred.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Need
from referrals.directory.models import ListingQuestion, ReaderReport
from referrals.directory.queries.redirects import standing
from referrals.directory.questions.ask import Asked, State, ask
from referrals.directory.questions.kinds import sentence
from referrals.kit.errors import Conflict, NotFound, Refused
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.matching.models import Lacking
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import beside
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral, ReferralEvent

REACHED: Final = (State.SENT, State.WAITING, State.ANSWERED)


@dataclass(frozen=True, slots=True)
class Lack:
    """`label`: as whoever clicks says it; `code` and `subject`: what the service is asked."""

    label: str
    code: str
    subject: str = ""


NEED: Final = "%need"
"""The subject is the need that was asked for."""
WHAT: Final[Mapping[str, Lack]] = {
    "age": Lack(N_("An age"), "condition", "age"),
    "gender": Lack(N_("Women or men only"), "condition", "gender"),
    "residence": Lack(N_("Where somebody lives"), "condition", "residence"),
    "situation": Lack(N_("Whom it is for, or not for"), "condition", "situation"),
    "payer": Lack(N_("Who pays"), "condition", "payer"),
    "way_in": Lack(N_("Who may send somebody"), "condition", "way-in"),
    "papers": Lack(N_("A paper that is needed"), "condition", "papers"),
    "level": Lack(N_("How much help somebody needs"), "condition", "level"),
    "area": Lack(N_("Which places they serve"), "area"),
    "offer": Lack(N_("That they do not offer this"), "includes", NEED),
}
_ELIGIBLE: Final = ("age", "gender", "residence", "situation", "payer", "way_in", "papers", "level")
AFTER: Final[Mapping[str, tuple[str, ...]]] = {
    "not_eligible": _ELIGIBLE, "out_of_area": ("area", "residence"), "service_not_offered": ("offer",),
    "funding_not_accepted": ("payer",),
}  # fmt: skip
"""Why they said no -> what may have been missing."""


async def told(session: AsyncSession, referral: Referral) -> beside.Lacking | None:
    """None where nothing could have been missing. Whoever asks has read the referral through `visible_to`, or by its link."""
    reason = await _reason(session, referral)
    if reason is None:
        return None
    choices = tuple((code, _(WHAT[code].label)) for code in AFTER[reason])
    row = await session.scalar(select(Lacking).where(Lacking.referral_id == referral.id))
    if row is None:
        return beside.Lacking(choices)
    question = await session.get(ListingQuestion, row.question_id) if row.question_id else None
    return beside.Lacking(
        choices, _(WHAT[row.what].label), row.at, row.by_id is None, question is not None,
        question is not None and question.answered_at is not None,
    )  # fmt: skip


async def say(session: AsyncSession, referral: Referral, what: str, by: UUID, now: datetime) -> Lacking:
    """Ask them; where no mail reaches them, or they were asked enough, a curator gets it. Said twice, it counts once.

    Raises Refused("lacking") for what does not belong to their reason.
    """
    row = await _write(session, referral, what, by, now)
    if row.question_id or row.report_id:
        return row
    lack, words = WHAT[what], await vocabulary(session)
    need = await session.get_one(Need, referral.need_id)
    subject = need.term if lack.subject == NEED else lack.subject
    try:
        asked = await ask(session, row.service_id, lack.code, subject, by, now)
    except NotFound:
        asked = Asked(State.STOPPED)
    if asked.state in REACHED and asked.question is not None:
        row.question_id = asked.question.id
    else:
        said = _("A service said no for a reason that its listing does not give. To find out: %(question)s")
        row.report_id = _report(session, row, said % {"question": sentence(lack.code, subject, words)}, now)
    await session.flush()
    return row


async def say_themselves(session: AsyncSession, referral: Referral, what: str, now: datetime) -> Lacking:
    """The receiver clicked it, after its own refusal: a curator puts it into the listing, and may ask them how."""
    row = await _write(session, referral, what, None, now)
    if row.report_id is None:
        said = _("The service says that its listing should tell this: %(what)s.") % {"what": _(WHAT[what].label)}
        row.report_id = _report(session, row, said, now)
        await session.flush()
    return row


async def take_back(session: AsyncSession, referral: Referral, now: datetime) -> None:
    """It was a slip. A question that nobody has answered yet is answered no more; a report that nobody has read is gone.

    Raises Conflict("lacking_answered") where it is too late.
    """
    row = await session.scalar(
        select(Lacking).where(Lacking.referral_id == referral.id).with_for_update(key_share=True)
    )
    if row is None:
        return
    question = await session.get(ListingQuestion, row.question_id) if row.question_id else None
    report = await session.get(ReaderReport, row.report_id) if row.report_id else None
    if (question is not None and question.answered_at) or (report is not None and report.handled_at):
        raise Conflict("lacking_answered")
    await session.delete(row)
    await session.flush()
    if question is not None and await _asked_for_this_alone(session, question):
        question.expires_at = now
    if report is not None:
        await session.delete(report)
    await session.flush()


async def _asked_for_this_alone(session: AsyncSession, question: ListingQuestion) -> bool:
    return await session.scalar(select(Lacking.id).where(Lacking.question_id == question.id).limit(1)) is None


async def _write(session: AsyncSession, referral: Referral, what: str, by: UUID | None, now: datetime) -> Lacking:
    """One for each refusal: two who click at once wait for each other on the referral's row."""
    await session.refresh(referral, with_for_update={"key_share": True})
    reason = await _reason(session, referral)
    if reason is None or what not in AFTER[reason]:
        raise Refused("lacking")
    before = await session.scalar(select(Lacking).where(Lacking.referral_id == referral.id))
    if before is not None:
        return before
    row = Lacking(
        referral_id=referral.id, service_id=await standing(session, referral.service_id), reason=reason, what=what,
        by_id=by, at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


def _report(session: AsyncSession, row: Lacking, words: str, now: datetime) -> UUID:
    id = uuid4()
    session.add(
        ReaderReport(
            id=id, service_id=row.service_id, what="other", words=words, email=None, language=current_language(), at=now
        )
    )
    return id


async def _reason(session: AsyncSession, referral: Referral) -> str | None:
    """Why they said no, where their listing could have said so beforehand."""
    if referral.status != Status.DECLINED:
        return None
    said = await session.scalar(
        select(ReferralEvent.reason_code).where(
            ReferralEvent.referral_id == referral.id, ReferralEvent.position == referral.position
        )
    )
    return said if said in AFTER else None
