"""Who lets something happen to a referral, and what comes with it. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from referrals.accounts.actor import Actor
from referrals.kit.db import Json
from referrals.tracking.lifecycle import By

Fact = date | datetime | int | str


@dataclass(frozen=True, slots=True)
class Party:
    """Who acts, and in which part. `told_by` names whoever told it, where a case manager records it for the receiver."""

    part: By
    id: UUID | None = None
    told_by: str = ""


SYSTEM = Party(By.SYSTEM)
RECEIVER = Party(By.PROVIDER)
"""Whoever holds the receiver's link; they have no account."""
CLIENT = Party(By.CLIENT)


def case_manager(actor: Actor) -> Party:
    return Party(By.CASE_MANAGER, actor.id)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a service says it gave, beside the facts of the event that says so."""

    reason: str | None = None
    """Why it was not all of it."""
    first_day: date | None = None
    next_step: str | None = None
    levels: Mapping[UUID, int] = field(default_factory=dict)
    """Goal -> the level that they saw."""


@dataclass(frozen=True, slots=True)
class Said:
    """What comes with an event. `key` makes a second press of the same button harmless.

    `seen` is the position of the story that whoever answers had before them: an answer to an older page is a Conflict.
    """

    reason: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    words: str = ""
    key: str | None = None
    seen: int | None = None
    delivered: Delivered = Delivered()


NOTHING = Said()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The match as it stood when it was chosen. `failed` names the constraints that did not hold."""

    rules: str
    """Version of the rules that were asked."""
    failed: tuple[str, ...] = ()
    override_reason: str | None = None
    """Why it was sent all the same; a code of `lifecycle.FACTS["override_reason"]`."""
    details: Json = field(default_factory=dict)
    """Findings and parts, for the page that explains the choice later."""

    def as_json(self) -> Json:
        return {
            "rules": self.rules, "failed": list(self.failed), "override_reason": self.override_reason, **self.details,
        }  # fmt: skip
