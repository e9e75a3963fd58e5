"""Work for later: who is to be told, and telling them."""

from typing import Final

from referrals.exchange.hooks.delivering import deliver, forget_old
from referrals.exchange.hooks.telling import DELIVER, tell_hooks
from referrals.kit.jobs import Job
from referrals.tracking.actions.listening import TELL

FORGET: Final = "exchange.forget_notices"
JOBS: dict[str, Job] = {TELL: tell_hooks, DELIVER: deliver, FORGET: forget_old}
PERIODIC: dict[str, str] = {FORGET: "25 3 * * *"}
