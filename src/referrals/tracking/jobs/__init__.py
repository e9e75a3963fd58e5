"""Work for later. Each file names its own; here they come together."""

from referrals.kit.jobs import Job
from referrals.tracking.jobs import ringing, telling
from referrals.tracking.jobs.telling import learn

JOBS: dict[str, Job] = {**telling.JOBS, **ringing.JOBS}
PERIODIC: dict[str, str] = {**telling.PERIODIC, **ringing.PERIODIC}
"""When a job runs by itself: cron expression -> name."""

__all__ = ["JOBS", "PERIODIC", "learn"]
