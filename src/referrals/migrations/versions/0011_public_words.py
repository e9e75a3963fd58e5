"""The directory's words and its order, indexed for those who read it from outside."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WORDS = "plain_words(name, alternate_name, description, translations)"


def upgrade() -> None:
    op.execute("CREATE TEXT SEARCH CONFIGURATION plain_words (COPY = simple)")
    op.execute(
        "ALTER TEXT SEARCH CONFIGURATION plain_words ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, "
        "hword_part WITH unaccent, simple"
    )
    # Named with its schema: a restored dump builds the indexes with no search path.
    op.execute(
        "CREATE FUNCTION plain_words(name varchar, other varchar, description varchar, translations jsonb) RETURNS tsvector "
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT to_tsvector('public.plain_words'::regconfig, "
        "coalesce(name, '') || ' ' || coalesce(other, '') || ' ' || coalesce(description, '')) || to_tsvector('public.plain_words'::regconfig, translations) $$"
    )
    for table in ("service", "organization"):
        op.create_index(f"ix_{table}_words", table, [sa.text(WORDS)], postgresql_using="gin")
    for table in ("service", "organization", "service_at_location"):
        op.create_index(f"ix_{table}_first_seen_at_id", table, ["first_seen_at", "id"])


def downgrade() -> None:
    for table in ("service_at_location", "organization", "service"):
        op.drop_index(f"ix_{table}_first_seen_at_id", table)
    for table in ("organization", "service"):
        op.drop_index(f"ix_{table}_words", table)
    op.execute("DROP FUNCTION plain_words(varchar, varchar, varchar, jsonb)")
    op.execute("DROP TEXT SEARCH CONFIGURATION plain_words")
