"""What a receiver may see of a person: enough to say yes or no; and after a yes, as much as the person agreed to."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.clients import identity
from referrals.clients.carrying import helper
from referrals.clients.consent import AFTER_ACCEPTANCE, BEFORE_ACCEPTANCE, tells_back
from referrals.clients.models import Client, Consent, Need, Notice
from referrals.clients.queries import age_on
from referrals.directory.models import Organization, Service
from referrals.directory.queries.called import Called, names
from referrals.directory.queries.redirects import all_standing
from referrals.kit.errors import Refused
from referrals.tracking import disclosing
from referrals.tracking.lifecycle import TAKEN, WAITING, Status
from referrals.tracking.models import Referral

KNOWN = TAKEN | {Status.CANCEL_REQUESTED, Status.COMPLETED}
"""The receiver has said yes and the story goes on: it may know who comes."""
REACHES = frozenset({"phone", "email", "address"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the receiver's page. None and empty: not told, or not known.

    `service` under its name of now; `organization`: in whose hands the request is, which a merge of services does not change.
    """

    service: Called
    organization: Called
    sender: str
    sender_organization: str
    urgency: str
    need: str | None = None
    age_from: int | None = None
    area: str | None = None
    languages: tuple[str, ...] = ()
    funding: tuple[str, ...] = ()
    need_by: date | None = None
    name: str | None = None
    birth_date: date | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str | None = None
    notes: str | None = None
    fields: frozenset[str] = frozenset()
    """What may be shown at this moment."""
    later: frozenset[str] = frozenset()
    """What the person agreed may follow a yes."""
    until: datetime | None = None
    """Until when the person's agreement lets it be shown."""
    back: bool = True
    """Whether the receiver may tell how it goes."""
    notices: tuple[Notice, ...] = ()
    """What a law wants to be read beside it, in the language in which it goes with the request."""
    ended_on: datetime | None = None
    """When the person took their agreement back."""
    agreed: bool = True
    """False once the person has taken their agreement back: then nothing is shown at all."""
    was: Called | None = None
    """The service as it was called when it was sent, where it was merged since."""

    @property
    def names_later(self) -> bool:
        return "name" in self.later

    @property
    def reached_later(self) -> bool:
        """Whether a yes leads to a way to reach them; else it goes through the sender, or by an appointment."""
        return not self.later.isdisjoint(REACHES)

    @property
    def age_to(self) -> int | None:
        """The last year of the ten-year band."""
        return None if self.age_from is None else self.age_from + 9


async def shown(session: AsyncSession, referral: Referral, now: datetime) -> Shown:
    """Asks the agreement anew each time the page is opened."""
    called = await names(session)
    stands = await all_standing(session, (referral.service_id, referral.organization_id))
    service = called.service(await session.get_one(Service, stands[referral.service_id]))
    sent_to = await session.get(Service, referral.service_id) if referral.service_id not in stands.values() else None
    was = called.service(sent_to) if sent_to else None
    organization = called.organization(await session.get_one(Organization, stands[referral.organization_id]))
    whom = await helper(session, referral.client_id, referral.sender_id)
    senders = await accounts.names(session, [whom])
    sent_by = await session.get(Organization, referral.sender_organization_id)
    about = Shown(
        service, organization, senders.get(whom, ""), called.organization(sent_by).name if sent_by else "", referral.urgency,
        agreed=False, was=was,
    )  # fmt: skip
    fields = await fields_now(session, referral, now)
    consent = await session.get(Consent, referral.consent_id) if referral.consent_id else None
    client, need = await session.get(Client, referral.client_id), await session.get(Need, referral.need_id)
    if not fields or consent is None or client is None or need is None:
        return replace(about, ended_on=consent.revoked_at if consent else None)
    later = frozenset(consent.scope) & frozenset(AFTER_ACCEPTANCE)
    read_beside = await disclosing.applying(session, referral, await disclosing.receiver(session, referral, now))
    return replace(
        await _filled(session, about, fields, client, need, now), fields=fields, later=later, was=about.was, until=consent.expires_at,
        back=tells_back(consent), notices=tuple(read_beside),
    )  # fmt: skip


async def fields_now(session: AsyncSession, referral: Referral, now: datetime) -> frozenset[str]:
    """The fields that may be shown at this moment; none when the agreement has ended or the story is over."""
    consent = await session.get(Consent, referral.consent_id) if referral.consent_id else None
    if consent is None or referral.status not in WAITING | KNOWN:
        return frozenset()
    tiers: Collection[str] = {*BEFORE_ACCEPTANCE, *AFTER_ACCEPTANCE} if referral.status in KNOWN else BEFORE_ACCEPTANCE
    fields = frozenset(consent.scope) & frozenset(tiers)
    try:
        await disclosing.covered(session, referral, fields, now)
    except Refused:
        return frozenset()
    return fields


async def _filled(
    session: AsyncSession, about: Shown, fields: frozenset[str], client: Client, need: Need, now: datetime
) -> Shown:
    who = await identity.read(session, client.id)
    safe = [line for line in await identity.contacts(session, client.id) if line.safe]
    age = age_on(client, who, now.date())
    return Shown(
        about.service, about.organization, about.sender, about.sender_organization, about.urgency,
        need=need.term if "need" in fields else None,
        age_from=age // 10 * 10 if age is not None and "age_band" in fields else None,
        area=client.place_name if "area" in fields else None,
        languages=tuple(client.languages) if "languages" in fields else (),
        funding=tuple(client.funding) if "funding" in fields else (),
        need_by=need.need_by if "need_by" in fields else None,
        name=(who.name or client.alias) if "name" in fields else None,
        birth_date=who.birth_date if "birth_date" in fields else None,
        phones=tuple(line.value for line in safe if line.kind == "phone" and "phone" in fields),
        emails=tuple(line.value for line in safe if line.kind == "email" and "email" in fields),
        address=who.address or None if "address" in fields else None,
        notes=who.need_notes.get(str(need.id)) if "notes" in fields else None,
    )  # fmt: skip
