"""Two records side by side: what each says in every field, and what would stay of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.changes import Record, Value, present
from referrals.directory.changes.fields import Words, clean, fields, kind, own_language, written
from referrals.directory.duplicates import folding
from referrals.kit.text import fold

KEPT: Final = "kept"
DROPPED: Final = "dropped"
TOGETHER: Final = "both"
_ONE_OF_TWO: Final = frozenset({"schedules", "cost_options", "service_at_locations"})
"""Collections that would contradict themselves when put together: one of the two is proposed."""
_LINKS: Final = frozenset({"id", "service_at_location_id", "contact_id", "service_id", "organization_id"})
"""What a row hangs on besides its record: the other record's, so it does not come along."""


@dataclass(frozen=True, slots=True)
class Side:
    """One field in both records. `choice`: what is proposed; `together`: whether both may stay."""

    field: str
    kept: Value
    dropped: Value
    choice: str
    together: bool

    @property
    def same(self) -> bool:
        return _alike(self.field, self.kept) == _alike(self.field, self.dropped)

    def chosen(self, choice: str) -> Value:
        """What the field says after this choice."""
        if choice == DROPPED:
            return _without_ids(self.dropped)
        return joined(self.field, self.kept, self.dropped) if choice == TOGETHER else self.kept


async def sides(session: AsyncSession, kept: Record, dropped: Record) -> list[Side]:
    """Every field in which at least one of the two says something, in the order of the forms."""
    names = _names(kept, dropped)
    mine, others = await _said(session, kept, names), await _said(session, dropped, names)
    return [
        Side(name, mine[name], others[name], _proposed(name, mine[name], others[name]), isinstance(mine[name], list))
        for name in names
        if written(mine[name]) is not None or written(others[name]) is not None
    ]


def joined(name: str, mine: Value, others: Value) -> Value:
    """A union without repetition: two spellings of one number, one place twice, one term twice are one."""
    if not isinstance(mine, list) or not isinstance(others, list):
        return mine
    there = {_row(name, row) for row in mine}
    more: list[dict[str, Any]] = []
    for row in others:
        if (said := _row(name, row)) not in there:
            there.add(said)
            more.append(_bare(row))
    return [*mine, *more]


def _names(kept: Record, dropped: Record) -> list[str]:
    """Texts by their language, so that a French name never lands in an English field."""
    one_language = own_language(kept) == own_language(dropped)
    own = own_language(kept)
    found = []
    for name, field in fields(kind(kept)).items():
        if (
            not isinstance(field, Words)
            or (one_language and field.language != own)
            or (not one_language and field.language is not None)
        ):
            found.append(name)
    return found


async def _said(session: AsyncSession, record: Record, names: list[str]) -> dict[str, Value]:
    """As `present`; a text in the record's own language stands under that language too."""
    entity = kind(record)
    there = await present(session, record)
    return {name: clean(entity, name, there[name]) for name in names}


def _proposed(name: str, mine: Value, others: Value) -> str:
    if written(others) is None or _alike(name, mine) == _alike(name, others):
        return KEPT
    if written(mine) is None:
        return DROPPED
    return TOGETHER if isinstance(mine, list) and name not in _ONE_OF_TWO else KEPT


def _alike(name: str, value: Value) -> object:
    if isinstance(value, list):
        return sorted(_row(name, row) for row in value)
    return fold(str(value)) if isinstance(value, str) else value


def _row(name: str, row: Mapping[str, Any]) -> str:
    if name == "phones":
        return f"{folding.number(str(row.get('number', '')))} {row.get('extension') or ''}"
    if name == "languages" and row.get("code"):
        return str(row["code"])
    return " ".join(f"{key}={fold(str(value))}" for key, value in sorted(_bare(row).items()))


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in _LINKS}


def _without_ids(value: Value) -> Value:
    return [_bare(row) for row in value] if isinstance(value, list) else value
