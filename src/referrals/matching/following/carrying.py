"""What was typed for the attempt before, and whether what was agreed to then lets the next one be asked."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.consent import Recipient, check
from referrals.clients.models import Consent, Need
from referrals.clients.sensitivity import of_going_there, of_need
from referrals.kit.errors import Refused
from referrals.kit.forms import Filled
from referrals.kit.pages import Req
from referrals.matching.facts import Person
from referrals.matching.forms import SendForm
from referrals.matching.scoring import Match
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral, ReferralNote
from referrals.tracking.queries import visible_to

F = TypeVar("F", bound=SendForm)
AFTER: Final = "after"
"""In the address of the form: the attempt whose words it carries on."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The attempt before, the words that went with it, and the agreement it was sent under."""

    referral: Referral
    message: str
    consent: Consent | None


@dataclass(frozen=True, slots=True)
class Receiving:
    """Who would be told, and what going there gives away by itself."""

    recipient: Recipient
    gives_away: frozenset[str]


async def carried(
    session: AsyncSession, actor: Actor, need_id: UUID, referral_id: UUID | None = None
) -> Carried | None:
    """From the newest attempt for this need, or from the one named; None where there is none."""
    found = visible_to(actor, Role.CASE_MANAGER).where(Referral.need_id == need_id, Referral.sent_at.is_not(None))
    found = found.where(Referral.status != Status.ENTERED_IN_ERROR).order_by(Referral.attempt.desc()).limit(1)
    referral = await session.scalar(found.where(Referral.id == referral_id) if referral_id else found)
    if referral is None:
        return None
    words = await session.scalar(
        select(ReferralNote.text)
        .where(
            ReferralNote.referral_id == referral.id, ReferralNote.kind == "message",
            ReferralNote.author_role == "case_manager", ReferralNote.visible_to.contains(["receiver"]),
        )
        .order_by(ReferralNote.at, ReferralNote.event_position).limit(1)
    )  # fmt: skip
    consent = await session.get(Consent, referral.consent_id) if referral.consent_id else None
    return Carried(referral, words or "", consent)


async def named_in(request: Req, session: AsyncSession, actor: Actor, need_id: UUID) -> Carried | None:
    """The attempt that the address of the form names; None where it names none of this need."""
    try:
        named = UUID(request.query_params.get(AFTER, ""))
    except ValueError:
        return None
    return await carried(session, actor, need_id, named)


async def agreements(session: AsyncSession, client_ids: Collection[UUID]) -> Mapping[UUID, list[Consent]]:
    """Of people who were read through the caseload: what they agreed to and have not taken back, the newest first."""
    rows = await session.scalars(
        select(Consent)
        .where(Consent.client_id.in_(set(client_ids)), Consent.revoked_at.is_(None))
        .order_by(Consent.granted_at.desc())
    )
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for row in rows:
        found[row.client_id].append(row)
    return found


async def last_scope(session: AsyncSession, referral_ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    """What each of these was allowed to tell."""
    rows = await session.execute(
        select(Referral.id, Consent.scope)
        .join(Consent, Consent.id == Referral.consent_id)
        .where(Referral.id.in_(set(referral_ids)))
    )
    return dict(rows.all())


def covering(
    given: Sequence[Consent], client_id: UUID, to: Receiving, scope: Collection[str], now: datetime
) -> Consent | None:
    """The agreement under which this service may be told all that the one before was told; None where there is none.

    One that ends with a request ended with the one before.
    """
    for one in given:
        try:
            return check(
                one, client_id=client_id, recipient_id=to.recipient, fields={"need", *scope}, now=now,
                sensitivity=to.gives_away, ended={"referral_closed"},
            )  # fmt: skip
        except Refused:
            continue
    return None


def receiving(match: Match, need: Need, person: Person, one_with: frozenset[UUID] = frozenset()) -> Receiving:
    """As `tracking.disclosing` sees it once there is a referral; here without a question to the database."""
    offer = match.offer
    age = person.ages[0] if person.ages else None
    return Receiving(
        Recipient(offer.service_id, offer.organization_id, offer.needs, one_with),
        of_need(need, age) | of_going_there(offer.needs, age),
    )


def begun(form: Filled[F], offered: Collection[str], before: Carried) -> Filled[F]:
    """The form with everything that was typed the last time. How the agreement was given stays open: it is a new one.

    `offered`: the fields of which the form asks whether they may be told after a yes.
    """
    typed = dict(form.raw) | {"urgency": before.referral.urgency, "message": before.message}
    given = before.consent
    if given is not None:
        told = set(given.scope)
        typed |= {
            "before": [code for code in typed["before"] if code in told],
            "after": [code for code in offered if code in told],
            "direction": "out" if given.direction == "out" else "both", "grantor": given.grantor,
            "authority": given.authority or "", "lasts": given.ends_with or _months(given),
        }  # fmt: skip
    return Filled(typed)


def _months(given: Consent) -> str:
    """As long as it was to hold the last time, as one of the form's choices."""
    if given.expires_at is None:
        return "12"
    months = (given.expires_at - given.granted_at).days / 30
    return min(("3", "6", "12"), key=lambda choice: abs(int(choice) - months))
