"""The smallest world in which somebody can be referred: an organization with a listed service, a client with a need."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role, User
from referrals.clients import actions as clients
from referrals.clients import consent as agreement
from referrals.clients.models import Client, Consent, Need
from referrals.directory.models import Listing, Organization, Service
from referrals.taxonomy.sensitivity import CODES
from referrals.tracking import actions as tracking
from referrals.tracking.models import Referral
from referrals.tracking.said import Snapshot
from tests.factories.people import account

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOLD = (*agreement.BEFORE_ACCEPTANCE, "name", "phone")
"""What a test's person agrees to unless it says otherwise."""


async def organization(session: AsyncSession, name: str = "Carrick Centre", *, language: str = "en") -> Organization:
    found = Organization(name=name, language=language, translations={})
    session.add(found)
    await session.flush()
    return found


async def service(
    session: AsyncSession, name: str = "Leg physiotherapy", *, by: Organization | None = None,
    needs: tuple[str, ...] = ("physiotherapy",), email: str | None = "desk@carrick.example.org",
    phone: str | None = "01872 555 010", language: str = "en",
) -> Service:  # fmt: skip
    """A service that is listed. Without `email` it is one that can only be telephoned."""
    owner = by or await organization(session)
    found = Service(organization_id=owner.id, name=name, language=language, translations={}, status="active")
    session.add(found)
    await session.flush()
    session.add(listing(found, needs=needs, email=email, phone=phone))
    await session.flush()
    return found


def listing(
    of: Service, *, needs: tuple[str, ...] = (), email: str | None = None, phone: str | None = None, **said: object
) -> Listing:
    """A listing that says nothing but what it is told to."""
    silent: dict[str, object] = {
        name: [] for name in (
            "needs", "need_paths", "specialisms", "affinities", "formats", "welcomes", "not_with", "languages", "modes",
            "funding", "routes", "area_postcodes", "area_countries", "slots", "foreign_terms",
        )
    }  # fmt: skip
    known = {
        "service_id": of.id, "organization_id": of.organization_id, "source": of.source, "published": True,
        "status": "active", "needs": list(needs), "need_paths": list(needs), "accessibility": {}, "email": email,
        "phone": phone, "digest": "test", "updated_at": NOW,
    }  # fmt: skip
    return Listing(**{**silent, **known, **said})


async def case_manager(
    session: AsyncSession, *, email: str = "claire@example.org", name: str = "Claire Morvan", of: UUID | None = None
) -> Actor:
    """A case manager who belongs to an organization, as the application sees them."""
    held_in = of or (await organization(session, "Relais Cornouailles")).id
    user = await account(session, Role.CASE_MANAGER, email=email, name=name, organization_id=held_in)
    return await acting(session, user)


async def acting(session: AsyncSession, user: User) -> Actor:
    found = await accounts.actor(session, user.id)
    assert found is not None
    return found


async def client(
    session: AsyncSession, of: Actor, *, given_name: str = "Paul", family_name: str = "Harvey",
    email: str | None = None, safe: bool = True, phone: str | None = "07700 900123", language: str = "en",
    user_id: UUID | None = None,
) -> Client:  # fmt: skip
    """Somebody near Truro, 34 years old, in this case manager's caseload. Their contacts are safe unless said otherwise."""
    person = clients.Person(
        alias=f"{given_name[0]}. from Truro", given_name=given_name, family_name=family_name, language=language,
        birth_date=date(1992, 3, 14), languages=("en", "fr"), funding=("nhs",), place_name="Truro", country="GB",
        latitude=50.263, longitude=-5.051,
    )  # fmt: skip
    kinds = {"email": email, "phone": phone}
    contacts = [clients.Contact(kind, value, safe) for kind, value in kinds.items() if value]
    found = await clients.open_file(session, of, person, contacts, NOW)
    found.user_id = user_id
    await session.flush()
    return found


async def need(
    session: AsyncSession,
    of: Client,
    term: str = "physiotherapy",
    *,
    urgency: str = "routine",
    need_by: date | None = None,
) -> Need:
    return await clients.add_need(
        session, of, term=term, specialisms=[], urgency=urgency, need_by=need_by, remote_ok=False, note="", now=NOW
    )


async def consent(
    session: AsyncSession, of: Client, to: Service, by: Actor, *, scope: tuple[str, ...] = TOLD, now: datetime = NOW,
    sensitivity: tuple[str, ...] = CODES, expires_at: datetime | None = None,
) -> Consent:  # fmt: skip
    return await agreement.grant(
        session, of, recipients=[to.id], scope=scope, method="oral_witnessed", text="I agree.", language="en",
        direction="both", recorded_by=by.id, now=now, sensitivity=sensitivity, expires_at=expires_at,
    )  # fmt: skip


@dataclass
class World:
    """Claire sends Paul, who needs physiotherapy, to the Carrick Centre."""

    sender: Actor
    client: Client
    need: Need
    service: Service
    consent: Consent
    referral: Referral


async def sent(
    session: AsyncSession, *, sender: Actor | None = None, to: Service | None = None, urgency: str = "routine",
    scope: tuple[str, ...] = TOLD, now: datetime = NOW, email: str | None = "paul@example.org", safe: bool = True,
    listed_email: str | None = "desk@carrick.example.org", user_id: UUID | None = None,
) -> World:  # fmt: skip
    """The whole of it: a referral that has just been sent."""
    by = sender or await case_manager(session, email=f"{uuid4().hex[:8]}@example.org")
    who = await client(session, by, email=email, safe=safe, user_id=user_id)
    asked = await need(session, who, urgency=urgency, need_by=date(2027, 1, 15))
    where = to or await service(session, email=listed_email)
    agreed = await consent(session, who, where, by, scope=scope, now=now)
    referral = await tracking.draft(session, by, who, asked, where.id, now)
    await tracking.send(session, referral, by, agreed, Snapshot(rules="test"), now)
    await session.flush()
    return World(by, who, asked, where, agreed, referral)
