"""Looking at up to three services together with the person, in plain words; what they choose is kept with their reason."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.directory.queries.redirects import all_standing
from referrals.kit import forms
from referrals.kit.html import addresses, in_zone, language_name
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page, redirect
from referrals.matching import queries
from referrals.matching.cards import subtitle
from referrals.matching.choices import REASONS, choose
from referrals.matching.constraints import Class
from referrals.matching.plain import Line, lines
from referrals.taxonomy.queries import vocabulary

MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """One service as the person looks at it. `barred`: nobody may choose it."""

    service_id: UUID
    title: str
    subtitle: str
    lines: tuple[Line, ...]
    barred: bool


class ChooseForm(forms.Form):
    service: UUID
    reason: str
    words: str = ""
    compared: list[UUID] = []

    def problems(self) -> dict[str, str]:
        found = {}
        if self.reason not in REASONS:
            found["reason"] = _("This is not one of the choices.")
        if len(self.words) > 500:
            found["words"] = _("Please stay under 500 characters.")
        return found


@get("/needs/{need_id:uuid}/compare", name="compare-with", guards=[requires_case_manager])
async def compare(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template:
    wanted = [id for text in request.query_params.getall("s", []) for id in _ids(text)]
    return await _page(request, session, actor, in_zone(now).date(), need_id, wanted, forms.blank(ChooseForm))


@post("/needs/{need_id:uuid}/compare", name="choose-with", guards=[requires_case_manager], status_code=200)
async def choose_with(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template | Redirect:
    """Their choice is written down in their words, and sending comes next."""
    form = await forms.read(request, ChooseForm)
    need, _client = await clients.get_need(session, actor, need_id)
    if form.value is None:
        told = [id for text in form.raw["compared"] for id in _ids(text)]
        return await _page(request, session, actor, in_zone(now).date(), need_id, told, form, status=422)
    said = form.value
    await queries.name_of(session, said.service)
    await choose(
        session, actor, need, said.service, by="client", reason=said.reason, words=said.words, compared=said.compared,
        now=now,
    )  # fmt: skip
    sentence = _("Their choice is written down. Nothing is sent yet.")
    return redirect(request, "send", say=sentence, need_id=need_id, service_id=said.service)


async def _page(
    request: Req, session: AsyncSession, actor: Actor, today: date, need_id: UUID, wanted: Sequence[UUID],
    form: forms.Filled[ChooseForm], status: int = 200,
) -> Template:  # fmt: skip
    need, client = await clients.get_need(session, actor, need_id)
    asked = await queries.asked(session, client, need, today)
    words, spoken = await vocabulary(session), current_language()
    stands = await all_standing(session, wanted)
    ids = list(dict.fromkeys(stands.values()))
    matches = await queries.matches_of(session, replace(asked, others=()), ids[:MOST])
    names = await queries.names(session, matches)
    beside = [
        Beside(
            one.offer.service_id, names[one.offer.service_id].service, subtitle(one, names[one.offer.service_id], asked.person),
            tuple(lines(one, asked.person, words)), any(finding.cls is Class.ABSOLUTE for finding in one.failures),
        )
        for one in matches
    ]  # fmt: skip
    other = client.language if client.language != spoken else ""
    return page(
        request, "matching/compare.html", status=status, form=form, need=need, client=client, name=asked.cited,
        plain=words.plain(need.term, spoken), beside=beside, more_than=len(ids) > MOST,
        reasons=[(code, _(label)) for code, label in REASONS.items()],
        choices=[(str(one.service_id), one.title) for one in beside if not one.barred],
        in_theirs=_elsewhere(request, need_id, ids, other) if other else "", theirs=language_name(other) if other else "",
    )  # fmt: skip


def _elsewhere(request: Req, need_id: UUID, ids: Sequence[UUID], language: str) -> str:
    url = addresses(jinja(request))
    return url("compare-with", lang=language, need_id=need_id, query={"s": ",".join(map(str, ids))})


def _ids(text: str) -> list[UUID]:
    """One id, or several with commas between. Whatever is none is passed over: an address may be cut off."""
    found = []
    for one in text.split(","):
        with suppress(ValueError):
            found.append(UUID(one))
    return found
