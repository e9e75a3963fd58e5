"""The receiver's page, by signed link or with an account: one question, and the answers that are possible now.

Opening it changes nothing. Whatever changes something is a POST; that it was read is told by the visible page itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC, Who, requires_provider
from referrals.accounts.models import Role
from referrals.kit import forms
from referrals.kit.crypto import new_token
from referrals.kit.errors import Conflict
from referrals.kit.html import addresses, in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions, answers, labels, queries
from referrals.tracking.actions.links import Opened
from referrals.tracking.answers import Answer
from referrals.tracking.lifecycle import OPEN, WAITING, By, Status
from referrals.tracking.models import Referral
from referrals.tracking.said import RECEIVER, Party

PRIVATE = PUBLIC | {"private": True}


@get("/r/{token:str}", name="receiver", opt=PRIVATE)
async def receiver(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Template:
    found = await actions.opened(session, settings.secret, "receiver", token, now)
    if not found.alive:
        return ended_page(request, found, "renew-receiver", token)
    return await _page(request, session, found.referral, now, back=_by_link(request, token))


@post("/r/{token:str}", name="receiver-answer", opt=PRIVATE, status_code=200)
async def receiver_answer(
    request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]
) -> Template | Redirect:
    found = await actions.opened(session, settings.secret, "receiver", token, now)
    if not found.alive:
        return ended_page(request, found, "renew-receiver", token)
    refused = await _answer(request, session, found.referral, RECEIVER, now, back=_by_link(request, token))
    return refused or redirect(request, "receiver", say=_("Your answer is recorded. Thank you."), token=token)


@post("/r/{token:str}/seen", name="receiver-seen", opt=PRIVATE, status_code=204)
async def receiver_seen(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> None:
    """Told by the page once somebody has it before them; scanners that follow links never get here."""
    found = await actions.opened(session, settings.secret, "receiver", token, now)
    if found.alive and found.referral.seen_at is None:
        found.referral.seen_at = now


@post("/r/{token:str}/renew", name="renew-receiver", opt=PRIVATE, status_code=303)
async def renew_receiver(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Redirect:
    """To the address that the first link went to, whoever presses the button."""
    found = await actions.opened(session, settings.secret, "receiver", token, now)
    if not found.alive:
        await actions.renew(session, found.link, found.referral, now)
    return redirect(
        request, "receiver", say=_("A new link is on its way, to the address of the first one."), token=token
    )


@get("/my-services/referrals", name="received", guards=[requires_provider])
async def received(request: Req, session: Db, actor: Who) -> Template:
    tries = await queries.received(session, actor)
    words = await vocabulary(session)
    return page(
        request, "tracking/received.html", status_label=labels.receiver_label, kind=labels.KIND,
        waiting=[one for one in tries if one.referral.status == Status.SENT],
        under_way=[one for one in tries if one.referral.status in OPEN - {Status.SENT}],
        over=[one for one in tries if one.referral.status not in OPEN],
        need_label=lambda code: words.label("need", code, current_language()),
    )  # fmt: skip


@get("/my-services/referrals/{referral_id:uuid}", name="received-one", guards=[requires_provider])
async def received_one(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    return await _page(request, session, referral, now, back=_by_account(request, referral_id), account=True)


@post("/my-services/referrals/{referral_id:uuid}", name="received-answer", guards=[requires_provider], status_code=200)
async def received_answer(
    request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template | Redirect:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    party = Party(By.PROVIDER, actor.id)
    refused = await _answer(
        request, session, referral, party, now, back=_by_account(request, referral_id), account=True
    )
    return refused or redirect(
        request, "received-one", say=_("Your answer is recorded. Thank you."), referral_id=referral_id
    )


@post(
    "/my-services/referrals/{referral_id:uuid}/seen", name="received-seen", guards=[requires_provider], status_code=204
)
async def received_seen(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> None:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    referral.seen_at = referral.seen_at or now


routes: list[HTTPRouteHandler] = [
    receiver, receiver_answer, receiver_seen, renew_receiver, received, received_one, received_answer, received_seen,
]  # fmt: skip


def ended_page(request: Req, found: Opened, renew: str, token: str) -> Template:
    """A link that ran out or was replaced: one button, and no word about whom it was for."""
    return page(
        request,
        "tracking/link-ended.html",
        renew=renew,
        token=token,
        replaced=found.link.replaced_at is not None,
        status=410,
    )


@dataclass(frozen=True, slots=True)
class Back:
    """Where this page lives, for its own links: the same page serves the signed link and the account."""

    page: str
    answer: str
    seen: str


def _by_link(request: Req, token: str) -> Back:
    url = addresses(jinja(request))
    return Back(*(url(name, token=token) for name in ("receiver", "receiver-answer", "receiver-seen")))


def _by_account(request: Req, referral_id: UUID) -> Back:
    url = addresses(jinja(request))
    return Back(*(url(name, referral_id=referral_id) for name in ("received-one", "received-answer", "received-seen")))


async def _answer(
    request: Req,
    session: AsyncSession,
    referral: Referral,
    party: Party,
    now: datetime,
    *,
    back: Back,
    account: bool = False,
) -> Template | None:
    """Record what was answered. None when it stands; a page when the form lacks something or somebody was quicker."""
    form = await forms.read(request, Answer)
    if form.value is None:
        return await _page(request, session, referral, now, back=back, form=form, account=account, status=422)
    try:
        repeated = await actions.already_said(session, referral, form.value.key)
        if repeated:
            return None
        if form.value.seen != referral.position:
            raise Conflict("already_answered")
        steps = answers.read(form, referral, party, now)
        if form.errors:
            return await _page(request, session, referral, now, back=back, form=form, account=account, status=422)
        for event, said in steps:
            await actions.act(session, referral, event, party, said, now)
    except Conflict:
        return await _page(request, session, referral, now, back=back, quicker=True, account=account, status=409)
    referral.seen_at = referral.seen_at or now
    return None


async def _page(
    request: Req, session: AsyncSession, referral: Referral, now: datetime, *, back: Back,
    form: forms.Filled[Answer] | None = None, quicker: bool = False, account: bool = False, status: int = 200,
) -> Template:  # fmt: skip
    about = await queries.shown(session, referral, now)
    words = await vocabulary(session)
    spoken = current_language()
    asked = form.raw["event"] if form else request.query_params.get("answer", "") if not quicker else ""
    chosen = answers.choice(referral, By.PROVIDER, asked)
    story = await queries.timeline(session, referral, "receiver")
    return page(
        request, "tracking/received-one.html" if account else "tracking/receiver.html",
        fragment="tracking/_receiver.html", status=status, referral=referral, about=about, back=back, quicker=quicker,
        chosen=chosen, form=form or answers.blank(referral, new_token(), asked, in_zone(now).date()),
        main=[one for one in answers.choices(referral, By.PROVIDER) if one.event in answers.MAIN],
        more=[one for one in answers.choices(referral, By.PROVIDER) if one.event not in answers.MAIN],
        options=form_options(asked), need_label=words.label("need", about.need, spoken) if about.need else "",
        funding=[words.label("funding", code, spoken) for code in about.funding],
        last=story[0] if story else None, letters=_letters(story),
        waiting=referral.status in WAITING, status_label=labels.receiver_label, open=referral.status in OPEN,
    )  # fmt: skip


def _letters(story: Sequence[queries.Happening]) -> list[tuple[str, str]]:
    """What was written between the two sides, the first on top, each with a title for this reader."""
    titles = {"question": _("Your question"), "answer": _("The answer"), "message": _("A word from the sender")}
    return [
        (titles[kind], text) for one in reversed(story) for kind, text in one.words.items()
        if kind != "message" or one.part == By.CASE_MANAGER
    ]  # fmt: skip


def form_options(event: str) -> dict[str, list[tuple[str, str]]]:
    """The choices inside the form of an answer."""
    reasons = labels.REASONS.get(event, {})
    return {
        "reason": labels.options(reasons), "barrier": labels.options(labels.BARRIER),
        "outcome": labels.options(labels.OUTCOME), "channel": labels.options(labels.CHANNEL),
    }  # fmt: skip
