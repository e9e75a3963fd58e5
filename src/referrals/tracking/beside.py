"""What rooms above this one show on its pages. Here is said what it looks like; `app` hands over whoever makes it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.kit.pages import Req
from referrals.tracking.models import Referral


@dataclass(frozen=True, slots=True)
class Proposed:
    """A service that could be asked next."""

    service_id: UUID
    name: str
    subtitle: str
    saying: tuple[Markup, ...]
    reasons: tuple[tuple[str, str], ...]
    """(sign, sentence), as `ui.reason` draws them."""
    agreed: bool
    """What the person has agreed to lets it go there at once."""
    by_phone: bool


@dataclass(frozen=True, slots=True)
class NextBest:
    """What to do after an attempt that led nowhere. `said`: `They said no: full.`"""

    need_id: UUID
    referral_id: UUID
    said: str
    proposed: tuple[Proposed, ...]
    note: str = ""
    """What is known beside the proposals: nobody is left, or why a list that was asked in turn has stopped."""
    in_turn: tuple[str, ...] = ()
    """Who is asked next by themselves, as was agreed; then nothing is proposed."""

    @property
    def first(self) -> Proposed | None:
        return self.proposed[0] if self.proposed else None


@dataclass(frozen=True, slots=True)
class InTurn:
    """A list that is asked one after the other, on the page of one of those on it."""

    to_come: tuple[str, ...]
    """Who is asked after this one, by themselves; empty: this one was taken back, and nobody more is."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a listing should have said before somebody was sent there in vain: the choices, or what was chosen."""

    choices: tuple[tuple[str, str], ...]
    chosen: str = ""
    since: datetime | None = None
    by_them: bool = False
    asked: bool = False
    """A question is on its way to them; else a curator has it."""
    answered: bool = False


class Following(Protocol):
    """Who knows what comes next."""

    async def ready(
        self, session: AsyncSession, actor: Actor, need_ids: Collection[UUID], now: datetime
    ) -> Mapping[UUID, NextBest]:
        """What was found today already, in a bounded number of statements. Needs for which nothing is ready are left out."""

    async def looked_for(self, session: AsyncSession, actor: Actor, need_id: UUID, now: datetime) -> NextBest | None:
        """The same for one need, found anew where it is stale."""

    async def in_turn(self, session: AsyncSession, referral: Referral) -> InTurn | None:
        """None where it is not the last that was asked of a list with others to come, or where the list says it elsewhere."""

    async def lacking(self, session: AsyncSession, referral: Referral) -> Lacking | None:
        """None where its listing could have said nothing. The referral has been read through `visible_to`, or by its link."""


def following(request: Req) -> Following:
    found: Following = request.app.state.following
    return found
