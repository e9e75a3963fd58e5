"""`act`: let something happen, keep its words, then do whatever else follows from it."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.consent import AFTER_ACCEPTANCE, hold
from referrals.kit.errors import Refused
from referrals.kit.jobs import enqueue
from referrals.kit.together import put, together
from referrals.tracking import disclosing, dispositions, papers, telling_back
from referrals.tracking.actions import asking, links, voices
from referrals.tracking.actions.listening import tell_listeners
from referrals.tracking.actions.record import Recorded, record
from referrals.tracking.appointments.keeping import keep_in_step
from referrals.tracking.lifecycle import By, required
from referrals.tracking.models import Referral, ReferralEvent, ReferralNote
from referrals.tracking.said import Party, Said

Effect = Callable[[AsyncSession, Referral, ReferralEvent], Awaitable[None]]


async def act(
    session: AsyncSession, referral: Referral, event: str, party: Party, said: Said, now: datetime,
    *, looked_at: Collection[str] = (),
) -> Recorded:  # fmt: skip
    """What every button does. Raises whatever `record` raises, and Refused("nothing_in_return") where a receiver tells more
    than the person agreed to; a second press does nothing more."""
    await telling_back.check(session, referral, event, party, said, now)
    if dispositions.follow in EFFECTS.get(event, ()):
        _held = await dispositions.lock(session, referral)  # the session forgets what nobody holds
    recorded = await record(session, referral, event, party, said, now, looked_at=looked_at)
    if recorded.again:
        return recorded
    async with together(session):
        await _keep_words(session, recorded.event, party, said)
        await voices.keep_delivery(session, referral, recorded.event, said)
        if event in MEETINGS:
            await keep_in_step(session, referral, recorded.event, recorded.there)
        for effect in EFFECTS.get(event, ()):
            await effect(session, referral, recorded.event)
        if recorded.listened:
            await tell_listeners(session, referral, recorded.event)
    return recorded


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


async def _tell_who_it_is(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """With a yes, the receiver may know who comes: as much as the person agreed to, and not a field more."""
    consent = await hold(session, referral.consent_id)
    if consent is None or not (fields := set(consent.scope) & set(AFTER_ACCEPTANCE)):
        return
    with suppress(Refused):  # the agreement has ended since: the yes counts all the same, and nothing more is shown
        channel = "phone" if fact.actor_role == By.ON_BEHALF else ""
        await disclosing.tell(session, referral, fields, fact.at, channel=channel, held=consent)


async def _tell_what_was_asked(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """An answer is one more thing told. Raises Refused("no_consent"): then it does not go."""
    await disclosing.tell(session, referral, {"answers"}, fact.at)


async def _tell_sender(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """A mail to the case manager, unless it was they who wrote it down."""
    if fact.actor_role not in (By.CASE_MANAGER, By.ON_BEHALF):
        await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))


async def _tell_receiver(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """A mail with the link, where the receiver reads mail and did not do this itself."""
    if fact.actor_role != By.PROVIDER and (link_id := await links.living_id(session, referral.id, "receiver")):
        await enqueue(session, "tracking.tell_receiver", link_id=str(link_id), template=RECEIVER_MAILS[fact.kind])


async def _look_further(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """Whoever could be asked next is looked for above this floor."""
    await enqueue(session, "matching.follow", need_id=str(referral.need_id))


async def _tell_the_listing(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
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
    "send": (dispositions.follow,),
    "consent_granted": (dispositions.follow,),
    "accept": (_tell_who_it_is, _tell_sender),
    "accept_waitlist": (_tell_who_it_is, _tell_sender, _look_further),
    "decline": (dispositions.follow, _tell_sender, papers.forget, _look_further, _tell_the_listing),
    "ask_info": (_tell_sender,),
    "provide_info": (
        _tell_what_was_asked,
        _tell_receiver,
    ),
    "consent_refused": (dispositions.follow, _tell_sender, papers.forget),
    "consent_timeout": (dispositions.follow, _tell_sender, papers.forget),
    "expire": (dispositions.follow, _tell_sender, papers.forget, _look_further),
    "cancel": (dispositions.follow, _tell_receiver, _tell_sender, papers.forget),
    "offer_place": (_tell_sender,),
    "no_show": (_tell_sender,),
    "start_service": (_tell_sender,),
    "hold": (_tell_sender,),
    "complete": (_tell_sender, asking.plan),
    "fail": (dispositions.follow, _tell_sender, papers.forget, _look_further),
    "request_cancel": (_tell_receiver, _tell_sender),
    "close": (papers.forget,),
    "confirm_cancel": (dispositions.follow, _tell_sender, papers.forget),
    "auto_close": (dispositions.follow, papers.forget),
    "void": (dispositions.undo, dispositions.follow, _tell_receiver, papers.forget),
}
"""What else follows from each event, in this order."""
