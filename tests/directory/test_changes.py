"""Fields of a record: written, remembered, proposed, decided, taken back, and left alone by the next import."""

from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Membership, Role
from referrals.directory import changes
from referrals.directory.actions.history import Editor
from referrals.directory.changes import Live, Waiting
from referrals.directory.changes.show import difference
from referrals.directory.changes.submit import editor as editor_of
from referrals.directory.models import (
    Drift,
    Listing,
    LocalEdit,
    Location,
    Metadata,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
)
from referrals.directory.tongue import TEXTS
from referrals.kit.errors import Conflict, NotAllowed, Refused
from referrals.taxonomy.vocabulary import Vocabulary
from tests.conftest import NOW
from tests.directory import pages_world
from tests.directory.pages_world import Pages
from tests.factories import account
from tests.factories.world import acting


@pytest.fixture(scope="session")
def engine(pages_database: AsyncEngine) -> AsyncEngine:
    return pages_database


@pytest.fixture
async def pages(session: AsyncSession, tmp_path: Path) -> Pages:
    return await pages_world.load(session, tmp_path)


@pytest.fixture
async def backs(session: AsyncSession, pages: Pages) -> Service:
    return await session.get_one(Service, pages.services["backs"])


async def someone(session: AsyncSession, role: Role, service: Service, *, trusted: str = "yes") -> Actor:
    user = await account(
        session, role, email=f"{role}-{trusted}@example.org",
        organization_id=service.organization_id if role is Role.PROVIDER_EDITOR else None,
    )  # fmt: skip
    for membership in await session.scalars(select(Membership).where(Membership.user_id == user.id)):
        membership.trusted = trusted == "yes"
    await session.flush()
    return await acting(session, user)


async def history(session: AsyncSession, service: Service) -> list[tuple[str, str | None, str | None]]:
    rows = await session.scalars(
        select(Metadata).where(Metadata.resource_id == service.id, Metadata.user_id.is_not(None))
        .order_by(Metadata.last_action_date, Metadata.field_name)
    )  # fmt: skip
    return [(row.field_name, row.previous_value, row.replacement_value) for row in rows]


WEEK = [
    {"freq": "WEEKLY", "interval": 1, "byday": "MO,TU", "opens_at": "09:00", "closes_at": "12:00"},
    {"freq": "WEEKLY", "interval": 1, "byday": "MO", "opens_at": "14:00", "closes_at": "17:00"},
]


async def test_every_field_says_what_stands_and_can_be_written_as_it_stands(
    session: AsyncSession, pages: Pages, backs: Service
) -> None:
    organization = await session.get_one(Organization, backs.organization_id)
    at = select(Location).join(ServiceAtLocation).where(ServiceAtLocation.service_id == backs.id)
    location = (await session.scalars(at)).one()
    for record in (backs, organization, location):
        standing = await changes.present(session, record)
        by = Editor(backs.id, "provider_editor")
        assert await changes.change(session, record, standing, by, NOW) == []


async def test_a_trusted_editor_changes_at_once_and_the_listing_follows(session: AsyncSession, backs: Service) -> None:
    morwenna = await someone(session, Role.PROVIDER_EDITOR, backs)
    wanted: changes.Values = {
        "schedules": WEEK,
        "email": "backs@example.org",
        "attributes.need": [{"code": "housing-search"}],
    }
    done = await changes.submit(session, backs, wanted, morwenna, NOW)
    assert isinstance(done, Live)
    assert {one.field for one in done.changes} == {"schedules", "email", "attributes.need"}
    listing = await session.get_one(Listing, backs.id, populate_existing=True)
    assert listing.needs == ["housing-search"]
    assert listing.email == "backs@example.org"
    assert [slot["opens"] for slot in listing.slots] == ["09:00", "14:00"]
    again = await changes.submit(session, backs, wanted, morwenna, NOW)
    assert isinstance(again, Live)
    assert again.changes == []
    rows = await session.scalars(select(Schedule).where(Schedule.service_id == backs.id, Schedule.gone_at.is_(None)))
    assert len(rows.all()) == 2


async def test_nobody_changes_somebody_elses_listing(session: AsyncSession, backs: Service, pages: Pages) -> None:
    stranger = await account(session, Role.PROVIDER_EDITOR, email="x@example.org", organization_id=backs.id)
    with pytest.raises(NotAllowed):
        await changes.submit(session, backs, {"email": "x@example.org"}, await acting(session, stranger), NOW)


async def test_a_field_that_is_not_there_and_a_term_that_is_not_ours_are_refused(
    session: AsyncSession, backs: Service
) -> None:
    yann = await someone(session, Role.CURATOR, backs)
    for wanted in ({"organization_id": str(backs.id)}, {"attributes.need": [{"code": "flying"}]}):
        with pytest.raises(Refused):
            await changes.submit(session, backs, cast("changes.Values", wanted), yann, NOW)
    with pytest.raises(ValueError, match="float"):
        await changes.submit(session, backs, {"minimum_age": "old"}, yann, NOW)


async def test_others_propose_and_a_curator_takes_some_of_it_with_a_reason_for_the_rest(
    session: AsyncSession, backs: Service
) -> None:
    novice = await someone(session, Role.PROVIDER_EDITOR, backs, trusted="no")
    yann = await someone(session, Role.CURATOR, backs)
    before = await changes.present(session, backs)
    asked = await changes.submit(session, backs, {"email": "new@example.org", "minimum_age": 3}, novice, NOW)
    more = await changes.submit(session, backs, {"minimum_age": 4.0}, novice, NOW)
    assert isinstance(asked, Waiting)
    assert isinstance(more, Waiting)
    assert (more.instead, more.proposed_at) == (("minimum_age",), NOW)
    assert (asked.proposal.state, asked.proposal.wanted["minimum_age"]) == ("replaced", 3.0)
    assert more.proposal.wanted == {"email": "new@example.org", "minimum_age": 4.0}
    added = await changes.submit(session, backs, {"maximum_age": 9.0}, novice, NOW)
    assert isinstance(added, Waiting)
    assert (added.proposal.id, added.instead) == (more.proposal.id, ())
    asked = await changes.submit(session, backs, {"maximum_age": None, "minimum_age": 4.0}, novice, NOW)
    assert isinstance(asked, Waiting)
    asked.proposal.wanted = {"email": "new@example.org", "minimum_age": 4.0}
    assert await changes.present(session, backs) == before
    with pytest.raises(ValueError, match="why"):
        await changes.decide(session, asked.proposal.id, ["email"], " ", yann, NOW)
    with pytest.raises(NotAllowed):
        await changes.decide(session, asked.proposal.id, ["email"], "", novice, NOW)
    decided = await changes.decide(session, asked.proposal.id, ["email"], "Small children come too.", yann, NOW)
    assert (decided.state, decided.refused, decided.why) == ("accepted", ["minimum_age"], "Small children come too.")
    standing = await changes.present(session, backs, {"email", "minimum_age"})
    assert standing == {"email": "new@example.org", "minimum_age": before["minimum_age"]}
    row = await session.scalar(select(Metadata).where(Metadata.resource_id == backs.id, Metadata.field_name == "email"))
    assert row is not None
    assert (row.user_id, row.updated_by) == (novice.id, "provider_editor")
    with pytest.raises(Conflict):
        await changes.decide(session, asked.proposal.id, [], "no", yann, NOW)


async def test_a_change_can_be_taken_back_while_nobody_has_changed_it_again(
    session: AsyncSession, backs: Service
) -> None:
    yann = await someone(session, Role.CURATOR, backs)
    before = await changes.present(session, backs)
    first = await changes.submit(session, backs, {"schedules": WEEK, "email": "a@example.org"}, yann, NOW)
    assert isinstance(first, Live)
    rows = {one.field: one.id for one in first.changes}
    for field in ("schedules", "email"):
        await changes.undo(session, rows[field], editor_of(yann), NOW)
    assert await changes.present(session, backs) == before
    with pytest.raises(Conflict):
        await changes.undo(session, rows["email"], editor_of(yann), NOW)


async def test_what_was_written_here_is_kept_from_the_next_import_until_it_is_taken_back(
    session: AsyncSession, backs: Service
) -> None:
    yann = await someone(session, Role.CURATOR, backs)
    done = await changes.submit(session, backs, {"email": "a@example.org"}, yann, NOW)
    assert isinstance(done, Live)
    assert await session.get(LocalEdit, (backs.id, "email")) is not None
    await changes.undo(session, done.changes[0].id, editor_of(yann), NOW)
    assert await session.get(LocalEdit, (backs.id, "email"), populate_existing=True) is None


async def test_a_text_that_changed_marks_the_other_language_until_somebody_has_looked(
    session: AsyncSession, backs: Service
) -> None:
    yann = await someone(session, Role.CURATOR, backs)
    other = "fr" if backs.language == "en" else "en"
    there = {f"translations.{other}.description": "Le dos.", "description": "Backs of all kinds."}
    await changes.submit(session, backs, cast("changes.Values", there), yann, NOW)
    assert (await session.scalars(select(Drift))).all() == []
    done = await changes.submit(session, backs, {"description": "Backs, and knees."}, yann, NOW)
    assert isinstance(done, Live)
    assert len((await session.scalars(select(Drift))).all()) == 1
    await changes.undo(session, done.changes[0].id, editor_of(yann), NOW)
    assert (await session.scalars(select(Drift))).all() == [], "it is again what stood beside the other"
    await changes.submit(session, backs, {"description": "Backs, and necks since May."}, yann, NOW)
    drifted = (await session.scalars(select(Drift))).one()
    assert (drifted.field_name, drifted.language, drifted.since) == ("description", other, NOW)
    await changes.looked_at(session, backs, "description", other, editor_of(yann), NOW)
    assert (await session.scalars(select(Drift))).all() == []
    assert ("translations." + other + ".description", None, None) in await history(session, backs)


@pytest.mark.parametrize("column", TEXTS["service"])
async def test_every_text_marks_its_other_language(session: AsyncSession, backs: Service, column: str) -> None:
    yann = await someone(session, Role.CURATOR, backs)
    other = "fr" if backs.language == "en" else "en"
    await changes.submit(session, backs, {f"translations.{other}.{column}": "Alors.", column: "So."}, yann, NOW)
    await changes.submit(session, backs, {f"translations.{other}.{column}": "Alors, oui."}, yann, NOW)
    drifted = (await session.scalars(select(Drift))).one()
    assert (drifted.field_name, drifted.language) == (column, backs.language)
    await changes.submit(session, backs, {column: "So, yes."}, yann, NOW)
    assert (await session.scalars(select(Drift))).all() == [], "it follows the other now"


async def test_a_paper_that_changed_in_one_language_marks_the_other(session: AsyncSession, backs: Service) -> None:
    yann = await someone(session, Role.CURATOR, backs)

    async def papers(french: str, english: str) -> changes.Live:
        there = cast("list[dict[str, Any]]", (await changes.present(session, backs))["required_documents"] or [])
        row = {"document": french, "language": "fr", "translations": {"en": {"document": english}}}
        wanted = [{**(there[0] if there else {}), **row}]
        done = await changes.submit(session, backs, {"required_documents": wanted}, yann, NOW)
        assert isinstance(done, Live)
        return done

    async def doubted() -> list[tuple[str, str]]:
        return [(one.field_name, one.language) for one in await session.scalars(select(Drift))]

    await papers("Une lettre", "A letter")
    assert await doubted() == []
    done = await papers("Une carte", "A letter")
    assert await doubted() == [("required_documents", "en")]
    await changes.undo(session, done.changes[0].id, editor_of(yann), NOW)
    assert await doubted() == [], "they are again what stood beside each other"
    await papers("Une carte", "A letter")
    await papers("Une carte", "A card")
    assert await doubted() == [], "written anew, it has been looked at"
    await papers("Une carte", "A card, or two")
    assert await doubted() == [("required_documents", "fr")]
    await changes.looked_at(session, backs, "required_documents", "fr", editor_of(yann), NOW)
    assert await doubted() == []


@pytest.mark.parametrize(
    ("field", "before", "after", "new"),
    [
        ("phones", {"number": "1"}, {"number": "1", "type": "fax"}, "1 · Fax"),
        (
            "required_documents", {"document": "Une lettre", "translations": {"en": {"document": "A letter"}}},
            {"document": "Une lettre", "translations": {"en": {"document": "A card"}}}, "Une lettre · A card",
        ),
        ("service_areas", {"extent": "FR", "extent_type": "postcode-prefix"}, {"extent": "FR", "extent_type": "country"}, "FR · country"),
    ],
)  # fmt: skip
def test_no_change_of_a_row_reads_as_none(field: str, before: dict[str, Any], after: dict[str, Any], new: str) -> None:
    found = difference(field, [before], [after], Vocabulary("", {}), {})
    assert found.new == (new,)
    assert found.gone != found.new
