"""A need that can be met by phone or video and no other way."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("need", sa.Column("remote_only", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(op.f("ck_need_remote_only_is_remote"), "need", "remote_ok OR NOT remote_only")


def downgrade() -> None:
    op.drop_column("need", "remote_only")
