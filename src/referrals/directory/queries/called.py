"""What a service and its organization are called wherever the rest of their pages is not shown."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import Mask, mask
from referrals.directory.models import Organization, Service, Translated
from referrals.kit.db import Json


@dataclass(frozen=True, slots=True)
class Called:
    """A name in its languages. The street of a confidential address is struck out of it too."""

    id: UUID
    name: str
    language: str | None = None
    translations: Json = field(default_factory=dict)

    def text(self, field: str, language: str) -> str:
        """The field in this language, or in whichever there is; there is a `name` alone."""
        there = "" if language == self.language else self.translations.get(language, {}).get(field)
        own: str = getattr(self, field)
        return there or own


@dataclass(frozen=True, slots=True)
class Names:
    """Hands out names, one statement for however many. For rows that hold whole records anyway."""

    struck: Mask

    def service(self, service: Service) -> Called:
        return self.struck.over(service.organization_id, _called(service))

    def organization(self, organization: Organization) -> Called:
        return self.struck.over(organization.id, _called(organization))


async def names(session: AsyncSession) -> Names:
    return Names(await mask(session))


def _called(record: Service | Organization) -> Called:
    return Called(record.id, record.name, record.language, _names_in(record))


def _names_in(record: Translated) -> Json:
    return {language: {"name": said["name"]} for language, said in record.translations.items() if said.get("name")}
