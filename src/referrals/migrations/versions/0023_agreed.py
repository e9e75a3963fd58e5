"""What was agreed to, what is sensitive, and how a person may safely be reached."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CODES = postgresql.ARRAY(sa.String())
NONE = "{}"


def upgrade() -> None:
    _reaching()
    _sensitive()
    _agreements()
    _disclosures()
    _notices()


def downgrade() -> None:
    op.drop_table("notice")
    for column in ("viewed", "notice_ids", "sensitivity"):
        op.drop_column("disclosure", column)
    op.drop_table("consent_request")
    for rule in ("recipient_type_is_known", "purpose_is_known", "ends_with_is_known"):
        op.drop_constraint(op.f(f"ck_consent_{rule}"), "consent", type_="check")
    op.drop_constraint(op.f("fk_consent_evidence_id_consent_evidence"), "consent", type_="foreignkey")
    op.drop_index("ix_consent_form_id", "consent")
    for column in (
        "revoke_effect", "revoked_role", "ends_with", "text", "evidence_id", "form_id", "version",
    ):  # fmt: skip
        op.drop_column("consent", column)
    op.drop_table("consent_evidence")
    op.drop_table("service_asks")
    op.drop_column("referral_note", "sensitivity")
    op.drop_column("need", "sensitivity")
    op.drop_column("message", "sender_name")
    op.drop_table("text_message")
    op.drop_table("client_message")
    _contacts_as_before()
    for column in ("no_contact", "sender_shown", "zone", "reach_first"):
        op.drop_column("client", column)


def _reaching() -> None:
    op.add_column("client", sa.Column("no_contact", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("client", sa.Column("sender_shown", sa.String(), nullable=True))
    op.add_column("client", sa.Column("zone", sa.String(), nullable=True))
    op.add_column("client", sa.Column("reach_first", sa.String(), nullable=True))
    for column in (
        sa.Column("leave_message", sa.String(), server_default="none", nullable=False),
        sa.Column("windows", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("answered_by", sa.String(), server_default="", nullable=False),
        sa.Column("ask_for", sa.String(), server_default="", nullable=False),
        sa.Column("verified_at", MOMENT, nullable=True),
    ):
        op.add_column("client_contact", column)
    op.execute("UPDATE client_contact SET verified_at = safe_since WHERE safe")
    op.drop_constraint(op.f("ck_client_contact_kind_is_known"), "client_contact", type_="check")
    op.create_check_constraint(
        op.f("ck_client_contact_kind_is_known"), "client_contact", "kind IN ('email', 'phone', 'sms')"
    )
    op.create_check_constraint(
        op.f("ck_client_contact_leave_message_is_known"), "client_contact", "leave_message IN ('none', 'vague', 'ok')"
    )
    op.create_table(
        "client_message",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("dropped_at", MOMENT, nullable=True),
        sa.Column("dropped_why", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _of_client("client_message"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_message")),
        sa.CheckConstraint("channel IN ('email', 'phone', 'sms')", name=op.f("ck_client_message_channel_is_known")),
        sa.CheckConstraint("num_nonnulls(sent_at, dropped_at) < 2", name=op.f("ck_client_message_sent_or_dropped")),
    )
    op.create_index("ix_client_message_client_id", "client_message", ["client_id"])
    op.create_table(
        "text_message",
        sa.Column("to_number", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("refused_at", MOMENT, nullable=True),
        sa.Column("refused_why", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_message")),
    )
    op.add_column("message", sa.Column("sender_name", sa.String(), nullable=True))


def _contacts_as_before() -> None:
    op.execute("DELETE FROM client_contact WHERE kind = 'sms'")
    for rule in ("kind_is_known", "leave_message_is_known"):
        op.drop_constraint(op.f(f"ck_client_contact_{rule}"), "client_contact", type_="check")
    op.create_check_constraint(op.f("ck_client_contact_kind_is_known"), "client_contact", "kind IN ('email', 'phone')")
    for column in ("verified_at", "ask_for", "answered_by", "windows", "leave_message"):
        op.drop_column("client_contact", column)


def _sensitive() -> None:
    op.add_column("need", sa.Column("sensitivity", CODES, server_default=NONE, nullable=False))
    op.add_column("referral_note", sa.Column("sensitivity", CODES, server_default=NONE, nullable=False))
    op.create_table(
        "service_asks",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("fields", CODES, nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_asks_service_id_service"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_asks")),
    )


def _agreements() -> None:
    op.create_table(
        "consent_evidence",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("strokes", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("file_type", sa.String(), nullable=True),
        sa.Column("file_hash", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _of_client("consent_evidence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_evidence")),
        sa.CheckConstraint(
            "kind IN ('drawn', 'typed', 'witness', 'scan', 'code')", name=op.f("ck_consent_evidence_kind_is_known")
        ),
    )
    op.create_index("ix_consent_evidence_client_id", "consent_evidence", ["client_id"])
    for column in (
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(), server_default="", nullable=False),
        sa.Column("ends_with", sa.String(), nullable=True),
        sa.Column("revoked_role", sa.String(), nullable=True),
        sa.Column("revoke_effect", sa.String(), nullable=True),
    ):
        op.add_column("consent", column)
    op.create_index("ix_consent_form_id", "consent", ["form_id"])
    op.create_foreign_key(
        op.f("fk_consent_evidence_id_consent_evidence"), "consent", "consent_evidence", ["evidence_id"], ["id"],
        ondelete="SET NULL",
    )  # fmt: skip
    for rule, says in {
        "recipient_type_is_known": "recipient_type IN ('service', 'organization', 'named_list', 'class')",
        "purpose_is_known": "purpose IN ('refer', 'coordinate', 'feedback', 'stats')",
        "ends_with_is_known": "ends_with IN ('referral_closed', 'end_of_treatment')",
    }.items():
        op.create_check_constraint(op.f(f"ck_consent_{rule}"), "consent", says)
    op.create_table(
        "consent_request",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("before", CODES, nullable=False),
        sa.Column("after", CODES, nullable=False),
        sa.Column("sensitivity", CODES, nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _of_client("consent_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_request")),
    )
    op.create_index("ix_consent_request_client_id", "consent_request", ["client_id"])
    op.create_index("ix_consent_request_referral_id", "consent_request", ["referral_id"])


def _disclosures() -> None:
    op.add_column("disclosure", sa.Column("sensitivity", CODES, server_default=NONE, nullable=False))
    op.add_column("disclosure", sa.Column("notice_ids", CODES, server_default=NONE, nullable=False))
    op.add_column("disclosure", sa.Column("viewed", sa.Boolean(), server_default=sa.false(), nullable=False))


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.CheckConstraint("code IN ('part2', 'secrecy_fr')", name=op.f("ck_notice_code_is_known")),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_notice_language_is_ours")),
    )
    op.create_index("ix_notice_code_language_since", "notice", ["code", "language", "since"])


def _of_client(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["client_id"], ["client.id"], name=op.f(f"fk_{table}_client_id_client"), ondelete="CASCADE"
    )
