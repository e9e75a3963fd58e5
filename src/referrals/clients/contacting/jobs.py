"""What waited for somebody's hours."""

from referrals.clients.contacting.gateway import carry
from referrals.kit.jobs import Job

JOBS: dict[str, Job] = {"clients.carry": carry}
