"""Work for later. Each file names its own; here they come together."""

from referrals.kit.jobs import Job
from referrals.tracking.jobs import telling
from referrals.tracking.jobs.telling import expire_silent, learn

JOBS: dict[str, Job] = {**telling.JOBS}
PERIODIC: dict[str, str] = {**telling.PERIODIC}
"""When a job runs by itself: cron expression -> name."""

__all__ = ["JOBS", "PERIODIC", "expire_silent", "learn"]
