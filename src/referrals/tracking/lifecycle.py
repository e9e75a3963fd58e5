"""The law of a referral, read once from `referral_states.json`: what may follow what, who may do it, what it must say.

Pure: no database, no clock. Statuses and events are named here so that code can speak of them; a test holds both lists
against the file, and where they differ the file is right.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from importlib.resources import files
from typing import Any

from referrals.kit.errors import Conflict
from referrals.tracking import reasons


class Status(StrEnum):
    DRAFT = "draft"
    AWAITING_CONSENT = "awaiting_consent"
    SENT = "sent"
    INFO_REQUESTED = "info_requested"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    SCHEDULED = "scheduled"
    REBOOKING = "rebooking"
    IN_SERVICE = "in_service"
    ON_HOLD = "on_hold"
    CANCEL_REQUESTED = "cancel_requested"
    COMPLETED = "completed"
    CLOSED = "closed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NOT_COMPLETED = "not_completed"
    ENTERED_IN_ERROR = "entered_in_error"


class By(StrEnum):
    """In which part somebody acts. ON_BEHALF: the receiver told it, by phone or letter, and the case manager records it."""

    CASE_MANAGER = "case_manager"
    PROVIDER = "provider"
    CLIENT = "client"
    SYSTEM = "system"
    ADMIN = "admin"
    ON_BEHALF = "case_manager_on_behalf"


@dataclass(frozen=True, slots=True)
class Required:
    """What an event must bring with it."""

    facts: tuple[str, ...] = ()
    """Names in FACTS: dates, numbers, codes."""
    codes: Mapping[str, reasons.Side] = field(default_factory=dict)
    """The codes of which one must be given; empty where no reason is asked."""
    words: str | None = None
    """The kind of note that must come with it."""
    conditions: tuple[str, ...] = ()
    """What the action itself must have looked at: consent, snapshot, the client's voice."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the law."""

    event: str
    sources: frozenset[str]
    target: str
    actors: frozenset[str]
    required: Required


def after(status: str, event: str) -> str:
    """Where this event leads from here. Raises Conflict("not_possible") where it does not follow."""
    try:
        return FLOW[status, event]
    except KeyError:
        raise Conflict("not_possible", event=event, status=status) from None


def may(role: str, event: str, status: str) -> bool:
    """Whether somebody in this part may let this happen now."""
    return (status, event) in FLOW and role in STEPS[event].actors


def required(event: str, role: str = "") -> Required:
    """What must be said. Whatever is recorded as told must also say by whom, when, and how it was told."""
    asked = STEPS[event].required
    if role != By.ON_BEHALF:
        return asked
    return Required((*asked.facts, "told_at", "channel"), asked.codes, asked.words, (*asked.conditions, "told_by"))


def possible(role: str, status: str) -> tuple[str, ...]:
    """Every event that somebody in this part may let happen now, in the order of the law."""
    return tuple(event for event in STEPS if may(role, event, status))


def side(event: str, reason: str) -> reasons.Side | None:
    """On whose side the reason lies; None where there is none to find."""
    return STEPS[event].required.codes.get(reason)


FACTS: Mapping[str, type | frozenset[str]] = {
    "first_contact_by": date,
    "estimated_wait_days": int,
    "review_on": date,
    "appointment_at": datetime,
    "chosen_by": frozenset({"client", "case_manager", "provider"}),
    "missed_at": datetime,
    "started_on": date,
    "resume_on": date,
    "service_date": date,
    "sessions": int,
    "contact_attempts": int,
    "provider_outcome": frozenset({"full", "partial", "assessed_only", "none"}),
    "cm_verdict": frozenset({"met", "partly", "unmet", "withdrawn", "met_elsewhere", "unknown"}),
    "verification": frozenset({"unverified"}),
    "barrier": frozenset(reasons.BARRIERS),
    "override_reason": frozenset({"spoken", "client_choice", "local_knowledge", "relationship", "data_wrong"}),
    "told_at": datetime,
    "channel": frozenset({"phone", "letter", "email", "in_person"}),
}
"""What an event may hold, and in which form. No words: those are notes, and notes can be erased."""


def _law() -> dict[str, Any]:
    law: dict[str, Any] = json.loads(files(__package__).joinpath("referral_states.json").read_text(encoding="utf-8"))
    return law


_REASONS: Mapping[str, Mapping[str, reasons.Side]] = {
    "decline_reason": reasons.DECLINE,
    "not_completed_reason": reasons.NOT_COMPLETED,
    "cancel_reason": reasons.CANCEL,
    "hold": reasons.HOLD,
    "reschedule": reasons.APPOINTMENT,
    "appointment_cancelled": reasons.APPOINTMENT,
    "void": reasons.VOID,
    "expire": reasons.EXPIRE,
    "consent_refused": reasons.CANCEL,
    "consent_timeout": reasons.CANCEL,
}
_WORDS = frozenset({"question", "answer"})


def _required(event: str, names: list[str]) -> Required:
    facts, conditions, words, codes = [], [], None, {}
    for name in names:
        base, _, allowed = name.partition("=")
        if base == "reason" or base in _REASONS:
            group = _REASONS[event if base == "reason" else base]
            codes = {code: group[code] for code in (allowed.split("|") if allowed else group)}
        elif base in _WORDS:
            words = base
        elif base in FACTS and not (base == "channel" and allowed):
            facts.append(base)
        else:
            conditions.append(name)
    return Required(tuple(facts), codes, words, tuple(conditions))


_LAW = _law()
STEPS: Mapping[str, Step] = {
    line["event"]: Step(
        line["event"],
        frozenset(line["from"]),
        line["to"],
        frozenset(line["actors"]),
        _required(line["event"], line["requires"]),
    )
    for line in _LAW["transitions"]
}
FLOW: Mapping[tuple[str, str], str] = {
    (source, step.event): step.target for step in STEPS.values() for source in sorted(step.sources)
}
"""(status, event) -> status. Everything that is not here cannot happen."""
TERMINAL = frozenset(status for status, about in _LAW["states"].items() if about["terminal"])
"""Where a referral's story ends; the need's goes on until its verdict."""
OPEN = frozenset(_LAW["states"]) - TERMINAL
UNSENT = frozenset({Status.DRAFT, Status.AWAITING_CONSENT})
WAITING = frozenset({Status.SENT, Status.INFO_REQUESTED})
"""The receiver has it and has not said yes or no."""
TAKEN = frozenset(
    {Status.ACCEPTED, Status.WAITLISTED, Status.SCHEDULED, Status.REBOOKING, Status.IN_SERVICE, Status.ON_HOLD}
)
"""The receiver has said yes, and it is under way."""
