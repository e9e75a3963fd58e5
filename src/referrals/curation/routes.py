"""The curators' pages: everything that waits, one kind of it, a report, and saying that a listing is right as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_curator
from referrals.curation import lists
from referrals.curation.lists import contradictions as open_findings
from referrals.curation.queries import Round, asked_report, finding_of, last_round
from referrals.curation.work import PER_PAGE, Asked, Tally, WorkList
from referrals.directory import reports
from referrals.directory.contradictions import check
from referrals.directory.queries.called import names
from referrals.directory.queries.quality import quality_of
from referrals.directory.reports import OUTCOMES, WHAT
from referrals.directory.routes.rows import spoken
from referrals.kit import forms, mail
from referrals.kit.errors import NotFound
from referrals.kit.html import Addresses, addresses, in_zone, number
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect

LONGEST = 80


class DismissForm(forms.Form):
    why: str
    back: str = ""


class AnswerForm(forms.Form):
    outcome: str
    words: str = ""

    def problems(self) -> dict[str, str]:
        return {} if self.outcome in OUTCOMES else {"outcome": _("This is not one of the choices.")}


@dataclass(frozen=True, slots=True)
class Pile:
    """One kind of work on the first page."""

    list: WorkList
    tally: Tally
    url: str

    @property
    def count(self) -> str:
        return f"{number(self.tally.count)}+" if self.tally.more else number(self.tally.count)


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    subtitle: str
    url: str
    current: bool


@get("/curation", name="curation", guards=[requires_curator])
async def curation(request: Req, session: Db, now: Now) -> Template:
    piles = await _piles(request, session, now)
    return page(
        request, "curation/curation.html", waiting=[pile for pile in piles if pile.tally.count],
        clear=[_inside(_(pile.list.title)) for pile in piles if not pile.tally.count], total=sum(pile.tally.count for pile in piles),
        round=await last_round(session),
    )  # fmt: skip


@get("/curation/{code:str}", name="work", guards=[requires_curator])
async def work(request: Req, session: Db, now: Now, code: FromPath[str]) -> Template:
    """One list. Its filters are in the address."""
    shown = lists.BY_CODE.get(code)
    if shown is None:
        raise NotFound("page")
    asked = _asked(request.query_params, now)
    found = list(await shown.rows(session, asked))
    piles = await _piles(request, session, now)
    own = next(pile for pile in piles if pile.list is shown)
    return page(
        request, "curation/work.html", fragment="curation/_work.html", list=shown, asked=asked, spoken=spoken,
        tasks=found[:PER_PAGE], pager=_pager(request, shown, asked, more=len(found) > PER_PAGE),
        tally=own.tally, count=own.count, tabs=[Tab(_(pile.list.title), pile.count, pile.url, pile is own) for pile in piles],
        kinds=await _kinds(session, shown), back=_carried(asked), round=await _round(session, shown),
    )  # fmt: skip


@post(
    "/curation/findings/{finding_id:uuid}/dismiss", name="dismiss-finding", guards=[requires_curator], status_code=200
)
async def dismiss(request: Req, session: Db, actor: Who, now: Now, finding_id: FromPath[UUID]) -> Redirect:
    """It is right as it stands. The reason stays beside it."""
    finding = await finding_of(session, finding_id)
    form = await forms.read(request, DismissForm)
    if form.value is None:
        said, kind = _("Please say in a word or two why it is right."), "attention"
    else:
        await check.dismiss(session, finding, form.value.why[:500], actor.id, now)
        said, kind = _("Noted. It stays away as long as the listing says the same."), "good"
    return redirect(request, "work", code=open_findings.LIST.code, query=_kept(str(form.back)), say=said, kind=kind)


@get("/curation/report/{report_id:uuid}", name="report", guards=[requires_curator])
async def report(request: Req, session: Db, now: Now, report_id: FromPath[UUID]) -> Template:
    return await _report(request, session, report_id, forms.blank(AnswerForm), now)


@post("/curation/report/{report_id:uuid}", name="answer-report", guards=[requires_curator], status_code=200)
async def answer(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, report_id: FromPath[UUID]
) -> Template | Redirect:
    form = await forms.read(request, AnswerForm)
    if form.value is None:
        return await _report(request, session, report_id, form, now, status=422)
    shown = await asked_report(session, report_id, current_language())
    said = form.value
    closed, address = await reports.answer(
        session, report_id, outcome=said.outcome, words=said.words, by=actor.id, now=now
    )
    if address:
        url = addresses(jinja(request))
        await mail.post(
            session, jinja(request), to=address, language=closed.language, template="report_answered",
            service=(await names(session)).service(shown.service).text("name", closed.language), outcome=said.outcome, words=said.words,
            address=settings.base_url + url("service", lang=closed.language, service_id=closed.service_id),
            product=settings.product,
        )  # fmt: skip
    told = _("Closed, and the reader hears of it.") if address else _("Closed.")
    return redirect(request, "work", code="reports", say=told)


routes: list[HTTPRouteHandler] = [curation, work, dismiss, report, answer]


async def _piles(request: Req, session: AsyncSession, now: datetime) -> list[Pile]:
    url = addresses(jinja(request))
    return [Pile(one, await one.tally(session, now), url("work", code=one.code)) for one in lists.LISTS]


async def _kinds(session: AsyncSession, shown: WorkList) -> list[tuple[str, str]]:
    """What it may be narrowed to; of contradictions those that there are, with their number."""
    if shown is not open_findings.LIST:
        return [(code, _(label)) for code, label in shown.kinds.items()]
    counts = await open_findings.by_kind(session)
    return [(code, f"{_(label)} ({counts[code]})") for code, label in shown.kinds.items() if counts.get(code)]


async def _round(session: AsyncSession, shown: WorkList) -> Round | None:
    return await last_round(session) if shown is open_findings.LIST else None


async def _report(
    request: Req, session: AsyncSession, id: UUID, form: forms.Filled[AnswerForm], now: datetime, status: int = 200
) -> Template:
    shown = await asked_report(session, id, current_language())
    quality = await quality_of(session, shown.report.service_id, in_zone(now).date())
    return page(
        request, "curation/report.html", one=shown, form=form, what=_(WHAT[shown.report.what]), spoken=spoken,
        outcomes=[(code, _(label)) for code, label in OUTCOMES.items()], quality=quality, service_id=shown.report.service_id,
        outcome=_(OUTCOMES[shown.report.outcome]) if shown.report.outcome else "", status=status,
    )  # fmt: skip


def _inside(title: str) -> str:
    return title[:1].lower() + title[1:]


def _asked(params: Mapping[str, str], now: datetime) -> Asked:
    def typed(name: str) -> str:
        return params.get(name, "").replace("\x00", "").strip()[:LONGEST]

    typed_page = typed("page")
    at = min(int(typed_page), 10_000) if typed_page.isascii() and typed_page.isdigit() else 1
    return Asked(current_language(), now, typed("kind"), typed("organization"), typed("area"), max(at, 1))


def _query(asked: Asked, **changes: object) -> dict[str, object]:
    kept: dict[str, object] = {"kind": asked.kind, "organization": asked.organization, "area": asked.area}
    return kept | ({"page": asked.page} if asked.page > 1 else {}) | changes


def _carried(asked: Asked) -> str:
    """The filters, for a form to bring back."""
    return "\n".join(f"{name}={value}" for name, value in _query(asked).items() if value)


def _kept(back: str) -> dict[str, object]:
    """The filters that a form carried along, nothing else of it."""
    parts = dict(part.split("=", 1) for part in back.split("\n") if "=" in part)
    return {name: parts[name][:LONGEST] for name in ("kind", "organization", "area", "page") if parts.get(name)}


def _pager(request: Req, shown: WorkList, asked: Asked, *, more: bool) -> tuple[str, str | None, str | None] | None:
    url: Addresses = addresses(jinja(request))
    if asked.page == 1 and not more:
        return None

    def at(number: int) -> str:
        return url("work", code=shown.code, query=_query(asked, page=number))

    told = _("Page %(number)s") % {"number": asked.page}
    return told, at(asked.page - 1) if asked.page > 1 else None, at(asked.page + 1) if more else None
