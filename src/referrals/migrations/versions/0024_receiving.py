"""What receivers without an account need: codes, letters, files, their wishes."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "receiver_code",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("opened_until", _MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(address <> '') <> (referral_id IS NOT NULL)", name=op.f("ck_receiver_code_mailed_or_told")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_receiver_code_referral_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receiver_code")),
    )
    op.create_index("ix_receiver_code_address_made_at", "receiver_code", ["address", "made_at"])
    op.create_index(op.f("ix_receiver_code_referral_id"), "receiver_code", ["referral_id"])
    op.create_table(
        "receiver_wish",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("mails", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.CheckConstraint("mails IN ('each', 'daily')", name=op.f("ck_receiver_wish_mails_are_known")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_receiver_wish")),
    )
    op.create_table(
        "referral_letter",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("replaced_at", _MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_letter_referral_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_letter")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_referral_letter_code_digest")),
    )
    op.create_index(op.f("ix_referral_letter_referral_id"), "referral_letter", ["referral_id"])
    op.create_table(
        "referral_file",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored", sa.String(), nullable=False),
        sa.Column("sensitivity", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("gone_at", _MOMENT, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('pdf', 'jpeg', 'png')", name=op.f("ck_referral_file_kind_is_known")),
        sa.CheckConstraint("tier IN ('t1', 't2')", name=op.f("ck_referral_file_tier_is_known")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_file_referral_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_file")),
        sa.UniqueConstraint("stored", name=op.f("uq_referral_file_stored")),
    )
    op.create_index(op.f("ix_referral_file_referral_id"), "referral_file", ["referral_id"])
    op.create_index(op.f("ix_referral_link_address"), "referral_link", ["address"])


def downgrade() -> None:
    op.drop_index(op.f("ix_referral_link_address"), "referral_link")
    for table in ("referral_file", "referral_letter", "receiver_wish", "receiver_code"):
        op.drop_table(table)
