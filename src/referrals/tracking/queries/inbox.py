"""What was sent to a receiver's organizations, a queue at a time: urgent first, then the oldest; what is over, newest first.

One statement for the list and one for the counts, however much there is: each organization, status and urgency is looked
up on its own in the index, up to a page of rows, and only those few are put in order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Row,
    Select,
    String,
    TableValuedAlias,
    Uuid,
    and_,
    column,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)  # fmt: skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import identity
from referrals.clients.identity import Identity
from referrals.clients.models import Client, Consent, Need
from referrals.clients.queries import years_old
from referrals.directory.models import Listing, MergedInto, Service
from referrals.directory.queries.called import Called, names
from referrals.directory.queries.redirects import one_with, stands_for
from referrals.kit.text import fold
from referrals.tracking import disclosing
from referrals.tracking.inbox.asked import STATUSES, Ask, Cursor, Queue
from referrals.tracking.lifecycle import TAKEN, WAITING
from referrals.tracking.models import InHand, Referral, ReferralEvent
from referrals.tracking.queries.visible import visible_to

PAGE: Final = 25
MOST_COUNTED: Final = 500
"""Nobody reads how many more there are; a queue is counted so far and no further."""
COUNTED: Final = tuple(queue for queue in Queue if queue is not Queue.DONE)
_FIRST: Final = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
_LAST: Final = (datetime(9000, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True)
class Received:
    """One row. What the person did not agree to, or not yet, is empty."""

    referral: Referral
    service: Called
    need: str | None = None
    area: str | None = None
    name: str | None = None
    in_hand: UUID | None = None
    event: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """`counts`: up to MOST_COUNTED; what is over is not counted."""

    rows: tuple[Received, ...]
    counts: Mapping[Queue, int]
    services: tuple[Called, ...]
    colleagues: tuple[Colleague, ...]
    previous: Cursor | None = None
    next: Cursor | None = None

    @property
    def names(self) -> Mapping[UUID, str]:
        return {one.id: one.name for one in self.colleagues}


async def received(
    session: AsyncSession, actor: Actor, now: datetime, ask: Ask = Ask(), terms: Sequence[str] = ()
) -> Inbox:
    """`terms`: the needs that the words may mean, in the reader's language."""
    houses = await _houses(session, actor)
    rows = (await session.execute(_page(actor, houses, ask, terms, now))).all()
    called = await names(session)
    shown = rows[:PAGE]
    told = await _told(session, shown, now)
    found = [_row(row, told.get(row.Referral.id), called.service(row.Service)) for row in shown]
    if ask.words:
        found = [one for one in found if _answers_to(one, ask.words, terms)]
    back = ask.before is not None
    places = [Cursor(row.Referral.urgency, row.Referral.sent_at, row.Referral.id) for row in shown]
    if back:
        found, places = found[::-1], places[::-1]
    more = len(rows) > PAGE
    return Inbox(
        tuple(found), await _counts(session, actor, houses, ask, now), await _services(session, houses, called),
        await colleagues(session, actor),
        previous=places[0] if places and (more if back else ask.after is not None) else None,
        next=places[-1] if places and (back or more) else None,
    )  # fmt: skip


async def colleagues(session: AsyncSession, actor: Actor) -> tuple[Colleague, ...]:
    """Who answers for the same organizations, oneself too."""
    rows = await accounts.colleagues(session, actor.organizations.get(Role.PROVIDER_EDITOR, ()), Role.PROVIDER_EDITOR)
    return tuple({row.id: Colleague(row.id, row.name) for row in rows}.values())


async def _houses(session: AsyncSession, actor: Actor) -> list[UUID]:
    held = actor.organizations.get(Role.PROVIDER_EDITOR, ())
    before = await session.scalars(select(MergedInto.old_id).where(MergedInto.kept_id.in_(held)))
    return [*held, *before]


def _page(actor: Actor, houses: Sequence[UUID], ask: Ask, terms: Sequence[str], now: datetime) -> Select[Any]:
    """A page of rows and one more, which says that there is another page."""
    places = _places(houses, ask)
    asked = aliased(Referral)
    order: tuple[ColumnElement[Any], ...] = (asked.sent_at.asc(), asked.id.asc())
    behind = tuple_(asked.sent_at, asked.id) > tuple_(places.c.sent_at, places.c.id)
    if _newest_first(ask):
        order = (asked.sent_at.desc(), asked.id.desc())
        behind = tuple_(asked.sent_at, asked.id) < tuple_(places.c.sent_at, places.c.id)
    some = (
        select(asked.id, asked.sent_at, asked.urgency)
        .where(
            asked.organization_id == places.c.house, asked.status == places.c.status,
            asked.urgency == places.c.urgency, behind, *_narrowed(asked, actor, ask, now), *_worded(asked, ask, terms, now),
        )
        .order_by(*order).limit(PAGE + 1).lateral("some")
    )  # fmt: skip
    chosen = (
        select(some.c.id).select_from(places.join(some, true()))
        .order_by(*_order(some.c, ask)).limit(PAGE + 1).subquery("chosen")
    )  # fmt: skip
    last = and_(ReferralEvent.referral_id == Referral.id, ReferralEvent.position == Referral.position)
    return (
        visible_to(actor, Role.PROVIDER_EDITOR)
        .join(chosen, chosen.c.id == Referral.id)
        .join(Need, Need.id == Referral.need_id)
        .join(Service, Service.id == stands_for(Referral.service_id))
        .join(Client, Client.id == Referral.client_id)
        .outerjoin(Listing, Listing.service_id == Service.id)
        .outerjoin(ReferralEvent, last)
        .outerjoin(InHand, _in_hand_now(Referral))
        .add_columns(
            Service,
            Need.term,
            Need.sensitivity,
            Listing.needs.label("offered"),
            one_with(Referral.service_id).label("one_with"),
            Client.place_name,
            Client.birth_year,
            InHand.user_id,
            ReferralEvent.kind,
            ReferralEvent.reason_code,
        )
        .order_by(*_order(Referral, ask))
    )


def _newest_first(ask: Ask) -> bool:
    """What is over is read from the newest on; and a page further up is gathered from below."""
    return (ask.queue is Queue.DONE) != (ask.before is not None)


def _order(of: Any, ask: Ask) -> tuple[ColumnElement[Any], ...]:
    if ask.queue is Queue.DONE:
        return (of.sent_at, of.id) if ask.before else (of.sent_at.desc(), of.id.desc())
    # "urgent" comes after "routine" in the alphabet
    return (of.urgency, of.sent_at.desc(), of.id.desc()) if ask.before else (of.urgency.desc(), of.sent_at, of.id)


def _places(houses: Sequence[UUID], ask: Ask) -> TableValuedAlias:
    """Where to look, and from which row on."""
    start = _LAST if _newest_first(ask) else _FIRST
    cursor = ask.before or ask.after
    rows = [
        (house, str(status), urgency, *from_)
        for house in houses for status in STATUSES[ask.queue] for urgency in ("urgent", "routine")
        if (from_ := _from(urgency, cursor, ask, start)) is not None
    ]  # fmt: skip
    kinds: dict[str, TypeEngine[Any]] = {
        "house": Uuid(), "status": String(), "urgency": String(), "sent_at": DateTime(timezone=True), "id": Uuid(),
    }  # fmt: skip
    return _table("places", kinds, rows)


def _table(name: str, kinds: Mapping[str, TypeEngine[Any]], rows: Sequence[tuple[Any, ...]]) -> TableValuedAlias:
    """Rows as arrays, one for each column: the statement reads the same however many there are, and is written once."""
    columns = [list(values) for values in zip(*rows, strict=True)] if rows else [[] for _kind in kinds]
    arrays = [literal(values, ARRAY(kind)) for values, kind in zip(columns, kinds.values(), strict=True)]
    named = [column(each, kind) for each, kind in kinds.items()]
    return func.unnest(*arrays).table_valued(*named).render_derived(name=name)


def _from(urgency: str, cursor: Cursor | None, ask: Ask, start: tuple[datetime, UUID]) -> tuple[datetime, UUID] | None:
    """None: all of them stand on the other side of the cursor."""
    if cursor is None:
        return start
    if ask.queue is Queue.DONE or urgency == cursor.urgency:
        return cursor.sent_at, cursor.id
    behind = urgency == "routine"  # the urgent ones come first
    return start if behind == (ask.before is None) else None


def _narrowed(asked: Any, actor: Actor, ask: Ask, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if ask.service_id:
        before = select(MergedInto.old_id).where(MergedInto.kept_id == ask.service_id)
        found.append(or_(asked.service_id == ask.service_id, asked.service_id.in_(before)))
    if ask.only == "urgent":
        found.append(asked.urgency == "urgent")
    if ask.only == "late":
        found.append(asked.due_at <= now)
    if ask.whose == "nobody":
        found.append(~select(InHand.id).where(_in_hand_now(asked)).exists())
    elif ask.whose:
        who = actor.id if ask.whose == "mine" else ask.whose
        found.append(asked.id.in_(select(InHand.referral_id).where(InHand.user_id == who, InHand.until.is_(None))))
    return found


def _worded(asked: Any, ask: Ask, terms: Sequence[str], now: datetime) -> list[ColumnElement[bool]]:
    """Services by name; needs and towns as long as the agreement holds; names only of those who were accepted."""
    if not fold(ask.words):
        return []
    like = f"%{ask.words.replace('%', '').replace('_', '')}%"
    named = select(Service.id).where(func.unaccent(Service.name).ilike(func.unaccent(like)))
    before = select(MergedInto.old_id).where(MergedInto.kept_id.in_(named))

    def agreed(field: str) -> ColumnElement[bool]:
        return (
            select(Consent.id)
            .where(
                Consent.id == asked.consent_id, Consent.revoked_at.is_(None), Consent.scope.contains([field]),
                or_(Consent.expires_at.is_(None), Consent.expires_at > now),
            )
            .correlate(asked).exists()
        )  # fmt: skip

    ours = select(Need.id).where(Need.id == asked.need_id, Need.term.in_(terms)).correlate(asked).exists()
    there = (
        select(Client.id).where(Client.id == asked.client_id, func.unaccent(Client.place_name).ilike(func.unaccent(like)))
        .correlate(asked).exists()
    )  # fmt: skip
    open_ = asked.status.in_(WAITING | TAKEN)
    return [
        or_(
            asked.service_id.in_(named),
            asked.service_id.in_(before),
            and_(open_, agreed("need"), ours),
            and_(open_, agreed("area"), there),
            and_(
                asked.status.in_(TAKEN), agreed("name"),
                asked.client_id.in_(identity.named_like(ask.words)),
            ),
        )
    ]  # fmt: skip


async def _counts(
    session: AsyncSession, actor: Actor, houses: Sequence[UUID], ask: Ask, now: datetime
) -> Mapping[Queue, int]:
    """Of the queues that somebody still has to do something about, with the filters but without the words."""
    where = [(house, str(status)) for house in houses for queue in COUNTED for status in STATUSES[queue]]
    places = _table("places", {"house": Uuid(), "status": String()}, where)
    asked = aliased(Referral)
    some = (
        select(asked.id).where(
            asked.organization_id == places.c.house, asked.status == places.c.status, asked.sent_at.is_not(None),
            *_narrowed(asked, actor, ask, now),
        ).limit(MOST_COUNTED).lateral("some")
    )  # fmt: skip
    rows = await session.execute(
        select(places.c.status, func.count(some.c.id)).select_from(places.join(some, true())).group_by(places.c.status)
    )
    counted: dict[str, int] = dict(rows.all())
    return {queue: min(MOST_COUNTED, sum(counted.get(one, 0) for one in STATUSES[queue])) for queue in COUNTED}


async def _services(session: AsyncSession, houses: Sequence[UUID], called: Any) -> tuple[Called, ...]:
    """What the filter offers: the organization's services that are listed."""
    rows = await session.scalars(
        select(Service).join(Listing, Listing.service_id == Service.id)
        .where(Listing.organization_id.in_(houses), Listing.published).order_by(Service.name, Service.id).limit(200)
    )  # fmt: skip
    return tuple(called.service(row) for row in rows)


async def _told(session: AsyncSession, rows: Iterable[Row[Any]], now: datetime) -> Mapping[UUID, dict[str, str]]:
    """Referral -> what may be shown of the person in a list, asked anew each time. Two statements."""
    waiting = [row for row in rows if row.Referral.status in WAITING | TAKEN and row.Referral.consent_id]
    ids = {row.Referral.consent_id for row in waiting}
    if not ids:
        return {}
    agreed = {one.id: one for one in await session.scalars(select(Consent).where(Consent.id.in_(ids)))}
    who = await identity.of(session, [row.Referral.client_id for row in waiting])
    told: dict[UUID, dict[str, str]] = {}
    for row in waiting:
        referral = row.Referral
        known = {"need": row.term, "area": row.place_name or ""}
        if referral.status in TAKEN:
            known["name"] = who[referral.client_id].name
        to = _receiver(row, who[referral.client_id], now)
        told[referral.id] = {
            field: value for field, value in known.items()
            if value and disclosing.lets_out(agreed.get(referral.consent_id), referral, {field}, to, now)
        }  # fmt: skip
    return told


def _receiver(row: Row[Any], who: Identity, now: datetime) -> disclosing.Receiver:
    """As the page of this one request asks it too."""
    need = disclosing.AskedFor(row.term, tuple(row.sensitivity))
    age = years_old(row.birth_year, who.birth_date, now.date())
    return disclosing.known(
        row.Referral.service_id, row.Referral.organization_id, need, row.offered or (), age, one_with=row.one_with or ()
    )


def _row(row: Row[Any], told: Mapping[str, str] | None, service: Called) -> Received:
    said = told or {}
    return Received(
        row.Referral, service, said.get("need"), said.get("area"), said.get("name"), row.user_id, row.kind,
        row.reason_code,
    )  # fmt: skip


def _answers_to(row: Received, words: str, terms: Sequence[str]) -> bool:
    """Once more on what is shown: a row never appears because of something that its reader may not see."""
    texts = [row.service.name, *(said["name"] for said in row.service.translations.values()), row.area, row.name]
    return row.need in terms or any(fold(words) in fold(text) for text in texts if text)


def _in_hand_now(asked: Any) -> ColumnElement[bool]:
    return and_(InHand.referral_id == asked.id, InHand.until.is_(None))
