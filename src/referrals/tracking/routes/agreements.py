"""Who was told what of a person, under which agreement; how we know; and taking an agreement back on their word."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import agreed_words, evidence, notices, sensitivity
from referrals.clients.file import File, open_file
from referrals.clients.models import Consent
from referrals.kit.errors import NotFound
from referrals.kit.html import listed, moment
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.tracking import actions
from referrals.tracking.queries import disclosures
from referrals.tracking.queries.disclosures import Given, Told
from referrals.tracking.said import case_manager
from referrals.tracking.story import Item


@get("/people/{client_id:uuid}/agreements", name="agreements", guards=[requires_case_manager])
async def agreements(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template:
    file = await open_file(session, actor, client_id)
    given = await disclosures.given(session, client_id, now)
    told = await disclosures.told(session, client_id)
    hold = sum(one.holds for one in given)
    lead = ngettext("%(num)d agreement holds now.", "%(num)d agreements hold now.", hold) % {"num": hold}
    return page(
        request, "tracking/agreements.html", file=file, client=file.client, given=given, told=told,
        lead=lead if hold else _("No agreement holds now: nothing may be told to anybody."), moments=_moments(told), **_words(),
    )  # fmt: skip


@get("/people/{client_id:uuid}/agreements/{consent_id:uuid}", name="agreement", guards=[requires_case_manager])
async def agreement(
    request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID], consent_id: FromPath[UUID]
) -> Template:
    """The very text, and what it rests on; with `?withdraw`, what taking it back would do."""
    file, one = await _given(session, actor, client_id, consent_id, now)
    told = [row for row in await disclosures.told(session, client_id) if row.disclosure.consent_id == consent_id]
    drawn = evidence.path_of(one.evidence.strokes) if one.evidence and one.evidence.strokes else ""
    return page(
        request, "tracking/agreement.html", file=file, client=file.client, one=one, consent=one.consent, told=told,
        drawn=drawn, asking="withdraw" in request.query_params, moments=_moments(told), **_words(),
    )  # fmt: skip


@get(
    "/people/{client_id:uuid}/agreements/{consent_id:uuid}/paper",
    name="agreement-paper",
    guards=[requires_case_manager],
)
async def paper(
    session: Db, actor: Who, now: Now, settings: Deployment, client_id: FromPath[UUID], consent_id: FromPath[UUID]
) -> Response[bytes]:
    _file, one = await _given(session, actor, client_id, consent_id, now)
    content = await evidence.scan(settings, one.evidence) if one.evidence and one.evidence.kind == "scan" else None
    if content is None or one.evidence is None:
        raise NotFound("paper")
    headers = {
        "Content-Disposition": "attachment; filename=\"agreement\"", "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }  # fmt: skip
    return Response(content, media_type=one.evidence.file_type or "application/octet-stream", headers=headers)


@post(
    "/people/{client_id:uuid}/agreements/{consent_id:uuid}/withdraw", name="withdraw-agreement",
    guards=[requires_case_manager], status_code=303,
)  # fmt: skip
async def withdraw(
    request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID], consent_id: FromPath[UUID]
) -> Redirect:
    """On their word. `all` in the form: everything that was signed with it."""
    _file, one = await _given(session, actor, client_id, consent_id, now)
    whole = str((await request.form()).get("all", "")) == "yes" and one.consent.form_id is not None
    for consent in await _together(session, one.consent) if whole else [one.consent]:
        await actions.revoke_consent(session, consent, case_manager(actor), now)
    said = _("It is taken back. From now on they see nothing more.")
    return redirect(request, "agreements", say=said, client_id=client_id)


routes: list[HTTPRouteHandler] = [agreements, agreement, paper, withdraw]


async def _given(
    session: AsyncSession, actor: Actor, client_id: UUID, consent_id: UUID, now: Now
) -> tuple[File, Given]:
    file = await open_file(session, actor, client_id)
    found = [one for one in await disclosures.given(session, client_id, now) if one.consent.id == consent_id]
    if not found:
        raise NotFound("agreement")
    return file, found[0]


async def _together(session: AsyncSession, consent: Consent) -> list[Consent]:
    """All that was signed at once, of this person."""
    rows = await session.scalars(
        select(Consent).where(Consent.form_id == consent.form_id, Consent.client_id == consent.client_id)
    )
    return list(rows)


def _moments(told: Sequence[Told]) -> list[Item]:
    return [Item(row.to, _sentence(row), moment(row.disclosure.at, row.zone)) for row in told]


def _sentence(row: Told) -> str:
    one = row.disclosure
    said = [agreed_words.fields(one.fields)]
    said.append(_("read on their page") if one.viewed else _(agreed_words.CHANNELS.get(one.channel, N_("by link"))))
    if given := sensitivity.options(one.sensitivity):
        said.append(_("gives away: %(what)s") % {"what": listed([label for _code, label in given])})
    said += [_(notices.TITLES[code]) for code in row.notices]
    return " · ".join(said)


def _words() -> dict[str, Any]:
    return {
        "fields": agreed_words.fields, "method": agreed_words.method,
        "purpose": lambda code: _(agreed_words.PURPOSES[code]), "ends": lambda code: _(agreed_words.ENDS[code]),
        "effect": lambda code: _(agreed_words.EFFECTS[code]),
        "sensitive": lambda codes: [label for _code, label in sensitivity.options(codes)],
    }  # fmt: skip
