"""Lists as they were shown, choices, unmet needs without a person, what comes after what; questions to providers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _shown()
    _choices()
    _unmet()
    _questions()


def downgrade() -> None:
    for table in (
        "listing_question_asker", "listing_question", "plan_order", "unmet_need", "match_choice", "match_list",
    ):  # fmt: skip
        op.drop_table(table)


def _shown() -> None:
    op.create_table(
        "match_list",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("inputs", sa.String(), nullable=False),
        sa.Column("weights", postgresql.JSONB(), nullable=False),
        sa.Column("asked", postgresql.JSONB(), nullable=False),
        sa.Column("fits", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("shown", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _goes_with("match_list", "client_id", "client.id"),
        _goes_with("match_list", "need_id", "need.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_list")),
        sa.UniqueConstraint("need_id", "day", "inputs", name="uq_match_list_once_a_day"),
    )
    op.create_index("ix_match_list_client_id", "match_list", ["client_id"])
    op.create_index("ix_match_list_need_id_at", "match_list", ["need_id", "at"])
    op.create_index("ix_match_list_at", "match_list", ["at"])


def _choices() -> None:
    op.create_table(
        "match_choice",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=True),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("compared", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _goes_with("match_choice", "client_id", "client.id"),
        _goes_with("match_choice", "need_id", "need.id"),
        sa.ForeignKeyConstraint(
            ["list_id"], ["match_list.id"], name=op.f("fk_match_choice_list_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_choice")),
        sa.CheckConstraint("chosen_by IN ('client', 'case_manager')", name=op.f("ck_match_choice_chosen_by_is_known")),
    )
    op.create_index("ix_match_choice_client_id", "match_choice", ["client_id"])
    op.create_index("ix_match_choice_need_id_at", "match_choice", ["need_id", "at"])
    op.create_table(
        "plan_order",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _goes_with("plan_order", "need_id", "need.id"),
        _goes_with("plan_order", "after_id", "need.id"),
        sa.PrimaryKeyConstraint("need_id", "after_id", name=op.f("pk_plan_order")),
        sa.CheckConstraint("need_id <> after_id", name=op.f("ck_plan_order_not_after_itself")),
    )
    op.create_index("ix_plan_order_after_id", "plan_order", ["after_id"])


def _unmet() -> None:
    op.create_table(
        "unmet_need",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("binding", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("considered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "need", "area", "binding", name=op.f("pk_unmet_need")),
        sa.CheckConstraint("times > 0", name=op.f("ck_unmet_need_times_is_a_number")),
    )


def _questions() -> None:
    op.create_table(
        "listing_question",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _goes_with("listing_question", "service_id", "service.id"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reader_report.id"], name=op.f("fk_listing_question_report_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_question")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_listing_question_answered_has_an_answer")
        ),
        sa.CheckConstraint(
            "outcome IN ('live', 'waiting', 'noted')", name=op.f("ck_listing_question_outcome_is_known")
        ),
    )
    op.create_index(
        "ix_listing_question_service_id_code", "listing_question", ["service_id", "code", "subject", "asked_at"]
    )
    op.create_table(
        "listing_question_asker",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        _goes_with("listing_question_asker", "question_id", "listing_question.id"),
        _goes_with("listing_question_asker", "user_id", "user_account.id"),
        sa.PrimaryKeyConstraint("question_id", "user_id", name=op.f("pk_listing_question_asker")),
    )
    op.create_index(
        "ix_listing_question_asker_unseen", "listing_question_asker", ["user_id"],
        postgresql_where=sa.text("seen_at IS NULL"),
    )  # fmt: skip


def _goes_with(table: str, column: str, there: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [there], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
