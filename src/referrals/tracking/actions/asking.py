"""When a person is asked how it went: three days after, once more after a week; and, by their leave, a month and three later.

Each question is a row with its time. A job looks for those whose time has come; a question that needs no answer any more is
marked as needless, and one that cannot be put safely is left to the case manager.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Need
from referrals.kit.crypto import digest
from referrals.kit.errors import LinkEnded
from referrals.kit.jobs import enqueue
from referrals.kit.together import add
from referrals.tracking.actions import links
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Asking, ClientVoice, Lasting, PaperCode, Referral, ReferralEvent, ReferralLink

AFTER: Final[Mapping[str, timedelta]] = {
    "first": timedelta(days=3), "again": timedelta(days=7), "month": timedelta(days=30), "quarter": timedelta(days=90),
}  # fmt: skip
"""How long after the service is done; `month` and `quarter` after the need was settled."""
LATER: Final = ("month", "quarter")
SETTLED: Final = ("met", "partly_met")
NOT_YET: Final = "not_yet"
LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are taken for one another on paper."""
LENGTH: Final = 10


async def plan(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """The service says that it is done: the person will be asked."""
    await _at(session, referral, {kind: fact.at + AFTER[kind] for kind in ("first", "again")})
    await enqueue(session, "tracking.ask_client", referral_id=str(referral.id))


async def plan_later(session: AsyncSession, referral: Referral, now: datetime) -> None:
    """It was settled. Where the person agreed to it, they are asked whether it lasts."""
    if await _agreed(session, referral):
        await _at(session, referral, {kind: now + AFTER[kind] for kind in LATER})


async def ask_later(session: AsyncSession, referral: Referral, now: datetime) -> None:
    """They have said whether they may be asked later; perhaps after the need was closed, perhaps otherwise than before."""
    need = await session.get_one(Need, referral.need_id)
    if need.status in SETTLED and need.closed_at is not None:
        await plan_later(session, referral, max(need.closed_at, now - AFTER["month"]))
    planned = update(Asking).where(Asking.referral_id == referral.id, Asking.kind.in_(LATER), Asking.due_at > now)
    if await _agreed(session, referral):
        await session.execute(planned.where(Asking.result == "needless").values(done_at=None, result=None))
    else:
        await session.execute(planned.where(Asking.done_at.is_(None)).values(done_at=now, result="needless"))


async def is_needless(session: AsyncSession, asking: Asking, referral: Referral) -> bool:
    """Answered already, or over. Whoever said "not yet" is asked once more."""
    if asking.kind in LATER:
        need = await session.get(Need, asking.need_id)
        said = select(Lasting.id).where(Lasting.referral_id == referral.id, Lasting.kind == asking.kind)
        return need is None or need.status not in SETTLED or await session.scalar(said.limit(1)) is not None
    received = await session.scalar(
        select(ClientVoice.received).where(ClientVoice.referral_id == referral.id)
        .order_by(ClientVoice.at.desc()).limit(1)
    )  # fmt: skip
    return referral.status != Status.COMPLETED or received not in (None, NOT_YET)


async def link_for(session: AsyncSession, referral: Referral, now: datetime) -> ReferralLink:
    """The link to their question: the living one, or a fresh one where its time is over.

    No address is kept with it: where a client may be written to is asked anew each time.
    """
    current = await links.living(session, referral.id, "client")
    if current is not None and current.expires_at > now:
        return current
    client = await session.get_one(Client, referral.client_id)
    return await links.create(session, referral, "client", "", client.language, now)


async def on_paper(session: AsyncSession, secret: str, referral: Referral, now: datetime) -> ReferralLink:
    """A link whose code can be printed, as often as somebody likes."""
    link = await link_for(session, referral, now)
    row = insert(PaperCode).values(code_hash=digest(paper_code(secret, link)), link_id=link.id)
    await session.execute(row.on_conflict_do_nothing())
    return link


async def has_code(session: AsyncSession, link: ReferralLink) -> bool:
    return await session.scalar(select(PaperCode.link_id).where(PaperCode.link_id == link.id).limit(1)) is not None


async def from_code(session: AsyncSession, typed: str) -> ReferralLink:
    """The link that a printed code stands for. Raises LinkEnded where it stands for none."""
    found = await session.scalar(
        select(ReferralLink)
        .join(PaperCode, PaperCode.link_id == ReferralLink.id)
        .where(PaperCode.code_hash == digest(plain(typed)))
    )
    if found is None:
        raise LinkEnded("code")
    return found


def paper_code(secret: str, link: ReferralLink) -> str:
    """Ten letters and digits out of the secret and the link: the same each time it is printed, and kept nowhere."""
    proof = hmac.new(secret.encode(), f"paper:{link.id.hex}".encode(), hashlib.sha256).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in proof[:LENGTH])


def plain(code: str) -> str:
    """`k7qfm-3mrt9` -> `K7QFM3MRT9`."""
    return "".join(sign for sign in code.upper() if sign.isalnum())[:40]


def spelled(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"


async def _agreed(session: AsyncSession, referral: Referral) -> bool:
    said = await session.scalar(
        select(ClientVoice.ask_later).where(ClientVoice.referral_id == referral.id)
        .order_by(ClientVoice.at.desc()).limit(1)
    )  # fmt: skip
    return bool(said)


async def _at(session: AsyncSession, referral: Referral, times: Mapping[str, datetime]) -> None:
    await add(session, _PLAN, {
        "referral": referral.id, "need": referral.need_id, "kinds": list(times), "moments": list(times.values()),
    })  # fmt: skip


_PLAN: Final = """
    INSERT INTO asking (id, referral_id, need_id, kind, due_at)
    SELECT gen_random_uuid(), %(referral)s, %(need)s, kind, at
    FROM unnest(%(kinds)s::text[], %(moments)s::timestamptz[]) AS planned (kind, at)
    ON CONFLICT (referral_id, kind) DO NOTHING
"""
