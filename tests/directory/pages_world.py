"""The directory of pages.yaml, loaded by the road that every directory takes, and the people who keep it."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role, User
from referrals.directory.models import Organization, Service
from referrals.exchange.actions import import_directory
from referrals.places import load as places
from tests.conftest import NOW
from tests.factories import account

HERE = Path(__file__).parent
EDITOR = "morwenna@harbour.example.org"
"""Keeps Harbour House's listings."""


class Pages:
    """The ids of what is there."""

    def __init__(self, services: dict[str, UUID], organizations: dict[str, UUID]) -> None:
        self.services = services
        self.organizations = organizations

    def service(self, key: str) -> str:
        return f"/services/{self.services[key]}"

    def edit(self, key: str) -> str:
        return f"/my-services/{self.services[key]}"


async def load(session: AsyncSession, folder: Path) -> Pages:
    """`folder`: an empty one, where the file is put to be imported. Where it is loaded already (`pages_database`): at once."""
    (folder / "pages.yaml").write_text((HERE / "pages.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    if await session.scalar(select(Service.id).where(Service.source_key == "knees")) is None:
        await places.load(session, HERE.parent / "places" / "places.csv")
        await import_directory(session, folder, NOW)
    services = await session.execute(select(Service.source_key, Service.id))
    organizations = await session.execute(select(Organization.source_key, Organization.id))
    return Pages({key: id for key, id in services if key}, {key: id for key, id in organizations if key})


async def editor(session: AsyncSession, pages: Pages, of: str = "harbour", email: str = EDITOR) -> User:
    return await account(
        session, Role.PROVIDER_EDITOR, email=email, name="Morwenna Pascoe", organization_id=pages.organizations[of]
    )
