"""What a list and the public pages show, and in how many statements."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from referrals.directory import hours
from referrals.directory.models import Address, Location, Phone, RequiredDocument
from referrals.directory.queries import by_structure, cards, organization_page, service_page
from referrals.directory.queries.capacity import UNKNOWN
from referrals.directory.queries.soonest import soonest
from referrals.directory.search.openings import OpenAt
from referrals.directory.search.port import Here, Hit, Query
from referrals.kit.errors import NotFound
from referrals.kit.geo import Km
from referrals.kit.i18n import speak
from referrals.taxonomy.vocabulary import Vocabulary
from tests.directory.search_world import BRON, LYON, RENNES, organization, service
from tests.statements import counted

TODAY = date(2026, 11, 23)


async def test_cards_keep_the_order_and_leave_out_what_nobody_may_see(session: AsyncSession, words: Vocabulary) -> None:
    first, second = [await service(session, words, name, at=LYON) for name in ("B", "A")]
    hidden = await service(session, words, "C", published=False)
    shown = await cards(session, [second.id, hidden.id, first.id, uuid4()], "fr", None, TODAY)
    assert [str(card.name) for card in shown] == ["A", "B"]


@pytest.mark.parametrize("many", [1, 12])
async def test_cards_take_one_statement_however_many(
    session: AsyncSession, connection: AsyncConnection, words: Vocabulary, many: int
) -> None:
    ids = [(await service(session, words, f"Service {number}", at=LYON)).id for number in range(many)]
    async with counted(connection) as asked:
        assert len(await cards(session, ids, "fr", BRON, TODAY)) == many
    assert len(asked) == 1, "the cards, their places, and what must not be told of a place"


async def test_a_card_speaks_the_language_or_says_which_it_is_in(session: AsyncSession, words: Vocabulary) -> None:
    both = await service(session, words, "Jardin", english="Garden")
    french = await service(session, words, "Atelier")
    shown = await cards(session, [both.id, french.id], "en", None, TODAY)
    assert [(str(card.name), card.name.language) for card in shown] == [("Garden", "en"), ("Atelier", "fr")]


async def test_what_was_said_two_weeks_ago_of_places_counts_as_unknown(
    session: AsyncSession, words: Vocabulary
) -> None:
    said = datetime(2026, 11, 9, 8, tzinfo=UTC)
    room = {"capacity_status": "has-capacity", "capacity_available": 3, "capacity_updated": said}
    made = await service(session, words, "Kiné", listed=room)
    (fresh,) = await cards(session, [made.id], "fr", None, TODAY)
    (old,) = await cards(session, [made.id], "fr", None, TODAY + timedelta(days=1))
    assert (fresh.capacity.status, fresh.capacity.available, fresh.capacity.age_days) == ("has-capacity", 3, 14)
    assert (old.capacity.status, old.capacity.available, old.capacity.age_days) == (UNKNOWN, None, 15)


async def test_a_place_that_is_free_comes_sooner_than_months_of_waiting(
    session: AsyncSession, words: Vocabulary
) -> None:
    said = {"capacity_updated": datetime(2026, 11, 20, 8, tzinfo=UTC), "capacity_status": "has-capacity"}
    silent = await service(session, words, "Silent")
    waits = await service(
        session, words, "Seven months", listed=said | {"capacity_status": "waitlist", "wait_days": 210}
    )
    days = await service(session, words, "Three days", listed=said | {"capacity_available": 2, "wait_days": 3})
    free = await service(session, words, "One bed", listed=said | {"capacity_available": 1})
    none = await service(session, words, "None left", listed=said | {"capacity_available": 0})
    hits = [Hit(one.id, 1.0) for one in (silent, none, waits, days, free)]
    found = await soonest(session, hits, OpenAt(datetime(2026, 11, 23, 8, tzinfo=UTC)))
    assert [hit.id for hit in found] == [one.id for one in (free, days, waits, silent, none)]


async def test_a_card_of_a_hidden_address_tells_the_area_alone(session: AsyncSession, words: Vocabulary) -> None:
    made = await service(session, words, "Refuge", at=LYON, hidden=True)
    (card,) = await cards(session, [made.id], "fr", LYON, TODAY)
    assert (card.place, card.point, card.distance_km, card.confidential) == ("Rhône", None, None, True)


async def test_who_may_come_is_told_by_age_where_nobody_wrote_it(session: AsyncSession, words: Vocabulary) -> None:
    speak("fr")
    ages = await service(session, words, "A", listed={"min_age": 18, "max_age": 25})
    own = await service(session, words, "B", eligibility_description="Les jeunes du quartier")
    shown = await cards(session, [ages.id, own.id], "fr", None, TODAY)
    assert [str(card.who) for card in shown] == ["De 18 à 25 ans", "Les jeunes du quartier"]


async def test_structure_sorts_by_distance_and_mixes_in_the_remote_ones(
    session: AsyncSession, words: Vocabulary
) -> None:
    make = {"needs": ("counselling",)}
    far = await service(session, words, "Rennes", at=RENNES, **make)  # type: ignore[arg-type]
    near = await service(session, words, "Lyon", at=LYON, **make)  # type: ignore[arg-type]
    next_door = await service(session, words, "Bron", at=BRON, **make)  # type: ignore[arg-type]
    remote = [await service(session, words, name, modes=("remote",), **make) for name in "XYZ"]  # type: ignore[arg-type]
    page = await by_structure(session, Query(terms=("mental",), near=Here(LYON, "FR", ("69002",), "Rhône")))
    ids = [hit.id for hit in page.items]
    assert ids[:2] == [near.id, next_door.id]
    assert ids[2] in {one.id for one in remote}
    assert ids[3] == far.id
    assert (page.total, page.more) == (6, False)


async def test_a_radius_is_kept_to_the_metre(session: AsyncSession, words: Vocabulary) -> None:
    await service(session, words, "Bron", at=BRON)
    near = Here(LYON, "FR")
    assert (await by_structure(session, Query(near=near, radius_km=Km(6)))).total == 0
    (hit,) = (await by_structure(session, Query(near=near, radius_km=Km(7)))).items
    assert hit.distance_km == pytest.approx(6.48, abs=0.05)


async def test_a_service_that_visits_is_found_where_its_area_reaches(session: AsyncSession, words: Vocabulary) -> None:
    made = await service(session, words, "Infirmière", modes=("home-visit",), listed={"area_postcodes": ["69"]})
    inside = await by_structure(session, Query(near=Here(LYON, "FR", ("69002",))))
    outside = await by_structure(session, Query(near=Here(RENNES, "FR", ("35000",))))
    assert ([hit.id for hit in inside.items], outside.total) == ([made.id], 0)


async def test_the_page_of_a_service_shows_its_records(
    session: AsyncSession, connection: AsyncConnection, words: Vocabulary
) -> None:
    speak("fr")
    owner = await organization(session, "Le Héron bleu", email="accueil@heron.example.org")
    made = await service(
        session, words, "Kiné", english="Physio", of=owner, at=LYON, application_process="Appelez.",
        listed={
            "rule": {"all": [{"term": "women"}, {"not": {"term": "prison-leaver"}}]},
            "slots": [{"days": ["MO", "TU"], "opens": "09:00", "closes": "12:00"}],
        },
    )  # fmt: skip
    session.add(Phone(organization_id=owner.id, number="+33 4 65 71 10 01"))
    session.add(Phone(service_id=made.id, number="+33 4 65 71 10 02"))
    session.add(RequiredDocument(service_id=made.id, document="Ordonnance", language="fr", translations={}))
    await session.flush()
    async with counted(connection) as asked:
        page = await service_page(session, made.id, "fr", words=words, today=TODAY)
    assert len(asked) <= 10
    assert page.rule == "Réservé à\u00a0: femmes. Pas pour\u00a0: sortant de détention."
    assert hours.told(page.hours, TODAY) == ["Lundi et mardi, 9 h–12 h"]
    assert [(number.number[-1], number.of) for number in page.phones] == [("2", "service"), ("1", "organization")]
    assert [str(document) for document in page.documents] == ["Ordonnance"]
    assert (str(page.how), page.places[0].line, page.places[0].point) == ("Appelez.", "69002 Lyon", LYON)


async def test_the_page_of_a_hidden_address_tells_nothing_of_it(session: AsyncSession, words: Vocabulary) -> None:
    made = await service(session, words, "Refuge", at=LYON, hidden=True)
    secret = Location(name="La maison", language="fr", translations={}, latitude=LYON.lat, longitude=LYON.lon)
    session.add(secret)
    await session.flush()
    session.add(Address(location_id=secret.id, address_1="3 rue Secrète"))
    session.add(Phone(location_id=secret.id, number="+33 4 65 71 10 09"))
    from_listing = await service_page(session, made.id, "fr", words=words, today=TODAY)
    assert "Secrète" not in repr(from_listing)
    assert from_listing.places[0].point is None


async def test_the_page_of_an_organization_lists_what_it_offers(session: AsyncSession, words: Vocabulary) -> None:
    owner = await organization(session)
    await service(session, words, "B", of=owner)
    await service(session, words, "A", of=owner)
    await service(session, words, "C", of=owner, published=False)
    page = await organization_page(session, owner.id, "fr", today=TODAY)
    assert [str(card.name) for card in page.services] == ["A", "B"]


async def test_a_page_of_what_is_gone_is_not_found(session: AsyncSession, words: Vocabulary) -> None:
    gone = await service(session, words, "Parti", gone_at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(NotFound):
        await service_page(session, gone.id, "fr", words=words, today=TODAY)
    with pytest.raises(NotFound):
        await organization_page(session, uuid4(), "fr", today=TODAY)
