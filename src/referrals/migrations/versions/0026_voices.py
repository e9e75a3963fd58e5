"""Three voices, disputes, goals, and how it is months later."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CHANNELS = "('link', 'account', 'phone', 'paper')"


def upgrade() -> None:
    _provider()
    _client()
    _verdict()
    _dispute()
    _later()
    _goals()
    _what_was_said_so_far()


def downgrade() -> None:
    for table in (
        "heard", "paper_code", "lasting", "asking", "dispute", "provider_voice", "instrument_score", "goal_score", "goal",
    ):  # fmt: skip
        op.drop_table(table)
    for column in ("lesson", "next_action"):
        op.drop_column("verdict", column)
    for name in ("respect_is_one_to_five", "channel_is_known"):
        op.drop_constraint(op.f(f"ck_client_voice_{name}"), "client_voice")
    for column in ("barrier", "respect", "call_back", "keep_from_provider", "ask_later", "channel"):
        op.drop_column("client_voice", column)


def _provider() -> None:
    _table(
        "provider_voice",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("event_position", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("sessions", sa.Integer(), nullable=True),
        sa.Column("next_step", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _of("provider_voice", "referral_id", "referral.id"),
        sa.UniqueConstraint("referral_id", "event_position", name="uq_provider_voice_referral_id_event_position"),
        _rule("provider_voice", "delivery_is_known", "delivery IN ('full', 'partial', 'assessed_only', 'none')"),
        _rule(
            "provider_voice", "next_step_is_known",
            "next_step IN ('nothing_more', 'goes_on', 'referred_on', 'come_back')",
        ),
        _rule("provider_voice", "sessions_are_a_number", "sessions BETWEEN 0 AND 999"),
        _rule("provider_voice", "days_are_in_order", "first_day <= last_day"),
        indexes=("referral_id",),
    )  # fmt: skip


def _client() -> None:
    for column in (
        sa.Column("barrier", sa.String(), nullable=True),
        sa.Column("respect", sa.Integer(), nullable=True),
        sa.Column("call_back", sa.Boolean(), nullable=True),
    ):
        op.add_column("client_voice", column)
    _filled("client_voice", sa.Column("keep_from_provider", sa.Boolean(), nullable=False), "true")
    _filled("client_voice", sa.Column("ask_later", sa.Boolean(), nullable=False), "false")
    _filled("client_voice", sa.Column("channel", sa.String(), nullable=False), "'link'")
    op.execute("UPDATE client_voice SET channel = 'phone' WHERE told_to IS NOT NULL")
    op.create_check_constraint(
        op.f("ck_client_voice_respect_is_one_to_five"), "client_voice", "respect BETWEEN 1 AND 5"
    )
    op.create_check_constraint(op.f("ck_client_voice_channel_is_known"), "client_voice", f"channel IN {CHANNELS}")


def _verdict() -> None:
    _filled("verdict", sa.Column("lesson", sa.String(), nullable=False), "''")
    _filled("verdict", sa.Column("next_action", sa.String(), nullable=False), "''")


def _dispute() -> None:
    _table(
        "dispute",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_as", sa.String(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        _of("dispute", "referral_id", "referral.id"),
        _rule("dispute", "kind_is_known", "kind IN ('full_but_no', 'none_but_yes')"),
        _rule(
            "dispute", "settled_as_is_known",
            "settled_as IN ('helped', 'not_helped', 'in_part', 'elsewhere', 'unclear', 'agreed')",
        ),
        _rule("dispute", "settled_says_how", "(settled_at IS NULL) = (settled_as IS NULL)"),
        indexes=("referral_id", "need_id"),
    )  # fmt: skip
    op.create_index(
        "uq_dispute_one_open", "dispute", ["referral_id"], unique=True, postgresql_where=sa.text("settled_at IS NULL")
    )


def _later() -> None:
    _table(
        "asking",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        _of("asking", "referral_id", "referral.id"),
        sa.UniqueConstraint("referral_id", "kind", name="uq_asking_referral_id_kind"),
        _rule("asking", "kind_is_known", "kind IN ('first', 'again', 'month', 'quarter')"),
        _rule("asking", "result_is_known", "result IN ('asked', 'no_way', 'needless')"),
        _rule("asking", "done_has_a_result", "(done_at IS NULL) = (result IS NULL)"),
        indexes=("need_id",),
    )
    op.create_index("ix_asking_due_at", "asking", ["due_at"], postgresql_where=sa.text("done_at IS NULL"))
    _table(
        "lasting",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("still", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("told_to", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("looked_after_at", MOMENT, nullable=True),
        _of("lasting", "referral_id", "referral.id"),
        _rule("lasting", "kind_is_known", "kind IN ('month', 'quarter')"),
        _rule("lasting", "still_is_known", "still IN ('yes', 'partly', 'no', 'unknown')"),
        _rule("lasting", "channel_is_known", f"channel IN {CHANNELS}"),
        indexes=("referral_id", "need_id"),
    )
    op.create_table(
        "paper_code",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        _of("paper_code", "link_id", "referral_link.id", with_it=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_paper_code")),
    )
    op.create_index("ix_paper_code_link_id", "paper_code", ["link_id"])
    op.create_table(
        "heard",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_heard")),
        _rule("heard", "told_in_fives", "answers >= 5 AND answers % 5 = 0"),
    )


def _goals() -> None:
    _table(
        "goal",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("levels", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        _of("goal", "need_id", "need.id", with_it=True),
        _rule("goal", "levels_are_five", "cardinality(levels) = 5"),
        _rule("goal", "weight_is_one_to_three", "weight BETWEEN 1 AND 3"),
        _rule("goal", "baseline_is_a_level", "baseline BETWEEN -2 AND 2"),
        indexes=("need_id",),
    )
    _table(
        "goal_score",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("by_role", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _of("goal_score", "goal_id", "goal.id", with_it=True),
        _rule("goal_score", "level_is_a_level", "level BETWEEN -2 AND 2"),
        _rule("goal_score", "by_role_is_known", "by_role IN ('case_manager', 'provider', 'client')"),
        indexes=("goal_id",),
    )
    _table(
        "instrument_score",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _of("instrument_score", "need_id", "need.id", with_it=True),
        _rule("instrument_score", "instrument_has_a_name", "instrument <> ''"),
        indexes=("need_id",),
    )


def _what_was_said_so_far() -> None:
    """Services have spoken before, in their events; where the person's last word differs, it is a dispute."""
    op.execute("""
        INSERT INTO provider_voice (id, referral_id, event_position, delivery, reason, last_day, sessions, at)
        SELECT gen_random_uuid(), referral_id, position,
               CASE kind WHEN 'complete' THEN facts->>'provider_outcome' ELSE 'none' END,
               CASE kind WHEN 'fail' THEN reason_code END, (facts->>'service_date')::date, (facts->>'sessions')::int, at
        FROM referral_event WHERE kind = 'fail' OR (kind = 'complete' AND facts ? 'provider_outcome')
    """)
    op.execute("""
        INSERT INTO dispute (id, referral_id, need_id, kind, opened_at)
        SELECT gen_random_uuid(), r.id, r.need_id,
               CASE told.delivery WHEN 'full' THEN 'full_but_no' ELSE 'none_but_yes' END, greatest(told.at, voice.at)
        FROM referral r
        JOIN LATERAL (SELECT * FROM provider_voice p WHERE p.referral_id = r.id ORDER BY event_position DESC LIMIT 1) told ON true
        JOIN LATERAL (SELECT * FROM client_voice c WHERE c.referral_id = r.id ORDER BY at DESC LIMIT 1) voice ON true
        WHERE r.status <> 'entered_in_error'
          AND (told.delivery, voice.received) IN (('full', 'no'), ('none', 'yes'))
    """)


def _table(name: str, *parts: Any, indexes: tuple[str, ...] = ()) -> None:
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    op.create_table(name, *parts, sa.Column("id", sa.Uuid(), nullable=False), key)
    for column in indexes:
        op.create_index(f"ix_{name}_{column}", name, [column])


def _of(table: str, column: str, there: str, *, with_it: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [there], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE" if with_it else None
    )


def _rule(table: str, name: str, says: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(says, name=op.f(f"ck_{table}_{name}"))


def _filled(table: str, column: sa.Column[Any], value: str) -> None:
    """A new column that may not be empty, in a table that has rows."""
    column.server_default = sa.DefaultClause(sa.text(value))
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)
