"""What every record of the directory carries: where it came from, when it was seen, who last checked it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Identified, Json

OWN = "relais"
"""`source` of what was written here and came from nowhere else."""


class Recorded(Identified):
    """HSDS record with provenance. UUID ids of a source are kept; other ids become a stable uuid5 (see `exchange.ids`)."""

    source: Mapped[str] = mapped_column(default=OWN)
    source_key: Mapped[str | None]
    """The id that the source itself uses."""
    first_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    gone_at: Mapped[datetime | None]
    """Since when the source no longer has it: kept, marked, shown to nobody but curators."""
    record_hash: Mapped[str | None]
    """Digest of the record as the source gave it: an unchanged source never overwrites what an editor wrote here."""
    assured_date: Mapped[date | None]
    """When somebody last checked that it is true."""


class Translated:
    """`language` is the one that the plain columns speak; `translations` holds the others: {"en": {"name": "…"}}."""

    language: Mapped[str | None]
    translations: Mapped[Json] = mapped_column(default=dict)

    def text(self, field: str, language: str) -> str:
        """The field in this language, or in whichever there is."""
        own: str = getattr(self, field) or ""
        if language == self.language:
            return own
        there = self.translations.get(language, {}).get(field)
        return there or own


UUIDs = list[UUID]
