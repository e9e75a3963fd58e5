"""The kinds of work, in the order in which they matter: people who wait, then people who are led astray, then the rest."""

from referrals.curation.lists import (
    changes,
    claims,
    conflicts,
    contradictions,
    drift,
    duplicates,
    feeds,
    mail,
    reports,
    stale,
)
from referrals.curation.work import WorkList

LISTS: tuple[WorkList, ...] = (
    reports.LIST, claims.LIST, changes.LIST, mail.LIST, contradictions.LIST, duplicates.LIST, conflicts.LIST, feeds.LIST,
    stale.LIST, drift.LIST,
)  # fmt: skip
BY_CODE = {one.code: one for one in LISTS}

__all__ = ["BY_CODE", "LISTS"]
