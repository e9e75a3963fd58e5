"""Notices to programs: in the step's own transaction, signed, tried again, never twice by another id, and telling nothing of anybody."""

import base64
import hashlib
import hmac
import inspect
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import keys
from referrals.accounts.models import Role
from referrals.app import environment
from referrals.exchange.hooks import actions, delivering
from referrals.exchange.hooks.jobs import JOBS
from referrals.exchange.hooks.labels import EVENTS
from referrals.exchange.hooks.models import Webhook, WebhookDelivery
from referrals.exchange.hooks.posting import Answer, Web, allowed
from referrals.kit.mail import Message
from referrals.kit.settings import Settings
from referrals.tracking import actions as tracking
from referrals.tracking.models import Listener
from referrals.tracking.said import RECEIVER, Fact, Said, case_manager
from tests.browser import Browser
from tests.conftest import NOW, SECRET
from tests.factories import account
from tests.factories import world as small

ADDRESS = "https://program.example.org/relais?who=us"


@dataclass
class Outside:
    """Whoever is at the other end: answers as it is told, and remembers what came."""

    status: int | None = 200
    came: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.came.append((address, body, headers))
        return Answer(self.status, 5, None if self.status else "silent")


@pytest.fixture
def outside() -> Outside:
    return Outside()


async def work(session: AsyncSession, settings: Settings, outside: Outside, now: datetime) -> None:
    """The worker's part: every job of this story that is due, and those that they ask for."""
    tools: dict[str, Any] = {"now": now, "settings": settings, "jinja": environment(), "outward": outside}
    while True:
        row = (await session.execute(text(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs WHERE status = 'todo' "
            "AND task_name = ANY (:names) AND coalesce(scheduled_at, :now) <= :now ORDER BY id LIMIT 1) "
            "RETURNING task_name, args"
        ), {"now": now, "names": list(JOBS)})).first()  # fmt: skip
        if row is None:
            return
        wanted = inspect.signature(JOBS[row.task_name]).parameters
        await JOBS[row.task_name](session, **row.args, **{name: tool for name, tool in tools.items() if name in wanted})
        await session.flush()


async def hook_of(session: AsyncSession, organization_id: UUID, *events: str) -> tuple[Webhook, str]:
    user = await account(
        session, Role.ADMINISTRATOR, email=f"{uuid4().hex[:6]}@example.org", organization_id=organization_id
    )
    return await actions.register(session, organization_id, ADDRESS, events or list(EVENTS), user.id, NOW, SECRET)


async def test_both_sides_are_told_of_each_step_and_of_nobody(
    session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    world = await small.sent(session)
    before = await session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'exchange.tell_hooks'")
    )
    assert before == 0  # where nobody listens, a step makes no job
    await hook_of(session, world.referral.sender_organization_id)
    await hook_of(session, world.referral.organization_id)
    await hook_of(session, world.referral.organization_id, "decline")
    await tracking.act(
        session, world.referral, "accept", RECEIVER, Said(facts={"first_contact_by": date(2026, 11, 30)}), NOW
    )
    await work(session, settings, outside, NOW)
    assert len(outside.came) == 2
    for address, raw, _ in outside.came:
        assert address == ADDRESS
        told = json.loads(raw)
        assert told["type"] == "referral.accept"
        assert told["data"]["task"] == {
            "reference": f"Task/{world.referral.id}", "url": f"http://relais.test/fhir/Task/{world.referral.id}",
            "status": "accepted", "businessStatus": "3.0",
        }  # fmt: skip
        for secret in ("Paul", "Harvey", str(world.client.id), str(world.need.id), "physio", str(world.sender.id)):
            assert secret not in raw.decode()
    assert len({json.loads(raw)["id"] for _, raw, _ in outside.came}) == 2


async def test_a_receivers_program_never_hears_the_verdict(
    session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    world = await small.sent(session)
    await hook_of(session, world.referral.sender_organization_id)
    receiver, _ = await hook_of(session, world.referral.organization_id)
    steps: tuple[tuple[str, dict[str, Fact]], ...] = (
        ("accept", {"first_contact_by": date(2026, 11, 30)}),
        ("complete", {"provider_outcome": "full", "service_date": date(2026, 11, 23)}),
    )
    for event, facts in steps:
        await tracking.act(session, world.referral, event, RECEIVER, Said(facts=facts), NOW)
    said = Said(facts={"cm_verdict": "met", "contact_attempts": 2})
    await tracking.act(
        session, world.referral, "close", case_manager(world.sender), said, NOW,
        looked_at=("client_voice_or_contact_attempts",),
    )  # fmt: skip
    await work(session, settings, outside, NOW)
    kinds = await session.scalars(select(WebhookDelivery.kind).where(WebhookDelivery.webhook_id == receiver.id))
    assert sorted(kinds) == ["accept", "complete"]
    assert sorted(json.loads(raw)["type"] for _, raw, _ in outside.came).count("referral.close") == 1
    assert "met" not in str([raw for _, raw, _ in outside.came])


async def test_the_signature_is_that_of_standard_webhooks(
    session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    world = await small.sent(session)
    hook, secret = await hook_of(session, world.referral.organization_id)
    assert secret not in hook.secret
    await tracking.act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await work(session, settings, outside, NOW)
    ((_, raw, headers),) = outside.came
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert (
        headers["webhook-signature"]
        == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    )
    assert headers["webhook-id"] == json.loads(raw)["id"]
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert "no_capacity" not in raw.decode()  # why stands behind the key


async def test_a_step_that_is_taken_back_tells_nobody(
    session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    world = await small.sent(session)
    await hook_of(session, world.referral.organization_id)
    step = await session.begin_nested()
    await tracking.act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await step.rollback()
    await work(session, settings, outside, NOW)
    assert not outside.came


async def test_what_does_not_get_through_is_tried_again_after_growing_waits_and_then_given_up(
    session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    world = await small.sent(session)
    hook, _ = await hook_of(session, world.referral.organization_id)
    await tracking.act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    outside.status, at = 500, []
    while (now := await _next(session)) is not None:
        seen = len(outside.came)
        await work(session, settings, outside, max(now, NOW))
        at += [max(now, NOW)] * (len(outside.came) - seen)
    now = at[-1]
    waits = [after - before for before, after in pairwise(at)]
    assert waits == list(delivering.WAITS)
    (delivery,) = await session.scalars(select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id))
    assert delivery.given_up_at is not None
    assert len({headers["webhook-id"] for _, _, headers in outside.came}) == 1
    outside.status = 200
    await actions.replay(session, hook, delivery, now)
    await work(session, settings, outside, now)
    assert delivery.delivered_at == now
    assert outside.came[-1][1] == outside.came[0][1]
    await work(session, settings, outside, now)
    assert len(outside.came) == len(delivering.WAITS) + 2


async def test_a_silent_address_is_paused_its_administrator_told_and_all_goes_out_when_it_is_taken_up(
    session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    world = await small.sent(session)
    hook, _ = await hook_of(session, world.referral.organization_id)
    outside.status = None
    for number in range(delivering.TOO_MANY + 3):
        session.add(_notice(hook, number))
    await session.flush()
    for delivery in await session.scalars(select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id)):
        hook.rests_until = None
        if hook.paused_at is None:
            await delivering.deliver(
                session, id=str(delivery.id), now=NOW, settings=settings, jinja=environment(), outward=outside
            )
    assert hook.paused_why == "failures"
    assert len(outside.came) == delivering.TOO_MANY
    letters = list(await session.scalars(select(Message).where(Message.subject.contains("paused"))))
    assert len(letters) == 1
    assert ADDRESS not in letters[0].body
    assert f"/en/connections/hooks/{hook.id}" in letters[0].body
    await work(session, settings, outside, NOW + timedelta(days=2))
    assert len(outside.came) == delivering.TOO_MANY
    outside.status = 204
    assert await actions.take_up(session, hook, NOW) == delivering.TOO_MANY + 3
    await work(session, settings, outside, NOW)
    assert (
        len({headers["webhook-id"] for _, _, headers in outside.came[delivering.TOO_MANY :]}) == delivering.TOO_MANY + 3
    )


async def test_a_worker_that_dies_after_sending_sends_the_same_again(
    session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    world = await small.sent(session)
    hook, _ = await hook_of(session, world.referral.organization_id)
    delivery = _notice(hook, 1)
    session.add(delivery)
    await session.flush()
    tools: dict[str, Any] = {"now": NOW, "settings": settings, "jinja": environment(), "outward": outside}
    id = str(delivery.id)
    dying = await session.begin_nested()
    await delivering.deliver(session, id=id, **tools)
    await dying.rollback()
    await delivering.deliver(session, id=id, **tools)
    await delivering.deliver(session, id=id, **tools)  # a second job for the same notice
    assert [headers["webhook-id"] for _, _, headers in outside.came] == [id, id]
    assert outside.came[0][1] == outside.came[1][1]


async def test_an_address_that_is_gone_is_paused_at_once_and_one_that_has_ended_hears_nothing(
    session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    world = await small.sent(session)
    hook, _ = await hook_of(session, world.referral.organization_id)
    outside.status = 410
    await tracking.act(session, world.referral, "ask_info", RECEIVER, Said(words="Which knee?"), NOW)
    await work(session, settings, outside, NOW)
    assert hook.paused_why == "gone"
    await actions.end(session, hook, NOW)
    assert await session.scalar(select(Listener.organization_id)) is None
    await tracking.act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    await work(session, settings, outside, NOW + timedelta(days=1))
    assert len(outside.came) == 1


class _Endpoint(BaseHTTPRequestHandler):
    answer = 200
    heard: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, body))
        self.send_response(self.answer)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Endpoint)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook?a=1"
    server.shutdown()
    server.server_close()
    _Endpoint.heard.clear()


async def test_nothing_is_sent_into_this_network_and_no_redirect_is_followed(endpoint: str) -> None:
    port = endpoint.rpartition(":")[2].partition("/")[0]
    for address in (
        f"https://127.0.0.1:{port}/",
        f"https://localhost:{port}/",
        f"https://[::1]:{port}/",
        "https://10.0.0.1/",
    ):
        assert (await Web(private=False).post(address, b"{}", {})).problem == "private", address
    assert (await Web(private=False).post(endpoint, b"{}", {})).problem == "address"
    assert not _Endpoint.heard
    assert (await Web(private=True).post(endpoint, b"{}", {})).taken
    _Endpoint.answer = 307
    told = await Web(private=True).post(endpoint, b"{}", {})
    _Endpoint.answer = 200
    assert (told.status, told.taken) == (307, False)
    assert [path for path, _ in _Endpoint.heard] == ["/hook?a=1"] * 2
    assert (await Web(private=True).post("http://127.0.0.1:1/", b"{}", {})).problem == "silent"


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("https://a.example/x", True), ("http://a.example/x", False), ("https://u:p@a.example", False), ("https://", False),
        ("https://a.example:99999", False), ("ftp://a.example", False), ("javascript:alert(1)", False), ("https://[::1", False),
    ],
)  # fmt: skip
def test_only_safe_addresses_are_registered(address: str, fine: bool) -> None:
    assert allowed(address, private=False) is fine


@pytest.fixture
async def admin(browser: Browser, session: AsyncSession) -> Browser:
    world = await small.sent(session)
    session.info["world"] = world
    user = await account(session, Role.ADMINISTRATOR, organization_id=world.referral.organization_id)
    await session.commit()
    await browser.sign_in(user.email)
    return browser


async def test_an_administrator_registers_looks_sends_again_pauses_and_ends(
    admin: Browser, session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    page = await admin.open("/en/connections")
    assert "No program of yours is connected yet" in page
    refused = await admin.submit("/connections/hooks", address="http://plain.example.org")
    assert refused.status == 422
    assert "begins with https://" in refused.text
    assert "http://plain.example.org" in refused.html
    page = await admin.submit("/connections/hooks", address=ADDRESS)
    (secret,) = set(re.findall(r"whsec_[\w+/=]+", page.text))
    assert secret not in (await admin.open("/en/connections")).text
    await work(session, settings, outside, NOW)
    assert json.loads(outside.came[0][1])["type"] == "trial"
    hook = (await session.scalars(select(Webhook))).one()
    page = await admin.open(f"/en/connections/hooks/{hook.id}")
    assert "Notices get through" in page
    assert "answered 200" in page
    await admin.submit("/again")
    await work(session, settings, outside, NOW)
    assert len(outside.came) == 2
    assert "Paused: nothing is sent" in await admin.submit("/pause")
    assert "go out now" in await admin.submit("/pause")
    assert "No program of yours is connected yet" in await admin.submit("/end")
    assert (await admin.open(f"/en/connections/hooks/{hook.id}")).status == 404


async def test_a_key_for_requests_belongs_to_the_organization(admin: Browser, session: AsyncSession) -> None:
    await admin.open("/en/connections")
    page = await admin.submit("/connections/keys", label="File program")
    (key,) = set(re.findall(r"relais_[\w-]{43}", page.text))
    made = await keys.used(session, key, NOW)
    assert made is not None
    assert made.organization_id == session.info["world"].referral.organization_id
    assert made.scopes == ["system/ServiceRequest.read", "system/Task.read"]
    answer = await admin.client.get("/fhir/Task", headers={"Authorization": f"Bearer {key}"})
    assert len(answer.json()["entry"]) == 1
    await admin.open("/en/connections")
    await admin.submit("/revoke")
    assert await keys.used(session, key, NOW) is None


async def test_nobody_else_opens_them(browser: Browser, session: AsyncSession, client: httpx.AsyncClient) -> None:
    world = await small.sent(session)
    hook, _ = await hook_of(session, world.referral.organization_id)
    stranger = await small.organization(session, "Elsewhere")
    await account(session, Role.ADMINISTRATOR, email="else@example.org", organization_id=stranger.id)
    await account(
        session, Role.PROVIDER_EDITOR, email="editor@example.org", organization_id=world.referral.organization_id
    )
    key = await keys.make(session, "Theirs", [keys.HOOKS], 100, stranger.id, None, NOW)
    await session.commit()
    await browser.sign_in("else@example.org")
    assert (await browser.open(f"/en/connections/hooks/{hook.id}")).status == 404
    await browser.open("/en/accounts")
    await browser.submit("sign-out")
    await browser.sign_in("editor@example.org")  # who does not manage colleagues
    assert (await browser.open("/en/connections")).status == 403
    answer = await client.get(f"/api/v1/webhooks/{hook.id}/notices", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 404


async def test_a_program_reads_what_was_sent_and_has_it_sent_again(
    client: httpx.AsyncClient, session: AsyncSession, settings: Settings, outside: Outside
) -> None:
    world = await small.sent(session)
    hook, _ = await hook_of(session, world.referral.organization_id)
    key = await keys.make(session, "Ours", [keys.HOOKS], 100, world.referral.organization_id, None, NOW)
    await tracking.act(session, world.referral, "decline", RECEIVER, Said(reason="no_capacity"), NOW)
    outside.status = 500
    await work(session, settings, outside, NOW)
    await session.commit()
    headers = {"Authorization": f"Bearer {key}"}
    (listed,) = (await client.get("/api/v1/webhooks", headers=headers)).json()
    assert (listed["id"], listed["waiting"], listed["failures_in_a_row"]) == (str(hook.id), 1, 1)
    (notice,) = (await client.get(f"/api/v1/webhooks/{hook.id}/notices?state=waiting", headers=headers)).json()
    assert notice["tries"] == [{"at": "2026-11-23T09:00:00.000Z", "status": 500, "problem": None, "ms": 5}]
    outside.status = 200
    again = await client.post(f"/api/v1/webhooks/{hook.id}/notices/{notice['id']}/again", headers=headers)
    assert again.status_code == 202
    await work(session, settings, outside, NOW)
    (notice,) = (await client.get(f"/api/v1/webhooks/{hook.id}/notices", headers=headers)).json()
    assert notice["state"] == "taken"
    assert (await client.get(f"/api/v1/webhooks/{hook.id}/notices?state=x", headers=headers)).status_code == 422


def _notice(hook: Webhook, number: int) -> WebhookDelivery:
    return WebhookDelivery(
        webhook_id=hook.id, kind="trial", body={"number": number}, created_at=NOW + timedelta(seconds=number), due_at=NOW, tries=0
    )  # fmt: skip


async def _next(session: AsyncSession) -> datetime | None:
    """When the next job of this story is to run."""
    asked = text("SELECT min(coalesce(scheduled_at, :now)) FROM procrastinate_jobs WHERE task_name = ANY (:names)")
    found: datetime | None = await session.scalar(asked, {"now": NOW, "names": list(JOBS)})
    return found
