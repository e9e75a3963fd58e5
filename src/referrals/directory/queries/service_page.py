"""All that the public page of a service shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import hours, rules
from referrals.directory.hours import Hours, Where
from referrals.directory.masking import mask
from referrals.directory.models import (
    Contact,
    CostOption,
    Listing,
    Organization,
    RequiredDocument,
    Service,
    Url,
)  # fmt: skip
from referrals.directory.queries.capacity import Capacity, Counted, capacity, counted
from referrals.directory.queries.in_answers import said_in_answers
from referrals.directory.queries.phones import Number, numbers
from referrals.directory.queries.places import PlaceShown, places_of
from referrals.directory.queries.published import published
from referrals.directory.queries.texts import Text, text
from referrals.directory.tongue import tongue, written_in
from referrals.kit.errors import NotFound
from referrals.taxonomy.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Price:
    """`kind`: per-session, client-contribution, or a word of the source."""

    kind: str | None
    amount: float | None
    currency: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    title: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: str | None


@dataclass(frozen=True, slots=True)
class ServicePage:
    """`rule` and `ages` are sentences; an empty text or list means that the listing does not say."""

    id: UUID
    name: Text
    alternate_name: str | None
    description: Text
    easy: Text
    """The same in easy words, as somebody wrote it; in another language than the page's own it helps nobody."""
    organization_id: UUID
    organization: Text
    organization_description: Text
    status: str
    alert: Text
    needs: tuple[str, ...]
    specialisms: tuple[str, ...]
    formats: tuple[str, ...]
    modes: tuple[str, ...]
    welcomes: tuple[str, ...]
    foreign_terms: tuple[str, ...]
    who: Text
    min_age: float | None
    max_age: float | None
    ages: str
    rule: str
    how: Text
    routes: tuple[str, ...]
    documents: tuple[Text, ...]
    cost: Text
    free: bool | None
    prices: tuple[Price, ...]
    funding: tuple[str, ...]
    languages: tuple[str, ...]
    interpreter: str | None
    interpretation: Text
    practitioner: str | None
    places: tuple[PlaceShown, ...]
    accessibility: dict[str, str]
    area_postcodes: tuple[str, ...]
    area_countries: tuple[str, ...]
    hours: Hours
    schedule_notes: tuple[str, ...]
    """Hours that the source wrote as words."""
    phones: tuple[Number, ...]
    people: tuple[Person, ...]
    email: str | None
    """The service's own address, or its organization's."""
    websites: tuple[Link, ...]
    capacity: Capacity
    capacity_note: str | None
    from_answers: bool
    """It was read from answers to requests, and not said for the listing."""
    more_room: tuple[Counted, ...]
    """What is said of other units, and still counts."""
    wait_text: str | None
    available_from: date | None
    available_until: date | None
    assured: date | None
    check_by: date | None
    last_modified: datetime | None
    source: str
    tongue: str | None
    """What its own words are in; None where nobody can tell."""
    where: Where
    """As far as clock and calendar depend on it."""

    def opening(self, now: datetime) -> str:
        """`Open until 17:00`; empty where no hours are known."""
        found = hours.opening(self.hours, self.local(now), self.where)
        return hours.said(found if self.status == "active" else hours.while_closed(found), self.local(now))

    def noted(self, words: str) -> Text:
        """A note beside its hours, numbers or prices: in its own language, unless the words are clearly of another."""
        return Text(words, written_in([words]) or self.tongue)

    def local(self, now: datetime) -> datetime:
        """This moment on the clock of its first place."""
        return now.astimezone(hours.zone(self.where.country, self.where.postcode))


async def service_page(
    session: AsyncSession, id: UUID, language: str, *, words: Vocabulary, today: date
) -> ServicePage:
    """Raises NotFound for a service that is not there, gone or withdrawn."""
    row = (
        await session.execute(published().add_columns(Service, Organization).where(Listing.service_id == id))
    ).one_or_none()
    if row is None:
        raise NotFound("service")
    listing, service, organization = row
    own = tongue(service)
    theirs = tongue(organization) or own
    places = await places_of(session, id, language, own)
    prices = await _of(session, CostOption, id, CostOption.amount)
    documents = await _of(session, RequiredDocument, id, RequiredDocument.id)
    rooms = (await counted(session, [id])).get(id, ())
    told = ServicePage(
        id=id,
        name=text(service, "name", language, own),
        alternate_name=service.alternate_name,
        description=text(service, "description", language, own),
        easy=_own(text(service, "easy_text", language, own), language),
        organization_id=organization.id,
        organization=text(organization, "name", language, theirs),
        organization_description=text(organization, "description", language, theirs),
        status=listing.status,
        alert=text(service, "alert", language, own),
        needs=tuple(listing.needs),
        specialisms=tuple(listing.specialisms),
        formats=tuple(listing.formats),
        modes=tuple(listing.modes),
        welcomes=tuple(listing.welcomes),
        foreign_terms=tuple(listing.foreign_terms),
        who=text(service, "eligibility_description", language, own),
        min_age=listing.min_age,
        max_age=listing.max_age,
        ages=rules.ages(listing.min_age, listing.max_age),
        rule=rules.sentence(listing.rule, words),
        how=text(service, "application_process", language, own),
        routes=tuple(listing.routes),
        documents=tuple(said for one in documents if (said := text(one, "document", language, own))),
        cost=text(service, "fees_description", language, own) or text(service, "fees", language, own),
        free=listing.free,
        prices=tuple(map(_price, prices)),
        funding=tuple(listing.funding),
        languages=tuple(listing.languages),
        interpreter=listing.interpreter,
        interpretation=text(service, "interpretation_services", language, own),
        practitioner=listing.practitioner,
        places=places,
        accessibility=dict(listing.accessibility),
        area_postcodes=tuple(listing.area_postcodes),
        area_countries=tuple(listing.area_countries),
        hours=(known := hours.listed(listing.slots, listing.schedule)),
        schedule_notes=known.notes,
        phones=await numbers(session, organization.id, id, places),
        people=await _people(session, id),
        email=listing.email,
        websites=await _websites(session, service, organization),
        capacity=capacity(listing, today),
        capacity_note=rooms[0].note if rooms else None,
        from_answers=await said_in_answers(session, id, listing.capacity_updated),
        more_room=tuple(room for room in rooms[1:] if room.counts(today) and room.available is not None),
        wait_text=service.wait_time,
        available_from=listing.available_from,
        available_until=listing.available_until,
        assured=listing.assured_date,
        check_by=listing.check_by,
        last_modified=service.last_modified,
        source=listing.source,
        tongue=own,
        where=next((Where(place.country, place.postcode) for place in places if place.country), Where()),
    )
    return (await mask(session)).over(organization.id, told)


def _own(said: Text, language: str) -> Text:
    """Only in the language that is being read: easy words in another one are not easy."""
    return said if said.language in (language, None) else Text("")


async def _of(session: AsyncSession, record: Any, id: UUID, order: Any) -> Sequence[Any]:
    """What hangs on this service and is not gone."""
    there = select(record).where(record.service_id == id, record.gone_at.is_(None)).order_by(order)
    return (await session.scalars(there)).all()


def _price(option: CostOption) -> Price:
    amount = None if option.amount is None else float(option.amount)
    return Price(option.option, amount, option.currency, option.amount_description)


async def _people(session: AsyncSession, id: UUID) -> tuple[Person, ...]:
    contacts = await _of(session, Contact, id, Contact.name)
    return tuple(Person(one.name or "", one.title or "", one.email) for one in contacts if one.name or one.title)


async def _websites(session: AsyncSession, service: Service, organization: Organization) -> tuple[Link, ...]:
    more = await session.scalars(
        select(Url).where(Url.service_id == service.id, Url.gone_at.is_(None)).order_by(Url.id)
    )
    found = [Link(url, None) for url in (service.url, organization.website) if url]
    found += [Link(one.url, one.label) for one in more]
    return tuple({link.url: link for link in reversed(found)}.values())[::-1]
