"""Programs ask with a key which services fit a person; nothing of the question stays behind."""

import json
import logging
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.accounts import keys
from referrals.accounts.models import ApiKey
from referrals.clients.models import Client
from referrals.directory.models import Service
from referrals.matching import from_file
from tests.conftest import NOW
from tests.matching.scene import listed

ADDRESS = "/api/v1/matches"
PAUL: Mapping[str, Any] = {
    "client": {
        "age": 34, "gender": "male", "languages": ["en"], "interpreter_ok": True, "funding": ["nhs"],
        "ceiling_per_session": 70, "accessibility_required": [], "audience": ["brain-injury"], "audience_unknown": [],
        "practitioner_gender_preference": None, "affinities": ["climbing"], "availability": [],
        "mobility": {"mode": "car", "max_minutes": 45}, "exclusions": [], "guardian_consent": None,
        "place": {"name": "Truro", "postcode": "TR1", "country": "GB", "lat": 50.26526, "lon": -5.05436},
    },
    "needs": [{"id": "leg", "term": "physiotherapy", "specialisms": ["fracture"], "urgency": "routine"}],
    "asked_on": "2026-11-23",
}  # fmt: skip


@pytest.fixture(scope="module")
def engine(words_and_places: AsyncEngine) -> AsyncEngine:
    return words_and_places


@pytest.fixture
async def key(session: AsyncSession) -> str:
    made = await keys.make(session, "The town hall", [keys.MATCHES], 10, None, None, NOW)
    await session.commit()
    return made


@pytest.fixture
async def near(session: AsyncSession) -> Service:
    return await listed(session, "Near Physio", specialisms=["fracture"])


@pytest.fixture
async def too_far(session: AsyncSession) -> Service:
    return await listed(session, "Far Physio", km=60)


async def _ask(client: httpx.AsyncClient, key: str, asked: object, **headers: str) -> httpx.Response:
    return await client.post(ADDRESS, json=asked, headers={"Authorization": f"Bearer {key}", **headers})


def _with(path: str, value: object) -> dict[str, Any]:
    """Paul's question with one value of it changed."""
    asked: dict[str, Any] = deepcopy(dict(PAUL))
    *inner, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    at: Any = asked
    for part in inner:
        at = at[part]
    at[last] = value
    return asked


async def test_what_fits_comes_ranked_with_reasons_and_what_does_not_with_the_rules(
    client: httpx.AsyncClient, key: str, near: Service, too_far: Service
) -> None:
    answer = await _ask(client, key, PAUL)
    assert answer.status_code == 200, answer.text
    told = answer.json()["needs"]["leg"]
    (first,) = told["ranked"]
    assert (first["service_id"], first["name"], first["band"]) == (str(near.id), "Near Physio", "strong")
    assert "Specialised: fracture rehabilitation" in first["reasons"]
    assert first["unknown"] == []
    assert first["minutes"] < 15
    (other,) = told["excluded"]
    assert (other["service_id"], other["constraints"], other["codes"]) == (str(too_far.id), ["H5"], ["too_far"])
    assert "by car" in other["message"]
    assert [one["code"] for one in told["unlocks"]] == ["travel"]
    assert answer.headers["Cache-Control"] == "no-store"


async def test_the_sentences_come_in_the_language_asked_for(
    client: httpx.AsyncClient, key: str, too_far: Service
) -> None:
    english = (await _ask(client, key, PAUL)).json()["needs"]["leg"]
    by_header = (await _ask(client, key, PAUL, **{"Accept-Language": "fr"})).json()["needs"]["leg"]
    by_body = (await _ask(client, key, {**PAUL, "lang": "fr"})).json()["needs"]["leg"]
    assert by_header == by_body
    assert "en voiture" in by_body["excluded"][0]["message"]
    assert [row["service_id"] for row in english["excluded"]] == [row["service_id"] for row in by_body["excluded"]]


async def test_nothing_of_the_question_is_kept_or_logged(
    client: httpx.AsyncClient, key: str, near: Service, session: AsyncSession, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    tables = "SELECT sum(n_live_tup) FROM (SELECT (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I', table_name), false, true, '')))[1]::text::int AS n_live_tup FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE') t"
    before = await session.scalar(text(tables))
    caplog.set_level(logging.DEBUG, logger="referrals")
    asked = _with("client.place.name", "Unmistakable-on-Sea")
    assert (await _ask(client, key, asked)).status_code == 200
    assert (await _ask(client, key, _with("client.place", "Unmistakable-on-Sea"))).status_code == 422
    assert await session.scalar(text(tables)) == before
    said = capfd.readouterr()
    assert "Unmistakable" not in caplog.text + said.out + said.err
    assert await session.scalar(select(func.count()).select_from(Client)) == 0


async def test_without_a_key_nothing_is_answered(client: httpx.AsyncClient, key: str) -> None:
    bare = await client.post(ADDRESS, json=PAUL)
    wrong = await _ask(client, "relais_something", PAUL)
    assert (bare.status_code, wrong.status_code) == (401, 401)
    assert bare.headers["Content-Type"] == "application/problem+json"
    assert bare.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Authorization" in bare.json()["detail"]


async def test_a_revoked_key_opens_nothing(client: httpx.AsyncClient, key: str, session: AsyncSession) -> None:
    (made,) = await keys.for_matches(session)
    await keys.revoke(session, made.id, NOW)
    await session.commit()
    assert (await _ask(client, key, PAUL)).status_code == 401


async def test_a_key_without_the_scope_is_told_so(client: httpx.AsyncClient, session: AsyncSession) -> None:
    other = await keys.make(session, "Elsewhere", ["something-else"], 10, None, None, NOW)
    await session.commit()
    answer = await _ask(client, other, PAUL, **{"Accept-Language": "fr"})
    assert answer.status_code == 403
    assert "«\N{NO-BREAK SPACE}matches\N{NO-BREAK SPACE}»" in answer.json()["detail"]


async def test_a_key_asks_about_so_many_needs_a_minute(
    client: httpx.AsyncClient, key: str, near: Service, clock: Any
) -> None:
    four = {**PAUL, "needs": [{"term": "physiotherapy"} for _ in range(4)]}
    assert [(await _ask(client, key, four)).headers["RateLimit-Remaining"] for _ in range(2)] == ["6", "2"]
    refused = await _ask(client, key, four)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert "10" in refused.json()["detail"]
    clock.now += timedelta(minutes=1)
    assert (await _ask(client, key, four)).status_code == 200


async def test_only_the_hash_of_a_key_is_kept_and_the_day_of_its_use(
    client: httpx.AsyncClient, key: str, session: AsyncSession
) -> None:
    await _ask(client, key, PAUL)
    row = (await session.scalars(select(ApiKey).execution_options(populate_existing=True))).one()
    assert key not in (row.token_hash, row.hint)
    assert len(row.hint) < len(key) / 3
    assert row.last_used_on == date(2026, 11, 23)


WRONG = [
    ("client.age", 150, "client.age must be from 0 to 120"),
    ("client.age", -1, "client.age must be from 0 to 120"),
    ("client.age", "34", "client.age must be a number"),
    ("client.age", 34.5, "client.age must be a whole number"),
    ("client.gender", "f", "client.gender must be one of"),
    ("client.languages", "en", "client.languages must be a list"),
    ("client.languages", ["English"], "client.languages[0] must be the code of a language"),
    ("client.interpreter_ok", "yes", "client.interpreter_ok must be true, false or null"),
    ("client.funding", ["nhss"], "client.funding[0]: “nhss” is no term of the taxonomy “funding”. Did you mean “nhs”?"),
    ("client.mobility", {"max_minutes": 10}, "client.mobility.mode is missing"),
    ("client.mobility", {"mode": "rocket"}, "client.mobility.mode must be one of"),
    ("client.availability", ["evenings"], "client.availability[0] must be hours of a week"),
    ("client.availability", ["MO 18:00-09:00"], "client.availability[0] ends before it begins"),
    ("client.exclusions", [{"organization_id": "42"}], "client.exclusions[0].organization_id must be an id"),
    ("client.exclusions", [{"kind": "safety"}], "client.exclusions[0].area is missing"),
    ("client.audience_unknown", ["brain-injury"], "“brain-injury” cannot be known and not known at once"),
    ("client.place", {"name": "Xyzzyville"}, "client.place.name: no place is known as “Xyzzyville”"),
    ("client.place", {"name": "Newport", "country": "GB"}, "client.place.name: “Newport” may be several places"),
    ("client.place.lat", 500, "client.place.lat must be from -90 to 90"),
    ("client.place.lon", None, "client.place.lon is missing"),
    ("client.place.postcode", "TR1; --", "client.place.postcode cannot be a postcode"),
    ("client", [], "client must be an object"),
    ("needs", [], "needs must hold at least one need"),
    ("needs", {}, "needs must be a list"),
    ("needs", ["physiotherapy"], "needs[0] must be an object"),
    ("needs", [{"term": "physiotherapy"}] * 200, "needs may hold 20 at most; there are 200"),
    ("needs.0.term", "fysiotherapy", "Did you mean “physiotherapy”?"),
    ("needs.0.term", "kiné", "Did you mean “physiotherapy”?"),
    ("needs.0.term", "qqqqqqqq", "needs[0].term: “qqqqqqqq” is no term of the taxonomy “need”"),
    ("needs.0.term", 12, "needs[0].term must be a text"),
    ("needs.0.need_by", "2026-11-01", "needs[0].need_by, 2026-11-01, is past"),
    ("needs.0.need_by", "soon", "needs[0].need_by must be a day"),
    ("needs.0.urgency", "very", "needs[0].urgency must be one of: routine, urgent"),
    ("asked_on", "2026-13-01", "asked_on must be a day"),
    ("model", "magic", "model must be one of"),
]  # fmt: skip


async def test_what_cannot_be_used_is_named(client: httpx.AsyncClient, session: AsyncSession) -> None:
    patient = await keys.make(session, "Somebody who tries", [keys.MATCHES], 1000, None, None, NOW)
    await session.commit()
    for path, value, said in WRONG:
        answer = await _ask(client, patient, _with(path, value))
        assert answer.status_code == 422, (path, answer.text)
        messages = [one["message"] for one in answer.json()["errors"]]
        assert any(said in message for message in messages), (path, messages)


async def test_everything_that_is_wrong_is_said_at_once_and_in_french(client: httpx.AsyncClient, key: str) -> None:
    asked = _with("client.age", 150) | {"needs": [{"term": "physiotherapie", "need_by": "2020-01-01"}]}
    told = (await _ask(client, key, {**asked, "lang": "fr"})).json()
    assert [one["field"] for one in told["errors"]] == ["client.age", "needs[0].term", "needs[0].need_by"]
    assert "entre 0 et 120" in told["errors"][0]["message"]


async def test_wishes_that_contradict_each_other_are_answered_and_said(
    client: httpx.AsyncClient, key: str, near: Service
) -> None:
    asked = _with("client.mobility", {"mode": "none", "max_minutes": 30})
    told = (await _ask(client, key, asked)).json()
    assert [remark["field"] for remark in told["remarks"]] == ["client.mobility.max_minutes"]
    assert told["needs"]["leg"]["ranked"] == []


async def test_a_town_that_has_namesakes_says_which_was_taken(client: httpx.AsyncClient, key: str) -> None:
    place = {"client": {"place": {"name": "Saint-Martin", "country": "FR"}}, "needs": [{"term": "physiotherapy"}]}
    told = (await _ask(client, key, place)).json()
    assert [remark["field"] for remark in told["remarks"]] == ["client.place.name"]


async def test_half_a_question_is_enough_and_a_misspelt_key_is_named(
    client: httpx.AsyncClient, key: str, near: Service
) -> None:
    told = (await _ask(client, key, {"client": {"agee": 3}, "needs": [{"term": "physiotherapy"}]})).json()
    assert told["ignored"] == ["client.agee"]
    (row,) = told["needs"]["n1"]["ranked"]
    assert row["service_id"] == str(near.id)
    assert {"H3", "H5", "H6", "H8"} <= set(row["unknown"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[1]", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"a":"' + b"x" * 300_000 + b'"}', 413),
    ],
)
async def test_a_body_that_is_no_question_is_refused(
    client: httpx.AsyncClient, key: str, body: bytes, status: int
) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = await client.post(ADDRESS, content=body, headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


async def test_a_form_is_not_taken_for_json(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.post(ADDRESS, data={"client": "x"}, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 415


async def test_the_document_describes_the_question_and_the_answer(client: httpx.AsyncClient) -> None:
    told = (await client.get("/api/v1/openapi.json")).json()
    question = told["components"]["schemas"]["Client"]["properties"]
    assert set(PAUL["client"]) <= set(question)
    assert set(told["components"]["schemas"]["Ranked"]["properties"]) >= {"service_id", "score", "band", "reasons"}
    assert told["paths"]["/matches"]["post"]["security"] == [{"key": []}]


async def test_the_command_says_the_same_in_the_agreed_keys(
    client: httpx.AsyncClient, key: str, near: Service, too_far: Service, session: AsyncSession
) -> None:
    by_program = (await _ask(client, key, PAUL)).json()["needs"]["leg"]
    answer = await from_file._answer(session, PAUL, NOW.date())
    told = json.loads(json.dumps(from_file._for_programs(answer.needs["leg"]), default=str))
    assert set(told) == {"ranked", "excluded", "unlocks"}
    assert set(told["ranked"][0]) == {"service_id", "score", "band", "reasons", "unknown"}
    assert set(told["excluded"][0]) == {"service_id", "constraints", "message"}
    assert [row["service_id"] for row in told["ranked"]] == [row["service_id"] for row in by_program["ranked"]]
    assert told["unlocks"] == by_program["unlocks"]
