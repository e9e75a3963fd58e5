"""A job that is written rings no bell: whoever commits with a bell waits for everybody else who does."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BELL = "procrastinate_jobs_notify_queue_job_inserted_v1"


def upgrade() -> None:
    op.execute(f"ALTER TABLE procrastinate_jobs DISABLE TRIGGER {BELL}")


def downgrade() -> None:
    op.execute(f"ALTER TABLE procrastinate_jobs ENABLE TRIGGER {BELL}")
