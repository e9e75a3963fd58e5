"""Every page there is: which role opens it, and with which records of the demo. A route that is missing here is an error."""

import tempfile
import time
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from litestar.handlers import HTTPRouteHandler

from referrals.accounts.models import Role
from referrals.app import ROUTES, paths
from referrals.clients.steps import STEPS
from referrals.directory.forms.pages import PAGES
from referrals.kit.crypto import digest, new_token
from tests.e2e.running import PATIENCE

FRAGMENTS = {
    "import-losses", "suggest", "suggest-place", "export-file", "appointment-file", "hours-file", "card-file", "leave", "suggest-term",
    "agreement-paper", "client-calendar", "my-calendar", "receiver-calendar", "received-calendar", "referral-calendar",
}  # fmt: skip
"""Answers for a field, files, and the way out: not pages."""
OF_A_LIST = {"shortlist", "compare", "send-list", "hand-list", "compare-with"}
"""Pages whose list stands in their address."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One page: its route's name, its path without the language, and who opens it (None: anybody)."""

    name: str
    path: str
    role: Role | None


def stops(records: dict[str, str], only: Container[str] | None = None) -> list[Stop]:
    """All pages that a GET opens. `records`: placeholder -> value, or `route.placeholder` -> value for one route."""
    found = []
    templates = paths(ROUTES)
    for route in ROUTES:
        if "GET" not in {str(getattr(m, "value", m)) for m in route.http_methods} or route.name in FRAGMENTS:
            continue
        if only is not None and route.name not in only:
            continue
        assert route.name, route.paths
        path = templates[route.name]
        for placeholder in _placeholders(path):
            key = f"{route.name}.{placeholder}"
            value = records.get(key) or records.get(placeholder)
            assert value, f"tests/e2e/walk.py does not know a record for {key}"
            path = path.replace(f"{{{placeholder}}}", value)
        if route.name in OF_A_LIST:
            path += f"?s={records['list']}"
        found.append(Stop(route.name, path, _role(route)))
    found += [
        Stop(f"{stop.name}-{part}", stop.path.replace(f"/edit/{_FIRST}", f"/edit/{part}"), stop.role)
        for stop in found
        if stop.name.endswith("-part")
        for part in (page.code for page in PAGES[_KINDS[stop.name]] if page.code != _FIRST)
    ]
    found += [
        Stop(f"{stop.name}-{step.code}", stop.path.replace(f"/edit/{_STEP}", f"/edit/{step.code}"), stop.role)
        for stop in found
        if stop.name == "edit-person-step"
        for step in STEPS
        if step.code != _STEP
    ]
    found.append(Stop("shortlist-empty", "/shortlist", None))
    found += [
        Stop("services-found", "/services?q=kin%C3%A9+lyon", None),
        Stop("services-asking", "/services?q=il+me+frappe+saint-denis&km=-1", None),
        Stop("services-empty", "/services?q=xylophone&need=counselling&tag=lang:ar", None),
        Stop("not-found", "/nowhere", None),
    ]
    return [stop for stop in found if only is None or stop.name in only]


_FIRST = "texts"
_STEP = "fit"
_KINDS = {"edit-service-part": "service", "edit-organization-part": "organization", "edit-place-part": "location"}
"""Routes of which each page of the form is looked at: the first by the route, the others beside it."""


def _placeholders(path: str) -> Iterator[str]:
    return (part[1:-1] for part in path.split("/") if part.startswith("{"))


def _role(route: HTTPRouteHandler) -> Role | None:
    """Read off the guard's name: `requires_case_manager`."""
    for guard in route.guards or ():
        name = getattr(guard, "__name__", "").removeprefix("requires_")
        if name == "account":
            return Role.CASE_MANAGER
        return Role(name.split("_or_")[0])
    return None


_FOREIGN = """
    WITH theirs AS (
        INSERT INTO taxonomy (id, source, name, description) VALUES (gen_random_uuid(), 'walk', 'Their words', '')
        ON CONFLICT DO NOTHING RETURNING id
    )
    INSERT INTO taxonomy_term (id, taxonomy_id, source, code, name, description, folded, position, taggable, details,
                               first_seen_at, last_seen_at)
    SELECT gen_random_uuid(), id, 'walk', 'food', 'Food pantries', '', 'food pantries', 0, true, '{}', now(), now()
    FROM theirs
"""
"""A term of somebody else's taxonomy, as an import brings it."""
_WAITS = """
    INSERT INTO import_run (id, source, file_name, step, state, whole, asked_at, done, total, stop_asked, upload)
    VALUES (%s, 'walk', 'towns.csv', 'rehearse', 'ready', true, now(), 0, 0, false, %s)
"""
_UPKEEP = """
    WITH link AS (
        INSERT INTO upkeep_link (id, organization_id, address, language, created_at, expires_at)
        SELECT gen_random_uuid(), o.id, lower(o.email), 'en', now(), now() + interval '60 days'
        FROM service s JOIN organization o ON o.id = s.organization_id WHERE s.source_key = 'tern-house-occupation'
        RETURNING id
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    SELECT 'default', 'directory.send_upkeep_link', jsonb_build_object('link_id', id) FROM link
"""
"""Tern House asks for the link that answers without an account."""
_QUESTION = """
    WITH asked AS (
        INSERT INTO listing_question (id, service_id, code, subject, address, language, asked_at, expires_at)
        SELECT gen_random_uuid(), s.id, 'access', 'hearing-loop', lower(o.email), 'en', now(), now() + interval '30 days'
        FROM service s JOIN organization o ON o.id = s.organization_id WHERE s.source_key = 'tern-house-occupation'
        RETURNING id
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    SELECT 'default', 'directory.send_question', jsonb_build_object('question_id', id) FROM asked
"""
"""Somebody wants to know one thing that Tern House's listing does not say."""
_SAVED = """
    WITH kept AS (
        INSERT INTO saved_search (id, user_id, question, language, known, created_at, looked_at)
        SELECT gen_random_uuid(), id, '{"q": "physio truro"}', 'en', '{}', now() - interval '3 days', now() - interval '3 days'
        FROM user_account WHERE email = 'claire@relais.example.org'
        RETURNING id
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    SELECT 'default', 'directory.look_at_saved', jsonb_build_object('search_id', id) FROM kept
"""
"""Somebody is told what is new for a search that they have kept."""
_OWN_PAGE = """
    WITH link AS (
        INSERT INTO client_link (id, client_id, kind, created_at, expires_at)
        SELECT gen_random_uuid(), client_id, kind, now(), now() + interval '60 days'
        FROM client_identity, unnest(ARRAY['sent', 'card']) kind WHERE given_name = 'Ben'
        RETURNING id, kind
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    SELECT 'default', 'tracking.send_client_link', jsonb_build_object('link_id', id) FROM link WHERE kind = 'sent'
"""
"""Ben, who has times to choose from, gets the link to his own page."""
_HOOK = """
    WITH hook AS (
        INSERT INTO webhook (id, organization_id, address, events, secret, created_at, failures)
        SELECT gen_random_uuid(), m.organization_id, 'https://files.relais.example.org/notices', ARRAY['accept', 'decline'], '', now(), 0
        FROM membership m JOIN user_account u ON u.id = m.user_id WHERE m.role = 'ADMINISTRATOR' RETURNING id
    ), told AS (
        INSERT INTO webhook_delivery (id, webhook_id, kind, body, created_at, due_at, tries, delivered_at, given_up_at)
        SELECT gen_random_uuid(), id, kind, '{}', now(), now(), tries, CASE WHEN tries = 0 THEN now() END, CASE WHEN tries > 7 THEN now() END
        FROM hook, (VALUES ('accept', 0), ('decline', 1), ('trial', 8)) AS notice (kind, tries) RETURNING id, tries
    ), tried AS (
        INSERT INTO webhook_try (id, delivery_id, at, status, problem, milliseconds)
        SELECT gen_random_uuid(), id, now(), CASE WHEN tries = 0 THEN 200 END, CASE WHEN tries > 0 THEN 'slow' END, 180 FROM told
    )
    SELECT id FROM hook
"""
"""A program that is told of answers: one notice got through, one waits, one was given up."""
_SHOWN = """
    INSERT INTO match_list (id, client_id, need_id, by_id, at, day, rules, inputs, weights, asked, fits, left_out, shown)
    SELECT gen_random_uuid(), n.client_id, n.id, u.id, now() - interval '1 year', current_date - 365, 'walk', gen_random_uuid()::text, '{}',
           jsonb_build_object('person', '{}'::jsonb, 'need', jsonb_build_object('id', n.id, 'term', n.term)), 0, 4, '[]'
    FROM need n, user_account u WHERE n.term = 'neuropsychology' ORDER BY u.email LIMIT 1 RETURNING id
"""
"""A list that somebody saw a year ago, when nothing fitted."""
_PROPOSED = """
    INSERT INTO proposal (id, resource_id, resource_type, organization_id, before, wanted, by_id, at, state, refused)
    SELECT gen_random_uuid(), s.id, 'service', s.organization_id, '{"email": null, "service_at_locations": []}',
           '{"email": "post@tern.example.org", "service_at_locations": [{"location": {"name": "The Net Loft",
             "address_1": "3 Quay Street", "postal_code": "TR1 2AB", "city": "Truro", "country": "GB"}}]}',
           u.id, now(), 'waiting', '{}'
    FROM service s, user_account u WHERE s.source_key = 'tern-house-occupation' ORDER BY u.email LIMIT 1 RETURNING id
"""
"""A change that waits: an address to write to and a place that is not there yet."""
_TAKEN = r"SELECT substring(body from '/r/([^\s]+)') AS token FROM mailbox_copy m, referral_link l, referral r WHERE body ~ '/r/' AND r.id = l.referral_id AND r.status = 'in_service' AND body LIKE '%/r/' || replace(l.id::text, '-', '') || '%'"
"""Of a referral under way: there times can be proposed."""
_LINK = r"SELECT substring(body from '/{0}/([^\s]+)') AS token FROM mailbox_copy WHERE body ~ '/{0}/' ORDER BY delivered_at DESC"


def _table_that_waits(connection: psycopg.Connection[Any]) -> str:
    """Somebody's CSV of which nobody has said yet what its columns hold."""
    file = Path(tempfile.mkdtemp()) / "towns.csv"
    file.write_text("Nom,Structure,Ville,Date maj\nSoupe,La Marmite,Lyon,2026-10-01\nDouches,La Marmite,Brest,hier\n")
    id = uuid4()
    connection.execute(_WAITS, [id, str(file)])
    return str(id)


_TWO = "FROM service a, service b WHERE a.source_key = 'tern-house-occupation' AND b.source_key = 'kestrel-bay-neuro'"
_DOUBLE = (
    "INSERT INTO duplicate_pair (id, entity, a_id, b_id, score, reasons, found_at) SELECT gen_random_uuid(), 'service', "
    'least(a.id, b.id), greatest(a.id, b.id), 0.9, \'[{"code": "same_phone", "weight": 0.8, "said": ["01736 555 010"]}]\', '
    f"now() {_TWO} ON CONFLICT (entity, a_id, b_id) DO UPDATE SET score = excluded.score RETURNING id"
)
"""Two services that somebody has to tell apart."""
_NOBODY_LOOKS = (
    "SELECT 'yes' WHERE NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status IN ('todo', 'doing') "
    "AND task_name LIKE 'directory.find%doubles')"
)
"""Who still looks for doubles would find that these two are none."""
_MERGED = (
    "INSERT INTO merge (id, entity, kept_id, dropped_id, at, by_id, choices, images) SELECT gen_random_uuid(), 'service', a.id, "  # noqa: S608  (constants of this file)
    f"b.id, now(), (SELECT id FROM user_account LIMIT 1), '{{\"name\": \"kept\"}}', '[]' {_TWO} RETURNING id"
)
_KEPT = "SELECT {0} FROM service WHERE source_key = 'tern-house-occupation'"
"""Of the demo's provider."""


_KATE = """
    SELECT r.id, r.need_id FROM referral r JOIN client_identity i ON i.client_id = r.client_id
    WHERE i.given_name = 'Kate' AND r.status = 'completed' LIMIT 1
"""
"""Her service says that it is done."""
_DISPUTE = f"""
    WITH hers AS ({_KATE}), heard AS (
        INSERT INTO client_voice (id, referral_id, need_id, received, resolved, barrier, keep_from_provider, ask_later, channel, at)
        SELECT gen_random_uuid(), id, need_id, 'no', 'no', 'hours', true, false, 'link', now() FROM hers
    )
    INSERT INTO dispute (id, referral_id, need_id, kind, opened_at)
    SELECT gen_random_uuid(), id, need_id, 'full_but_no', now() FROM hers RETURNING id
"""  # noqa: S608  (constants of this file)
"""And she says that no help came."""
_GOALS = f"""
    WITH hers AS ({_KATE}), goals AS (
        INSERT INTO goal (id, need_id, said, levels, weight, baseline, created_at)
        SELECT gen_random_uuid(), need_id, said, levels, 1, -2, now() FROM hers, (VALUES
            ('Write a letter to my sister', ARRAY['No word at all', 'A line, with help', 'A page, with breaks', 'A page at once', 'A letter each week']),
            ('Stay with a group for an hour', ARRAY['I do not go', 'Ten minutes', 'An hour, with a pause', 'An hour', 'I lead one'])
        ) AS g(said, levels) RETURNING id, need_id, said
    ), scores AS (
        INSERT INTO goal_score (id, goal_id, level, by_role, at)
        SELECT gen_random_uuid(), id, CASE WHEN said LIKE 'Write%' THEN 1 ELSE -1 END, 'case_manager', now() FROM goals
    )
    SELECT need_id FROM goals LIMIT 1
"""  # noqa: S608
_PAPER = f"""
    WITH hers AS ({_KATE}), link AS (
        INSERT INTO referral_link (id, referral_id, purpose, address, language, created_at, expires_at)
        SELECT gen_random_uuid(), id, 'client', '', 'en', now(), now() + interval '30 days' FROM hers RETURNING id, referral_id
    ), code AS (
        INSERT INTO paper_code (code_hash, link_id) SELECT id::text, id FROM link
    ), told AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, args)
        SELECT 'default', 'tracking.tell_client', jsonb_build_object('link_id', id, 'template', 'feedback') FROM link
    )
    SELECT referral_id FROM link
"""  # noqa: S608
"""The question for her, on paper and by mail."""
_OF_THREE = (
    "SELECT string_agg(id::text, ',') FROM service "
    "WHERE source_key IN ('kestrel-bay-neuro', 'tern-house-occupation', 'bluebell-door-refuge')"
)
_HANDED = (
    "INSERT INTO handed_list (code, service_ids, ends_at) SELECT 'WALKW4LK', array_agg(id), now() + interval '7 days' "
    "FROM service WHERE source_key IN ('kestrel-bay-neuro', 'tern-house-occupation') "
    "ON CONFLICT (code) DO UPDATE SET ends_at = excluded.ends_at RETURNING code"
)
"""A list that somebody tells a case manager."""


_LETTER = """
    WITH phoned AS (
        UPDATE referral SET channel = 'phone' WHERE id = (SELECT id FROM referral WHERE status = 'waitlisted' LIMIT 1) RETURNING id, sender_id
    ), before AS (
        UPDATE referral_letter SET replaced_at = now() FROM phoned WHERE referral_id = phoned.id AND replaced_at IS NULL
    )
    INSERT INTO referral_letter (id, referral_id, code_digest, made_by, created_at, expires_at)
    SELECT gen_random_uuid(), id, gen_random_uuid()::text, sender_id, now(), now() + interval '30 days' FROM phoned
    RETURNING referral_id
"""
"""A service that has only a telephone gets a letter with a code."""

_ASKED = """
    WITH theirs AS (
        SELECT n.client_id, n.id AS need_id, s.id AS service_id, s.organization_id, a.user_id
        FROM need n JOIN client_identity i ON i.client_id = n.client_id AND i.given_name = 'Paul'
        JOIN assignment a ON a.client_id = n.client_id AND a.until IS NULL, service s
        WHERE n.term = 'neuropsychology' AND s.source_key = 'tern-house-occupation'
        AND NOT EXISTS (SELECT FROM referral r WHERE r.need_id = n.id AND r.service_id = s.id AND r.attempt = 9) LIMIT 1
    ), waits AS (
        INSERT INTO referral (id, client_id, need_id, service_id, organization_id, sender_id, sender_organization_id, status,
                              position, urgency, attempt, channel, receiver_language, snapshot, created_at)
        SELECT gen_random_uuid(), client_id, need_id, service_id, organization_id, user_id, organization_id, 'awaiting_consent',
               1, 'routine', 9, 'link', 'en', '{}', now() FROM theirs RETURNING id, client_id, sender_id
    ), asked AS (
        INSERT INTO consent_request (id, client_id, referral_id, asked_by, language, before, after, sensitivity, direction, months, words,
                                     asked_at, expires_at)
        SELECT gen_random_uuid(), client_id, id, sender_id, 'en', ARRAY['need', 'area', 'answers'], ARRAY['name', 'phone'], '{}', 'both', 12, '',
               now(), now() + interval '14 days' FROM waits RETURNING id
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    SELECT 'default', 'tracking.ask_consent', jsonb_build_object('request_id', id) FROM asked
"""
"""Paul is asked to agree by a link of his own."""


@cache
def records(conninfo: str) -> dict[str, str]:
    """Records of the demo that make each page interesting; made once, whatever the views they are looked at in."""

    def one(statement: str) -> str:
        row = connection.execute(statement).fetchone()
        return str(row[0]) if row else ""

    def soon(statement: str) -> str:
        """What the worker writes, a moment later."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := one(statement):
                return found
            time.sleep(0.1)
        raise AssertionError(f"not within {PATIENCE} s: {statement}")

    with psycopg.connect(conninfo, autocommit=True) as connection:
        soon(_NOBODY_LOOKS)
        paul = "(SELECT client_id FROM client_identity WHERE given_name = 'Paul')"
        need = one(f"SELECT id FROM need WHERE client_id = {paul} AND term = 'neuropsychology'")  # noqa: S608
        service = one("SELECT id FROM service WHERE source_key = 'kestrel-bay-neuro'")
        token = new_token()
        connection.execute(
            "INSERT INTO account_link (token_hash, user_id, purpose, created_at, expires_at) "
            "SELECT %s, id, 'invitation', now(), now() + interval '1 hour' FROM user_account LIMIT 1",
            [digest(token)],
        )
        connection.execute(_FOREIGN)
        connection.execute(_UPKEEP)
        connection.execute(_QUESTION)
        connection.execute(_SAVED)
        connection.execute(_OWN_PAGE)
        connection.execute(_ASKED)
        agreed = "FROM consent c ORDER BY granted_at, id LIMIT 1"
        return {
            "export.key": "csv.fr",
            "run_id": one("SELECT id FROM import_run WHERE state = 'done' ORDER BY asked_at LIMIT 1"),
            "import-columns.run_id": _table_that_waits(connection),
            "crosswalk-term.term_id": one("SELECT id FROM taxonomy_term WHERE source = 'walk'"),
            "choose-password.token": token,
            "receiver.token": (asked := soon(_LINK.format("r"))),
            "receiver-waiting.token": asked,
            "referral-letter.referral_id": one(_LETTER),
            "service-asks.service_id": one(_KEPT.format("id")),
            "service-pace.service_id": one(_KEPT.format("id")),
            "agree.token": soon(_LINK.format("a")),
            "agreement.client_id": one(f"SELECT c.client_id {agreed}"),
            "consent_id": one(f"SELECT c.id {agreed}"),
            "client-page.token": soon(_LINK.format("c")),
            "receiver-times.token": soon(_TAKEN),
            "own-card.client_id": one("SELECT client_id FROM client_identity WHERE given_name = 'Ben'"),
            "referral-times.referral_id": one(
                "SELECT referral_id FROM appointment_proposal WHERE status = 'open' LIMIT 1"
            ),
            "received-times.referral_id": one(
                "SELECT referral_id FROM appointment_proposal WHERE status = 'open' LIMIT 1"
            ),
            "dispute_id": one(_DISPUTE),
            "goals.need_id": one(_GOALS),
            "paper-question.referral_id": (hers := one(_PAPER)),
            "client-voice.referral_id": hers,
            "feedback.token": soon(_LINK.format("f")),
            "upkeep.token": (upkeep := soon(_LINK.format("u")).removesuffix("/mails")),
            "upkeep-mails.token": upkeep,
            "stop-saved.token": soon(_LINK.format("saved/stop")),
            "search_id": one("SELECT id FROM saved_search LIMIT 1"),
            "before": "0",
            "count": "3",
            "listing-question.token": soon(_LINK.format("q")),
            "hook_id": one(_HOOK),
            "list": one(_OF_THREE),
            "handed-list.code": one(_HANDED),
            "client_id": one(f"SELECT client_id FROM client_identity WHERE client_id = {paul}"),  # noqa: S608
            "need_id": need,
            "service_id": service,
            "kept-list.list_id": one(_SHOWN),
            "work.code": "contradictions",
            "report.report_id": one(
                "INSERT INTO reader_report (id, service_id, what, words, language, at) SELECT gen_random_uuid(), id, "
                "'hours', 'Closed on Mondays since summer.', 'en', now() FROM service "
                "WHERE source_key = 'kestrel-bay-neuro' RETURNING id"
            ),
            "proposal_id": one(_PROPOSED),
            "pair_id": one(_DOUBLE),
            "merge_id": one(_MERGED),
            "part": _FIRST,
            "step": _STEP,
            "edit-organization.organization_id": one(_KEPT.format("organization_id")),
            "new-service.organization_id": one(_KEPT.format("organization_id")),
            "edit-organization-part.organization_id": one(_KEPT.format("organization_id")),
            "edit-service-part.service_id": one(_KEPT.format("id")),
            "location_id": one(
                "SELECT location_id FROM service_at_location JOIN service ON service.id = service_id "
                "WHERE service.source_key = 'tern-house-occupation'"
            ),
            "edit-service.service_id": one("SELECT id FROM service WHERE source_key = 'tern-house-occupation'"),
            "organization_id": one("SELECT organization_id FROM service WHERE source_key = 'kestrel-bay-neuro'"),
            "referral_id": one("SELECT id FROM referral WHERE status = 'info_requested' LIMIT 1"),
        }
