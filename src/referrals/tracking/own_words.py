"""What a person's own page says, in their words: where things stand, what happens next, what a button will do. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from referrals.kit.html import day, listed
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.tracking.labels import FOR_CLIENT
from referrals.tracking.lifecycle import Status
from referrals.tracking.queries.own_page import Agreed, Asked, OwnPage

NEXT: Final[Mapping[str, str]] = {
    Status.SENT: N_("They answer by %(day)s. If they do not, we look for somebody else with you."),
    Status.INFO_REQUESTED: N_("You do not have to do anything for it."),
    Status.ACCEPTED: N_("They contact you by %(day)s."),
    Status.WAITLISTED: N_("On %(day)s we look again whether you still wait."),
    Status.REBOOKING: N_("A new appointment is set by %(day)s."),
    Status.IN_SERVICE: N_("Around %(day)s we ask how it is going."),
    Status.ON_HOLD: N_("It goes on around %(day)s."),
    Status.CANCEL_REQUESTED: N_("It ends by %(day)s at the latest."),
}
LATE: Final[Mapping[str, str]] = {
    Status.SENT: N_("They should have answered by now. We are looking into it."),
    Status.ACCEPTED: N_("They should have contacted you by %(day)s. If they have not, tell us."),
    Status.REBOOKING: N_("A new appointment should be set by now. We are looking into it."),
}
FIELDS: Final[Mapping[str, str]] = {
    "need": N_("what you need"), "age_band": N_("your age, to within ten years"), "area": N_("the town you live in"),
    "languages": N_("the languages you speak"), "funding": N_("who pays for you"), "urgency": N_("how urgent it is"),
    "need_by": N_("by when you need it"), "name": N_("your name"), "birth_date": N_("your birth date"),
    "phone": N_("your phone number"), "email": N_("your e-mail address"), "address": N_("your address"),
    "notes": N_("what was written about your need"),
    "answers": N_("what you answered to their questions"), "documents": N_("your papers that they asked for"),
}  # fmt: skip
ENDS: Final[Mapping[str, str]] = {
    "client_request": N_("I cannot come that day"), "client_ill": N_("I am ill"),
    "access_barrier": N_("Something stands in the way"),
}  # fmt: skip
"""Why a person calls an appointment off."""
BARRIER: Final[Mapping[str, str]] = {
    "transport": N_("Getting there"), "cost": N_("Money"), "language": N_("The language"), "hours": N_("The time of day"),
    "accessibility": N_("Getting into the place"), "childcare": N_("Looking after the children"),
    "digital": N_("Telephone or Internet"), "documents": N_("Missing papers"), "none": N_("Nothing, or I was there"),
}  # fmt: skip


def says(asked: Asked) -> str:
    """How it stands; an appointment with its day, also when the day has passed and nobody has said yet how it went."""
    standing = asked.visits.standing
    if asked.referral.status == Status.SCHEDULED and standing is not None:
        said = _("Your appointment was on %(when)s.") if standing.past else _("You have an appointment on %(when)s.")
        return said % {"when": str(standing.when)}
    return _(FOR_CLIENT[asked.referral.status])


def next_step(asked: Asked, *, late: bool) -> str:
    """What happens next and by when; empty where an appointment or the end says it already."""
    status, due = asked.referral.status, asked.referral.due_at
    sentence = (LATE.get(status) if late else None) or NEXT.get(status)
    return _(sentence) % {"day": day(due)} if sentence and due else ""


def fields(codes: Sequence[str]) -> str:
    """`what you need, your name and your phone number`."""
    return listed([_(label) for code, label in FIELDS.items() if code in codes])


def lead(page: OwnPage, waiting: int) -> str:
    """Where things stand, in one or two sentences."""
    coming = [one for one in page.asked if one.visits.standing and not one.visits.standing.past]
    if waiting:
        return _("Something waits for you below.")
    if coming:
        return _("You have an appointment. You do not have to do anything else now.")
    if any(not one.over for one in page.asked):
        return _("You do not have to do anything now.")
    return _("Nobody is being asked for you now.")


@dataclass(frozen=True, slots=True)
class Button:
    text: str
    name: str = ""
    value: str = ""
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Question:
    """A step that is asked about before it is done: what will happen, and the way back."""

    title: str
    lines: tuple[str, ...]
    buttons: tuple[Button, ...]
    back: str
    hidden: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    """What the field for their own words is called, where there is one."""


def about_withdrawing(page: OwnPage, agreements: Sequence[Agreed]) -> Question:
    """Of all agreements, or of one: who is told, what is called off, what stays, and that it can be given again."""
    ids = {one.consent.id for one in agreements}
    touched = [one for one in page.asked if one.referral.consent_id in ids and one.stoppable]
    recipients = sorted({name for one in agreements for name in one.recipients})
    lines = []
    if recipients:
        lines.append(_("%(names)s: from now on they are told nothing more, and what we showed them is hidden.") % {
            "names": listed(recipients),
        })  # fmt: skip
    if touched:
        lines.append(_("We tell them to stop."))
    lines += [
        _("Your appointment on %(when)s is called off.") % {"when": str(one.visits.standing.when)}
        for one in touched if one.visits.standing and not one.visits.standing.past
    ]  # fmt: skip
    if page.helper:
        lines.append(_("%(name)s learns of it, and can look for another way with you.") % {"name": page.helper})
    lines.append(_("What they wrote down themselves, they keep. You can ask them about it."))
    lines.append(_("You can agree again at any time."))
    which = str(agreements[0].consent.id) if len(agreements) == 1 and len(page.active) > 1 else "all"
    title = _("Withdraw now?") if which == "all" else _("Withdraw this agreement?")
    return Question(
        title, tuple(lines), (Button(_("Yes, withdraw now"), kind="primary"),), _("No, leave everything as it is"),
        {"do": "withdraw", "which": which},
    )  # fmt: skip


def about_stopping(asked: Asked) -> Question:
    lines = [_("We tell %(service)s to stop.") % {"service": asked.service}]
    if asked.visits.standing and not asked.visits.standing.past:
        lines.append(_("Your appointment on %(when)s is called off.") % {"when": str(asked.visits.standing.when)})
    lines.append(_("Your other requests go on."))
    return Question(
        _("Stop this request?"), tuple(lines), (Button(_("Yes, stop it"), kind="primary"),), _("No, let it go on"),
        {"do": "stop", "referral": str(asked.referral.id)},
    )  # fmt: skip


def about_calling_off(asked: Asked) -> Question:
    assert asked.visits.standing is not None
    return Question(
        _("You cannot come?"),
        (
            str(asked.visits.standing.when),
            _("That happens. The appointment is called off, they are told, and a new one can be set."),
        ),
        tuple(Button(_(label), "reason", code) for code, label in ENDS.items()),
        _("I will come after all"),
        {"do": "off", "referral": str(asked.referral.id), "appointment": str(asked.visits.standing.id)},
    )


def about_moving(asked: Asked) -> Question:
    assert asked.visits.standing is not None
    return Question(
        _("Ask for another time?"),
        (
            _("Now it is: %(when)s.") % {"when": str(asked.visits.standing.when)},
            _("We ask them for other times. You choose one here. Until then this appointment stands."),
        ),
        (Button(_("Yes, ask for other times"), kind="primary"),),
        _("No, this time is fine"),
        {"do": "move", "referral": str(asked.referral.id)},
    )


def about_writing(page: OwnPage, asked: Asked, key: str) -> Question:
    to = page.helper
    return Question(
        _("Write to %(name)s") % {"name": to} if to else _("Write to the person who helps you"),
        (_("It is about: %(service)s.") % {"service": asked.service}, _("The service does not read it.")),
        (Button(_("Send"), kind="primary"),),
        _("Back"),
        {"do": "write", "referral": str(asked.referral.id), "key": key},
        words=_("Your message"),
    )
