"""A receiver's program answers by changing the Task, a sender's program takes it back: the same law, the same guards and the
same story as the page's buttons."""

from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.programs import Program
from referrals.exchange.fhir import finding, seeing, steps
from referrals.exchange.fhir.finding import Entry
from referrals.exchange.fhir.outcomes import Issue, Misread, Stale, Unfit, Unversioned
from referrals.exchange.fhir.patching import patched
from referrals.exchange.fhir.seeing import Side
from referrals.exchange.fhir.shapes import Resource
from referrals.kit.html import in_zone
from referrals.kit.i18n import N_
from referrals.kit.jobs import enqueue
from referrals.tracking import actions
from referrals.tracking.actions.timers import entered
from referrals.tracking.lifecycle import By, Status
from referrals.tracking.models import Referral
from referrals.tracking.said import RECEIVER, Party, Said
from referrals.tracking.timers import late_at, timers

NOT_A_TASK: Final = N_("The body must be the Task with the id of its address.")
NO_VERSION: Final = N_(
    "Name the version that you know in the header If-Match, as the ETag of your last reading said it."
)
NOT_NEWEST: Final = N_(
    "Version %(asked)s is not the newest any more: that is %(newest)s. Read the Task again, and decide anew."
)


async def put(
    session: AsyncSession, program: Program, id: UUID, body: Any, match: str | None, now: datetime, *, key: str
) -> Entry:
    """The Task that is wanted, whole. `key` makes the same request a second time harmless."""
    referral = await finding.get(session, program, "Task", id)
    if not isinstance(body, dict) or body.get("resourceType") != "Task" or str(body.get("id")) != str(id):
        raise Misread(Issue("invalid", NOT_A_TASK, "Task.id"))
    return await _update(session, program, referral, body, match, now, key)


async def patch(
    session: AsyncSession, program: Program, id: UUID, body: Any, match: str | None, now: datetime, *, key: str
) -> Entry:
    referral = await finding.get(session, program, "Task", id)
    return await _update(session, program, referral, body, match, now, key, is_patch=True)


def request_key(program: Program, id: UUID, match: str | None, method: str, body: bytes) -> str:
    """Equal for the same request of the same program at the same version, and for nothing else."""
    said = f"{program.key_id}|{id}|{match}|{method}|".encode() + body
    return f"fhir {sha256(said).hexdigest()}"


async def _update(
    session: AsyncSession, program: Program, referral: Referral, body: Any, match: str | None, now: datetime, key: str,
    *, is_patch: bool = False,
) -> Entry:  # fmt: skip
    (seen,) = await seeing.glimpses(session, program, [referral], now)
    if await actions.already_said(session, referral, key):
        return await finding.task(session, program, referral, now)
    _newest(referral, match)
    before = (await finding.task(session, program, referral, now)).resource
    wanted: Resource = patched(before, body) if is_patch else body
    if issues := steps.refused_changes(before, wanted):
        raise Unfit(*issues)
    if seen.side == Side.SENDER:
        await _withdraw(session, referral, before, wanted, now, key)
        return await finding.task(session, program, referral, now)
    today = in_zone(now).date()
    standing = steps.Standing(referral.status, referral.appointment_at, _usual_contact(referral, now))
    for number, (event, said) in enumerate(steps.events(before, wanted, standing, today)):
        await _act(session, referral, event, replace(said, key=key + "+" * number), now)
    return await finding.task(session, program, referral, now)


async def _withdraw(
    session: AsyncSession, referral: Referral, before: Resource, wanted: Resource, now: datetime, key: str
) -> None:
    """At once while nobody has said yes; else the receiver is asked to confirm. Whoever sent it is told: it was not they."""
    said = steps.withdrawal(before, wanted, referral.status)
    if said is not None:
        await actions.withdraw(session, referral, SENDING, said.reason or "", now, words=said.words, key=key)
        await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))


SENDING: Final = Party(By.CASE_MANAGER)
"""The organization's own program, and no person of it."""


async def _act(session: AsyncSession, referral: Referral, event: str, said: Said, now: datetime) -> None:
    if lacking := actions.missing(event, RECEIVER, said):
        raise Unfit(*steps.lacking(event, lacking))
    await actions.act(session, referral, event, RECEIVER, replace(said, seen=referral.position), now)
    referral.seen_at = referral.seen_at or now


def _usual_contact(referral: Referral, now: datetime) -> date:
    """The day by which our clock asks about the first contact, where the receiver names none."""
    accepted = replace(entered(referral), status=Status.ACCEPTED, at=now, appointment=None)
    return in_zone(late_at(timers(accepted)) or now).date()


def _newest(referral: Referral, match: str | None) -> None:
    """Raises Unversioned and Stale."""
    if not match:
        raise Unversioned(Issue("required", NO_VERSION))
    asked = match.strip().removeprefix("W/").strip('"')
    if asked != str(referral.position):
        raise Stale(Issue("conflict", NOT_NEWEST, facts={"asked": asked[:20], "newest": referral.position}))
