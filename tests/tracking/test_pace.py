"""A service says how long it usually takes: what follows is told in words, and counts for what is sent from then on."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import Role
from referrals.directory.models import Metadata
from referrals.kit.i18n import speak
from referrals.tracking.pace_form import STAGES, PaceForm, answering, usual
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import account, organization, sent, service


@pytest.mark.parametrize(
    ("urgency", "days"),
    [("routine", (10, 5, 5, 30, 30)), ("urgent", (2, 1, 2, 7, 14))],
)
def test_what_is_usual_is_what_the_timers_say(urgency: str, days: tuple[int, ...]) -> None:
    assert tuple(usual(stage, urgency) for stage in STAGES) == days


@pytest.mark.parametrize(
    ("days", "urgency", "told"),
    [
        (None, "routine", "You are reminded after 2 working days and after 5 working days; after 10 working days without an answer a request lapses."),
        (20, "routine", "You are reminded after 4 working days and after 10 working days; after 20 working days without an answer a request lapses."),
        (2, "routine", "You are reminded after 1 working day; after 2 working days without an answer a request lapses."),
        (None, "urgent", "You are reminded after 1 working day; after 2 working days without an answer a request lapses."),
        (1, "routine", "A request lapses after one working day without an answer."),
    ],
)  # fmt: skip
def test_what_follows_is_told_in_a_sentence(days: int | None, urgency: str, told: str) -> None:
    speak("en")
    assert answering(days, urgency) == told


def test_only_days_that_can_be_kept_are_taken() -> None:
    speak("en")
    assert PaceForm(routine_answer=0, urgent_review=91, routine_contact=90).problems().keys() == {
        "routine_answer", "urgent_review",
    }  # fmt: skip
    assert PaceForm(routine_answer=7, urgent_answer=1).days("routine") == {"answer": 7}


async def test_who_keeps_a_listing_says_how_long_they_take(browser: Browser, session: AsyncSession) -> None:
    ours = await organization(session, "Carrick Centre")
    where, elsewhere = await service(session, by=ours), await service(session, "Elsewhere")
    editor = await account(session, Role.PROVIDER_EDITOR, email="desk@example.org", organization_id=ours.id)
    await browser.sign_in(editor.email)
    assert (await browser.open(f"/en/my-services/{elsewhere.id}/pace")).status == 404
    page = await browser.open(f"/en/my-services/{where.id}/pace")
    assert "after 10 working days without an answer a request lapses" in page
    page = await browser.submit("/pace", routine_answer="0")
    assert page.status == 422
    assert "Between 1 and 90 days, please" in page
    page = await browser.submit("/pace", routine_answer="4", urgent_answer="1")
    assert "Saved. It counts for requests that are sent from now on." in page
    assert "You are reminded after 1 working day and after 2 working days; after 4 working days" in page
    assert page.form("/pace").fields["routine_answer"] == ["4"]
    world = await sent(session, to=where)
    assert world.referral.pace == {"answer": 4}
    assert await _kept(session, where.id) == [
        ("pace.routine.answer", None, "4", editor.id), ("pace.urgent.answer", None, "1", editor.id),
    ]  # fmt: skip
    page = await browser.open(f"/en/my-services/{where.id}/pace")
    await browser.submit("/pace", routine_answer="", urgent_answer="")
    assert (await sent(session, to=where)).referral.pace == {}, "what is usual again"
    assert [line[:3] for line in await _kept(session, where.id)][2:] == [
        ("pace.routine.answer", "4", None), ("pace.urgent.answer", "1", None),
    ]  # fmt: skip
    assert world.referral.due_at is not None
    assert world.referral.due_at - NOW <= timedelta(days=4), "what was sent keeps its times"


async def _kept(session: AsyncSession, service_id: UUID) -> list[tuple[str, str | None, str | None, UUID | None]]:
    """Who changed what, in the order of the names."""
    rows = await session.scalars(
        select(Metadata).where(Metadata.resource_id == service_id).order_by(Metadata.replacement_value.is_(None), Metadata.field_name)
    )  # fmt: skip
    return [(row.field_name, row.previous_value, row.replacement_value, row.user_id) for row in rows]
