"""What comes after a refusal: the next ones, and the question whether there is room."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ENDS = (
    "'taken', 'all_asked', 'not_agreed', 'need_changed', 'does_not_fit', 'no_way_to_ask', 'nobody_carries', 'stopped'"
)


def upgrade() -> None:
    _next_best()
    _in_turn()
    _lacking()


def downgrade() -> None:
    for table in ("lacking", "in_turn", "next_best"):
        op.drop_table(table)


def _next_best() -> None:
    op.create_table(
        "next_best",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("asked", postgresql.JSONB(), nullable=False),
        sa.Column("fits", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("shown", postgresql.JSONB(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        _goes_with("next_best", "need_id", "need.id"),
        _goes_with("next_best", "client_id", "client.id"),
        sa.PrimaryKeyConstraint("need_id", name=op.f("pk_next_best")),
    )
    op.create_index("ix_next_best_client_id", "next_best", ["client_id"])


def _in_turn() -> None:
    op.create_table(
        "in_turn",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("service_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("ended", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _goes_with("in_turn", "need_id", "need.id"),
        _goes_with("in_turn", "client_id", "client.id"),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_in_turn_consent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_turn")),
        sa.CheckConstraint("cardinality(service_ids) BETWEEN 1 AND 3", name=op.f("ck_in_turn_at_most_three")),
        sa.CheckConstraint(
            "asked BETWEEN 0 AND cardinality(service_ids)", name=op.f("ck_in_turn_asked_are_among_them")
        ),
        sa.CheckConstraint("(ended IS NULL) = (ended_at IS NULL)", name=op.f("ck_in_turn_ended_has_a_moment")),
        sa.CheckConstraint(f"ended IN ({ENDS})", name=op.f("ck_in_turn_ended_is_known")),
    )
    op.create_index("ix_in_turn_client_id", "in_turn", ["client_id"])
    op.create_index(
        "uq_in_turn_one_running_a_need", "in_turn", ["need_id"], unique=True, postgresql_where=sa.text("ended IS NULL")
    )


def _lacking() -> None:
    op.create_table(
        "lacking",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _goes_with("lacking", "referral_id", "referral.id"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["listing_question.id"], name=op.f("fk_lacking_question_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reader_report.id"], name=op.f("fk_lacking_report_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lacking")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_lacking_referral_id")),
    )


def _goes_with(table: str, column: str, there: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [there], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
