"""What people agreed to, shown once more to whoever takes them over: one look, and it is seen."""

from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from referrals.accounts import queries as accounts
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import agreed_words, identity
from referrals.clients.handing import actions as handing
from referrals.clients.handing import queries
from referrals.clients.handing.dealing import last_day
from referrals.clients.handing.queries import TakenOver
from referrals.clients.models import Client
from referrals.clients.queries import caseload, get_client
from referrals.kit.html import day
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.tracking.queries.own_page import Agreed, own_page


@dataclass(frozen=True, slots=True)
class Person:
    """One person who was handed over, and their agreements that still hold."""

    client_id: UUID
    name: str
    how: str
    agreements: tuple[Agreed, ...]
    ended: int


@get("/people/taken-over", name="taken-over", guards=[requires_case_manager])
async def taken_over(request: Req, session: Db, actor: Who, now: Now) -> Template:
    taken = await queries.taken_over(session, actor, now)
    ids = [one.client_id for one in taken]
    clients = list(await session.scalars(caseload(actor).where(Client.id.in_(ids)).order_by(Client.id)))
    names = await identity.names(session, ids)
    called = await accounts.names(session, [one.for_id for one in taken if one.for_id])
    agreed = (await own_page(session, clients, now)).agreements if clients else ()
    people = []
    for one in taken:
        theirs = [each for each in agreed if each.consent.client_id == one.client_id]
        active = tuple(each for each in theirs if each.active)
        people.append(Person(
            one.client_id, names.get(one.client_id, ""), _how(one, called), active, len(theirs) - len(active)
        ))  # fmt: skip
    return page(request, "tracking/taken-over.html", people=people, fields=agreed_words.fields)


@post("/people/taken-over/{client_id:uuid}", name="taken-over-seen", guards=[requires_case_manager], status_code=303)
async def seen(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Redirect:
    client = await get_client(session, actor, client_id)
    await handing.looked_at(session, actor, client.id, now)
    if await queries.taken_over(session, actor, now):
        return redirect(request, "taken-over", say=_("Seen."))
    return redirect(request, "today", say=_("You have seen what everybody agreed to."))


routes: list[HTTPRouteHandler] = [taken_over, seen]


def _how(one: TakenOver, called: dict[UUID, str]) -> str:
    name = called.get(one.for_id, "") if one.for_id else ""
    if one.kind == "stands_in" and one.until is not None:
        return _("You stand in for %(name)s until %(last)s.") % {"name": name, "last": day(last_day(one.until))}
    return _("You accompany them since %(day)s, after %(name)s.") % {
        "day": day(one.since),
        "name": name or _("a colleague"),
    }
