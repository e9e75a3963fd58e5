"""A person's file: who it is, what they need, and where each need stands. Here, because it shows referrals too."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries
from referrals.clients.contacting import again, calls
from referrals.clients.file import open_file
from referrals.clients.handing.showing import carried
from referrals.clients.labels import need_kind, need_status
from referrals.clients.models import Need
from referrals.clients.questions import lines
from referrals.directory.models import Organization, Service
from referrals.directory.queries.called import Called, names
from referrals.directory.queries.redirects import stands_for
from referrals.kit.html import day, in_zone
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import labels
from referrals.tracking.beside import following
from referrals.tracking.models import Referral
from referrals.tracking.next_best import in_a_line
from referrals.tracking.queries.visible import visible_to


@dataclass(frozen=True, slots=True)
class Attempt:
    """One referral as the file shows it."""

    referral: Referral
    service: Called
    organization: Called


@dataclass(frozen=True, slots=True)
class NeedLine:
    need: Need
    attempts: tuple[Attempt, ...]


@get("/people/{client_id:uuid}", name="person", guards=[requires_case_manager])
async def person(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template:
    file = await open_file(session, actor, client_id)
    client, who = file.client, file.who
    needs = await queries.needs_of(session, [client.id])
    attempts = await _attempts(session, actor, [need.id for need in needs])
    words, today = await vocabulary(session), in_zone(now).date()
    said = [line for line in lines(file, words, today) if line.field != "email"]
    return page(
        request, "clients/person.html", client=client, who=who, contacts=file.contacts,
        lines=[NeedLine(need, tuple(a for a in attempts if a.referral.need_id == need.id)) for need in needs],
        age=queries.age_on(client, who, today), vocabulary=words, need_status=need_status,
        need_kind=need_kind, labels=labels, describe=_describe,
        facts=[(line.label, line.says) for line in said if line.says],
        still_open=sum(1 for line in said if not line.says), calls=await calls.waiting(session, actor, client.id),
        to_ask=await again.to_ask(session, actor, now, client.id),
        carried=await carried(session, actor, client.id, now),
        next_best=await following(request).ready(session, actor, [need.id for need in needs], now),
        in_a_line=in_a_line,
    )  # fmt: skip


def _describe(need: Need) -> str:
    """What about this need decides: how soon, by when, in which way."""
    said = [_("Urgent")] if need.urgency == "urgent" else []
    if need.need_by is not None:
        said.append(_("needed by %(day)s") % {"day": day(need.need_by)})
    if need.remote_ok:
        said.append(_("by phone or video only") if need.remote_only else _("by phone or video too"))
    if need.prescription_held:
        said.append(_("prescription at hand"))
    return ", ".join(said)


async def _attempts(session: AsyncSession, actor: Actor, need_ids: Sequence[UUID]) -> list[Attempt]:
    """The newest first, in two statements."""
    rows = await session.execute(
        visible_to(actor)
        .join(Service, Service.id == stands_for(Referral.service_id))
        .join(Organization, Organization.id == stands_for(Referral.organization_id))
        .where(Referral.need_id.in_(need_ids))
        .order_by(Referral.created_at.desc())
        .with_only_columns(Referral, Service, Organization)
    )
    called = await names(session)
    return [
        Attempt(referral, called.service(service), called.organization(organization))
        for referral, service, organization in rows
    ]


routes: list[HTTPRouteHandler] = [person]
