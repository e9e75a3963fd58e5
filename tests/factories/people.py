"""Accounts."""

from functools import cache
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actions import hash_password
from referrals.accounts.models import Membership, Role, User

PASSWORD = "correct horse battery"


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


async def account(
    session: AsyncSession, role: Role, *, email: str | None = None, name: str = "Claire Morvan",
    organization_id: UUID | None = None, language: str = "en",
) -> User:  # fmt: skip
    """Somebody with one role and the password of all test people."""
    user = User(email=email or f"{role.value}@example.org", name=name, language=language, password_hash=_hash())
    session.add(user)
    await session.flush()
    session.add(Membership(user_id=user.id, role=role, organization_id=organization_id))
    await session.flush()
    return user
