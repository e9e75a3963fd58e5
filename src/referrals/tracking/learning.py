"""What happened becomes what is known of services: every night, from the whole story, never about a person.

Left out of quality, as nobody can blame the service for it: whatever lies with the client or with whoever sent them,
what was cancelled or entered in error, what was full, what the clock closed unjudged, and what the two sides tell
differently until it is settled. A refusal for want of room counts where it belongs: in how often they say yes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import (
    Float,
    Select,
    Subquery,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from referrals.clients.models import Need
from referrals.directory.models import MergedInto
from referrals.tracking.evidence import HALF_LIFE, Learnt, Tally, learn_days, learn_shares
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Dispute, Lasting, Learned, Referral, ReferralEvent, Verdict
from referrals.tracking.reasons import DECLINE, EXPIRE, NOT_COMPLETED, UNMET, Side

MET: Final[Mapping[str, float]] = {"met": 1.0, "partly": 0.5, "unmet": 0.0}
SURE: Final[Mapping[str, float]] = {"client": 1.0, "document": 1.0, "observation": 0.75, "provider": 0.5, "none": 0.5}
"""How much a verdict weighs, by whose word it stands on."""
LASTED: Final[Mapping[str, float]] = {"yes": 1.0, "unknown": 1.0, "partly": 0.75, "no": 0.5}
"""What is left of a need that was met, by what the person says a month or three later."""
GAVE_UP: Final = 0.5
"""What it weighs that a service gave a person up: one voice said so."""
LONGEST: Final = 365
"""Days beyond which a wait counts as this: one forgotten date must not speak for a service."""
_MEASURES: Final[Mapping[str, Callable[[Mapping[tuple[str, UUID], Tally]], Iterator[Learnt]]]] = {
    "quality": learn_shares, "acceptance": learn_shares, "answer_days": learn_days, "wait_days": learn_days,
}  # fmt: skip


async def learn(session: AsyncSession, now: datetime) -> int:
    """Everything anew; how many figures there are. Two statements to read and write them, one to forget the last."""
    tallies: dict[str, dict[tuple[str, UUID], Tally]] = {measure: {} for measure in _MEASURES}
    for measure, need, service_id, count, weight, total in await session.execute(_counted(now)):
        tallies[measure][need, service_id] = Tally(count, weight, total)
    rows = [_row(measure, one, now.date()) for measure, settle in _MEASURES.items() for one in settle(tallies[measure])]
    await session.execute(delete(Learned))
    if rows:
        await session.execute(insert(Learned), rows)
    return len(rows)


def _row(measure: str, one: Learnt, today: date) -> dict[str, Any]:
    return {
        "id": uuid4(), "need": one.need, "measure": measure, "service_id": one.service_id, "count": one.seen.count,
        "weight": one.seen.weight, "total": one.seen.total, "prior": one.prior.mean, "kappa": one.prior.kappa,
        "mean": one.mean, "spread": one.spread, "as_of": today,
    }  # fmt: skip


def _counted(now: datetime) -> Select[Any]:
    """Every case that speaks about a service, added up by measure, need and service."""
    cases = cases_of(now).subquery()
    return select(
        cases.c.measure, cases.c.need, cases.c.service_id, func.count(), func.sum(cases.c.weight),
        func.sum(cases.c.weight * cases.c.value),
    ).group_by(cases.c.measure, cases.c.need, cases.c.service_id)  # fmt: skip


def cases_of(now: datetime) -> Select[Any]:
    """One row for each case: measure, need, service, when, value, how sure, and what it weighs today. Nothing says of whom.

    What merged counts for what stands.
    """
    cases = union_all(_verdicts(), _given_up(), _answers(), _answer_times(), _waits()).subquery()
    aged = func.power(0.5, func.greatest(0, _days(literal(now), cases.c.at)) / HALF_LIFE)
    return (
        select(
            cases.c.measure, Need.term.label("need"), func.coalesce(MergedInto.kept_id, Referral.service_id).label("service_id"),
            cases.c.at, cases.c.value, cases.c.sure, (cases.c.sure * aged).label("weight"),
        )
        .join(Referral, Referral.id == cases.c.referral_id)
        .join(Need, Need.id == Referral.need_id)
        .outerjoin(MergedInto, MergedInto.old_id == Referral.service_id)
        .where(Referral.status != Status.ENTERED_IN_ERROR)
    )  # fmt: skip


def _verdicts() -> Select[Any]:
    """What became of the need where this service was the last to work on it, as far as it lasted.

    Frozen while the two sides tell it differently, and for good where nobody could find out, or somebody else had helped.
    """
    verdict, lasted, disputed = _newest(Verdict), _newest(Lasting), _disputed(("unclear", "elsewhere"))
    theirs = [reason for reason, side in UNMET.items() if side is Side.PROVIDER]
    value = _of(verdict.c.verdict, MET) * func.coalesce(_of(lasted.c.still, LASTED), 1.0)
    return (
        _case("quality", verdict.c.referral_id, verdict.c.at, value, _of(verdict.c.verified_by, SURE))
        .outerjoin(lasted, lasted.c.referral_id == verdict.c.referral_id)
        .where(
            or_(verdict.c.verdict.in_(("met", "partly")), and_(verdict.c.verdict == "unmet", verdict.c.unmet_reason.in_(theirs))),
            verdict.c.referral_id.not_in(disputed),
        )
    )  # fmt: skip


def _disputed(for_good: Sequence[str]) -> Select[tuple[UUID]]:
    """Referrals whose last dispute is open, or was settled in one of these ways."""
    newest = (
        select(Dispute).ext(distinct_on(Dispute.referral_id))
        .order_by(Dispute.referral_id, Dispute.opened_at.desc()).subquery()
    )  # fmt: skip
    return select(newest.c.referral_id).where(or_(newest.c.settled_at.is_(None), newest.c.settled_as.in_(for_good)))


def _given_up() -> Select[Any]:
    """They had said yes, and then it was they who ended it."""
    theirs = [reason for reason, side in NOT_COMPLETED.items() if side is Side.PROVIDER]
    event = ReferralEvent
    return _case("quality", event.referral_id, event.at, literal(0.0), literal(GAVE_UP)).where(
        event.kind == "fail", event.reason_code.in_(theirs),
        event.referral_id.not_in(_disputed(("helped", "in_part", "unclear"))),
    )  # fmt: skip


def _answers() -> Select[Any]:
    """Yes, no, or no word at all. A no that lies with the person or with whoever sent them says nothing about the service."""
    event = ReferralEvent
    no = [reason for reason, side in DECLINE.items() if side in (Side.SYSTEM, Side.PROVIDER)]
    silent = [reason for reason, side in EXPIRE.items() if side is Side.PROVIDER]
    yes = event.kind.in_(("accept", "accept_waitlist"))
    return _case("acceptance", event.referral_id, event.at, case((yes, 1.0), else_=0.0), literal(1.0)).where(
        or_(
            yes, and_(event.kind == "decline", event.reason_code.in_(no)),
            and_(event.kind == "expire", event.reason_code.in_(silent)),
        )
    )  # fmt: skip


def _answer_times() -> Select[Any]:
    days = func.least(LONGEST, _days(Referral.responded_at, Referral.sent_at))
    return _case("answer_days", Referral.id, Referral.responded_at, days, literal(1.0)).where(
        Referral.responded_at.is_not(None), Referral.sent_at.is_not(None)
    )


def _waits() -> Select[Any]:
    days = cast(Referral.started_on - func.date(Referral.sent_at), Float)
    waited = func.least(LONGEST, func.greatest(0, days))
    return _case("wait_days", Referral.id, Referral.sent_at, waited, literal(1.0)).where(
        Referral.started_on.is_not(None), Referral.sent_at.is_not(None)
    )


def _case(measure: str, referral_id: Any, at: Any, value: Any, sure: Any) -> Select[Any]:
    return select(
        literal(measure).label("measure"), referral_id.label("referral_id"), at.label("at"),
        cast(value, Float).label("value"), cast(sure, Float).label("sure"),
    )  # fmt: skip


def _newest(model: type[Verdict] | type[Lasting]) -> Subquery:
    """Said twice of one referral, the later counts."""
    newest = select(model).ext(distinct_on(model.referral_id)).where(model.referral_id.is_not(None))
    return newest.order_by(model.referral_id, model.at.desc()).subquery()


def _of(column: Any, values: Mapping[str, float]) -> ColumnElement[float]:
    return case(values, value=column)


def _days(later: Any, earlier: Any) -> ColumnElement[float]:
    return cast(func.extract("epoch", later - earlier) / 86400.0, Float)
