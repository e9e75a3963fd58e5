"""Searching from end to end: words, place and need in, services out."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingPlace, Service
from referrals.directory.queries.own_postcodes import postcode_in
from referrals.directory.search.documents import documents
from referrals.directory.search.embedded import Embedded
from referrals.directory.search.find import Results, search
from referrals.directory.search.openings import ZONES, OpenAt
from referrals.directory.search.port import Query
from referrals.directory.search.typed_place import typed_place
from referrals.kit.geo import Km, LatLon
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.vocabulary import Vocabulary
from tests.directory.search_world import BRON, LYON, MIAMI, RENNES, TRURO, organization, service

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Search:
    """One directory, its index, and questions."""

    def __init__(self, session: AsyncSession, engine: Embedded, words: Vocabulary, towns: PlaceIndex) -> None:
        self.session, self.engine, self.words, self.towns = session, engine, words, towns
        self.services: list[Service] = []

    async def add(self, name: str, **more: Any) -> Service:
        made = await service(self.session, self.words, name, **more)
        self.services.append(made)
        return made

    async def index(self) -> None:
        await self.engine.put(await documents(self.session, [one.id for one in self.services], self.words))

    async def ask(self, text: str, **more: Any) -> Results:
        said: dict[str, Any] = {"language": "fr", "now": NOW, **more}
        return await search(self.session, self.engine, self.words, self.towns, text, **said)

    async def names(self, text: str, **more: Any) -> list[str]:
        """Of those that fit; whatever follows them is another matter."""
        found = await self.ask(text, **more)
        return self.called(found)[: found.fitting]

    def called(self, found: Results) -> list[str]:
        by_id = {one.id: one.name for one in self.services}
        return [by_id[hit.id] for hit in found.hits]


@pytest.fixture
async def directory(session: AsyncSession, embedded: Embedded, words: Vocabulary, towns: PlaceIndex) -> Search:
    found = Search(session, embedded, words, towns)
    await found.add("Halte de nuit", needs=("emergency-shelter",), at=LYON)
    await found.add("Abri de Bron", needs=("emergency-shelter",), at=BRON)
    await found.add("Night shelter", needs=("emergency-shelter",), at=TRURO)
    await found.add("Refuge des femmes", needs=("domestic-violence-refuge",), at=LYON, hidden=True)
    await found.add("Kiné du genou", needs=("physiotherapy",), at=BRON, listed={"specialisms": ["knee"]})
    await found.add("Kinés de la Ficelle", needs=("physiotherapy",), at=LYON)
    await found.add("Kiné du sport", needs=("sports-physiotherapy",), at=RENNES)
    await found.add("Écoute à distance", needs=("counselling",), modes=("remote",), listed={"area_countries": ["FR"]})
    await found.add("Listening line", needs=("counselling",), modes=("remote",), listed={"area_countries": ["GB"]})
    await found.add("Psychologue Brindille", needs=("counselling",), at=RENNES)
    await found.index()
    return found


async def test_how_much_there_is_can_be_asked_without_its_counts(directory: Search) -> None:
    whole, brief = await directory.ask("halte"), await directory.ask("halte", brief=True)
    assert brief.hits == whole.hits
    assert (bool(whole.facets), bool(brief.facets)) == (True, False)


async def test_a_filter_shows_as_many_as_it_says(directory: Search) -> None:
    for name, whom in (
        ("Abri des femmes", ["women"]), ("Abri des familles", ["families"]), ("Abri de nuit", ["homeless"]),
        ("Abri des mères", ["women", "families"]), ("Rue des femmes", ["women", "homeless"]),
    ):  # fmt: skip
        await directory.add(name, needs=("emergency-shelter",), at=LYON, listed={"welcomes": whom})
    await directory.index()
    for text, chosen in (("hébergement d’urgence femmes", ()), ("hébergement d’urgence", ("for:women",))):
        found = await directory.ask(text, tags=chosen)
        assert found.facets
        shown = {
            tag: (await directory.ask(text, tags=(*chosen, tag))).fitting for tag in found.facets if tag not in chosen
        }
        assert shown == {tag: many for tag, many in found.facets.items() if tag not in chosen}
    assert await directory.names("hébergement d’urgence femmes", tags=("for:families",)) == ["Abri des mères"]


@pytest.mark.parametrize("text", ["femmes lyon", "hébergement lyon gratuit", "truro", "lyon"])
async def test_a_filter_keeps_the_wishes_that_the_page_without_it_kept(directory: Search, text: str) -> None:
    """No wish of the text is given up for a filter that finds something with it."""
    for name, at, listed in (
        ("Maison Lyon", LYON, {"welcomes": ["women"], "languages": ["fr"]}),
        ("Femmes de Lyon et d’ailleurs", RENNES, {"languages": ["ar"]}),
        ("Hébergement gratuit à Lyon", LYON, {"free": True, "languages": ["tr"], "welcomes": ["families"]}),
        ("Accueil arabophone", LYON, {"languages": ["ar"]}),
    ):
        await directory.add(name, at=at, listed=listed)
    await directory.add("Video in Polish", modes=("remote",), listed={"area_countries": ["GB"], "languages": ["pl"]})
    await directory.index()
    found = await directory.ask(text)
    assert found.facets
    shown = {tag: await directory.ask(text, tags=(tag,)) for tag in found.facets}
    assert {tag: one.fitting for tag, one in shown.items()} == dict(found.facets)


async def test_what_is_only_called_like_a_need_is_counted_too(directory: Search) -> None:
    for name in ("Immigration lawyers", "Immigration clinic"):
        await directory.add(name, needs=("gardening-group",), at=LYON, listed={"welcomes": ["women"]})
    await directory.add(
        "Bricolage", needs=("gardening-group",), at=LYON,
        listed={"welcomes": ["women"], "foreign_terms": ["Immigration and asylum advice"]},
    )  # fmt: skip
    await directory.index()
    found = await directory.ask("immigration lawyer")
    assert found.fitting == 3
    assert found.facets["for:women"] == found.fitting


async def test_a_filter_of_words_alone_lets_nothing_in_that_did_not_stand_there(directory: Search) -> None:
    """Where few hold all the words, those follow that hold some: but not because a filter has made them few."""
    for number in range(5):
        await directory.add(
            f"Zebra xylophone {number}", needs=("gardening-group",), at=LYON, listed={"languages": ["en"]}
        )
    both = ["en", "pt"]
    await directory.add("Zebra xylophone together", needs=("gardening-group",), at=LYON, listed={"languages": both})
    for number in range(4):
        await directory.add(f"Xylophone {number}", needs=("gardening-group",), at=LYON, listed={"languages": both})
    await directory.index()
    told = (await directory.ask("zebra xylophone")).facets["lang:pt"]
    narrowed = await directory.ask("zebra xylophone", tags=("lang:pt",))
    assert narrowed.fitting == told == 1


async def test_a_misspelt_need_near_a_town_begins_with_the_nearest(directory: Search) -> None:
    results = await directory.ask("hebergment urgence", near=directory.towns.by_code("FR-69123"))
    names = await directory.names("hebergment urgence", near=directory.towns.by_code("FR-69123"))
    assert names == ["Halte de nuit", "Abri de Bron", "Refuge des femmes"]
    assert results.hits[0].distance_km is not None
    assert results.hits[0].distance_km < results.hits[1].distance_km < 10  # type: ignore[operator]


async def test_a_hidden_address_has_no_distance(directory: Search) -> None:
    results = await directory.ask("hébergement d’urgence lyon")
    assert results.hits[2].distance_km is None


async def test_a_need_without_a_place_finds_it_everywhere_and_its_narrower_ones(directory: Search) -> None:
    assert set(await directory.names("kiné")) == {"Kiné du genou", "Kinés de la Ficelle", "Kiné du sport"}


async def test_the_words_beside_a_need_still_count(directory: Search) -> None:
    assert await directory.names("kiné genou lyon") == ["Kiné du genou", "Kinés de la Ficelle"]


async def test_of_two_towns_with_one_name_the_one_with_services_is_meant(directory: Search) -> None:
    results = await directory.ask("nowhere to sleep truro", language="en")
    assert results.understood.place is not None
    assert results.understood.place.country == "GB"
    assert await directory.names("nowhere to sleep truro") == ["Night shelter"]


async def test_a_postcode_of_no_gazetteer_is_known_by_the_services_that_lie_there(directory: Search) -> None:
    assert (await directory.ask("night shelter 33125")).understood.place is None
    await directory.add("Camillus House", needs=("emergency-shelter",), at=MIAMI)
    await directory.index()
    found = await directory.ask("night shelter 33125")
    assert directory.called(found)[0] == "Camillus House"
    assert found.understood.place is not None
    assert (found.understood.place.name, found.understood.place.country) == ("Miami 33125", "US")
    assert "33125" not in found.understood.said
    assert [part.kind for part in found.understood.parts if part.text == "33125"] == ["place"]
    assert (await directory.ask('night shelter "33125"')).understood.place is None


def test_a_postcode_beside_the_town_that_it_belongs_to_asks_no_further() -> None:
    rennes = Entry("x", "Rennes", "town", "FR", "", "", "", ("35000", "35200"), 0, LatLon(48.1, -1.7), "town")
    assert postcode_in("35000", (rennes,)) == "35000"
    assert postcode_in("35000 Miami", (rennes,)) == "35000"
    assert postcode_in("35000 rennes", (rennes,)) is None
    assert postcode_in("33125 Rennes", (rennes,)) == "33125"


async def test_a_postcode_that_is_typed_apart_is_the_one_with_services(directory: Search) -> None:
    async def taken(near: str) -> str:
        found = await typed_place(directory.session, directory.towns, near)
        return f"{found.taken.name}, {found.taken.country}" if found else ""

    asked = ("35000", "33125", "33125 Rennes", "")
    assert [await taken(near) for near in asked] == ["Rennes, FR", "", "Rennes, FR", ""]
    await directory.add("Camillus House", needs=("emergency-shelter",), at=MIAMI)
    assert [await taken(near) for near in asked] == ["Rennes, FR", "Miami 33125, US", "Rennes, FR", ""]


async def test_a_postcode_of_two_countries_is_the_one_with_services(directory: Search) -> None:
    await directory.add("Bryn House", needs=("emergency-shelter",), at=MIAMI)
    place = directory.services[-1]
    await directory.session.execute(
        update(ListingPlace).where(ListingPlace.service_id == place.id).values(postcode="35000")
    )
    rennes = (await directory.ask("physiotherapy 35000")).understood.place
    assert rennes is not None
    assert rennes.name == "Rennes"


async def test_a_postcode_of_our_own_with_nothing_there_is_an_empty_page(directory: Search) -> None:
    await directory.add("Camillus House", needs=("emergency-shelter",), at=MIAMI)
    await directory.session.execute(
        update(ListingPlace).where(ListingPlace.service_id == directory.services[-1].id).values(postcode="33125")
    )
    assert await directory.names("33125") == ["Camillus House"]
    assert (await directory.ask("33125", tags=("lang:xx",))).total == 0


async def test_a_town_stays_itself_where_only_a_hidden_address_answers(directory: Search) -> None:
    """Which has no distance: that is no reason to take the town for the beginning of one of its quarters."""
    await directory.add(
        "Porte close", needs=("emergency-shelter",), at=LYON, hidden=True, listed={"welcomes": ["women"]}
    )
    await directory.index()
    found = await directory.ask("hébergement d’urgence femme lyon")
    assert found.here is not None
    assert found.here.at == directory.towns.by_code("FR-69123").at  # type: ignore[union-attr]


async def test_remote_services_stay_in_their_country(directory: Search) -> None:
    assert await directory.names("psy rennes") == ["Psychologue Brindille", "Écoute à distance"]
    assert await directory.names("counselling truro") == ["Listening line"]


async def test_only_what_needs_no_travel(directory: Search) -> None:
    assert await directory.names("psy à distance rennes") == ["Écoute à distance"]
    assert await directory.names("psy rennes", remote=True) == ["Écoute à distance"]
    assert await directory.names("psy rennes", remote=False) == ["Psychologue Brindille"]


async def test_where_nothing_is_near_the_nearest_come_that_anybody_would_go_to(directory: Search) -> None:
    results = await directory.ask("kiné grenoble")
    assert results.radius_km is None
    assert directory.called(results) == ["Kiné du genou", "Kinés de la Ficelle"]  # Rennes is too far


async def test_an_evening_is_one_where_the_service_is(directory: Search) -> None:
    for name, clock, hour in (
        ("Miami at noon", "America/New_York", 13), ("Miami in the evening", "America/New_York", 19),
        ("Lyon le soir", "Europe/Paris", 19),
    ):  # fmt: skip
        made = await directory.add(name, needs=("physiotherapy",), at=MIAMI if "Miami" in name else LYON)
        at = OpenAt(NOW.astimezone(ZoneInfo(clock)).replace(hour=hour))
        ours = next(key for key in at.keys().week if key // 2048 == ZONES.index(clock))
        await directory.session.execute(update(Listing).where(Listing.service_id == made.id).values(open_week=[ours]))
    await directory.index()
    assert sorted(await directory.names("kiné le soir")) == ["Lyon le soir", "Miami in the evening"]
    assert await directory.names("kiné miami le soir") == ["Miami in the evening"]


async def test_whoever_wants_no_video_is_led_to_no_place_far_away(directory: Search) -> None:
    both = {"needs": ("counselling",), "modes": ("remote", "on-site"), "listed": {"area_countries": ["FR"]}}
    await directory.add("Psy à Lyon ou en visio", at=LYON, **both)
    await directory.index()
    assert "Psy à Lyon ou en visio" in await directory.names("psy rennes")
    assert await directory.names("psy rennes pas à distance") == ["Psychologue Brindille"]
    assert await directory.names("psy lyon en présentiel") == ["Psy à Lyon ou en visio"]


async def test_what_also_comes_by_video_may_be_the_nearest_door(directory: Search) -> None:
    both = {"modes": ("remote", "on-site"), "at": LYON}
    await directory.add("Psy à Lyon ou en visio", needs=("counselling",), listed={"area_countries": ["FR"]}, **both)
    await directory.index()
    found = await directory.ask("psy grenoble")
    ways = {name: hit.distance_km for name, hit in zip(directory.called(found), found.hits, strict=True)}
    assert found.radius_km is None
    assert ways["Écoute à distance"] is None
    assert 80 < (ways["Psy à Lyon ou en visio"] or 0) < 110


async def test_the_evening_of_a_day_is_neither_its_morning_nor_this_evening(directory: Search) -> None:
    tuesday = NOW.astimezone(ZoneInfo("Europe/Paris")) + timedelta(days=1)
    by_name = {one.name: one.id for one in directory.services}
    for name, hour in (("Kiné du genou", 19), ("Kinés de la Ficelle", 11)):
        quarter = OpenAt(tuesday.replace(hour=hour)).keys().week[0]
        await directory.session.execute(
            update(Listing).where(Listing.service_id == by_name[name]).values(open_week=[quarter])
        )
    assert await directory.names("kiné lyon mardi soir") == ["Kiné du genou"]
    assert await directory.names("kiné lyon mardi matin") == ["Kinés de la Ficelle"]


async def test_a_wish_is_kept_where_what_has_it_is_found_by_its_name_alone(directory: Search) -> None:
    """Half of a directory may say in no code what it offers."""
    await directory.add("Immigration papers", needs=("immigration",), at=LYON, listed={"languages": ["en"]})
    await directory.add("Immigration legal services", at=LYON, listed={"languages": ["en", "ht"]})
    await directory.index()
    found = await directory.ask("immigration haitian creole", language="en")
    assert found.dropped == ()
    assert directory.called(found)[0] == "Immigration legal services"


async def test_a_filter_of_an_empty_page_is_an_empty_page(directory: Search) -> None:
    found = await directory.ask("kiné gratuit truro", tags=("lang:ar",))
    assert (found.total, dict(found.facets)) == (0, {})


async def test_no_answer_lies_across_the_sea(directory: Search) -> None:
    assert (await directory.ask("kiné truro")).total == 0
    assert (await directory.ask("night shelter saint-denis de la réunion")).total == 0


async def test_who_can_take_nobody_for_now_comes_after_those_who_can(directory: Search) -> None:
    closed = next(one for one in directory.services if one.name == "Kinés de la Ficelle")
    await directory.session.execute(update(Listing).where(Listing.service_id == closed.id).values(status="inactive"))
    assert await directory.names("kiné lyon") == ["Kiné du genou", "Kinés de la Ficelle"]
    assert await directory.names("kiné lyon", order="near") == ["Kinés de la Ficelle", "Kiné du genou"]
    assert (await directory.names("kinés de la ficelle"))[0] == "Kinés de la Ficelle"  # asked for by its name


async def test_of_an_organization_that_was_named_what_is_no_longer_offered_comes_last(directory: Search) -> None:
    owner = await organization(directory.session, "Whitman Walker Clinic")
    for name, status in (("Whitman Walker Latinos", "inactive"), ("Whitman Walker Legal aid", "active")):
        await directory.add(name, of=owner, listed={"status": status})
    await directory.index()
    assert await directory.names("whitman walker clinic") == ["Whitman Walker Legal aid", "Whitman Walker Latinos"]


async def test_who_is_full_comes_last_where_it_cannot_wait(directory: Search) -> None:
    halt, shelter = (one.id for one in directory.services[:2])
    night = list(OpenAt(NOW.astimezone(ZoneInfo("Europe/Paris")).replace(hour=20)).keys().week)
    await directory.session.execute(
        update(Listing).where(Listing.service_id.in_([halt, shelter])).values(open_week=night)
    )
    await directory.session.execute(
        update(Listing).where(Listing.service_id == halt).values(capacity_status="no-capacity", capacity_updated=NOW)
    )
    assert (await directory.names("où dormir Lyon"))[0] == "Halte de nuit"
    assert await directory.names("où dormir ce soir Lyon") == ["Abri de Bron", "Halte de nuit"]
    await directory.session.execute(
        update(Listing).where(Listing.service_id == halt).values(capacity_updated=NOW - timedelta(days=15))
    )
    said_long_ago = await directory.names("où dormir ce soir Lyon")
    assert said_long_ago[0] == "Halte de nuit", "it counts as unknown"


async def test_what_shares_a_word_with_a_question_is_not_called_so(directory: Search) -> None:
    await directory.add("Dormir mieux, atelier", needs=("counselling",), at=LYON)
    await directory.index()
    assert "Dormir mieux, atelier" not in await directory.names("je ne sais pas où dormir")
    assert (await directory.names("dormir mieux"))[0] == "Dormir mieux, atelier"


async def test_for_whom_it_is_counts_more_than_a_word_beside_it(directory: Search) -> None:
    await directory.add(
        "Un toit arc-en-ciel", needs=("counselling",), at=LYON, listed={"welcomes": ["lgbt"], "tags": ["for:lgbt"]}
    )
    await directory.add("Accompagnement au travail", needs=("employment",), at=LYON)
    await directory.index()
    assert (await directory.names("trans accompagnement"))[0] == "Un toit arc-en-ciel"


async def test_what_is_looked_for_counts_more_than_for_whom_it_is(directory: Search) -> None:
    await directory.add("Low income tax clinic", needs=(), at=LYON, description="Tax returns.")
    await directory.add("Eyeglasses bank", needs=(), at=LYON, description="Glasses for all.")
    await directory.add("Vision van", needs=(), at=LYON, description="Eyeglasses for people of low income.")
    await directory.index()
    found = await directory.names("eyeglasses low income", language="en")
    assert found == ["Vision van", "Eyeglasses bank", "Low income tax clinic"]


async def test_lessons_for_whomever_come_before_whatever_is_for_children(directory: Search) -> None:
    await directory.add("Swimming lessons", needs=(), at=LYON)
    await directory.add("Toys for tots", needs=("clothing",), at=LYON, listed={"welcomes": ["children"]})
    await directory.index()
    found = await directory.ask("swimming lessons for kids lyon", language="en")
    assert directory.called(found)[0] == "Swimming lessons"
    assert found.dropped == ("for:children",)
    assert (await directory.names("brouhaha for kids lyon", language="en"))[0] == "Toys for tots"


async def test_a_need_that_nobody_offers_is_looked_for_in_its_parts(directory: Search) -> None:
    await directory.add("Recovery centre", needs=("addiction",), at=LYON)
    await directory.add("Here’s help", needs=("addiction",), at=LYON, listed={"welcomes": ["young-people"]})
    await directory.index()
    assert await directory.names("mon ado fume du cannabis, lyon") == ["Here’s help"]
    await directory.add("Consultation des jeunes", needs=("youth-addiction",), at=RENNES)
    await directory.index()
    assert await directory.names("mon ado fume du cannabis, rennes") == ["Consultation des jeunes"]


async def test_a_word_that_nobody_has_does_not_hide_what_the_need_is_called(directory: Search) -> None:
    for number in range(3):
        await directory.add(f"School health {number}", needs=("primary-care",), at=LYON)
    await directory.add("Immunizations", needs=("primary-care",), at=LYON)
    await directory.index()
    assert (await directory.names("vaccins obligatoires école lyon"))[0] == "Immunizations"


async def test_words_that_share_a_stem_may_mean_two_things(directory: Search) -> None:
    await directory.add("Jackson Memorial Hospital clinic", needs=(), at=LYON)
    await directory.add("Memories and names clinic", needs=(), at=LYON)
    await directory.index()
    assert await directory.names("memory names", language="en") == ["Memories and names clinic"]
    assert await directory.names("memory clinic", language="en") == ["Memories and names clinic"]


async def test_a_name_counts_where_no_code_says_what_is_offered(directory: Search) -> None:
    await directory.add("Kiné à la ferme", needs=(), at=LYON)
    await directory.index()
    assert await directory.names("kiné lyon") == ["Kinés de la Ficelle", "Kiné du genou", "Kiné à la ferme"]


async def test_of_two_needs_who_offers_both_comes_first(directory: Search) -> None:
    await directory.add("Maison des deux", needs=("physiotherapy", "counselling"), at=BRON)
    await directory.index()
    assert (await directory.names("kiné et psy lyon"))[0] == "Maison des deux"


async def test_a_refuge_is_meant_by_whoever_is_beaten_and_has_nowhere_to_go(directory: Search) -> None:
    assert (await directory.names("il me frappe, où dormir ce soir à lyon"))[0] == "Refuge des femmes"


async def test_one_thing_is_found_however_it_is_written(directory: Search) -> None:
    await directory.add("Food stamps help desk", needs=(), at=TRURO)
    await directory.add("Distribution du jeudi", needs=("food",), at=TRURO)
    await directory.index()
    assert "Food stamps help desk" in await directory.names("EBT truro", language="en")


async def test_what_says_whom_it_is_for_goes_first_among_those_it_may_be_for(directory: Search) -> None:
    """No listing states an age, so each may be for the old; two of them say in words that they are."""
    for name, said in (
        ("Alpha food", ""), ("Beta food for older adults", ""), ("Gamma food", ""), ("Delta food", "Meals for the elderly."),
    ):  # fmt: skip
        await directory.add(name, needs=("food",), at=TRURO, description=said)
    await directory.index()
    found = await directory.names("food for seniors", language="en")
    assert found[:2] == ["Beta food for older adults", "Delta food"]
    assert len(found) == 4


async def test_a_lone_wish_finds_first_what_is_called_so(directory: Search) -> None:
    for name in ("Atelier", "Play for disabled people", "Zone de jeux"):
        await directory.add(name, needs=("creative-activity",), at=LYON, listed={"welcomes": ["disabled"]})
    work = ("supported-employment", "disability-claim")  # handicap is in what these are called besides
    await directory.add("Bureau", needs=work, at=LYON, listed={"welcomes": ["disabled"]})
    await directory.index()
    for text in ("handicap", "handica", "handicap lyon"):
        found = await directory.names(text)
        assert (found[0], len(found)) == ("Play for disabled people", 4)


async def test_what_is_called_like_a_lone_wish_goes_first_whatever_its_codes_say(directory: Search) -> None:
    """Half of a directory has no codes: an interpreting service states no interpreter."""
    await directory.add("Ethiopian interpreting", needs=(), at=TRURO)
    await directory.add(
        "Able doctors", needs=("primary-care",), at=TRURO, listed={"interpreter": "interpreter-available"}
    )
    await directory.add("Baker doctors", needs=("primary-care",), at=TRURO)
    await directory.index()
    assert await directory.names("interpre", language="en") == ["Ethiopian interpreting", "Able doctors"]


async def test_a_language_that_nobody_states_is_looked_for_in_words(directory: Search) -> None:
    await directory.add("Russian American circle", needs=(), at=TRURO)
    await directory.add("Special school", needs=(), at=TRURO)
    await directory.index()
    for text in ("russian sp", "russian speaking"):
        assert (await directory.names(text, language="en"))[0] == "Russian American circle"


async def test_beside_words_too_what_says_whom_it_is_for_goes_first(directory: Search) -> None:
    for name in ("Asian choir", "Asian women’s choir", "Asian choir club"):
        await directory.add(name, needs=(), at=TRURO, listed={"welcomes": ["women"]})
    await directory.index()
    found = await directory.names("asian for women truro", language="en")
    assert (found[0], len(found)) == ("Asian women’s choir", 3)


async def test_a_radius_that_was_chosen_is_kept(directory: Search) -> None:
    assert await directory.names("kiné", near=LYON, radius_km=Km(3)) == ["Kinés de la Ficelle"]
    assert await directory.names("kiné", near=TRURO, radius_km=Km(20)) == []


async def test_a_wish_that_nobody_fulfils_is_dropped_and_told(directory: Search) -> None:
    results = await directory.ask("kiné arabe lyon")
    assert results.dropped == ("lang:ar",)
    assert results.fitting == 2


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("demandeur d’asile", "fr", "Boussole bleue"),  # whoever says so, not whatever there is
        ("asylum seekers", "en", "Boussole bleue"),
        (
            "psychologue demandeurs d’asile",
            "fr",
            "Psychologue du quai",
        ),  # the need first, and of those who says it is for them
    ],
)
async def test_for_whom_it_is_may_be_said_in_words_alone(
    directory: Search, text: str, language: str, first: str
) -> None:
    await directory.add("Boussole bleue", at=LYON, description="Accueil des demandeurs d’asile, courrier.")
    await directory.add(
        "Psychologue du quai", needs=("counselling",), at=RENNES, description="Reçoit des demandeurs d’asile."
    )
    await directory.index()
    found = await directory.ask(text, language=language)
    assert found.dropped == ("for:asylum-seeker",)
    assert directory.called(found)[0] == first
    assert found.understood.tags == ("for:asylum-seeker",)


async def test_half_a_word_that_begins_a_name_is_found_in_texts_after_it(directory: Search) -> None:
    await directory.add("Tutorat du soir", at=LYON)
    await directory.add("Maison de quartier", at=LYON, description="Sorties, cuisine et tutorat.")
    await directory.index()
    found = await directory.ask("tutora")
    assert (directory.called(found), found.fitting) == (["Tutorat du soir", "Maison de quartier"], 1)


async def test_a_need_that_no_code_and_no_name_says_is_found_in_texts_by_its_other_names(directory: Search) -> None:
    await directory.add("Quayside house", at=TRURO, description="Lunch club, ESOL, and a garden.")
    await directory.index()
    found = await directory.ask("cours d’anglais")
    assert (directory.called(found), found.fitting) == (["Quayside house"], 0)


async def test_a_need_that_somebody_offers_elsewhere_is_not_looked_for_by_its_other_names(directory: Search) -> None:
    await directory.add("Quayside house", at=TRURO, description="Lunch club, Housing First, and a garden.")
    await directory.add("D’abord la clé", needs=("housing-first",), at=LYON)
    await directory.index()
    assert "Quayside house" not in directory.called(await directory.ask("un chez-soi d’abord truro"))


async def test_after_few_answers_come_those_that_only_share_a_word(directory: Search) -> None:
    await directory.add("Atelier du genou", needs=("gardening-group",), at=LYON)
    await directory.index()
    results = await directory.ask("kiné genou lyon")
    assert directory.called(results) == ["Kiné du genou", "Kinés de la Ficelle", "Atelier du genou"]
    assert (results.fitting, results.total) == (2, 3)


async def test_a_need_that_nobody_offers_is_answered_by_what_contains_it(directory: Search) -> None:
    await directory.index()
    results = await directory.ask("widow lyon")
    assert (directory.called(results), results.fitting) == (["Écoute à distance"], 0)
    await directory.add("Vivre le deuil", needs=("bereavement-counselling",), at=RENNES)
    await directory.index()
    assert "Écoute à distance" not in directory.called(await directory.ask("widow lyon"))


async def test_one_thing_of_a_whole_field_is_found_by_its_other_names_first(directory: Search) -> None:
    for number in range(3):
        await directory.add(
            f"Budget advice {number}", needs=("debt-advice",), at=LYON, description="Debts, bills, taxes."
        )
    await directory.add("Income tax clinic", at=LYON)
    await directory.index()
    assert (await directory.names("tax help lyon", language="en"))[0] == "Income tax clinic"
    assert (await directory.names("déclaration d’impôts lyon"))[0] == "Income tax clinic"


async def test_a_need_that_nobody_offers_falls_back_to_its_words(directory: Search) -> None:
    await directory.add("Bricolage", needs=("gardening-group",), at=LYON, listed={"foreign_terms": ["Addiction detox"]})
    await directory.index()
    results = await directory.ask("detox lyon")
    assert [term.code for term in results.understood.terms] != []
    assert (directory.called(results), results.fitting) == (["Bricolage"], 1)


async def test_what_a_listing_does_not_say_ranks_it_lower_and_what_it_denies_leaves_it_out(directory: Search) -> None:
    await directory.add("Kiné offert", needs=("physiotherapy",), at=LYON, listed={"free": True, "tags": ["free"]})
    await directory.add("Kiné payant", needs=("physiotherapy",), at=LYON, listed={"free": False})
    await directory.index()
    results = await directory.ask("kiné gratuit lyon")
    assert directory.called(results) == ["Kiné offert", "Kinés de la Ficelle", "Kiné du genou"]
    assert results.fitting == 1


async def test_what_nobody_knows_a_word_of_has_an_empty_page(directory: Search) -> None:
    assert (await directory.ask("plombier zinguerie lyon")).total == 0


async def test_the_services_of_an_organization_that_was_named_come_first(directory: Search) -> None:
    sterne = await organization(directory.session, "Sterne bleue, maison de la rééducation")
    await directory.add("Jardin", needs=("gardening-group",), at=BRON, of=sterne)
    await directory.add("Genou et main", needs=("physiotherapy",), at=BRON, of=sterne)
    await directory.index()
    assert (await directory.names("stern bleues kiné"))[:2] == ["Genou et main", "Jardin"]


async def test_who_has_only_the_words_beside_the_need_is_not_called_so(directory: Search) -> None:
    await directory.add("Crèche", needs=("childcare",), at=LYON)
    await directory.add(
        "Dettes, horaires décalés", at=LYON, description="La garde des courriers, et un enfant peut venir."
    )
    await directory.add("Garde d’enfant aux horaires décalés", at=LYON)
    await directory.index()
    found = await directory.names("garde d'enfant horaires décalés")
    assert found == ["Garde d’enfant aux horaires décalés", "Crèche"]


async def test_half_the_name_of_a_heading_finds_what_belongs_to_it(directory: Search) -> None:
    """`Dépendances` is what a heading is called besides, and no listing says it; care at home may be called so too."""
    await directory.add("Consultation", needs=("addiction",), at=LYON)
    await directory.index()
    assert not (await directory.engine.find(Query(words=("depe",)))).items
    assert await directory.names("dépe") == ["Consultation"]
    assert await directory.names("dépe lyon") == ["Consultation"]
    assert not (await directory.ask("xqzw")).hits


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("psychologue vétér", "Psychologue des vétérans"),
        ("soins des addic", "Soins des addictions"),  # not for whom it is
        ("soupe le mercred", "La soupe du mercredi"),  # not when
        ("vieux plat", "Les dents"),  # the organization’s, and not for old people
    ],
)
async def test_what_is_called_as_it_is_being_typed_comes_first(directory: Search, typed: str, first: str) -> None:
    plane = await organization(directory.session, "Centre de santé du Vieux Platane")
    await directory.add("Les dents", at=LYON, of=plane)
    await directory.add("Psychologue des vétérans", needs=("counselling",), at=RENNES)
    await directory.add("Chiens et chats", needs=("pet-care",), at=LYON)
    await directory.add("Soins des addictions", needs=("addiction",), at=LYON)
    await directory.add("Soins du matin", needs=("primary-care",), at=LYON)
    await directory.add("La soupe du mercredi", needs=("hot-meal",), at=RENNES)
    await directory.add("La soupe", needs=("hot-meal",), at=LYON)
    await directory.add("Une visite", needs=("befriending",), at=LYON, listed={"welcomes": ["older-people"]})
    await directory.index()
    assert (await directory.names(typed))[0] == first


async def test_half_a_word_that_means_one_need_may_begin_a_name_as_well(directory: Search) -> None:
    """All that our needs have of it is the animal doctor."""
    await directory.add("Maison des vétérans", at=LYON)
    await directory.add("Chiens et chats", needs=("pet-care",), at=LYON)
    await directory.index()
    assert set(await directory.names("vétér")) == {"Maison des vétérans", "Chiens et chats"}


async def test_a_town_without_anything_may_be_half_of_another_word(directory: Search) -> None:
    await directory.add("Demandeurs d’asile dublinés", at=LYON)
    await directory.index()
    found = await directory.ask("dublin")
    assert directory.called(found) == ["Demandeurs d’asile dublinés"]
    assert [(part.text, part.kind) for part in found.understood.parts] == [("dublin", "word")]
    assert (await directory.ask("à Dublin")).understood.place
    assert not (await directory.ask("à Dublin")).hits


@pytest.mark.parametrize(
    ("half", "first"), [("gard", "Community garden"), ("physique ada", "Activité physique adaptée")]
)
async def test_half_a_word_may_be_called_like_a_place_that_nothing_lies_around(
    directory: Search, half: str, first: str
) -> None:
    """Gard is a department, and Ada a town of Oklahoma."""
    await directory.add("Community garden", at=TRURO)
    await directory.add("Activité physique adaptée", at=LYON)
    await directory.index()
    assert (await directory.names(half))[0] == first


async def test_a_town_that_begins_no_word_of_ours_stays_one_though_nothing_lies_around(directory: Search) -> None:
    found = await directory.ask("kiné toronto")
    assert found.total == 0
    assert found.understood.place is not None
    assert found.understood.place.name == "Toronto"


async def test_a_place_with_services_around_it_is_no_half_of_a_word(directory: Search) -> None:
    await directory.add("Kinés du Bronx", needs=("physiotherapy",), at=TRURO)
    await directory.index()
    assert "Kinés du Bronx" not in await directory.names("bron")


async def test_no_words_at_all_is_everything(directory: Search) -> None:
    results = await directory.ask("")
    assert (results.total, results.engine) == (10, "structure")


async def test_a_need_that_was_chosen_must_hold(directory: Search) -> None:
    assert await directory.names("lyon", need="physiotherapy") == ["Kinés de la Ficelle", "Kiné du genou"]


async def test_a_name_is_found_without_any_need(directory: Search) -> None:
    results = await directory.ask("ficelle")
    assert results.engine == "index"
    assert await directory.names("ficelle") == ["Kinés de la Ficelle"]


async def test_a_withdrawn_service_never_appears_although_the_index_has_it(
    directory: Search, words: Vocabulary
) -> None:
    ficelle = next(one for one in directory.services if "Ficelle" in one.name)
    ficelle.gone_at = NOW
    await directory.session.flush()
    assert await directory.names("ficelle") == []
    assert "Kinés de la Ficelle" not in await directory.names("kiné")


async def test_a_season_that_is_over_is_no_answer(directory: Search) -> None:
    await directory.add(
        "Abri d’hiver", needs=("emergency-shelter",), at=LYON, listed={"available_until": date(2026, 3, 1)}
    )
    await directory.index()
    assert "Abri d’hiver" not in await directory.names("abri lyon")
    assert "Abri d’hiver" in await directory.names("abri lyon", now=datetime(2026, 2, 1, tzinfo=UTC))


@pytest.mark.parametrize("text", ["ficelle", "kiné ficelle", "kinés ficele"])
async def test_without_an_index_the_database_answers_and_says_so(directory: Search, tmp_path: Any, text: str) -> None:
    directory.engine = Embedded(tmp_path / "nothing")
    results = await directory.ask(text)
    assert results.engine == "database"
    assert (await directory.names(text))[0] == "Kinés de la Ficelle"


async def test_pages_do_not_overlap(session: AsyncSession, directory: Search) -> None:
    for number in range(25):
        await directory.add(f"Jardin {number}", needs=("gardening-group",), at=LYON)
    first, second = await directory.ask("jardin lyon"), await directory.ask("jardin lyon", page=2)
    assert (first.total, first.pages, len(first.hits), len(second.hits)) == (25, 2, 20, 5)
    assert not {hit.id for hit in first.hits} & {hit.id for hit in second.hits}


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE service; --", "%", "\\", "a" * 3000, "((((", "日本語", "NOT OR AND", "\x00kiné"]
)
async def test_odd_texts_are_no_harm(directory: Search, text: str) -> None:
    await directory.ask(text)
    await directory.ask(text, near=LatLon(89.9, 179.9))


async def test_whoever_asks_for_a_small_price_is_shown_what_is_dear_last(directory: Search) -> None:
    prices: dict[str, dict[str, Any]] = {
        "Soins dentaires du centre": {"price_per_session": 85.0, "currency": "EUR", "free": False},
        "Soins dentaires du pont": {},
        "Soins dentaires du marché": {"client_contribution": 12.0, "currency": "EUR", "free": False},
        "Soins dentaires du port": {"free": True},
    }
    for name, listed in prices.items():
        await directory.add(name, needs=("dental-care",), at=LYON, listed=listed)
    await directory.index()
    found = [name for name in await directory.names("dentiste pas cher à Lyon") if name in prices]
    assert set(found[:2]) == {"Soins dentaires du marché", "Soins dentaires du port"}
    assert found[2:] == ["Soins dentaires du pont", "Soins dentaires du centre"]
    free = await directory.ask("dentiste gratuit à Lyon")
    assert directory.called(free)[: free.fitting] == ["Soins dentaires du port"]


async def test_half_a_wish_that_no_text_begins_with_is_that_wish(directory: Search) -> None:
    await directory.add("Halte du port", needs=("day-centre",), listed={"interpreter": "interpreter-available"})
    await directory.add("Halte du pont", needs=("day-centre",))
    await directory.index()
    assert await directory.names("traduc") == ["Halte du port"]


async def test_whoever_forgets_things_is_shown_a_memory_clinic_first(directory: Search) -> None:
    await directory.add("Neuropsychologie après un accident", needs=("neuropsychology",))
    await directory.add("Consultation mémoire", needs=("neuropsychology",))
    await directory.add("Neuropsychologie des enfants", needs=("neuropsychology",))
    await directory.index()
    for text in ("my mum keeps forgetting things", "mon père perd la mémoire", "memory clinic"):
        assert (await directory.names(text))[0] == "Consultation mémoire", text


async def test_a_hospital_is_found_by_its_name_in_the_other_language(directory: Search) -> None:
    await directory.add("Jackson Memorial Hospital", needs=("primary-care",), at=MIAMI)
    await directory.add("Cabinet médical", needs=("primary-care",), at=LYON)
    await directory.index()
    assert (await directory.names("hôpital jackson"))[0] == "Jackson Memorial Hospital"


async def test_a_lift_to_the_doctor_is_no_doctor(directory: Search) -> None:
    await directory.add("Maison de santé", needs=("primary-care",))
    await directory.add("Une place dans la voiture", needs=("transport",))
    await directory.add("Docteur Martin", needs=("transport",))
    await directory.index()
    assert (await directory.names("doctor", language="en"))[0] == "Maison de santé"
    assert "Une place dans la voiture" not in await directory.names("doctor", language="en")
    assert "Une place dans la voiture" in await directory.names("lift to the doctor", language="en")


async def test_whoever_offers_just_what_was_asked_comes_before_what_is_narrower(directory: Search) -> None:
    narrower = ("addiction-support-group", "residential-rehab", "youth-addiction", "harm-reduction", "gambling-support")
    for name, need in zip(
        ("Un", "Deux", "Trois", "Quatre", "Cinq", "Six"), ("alcohol-withdrawal", *narrower), strict=True
    ):
        await directory.add(f"Service {name}", needs=(need,))
    await directory.add("Service Sept", needs=("addiction",))
    await directory.index()
    found = await directory.names("besoin de décrocher")
    assert (found[0], len(found)) == ("Service Sept", 7)


async def test_a_name_is_no_namesake_of_a_town_where_nobody_is_called_so(directory: Search) -> None:
    for name in ("Saint-Denis : aide au budget", "Saint-Denis : soins", "Saint-Denis : accueil"):
        await directory.add(name, needs=("debt-advice",), at=RENNES)
    await directory.index()
    found = await directory.ask("aide budget dettes saint-denis foyer")
    assert (found.here, len(directory.called(found)[: found.fitting])) == (None, 3)
    asked = await directory.ask("dettes à saint-denis")
    assert asked.understood.which_place
    assert asked.here is not None


async def test_what_is_for_all_who_were_named_comes_first(directory: Search) -> None:
    for number in range(8):
        await directory.add(f"Jeunes {number}", listed={"welcomes": ["young-people"]})
        await directory.add(f"Mères {number}", listed={"welcomes": ["perinatal"]})
    await directory.add("Ensemble", listed={"welcomes": ["young-people", "perinatal"]})
    await directory.index()
    found = await directory.ask("ado enceinte")
    assert directory.called(found)[0] == "Ensemble"
    assert found.total == len(set(directory.called(found))) == 17
