"""Pulling the plug: whatever was answered stays answered, and each message arrives once."""

import os
import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg

from referrals.kit import cluster
from tests.browser import Page
from tests.e2e.hands import at_rest
from tests.e2e.running import PATIENCE, RunningDemo

PASSWORD = "demo-demo-demo"
SERVICES = 12


def test_every_accepted_click_is_there_after_a_kill_and_each_message_came_once(demo: RunningDemo) -> None:
    need, services = _need_and_services(demo)
    at_rest(demo)
    with psycopg.connect(_conninfo(demo)) as connection:
        begun = connection.execute("SELECT now(), coalesce(max(id), 0) FROM procrastinate_jobs").fetchone()
    assert begun
    accepted: list[str] = []
    with ThreadPoolExecutor(4) as presses:
        waiting = [presses.submit(_send, demo, need, service, accepted) for service in services]
        _until(lambda: len(accepted) >= 3)
        _pull_the_plug(demo)
        for press in waiting:
            press.exception()  # those that were cut off were not accepted
    assert len(accepted) >= 3
    demo.start()
    with psycopg.connect(_conninfo(demo), autocommit=True) as connection:
        sent = {str(row[0]) for row in connection.execute("SELECT service_id FROM referral WHERE need_id = %s", [need])}
        assert set(accepted) <= sent
        _until(lambda: not _undelivered(connection, begun))
        written = connection.execute(
            "SELECT count(DISTINCT m.id), count(c.message_id), count(DISTINCT c.message_id) "
            "FROM message m LEFT JOIN mailbox_copy c ON c.message_id = m.id WHERE m.created_at >= %s",
            begun[:1],
        ).fetchone()
    assert written
    assert written[0] >= len(accepted), "each service was told"
    assert written == (written[0], written[0], written[0])


def _undelivered(
    connection: "psycopg.Connection[tuple[object, ...]]", begun: tuple[object, ...]
) -> list[tuple[object, ...]]:
    """Jobs of the sendings above that have not run, and messages that no mailbox holds yet."""
    jobs = connection.execute(
        "SELECT id FROM procrastinate_jobs WHERE task_name IN ('kit.deliver', 'tracking.tell_receiver') "
        "AND status IN ('todo', 'doing') AND id > %s",
        begun[1:],
    ).fetchall()
    unsent = connection.execute("SELECT id FROM message WHERE sent_at IS NULL AND created_at >= %s", begun[:1])
    return jobs + unsent.fetchall()


def _need_and_services(demo: RunningDemo) -> tuple[str, list[str]]:
    with psycopg.connect(_conninfo(demo)) as connection:
        row = connection.execute(
            "SELECT need.id FROM need JOIN client_identity i USING (client_id) "
            "WHERE i.given_name = 'Paul' AND need.term = 'physiotherapy'"
        ).fetchone()
        assert row
        services = connection.execute(
            "SELECT service_id FROM listing WHERE published AND status = 'active' AND email IS NOT NULL "
            "AND 'physiotherapy' = ANY(need_paths) ORDER BY service_id LIMIT %s",
            [SERVICES],
        ).fetchall()
    return str(row[0]), [str(service[0]) for service in services]


def _send(demo: RunningDemo, need: str, service: str, accepted: list[str]) -> None:
    """As a case manager in a browser: fill the sending form and press the button."""
    with httpx.Client(base_url=demo.base, follow_redirects=True, timeout=PATIENCE) as client:
        _fill(client, client.get("/en/sign-in"), "sign-in", email="claire@relais.example.org", password=PASSWORD)
        answer = client.get(f"/en/needs/{need}/send/{service}")
        answer = _fill(client, answer, f"send/{service}", **_agreed(answer))
        if re.search(r"/referrals/[0-9a-f-]+$", answer.url.path):
            accepted.append(service)


def _agreed(answer: httpx.Response) -> dict[str, str]:
    """The person's spoken agreement, and a reason where something does not fit."""
    fields = Page(answer).form("/send/").fields
    said = {
        "method": "oral_witnessed",
        "witness": "Anne Le Goff",
        "override_reason": "client_choice",
        "direction": "both",
    }
    return {name: value for name, value in said.items() if name in fields}


def _fill(client: httpx.Client, page: httpx.Response, action: str, **given: str) -> httpx.Response:
    form = Page(page).form(action)
    data = {name: values for name, values in form.fields.items() if values} | {k: [v] for k, v in given.items()}
    return client.post(form.action or page.url.path, data=data)


def _pull_the_plug(demo: RunningDemo) -> None:
    """Pages, worker and PostgreSQL die in the same moment, without a word."""
    pid = int((cluster.status(demo.home).folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    demo.kill()
    os.kill(pid, signal.SIGKILL)


def _conninfo(demo: RunningDemo) -> str:
    return cluster.ensure(demo.home).conninfo("referrals")


def _until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not within {PATIENCE} s"
        time.sleep(0.1)
