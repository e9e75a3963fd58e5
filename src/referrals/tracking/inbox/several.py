"""Answering several requests at once: each is an act of its own, with its own result. What fails is told, nothing is half done."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.kit import forms
from referrals.kit.errors import Conflict, DomainError, NotFound
from referrals.kit.i18n import gettext as _
from referrals.tracking import actions, answers, queries, telling_back
from referrals.tracking.appointments.details import zone_of
from referrals.tracking.inbox import in_hand
from referrals.tracking.lifecycle import By
from referrals.tracking.models import Referral
from referrals.tracking.said import Party

MOST: Final = 50
"""Requests in one go: what one page shows, and some."""
ANSWERS: Final = ("accept_waitlist", "decline")
DO: Final = (*ANSWERS, "assign")


class Several(forms.Form):
    """`pick`: one value for each row, see `Picked`. One `key` for all: each story knows its keys by itself."""

    do: str
    key: str
    pick: list[str] = []
    weeks: int | None = None
    wait: int | None = None
    reason: str = ""
    words: str = ""
    colleague: str = ""

    def problems(self) -> Mapping[str, str]:
        found = {}
        if not self.pick:
            found["pick"] = _("Please choose at least one request.")
        elif len(self.pick) > MOST:
            found["pick"] = _("Please choose at most %(most)d requests at once.") % {"most": MOST}
        if self.do not in DO:
            found["do"] = _("Please choose what to do with them.")
        if self.do == "decline" and not self.reason:
            found["reason"] = _("Please choose a reason.")
        if self.do == "decline" and self.reason == "other" and not self.words.strip():
            found["words"] = _("Please write a few words.")
        if self.do == "accept_waitlist" and self.weeks is None and self.wait is None:
            found["wait"] = _("Please say how long it will take.")
        if self.do == "assign" and not self.colleague:
            found["colleague"] = _("Please choose a colleague.")
        return found


@dataclass(frozen=True, slots=True)
class Picked:
    """A row as the page showed it: where its story stood, and in whose hands it was."""

    id: UUID
    position: int
    in_hand: str

    def __str__(self) -> str:
        return f"{self.id}:{self.position}:{self.in_hand}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of them. `why` is empty where it stands."""

    referral_id: UUID
    why: str = ""


def picked(referral: Referral, user_id: UUID | None) -> str:
    return str(Picked(referral.id, referral.position, str(user_id) if user_id else in_hand.NOBODY))


async def do(session: AsyncSession, actor: Actor, asked: Several, now: datetime) -> list[Result]:
    """One result for each row that was picked, in the order of the page. The same form again gives the same results."""
    act: Callable[[AsyncSession, Actor, Referral, Picked, Several, datetime], Awaitable[str]]
    act = _assign if asked.do == "assign" else _answer
    results = []
    for one in dict.fromkeys(row for text in asked.pick if (row := _parsed(text))):
        try:
            async with session.begin_nested():
                referral = await queries.get(session, actor, one.id, Role.PROVIDER_EDITOR)
                why = await act(session, actor, referral, one, asked, now)
        except NotFound:
            why = _("It is not here any more.")
        except Conflict as conflict:
            taken = conflict.code == "taken"
            why = _("A colleague has it in hand meanwhile.") if taken else _("Something has happened meanwhile.")
        except DomainError:
            why = _("This cannot be done with it as it stands.")
        results.append(Result(one.id, why))
    return results


async def _answer(
    session: AsyncSession, actor: Actor, referral: Referral, one: Picked, asked: Several, now: datetime
) -> str:
    if await actions.already_said(session, referral, asked.key):
        return ""
    if referral.position != one.position:
        raise Conflict("already_answered")
    if answers.choice(referral, By.PROVIDER, asked.do) is None:
        return _("This cannot be done with it as it stands.")
    party = Party(By.PROVIDER, actor.id)
    form = forms.parse(answers.FORM[await telling_back.agreed(session, referral, now)], _typed(asked, one))
    zone = await zone_of(session, referral.service_id)
    steps = answers.read(form, referral, party, now, zone) if form.value is not None else []
    if form.errors:
        return next(iter(form.errors.values()))
    for event, said in steps:
        await actions.act(session, referral, event, party, said, now)
    return ""


async def _assign(
    session: AsyncSession, actor: Actor, referral: Referral, one: Picked, asked: Several, now: datetime
) -> str:
    if asked.colleague == in_hand.NOBODY:
        await in_hand.put_back(session, referral, actor, now, seen=one.in_hand)
        return ""
    try:
        to = UUID(asked.colleague)
    except ValueError:
        raise NotFound("colleague") from None
    await in_hand.give(session, referral, to, actor, now, seen=one.in_hand)
    return ""


def _typed(asked: Several, one: Picked) -> dict[str, str]:
    """The form that this row's own page would have sent."""
    typed = {"event": asked.do, "key": asked.key, "seen": str(one.position)}
    if asked.do == "decline":
        return {**typed, "reason": asked.reason, "words": asked.words}
    weeks = asked.wait if asked.weeks is None else asked.weeks
    return {**typed, "weeks": str(weeks), "words": asked.words}


def _parsed(text: str) -> Picked | None:
    id, _colon, rest = text.partition(":")
    position, _colon, hand = rest.partition(":")
    try:
        return Picked(UUID(id), int(position), hand)
    except ValueError:
        return None


def failed(results: Sequence[Result]) -> list[Result]:
    return [one for one in results if one.why]
