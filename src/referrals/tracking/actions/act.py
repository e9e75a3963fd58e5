"""`act`: let something happen, keep its words, then do whatever else follows from it."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.consent import AFTER_ACCEPTANCE
from referrals.kit.errors import Refused
from referrals.kit.jobs import enqueue
from referrals.kit.together import put, together
from referrals.tracking import disclosing, dispositions, papers, telling_back
from referrals.tracking.actions import asking, links, voices
from referrals.tracking.actions.listening import LISTENS, tell_listeners
from referrals.tracking.actions.record import Recorded, record
from referrals.tracking.appointments.keeping import THERE, keep_in_step
from referrals.tracking.lifecycle import By, required
from referrals.tracking.models import Referral, ReferralEvent, ReferralNote
from referrals.tracking.said import Party, Said

Effect = Callable[[AsyncSession, Referral, ReferralEvent, Any], Awaitable[None]]
"""The last: what its look in `LOOKS` has found, by name."""


async def act(
    session: AsyncSession, referral: Referral, event: str, party: Party, said: Said, now: datetime,
    *, looked_at: Collection[str] = (),
) -> Recorded:  # fmt: skip
    """What every button does. Raises whatever `record` raises, and Refused("nothing_in_return") where a receiver tells more
    than the person agreed to; a second press does nothing more."""
    await telling_back.check(session, referral, event, party, said, now)
    if _follow in EFFECTS.get(event, ()):
        _held = await dispositions.lock(session, referral)  # the session forgets what nobody holds
    recorded = await record(session, referral, event, party, said, now, looked_at=looked_at, looks=_looks(event))
    if recorded.again:
        return recorded
    fact, found = recorded.event, recorded.found
    async with together(session):
        await _keep_words(session, fact, party, said)
        if event in voices.DELIVERIES:
            await voices.keep_delivery(session, referral, fact, said, found)
        if event in MEETINGS:
            await keep_in_step(session, referral, fact, found)
        for effect in EFFECTS.get(event, ()):
            await effect(session, referral, fact, found)
        if found.listens:
            await tell_listeners(session, referral, fact)
    return recorded


@cache
def _looks(event: str) -> tuple[str, ...]:
    """What must be known for all that follows from it: found by the statement that records it."""
    wanted = [LISTENS]
    if event in voices.DELIVERIES:
        wanted.append(voices.HEARD)
    if event in MEETINGS:
        wanted.append(THERE)
    return (*wanted, *(LOOKS[effect] for effect in EFFECTS.get(event, ()) if effect in LOOKS))


async def _keep_words(session: AsyncSession, fact: ReferralEvent, party: Party, said: Said) -> None:
    kind = required(fact.kind).words or "message"
    if said.words.strip():
        await put(session, _note(fact, kind, said.words, party, _readers(fact)))
    if party.told_by.strip():
        await put(session, _note(fact, "told_by", party.told_by, party, ["sender"]))


def _readers(fact: ReferralEvent) -> list[str]:
    """Words between sender and receiver stay between them; why the sender closed or voided stays with the sender."""
    return ["sender"] if fact.kind in ("void", "close") else ["sender", "receiver"]


def _note(fact: ReferralEvent, kind: str, text: str, party: Party, visible_to: list[str]) -> ReferralNote:
    return ReferralNote(
        referral_id=fact.referral_id, event_position=fact.position, kind=kind, text=text.strip(), author_id=party.id,
        author_role=party.part.value, visible_to=visible_to, at=fact.at,
    )  # fmt: skip


async def _tell_who_it_is(session: AsyncSession, referral: Referral, fact: ReferralEvent, _: Any) -> None:
    """With a yes, the receiver may know who comes: as much as the person agreed to, and not a field more."""
    with suppress(Refused):  # the agreement has ended since: the yes counts all the same, and nothing more is shown
        channel = "phone" if fact.actor_role == By.ON_BEHALF else ""
        await disclosing.tell_agreed(session, referral, AFTER_ACCEPTANCE, fact.at, channel=channel)


async def _tell_what_was_asked(session: AsyncSession, referral: Referral, fact: ReferralEvent, _: Any) -> None:
    """An answer is one more thing told. Raises Refused("no_consent"): then it does not go."""
    await disclosing.tell(session, referral, {"answers"}, fact.at)


async def _tell_sender(session: AsyncSession, referral: Referral, fact: ReferralEvent, _: Any) -> None:
    """A mail to the case manager, unless it was they who wrote it down."""
    if fact.actor_role not in (By.CASE_MANAGER, By.ON_BEHALF):
        await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))


async def _tell_receiver(session: AsyncSession, referral: Referral, fact: ReferralEvent, found: Any) -> None:
    """A mail with the link, where the receiver reads mail and did not do this itself."""
    if fact.actor_role != By.PROVIDER and found.link:
        await enqueue(session, "tracking.tell_receiver", link_id=str(found.link), template=RECEIVER_MAILS[fact.kind])


async def _follow(session: AsyncSession, referral: Referral, fact: ReferralEvent, found: Any) -> None:
    await dispositions.follow(session, referral, fact, found.alive)


async def _undo(session: AsyncSession, referral: Referral, fact: ReferralEvent, _: Any) -> None:
    await dispositions.undo(session, referral, fact)


async def _forget_papers(session: AsyncSession, referral: Referral, fact: ReferralEvent, found: Any) -> None:
    if found.papers:
        await papers.forget(session, referral, fact)


async def _plan_questions(session: AsyncSession, referral: Referral, fact: ReferralEvent, _: Any) -> None:
    await asking.plan(session, referral, fact)


async def _look_further(session: AsyncSession, referral: Referral, fact: ReferralEvent, _: Any) -> None:
    """Whoever could be asked next is looked for above this floor; a list that was asked in turn goes on, or ends."""
    await enqueue(session, "matching.follow", need_id=str(referral.need_id))


async def _tell_the_listing(session: AsyncSession, referral: Referral, fact: ReferralEvent, _: Any) -> None:
    """What they say again and again, their listing says too."""
    if fact.reason_code == "no_capacity":
        await enqueue(session, "matching.write_back", service_id=str(referral.service_id))


RECEIVER_MAILS: Mapping[str, str] = {
    "provide_info": "referral_answered", "cancel": "referral_withdrawn", "request_cancel": "referral_withdrawn",
    "void": "referral_withdrawn",
}  # fmt: skip
MEETINGS: Final = frozenset({
    "schedule", "reschedule", "no_show", "appointment_cancelled", "start_service", "hold", "complete", "fail",
    "request_cancel", "void",
})  # fmt: skip
"""The events after which the appointment is made to say the same as the story, before anything else follows."""
EFFECTS: Mapping[str, tuple[Effect, ...]] = {
    "send": (_follow,),
    "consent_granted": (_follow,),
    "accept": (_tell_who_it_is, _tell_sender),
    "accept_waitlist": (_tell_who_it_is, _tell_sender, _look_further),
    "decline": (_follow, _tell_sender, _forget_papers, _look_further, _tell_the_listing),
    "ask_info": (_tell_sender,),
    "provide_info": (
        _tell_what_was_asked,
        _tell_receiver,
    ),
    "consent_refused": (_follow, _tell_sender, _forget_papers),
    "consent_timeout": (_follow, _tell_sender, _forget_papers),
    "expire": (_follow, _tell_sender, _forget_papers, _look_further),
    "cancel": (_follow, _tell_receiver, _tell_sender, _forget_papers, _look_further),
    "offer_place": (_tell_sender,),
    "no_show": (_tell_sender,),
    "start_service": (_tell_sender,),
    "hold": (_tell_sender,),
    "complete": (_tell_sender, _plan_questions),
    "fail": (_follow, _tell_sender, _forget_papers, _look_further),
    "request_cancel": (_tell_receiver, _tell_sender),
    "close": (_forget_papers,),
    "confirm_cancel": (_follow, _tell_sender, _forget_papers, _look_further),
    "auto_close": (_follow, _forget_papers),
    "void": (_undo, _follow, _tell_receiver, _forget_papers, _look_further),
}
"""What else follows from each event, in this order."""
LOOKS: Mapping[Effect, str] = {
    _follow: dispositions.ALIVE,
    _forget_papers: papers.LIE_THERE,
    _tell_receiver: links.LIVING,
}
"""What an effect must know of."""
