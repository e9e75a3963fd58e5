"""What is told of webhooks, in words."""

from collections.abc import Mapping
from typing import Final

from referrals.kit.i18n import N_
from referrals.tracking import labels
from referrals.tracking.lifecycle import STEPS

TRIAL: Final = "trial"
BEFORE_SENDING: Final = frozenset({"request_consent", "consent_refused", "consent_timeout"})
"""Events of something that no receiver has seen."""
VERDICTS: Final = frozenset({"close", "auto_close"})
"""Events that tell how the sender judged; a receiver's program is not told of them."""
EVENTS: Final[Mapping[str, str]] = {
    event: labels.EVENT[event] for event in STEPS if event in labels.EVENT and event not in BEFORE_SENDING
} | {"consent_granted": N_("Sent once they had agreed")}
PROBLEMS: Final[Mapping[str, str]] = {
    "private": N_("The address leads into a private network, to which nothing is sent."),
    "address": N_("The address does not begin with https://."),
    "silent": N_("Nobody answered, or the connection was not safe."),
    "slow": N_("No answer came within ten seconds."),
}
PAUSED: Final[Mapping[str, str]] = {
    "person": N_("Somebody paused it."),
    "failures": N_("It was paused because no notice got through for a long time."),
    "gone": N_("It was paused because the address said that it is gone for good."),
}
