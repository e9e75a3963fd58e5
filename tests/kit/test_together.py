"""What a step adds is written by one statement when it ends, or not at all; the session knows what was changed past it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.jobs import enqueue
from referrals.kit.mail import Message
from referrals.kit.together import add, change, put, together

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def message(purpose: str = "kit", **more: object) -> Message:
    return Message(purpose=purpose, to_address="a@example.org", language="en", subject="é", body="100 %", **more)


async def purposes(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(Message.purpose).where(Message.purpose.like("kit%")).order_by("purpose")))


async def test_rows_changes_and_jobs_are_one_statement_and_say_what_models_say(session: AsyncSession) -> None:
    id = uuid4()
    await put(session, message("kit before", id=id))
    async with together(session):
        await put(session, message("kit one", sent_at=NOW))
        await put(session, message("kit two"))
        await change(session, Message, id, subject="changed")
        await enqueue(session, "kit.first", message_id=str(id))
        assert await purposes(session) == ["kit before"], "nothing before it ends"
    assert await purposes(session) == ["kit before", "kit one", "kit two"]
    one = (await session.scalars(select(Message).where(Message.purpose == "kit one"))).one()
    assert (one.subject, one.body, one.sent_at, one.sender_name) == ("é", "100 %", NOW, None)
    assert isinstance(one.id, UUID)
    assert one.created_at is not None, "as the database says it"
    assert await session.scalar(select(Message.subject).where(Message.id == id)) == "changed"
    assert await session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'kit.first'")) == 1


async def test_where_one_part_cannot_be_written_none_is(session: AsyncSession) -> None:
    async def half() -> None:
        async with session.begin_nested(), together(session):
            await put(session, message("kit one"))
            await add(session, "INSERT INTO message (id) VALUES (%(id)s)", {"id": uuid4()})
            await enqueue(session, "kit.first")

    with pytest.raises(psycopg.IntegrityError):
        await half()
    assert await purposes(session) == []
    assert await session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'kit.first'")) == 0


async def test_a_row_that_the_session_holds_says_what_was_changed_and_not_what_was_taken_back(
    session: AsyncSession,
) -> None:
    held = message()
    session.add(held)
    await session.flush()
    id = held.id
    await change(session, Message, id, subject="first")
    assert held.subject == "first"
    async with session.begin_nested() as savepoint:
        await change(session, Message, id, subject="second")
        assert held.subject == "second"
        await savepoint.rollback()
    await session.flush()
    assert await session.scalar(select(Message.subject).where(Message.id == id)) == "first"
    assert (await session.get_one(Message, id)).subject == "first", "read anew"


async def test_what_is_there_already_need_not_be_written_again(session: AsyncSession) -> None:
    same = "SELECT FROM message WHERE purpose = %(purpose)s AND created_at > %(since)s"
    for purpose in ("kit one", "kit one", "kit two"):
        await put(session, message(purpose), unless=same, since=NOW.replace(year=2000))
    assert await purposes(session) == ["kit one", "kit two"]
    await put(session, message("kit one"), unless=same, since=NOW.replace(year=2100))
    assert await purposes(session) == ["kit one", "kit one", "kit two"]
