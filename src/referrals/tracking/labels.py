"""What codes are called. Sentences are translated when they are shown."""

from collections.abc import Mapping, Sequence

from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

STATUS: Mapping[str, str] = {
    "draft": N_("Draft"),
    "awaiting_consent": N_("Agreement asked"),
    "sent": N_("Sent, no answer yet"),
    "info_requested": N_("Question from the service"),
    "accepted": N_("Accepted"),
    "waitlisted": N_("On the waiting list"),
    "scheduled": N_("Appointment set"),
    "rebooking": N_("Appointment to set again"),
    "in_service": N_("Help has begun"),
    "on_hold": N_("On hold"),
    "cancel_requested": N_("Withdrawal asked"),
    "completed": N_("Done, says the service"),
    "closed": N_("Finished"),
    "declined": N_("Declined"),
    "expired": N_("No answer came"),
    "cancelled": N_("Taken back"),
    "not_completed": N_("Did not happen"),
    "entered_in_error": N_("Entered by mistake"),
}
KIND: Mapping[str, str] = {
    "declined": "stop", "expired": "stop", "not_completed": "stop", "info_requested": "attention",
    "rebooking": "attention", "on_hold": "attention", "cancel_requested": "attention", "accepted": "good",
    "scheduled": "good", "in_service": "good", "completed": "good", "closed": "good", "sent": "brand", "waitlisted": "brand",
}  # fmt: skip
"""The colour of a status; plain where nothing is said."""

EVENT: Mapping[str, str] = {
    "request_consent": N_("Agreement asked"),
    "send": N_("Sent with their agreement"),
    "consent_granted": N_("Sent with their agreement"),
    "consent_refused": N_("They did not agree"),
    "consent_timeout": N_("No agreement came"),
    "accept": N_("Accepted"),
    "accept_waitlist": N_("Placed on the waiting list"),
    "decline": N_("Declined"),
    "ask_info": N_("Question from the service"),
    "provide_info": N_("Question answered"),
    "expire": N_("No answer came"),
    "cancel": N_("Taken back"),
    "offer_place": N_("A place is free"),
    "schedule": N_("Appointment set"),
    "reschedule": N_("Appointment moved"),
    "no_show": N_("Appointment missed"),
    "appointment_cancelled": N_("Appointment called off"),
    "start_service": N_("Help has begun"),
    "hold": N_("Put on hold"),
    "complete": N_("Done, says the service"),
    "fail": N_("Did not happen"),
    "request_cancel": N_("Withdrawal asked"),
    "confirm_cancel": N_("Withdrawal confirmed"),
    "close": N_("Closed with your verdict"),
    "auto_close": N_("Closed without a verdict"),
    "void": N_("Entered by mistake"),
    "still_so": N_("Looked at, and still so"),
    "called": N_("Called, and nobody could say"),
}
"""`still_so` and `called` are no events: somebody looked or called, and nothing changed."""
DECLINE: Mapping[str, str] = {
    "no_capacity": N_("Full"),
    "waitlist_too_long": N_("The waiting list is too long"),
    "not_eligible": N_("Conditions not met"),
    "out_of_area": N_("Outside our area"),
    "service_not_offered": N_("We do not offer this"),
    "insufficient_info": N_("Too little to go on"),
    "funding_not_accepted": N_("Funding not accepted"),
    "already_served": N_("Already with us"),
    "duplicate": N_("Sent twice"),
    "conflict_or_safety": N_("Conflict of interest or safety"),
    "other": N_("Another reason"),
}
NOT_COMPLETED: Mapping[str, str] = {
    "unreachable": N_("Could not be reached"),
    "no_show": N_("Did not come"),
    "client_declined": N_("Did not want it after all"),
    "client_dropped_out": N_("Stopped coming"),
    "became_ineligible": N_("No longer meets the conditions"),
    "provider_withdrew": N_("The service withdrew"),
    "access_barrier": N_("Something stood in the way"),
    "moved_or_institution": N_("Moved away, or is in an institution"),
    "deceased": N_("Has died"),
    "other": N_("Another reason"),
}
CANCEL: Mapping[str, str] = {
    "client_withdrew": N_("They no longer want it"),
    "need_met_elsewhere": N_("They found help elsewhere"),
    "need_changed": N_("Their need has changed"),
    "plan_changed": N_("We planned otherwise"),
    "safety_concern": N_("It may not be safe"),
    "consent_revoked": N_("They no longer agree that we pass it on"),
    "consent_refused": N_("They did not agree"),
    "consent_not_given": N_("No agreement came"),
    "other": N_("Another reason"),
}
HOLD: Mapping[str, str] = {
    "client_request": N_("They asked for it"),
    "hospitalised": N_("In hospital"),
    "awaiting_funding": N_("Waiting for funding"),
    "awaiting_documents": N_("Waiting for papers"),
    "provider_closure": N_("The service is closed for a while"),
}
APPOINTMENT: Mapping[str, str] = {
    "client_request": N_("They asked for it"),
    "client_ill": N_("They are ill"),
    "access_barrier": N_("Something stood in the way"),
    "provider_request": N_("The service asked for it"),
    "other": N_("Another reason"),
}
VOID: Mapping[str, str] = {
    "wrong_person": N_("Wrong person"),
    "wrong_service": N_("Wrong service"),
    "duplicate": N_("Sent twice"),
    "other": N_("Another reason"),
}
EXPIRE: Mapping[str, str] = {
    "no_response": N_("The service did not answer"),
    "info_not_provided": N_("The question stayed open"),
}
UNMET: Mapping[str, str] = {
    "no_service": N_("No service for this"),
    "no_capacity": N_("No place anywhere"),
    "not_eligible": N_("Conditions not met"),
    "too_far": N_("Too far away"),
    "cost": N_("Too expensive"),
    "too_late": N_("It came too late"),
    "service_did_not_help": N_("It did not help"),
    "client_stopped": N_("They stopped"),
    "lost_touch": N_("We lost touch"),
    "other": N_("Another reason"),
}
REASONS: Mapping[str, Mapping[str, str]] = {
    "decline": DECLINE, "fail": NOT_COMPLETED, "cancel": CANCEL, "request_cancel": CANCEL, "consent_refused": CANCEL,
    "consent_timeout": CANCEL, "hold": HOLD, "reschedule": APPOINTMENT, "appointment_cancelled": APPOINTMENT,
    "void": VOID, "expire": EXPIRE,
}  # fmt: skip
OVERRIDE: Mapping[str, str] = {
    "spoken": N_("I have spoken with them: they will take this person"),
    "client_choice": N_("They want this one"),
    "local_knowledge": N_("I know this service: it will work"),
    "relationship": N_("They know somebody there already"),
    "data_wrong": N_("The listing is wrong"),
}
"""Why something is sent although the listing says that it does not fit."""
OUTCOME: Mapping[str, str] = {
    "full": N_("Yes, all of it"),
    "partial": N_("In part"),
    "assessed_only": N_("We only took stock"),
    "none": N_("No help was given"),
}
CHANNEL: Mapping[str, str] = {
    "phone": N_("By telephone"), "letter": N_("By letter"), "email": N_("By e-mail"), "in_person": N_("Face to face"),
}  # fmt: skip
BARRIER: Mapping[str, str] = {
    "transport": N_("Getting there"), "cost": N_("The price"), "language": N_("The language"), "hours": N_("The hours"),
    "accessibility": N_("Access to the place"), "childcare": N_("Looking after children"),
    "digital": N_("Telephone or Internet"), "documents": N_("Missing papers"),
}  # fmt: skip
CLIENT_BARRIER: Mapping[str, str] = {**BARRIER, "other": N_("Something else")}
YES_NO: Mapping[str, str] = {"yes": N_("Yes"), "no": N_("No")}
NEXT_STEP: Mapping[str, str] = {
    "nothing_more": N_("Nothing more is needed"),
    "goes_on": N_("It goes on with us"),
    "referred_on": N_("We told them about another service"),
    "come_back": N_("They come back if they need to"),
}
NOT_ALL: Mapping[str, str] = {code: label for code, label in NOT_COMPLETED.items() if code != "deceased"}
"""Why a service gave less than all of it."""
CONCORDANCE: Mapping[str, str] = {
    "full_but_no": N_("The service says “done”, they say “no help came”"),
    "none_but_yes": N_("The service gave nothing, they say that help came"),
}
SETTLED: Mapping[str, str] = {
    "helped": N_("They were helped by this service"),
    "in_part": N_("They were helped in part"),
    "not_helped": N_("They were not helped"),
    "elsewhere": N_("Somebody else helped them"),
    "unclear": N_("It cannot be found out"),
    "agreed": N_("Both say the same now"),
}
STILL: Mapping[str, str] = {
    "yes": N_("Yes"), "partly": N_("In part"), "no": N_("No, it is there again"), "unknown": N_("I do not know"),
}  # fmt: skip
LEVEL: Mapping[str, str] = {
    "-2": N_("Much less than hoped for"), "-1": N_("Less than hoped for"), "0": N_("As hoped for"),
    "1": N_("More than hoped for"), "2": N_("Much more than hoped for"),
}  # fmt: skip
WEIGHT: Mapping[str, str] = {"1": N_("As much as the others"), "2": N_("More"), "3": N_("Most of all")}
AGAINST: Mapping[str, str] = {
    "disputed": N_("Service and person tell it differently. Settle that first; a button above leads there."),
    "nobody": N_("“Settled” needs somebody’s word: theirs, the service’s, a paper, or what you saw."),
    "client_silent": N_("They have not been heard yet. Write down what they say first."),
    "client_says_no": N_("They said that it is not settled. Ask them again, or choose what it rests on instead."),
    "provider_silent": N_("The service has not said that it helped. Choose what it rests on instead."),
}
"""Why a verdict may not stand on this evidence."""
VERDICT: Mapping[str, str] = {
    "met": N_("Yes, it is settled"),
    "partly": N_("In part"),
    "unmet": N_("No, it stays open"),
    "withdrawn": N_("They no longer want help with it"),
    "met_elsewhere": N_("They found help elsewhere"),
    "unknown": N_("Nobody knows: we lost touch"),
}
EVIDENCE: Mapping[str, str] = {
    "client": N_("They say so themselves"),
    "provider": N_("The service says so"),
    "document": N_("I saw a paper that shows it"),
    "observation": N_("I saw it myself"),
    "none": N_("Nobody could confirm it"),
}
RECEIVED: Mapping[str, str] = {"yes": N_("Yes"), "partly": N_("In part"), "no": N_("No"), "not_yet": N_("Not yet")}
RESOLVED: Mapping[str, str] = {
    "yes": N_("Yes"),
    "partly": N_("In part"),
    "no": N_("No"),
    "unknown": N_("I do not know"),
}
FOR_CLIENT: Mapping[str, str] = {
    "sent": N_("We asked them. They have not answered yet."),
    "info_requested": N_("They asked us a question. We are answering it."),
    "accepted": N_("They said yes. They will get in touch with you."),
    "waitlisted": N_("They said yes, and you are on their waiting list."),
    "scheduled": N_("You have an appointment."),
    "rebooking": N_("The appointment did not take place. A new one will be set."),
    "in_service": N_("They are helping you."),
    "on_hold": N_("It is on hold for a while."),
    "cancel_requested": N_("You said stop. They are putting an end to it."),
    "completed": N_("They say that it is done."),
    "closed": N_("This is finished."),
    "declined": N_("They cannot help this time. We are looking for somebody else with you."),
    "expired": N_("They did not answer. We are looking for somebody else with you."),
    "cancelled": N_("This was stopped. Nothing more happens."),
    "not_completed": N_("It did not work out. We are looking for another way with you."),
}
"""Where things stand, in a client's words."""
FOR_RECEIVER: Mapping[str, str] = {
    **STATUS,
    "sent": N_("Waits for your answer"),
    "info_requested": N_("The sender answers your question"),
    "completed": N_("Done"),
    "expired": N_("The time to answer is over"),
    "cancel_requested": N_("The sender wants to end it"),
}
"""And in a receiver's."""


def status_label(status: str) -> str:
    return _(STATUS[status])


def receiver_label(status: str) -> str:
    return _(FOR_RECEIVER[status])


def voice(labels: Mapping[str, str], code: str | None) -> str:
    """What a client said, in the middle of a sentence."""
    return _(labels[code]).lower() if code else ""


def event_label(event: str) -> str:
    return _(EVENT[event])


def reason_label(event: str, reason: str | None) -> str:
    return _(REASONS[event][reason]) if reason and event in REASONS and reason in REASONS[event] else ""


def options(labels: Mapping[str, str], codes: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """(code, label) pairs for a form."""
    return [(code, _(labels[code])) for code in (codes or labels)]
