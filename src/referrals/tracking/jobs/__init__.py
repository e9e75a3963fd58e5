"""Work for later. Each file names its own; here they come together."""

from referrals.kit.jobs import Job
from referrals.tracking.jobs import asking, consenting, receiving, ringing, taken_over, telling, visits
from referrals.tracking.jobs.telling import learn

JOBS: dict[str, Job] = {
    **receiving.JOBS,
    **telling.JOBS,
    **ringing.JOBS,
    **asking.JOBS,
    **consenting.JOBS,
    **visits.JOBS,
    **taken_over.JOBS,
}
PERIODIC: dict[str, str] = {**receiving.PERIODIC, **telling.PERIODIC, **ringing.PERIODIC, **asking.PERIODIC}
"""When a job runs by itself: name -> cron expression, for several run at the same minute."""

__all__ = ["JOBS", "PERIODIC", "learn"]
