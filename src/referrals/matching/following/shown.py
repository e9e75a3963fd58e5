"""The next best as pages show them: what they said, who could be asked now, why, and whether it goes there at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients import queries as clients
from referrals.clients.models import Consent, Need
from referrals.directory.queries import redirects
from referrals.kit.html import day, in_zone
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _
from referrals.matching import cards, queries
from referrals.matching.facts import Person
from referrals.matching.following import finding, in_turn, lacking
from referrals.matching.following.attempts import OPEN_NEEDS, attempts_for, open_needs
from referrals.matching.following.carrying import Receiving, agreements, covering, last_scope, receiving
from referrals.matching.following.rule import MOST_ATTEMPTS, UNANSWERED, Attempt, calls_for_another, failures
from referrals.matching.models import InTurn
from referrals.matching.models import NextBest as Row
from referrals.matching.scoring import Match
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import labels
from referrals.tracking.beside import InTurn as TurnHere
from referrals.tracking.beside import Lacking, NextBest, Proposed
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral

ASKED: Final = frozenset({Status.SENT, Status.INFO_REQUESTED})
BY_HAND: Final = frozenset({Status.CANCELLED, Status.ENTERED_IN_ERROR})


@dataclass(frozen=True, slots=True)
class _Waits:
    """A need that calls for another service, and the attempt after which it does."""

    need: Need
    attempts: list[Attempt]
    after: Attempt


class Following:
    """What `tracking.beside` asks for."""

    async def ready(
        self, session: AsyncSession, actor: Actor, need_ids: Collection[UUID], now: datetime
    ) -> Mapping[UUID, NextBest]:
        waiting = await _waiting(session, await open_needs(session, actor, need_ids), now)
        rows = await finding.kept_rows(session, waiting)
        found = [row for id, row in rows.items() if id in waiting]
        old = await _stale(session, found, waiting, now)
        return await _told(session, [row for row in found if row.need_id not in old], waiting, now)

    async def looked_for(self, session: AsyncSession, actor: Actor, need_id: UUID, now: datetime) -> NextBest | None:
        need, client = await clients.get_need(session, actor, need_id)
        waiting = await _waiting(session, [need], now)
        if need.id not in waiting:
            return None
        one = waiting[need.id]
        row = (await finding.kept_rows(session, [need.id])).get(need.id)
        if row is None or await _stale(session, [row], waiting, now):
            row = (await finding.find(session, client, need, one.attempts, one.after, now)).row
        return (await _told(session, [row], waiting, now))[need.id]

    async def in_turn(self, session: AsyncSession, referral: Referral) -> TurnHere | None:
        turn = (await in_turn.latest(session, [referral.need_id])).get(referral.need_id)
        if (
            turn is None
            or turn.service_ids[turn.asked - 1] != referral.service_id
            or referral.consent_id != turn.consent_id
        ):
            return None
        if referral.status in ASKED and turn.ended is None:
            to_come = (await _to_come(session, [turn]))[turn.id]
            return TurnHere(to_come) if to_come else None
        taken_back = referral.status in BY_HAND and turn.ended in (None, in_turn.End.STOPPED)
        return TurnHere(()) if taken_back and turn.asked < len(turn.service_ids) else None

    async def lacking(self, session: AsyncSession, referral: Referral) -> Lacking | None:
        return await lacking.told(session, referral)


async def _stale(
    session: AsyncSession, rows: Collection[Row], waiting: Mapping[UUID, _Waits], now: datetime
) -> set[UUID]:
    after, attempts = {id: one.after for id, one in waiting.items()}, {id: one.attempts for id, one in waiting.items()}
    return await finding.stale(session, rows, after, attempts, now)


async def _waiting(session: AsyncSession, needs: Sequence[Need], now: datetime) -> dict[UUID, _Waits]:
    still = [need for need in needs if need.status in OPEN_NEEDS]
    attempts = await attempts_for(session, [need.id for need in still]) if still else {}
    today, found = in_zone(now).date(), {}
    for need in still:
        tries = attempts.get(need.id, [])
        if after := calls_for_another(tries, need.need_by, today):
            found[need.id] = _Waits(need, tries, after)
    return found


async def _told(
    session: AsyncSession, rows: Sequence[Row], waiting: Mapping[UUID, _Waits], now: datetime
) -> dict[UUID, NextBest]:
    if not rows:
        return {}
    turns = await in_turn.latest(session, [row.need_id for row in rows])
    to_come = await _to_come(session, turns.values())
    given = await agreements(session, [row.client_id for row in rows])
    scopes = await last_scope(session, [row.referral_id for row in rows])
    words, told = await vocabulary(session), {}
    read = {row.need_id: finding.matches(row) for row in rows}
    names = await queries.names(session, [match for _person, matches in read.values() for match in matches])
    one_with = await redirects.each_one_with(session, set(names)) if given else {}
    for row in rows:
        person, matches = read[row.need_id]
        agreed = _agreed(
            row, waiting[row.need_id].need, given.get(row.client_id, []), scopes.get(row.referral_id, ()), one_with, now
        )
        proposed = []
        for place, match in enumerate(matches, start=1):
            name = names.get(match.offer.service_id)
            if name is None:
                continue
            card = cards.card(match, place, name, person, words)
            proposed.append(Proposed(
                card.service_id, card.title, card.subtitle, card.saying,
                tuple((reason.sign, reason.text) for reason in card.reasons), card.service_id in agreed,
                not match.offer.has_email,
            ))  # fmt: skip
        after = waiting[row.need_id]
        said, turn = what_they_said(after.after, after.need), turns.get(row.need_id)
        if _runs(turn, after.after) and turn and (next_ones := to_come.get(turn.id)):
            told[row.need_id] = NextBest(row.need_id, row.referral_id, said, (), in_turn=next_ones)
            continue
        nobody = _nobody_left(len(proposed), failures(after.attempts))
        note = " ".join(filter(None, [why_it_stopped(turn, after.after), nobody]))
        told[row.need_id] = NextBest(row.need_id, row.referral_id, said, tuple(proposed), note)
    return told


def _runs(turn: InTurn | None, after: Attempt) -> bool:
    """A waiting list is not the end of an attempt: nobody is asked beside it without a person."""
    return turn is not None and turn.ended is None and after.status != Status.WAITLISTED


async def _to_come(session: AsyncSession, turns: Iterable[InTurn]) -> dict[UUID, tuple[str, ...]]:
    """The names of those that a running list has not asked yet."""
    left = {turn.id: turn.service_ids[turn.asked :] for turn in turns if turn.ended is None}
    ids = {id for some in left.values() for id in some}
    called = await queries.names_of(session, ids) if ids else {}
    return {turn: tuple(called[id].service for id in some if id in called) for turn, some in left.items()}


def why_it_stopped(turn: InTurn | None, after: Attempt) -> str:
    """Told beside the attempt with which it stopped, and nowhere later."""
    if turn is None or turn.ended is None or turn.asked == 0:
        return ""
    of_this_list = after.service_id in turn.service_ids[: turn.asked]
    return _(STOPPED[turn.ended]) if of_this_list and turn.ended in STOPPED else ""


STOPPED: Mapping[str, str] = {
    in_turn.End.ALL_ASKED: N_("All those whom they agreed to have asked in turn have been asked."),
    in_turn.End.NOT_AGREED: N_("Nobody more is asked by itself: what was agreed to holds no longer."),
    in_turn.End.NEED_CHANGED: N_("Nobody more is asked by itself: the need has changed since it was agreed to."),
    in_turn.End.DOES_NOT_FIT: N_("The next one on the list does not fit any more as things stand today."),
    in_turn.End.NO_WAY_TO_ASK: N_("The next one on the list is reached by telephone only: that takes a person."),
    in_turn.End.STOPPED: N_("Nobody more is asked by itself: the list was stopped by hand."),
    in_turn.End.NOBODY_CARRIES: N_("Nobody carried the file, so nobody more was asked."),
}


def _agreed(
    row: Row, need: Need, given: Sequence[Consent], scope: Collection[str],
    one_with: Mapping[UUID, frozenset[UUID]], now: datetime,
) -> frozenset[UUID]:  # fmt: skip
    """Those to whom it may go at once."""
    person, matches = finding.matches(row)
    return frozenset(
        one.offer.service_id for one in matches
        if covering(given, row.client_id, _receiving(one, need, person, one_with), scope, now) is not None
    )  # fmt: skip


def _receiving(match: Match, need: Need, person: Person, one_with: Mapping[UUID, frozenset[UUID]]) -> Receiving:
    return receiving(match, need, person, one_with.get(match.offer.service_id, frozenset()))


def what_they_said(after: Attempt, need: Need) -> str:
    """`They said no: full.`"""
    if after.status == Status.WAITLISTED:
        waits = {"from": day(after.place_from), "by": day(need.need_by)}
        sentence = WAITS if after.place_from else WAITS_UNKNOWN
        return _(sentence) % waits
    why = labels.reason_label(EVENT.get(after.status, ""), after.reason)
    if after.reason == UNANSWERED:
        return _("Their question was not answered in time.")
    if after.status == Status.EXPIRED or not why:
        return _(ENDED[after.status])
    return _(WHY[after.status]) % {"why": why[:1].lower() + why[1:]}


WAITS = N_("They have a waiting list: a place around %(from)s, and it is needed by %(by)s.")
WAITS_UNKNOWN = N_("They have a waiting list, and it is needed by %(by)s.")
ENDED: Mapping[str, str] = {
    Status.DECLINED: N_("They said no."),
    Status.EXPIRED: N_("They did not answer in time."),
    Status.NOT_COMPLETED: N_("It came to nothing."),
}
WHY: Mapping[str, str] = {
    Status.DECLINED: N_("They said no: %(why)s."),
    Status.NOT_COMPLETED: N_("It came to nothing: %(why)s."),
}
EVENT: Mapping[str, str] = {Status.DECLINED: "decline", Status.EXPIRED: "expire", Status.NOT_COMPLETED: "fail"}


def _nobody_left(proposed: int, failed: int) -> str:
    if not proposed:
        return _(
            "Nobody else fits as things stand today. Supervisors and the directory’s curators are told, without a name."
        )
    if failed >= MOST_ATTEMPTS:
        return ngettext(
            "%(num)d attempt has led nowhere: supervisors are told, without a name.",
            "%(num)d attempts have led nowhere: supervisors are told, without a name.",
            failed,
        ) % {"num": failed}
    return ""


__all__ = ["Following", "what_they_said"]
