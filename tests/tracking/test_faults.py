"""What goes wrong outside: a worker that is killed, a database that goes away, a mail server that is down for a day.

On a database of its own, where what is committed stays: one truth, nothing lost, nothing twice.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from procrastinate import App
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.app import environment
from referrals.kit import cluster, database, db, mail
from referrals.kit.db import SessionMaker
from referrals.kit.errors import Conflict
from referrals.kit.jobs import worker_app
from referrals.kit.mail import MailboxCopy, Message
from referrals.kit.settings import Settings
from referrals.tracking import lifecycle, messages
from referrals.tracking.actions import act, client_links, codes
from referrals.tracking.appointments import actions as appointments
from referrals.tracking.appointments.details import Details
from referrals.tracking.jobs.ringing import ring_due
from referrals.tracking.lifecycle import By
from referrals.tracking.models import Appointment, AppointmentProposal, Referral, ReferralEvent, ReferralTimer
from referrals.tracking.said import CLIENT, RECEIVER, Fact, Party, Said
from referrals.worker import every_job
from tests.conftest import NOW, SECRET
from tests.factories import account, sent
from tests.factories import case_manager as somebody

pytestmark = pytest.mark.anyio
YES = Said(facts={"first_contact_by": date(2026, 11, 27)})


@pytest.fixture
async def url(data_home: Path, database_url: str) -> AsyncIterator[str]:
    server = cluster.ensure(data_home, durable=False)
    name = f"faults_{os.getpid()}"
    cluster.drop_database(server, name)
    cluster.ensure_database(server, name, template=f"template_{database.fingerprint()}")
    yield server.url(name)
    cluster.drop_database(server, name)


@pytest.fixture
async def sessions(url: str) -> AsyncIterator[SessionMaker]:
    engine = db.connect(url)
    yield db.session_maker(engine)
    await engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_home=tmp_path, database_url=None, secret=SECRET, base_url="http://relais.test", demo=True)


async def _world(sessions: SessionMaker, many: int = 1) -> list[UUID]:
    async with db.transaction(sessions) as session:
        by = await somebody(session)
        ids = [(await sent(session, sender=by)).referral.id for _ in range(many)]
        organization = await session.scalar(select(Referral.sender_organization_id).limit(1))
        await account(session, Role.SUPERVISOR, email="sup@example.org", name="Morwenna", organization_id=organization)
        return ids


# ------------------------------------------------------------------ killed in the middle of a job


def _killed_in_the_middle(url: str, settings: Settings, name: str, ids: dict[str, object], later: timedelta) -> None:
    """A process of its own runs the job to its last line, and dies before anything of it is committed."""
    _in_a_process_that_is_killed(
        lambda: _run(url, settings, name, ids, later, then=lambda: os.kill(os.getpid(), signal.SIGKILL))
    )


def _in_a_process_that_is_killed(work: Callable[[], Coroutine[object, object, None]]) -> None:
    child = os.fork()
    if child == 0:
        asyncio.run(work())
        os._exit(1)
    _, how = os.waitpid(child, 0)
    assert os.WIFSIGNALED(how)
    assert os.WTERMSIG(how) == signal.SIGKILL


async def _run(
    url: str, settings: Settings, name: str, ids: dict[str, object], later: timedelta,
    then: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    engine = db.connect(url)
    async with db.transaction(db.session_maker(engine)) as session:
        await every_job(settings, now=lambda: NOW + later)[name](session, **ids)
        await session.flush()
        then()
    await engine.dispose()


async def _everything(sessions: SessionMaker) -> dict[str, int]:
    """How much there is of whatever a job of the loop may make."""
    counted = {}
    async with sessions() as session:
        for table in (
            "message",
            "mailbox_copy",
            "referral_event",
            "referral_timer",
            "procrastinate_jobs",
            "disposition",
        ):
            counted[table] = await session.scalar(select(func.count()).select_from(text(table))) or 0
        rung = select(func.count()).select_from(ReferralTimer).where(ReferralTimer.fired_at.is_not(None))
        counted["rung"] = await session.scalar(rung) or 0
        counted["sent"] = (
            await session.scalar(select(func.count()).select_from(Message).where(Message.sent_at.is_not(None))) or 0
        )
    return counted


async def test_a_worker_killed_in_the_middle_of_each_job_leaves_nothing_behind_and_the_next_run_does_it_once(
    url: str, sessions: SessionMaker, settings: Settings
) -> None:
    (id,) = await _world(sessions)
    async with sessions() as session:
        link = await session.scalar(text("SELECT id::text FROM referral_link LIMIT 1"))
    about: dict[str, object] = {"referral_id": str(id)}
    steps: list[tuple[str, dict[str, object], timedelta]] = [
        ("tracking.tell_receiver", {"link_id": link, "template": "referral_new"}, timedelta()),
        ("tracking.tell_sender", about, timedelta()),
        ("tracking.tell_supervisor", {**about, "position": 1}, timedelta()),
        ("tracking.ring", {}, timedelta(days=7)),
        ("tracking.ring", {}, timedelta(days=30)),
        ("tracking.ring", {}, timedelta(days=60)),
        ("tracking.set_missing_timers", {}, timedelta(days=60)),
        ("tracking.learn", {}, timedelta(days=60)),
        ("matching.record_gap", {"need_id": await _need_of(sessions, id), "reason": "no_capacity"}, timedelta()),
    ]
    for name, ids, later in steps:
        before = await _everything(sessions)
        _killed_in_the_middle(url, settings, name, ids, later)
        assert await _everything(sessions) == before, name
        await _run(url, settings, name, ids, later)
        once = await _everything(sessions)
        if name == "tracking.ring":
            await _run(url, settings, name, ids, later)
            assert await _everything(sessions) == once, name
    async with sessions() as session:
        events = (await session.scalars(select(ReferralEvent.kind).order_by(ReferralEvent.position))).all()
        messages = [row.id for row in await session.scalars(select(Message))]
    assert events == ["send", "expire"]
    assert once["rung"] == 5
    for message in messages:
        _killed_in_the_middle(url, settings, mail.DELIVER, {"message_id": str(message)}, timedelta())
        for _ in range(2):
            await _run(url, settings, mail.DELIVER, {"message_id": str(message)}, timedelta())
    async with sessions() as session:
        copies = await session.scalar(select(func.count()).select_from(MailboxCopy))
    assert copies == len(messages) == 3


async def _need_of(sessions: SessionMaker, referral_id: UUID) -> str:
    async with sessions() as session:
        return str((await session.get_one(Referral, referral_id)).need_id)


# ------------------------------------------------------------------ killed after the work, before the queue knows

KINDS = {
    "tracking.tell_receiver", "tracking.tell_sender", "tracking.send_code", "tracking.message_for_receiver",
    "tracking.send_client_link", "tracking.tell_client_news", "tracking.tell_appointment", "tracking.ask_client", "matching.follow", "matching.write_back",
}  # fmt: skip


async def test_a_worker_killed_after_its_work_and_before_it_says_so_does_it_once(
    url: str, sessions: SessionMaker, settings: Settings
) -> None:
    """All that the loop has asked for is done and committed, and of none of it the queue was told: each is taken up again."""
    await _much_is_asked_for(sessions)
    async with db.transaction(sessions) as session:
        await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))
        waiting = (await session.scalars(text("SELECT task_name FROM procrastinate_jobs"))).all()
    assert set(waiting) >= KINDS
    _in_a_process_that_is_killed(lambda: _work_and_die(url, settings, len(waiting)))
    once = await _everything(sessions)
    assert once["message"] > 3
    worker = _worker(url, sessions, settings)
    async with worker.open_async():
        cut_off = list(await worker.job_manager.get_stalled_jobs(seconds_since_heartbeat=0))
        assert sorted(job.task_name for job in cut_off) == sorted(waiting)
        for job in cut_off:
            await worker.job_manager.retry_job(job)
        while await _due(sessions):
            await worker.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
    async with sessions() as session:
        states = set(
            await session.scalars(text("SELECT status::text FROM procrastinate_jobs WHERE scheduled_at IS NULL"))
        )
        copies = await session.scalar(select(func.count()).select_from(MailboxCopy))
    again = await _everything(sessions)
    assert states == {"succeeded"}
    assert (again["sent"], copies) == (again["message"],) * 2, "all of it left"
    by_another_job = "tracking.message_for_receiver"
    assert again["message"] == once["message"] + waiting.count(by_another_job), "and nothing was written twice"
    assert again["disposition"] == once["disposition"]


async def _due(sessions: SessionMaker) -> int:
    due = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
    async with sessions() as session:
        return await session.scalar(text(due)) or 0


def _worker(url: str, sessions: SessionMaker, settings: Settings) -> App:
    return worker_app(database.conninfo(url), sessions, every_job(settings, now=lambda: NOW))


async def _work_and_die(url: str, settings: Settings, many: int) -> None:
    done = 0

    async def last_of_all(work: Callable[[], Awaitable[object]], _: object, __: object) -> None:
        nonlocal done
        await work()
        done += 1
        if done == many:
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(60)  # the queue is not told

    sessions = db.session_maker(db.connect(url))
    worker = _worker(url, sessions, settings)
    async with worker.open_async():
        await worker.run_worker_async(
            concurrency=many, worker_middleware=[last_of_all], install_signal_handlers=False, listen_notify=False
        )


async def _much_is_asked_for(sessions: SessionMaker) -> None:
    """Of three who were sent, one is accepted and done, one refused, one still waits and is written to."""
    taken, refused, waits = await _world(sessions, many=3)
    async with db.transaction(sessions) as session:
        referral = await session.get_one(Referral, taken)
        await act(session, referral, "accept", RECEIVER, YES, NOW)
        times = [NOW + timedelta(days=3)]
        proposal = await appointments.propose(
            session, referral, RECEIVER, times, Details(ZoneInfo("Europe/London")), NOW
        )
        await appointments.choose(session, referral, proposal.id, 0, CLIENT, NOW)
        for event in ("start_service", "complete"):
            await act(session, referral, event, RECEIVER, Said(_reason(event), _facts(event)), NOW)
        await codes.mail_code(session, "desk@carrick.example.org", "en", NOW)
        await client_links.send(session, referral.client_id, None, NOW)
        said_no = await session.get_one(Referral, refused)
        await act(session, said_no, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
        asked = await session.get_one(Referral, waits)
        by = Party(By.CASE_MANAGER, asked.sender_id)
        await messages.write(session, asked, by, "Is there a lift?", ["receiver"], "first", NOW)


# ------------------------------------------------------------------ two at once, and a database that goes away


async def test_two_workers_ring_everything_once_between_them(sessions: SessionMaker) -> None:
    ids = await _world(sessions, many=6)
    now = NOW + timedelta(days=30)

    async def worker() -> int:
        rung = 0
        while True:
            async with db.transaction(sessions) as session:
                count = await ring_due(session, now, 4)
            rung += count
            if not count:
                return rung

    rung = sum(await asyncio.gather(worker(), worker()))
    while (more := await worker()) > 0:  # what one held while the other looked
        rung += more
    async with sessions() as session:
        fired = await session.scalar(
            select(func.count()).select_from(ReferralTimer).where(ReferralTimer.fired_at.is_not(None))
        )
        events = await session.scalar(
            select(func.count()).select_from(ReferralEvent).where(ReferralEvent.kind == "expire")
        )
        over = await session.scalars(select(ReferralTimer.referral_id).where(ReferralTimer.kind == "expire"))
    assert (rung, events) == (fired, 6)
    assert sorted(over) == sorted(ids)


async def test_a_database_that_goes_away_under_load_loses_no_step_and_doubles_none(
    sessions: SessionMaker, url: str
) -> None:
    """Every connection is cut at once, in the middle of everything, as a restart does. Whoever was cut off tries again."""
    ids = await _world(sessions, many=4)
    story = ["accept", "schedule", "start_service", "hold", "start_service", "complete"]
    cut_off = 0

    async def lane(id: UUID) -> None:
        nonlocal cut_off
        for number, event in enumerate(story):
            while True:
                try:
                    async with db.transaction(sessions) as session:
                        referral = await session.get_one(Referral, id)
                        said = Said(_reason(event), _facts(event), key=f"{number}")
                        await act(session, referral, event, RECEIVER, said, NOW + timedelta(hours=number))
                    break
                except (DBAPIError, OSError):
                    cut_off += 1

    async def restart() -> None:
        with psycopg.connect(database.conninfo(url), autocommit=True) as outside:
            for _ in range(4):
                await asyncio.sleep(0.05)
                outside.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid()"
                )

    await asyncio.gather(restart(), *(lane(id) for id in ids))
    assert cut_off
    await sessions.kw["bind"].dispose()  # what was cut while it rested
    async with sessions() as session:
        for id in ids:
            await _is_whole(session, id, ["send", *story])


def _facts(event: str) -> Mapping[str, Fact]:
    told: Mapping[str, Mapping[str, Fact]] = {
        "accept": YES.facts, "schedule": {"appointment_at": NOW + timedelta(days=3)},
        "start_service": {"started_on": date(2026, 11, 24)}, "hold": {"resume_on": date(2026, 12, 1)},
        "complete": {"provider_outcome": "full", "service_date": date(2026, 11, 24)},
    }  # fmt: skip
    return told[event]


def _reason(event: str) -> str | None:
    return "awaiting_funding" if event == "hold" else None


async def _is_whole(session: AsyncSession, id: UUID, story: list[str]) -> None:
    events = (await session.scalars(
        select(ReferralEvent).where(ReferralEvent.referral_id == id).order_by(ReferralEvent.position)
    )).all()  # fmt: skip
    assert [event.kind for event in events] == story
    status = "draft"
    for event in events:
        status = lifecycle.after(status, event.kind)
    referral = await session.get_one(Referral, id)
    assert (referral.status, referral.position) == (status, len(story))
    waiting = select(ReferralTimer.position).where(ReferralTimer.referral_id == id, ReferralTimer.fired_at.is_(None))
    assert set(await session.scalars(waiting)) == {len(story)}


async def test_two_attempts_that_end_at_the_same_moment_leave_the_need_open(sessions: SessionMaker) -> None:
    """Neither may take the other for alive."""
    from_one, *_ = await _world(sessions)
    async with db.transaction(sessions) as session:
        first = await session.get_one(Referral, from_one)
        second = (await sent(session)).referral
        second.need_id, second.client_id, second.attempt = first.need_id, first.client_id, 2
        both = [first.id, second.id]
    ready = asyncio.Barrier(2)

    async def decline(id: UUID) -> None:
        async with db.transaction(sessions) as session:
            referral = await session.get_one(Referral, id)
            await ready.wait()
            await act(session, referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)

    await asyncio.gather(*map(decline, both))
    async with sessions() as session:
        status = await session.scalar(text("SELECT n.status FROM need n JOIN referral r ON r.need_id = n.id LIMIT 1"))
        decided = await session.scalar(text("SELECT count(*) FROM disposition WHERE replaced_at IS NULL"))
    assert (status, decided) == ("open", 1), "the first goes on with the second, and the second asks what comes next"


async def test_two_who_choose_at_the_same_moment_set_one_time(sessions: SessionMaker) -> None:
    """Both have read the proposal before either chooses: the person on their phone, the case manager for them."""
    (id,) = await _world(sessions)
    times = [NOW + timedelta(days=days) for days in (3, 4)]
    async with db.transaction(sessions) as session:
        referral = await session.get_one(Referral, id)
        await act(session, referral, "accept", RECEIVER, YES, NOW)
        how = Details(ZoneInfo("Europe/London"))
        proposal = (await appointments.propose(session, referral, RECEIVER, times, how, NOW)).id
    ready = asyncio.Barrier(2)

    async def choose(number: int, by: Party) -> str:
        try:
            async with db.transaction(sessions) as session:
                referral = await session.get_one(Referral, id)
                _seen = await session.get_one(AppointmentProposal, proposal)
                await ready.wait()
                await appointments.choose(session, referral, proposal, number, by, NOW)
        except Conflict as conflict:
            return conflict.code
        return "set"

    said = await asyncio.gather(choose(0, CLIENT), choose(1, Party(By.CASE_MANAGER)))
    assert sorted(said) == ["already_answered", "set"]
    async with sessions() as session:
        visit = (await session.scalars(select(Appointment))).one()
        referral = await session.get_one(Referral, id)
        assert (visit.starts_at, referral.appointment_at) == (times[said.index("set")],) * 2
        await _is_whole(session, id, ["send", "accept", "schedule"])


# ------------------------------------------------------------------ a mail server that is down for a day


class DownForADay:
    """Takes nothing until somebody switches it on; then remembers each Message-ID."""

    def __init__(self) -> None:
        self.up = False
        self.tried = 0
        self.taken: list[UUID] = []

    async def deliver(self, session: AsyncSession, message: Message) -> None:
        self.tried += 1
        if not self.up:
            raise ConnectionRefusedError
        self.taken.append(message.id)


async def test_a_mail_server_that_is_down_for_a_day_delays_each_message_and_loses_none(sessions: SessionMaker) -> None:
    async with db.transaction(sessions) as session:
        written = [
            (await mail.post(session, environment(), to=f"{n}@example.org", language="fr", template="stands_still",
                             product="Relais", name="Morwenna", address="http://relais.test/fr/team")).id
            for n in range(3)
        ]  # fmt: skip
    server = DownForADay()
    async with sessions() as session:
        now = (await session.scalars(select(Message.created_at))).first()
    assert now is not None
    await _try_all(sessions, server)
    async with db.transaction(sessions) as session:  # every try that a job has is used up
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    for hour in range(1, 26):
        server.up = hour > 24
        async with db.transaction(sessions) as session:
            for _ in range(2):
                await mail.deliver_waiting(session, now=now + timedelta(hours=hour, minutes=5))
        await _try_all(sessions, server)
    assert sorted(server.taken) == sorted(written)
    assert server.tried == 3 * 26
    async with db.transaction(sessions) as session:
        await mail.deliver_waiting(session, now=now + timedelta(hours=30))
        assert await session.scalar(select(func.count()).select_from(Message).where(Message.sent_at.is_(None))) == 0
    await _try_all(sessions, server)
    assert len(server.taken) == 3


async def _try_all(sessions: SessionMaker, server: DownForADay) -> None:
    """As the worker does: each waiting job once; one that fails changes nothing."""
    async with db.transaction(sessions) as session:
        rows = (await session.execute(text(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'kit.deliver' RETURNING args->>'message_id' AS id"
        ))).all()  # fmt: skip
    for row in rows:
        try:
            async with db.transaction(sessions) as session:
                await mail.deliver(session, message_id=row.id, port=server)
        except ConnectionRefusedError:
            continue
