"""Accounts."""

from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Membership, Role, User

PASSWORD = "correct horse battery"

_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""As cheap as argon2 allows: a hash says itself how it was made, and signing in takes it at its word."""


async def account(
    session: AsyncSession, role: Role, *, email: str | None = None, name: str = "Claire Morvan",
    organization_id: UUID | None = None, language: str = "en",
) -> User:  # fmt: skip
    """Somebody with one role and the password of all test people."""
    user = User(email=email or f"{role.value}@example.org", name=name, language=language, password_hash=_HASH)
    session.add(user)
    await session.flush()
    session.add(Membership(user_id=user.id, role=role, organization_id=organization_id))
    await session.flush()
    return user
