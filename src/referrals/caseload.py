"""The demo's people: one account for each role, and a caseload whose stories stand at every stage."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actions import hash_password
from referrals.accounts.actor import Actor
from referrals.accounts.models import Membership, Role, User
from referrals.clients import actions as clients
from referrals.clients import consent, evidence, identity, notices
from referrals.clients.keeping_away import Target, keep_away
from referrals.clients.models import Client, Consent, Need
from referrals.clients.queries import age_on
from referrals.directory import changes
from referrals.directory.models import Organization, Service
from referrals.kit.db import Json
from referrals.kit.loaded import loaded_digest, remember
from referrals.kit.settings import seed_home
from referrals.matching.agreement import agreement
from referrals.matching.queries import name_of
from referrals.places.answers import Found
from referrals.places.queries import index
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions as tracking
from referrals.tracking import disclosing
from referrals.tracking.appointments.actions import propose
from referrals.tracking.appointments.clocks import instant
from referrals.tracking.appointments.details import usual
from referrals.tracking.models import Referral
from referrals.tracking.said import RECEIVER, Fact, Said, Snapshot

PASSWORD = "demo-demo-demo"  # noqa: S105 - printed on purpose: these people do not exist
NAME = "demo caseload"
BROKERAGE = uuid5(UUID("6f1de7d6-2c8e-4f0c-9c3a-0b1f0a7c2a11"), "brokerage")
"""The organization of the demo's case managers."""


@dataclass(frozen=True, slots=True)
class Account:
    role: Role
    email: str
    name: str
    language: str = "en"


ACCOUNTS = (
    Account(Role.CASE_MANAGER, "claire@relais.example.org", "Claire Morvan"),
    Account(Role.SUPERVISOR, "helene@relais.example.org", "Hélène Prigent", "fr"),
    Account(Role.PROVIDER_EDITOR, "morwenna@tern-house.example.org", "Morwenna Pascoe"),
    Account(Role.CURATOR, "yann@relais.example.org", "Yann Kervella", "fr"),
    Account(Role.ADMINISTRATOR, "admin@relais.example.org", "Samira Haddad"),
    Account(Role.CLIENT, "paul.harvey@example.org", "Paul Harvey"),
)
COLLEAGUE = Account(Role.CASE_MANAGER, "nolwenn@relais.example.org", "Nolwenn Le Goff", "fr")
"""To whom people can be handed over."""
EDITS = "Tern House Brain Injury Centre"
"""The organization whose listings the demo's provider keeps."""

NOTICES = {
    "fr": "Texte de démonstration, sans valeur. Une installation réelle écrit ici son rappel du secret professionnel.",
    "en": "A demonstration text, worth nothing. A real installation writes its notice on professional secrecy here.",
}
"""Only of the notice that the demo's receivers in France need; the other one shows what is still to be written."""


async def load(session: AsyncSession, now: datetime) -> bool:
    """Once: what people did in the demo since is theirs. True when it was written."""
    if await loaded_digest(session, NAME):
        return False
    session.add(
        Organization(
            id=BROKERAGE, name="Relais Cornouailles", language="fr",
            description="Case managers in the brokerage model; part of the demo.",
        )
    )  # fmt: skip
    edited = await session.scalar(select(Organization.id).where(Organization.name == EDITS))
    users = {who.role: await _open(session, who, edited, now) for who in ACCOUNTS}
    await _open(session, COLLEAGUE, edited, now)
    manager = await accounts.actor(session, users[Role.CASE_MANAGER].id)
    assert manager is not None
    for language, text in NOTICES.items():
        await notices.write(session, "secrecy_fr", language, text, now, users[Role.ADMINISTRATOR].id)
    people = yaml.safe_load((seed_home() / "demo" / "people.yaml").read_text(encoding="utf-8"))["people"]
    for person in people:
        await _person(session, manager, person, users[Role.CLIENT].id, now)
    if edited is not None:
        await _newcomer(session, edited, now)
    await remember(session, NAME, "1")
    return True


async def _open(session: AsyncSession, who: Account, edited: UUID | None, now: datetime) -> User:
    user = User(email=who.email, name=who.name, language=who.language, password_hash=hash_password(PASSWORD))
    session.add(user)
    await session.flush()
    held_in = {Role.PROVIDER_EDITOR: edited, Role.CLIENT: None, Role.CURATOR: None}.get(who.role, BROKERAGE)
    manages = who.role is Role.PROVIDER_EDITOR
    session.add(Membership(user_id=user.id, role=who.role, organization_id=held_in, since=now, manages=manages))
    await session.flush()
    return user


async def _newcomer(session: AsyncSession, organization_id: UUID, now: datetime) -> None:
    """A colleague who has been invited and is not trusted yet: one change of theirs waits for the curator."""
    user = User(email="jory@tern-house.example.org", name="Jory Penrose", language="en")
    session.add(user)
    await session.flush()
    session.add(
        Membership(
            user_id=user.id, role=Role.PROVIDER_EDITOR, organization_id=organization_id, since=now, trusted=False
        )
    )  # fmt: skip
    await session.flush()
    writer = await accounts.actor(session, user.id)
    listed = select(Service).where(Service.organization_id == organization_id).order_by(Service.name).limit(1)
    service = await session.scalar(listed)
    assert writer is not None
    assert service is not None
    week = [{"freq": "WEEKLY", "interval": 1, "byday": "MO,WE", "opens_at": "09:30", "closes_at": "16:00"}]
    wanted: changes.Values = {"schedules": week, "email": "desk@tern-house.example.org", "maximum_age": 70}
    await changes.submit(session, service, wanted, writer, now - timedelta(days=2))


async def _person(session: AsyncSession, manager: Actor, said: Mapping[str, Any], account: UUID, now: datetime) -> None:
    opened = now - timedelta(days=said["opened"])
    found = (await index(session)).find(f"{said['place']} {said.get('postcode', '')}", said["country"])
    town = found.place if isinstance(found, Found) else None
    person = clients.Person(
        alias=f"{said['given_name']} {said['family_name'][0]}.", language=said["language"],
        given_name=said["given_name"], family_name=said["family_name"], birth_year=opened.year - said["age"],
        gender=said.get("gender"), languages=tuple(said.get("languages", ())),
        interpreter_ok=said.get("interpreter_ok"), audience=tuple(said.get("audience", ())),
        funding=tuple(said.get("funding", ())), ceiling_per_session=said.get("ceiling_per_session"),
        mobility=said.get("mobility"), max_minutes=said.get("max_minutes"), place_code=town.code if town else None,
        place_name=said["place"], postcode=said.get("postcode"), country=said["country"],
        latitude=town.at.lat if town else None, longitude=town.at.lon if town else None, notes=said.get("notes", ""),
        accessibility=tuple(said.get("accessibility", ())), availability=tuple(_free(said.get("free", ()))),
        practitioner=said.get("practitioner"), practitioner_must=said.get("practitioner_must", False),
        formats=tuple(said.get("formats", ())), affinities=tuple(said.get("affinities", ())),
        guardian_consent=said.get("guardian_consent"), receives=tuple(said.get("receives", ())),
        documents=tuple(said.get("documents", ())), wishes=tuple(said.get("wishes", ())),
        model=said.get("model", "brokerage"), said_none=tuple(said.get("said_none", ())),
    )  # fmt: skip
    contacts = [
        clients.Contact(kind, said[kind], said.get(f"{kind}_safe", False))
        for kind in ("email", "phone")
        if said.get(kind)
    ]
    client = await clients.open_file(session, manager, person, contacts, opened)
    if said.get("account"):
        client.user_id = account
    for away in said.get("keep_away", ()):
        await _set_aside(session, client, away, opened)
    for asked in said["needs"]:
        need = await clients.add_need(
            session, client, term=asked["term"], specialisms=asked.get("specialisms", []),
            urgency=asked.get("urgency", "routine"), remote_ok=asked.get("remote_ok", False),
            need_by=(now + timedelta(days=asked["need_by"])).date() if "need_by" in asked else None,
            note=asked.get("note", ""), now=opened, prescription_held=asked.get("prescription_held"),
        )  # fmt: skip
        await _tell(session, manager, client, need, asked.get("story", ()), now)


def _free(stretches: Iterable[str]) -> Iterator[Json]:
    """`MO,TU,WE 18:00-21:00`."""
    for stretch in stretches:
        days, _space, hours = stretch.partition(" ")
        opens, _dash, closes = hours.partition("-")
        yield {"days": days.split(","), "opens": opens, "closes": closes}


async def _set_aside(session: AsyncSession, client: Client, said: Mapping[str, str], now: datetime) -> None:
    service_id = await session.scalar(
        select(Service.id).where(Service.source == "demo", Service.source_key == said["service"])
    )
    assert service_id is not None, said["service"]
    target = Target(service_id=service_id)
    await keep_away(session, client, target, kind=said["kind"], reason=said.get("why", ""), now=now)


async def _tell(session: AsyncSession, manager: Actor, client: Client, need: Need, story: Any, now: datetime) -> None:
    referral: Referral | None = None
    for step in story:
        at = _in_office_hours(now - timedelta(days=step["days"]))
        kind, value = next((name, value) for name, value in step.items() if name != "days")
        if kind == "send":
            referral = await _send(session, manager, client, need, value, at)
            continue
        assert referral is not None
        if kind == "voice":
            received, resolved = value
            await tracking.hear(session, referral, _yes(received), _yes(resolved), at)
        elif kind == "times":
            await _propose(session, referral, value, at)
        else:
            await tracking.act(session, referral, kind, RECEIVER, _said(kind, value, at), at)


async def _propose(session: AsyncSession, referral: Referral, days: list[int], at: datetime) -> None:
    """At half past two on these days from then, by the clock of the place."""
    how = await usual(session, referral.service_id)
    times = [instant((at + timedelta(days=ahead)).date(), time(14, 30), how.zone) for ahead in days]
    await propose(session, referral, RECEIVER, times, how, at)


async def _send(session: AsyncSession, manager: Actor, client: Client, need: Need, key: str, at: datetime) -> Referral:
    service_id = await session.scalar(select(Service.id).where(Service.source == "demo", Service.source_key == key))
    assert service_id is not None, key
    agreed = await _agree(session, manager, client, need, service_id, at)
    referral = await tracking.draft(session, manager, client, need, service_id, at)
    await tracking.send(session, referral, manager, agreed, Snapshot(rules="demo"), at)
    referral.seen_at = at + timedelta(hours=3)
    return referral


async def _agree(
    session: AsyncSession, manager: Actor, client: Client, need: Need, service_id: UUID, at: datetime
) -> Consent:
    """Spoken, a colleague heard it; the text is the one that the send form reads out."""
    named = await name_of(session, service_id)
    to = await disclosing.receiving(session, client.id, need, service_id, named.organization_id, at)
    who, contacts = await identity.read(session, client.id), await identity.contacts(session, client.id)
    asked = agreement(
        client, need, who, contacts, age_on(client, who, at.date()), named.service, named.organization,
        await vocabulary(session), to.sensitivity,
    )  # fmt: skip
    scope = [*consent.TO_BE_ASKED, *consent.TO_DECIDE, "answers", "name", "phone"]
    return await consent.grant(
        session, client, recipients=[service_id], scope=scope, method="oral_witnessed",
        text=asked.text(scope, "both", to.sensitivity, asked.ends(at + consent.LASTS)), language=client.language, direction="both",
        recorded_by=manager.id, now=at, sensitivity=to.sensitivity,
        evidence=await evidence.spoken(session, client.id, "Hélène Prigent", at),
    )  # fmt: skip


def _said(kind: str, value: Any, at: datetime) -> Said:
    """What the receiver gave with this event. Numbers are days from that day."""
    soon = at + timedelta(days=value) if isinstance(value, int) else at
    facts: dict[str, Fact] = {
        "accept": {"first_contact_by": soon.date()},
        "accept_waitlist": {"estimated_wait_days": value, "review_on": soon.date()},
        "schedule": {"appointment_at": soon.replace(minute=0, second=0, microsecond=0)},
        "start_service": {"started_on": soon.date()},
        "complete": {"provider_outcome": value, "service_date": at.date()},
    }.get(kind, {})
    return Said(reason=value if kind == "decline" else None, facts=facts, words=value if kind == "ask_info" else "")


def _in_office_hours(at: datetime) -> datetime:
    """The same day, between nine and five: nobody tells these stories at night."""
    return at.replace(hour=9 + at.day % 7, minute=(at.day * 17) % 60)


def _yes(value: Any) -> Any:
    """YAML reads a bare yes as true."""
    return {True: "yes", False: "no"}.get(value, value)
