"""An organization decides what counts: within bounds, with a reason, seen beforehand, and never for anybody else."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.models import Client, Need
from referrals.kit.errors import Conflict, Refused
from referrals.matching import queries
from referrals.matching.kept import as_shown, keep
from referrals.matching.models import OwnWeights
from referrals.matching.own_weights import decide, own_weights, versions
from referrals.matching.preview import preview
from referrals.matching.weights import DEFAULT, Own
from tests.browser import Browser
from tests.conftest import NOW
from tests.factories import account, client, need
from tests.matching.scene import drives, listed

NEARER = {**DEFAULT, "travel": 30, "timeliness": 8}


@pytest.fixture
def team(claire: Actor) -> UUID:
    found = claire.organization(Role.CASE_MANAGER)
    assert found is not None
    return found


async def test_the_newest_version_counts_and_the_earlier_ones_stay(
    session: AsyncSession, claire: Actor, team: UUID
) -> None:
    assert await own_weights(session, team) is None
    await decide(session, team, NEARER, "Few people here have a car.", claire.id, NOW, seen=0)
    await decide(session, team, {**NEARER, "cost": 12}, "Many pay themselves.", claire.id, NOW, seen=1)
    assert await own_weights(session, team) == Own(2, {**NEARER, "cost": 12})
    told = await versions(session, team)
    assert [(one.number, one.by, one.why) for one in told] == [
        (2, "Claire Morvan", "Many pay themselves."), (1, "Claire Morvan", "Few people here have a car."),
    ]  # fmt: skip
    assert await own_weights(session, UUID(int=5)) is None


async def test_the_usual_weights_are_kept_as_none_so_that_they_follow_what_is_usual(
    session: AsyncSession, claire: Actor, team: UUID
) -> None:
    await decide(session, team, NEARER, "A try.", claire.id, NOW, seen=0)
    await decide(session, team, DEFAULT, "It did not help.", claire.id, NOW, seen=1)
    assert await own_weights(session, team) is None


@pytest.mark.parametrize("shares", [{**DEFAULT, "fit": 99}, {**DEFAULT, "cost": 0}, {"fit": 22.0}])
async def test_nothing_that_a_person_may_need_can_be_switched_off(
    session: AsyncSession, claire: Actor, team: UUID, shares: dict[str, float]
) -> None:
    with pytest.raises(Refused, match="bounds"):
        await decide(session, team, shares, "Why not.", claire.id, NOW, seen=0)


async def test_two_who_decide_at_once_do_not_undo_each_other(session: AsyncSession, claire: Actor, team: UUID) -> None:
    await decide(session, team, NEARER, "First.", claire.id, NOW, seen=0)
    with pytest.raises(Conflict, match="weights_changed"):
        await decide(session, team, DEFAULT, "Second.", claire.id, NOW, seen=0)


async def _shown(session: AsyncSession, claire: Actor, person: Client, wanted: Need) -> None:
    asked = await queries.asked(session, person, wanted, NOW.date())
    found = (await queries.proposals(session, asked))[0]
    shown = [as_shown(match, at, "a service", "somebody") for at, match in enumerate(found.ranked, start=1)]
    await keep(session, person.id, claire.id, found, shown, NOW)


@pytest.mark.parametrize("age", [0, 100])
async def test_a_preview_counts_what_would_change_in_the_lists_that_were_shown(
    session: AsyncSession, claire: Actor, team: UUID, age: int
) -> None:
    person = await client(session, claire)
    await drives(session, person)
    wanted = await need(session, person)
    await listed(session, "Far and soon", km=20, wait_days=5)
    await listed(session, "Near and late", km=1, wait_days=70)
    await _shown(session, claire, person, wanted)
    then = NOW + timedelta(days=age)
    same = await preview(session, team, None, None, then)
    other = await preview(session, team, None, Own(1, NEARER), then)
    assert (same.lists, same.first) == (0 if age else 1, 0)
    assert (other.lists, other.first, other.needs) == ((0, 0, ()) if age else (1, 1, ()))
    assert (await preview(session, UUID(int=9), None, Own(1, NEARER), then)).lists == 0


async def test_what_was_decided_counts_for_the_organizations_people(
    session: AsyncSession, claire: Actor, team: UUID
) -> None:
    person = await client(session, claire)
    await drives(session, person)
    wanted = await need(session, person)
    far, near = (
        await listed(session, "Far and soon", km=20, wait_days=5),
        await listed(session, "Near", km=1, wait_days=70),
    )

    async def firsts() -> list[UUID]:
        found = await queries.proposals(session, await queries.asked(session, person, wanted, NOW.date()))
        return [match.offer.service_id for match in found[0].ranked]

    assert await firsts() == [far.id, near.id]
    await decide(session, team, NEARER, "Few people here have a car.", claire.id, NOW, seen=0)
    assert await firsts() == [near.id, far.id]


@pytest.fixture
async def supervisor(session: AsyncSession, browser: Browser, team: UUID) -> Browser:
    await account(session, Role.SUPERVISOR, email="helene@example.org", organization_id=team)
    await browser.sign_in("helene@example.org")
    return browser


async def test_a_supervisor_sees_what_would_change_before_it_counts(session: AsyncSession, supervisor: Browser) -> None:
    page = await supervisor.open("/en/team/weights")
    assert "Your organization uses the usual weights." in page
    typed = {code: f"{share:g}" for code, share in NEARER.items()}
    seen = await supervisor.submit("team/weights", button="preview", **typed)
    assert "there is nothing to compare with" in seen
    assert await session.scalar(select(OwnWeights.id)) is None
    unsaid = await supervisor.submit("team/weights", button="decide")
    assert unsaid.status == 422
    assert "Please say why" in unsaid
    two = await supervisor.submit("team/weights", button="preview", travel="abc", fit="99")
    assert "2 things to look at again" in two
    assert "It is within reach: please give a number" in two
    wild = await supervisor.submit("team/weights", button="preview", fit="99", travel=typed["travel"])
    assert "It does what they need: please give a number from 15 to 40." in wild
    assert 'value="99"' in wild.html
    done = await supervisor.submit("team/weights", button="decide", fit="22", why="Few people here have a car.")
    assert "Decided: version 1 counts from now on." in done
    assert "It is within reach: 12, now 30" in done
    late = await supervisor.showing(page).submit("team/weights", button="decide", why="Again.")
    assert late.status == 409
    assert "Somebody else has decided meanwhile" in late
    again = await supervisor.submit("team/weights", button="decide", travel="30", timeliness="8")
    assert "These weights count already." in again
    again = await supervisor.submit("team/weights", button="decide", travel="25")
    assert "Decided: version 2 counts from now on." in again
    usual = await supervisor.open("/en/team/weights?usual=yes")
    assert usual.form("team/weights").fields["travel"] == ["12"]


async def test_the_first_three_may_stay_the_same_and_begin_with_another(
    session: AsyncSession, claire: Actor, supervisor: Browser
) -> None:
    person = await client(session, claire)
    await drives(session, person)
    wanted = await need(session, person)
    await listed(session, "Far and soon", km=20, wait_days=5)
    await listed(session, "Near and late", km=1, wait_days=70)
    await _shown(session, claire, person, wanted)
    await session.commit()
    await supervisor.open("/en/team/weights")
    seen = await supervisor.submit(
        "team/weights", button="preview", **{code: f"{share:g}" for code, share in NEARER.items()}
    )
    assert "Of 1 list shown lately, 1 would begin with another service" in seen


async def test_a_case_manager_alone_decides_nothing_here(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.CASE_MANAGER, email="other@example.org")
    await browser.sign_in("other@example.org")
    assert (await browser.open("/en/team/weights")).status == 403


async def test_whoever_belongs_to_no_organization_is_told_so(browser: Browser, session: AsyncSession) -> None:
    await account(session, Role.ADMINISTRATOR, email="admin@example.org")
    await browser.sign_in("admin@example.org")
    assert (await browser.open("/en/team/weights")).status == 403
