"""Which services the rules are asked about: bounded, without losing the best, and what was left is counted."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from geoalchemy2 import WKTElement
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from referrals.directory.models import ListingPlace, Service
from referrals.directory.search.cells import keys_of
from referrals.directory.search.comes import Spread, comes_of
from referrals.kit.geo import LatLon
from referrals.kit.settings import Settings
from referrals.matching.candidates import FEW, NEAREST, NEXT_DOOR, NOWHERE, SOME_REMOTE, candidates
from referrals.matching.facts import NeedAsked, Person, Travel
from referrals.matching.proposing import propose
from tests.factories import organization
from tests.factories.world import listing
from tests.kit.test_routing import _server
from tests.matching.small import TODAY
from tests.statements import counted

TRURO = LatLon(50.263, -5.051)
PAUL = Person(
    ages=(34, 34), languages=("en",), funding=frozenset({"nhs"}), travel=Travel("car", 45), at=TRURO, place="Truro",
    postcode="TR1", country="GB",
)  # fmt: skip
LEG = NeedAsked(UUID(int=9), "physiotherapy", frozenset({"sports-physiotherapy"}), (), frozenset({"fracture"}))


async def _crowd(
    session: AsyncSession, many: int, *, km: float = 1, step: float = 0.05, at: LatLon | None = None, placed: bool = True,
    **said: Any,
) -> list[UUID]:  # fmt: skip
    """So many services of one organization, each a little further to the north, as an import lists them."""
    owner = await organization(session, "The crowd")
    made = [Service(organization_id=owner.id, name=f"No {n}", language="en", translations={}) for n in range(many)]
    session.add_all(made)
    await session.flush()
    needs = said.pop("needs", ("physiotherapy",))
    area, country = said.get("area_postcodes", []), said.get("area_countries", [])
    spread = Spread(said.get("modes", []), area, country, [("GB", "TR1", "Cornwall")] if placed else [], placed)
    for number, service in enumerate(made):
        comes = comes_of(spread, needs)
        session.add(listing(service, needs=needs, comes=comes, **said))
        if placed:
            here = at or LatLon(TRURO.lat + (km + number * step) / 111.195, TRURO.lon)
            session.add(
                ListingPlace(
                    service_id=service.id, kind="physical", confidential=False, city="Truro", postcode="TR1", country="GB",
                    latitude=here.lat, longitude=here.lon, precision="exact", point=WKTElement(here.wkt(), srid=4326),
                    keys=keys_of(here, needs, []),
                )
            )  # fmt: skip
    await session.flush()
    return [service.id for service in made]


async def _ids(session: AsyncSession, person: Person = PAUL, need: NeedAsked = LEG) -> list[UUID]:
    return [offer.service_id for offer in (await candidates(session, person, need, TODAY)).offers]


async def test_where_there_are_too_many_the_nearest_and_the_likeliest_are_looked_at(session: AsyncSession) -> None:
    crowd = await _crowd(session, NEAREST + 30)
    special = await _crowd(session, 3, km=15, specialisms=["fracture"])
    children = await _crowd(session, 3, km=5, max_age=17)
    closed = await _crowd(session, 2, km=0.1, status="inactive")
    found = await candidates(session, PAUL, LEG, TODAY)
    ids = {offer.service_id for offer in found.offers}
    assert len(ids) == NEAREST
    assert set(crowd[: NEXT_DOOR - 2]) <= ids, "the nearest stay"
    assert set(special) <= ids, "specialised as asked, and within reach"
    assert set(closed) <= ids, "next door, though closed"
    assert not set(children) & ids, "evidently barred, and not next door"
    assert (found.unseen.near, found.unseen.more, found.unseen.looked_at) == (NEAREST + 38 - NEAREST, False, NEAREST)


async def test_what_is_out_of_reach_never_takes_the_place_of_what_is_not(session: AsyncSession) -> None:
    near = await _crowd(session, NEAREST, step=0.02)
    await _crowd(session, 20, km=55, specialisms=["fracture"])
    assert set(near) == set(await _ids(session))


async def test_the_best_is_proposed_first_however_many_stand_before_it(session: AsyncSession) -> None:
    await _crowd(session, NEAREST + 60, modes=["on-site"], languages=["en"], funding=["nhs"])
    (best,) = await _crowd(
        session, 1, km=16, modes=["on-site"], languages=["en"], funding=["nhs"], specialisms=["fracture"]
    )
    found = await propose(session, PAUL, LEG, TODAY)
    assert found.ranked[0].offer.service_id == best
    assert found.unseen.near == 61


async def test_what_comes_to_them_is_found_wherever_it_is(session: AsyncSession) -> None:
    paris = LatLon(48.85, 2.35)
    visits = await _crowd(session, 2, at=paris, modes=["home-visit"], area_postcodes=["TR"])
    everywhere = await _crowd(session, 2, at=paris, modes=["outreach"], area_countries=["GB"])
    remote = await _crowd(session, 2, at=paris, modes=["remote"], area_countries=["GB"])
    await _crowd(session, 2, at=paris, modes=["home-visit"], area_postcodes=["75"])
    found = await _ids(session)
    assert {*visits, *everywhere, *remote} <= set(found)


async def test_help_at_a_distance_is_looked_at_more_where_it_is_wanted(session: AsyncSession) -> None:
    remote = await _crowd(session, SOME_REMOTE + 10, placed=False, modes=["remote"], area_countries=["GB"])
    assert len(await _ids(session)) == SOME_REMOTE
    assert set(remote) == set(await _ids(session, need=replace(LEG, remote_ok=True)))


async def test_what_has_no_place_is_looked_at_too(session: AsyncSession) -> None:
    nowhere = await _crowd(session, NOWHERE + 1, placed=False)
    found = await candidates(session, PAUL, LEG, TODAY)
    assert len({offer.service_id for offer in found.offers} & set(nowhere)) == NOWHERE
    assert found.unseen.others


async def test_where_nothing_is_near_the_nearest_anywhere_say_how_far_it_is(session: AsyncSession) -> None:
    far = await _crowd(session, FEW + 3, km=400, step=10, modes=["on-site"])
    assert set(far[:FEW]) == set(await _ids(session))


async def test_only_this_need_and_its_kin_are_looked_at(session: AsyncSession) -> None:
    (narrower,) = await _crowd(session, 1, needs=("sports-physiotherapy",), need_paths=["physiotherapy"])
    await _crowd(session, 1, needs=("counselling",))
    await _crowd(session, 1, published=False)
    assert await _ids(session) == [narrower]


async def test_somebody_of_whom_only_the_country_is_known_gets_answers(session: AsyncSession) -> None:
    here = await _crowd(session, 3)
    assert set(here) == set(await _ids(session, replace(PAUL, at=None, postcode=None)))
    assert set(here) == set(await _ids(session, Person()))
    assert await _ids(session, Person(country="FR")) == []


async def test_a_match_takes_the_same_number_of_statements_whatever_there_is(
    session: AsyncSession, connection: AsyncConnection
) -> None:
    counts = []
    for many in (0, 3, 60):
        await _crowd(session, many)
        async with counted(connection) as seen:
            await propose(session, PAUL, LEG, TODAY)
        counts.append(len(seen))
    assert counts[1] == counts[2] <= 4


async def test_ways_by_road_decide_where_an_engine_says_them(
    session: AsyncSession, connection: AsyncConnection, settings: Settings
) -> None:
    near, further = await _crowd(session, 2, km=5, step=10, modes=["on-site"])
    told = {"code": "Ok", "durations": [[3000, 1200]]}  # over the water, and along the main road
    with _server(200, json.dumps(told)) as server:
        by_road = replace(settings, routing_url=server.url)
        async with async_sessionmaker(
            connection, info={"settings": by_road}, join_transaction_mode="create_savepoint"
        )() as routed:
            found = await propose(routed, PAUL, LEG, TODAY)
            assert len(server.asked) == 1
    assert found.ways.by == "osrm"
    assert [(one.offer.service_id, one.minutes) for one in found.ranked] == [(further, 20)]
    (left,) = found.left_out
    assert (left.offer.service_id, left.finding("H5").facts["minutes"]) == (near, 50)
    assert {one.service_id for one in (await candidates(session, PAUL, LEG, TODAY)).offers if one.routed is None} == {
        near, further,
    }  # fmt: skip


@pytest.mark.parametrize("person", [PAUL, replace(PAUL, travel=None), replace(PAUL, travel=Travel("none")), Person()])
async def test_an_empty_directory_answers_with_nothing(session: AsyncSession, person: Person) -> None:
    found = await candidates(session, person, LEG, TODAY)
    assert (found.offers, bool(found.unseen)) == ((), False)
