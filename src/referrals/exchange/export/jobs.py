"""Files are made by the worker: when somebody asks for one, and anew once an hour where the directory has changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.export import holdings
from referrals.exchange.export.formats import FORMATS, of_key
from referrals.exchange.export.making import make
from referrals.exchange.export.scope import gather, hold_still
from referrals.exchange.export.state import state
from referrals.exchange.export.store import COUNTS, Counted, Progress, Store
from referrals.kit.jobs import Job, enqueue
from referrals.kit.settings import LANGUAGES, Settings

MAKE = "export.make"
REFRESH = "export.refresh"
_BETWEEN = 0.5
"""Seconds between two words about how far it is."""


async def make_file(session: AsyncSession, *, key: str, settings: Settings, now: datetime) -> None:
    """One file, or the counts; nothing where what is there still stands."""
    store = Store.of(settings)
    if key == COUNTS:
        await _count(session, store, now)
        return
    known = of_key(key)
    if known is None:
        return
    found, language = known
    current = await _settled(session)
    before = store.kept(key, found.suffix)
    if before is not None and before.state == current:
        store.forget_progress(key)
        return
    store.home.mkdir(parents=True, exist_ok=True)
    made = await make(
        session, found, store.file(key, found.suffix), language=language or LANGUAGES[0], settings=settings, now=now,
        watch=_watch(store, key, now),
    )  # fmt: skip
    store.keep(made, current)


async def refresh(session: AsyncSession, *, settings: Settings) -> None:
    """Have every file made that is not there or no longer true."""
    store, current = Store.of(settings), await state(session)
    for found in FORMATS.values():
        for key in found.files():
            kept = store.kept(key, found.suffix)
            if kept is None or kept.state != current:
                await ask_for(session, key)
    counted = store.counted()
    if counted is None or counted.state != current:
        await ask_for(session, COUNTS)


JOBS: dict[str, Job] = {MAKE: make_file, REFRESH: refresh}
PERIODIC = {REFRESH: "7 * * * *"}


async def ask_for(session: AsyncSession, key: str) -> None:
    """After the commit; while one such request waits, another adds nothing."""
    await enqueue(session, MAKE, once=f"{MAKE} {key}", key=key)


async def _count(session: AsyncSession, store: Store, now: datetime) -> None:
    current = await _settled(session)
    store.keep_counts(Counted(await holdings.count(await gather(session)), current, now))


async def _settled(session: AsyncSession) -> str:
    """The state that the file is made from: both are read at one moment, where the transaction begins here."""
    await hold_still(session)
    return await state(session)


def _watch(store: Store, key: str, now: datetime) -> Callable[[int, int], None]:
    began = last = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last >= _BETWEEN:
            last = monotonic()
            store.say_progress(key, Progress(done, total, now + timedelta(seconds=last - began)))

    return tell
