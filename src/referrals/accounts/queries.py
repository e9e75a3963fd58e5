"""Looking people up."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import AccountLink, Membership, Role, User, UserSession
from referrals.kit.crypto import digest


async def actor_of_session(session: AsyncSession, token: str, now: datetime) -> Actor | None:
    """Who is signed in with this browser's token: one statement; nobody when it ran out or the account was closed."""
    found = (
        _users_with_roles()
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.token_hash == digest(token), UserSession.expires_at > now, User.deactivated_at.is_(None))
    )
    return _actor((await session.execute(found)).all(), now)


async def actor(session: AsyncSession, user_id: UUID) -> Actor | None:
    rows = await session.execute(_users_with_roles().where(User.id == user_id, User.deactivated_at.is_(None)))
    return _actor(rows.all())


async def by_email(session: AsyncSession, email: str) -> User | None:
    return await session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


async def usable_link(session: AsyncSession, token: str, now: datetime) -> AccountLink | None:
    """An invitation or password link that is neither used nor too old, locked until the transaction ends."""
    return await session.scalar(
        select(AccountLink)
        .where(AccountLink.token_hash == digest(token), AccountLink.used_at.is_(None), AccountLink.expires_at > now)
        .with_for_update()
    )


async def everybody(session: AsyncSession) -> list[tuple[User, list[Role]]]:
    """All accounts with their roles, for the administrator's page."""
    rows = await session.execute(
        select(User, func.array_agg(Membership.role).filter(Membership.role.is_not(None)))
        .outerjoin(Membership, Membership.user_id == User.id)
        .group_by(User.id)
        .order_by(User.deactivated_at.is_not(None), func.lower(User.name))
    )
    return [(user, sorted(set(roles or []))) for user, roles in rows]


async def names(session: AsyncSession, user_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Id -> name, for timelines."""
    if not user_ids:
        return {}
    rows = await session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids))))
    return {row.id: row.name for row in rows}


async def colleagues(session: AsyncSession, organization_ids: Sequence[UUID], role: Role) -> list[User]:
    """Who holds this role in one of these organizations and still has an account."""
    found = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id.in_(organization_ids), Membership.role == role, User.deactivated_at.is_(None))
        .order_by(func.lower(User.name))
    )
    return list(await session.scalars(found))


async def editors(session: AsyncSession, organization_ids: Collection[UUID]) -> list[tuple[User, Membership]]:
    """Who keeps the listings of these organizations, closed accounts left out."""
    found = (
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id.in_(organization_ids), Membership.role == Role.PROVIDER_EDITOR)
        .where(User.deactivated_at.is_(None))
        .order_by(Membership.organization_id, func.lower(User.name))
    )
    return [(user, membership) for user, membership in await session.execute(found)]


def _users_with_roles() -> Select[User, Membership | None]:
    return select(User, Membership).outerjoin(Membership, Membership.user_id == User.id).order_by(Membership.since)


def _actor(rows: Sequence[Row[User, Membership | None]], at: datetime | None = None) -> Actor | None:
    if not rows:
        return None
    user = rows[0][0]
    held: dict[Role, list[UUID]] = defaultdict(list)
    roles = set()
    for _, membership in rows:
        if membership is None:
            continue
        roles.add(Role(membership.role))
        if membership.organization_id is not None:
            held[Role(membership.role)].append(membership.organization_id)
    organizations = {role: tuple(ids) for role, ids in held.items()}
    kept = [
        (m.organization_id, m) for _, m in rows
        if m is not None and m.organization_id is not None and m.role == Role.PROVIDER_EDITOR
    ]  # fmt: skip
    return Actor(
        user.id, user.name, user.email, user.language, frozenset(roles), organizations,
        trusted_in=frozenset(id for id, m in kept if m.trusted),
        manages=frozenset(id for id, m in kept if m.manages), at=at,
    )  # fmt: skip
