"""Somebody agrees, or does not, by a link of their own: what they are shown, and what their yes does today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from dateutil.relativedelta import relativedelta
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import consent, evidence, identity
from referrals.clients.consent import EndsWith
from referrals.clients.models import Client, Consent, ConsentEvidence, ConsentRequest, Need
from referrals.clients.queries import age_on
from referrals.kit.errors import NotFound
from referrals.kit.html import in_zone
from referrals.matching import queries
from referrals.matching.agreement import Agreement, agreement, speaking
from referrals.matching.constraints import Class
from referrals.matching.scoring import Match
from referrals.matching.snapshot import snapshot
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import disclosing
from referrals.tracking.actions import consenting
from referrals.tracking.models import Referral
from referrals.tracking.said import CLIENT, Party, Snapshot


@dataclass(frozen=True, slots=True)
class Question:
    """What they are asked, in their own language, and only what was asked of them."""

    asked: ConsentRequest
    referral: Referral
    client: Client
    need: Need
    agreement: Agreement
    service: str
    organization: str

    def until(self, now: datetime) -> datetime:
        """When what is agreed to at this moment is over at the latest."""
        return now + relativedelta(months=self.asked.months)

    def ending(self, now: datetime) -> str:
        return self.agreement.ends(self.until(now), self.ends_with)

    @property
    def ends_with(self) -> EndsWith | None:
        return cast("EndsWith | None", self.asked.ends_with)


async def question(session: AsyncSession, asked: ConsentRequest, referral: Referral, now: datetime) -> Question:
    """Raises NotFound where the service or the file is gone."""
    client, need = await session.get_one(Client, asked.client_id), await session.get_one(Need, referral.need_id)
    today = in_zone(now).date()
    who, contacts = await identity.read(session, client.id), await identity.contacts(session, client.id)
    with speaking(asked.language):
        named = await queries.name_of(session, referral.service_id)
    to = await disclosing.receiver(session, referral, now)
    told = agreement(
        client, need, who, contacts, age_on(client, who, today), named.service, named.organization,
        await vocabulary(session), to.sensitivity,
    )  # fmt: skip
    return Question(asked, referral, client, need, told, named.service, named.organization)


async def agree(
    session: AsyncSession, it: Question, after: Collection[str], sensitivity: Collection[str], name: str, now: datetime
) -> Referral:
    """Their yes, by their own link. What they did not tick of what follows an acceptance is not told.

    It goes out at once where it still fits; else their case manager looks first.
    """
    proof = await evidence.by_link(session, it.client.id, name, now)
    given = await _grant(session, it, after, sensitivity, "e-sign", proof, now)
    await consenting.say_yes(session, it.asked, it.referral, given, await fits_now(session, it, now), CLIENT, now)
    return it.referral


async def agreed_aloud(session: AsyncSession, it: Question, witness: str, by: Party, now: datetime) -> Referral:
    """They said yes after all, and somebody heard it: to all that was asked."""
    proof = await evidence.spoken(session, it.client.id, witness, now)
    given = [told.code for told in it.agreement.given_away]
    kept = await _grant(session, it, it.asked.after, given, "oral_witnessed", proof, now)
    await consenting.say_yes(session, it.asked, it.referral, kept, await fits_now(session, it, now), by, now)
    return it.referral


async def _grant(
    session: AsyncSession, it: Question, after: Collection[str], sensitivity: Collection[str], method: str,
    proof: ConsentEvidence, now: datetime,
) -> Consent:  # fmt: skip
    asked = it.asked
    scope = [*asked.before, *(code for code in asked.after if code in after)]
    return await consent.grant(
        session, it.client, recipients=[it.referral.service_id], scope=scope, method=method,
        text=it.agreement.text(scope, asked.direction, sensitivity, it.ending(now)), language=asked.language,
        direction=asked.direction, recorded_by=asked.asked_by, now=now,
        expires_at=it.until(now), sensitivity=sensitivity, evidence=proof, ends_with=it.ends_with,
    )  # fmt: skip


async def fits_now(
    session: AsyncSession, it: Question, now: datetime, *, override: str | None = None
) -> Snapshot | None:
    """How it fits at this moment; None where something stands in the way that nobody has spoken about.

    `override`: why it goes all the same, said today; else what was said when it was asked speaks for what failed then.
    """
    today = in_zone(now).date()
    before = it.referral.snapshot
    asked = await queries.asked(session, it.client, it.need, today)
    try:
        match = await queries.match_one(session, asked, it.referral.service_id)
    except NotFound:
        return None
    if override and not any(finding.cls is Class.ABSOLUTE for finding in match.failures):
        return snapshot(asked.person, asked.need, match, today, override=override, position=before.get("position"))
    reason = before.get("override_reason")
    known = set(before.get("failed", ())) if reason else set()
    if _new(match) - known or any(finding.cls is Class.ABSOLUTE for finding in match.failures):
        return None
    return snapshot(asked.person, asked.need, match, today, override=reason, position=before.get("position"))


def _new(match: Match) -> set[str]:
    return {finding.id for finding in match.failures}
