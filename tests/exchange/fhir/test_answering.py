"""A provider's program answers by changing the Task: the law of the page's buttons, one truth, nothing twice."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.fhir.shapes import OUTPUT, REASON
from referrals.tracking import actions
from referrals.tracking.models import ReferralEvent, ReferralNote
from referrals.tracking.said import case_manager
from tests.conftest import NOW
from tests.exchange.fhir.conftest import Town, read, sent, step
from tests.exchange.fhir.valid import problems

Task = dict[str, Any]


async def test_a_whole_story_is_told_by_changing_the_task(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    id = (await sent(session, town)).referral.id
    await session.commit()
    steps: list[tuple[Task, str, str]] = [
        ({"status": "accepted"}, "accepted", "3.0"),
        ({"status": "in-progress", "output": [_out("appointment-at", valueDateTime="2026-12-02T10:00:00+01:00")]}, "in-progress", "5.1.1"),
        ({"businessStatus": _business("5.1.2")}, "in-progress", "5.1.2"),
        ({"status": "on-hold", "statusReason": _reason("client_request"), "output": [_out("resume-on", valueDate="2026-12-20")]}, "on-hold", "x-on-hold"),
        ({"status": "in-progress"}, "in-progress", "5.1.4"),
        ({"status": "completed", "output": [_out("provider-outcome", valueCode="full")]}, "completed", "7.0"),
    ]  # fmt: skip
    for change, status, business in steps:
        task = await read(client, town, "receiver", f"Task/{id}")
        answer = await _put(client, town, _changed(task, change))
        assert answer.status_code == 200, answer.text
        assert not problems(answer.json())
        assert (answer.json()["status"], answer.json()["businessStatus"]["coding"][0]["code"]) == (status, business)
    assert await _story(session, id) == ["send", "accept", "schedule", "no_show", "hold", "start_service", "complete"]
    procedure = await read(client, town, "sender", f"Procedure/{id}")
    assert (procedure["status"], procedure["performedDateTime"]) == ("completed", "2026-11-23")
    assert procedure["outcome"]["coding"][0]["code"] == "full"
    outputs = answer.json()["output"]
    assert outputs[-1]["valueReference"]["reference"] == f"Procedure/{id}"


async def test_a_yes_with_an_appointment_is_both(client: httpx.AsyncClient, session: AsyncSession, town: Town) -> None:
    id = (await sent(session, town)).referral.id
    await session.commit()
    change: Task = {"status": "accepted", "output": [_out("appointment-at", valueDateTime="2026-12-02T09:00:00Z")]}
    task = _changed(await read(client, town, "receiver", f"Task/{id}"), change)
    answer = await _put(client, town, task)
    assert answer.json()["businessStatus"]["coding"][0]["code"] == "5.1.1"
    assert (await _put(client, town, task)).json() == answer.json()  # sent twice, it stands once
    assert await _story(session, id) == ["send", "accept", "schedule"]


async def test_a_refusal_needs_its_reason_and_plain_words_are_one(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    id = (await sent(session, town)).referral.id
    await session.commit()
    patch: list[Task] = [{"op": "replace", "path": "/status", "value": "rejected"}]
    refused = await _patch(client, town, id, patch, 'W/"1"')
    assert refused.status_code == 422
    issue = refused.json()["issue"][0]
    assert (issue["code"], issue["expression"]) == ("required", ["Task.statusReason.coding"])
    assert "no_capacity" in issue["diagnostics"]
    patch.append({"op": "add", "path": "/statusReason", "value": {"text": "Our pool is being rebuilt."}})
    told = await _patch(client, town, id, patch, 'W/"1"')
    assert told.status_code == 200, told.text
    assert told.json()["statusReason"]["coding"][0]["code"] == "other"
    assert told.headers["ETag"] == 'W/"2"'
    words = await session.scalars(select(ReferralNote.text).where(ReferralNote.referral_id == id))
    assert list(words) == ["Our pool is being rebuilt."]
    assert "Our pool" in str(await read(client, town, "sender", f"Task/{id}"))


async def test_full_in_the_words_of_the_guide_is_understood(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    id = (await sent(session, town)).referral.id
    await session.commit()
    system = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
    change: Task = {
        "status": "rejected",
        "statusReason": {"coding": [{"system": system, "code": "no-capacity"}], "text": "Full"},
    }
    task = await read(client, town, "receiver", f"Task/{id}")
    assert (await _put(client, town, _changed(task, change))).status_code == 200
    reasons = await session.scalars(select(ReferralEvent.reason_code).where(ReferralEvent.referral_id == id))
    assert list(reasons) == [None, "no_capacity"]


async def test_only_the_newest_version_is_changed_and_the_same_request_twice_is_one(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    id = (await sent(session, town)).referral.id
    await session.commit()
    task = await read(client, town, "receiver", f"Task/{id}")
    wanted = _changed(task, {"status": "accepted"})
    unversioned = await client.put(f"/fhir/Task/{id}", content=json.dumps(wanted), headers=_headers(town, "receiver"))
    assert unversioned.status_code == 428
    first, again = await _put(client, town, wanted), await _put(client, town, wanted)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert await _story(session, id) == ["send", "accept"]
    late = await _put(client, town, _changed(task, {"status": "rejected", "statusReason": _reason("no_capacity")}))
    assert late.status_code == 412
    assert "2" in late.json()["issue"][0]["diagnostics"]
    unchanged = await _put(client, town, first.json())
    assert unchanged.headers["ETag"] == 'W/"2"'
    for answer in (unversioned, late):
        assert not problems(answer.json())


async def test_what_is_not_the_programs_to_change_is_refused_by_name(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    referral = (await sent(session, town)).referral
    await session.commit()
    id = referral.id
    task = await read(client, town, "receiver", f"Task/{id}")
    refused = await _put(client, town, _changed(task, {"priority": "stat", "note": [{"text": "Hello"}]}))
    assert refused.status_code == 422
    assert [issue["expression"] for issue in refused.json()["issue"]] == [["Task.note"], ["Task.priority"]]
    for patch, status in (
        ([{"op": "replace", "path": "/owner", "value": {}}], 422), ({}, 400), ([{"op": "move", "path": "/status"}], 400),
        ([{"op": "test", "path": "/status", "value": "accepted"}], 422), ([{"op": "remove", "path": "/output/3"}], 422),
        ([{"op": "replace", "path": "/status", "value": "entered-in-error"}], 422),
        ([{"op": "replace", "path": "/status", "value": "in-progress"}], 422),
        ([{"op": "replace", "path": "/status", "value": 7}], 400),
        ([{"op": "replace", "path": "/status", "value": "completed"}, {"op": "add", "path": "/businessStatus", "value": _business("4.0")}], 422),
    ):  # fmt: skip
        answer = await _patch(client, town, id, patch, 'W/"1"')
        assert answer.status_code == status, (patch, answer.text)
        assert not problems(answer.json())
    done = await _patch(client, town, id, [{"op": "replace", "path": "/status", "value": "completed"}], 'W/"1"')
    assert "cannot become completed. It may become: accepted, " in done.text
    for who, status in (("sender", 422), ("stranger", 404), ("reader", 403)):
        answer = await client.put(f"/fhir/Task/{id}", content=json.dumps(task), headers=_headers(town, who, 'W/"1"'))
        assert answer.status_code == status, who
    headers = _headers(town, "receiver", 'W/"1"') | {"Content-Type": "application/xml"}
    assert (await client.put(f"/fhir/Task/{id}", content="<Task/>", headers=headers)).status_code == 415
    broken = await client.put(f"/fhir/Task/{id}", content="{", headers=_headers(town, "receiver", 'W/"1"'))
    assert (broken.status_code, broken.json()["issue"][0]["code"]) == (400, "structure")
    assert await _story(session, id) == ["send"]


async def test_wrong_days_and_values_are_named(client: httpx.AsyncClient, session: AsyncSession, town: Town) -> None:
    id = (await sent(session, town)).referral.id
    await session.commit()
    task = await read(client, town, "receiver", f"Task/{id}")
    waitlist = {"status": "accepted", "businessStatus": _business("x-waitlisted")}
    for change, status, where in (
        ({"status": "accepted", "output": [_out("first-contact-by", valueDate="2026-11-20")]}, 422, "first-contact-by"),
        ({"status": "accepted", "output": [_out("first-contact-by", valueDate="soon")]}, 400, "first-contact-by"),
        ({"status": "accepted", "output": [_out("appointment-at", valueDateTime="2026-12-01T09:00:00")]}, 400, "appointment-at"),
        (waitlist, 422, "estimated-wait-days"),
        (waitlist | {"output": [_out("estimated-wait-days", valueInteger=-1)]}, 400, "estimated-wait-days"),
        ({"businessStatus": _business("x-info-requested")}, 422, "statusReason.text"),
    ):  # fmt: skip
        answer = await _put(client, town, _changed(task, change))
        assert answer.status_code == status, (change, answer.text)
        assert where in str(answer.json()["issue"][0]["expression"])
    assert await _story(session, id) == ["send"]


async def test_a_question_is_asked_in_the_reason_and_its_answer_stands_in_the_notes(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    id = (await sent(session, town)).referral.id
    await session.commit()
    task = await read(client, town, "receiver", f"Task/{id}")
    change = {"businessStatus": _business("x-info-requested"), "statusReason": {"text": "Which knee?"}}
    answer = await _put(client, town, _changed(task, change))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["businessStatus"]["coding"][0]["code"]) == (
        "requested", "x-info-requested",
    )  # fmt: skip
    assert [note["text"] for note in answer.json()["note"]] == ["Which knee?"]
    minimal = await client.patch(
        f"/fhir/Task/{id}", content="[]",
        headers=_headers(town, "receiver", 'W/"2"', patch=True) | {"Prefer": "return=minimal"},
    )  # fmt: skip
    assert (minimal.status_code, minimal.content) == (200, b"")


async def test_the_end_of_a_withdrawn_request_is_confirmed(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    made = await sent(session, town)
    await step(session, made.referral, "accept", first_contact_by=date(2026, 11, 30))
    await actions.withdraw(session, made.referral, case_manager(town.sender), "plan_changed", NOW)
    await session.commit()
    task = await read(client, town, "receiver", f"Task/{made.referral.id}")
    assert task["businessStatus"]["coding"][0]["code"] == "5.2"
    answer = await _put(client, town, _changed(task, {"status": "cancelled"}))
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


async def test_under_an_agreement_that_goes_one_way_a_code_is_taken_and_words_are_not(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    world = await sent(session, town)
    world.consent.direction = "out"
    id = world.referral.id
    await session.commit()
    reason = {"coding": [{"system": REASON, "code": "no_capacity", "display": "Full"}]}
    said: Task = {"op": "add", "path": "/statusReason", "value": {**reason, "text": "They shouted at us last year."}}
    patch = [{"op": "replace", "path": "/status", "value": "rejected"}, said]
    refused = await _patch(client, town, id, patch, 'W/"1"')
    assert refused.status_code == 422
    assert "nothing more" in refused.json()["issue"][0]["diagnostics"]
    assert await _story(session, id) == ["send"]
    said["value"] = {**reason, "text": "Full"}  # the guide wants a text: this one says the code again
    assert (await _patch(client, town, id, patch, 'W/"1"')).status_code == 200
    assert await _story(session, id) == ["send", "decline"]
    assert not list(await session.scalars(select(ReferralNote).where(ReferralNote.referral_id == id)))


async def test_the_sender_s_program_takes_it_back_before_a_yes_at_once_and_after_it_by_asking(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    first, second = [(await sent(session, town)).referral for _ in range(2)]
    await step(session, second, "accept", first_contact_by=date(2026, 11, 27))
    await session.commit()
    wanted: Task = {"status": "cancelled", "statusReason": _reason("plan_changed")}
    for id, match, became, story in (
        (first.id, 'W/"1"', "cancelled", ["send", "cancel"]),
        (second.id, 'W/"2"', "in-progress", ["send", "accept", "request_cancel"]),
    ):
        patch = [{"op": "add", "path": f"/{name}", "value": value} for name, value in wanted.items()]
        for _twice in range(2):
            answer = await _take_back(client, town, id, patch, match)
            assert (answer.status_code, answer.json()["status"]) == (200, became), answer.text
        assert await _story(session, id) == story
        again = await _take_back(client, town, id, patch, f'W/"{len(story)}"')
        assert again.status_code == (200 if became == "cancelled" else 422)
        assert await _story(session, id) == story
    task = await read(client, town, "receiver", f"Task/{second.id}")
    assert task["businessStatus"]["coding"][0]["code"] == "5.2"
    assert "plan_changed" not in str(task), "why is the sender's own"


async def test_the_sender_s_program_may_do_nothing_else(
    client: httpx.AsyncClient, session: AsyncSession, town: Town
) -> None:
    id = (await sent(session, town)).referral.id
    await session.commit()
    for patch in (
        [{"op": "replace", "path": "/status", "value": "accepted"}],
        [{"op": "replace", "path": "/status", "value": "cancelled"}],
        [{"op": "replace", "path": "/status", "value": "cancelled"}, {"op": "add", "path": "/statusReason", "value": _reason("no_capacity")}],
        [{"op": "replace", "path": "/businessStatus", "value": _business("5.1.1")}],
        [{"op": "replace", "path": "/owner", "value": {}}],
    ):  # fmt: skip
        assert (await _take_back(client, town, id, patch, 'W/"1"')).status_code == 422, patch
    assert await _story(session, id) == ["send"]


async def _take_back(client: httpx.AsyncClient, town: Town, id: UUID, patch: object, match: str) -> httpx.Response:
    headers = _headers(town, "sender", match, patch=True)
    return await client.patch(f"/fhir/Task/{id}", content=json.dumps(patch), headers=headers)


def _changed(task: Task, change: Task) -> Task:
    wanted = {**task, **change}
    if "output" in change:
        wanted["output"] = [*task.get("output", ()), *change["output"]]
    return wanted


def _out(code: str, **value: object) -> Task:
    return {"type": {"coding": [{"system": OUTPUT, "code": code}]}, **value}


def _reason(code: str) -> Task:
    return {"coding": [{"system": REASON, "code": code}], "text": code}


def _business(code: str) -> Task:
    return {"coding": [{"code": code}]}


def _headers(town: Town, who: str, match: str = "", *, patch: bool = False) -> dict[str, str]:
    kind = "application/json-patch+json" if patch else "application/fhir+json"
    return town.headers(who, **{"Content-Type": kind}, **({"If-Match": match} if match else {}))


async def _put(client: httpx.AsyncClient, town: Town, task: Task) -> httpx.Response:
    match = f'W/"{task["meta"]["versionId"]}"'
    return await client.put(
        f"/fhir/Task/{task['id']}", content=json.dumps(task), headers=_headers(town, "receiver", match)
    )


async def _patch(client: httpx.AsyncClient, town: Town, id: UUID, patch: object, match: str) -> httpx.Response:
    headers = _headers(town, "receiver", match, patch=True)
    return await client.patch(f"/fhir/Task/{id}", content=json.dumps(patch), headers=headers)


async def _story(session: AsyncSession, id: UUID) -> list[str]:
    asked = select(ReferralEvent.kind).where(ReferralEvent.referral_id == id).order_by(ReferralEvent.position)
    return list(await session.scalars(asked))
