"""Work for later in this room."""

from collections.abc import Mapping
from typing import Final

from referrals.kit.jobs import Job
from referrals.matching import unmet
from referrals.matching.following import jobs as following
from referrals.matching.kept import forget_old

FORGET: Final = "matching.forget_lists"
JOBS: Mapping[str, Job] = {FORGET: forget_old, "matching.record_gap": unmet.record_at_closing, **following.JOBS}
PERIODIC: Mapping[str, str] = {FORGET: "20 3 * * *", **following.PERIODIC}
