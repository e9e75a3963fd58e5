"""Claiming an organization, the curator's answer, and the colleagues who keep its listings together."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import actions as accounts
from referrals.accounts import queries as people
from referrals.accounts.actor import Actor
from referrals.accounts.guards import PUBLIC, Who, requires_curator, requires_provider
from referrals.accounts.letters import send_link
from referrals.accounts.models import Membership, Role, User
from referrals.directory import claims
from referrals.directory.masking import mask
from referrals.directory.models import Organization
from referrals.directory.queries.called import names
from referrals.directory.queries.texts import Text, text
from referrals.directory.routes.rows import spoken
from referrals.kit import forms, mail
from referrals.kit.errors import NotAllowed, NotFound, TooMany
from referrals.kit.html import addresses
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect


class ClaimForm(forms.Form):
    name: str
    email: str
    words: str = ""
    website: str = ""
    """Nobody sees this field; programs that fill in forms do."""

    def problems(self) -> dict[str, str]:
        return {} if forms.is_email(self.email) else {"email": _("This does not look like an e-mail address.")}


class AnswerForm(forms.Form):
    why: str = ""
    trusted: bool = False


class ColleagueForm(forms.Form):
    organization_id: UUID
    name: str
    email: str
    trusted: bool = False

    def problems(self) -> dict[str, str]:
        return {} if forms.is_email(self.email) else {"email": _("This does not look like an e-mail address.")}


@dataclass(frozen=True, slots=True)
class House:
    """One organization and those who keep its listings."""

    id: UUID
    name: Text
    people: list[tuple[User, Membership]]
    may_trust: bool


@get("/organizations/{organization_id:uuid}/claim", name="claim", opt=PUBLIC)
async def claim_page(request: Req, session: Db, organization_id: FromPath[UUID]) -> Template:
    found = await claims.organization(session, organization_id)
    return await _claim(request, session, found, forms.blank(ClaimForm))


@post("/organizations/{organization_id:uuid}/claim", name="claim-post", opt=PUBLIC, status_code=200)
async def claim(request: Req, session: Db, now: Now, organization_id: FromPath[UUID]) -> Template:
    """Says the same to everybody: neither who has an account nor who asked before can be found out here."""
    found = await claims.organization(session, organization_id)
    form = await forms.read(request, ClaimForm)
    if form.value is None:
        return await _claim(request, session, found, form, status=422)
    if not form.value.website:
        try:
            await claims.claim(
                session, found.id, name=form.value.name, email=form.value.email, language=current_language(),
                words=form.value.words[:2000], now=now,
            )  # fmt: skip
        except TooMany:
            form.refuse("", _("Too many people have asked for this organization today. Please try again tomorrow."))
            return await _claim(request, session, found, form, status=429)
    return await _claim(request, session, found, form, sent=True)


@get("/claims", name="claims", guards=[requires_curator])
async def claims_page(request: Req, session: Db) -> Template:
    return await _claims(request, session, forms.blank(AnswerForm))


@post("/claims/{claim_id:uuid}/accept", name="accept-claim", guards=[requires_curator], status_code=200)
async def accept(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, claim_id: FromPath[UUID]
) -> Template | Redirect:
    form = await forms.read(request, AnswerForm)
    trusted = bool(form.value and form.value.trusted)
    try:
        async with session.begin_nested():
            asked, user = await claims.accept(session, claim_id, actor, now, trusted=trusted)
    except NotAllowed:
        form.refuse("", _("The account with this address is closed. Ask the administrator to open it again."))
        return await _claims(request, session, form, status=422)
    await _tell(request, session, user, asked.organization_id, settings, now)
    return redirect(request, "claims", say=_("%(name)s keeps these listings now, and is told.") % {"name": asked.name})


@post("/claims/{claim_id:uuid}/refuse", name="refuse-claim", guards=[requires_curator], status_code=200)
async def refuse(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, claim_id: FromPath[UUID]
) -> Template | Redirect:
    form = await forms.read(request, AnswerForm)
    if form.value is None or not form.value.why:
        form.refuse("why", _("Say in a word or two why."))
        return await _claims(request, session, form, asked=claim_id, status=422)
    found = await claims.refuse(session, claim_id, form.value.why, actor, now)
    owner = await claims.organization(session, found.organization_id)
    await mail.post(
        session, jinja(request), to=found.email, language=found.language, template="claim_refused", name=found.name,
        organization=(await names(session)).organization(owner).text("name", found.language), why=found.why, product=settings.product,
    )  # fmt: skip
    return redirect(request, "claims", say=_("Refused. %(name)s is told why.") % {"name": found.name})


@get("/my-services/colleagues", name="colleagues", guards=[requires_provider])
async def colleagues(request: Req, session: Db, actor: Who) -> Template:
    return await _colleagues(request, session, actor, forms.blank(ColleagueForm, trusted=True))


@post("/my-services/colleagues/invite", name="invite-colleague", guards=[requires_provider], status_code=200)
async def invite(request: Req, session: Db, actor: Who, now: Now, settings: Deployment) -> Template | Redirect:
    """An address that has an account already gets this organization beside its others; who was invited and never came is
    invited again.
    """
    form = await forms.read(request, ColleagueForm)
    if form.value is None:
        return await _colleagues(request, session, actor, form, status=422)
    asked = form.value
    _manages(actor, asked.organization_id)
    user = await people.by_email(session, asked.email)
    if user is not None and user.deactivated_at is not None:
        form.refuse("email", _("The account with this address is closed. Ask the administrator to open it again."))
        return await _colleagues(request, session, actor, form, status=422)
    if user is None:
        user = await accounts.create_user(session, email=asked.email, name=asked.name, language=current_language())
    held = await session.scalar(
        select(Membership.id).where(
            Membership.user_id == user.id, Membership.organization_id == asked.organization_id,
            Membership.role == Role.PROVIDER_EDITOR,
        )
    )  # fmt: skip
    if held is not None and user.password_hash:
        form.refuse("email", _("They keep these listings already."))
        return await _colleagues(request, session, actor, form, status=422)
    if held is None:
        trusted = asked.trusted and actor.is_trusted(asked.organization_id)
        await accounts.grant(session, user.id, Role.PROVIDER_EDITOR, asked.organization_id, trusted=trusted)
    await _tell(request, session, user, asked.organization_id, settings, now, by=actor.name)
    return redirect(request, "colleagues", say=_("An invitation is on its way to %(name)s.") % {"name": user.name})


@post("/my-services/colleagues/{organization_id:uuid}/{user_id:uuid}/trust", name="trust-colleague",
      guards=[requires_provider], status_code=303)  # fmt: skip
async def trust(
    request: Req, session: Db, actor: Who, organization_id: FromPath[UUID], user_id: FromPath[UUID]
) -> Redirect:
    _manages(actor, organization_id)
    if not actor.is_trusted(organization_id):
        raise NotAllowed("trust")
    trusted = (await request.form()).get("trusted") == "yes"
    await accounts.trust(session, user_id, organization_id, trusted=trusted)
    said = _("Their changes are live at once now.") if trusted else _("Their changes wait for a curator now.")
    return redirect(request, "colleagues", say=said)


@post("/my-services/colleagues/{organization_id:uuid}/{user_id:uuid}/manage", name="let-colleague-manage",
      guards=[requires_provider], status_code=303)  # fmt: skip
async def let_manage(
    request: Req, session: Db, actor: Who, organization_id: FromPath[UUID], user_id: FromPath[UUID]
) -> Redirect:
    """Nobody gives it up themselves, so that somebody always manages."""
    _manages(actor, organization_id)
    if user_id == actor.id:
        raise NotAllowed("own_account")
    manages = (await request.form()).get("manages") == "yes"
    await accounts.let_manage(session, user_id, organization_id, manages=manages)
    said = _("They invite colleagues too now.") if manages else _("They do not invite colleagues any more.")
    return redirect(request, "colleagues", say=said)


@post("/my-services/colleagues/{organization_id:uuid}/{user_id:uuid}/let-go", name="let-colleague-go",
      guards=[requires_provider], status_code=303)  # fmt: skip
async def let_go(
    request: Req, session: Db, actor: Who, organization_id: FromPath[UUID], user_id: FromPath[UUID]
) -> Redirect:
    _manages(actor, organization_id)
    if user_id == actor.id:
        raise NotAllowed("own_account")
    await accounts.let_go(session, user_id, organization_id)
    return redirect(request, "colleagues", say=_("They do not keep these listings any more."))


routes: list[HTTPRouteHandler] = [
    claim_page, claim, claims_page, accept, refuse, colleagues, invite, trust, let_manage, let_go,
]  # fmt: skip


async def _claim(
    request: Req, session: AsyncSession, found: Organization, form: forms.Filled[ClaimForm], *, sent: bool = False,
    status: int = 200,
) -> Template:  # fmt: skip
    told = (await mask(session)).over(found.id, _name(found))
    return page(
        request,
        "directory/claim.html",
        organization=told,
        id=found.id,
        sent=sent,
        form=form,
        spoken=spoken,
        status=status,
    )


async def _claims(
    request: Req, session: AsyncSession, form: forms.Filled[AnswerForm], asked: UUID | None = None, status: int = 200
) -> Template:
    rows = [(row, _name(row.organization)) for row in await claims.waiting(session)]
    return page(request, "directory/claims.html", rows=rows, form=form, asked=asked, spoken=spoken, status=status)


async def _colleagues(
    request: Req, session: AsyncSession, actor: Actor, form: forms.Filled[ColleagueForm], status: int = 200
) -> Template:
    held = await people.editors(session, actor.manages)
    owners = await session.scalars(
        select(Organization).where(Organization.id.in_(actor.manages), Organization.gone_at.is_(None))
        .order_by(Organization.name)
    )  # fmt: skip
    houses = [
        House(owner.id, _name(owner), [row for row in held if row[1].organization_id == owner.id],
              actor.is_trusted(owner.id))
        for owner in owners
    ]  # fmt: skip
    return page(
        request, "directory/colleagues.html", houses=houses, form=form, spoken=spoken, status=status,
        choices=[(str(house.id), house.name.value) for house in houses],
    )  # fmt: skip


async def _tell(
    request: Req, session: AsyncSession, user: User, organization_id: UUID, settings: Deployment, now: datetime,
    by: str = "",
) -> None:  # fmt: skip
    """That they keep these listings now. `by`: the colleague who asked them to; else a curator has agreed."""
    name = text(await claims.organization(session, organization_id), "name", user.language).value
    if not user.password_hash:
        await send_link(request, session, user, "invitation", settings, now, organization=name, by=by)
        return
    await mail.post(
        session, jinja(request), to=user.email, language=user.language, template="claim_accepted", name=user.name,
        organization=name, by=by, product=settings.product,
        address=settings.base_url + addresses(jinja(request))("my-services", lang=user.language),
    )  # fmt: skip


def _manages(actor: Actor, organization_id: UUID) -> None:
    """An organization that somebody does not manage is not there for them."""
    if organization_id not in actor.manages:
        raise NotFound("organization")


def _name(owner: Organization) -> Text:
    return text(owner, "name", current_language())
