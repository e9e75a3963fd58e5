"""All that writing a file takes, whatever its format."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.export.losses import Losses
from referrals.exchange.export.scope import Scope
from referrals.kit.settings import Settings
from referrals.kit.text import fold

BATCH = 200
"""Whole services held at once."""
Tell = Callable[[int], None]
"""Told how many records more have been written."""
_PAGES = {"service": "services", "organization": "organizations"}


@dataclass(frozen=True)
class Desk:
    """`language`: of a file for people; data·inclusion is French, HSDS holds them all."""

    session: AsyncSession
    scope: Scope
    losses: Losses
    tell: Tell
    settings: Settings
    language: str
    now: datetime

    @property
    def producer(self) -> str:
        """The name that this directory goes by among others."""
        return fold(self.settings.product).replace(" ", "-") or "directory"

    def page(self, entity: str, id: UUID) -> str:
        """The address of a record's page here."""
        return f"{self.settings.base_url}/{self.language}/{_PAGES[entity]}/{id}"

    async def batches(self, entity: str) -> list[list[UUID]]:
        ids = await self.scope.ids(entity)
        return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
