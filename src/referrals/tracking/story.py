"""A referral's story in sentences: what a timeline shows, and what happens next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from referrals.clients.models import Need
from referrals.kit.html import ZONE, day, short_day
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _
from referrals.tracking import labels
from referrals.tracking.appointments.clocks import in_short
from referrals.tracking.calendars import calendar
from referrals.tracking.lifecycle import By, Status
from referrals.tracking.models import Referral
from referrals.tracking.queries.timeline import Happening
from referrals.tracking.renamed import Renamed
from referrals.tracking.said import Fact

SENDINGS = frozenset({"send", "consent_granted"})
STOPS = frozenset(
    {"decline", "expire", "cancel", "fail", "confirm_cancel", "void", "consent_refused", "consent_timeout"}
)


@dataclass(frozen=True, slots=True)
class Item:
    """One point of the timeline, as `ui.timeline` draws it."""

    title: str
    text: str = ""
    at: str = ""
    state: str = "done"


def told(
    story: Sequence[Happening], referral: Referral, need: Need, names: Mapping[UUID, str], now: datetime, *, to: str,
    renamed: Renamed | None = None,
) -> list[Item]:  # fmt: skip
    """The newest on top: what is expected now, what happened, and the need that began it.

    `to`: the service's name; where it was merged since, what was sent bears the name of then.
    """
    ahead, to = _ahead(referral, now), renamed.sent_as if renamed else to
    done = [(one.at, _item(one, names, to, referral)) for one in story]
    if renamed:
        done.append((renamed.since, _listed_as(renamed, referral)))
        done.sort(key=lambda one: one[0], reverse=True)
    need_by = _("wished for before %(day)s") % {"day": day(need.need_by)} if need.need_by else ""
    opened = Item(_("Need opened"), need_by, short_day(_there(need.created_at, referral)))
    return [*ahead, *(item for _at, item in done), opened]


def next_step(referral: Referral, now: datetime) -> str:
    """One sentence: what happens next, and by when."""
    sentence = (
        (LATE if overdue(referral, now) else CALL if referral.channel == "phone" else {}).get(referral.status)
        or NEXT.get(referral.status)
        or N_("The need is open again.")
    )
    return _(sentence) % {
        "day": day(_there(referral.due_at, referral)),
        "moment": in_short(referral.appointment_at, referral.appointment_zone, _ours(referral)),
    }


def overdue(referral: Referral, now: datetime) -> bool:
    """The day has passed on which it was to go on: somebody has to ask."""
    expected = referral.appointment_at if referral.status == Status.SCHEDULED else referral.due_at
    return expected is not None and expected <= now


NEXT: Mapping[str, str] = {
    Status.DRAFT: N_("Nobody has seen it yet."),
    Status.AWAITING_CONSENT: N_("Nobody has seen it yet."),
    Status.SENT: N_("The service answers by %(day)s."),
    Status.INFO_REQUESTED: N_("The service waits for your answer before it decides."),
    Status.ACCEPTED: N_("The service gets in touch by %(day)s."),
    Status.WAITLISTED: N_("Look again on %(day)s: is it still needed, and is there another way?"),
    Status.SCHEDULED: N_("The appointment is on %(moment)s."),
    Status.REBOOKING: N_("A new appointment is set by %(day)s."),
    Status.IN_SERVICE: N_("Ask on %(day)s how it is going."),
    Status.ON_HOLD: N_("It goes on after %(day)s."),
    Status.CANCEL_REQUESTED: N_("The service confirms the end by %(day)s, or it ends by itself."),
    Status.COMPLETED: N_("Hear what they say themselves, then close the need."),
    Status.CLOSED: N_("Nothing more happens here."),
}
CALL: Mapping[str, str] = {
    Status.SENT: N_("Call them and write down what they say, before %(day)s. Or send them a letter."),
}
"""The same for a service that reads no mail from us."""
LATE: Mapping[str, str] = {
    Status.SENT: N_("An answer was expected by %(day)s. Call them, or ask somebody else."),
    Status.ACCEPTED: N_("The first contact was promised by %(day)s. Ask whether it took place."),
    Status.SCHEDULED: N_("The appointment was on %(moment)s. How did it go?"),
    Status.REBOOKING: N_("A new appointment was to be set by %(day)s. Ask what stands in the way."),
    Status.WAITLISTED: N_("They are still on the waiting list: is it still needed, and is there another way?"),
    Status.IN_SERVICE: N_("Help is under way: ask how it is going."),
    Status.ON_HOLD: N_("It is still on hold: can it go on now?"),
}
"""The same once the day has passed."""


def _ahead(referral: Referral, now: datetime) -> list[Item]:
    appointment = referral.appointment_at
    if referral.status == Status.SCHEDULED and appointment is not None:
        there = in_short(appointment, referral.appointment_zone, _ours(referral))
        return [Item(_("Appointment"), there, state="next" if appointment > now else "now")]
    title = AHEAD.get(referral.status)
    if title is None or referral.due_at is None:
        return []
    text = _("expected by %(day)s") if referral.due_at <= now else _("before %(day)s")
    return [Item(_(title), text % {"day": short_day(_there(referral.due_at, referral))}, state="now")]


AHEAD: Mapping[str, str] = {
    Status.SENT: N_("Waiting for an answer"),
    Status.INFO_REQUESTED: N_("Waiting for your answer"),
    Status.ACCEPTED: N_("First contact"),
    Status.WAITLISTED: N_("A place"),
    Status.REBOOKING: N_("A new appointment"),
    Status.COMPLETED: N_("Your verdict"),
    Status.CANCEL_REQUESTED: N_("Confirmation of the end"),
}
"""What the timeline waits for, at its top."""


def _ours(referral: Referral) -> ZoneInfo:
    """The clock of whoever reads this: the sender's."""
    return calendar(referral.sender_calendar).zone


def _there(at: datetime | None, referral: Referral) -> date | None:
    """The day it is then on the clock of whoever reads this."""
    return at.astimezone(_ours(referral)).date() if at else None


def _stamp(at: datetime, referral: Referral) -> str:
    return in_short(at, _ours(referral).key, _ours(referral))


def _listed_as(renamed: Renamed, referral: Referral) -> Item:
    said = {"old": renamed.was, "new": renamed.now, "day": day(_there(renamed.since, referral))}
    text = _("Sent as “%(old)s”, listed as “%(new)s” since %(day)s.") % said
    if renamed.elsewhere:
        text += " " + _(
            "That is a listing of %(other)s, another organization, which has been told nothing: this request stays with %(own)s, whom they agreed to."
        ) % {"other": renamed.elsewhere, "own": renamed.stays}
    return Item(_("The listing has another name"), text, _stamp(renamed.since, referral))


def _item(one: Happening, names: Mapping[UUID, str], to: str, referral: Referral) -> Item:
    state = "stop" if one.kind in STOPS else "done"
    if one.kind == "seen":
        return Item(_("Read by the service"), at=_stamp(one.at, referral))
    if one.kind == "client_voice":
        return Item(_voice_title(one), _voice_text(one), _stamp(one.at, referral))
    return Item(
        labels.event_label(one.kind),
        " · ".join([*([to] if one.kind in SENDINGS else []), *_details(one, names, referral)]),
        _stamp(one.at, referral),
        state,
    )


def _details(one: Happening, names: Mapping[UUID, str], referral: Referral) -> list[str]:
    said = [labels.reason_label(one.kind, one.reason)] if one.reason else []
    said += [
        text
        for name, value in one.facts.items()
        if (text := fact_text(name, value, referral.appointment_zone, _ours(referral)))
    ]
    said += [_("“%(words)s”") % {"words": text} for kind, text in one.words.items() if kind != "told_by"]
    if one.told:
        channel = str(one.facts.get("channel", "phone"))
        said.append(_("told by %(name)s, %(channel)s") % {
            "name": one.words.get("told_by", _("the service")), "channel": _(labels.CHANNEL[channel]).lower(),
        })  # fmt: skip
        return said
    if one.part == By.CASE_MANAGER and one.actor_id and one.actor_id in names:
        said.append(_by(names, one.actor_id, one.for_id))
    return said


def _by(names: Mapping[UUID, str], actor_id: UUID, for_id: UUID | None) -> str:
    """`Anna Le Goff for Claire Morvan` where somebody stood in."""
    if for_id is None or for_id not in names:
        return names[actor_id]
    return _("%(name)s for %(other)s") % {"name": names[actor_id], "other": names[for_id]}


def fact_text(name: str, value: Fact, zone: str | None = None, reader: ZoneInfo = ZONE) -> str:
    """A fact in words; nothing for those that speak for themselves elsewhere. `zone`: the clock where they meet."""
    if name in CODES:
        return _(CODES[name][str(value)]) if value in CODES[name] else ""
    if name in DAYS and isinstance(value, date):
        return _(DAYS[name]) % {"day": short_day(value)}
    if name == "appointment_at" and isinstance(value, datetime):
        return in_short(value, zone, reader)
    if name == "estimated_wait_days" and isinstance(value, int):
        weeks = round(value / 7)
        return ngettext("about %(num)d week", "about %(num)d weeks", weeks) % {"num": weeks}
    return ""


CODES: Mapping[str, Mapping[str, str]] = {
    "chosen_by": {"client": N_("chosen by the person")},
    "provider_outcome": labels.OUTCOME, "barrier": labels.BARRIER, "cm_verdict": labels.VERDICT,
}  # fmt: skip
DAYS: Mapping[str, str] = {
    "first_contact_by": N_("first contact by %(day)s"), "started_on": N_("on %(day)s"), "service_date": N_("on %(day)s"),
    "resume_on": N_("until %(day)s"), "ask_again_on": N_("to be asked again on %(day)s"),
}  # fmt: skip


def _voice_title(one: Happening) -> str:
    return _("They told you how it went") if one.told else _("They answered")


def _voice_text(one: Happening) -> str:
    received, resolved = _(labels.RECEIVED[str(one.facts["received"])]), _(labels.RESOLVED[str(one.facts["resolved"])])
    return _("Got the help: %(received)s · settled: %(resolved)s") % {
        "received": received.lower(), "resolved": resolved.lower(),
    }  # fmt: skip


def days_late(due_at: datetime | None, now: datetime) -> int:
    return max(0, (now - due_at) // timedelta(days=1)) if due_at else 0
