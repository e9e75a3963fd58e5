"""Why something stopped or waits, in codes; and on whose side the reason lies. Pure: labels are in `labels`."""

from collections.abc import Mapping
from enum import StrEnum

OTHER = "other"
"""In every group that has it: a few words must come with it."""


class Side(StrEnum):
    """Who a reason speaks about. Learning from outcomes leaves `client` and `referrer` out."""

    PROVIDER = "provider"
    CLIENT = "client"
    REFERRER = "referrer"
    SYSTEM = "system"


_P, _C, _R, _S = Side.PROVIDER, Side.CLIENT, Side.REFERRER, Side.SYSTEM

DECLINE: Mapping[str, Side] = {
    "no_capacity": _S, "waitlist_too_long": _S, "not_eligible": _R, "out_of_area": _R, "service_not_offered": _R,
    "insufficient_info": _R, "funding_not_accepted": _S, "already_served": _R, "duplicate": _R,
    "conflict_or_safety": _P, OTHER: _P,
}  # fmt: skip
NOT_COMPLETED: Mapping[str, Side] = {
    "unreachable": _C, "no_show": _C, "client_declined": _C, "client_dropped_out": _C, "became_ineligible": _S,
    "provider_withdrew": _P, "access_barrier": _S, "moved_or_institution": _C, "deceased": _C, OTHER: _S,
}  # fmt: skip
CANCEL: Mapping[str, Side] = {
    "consent_refused": _C, "consent_not_given": _C, "consent_revoked": _C, "client_withdrew": _C,
    "need_met_elsewhere": _C, "need_changed": _C, "plan_changed": _R, "safety_concern": _R, OTHER: _R,
}  # fmt: skip
WITHDRAWALS = (
    "client_withdrew", "need_met_elsewhere", "need_changed", "plan_changed", "safety_concern", "consent_revoked", OTHER,
)  # fmt: skip
"""Of these, what a sender may say when they take a request back."""
EXPIRE: Mapping[str, Side] = {"no_response": _P, "info_not_provided": _R}
HOLD: Mapping[str, Side] = {
    "client_request": _C, "hospitalised": _C, "awaiting_funding": _S, "awaiting_documents": _S, "provider_closure": _P,
}  # fmt: skip
APPOINTMENT: Mapping[str, Side] = {
    "client_request": _C, "client_ill": _C, "access_barrier": _S, "provider_request": _P, OTHER: _S,
}  # fmt: skip
"""Why an appointment was moved or called off."""
VOID: Mapping[str, Side] = {"wrong_person": _R, "wrong_service": _R, "duplicate": _R, OTHER: _R}

UNMET: Mapping[str, Side] = {
    "no_service": _S, "no_capacity": _S, "not_eligible": _S, "too_far": _S, "cost": _S, "too_late": _S,
    "service_did_not_help": _P, "client_stopped": _C, "lost_touch": _C, OTHER: _S,
}  # fmt: skip
"""Why a need stays unmet, once its loop is closed."""

BARRIERS = ("transport", "cost", "language", "hours", "accessibility", "childcare", "digital", "documents")
"""What stood in the way, beside `access_barrier`."""
