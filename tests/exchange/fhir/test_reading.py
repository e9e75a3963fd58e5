"""What programs read of referrals: valid FHIR, what the page would show and no more, nothing of anybody else's."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import keys
from referrals.accounts.models import Role
from referrals.clients.models import Disclosure
from referrals.directory import listings
from referrals.directory.duplicates.merging import merge, undo
from referrals.directory.duplicates.records import Entity
from referrals.directory.models import Organization
from referrals.tracking import actions
from referrals.tracking.said import Said, case_manager
from tests.conftest import NOW, Clock
from tests.exchange.fhir.conftest import SECRECY, Town, read, sent, step
from tests.exchange.fhir.valid import problems
from tests.factories import account, acting, world

KINDS = ("Task", "ServiceRequest", "Consent", "Procedure")


async def test_every_state_is_valid_fhir_for_both_sides(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    """A story with a wait, an appointment, one missed and one done: after each step all that can be read is looked at."""
    referral = (await sent(session, town)).referral
    states: list[tuple[str, str]] = []
    for event, reason, facts in (
        ("", None, {}), ("accept_waitlist", None, {"estimated_wait_days": 21, "review_on": date(2026, 12, 14)}),
        ("offer_place", None, {"first_contact_by": date(2026, 12, 1)}),
        ("schedule", None, {"appointment_at": datetime(2026, 12, 2, 9, tzinfo=UTC)}),
        ("no_show", None, {"missed_at": datetime(2026, 12, 2, 9, tzinfo=UTC)}), ("hold", "hospitalised", {"resume_on": date(2026, 12, 20)}),
        ("start_service", None, {"started_on": date(2026, 11, 23)}),
        ("complete", None, {"provider_outcome": "partial", "service_date": date(2026, 11, 23)}),
    ):  # fmt: skip
        if event:
            await step(session, referral, event, reason, **facts)
        await session.commit()
        for who in ("sender", "receiver"):
            bundle = await read(client, town, who, "Task?_include=Task:focus")
            assert not problems(bundle), (event, who)
            assert [entry["resource"]["resourceType"] for entry in bundle["entry"]] == ["Task", "ServiceRequest"]
        task = bundle["entry"][0]["resource"]
        states.append((task["status"], task["businessStatus"]["coding"][0]["code"]))
    assert states == [
        ("requested", "2.0"), ("accepted", "x-waitlisted"), ("accepted", "3.0"), ("in-progress", "5.1.1"),
        ("in-progress", "5.1.2"), ("on-hold", "x-on-hold"), ("in-progress", "5.1.4"), ("completed", "7.0"),
    ]  # fmt: skip
    for who in ("sender", "receiver"):
        for kind in ("Consent", "Procedure"):
            bundle = await read(client, town, who, kind)
            assert not problems(bundle), who
            assert len(bundle["entry"]) == 1


async def test_nobody_is_named_before_a_yes_nor_without_the_scope(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    made = await sent(session, town)
    await session.commit()
    path = f"ServiceRequest/{made.referral.id}"
    before = await client.get(f"/fhir/{path}", headers=town.headers("receiver"))
    for secret in ("Paul", "Harvey", "1992", "900123", str(made.client.id), str(made.need.id)):
        assert secret not in before.text, secret
    assert before.json()["code"]["coding"][0]["code"] == "physiotherapy"
    assert SECRECY in before.text
    await step(session, made.referral, "accept", first_contact_by=date(2026, 11, 30))
    await session.commit()
    person = (await read(client, town, "receiver", path))["contained"][0]
    assert person["name"] == [{"text": "Paul Harvey"}]
    assert person["telecom"] == [{"system": "phone", "value": "07700 900123"}]
    assert "birthDate" not in person  # to which he did not agree
    unnamed = await client.get(f"/fhir/{path}", headers=town.headers("receiver-anonymous"))
    assert "Paul" not in unnamed.text
    task = await client.get(f"/fhir/Task/{made.referral.id}", headers=town.headers("receiver"))
    assert "Paul" not in task.text
    assert str(made.client.id) not in task.text


async def test_what_a_receiver_reads_is_written_down_and_what_a_sender_reads_is_not(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    made = await sent(session, town)
    await session.commit()
    await read(client, town, "sender", f"ServiceRequest/{made.referral.id}")
    await read(client, town, "receiver", f"Task/{made.referral.id}")
    assert not await _told(session, made.referral.id)
    await read(client, town, "receiver", f"ServiceRequest/{made.referral.id}")
    assert await _told(session, made.referral.id) == [(_BEFORE_A_YES, town.physio.id)]


async def test_a_program_that_asks_all_day_is_told_once_a_day_and_once_more_of_what_is_new(
    client: httpx.AsyncClient, session: AsyncSession, town: Town, clock: Clock
) -> None:
    made = await sent(session, town)
    await session.commit()
    path, id = f"ServiceRequest/{made.referral.id}", made.referral.id
    for _ in range(3):
        await read(client, town, "receiver", path)
        await read(client, town, "receiver", "Task?_include=Task:focus")
        clock.now += timedelta(minutes=15)
    assert await _told(session, id) == [(_BEFORE_A_YES, town.physio.id)]
    await step(session, made.referral, "accept", first_contact_by=date(2026, 11, 30))
    await session.commit()
    await read(client, town, "receiver-anonymous", path)
    assert len(await _told(session, id)) == 1, "this key is told nothing new"
    await read(client, town, "receiver", path)
    told = await _told(session, id)
    assert len(told) == 2, "who it is"
    assert {"name", "phone"} <= set(told[-1][0])
    clock.now += timedelta(days=1)
    await read(client, town, "receiver", path)
    assert await _told(session, id) == [*told, told[-1]], "another day"


_BEFORE_A_YES = ["age_band", "area", "funding", "languages", "need", "need_by", "urgency"]


async def test_a_withdrawn_agreement_hides_everything_at_once(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    made = await sent(session, town)
    await step(session, made.referral, "accept", first_contact_by=date(2026, 11, 30))
    await actions.revoke_consent(session, made.consent, case_manager(town.sender), NOW)
    await session.commit()
    request = await read(client, town, "receiver", f"ServiceRequest/{made.referral.id}")
    assert request["code"]["coding"][0]["code"] == "masked"
    assert "contained" not in request
    assert "occurrencePeriod" not in request
    assert not problems(request)
    assert not await _told(session, made.referral.id)
    assert (await read(client, town, "receiver", f"Consent/{made.referral.id}"))["status"] == "inactive"
    task = await read(client, town, "receiver", f"Task/{made.referral.id}")
    assert (task["status"], task["businessStatus"]["coding"][0]["code"]) == ("in-progress", "5.2")
    assert "consent_revoked" not in str(task)
    assert "consent_revoked" in str(await read(client, town, "sender", f"Task/{made.referral.id}"))


async def test_other_organizations_find_nothing(client: httpx.AsyncClient, session: AsyncSession, town: Town) -> None:
    made = await sent(session, town)
    await session.commit()
    for kind in KINDS[:3]:
        for who, status in (("stranger", 404), ("nobody", 403)):
            answer = await client.get(f"/fhir/{kind}/{made.referral.id}", headers=town.headers(who))
            assert answer.status_code == status, answer.text
            assert not problems(answer.json())
        assert "entry" not in await read(client, town, "stranger", kind)


async def test_a_draft_is_seen_by_its_sender_alone(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    made = await sent(session, town)
    other_need = await world.need(session, made.client, "counselling")
    other = await actions.draft(session, town.sender, made.client, other_need, town.physio.id, NOW)
    await session.commit()
    assert (await read(client, town, "sender", f"ServiceRequest/{other.id}"))["status"] == "draft"
    for who, kind in (("sender", "Task"), ("receiver", "ServiceRequest"), ("receiver", "Task")):
        answer = await client.get(f"/fhir/{kind}/{other.id}", headers=town.headers(who))
        assert answer.status_code == 404, (who, kind)


async def test_a_receiver_never_learns_the_verdict(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    made = await sent(session, town)
    await step(session, made.referral, "accept", first_contact_by=date(2026, 11, 30))
    await step(session, made.referral, "complete", provider_outcome="full", service_date=date(2026, 11, 23))
    said = Said(facts={"cm_verdict": "unmet", "contact_attempts": 2})
    await actions.act(
        session, made.referral, "close", case_manager(town.sender), said, NOW,
        looked_at=("client_voice_or_contact_attempts",),
    )  # fmt: skip
    await session.commit()
    for kind in KINDS:
        told = await client.get(f"/fhir/{kind}/{made.referral.id}", headers=town.headers("receiver"))
        assert "unmet" not in told.text, kind
    path = f"ServiceRequest/{made.referral.id}"
    assert (await read(client, town, "receiver", path))["status"] == "completed"
    assert (await read(client, town, "sender", path))["status"] == "active"  # the need is still there


async def test_searches_narrow_and_pages_follow(
    client: httpx.AsyncClient, session: AsyncSession, town: Town, clock: Clock
) -> None:
    ids = []
    for number in range(5):
        made = await sent(session, town, now=NOW + timedelta(minutes=number))
        ids.append(str(made.referral.id))
    await step(session, made.referral, "decline", "no_capacity")
    await session.commit()
    found, path = [], "Task?_count=2"
    while path:
        bundle = await read(client, town, "receiver", path)
        found += [entry["resource"]["id"] for entry in bundle.get("entry", ())]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        path = links.get("next", "").rpartition("/fhir/")[2]
    assert sorted(found) == sorted(ids)
    for asked, wanted in {
        f"_id={ids[0]},{ids[1]}": 2, "status=rejected": 1, "status=requested,rejected": 5, "business-status=4.0": 1,
        "_lastUpdated=gt2026-11-23T09:01:00Z": 2, "_lastUpdated=ge2026-11-23&_lastUpdated=lt2026-11-24": 5,
        "_lastUpdated=lt2026-11-23": 0, f"patient={ids[2]}": 1, f"patient:identifier=urn:relais:person|{ids[2]}": 1,
        f"patient={made.client.id}": 0,
    }.items():  # fmt: skip
        assert (await read(client, town, "receiver", f"Task?_total=accurate&{asked}"))["total"] == wanted, asked
    assert (await read(client, town, "sender", f"Task?patient={made.client.id}&_total=accurate"))["total"] == 1
    assert (await read(client, town, "sender", "ServiceRequest?status=active&_total=accurate"))["total"] == 5
    assert (await read(client, town, "receiver", "Consent?status=inactive&_total=accurate"))["total"] == 0
    assert (await read(client, town, "receiver", "Procedure?status=completed&_total=accurate"))["total"] == 0


BAD = [
    ("Task?colour=red", 400, "colour"), ("Task?status=lost", 400, "lost"), ("Task?_lastUpdated=soon", 400, "soon"),
    ("Task?_lastUpdated=2026-13-40", 400, "2026-13-40"), ("Task?_id=x", 400, "x"), ("Task?_count=0", 400, "0"),
    ("Task?_include=Task:owner", 400, "Task:focus"), ("Task?_page=x", 400, ""), ("Task/x", 404, ""), ("Patient/1", 404, ""),
    ("Task?_format=xml", 406, "JSON"), ("Task?_page=%00%ff", 400, ""), ("Location?_page=%C3%A9", 400, ""),
]  # fmt: skip


async def test_a_question_that_cannot_be_answered_says_why_in_both_languages(
    client: httpx.AsyncClient, town: Town
) -> None:
    for path, status, says in BAD:
        told = {}
        for language in ("en", "fr"):
            headers = town.headers("receiver", **{"Accept-Language": language})
            answer = await client.get(f"/fhir/{path}", headers=headers)
            assert answer.status_code == status, answer.text
            assert answer.headers["content-type"] == "application/fhir+json"
            assert not problems(answer.json())
            told[language] = answer.json()["issue"][0]["diagnostics"]
            assert says in told[language]
        assert told["en"] != told["fr"], path


async def test_a_key_opens_what_its_scopes_say(client: httpx.AsyncClient, session: AsyncSession, town: Town) -> None:
    made = await sent(session, town)
    await session.commit()
    assert (await client.get("/fhir/Task")).status_code == 401
    assert (await client.get("/fhir/Task")).headers["WWW-Authenticate"].startswith("Bearer")
    assert (await client.get("/fhir/Task", headers={"Authorization": "Bearer relais_x"})).status_code == 401
    refused = await client.get(f"/fhir/ServiceRequest/{made.referral.id}", headers=town.headers("reader"))
    assert refused.status_code == 403
    assert "system/ServiceRequest.read" in refused.json()["issue"][0]["diagnostics"]
    bundle = await read(client, town, "reader", "Task?_include=Task:focus")
    assert [entry["search"]["mode"] for entry in bundle["entry"]] == ["match", "outcome"]
    assert not problems(bundle)
    assert not await _told(session, made.referral.id)


async def _told(session: AsyncSession, referral_id: UUID) -> list[tuple[list[str], UUID]]:
    """What was written down as told by this road: the fields, and to whom."""
    asked = select(Disclosure.fields, Disclosure.recipient_id).where(
        Disclosure.referral_id == referral_id, Disclosure.channel == "fhir"
    ).order_by(Disclosure.at)  # fmt: skip
    return [(sorted(fields), to) for fields, to in await session.execute(asked)]


@pytest.mark.parametrize("hands", ["the same", "merged too", "other"])
async def test_a_receiver_that_was_merged_is_referred_to_where_it_stands_now(
    client: httpx.AsyncClient, session: AsyncSession, town: Town, hands: str
) -> None:
    """Until the two are taken apart again. In other hands the request stays with those whom it was sent to."""
    ours, theirs = town.physio, await world.organization(session, "Harbour Trust")
    body = await session.get_one(Organization, ours.organization_id) if hands == "the same" else theirs
    house = theirs.id
    kept, old, sent_to = (await world.service(session, "Legs", by=body)).id, ours.id, ours.organization_id
    id = (await sent(session, town)).referral.id
    curator = await acting(session, await account(session, Role.CURATOR))
    done = [(await merge(session, Entity.SERVICE, kept, old, {}, curator, NOW)).id]
    if hands == "merged too":
        done.append((await merge(session, Entity.ORGANIZATION, theirs.id, sent_to, {}, curator, NOW)).id)
    town.keys["theirs"] = await keys.make(
        session, "theirs", list(keys.OF_AN_ORGANIZATION), 10_000, theirs.id, None, NOW
    )
    await session.commit()
    owner = house if hands == "merged too" else sent_to
    agreed = old if hands == "other" else kept
    for who in ("sender", "receiver"):
        assert await _named(client, town, who, id) == [
            f"HealthcareService/{kept}", f"Organization/{owner}", f"HealthcareService/{agreed}",
        ]  # fmt: skip
    request = await read(client, town, "receiver", f"ServiceRequest/{id}")
    assert (request["performer"][0]["display"], request["code"]["coding"][0]["code"] != "masked") == ("Legs", True)
    assert not problems(request)
    seen = await client.get(f"/fhir/Task/{id}", headers=town.headers("theirs"))
    assert seen.status_code == (200 if hands == "merged too" else 404)
    for one in reversed(done):
        await undo(session, one, curator, NOW)
    await session.commit()
    assert await _named(client, town, "sender", id) == [
        f"HealthcareService/{old}", f"Organization/{sent_to}", f"HealthcareService/{old}",
    ]  # fmt: skip


async def test_what_was_sent_to_an_organization_that_is_withdrawn_stays_readable(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    id = (await sent(session, town)).referral.id
    house = await session.get_one(Organization, town.physio.organization_id)
    house.gone_at = NOW
    await listings.refresh(session, [town.physio.id], NOW)
    await session.commit()
    for who in ("sender", "receiver"):
        assert (await _named(client, town, who, id))[1] == f"Organization/{house.id}"


async def _named(client: httpx.AsyncClient, town: Town, who: str, id: UUID) -> list[str]:
    """Who is to do it, in whose hands it is, and who may be told."""
    request, task, consent = [
        await read(client, town, who, f"{kind}/{id}") for kind in ("ServiceRequest", "Task", "Consent")
    ]
    to = consent["provision"]["actor"][0]["reference"]
    return [request["performer"][0]["reference"], task["owner"]["reference"], to["reference"]]
