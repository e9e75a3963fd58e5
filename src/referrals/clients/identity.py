"""The one door to who a person is: names, birth date, addresses, free notes. Nobody else reads `ClientIdentity`.

Whoever opens it has read the client through `queries.caseload` first. A key per person will lock this door later;
everything that would need that key is already in this file.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import Select, bindparam, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, ClientContact, ClientIdentity
from referrals.kit.prepared import AnySelect, rows
from referrals.kit.text import fold

LIKELY_DOUBLE = 85
"""RapidFuzz token_sort_ratio of two folded names from which we ask whether it is the same person."""


@dataclass(frozen=True, slots=True)
class Identity:
    client_id: UUID
    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    address: str = ""
    notes: str = ""
    need_notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


async def read(session: AsyncSession, client_id: UUID) -> Identity:
    return (await of(session, [client_id]))[client_id]


async def of(session: AsyncSession, client_ids: Iterable[UUID]) -> dict[UUID, Identity]:
    """One statement. A client without a written identity has an empty one."""
    ids = set(client_ids)
    if not ids:
        return {}
    rows = await session.scalars(select(ClientIdentity).where(ClientIdentity.client_id.in_(ids)))
    known = {row.client_id: _identity(row) for row in rows}
    return {id: known.get(id) or Identity(id) for id in ids}


async def born_and_home(session: AsyncSession, client_id: UUID) -> tuple[int | None, date | None, str | None]:
    """Year of birth, day of birth and country, of somebody whose referral is being looked at. One statement."""
    found = await rows(session, birth_and_country, None, client=client_id)
    return (found[0].birth_year, found[0].birth_date, found[0].country) if found else (None, None, None)


def birth_and_country(_: None) -> AnySelect:
    """The same as a statement (of `:client`), for one that asks more at once."""
    return (
        select(Client.birth_year, ClientIdentity.birth_date, Client.country)
        .outerjoin(ClientIdentity, ClientIdentity.client_id == Client.id)
        .where(Client.id == bindparam("client"))
    )


async def names(session: AsyncSession, client_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What a case manager calls each of these people: the given name, else the alias."""
    ids = set(client_ids)
    if not ids:
        return {}
    rows = await session.execute(
        select(Client.id, Client.alias, ClientIdentity.given_name)
        .outerjoin(ClientIdentity, ClientIdentity.client_id == Client.id)
        .where(Client.id.in_(ids))
    )
    return {id: given or alias for id, alias, given in rows}


async def told_apart(session: AsyncSession, client_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The same for a list of people: two of one name get as much of their family names as tells them apart."""
    ids = set(client_ids)
    if not ids:
        return {}
    rows = await session.execute(
        select(Client.id, Client.alias, ClientIdentity.given_name, ClientIdentity.family_name)
        .outerjoin(ClientIdentity, ClientIdentity.client_id == Client.id)
        .where(Client.id.in_(ids))
    )
    forms = {id: _shorter_to_longer(given or alias, family or "") for id, alias, given, family in rows}
    for form in range(2):
        often = Counter(each[form] for each in forms.values())
        forms = {id: each if often[each[form]] > 1 else (each[form],) * 3 for id, each in forms.items()}
    return {id: each[2] for id, each in forms.items()}


def _shorter_to_longer(name: str, family: str) -> tuple[str, str, str]:
    return (name, f"{name} {family[0]}.", f"{name} {family}") if family else (name, name, name)


async def write(
    session: AsyncSession, client_id: UUID, *, given_name: str, family_name: str, birth_date: date | None,
    address: str, notes: str,
) -> None:  # fmt: skip
    row = await session.get(ClientIdentity, client_id)
    if row is None:
        row = ClientIdentity(client_id=client_id, need_notes={})
        session.add(row)
    row.given_name, row.family_name = given_name.strip(), family_name.strip()
    row.folded_name = fold(f"{given_name} {family_name}")
    row.birth_date, row.address, row.notes = birth_date, address.strip(), notes.strip()
    await session.flush()


async def write_need_note(session: AsyncSession, client_id: UUID, need_id: UUID, text: str) -> None:
    row = await session.get(ClientIdentity, client_id)
    if row is None:
        row = ClientIdentity(client_id=client_id, given_name="", family_name="", folded_name="", need_notes={})
        session.add(row)
    row.need_notes = {**row.need_notes, str(need_id): text.strip()} if text.strip() else {
        key: value for key, value in row.need_notes.items() if key != str(need_id)
    }  # fmt: skip
    await session.flush()


async def write_keep_away_reason(session: AsyncSession, client_id: UUID, keep_away_id: UUID, text: str) -> None:
    """Empty words forget it."""
    row = await session.get(ClientIdentity, client_id)
    if row is None:
        row = ClientIdentity(client_id=client_id, need_notes={}, keep_away_reasons={})
        session.add(row)
    others = {key: value for key, value in row.keep_away_reasons.items() if key != str(keep_away_id)}
    row.keep_away_reasons = {**others, str(keep_away_id): text.strip()} if text.strip() else others
    await session.flush()


async def keep_away_reasons(session: AsyncSession, client_id: UUID) -> dict[UUID, str]:
    """KeepAway id -> why. Asked through `keeping_away.reasons`, which knows who may."""
    found = await session.scalar(select(ClientIdentity.keep_away_reasons).where(ClientIdentity.client_id == client_id))
    return {UUID(key): str(value) for key, value in (found or {}).items()}


async def likely_doubles(
    session: AsyncSession, organization_id: UUID, given_name: str, family_name: str, birth_date: date | None
) -> list[tuple[UUID, str]]:
    """People of the same organization who may be this one: (client id, alias), the likeliest first.

    Of two who were born on one day a part of the name is enough, or the alias.
    Asked when a file is opened. Whoever asks learns an alias and no more, for the other file may be a colleague's.
    """
    asked = fold(f"{given_name} {family_name}")
    if not asked:
        return []
    rows = await session.execute(
        select(Client.id, Client.alias, ClientIdentity.folded_name, ClientIdentity.birth_date)
        .join(ClientIdentity, ClientIdentity.client_id == Client.id)
        .where(
            Client.organization_id == organization_id,
            or_(
                func.similarity(ClientIdentity.folded_name, asked) > 0.3,
                ClientIdentity.birth_date == birth_date if birth_date else false(),
            ),
        )
    )
    scored = [
        (_likeness(asked, name, fold(alias) if born and born == birth_date else ""), born, id, alias)
        for id, alias, name, born in rows
    ]
    likely = [
        (score, id, alias) for score, born, id, alias in scored
        if score >= LIKELY_DOUBLE and not (born and birth_date and born != birth_date)
    ]  # fmt: skip
    return [(id, alias) for _, id, alias in sorted(likely, key=lambda row: -row[0])]


def _likeness(asked: str, name: str, alias: str) -> float:
    """From 0 to 100. `alias` only where the birth date is the same."""
    return max(fuzz.token_sort_ratio(asked, name), fuzz.token_set_ratio(asked, f"{name} {alias}") if alias else 0)


def named_like(words: str) -> Select[UUID]:
    """Ids of people whose name holds these words, to be narrowed by whoever may know the names at all."""
    return select(ClientIdentity.client_id).where(ClientIdentity.folded_name.contains(fold(words), autoescape=True))


def answers_to(who: Identity, alias: str, words: str) -> bool:
    """Whether this person may be meant by these words: a part of the name or alias or nearly it, in any order."""
    asked = fold(words)
    known = [fold(who.name), fold(alias)]
    return any(asked in name or fuzz.partial_ratio(asked, name) >= 85 for name in known if name) or all(
        any(word in name or fuzz.ratio(word, name) >= 80 for name in " ".join(known).split()) for word in asked.split()
    )


@dataclass(frozen=True, slots=True)
class ContactLine:
    id: UUID
    kind: str
    value: str
    safe: bool
    note: str


async def contacts(session: AsyncSession, client_id: UUID) -> list[ContactLine]:
    rows = await session.scalars(
        select(ClientContact)
        .where(ClientContact.client_id == client_id)
        .order_by(ClientContact.kind, ClientContact.value)
    )
    return [ContactLine(row.id, row.kind, row.value, row.safe, row.note) for row in rows]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach somebody, with what is said there."""

    value: str
    ask_for: str
    answered_by: str
    leave_message: str


async def ways(session: AsyncSession, contact_ids: Iterable[UUID]) -> dict[UUID, Way]:
    """Of those that are still safe."""
    rows = await session.scalars(
        select(ClientContact).where(ClientContact.id.in_(set(contact_ids)), ClientContact.safe.is_(True))
    )
    return {row.id: Way(row.value, row.ask_for, row.answered_by, row.leave_message) for row in rows}


def _identity(row: ClientIdentity) -> Identity:
    return Identity(
        row.client_id, row.given_name, row.family_name, row.birth_date, row.address, row.notes, dict(row.need_notes)
    )
