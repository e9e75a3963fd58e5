"""What a service's figure for a need is made of: the outcomes behind it, as numbers, and the sum they make."""

from dataclasses import dataclass
from uuid import UUID

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Template

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients.queries import get_need
from referrals.directory.models import Service
from referrals.directory.queries.called import names
from referrals.kit.errors import NotFound
from referrals.kit.html import number
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page
from referrals.taxonomy.queries import vocabulary
from referrals.tracking.queries.evidence import Behind, Figure, cases_behind, figure


@get("/needs/{need_id:uuid}/behind/{service_id:uuid}", name="behind", guards=[requires_case_manager])
async def behind(
    request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID], service_id: FromPath[UUID]
) -> Template:
    need, _client = await get_need(session, actor, need_id)
    service = await session.get(Service, service_id)
    if service is None:
        raise NotFound("service")
    words = await vocabulary(session)
    cases = await cases_behind(session, need.term, service_id, now)
    known = await figure(session, need.term, service_id)
    return page(
        request, "tracking/behind.html", need=need, service=(await names(session)).service(service), service_id=service_id,
        need_label=words.label("need", need.term, current_language()), figure=_told(known) if known and cases else None,
        rows=[_line(case) for case in cases],
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [behind]


@dataclass(frozen=True, slots=True)
class Told:
    """The figure and its parts, rounded for reading."""

    of_ten: int
    usual_of_ten: int
    count: int
    weight: str
    kappa: str


def _told(known: Figure) -> Told:
    return Told(
        round(10 * known.mean), round(10 * known.prior), known.count, number(round(known.weight, 1)), number(round(known.kappa, 1))
    )  # fmt: skip


def _line(case: Behind) -> list[str]:
    age = _("in the last three months") if not case.months else ngettext(
        "%(num)d month ago or more", "%(num)d months ago or more", case.months
    ) % {"num": case.months}  # fmt: skip
    return [_met(case.value), _sure(case.sure), age, number(case.weight)]


def _met(value: float) -> str:
    if value >= 1:
        return _("Met")
    if value >= 0.75:
        return _("Met, and lasted in part")
    return _("Met in part, or did not last") if value > 0 else _("Not met")


def _sure(sure: float) -> str:
    if sure >= 1:
        return _("The person’s word, or a paper")
    return _("What the case manager saw") if sure > 0.5 else _("One side’s word")
