"""Signing in and out, invitations, passwords, closing an account."""

from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries
from referrals.accounts.models import AccountLink, Membership, Role, SignInTry, User, UserSession
from referrals.kit.crypto import digest, new_token
from referrals.kit.errors import LinkEnded, NotFound, Refused, TooMany
from referrals.kit.jobs import enqueue

SESSION_LASTS = timedelta(hours=12)
INVITATION_LASTS = timedelta(days=14)
FORGOTTEN_LASTS = timedelta(hours=2)
TRIES_AN_HOUR = 10
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()  # argon2id, the library's parameters (RFC 9106, low-memory)
_NOBODY = _hasher.hash("nobody has this password")


async def sign_in(session: AsyncSession, email: str, password: str, now: datetime) -> str | None:
    """A new session's token, or None when address and password do not belong together. Raises TooMany.

    An unknown address takes as long as a wrong password, so that nobody can find out who has an account.
    """
    mark = digest(email.strip().lower())
    await session.execute(delete(SignInTry).where(SignInTry.at < now - timedelta(hours=1)))
    tries = await session.scalar(select(func.count()).select_from(SignInTry).where(SignInTry.email_hash == mark))
    if (tries or 0) >= TRIES_AN_HOUR:
        raise TooMany("sign_in")
    user = await queries.by_email(session, email)
    known = user is not None and user.password_hash is not None and user.deactivated_at is None
    right = _is_right(user.password_hash if user and user.password_hash else _NOBODY, password)
    if user is None or not (known and right):
        session.add(SignInTry(email_hash=mark, at=now))
        return None
    await session.execute(delete(SignInTry).where(SignInTry.email_hash == mark))
    return await open_session(session, user.id, now)


async def open_session(session: AsyncSession, user_id: UUID, now: datetime) -> str:
    token = new_token()
    session.add(UserSession(token_hash=digest(token), user_id=user_id, created_at=now, expires_at=now + SESSION_LASTS))
    return token


async def sign_out(session: AsyncSession, token: str) -> None:
    await session.execute(delete(UserSession).where(UserSession.token_hash == digest(token)))


async def create_user(session: AsyncSession, *, email: str, name: str, language: str) -> User:
    """An account without a password: it opens with an invitation. Raises Refused when the address has one already."""
    if await queries.by_email(session, email) is not None:
        raise Refused("email_taken")
    user = User(email=email.strip(), name=name.strip(), language=language)
    session.add(user)
    await session.flush()
    return user


async def grant(
    session: AsyncSession, user_id: UUID, role: Role, organization_id: UUID | None, *, trusted: bool = True,
    manages: bool = False,
) -> None:  # fmt: skip
    """A role that is held already gets this trust."""
    held = await session.scalar(_membership(user_id, role, organization_id))
    if held is None:
        held = Membership(user_id=user_id, role=role, organization_id=organization_id)
        session.add(held)
    held.trusted, held.manages = trusted, manages
    await session.flush()


async def trust(session: AsyncSession, user_id: UUID, organization_id: UUID, *, trusted: bool) -> None:
    """Whether an editor's changes of this organization's listings are live at once. Raises NotFound."""
    held = await session.scalar(_membership(user_id, Role.PROVIDER_EDITOR, organization_id))
    if held is None:
        raise NotFound
    held.trusted = trusted


async def let_manage(session: AsyncSession, user_id: UUID, organization_id: UUID, *, manages: bool) -> None:
    """Whether an editor invites colleagues into this organization. Raises NotFound."""
    held = await session.scalar(_membership(user_id, Role.PROVIDER_EDITOR, organization_id))
    if held is None:
        raise NotFound
    held.manages = manages


async def let_go(session: AsyncSession, user_id: UUID, organization_id: UUID) -> None:
    """They edit this organization's listings no more; their account and their history stay."""
    held = await session.scalar(_membership(user_id, Role.PROVIDER_EDITOR, organization_id))
    if held is None:
        raise NotFound
    await session.delete(held)


async def link(session: AsyncSession, user_id: UUID, purpose: str, now: datetime) -> str:
    """The token of a fresh one-use link; older ones of the same purpose end."""
    await session.execute(
        update(AccountLink)
        .where(AccountLink.user_id == user_id, AccountLink.purpose == purpose, AccountLink.used_at.is_(None))
        .values(used_at=now)
    )
    token = new_token()
    lasts = INVITATION_LASTS if purpose == "invitation" else FORGOTTEN_LASTS
    session.add(
        AccountLink(token_hash=digest(token), user_id=user_id, purpose=purpose, created_at=now, expires_at=now + lasts)
    )
    return token


async def choose_password(session: AsyncSession, token: str, password: str, now: datetime) -> UUID:
    """Set a password with a mailed link. Every open session of the account ends. Raises LinkEnded."""
    used = await queries.usable_link(session, token, now)
    if used is None:
        raise LinkEnded("account")
    used.used_at = now
    await _set_password(session, used.user_id, password)
    return used.user_id


async def change_password(session: AsyncSession, user_id: UUID, old: str, new: str, keep_token: str) -> bool:
    """False when the old password is wrong. All other browsers of this account are signed out."""
    user = await session.get_one(User, user_id)
    if not _is_right(user.password_hash or _NOBODY, old):
        return False
    await _set_password(session, user_id, new, keep_token)
    return True


async def deactivate(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """Close an account: its sessions end at once, its links too; what it did stays in the histories."""
    user = await session.get(User, user_id)
    if user is None:
        raise NotFound
    user.deactivated_at = now
    await enqueue(session, "tracking.account_closed", user_id=str(user_id))
    await session.execute(delete(UserSession).where(UserSession.user_id == user_id))
    await session.execute(update(AccountLink).where(AccountLink.user_id == user_id).values(used_at=now))


async def reactivate(session: AsyncSession, user_id: UUID) -> None:
    user = await session.get(User, user_id)
    if user is None:
        raise NotFound
    user.deactivated_at = None


def _membership(user_id: UUID, role: Role, organization_id: UUID | None) -> Select[Membership]:
    where = Membership.organization_id.is_not_distinct_from(organization_id)
    return select(Membership).where(Membership.user_id == user_id, Membership.role == role, where).with_for_update()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


async def _set_password(session: AsyncSession, user_id: UUID, password: str, keep_token: str | None = None) -> None:
    user = await session.get_one(User, user_id)
    user.password_hash = hash_password(password)
    ended = delete(UserSession).where(UserSession.user_id == user_id)
    await session.execute(ended.where(UserSession.token_hash != digest(keep_token)) if keep_token else ended)


def _is_right(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
