"""The lines of confidential addresses, struck out of whatever their organizations write for everybody.

Pages, the search index, the interface and exports all strike with the same `mask`: an editor who types the street into a
description tells it nowhere. That the text holds it is a contradiction (`hidden_told`), for a curator to mend.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")
_NUMBERED: Final = re.compile(r"(?:\d+(?:[-/]\d+)?\s*(?:bis|ter|quater|[a-d])?\s+)?(\D+)$", re.IGNORECASE)
_A_STREET: Final = re.compile(
    r"^(?:rue|avenue|av|boulevard|bd|place|chemin|impasse|all[ée]e|quai|route|rte|cours|square|passage|ruelle|sentier|mont[ée]e"
    r"|faubourg|venelle|esplanade)\b|\b(?:street|st|road|rd|lane|ln|avenue|ave|drive|dr|close|terrace|way|crescent|gardens"
    r"|mews|boulevard|blvd|row|hill|parade|walk)\.?$",
    re.IGNORECASE,
)
"""French streets say so at the beginning, English ones at the end."""
STRUCK: Final = "[…]"
_SHORT: Final = 6
"""A line of an address shorter than this is found in any text, so it is looked for in none."""
_ACCENTS: Final = {
    letter: f"[{letter}{accented}]"
    for letter, accented in {
        "a": "àâäáãå", "c": "ç", "e": "éèêë", "i": "îïíì", "n": "ñ", "o": "ôöóòõø", "u": "ùûüú", "y": "ÿý",
    }.items()
}  # fmt: skip


@dataclass(frozen=True)
class Mask:
    """Organization -> lines that no text of it may repeat: of its own places, and of those where it runs a service."""

    lines: Mapping[UUID, frozenset[str]] = field(default_factory=dict)

    def over(self, organization_id: UUID | str | None, said: T) -> T:
        """Texts, and whatever holds texts: dicts, lists, tuples, dataclasses. Anything else stays as it is."""
        pattern = self._patterns.get(_id(organization_id)) if organization_id and self._patterns else None
        struck: T = said if pattern is None else _struck(said, pattern)
        return struck

    def concerns(self, organization_id: UUID | str) -> bool:
        """Whether there is anything to look for in what belongs to this organization."""
        return bool(self._patterns) and _id(organization_id) in self._patterns

    @property
    def concerned(self) -> list[UUID]:
        return list(self._patterns)

    @cached_property
    def _patterns(self) -> dict[UUID, re.Pattern[str]]:
        return {
            organization: re.compile("|".join(map(_loosely, sorted(lines))), re.IGNORECASE)
            for organization, lines in self.lines.items() if lines
        }  # fmt: skip


async def mask(session: AsyncSession) -> Mask:
    """As the directory stands now; one statement, quick where little is confidential."""
    await session.flush()
    return mask_of(tuple[Any, ...](row) for row in await (await session.connection()).exec_driver_sql(_LINES))


def mask_of(said: Iterable[Sequence[Any]]) -> Mask:
    """From the rows of `LINES_TOLD`."""
    lines: dict[UUID, set[str]] = {}
    open_streets: dict[UUID, set[str]] = {}
    for organization_id, is_open, *texts in said:
        organization = _id(organization_id)
        for line in filter(None, texts):
            if is_open:
                open_streets.setdefault(organization, set()).update(_street(line))
            elif _tells(line):
                lines.setdefault(organization, set()).add(line.strip())
    return Mask(
        {organization: _telling(some, open_streets.get(organization, ())) for organization, some in lines.items()}
    )


def _id(organization_id: UUID | str) -> UUID:
    return organization_id if isinstance(organization_id, UUID) else UUID(organization_id)


def _tells(line: str) -> bool:
    """Whether the line leads somewhere: it has a number, and is long enough not to be found in any text."""
    return len(line.strip()) >= _SHORT and any(sign.isdigit() for sign in line)


def _telling(lines: Collection[str], open_streets: Collection[str]) -> frozenset[str]:
    """The lines, and the streets in them by their names alone: but not one in which the same people have an open door too."""
    known = {street.casefold() for street in open_streets}
    streets = {street for line in lines for street in _street(line) if street.casefold() not in known}
    return frozenset({*lines, *streets})


def _street(line: str) -> list[str]:
    """`Hidden Lane` of `9 Hidden Lane, back door`; nothing where no word says that it is a street."""
    found = (_NUMBERED.match(part.strip()) for part in line.split(","))
    names = (match[1].strip() for match in found if match)
    return [name for name in names if len(name) >= _SHORT and " " in name and _A_STREET.search(name)]


def _loosely(line: str) -> str:
    """The line whatever stands between its words, and with or without accents."""
    return r"\b" + r"[\W_]+".join("".join(map(_letter, word)) for word in re.findall(r"\w+", line)) + r"\b"


def _letter(letter: str) -> str:
    plain = unicodedata.normalize("NFKD", letter.lower())[:1]
    return _ACCENTS.get(plain) or re.escape(letter)


def _struck(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(STRUCK, value)
    if isinstance(value, dict):
        return {key: _struck(inner, pattern) for key, inner in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_struck(inner, pattern) for inner in value)
    if is_dataclass(value) and not isinstance(value, type):
        told = {one.name: getattr(value, one.name) for one in fields(value) if one.init}
        return replace(value, **{name: _struck(inner, pattern) for name, inner in told.items()})
    return value


HIDDEN: Final = """
WITH term AS (
    SELECT t.id FROM taxonomy_term t JOIN taxonomy x ON x.id = t.taxonomy_id
    WHERE x.source = 'relais' AND x.name = 'privacy' AND t.code = 'confidential-address'
), meaning AS (
    SELECT id FROM term UNION SELECT l.foreign_id FROM term_link l JOIN term ON term.id = l.term_id WHERE l.state = 'confirmed'
), marked AS (
    SELECT a.link_id AS id FROM attribute a LEFT JOIN service s ON s.id = a.link_id
    WHERE a.taxonomy_term_id IN (SELECT id FROM meaning) AND (a.gone_at IS NULL OR s.gone_at IS NOT NULL)
), service_marked AS (
    SELECT s.id FROM service s JOIN marked m ON s.id = m.id
    UNION SELECT s.id FROM service s JOIN marked m ON s.organization_id = m.id
), named AS (
    SELECT l.id FROM location l JOIN marked m ON l.id = m.id
    UNION SELECT l.id FROM location l JOIN marked m ON l.organization_id = m.id
    UNION SELECT a.location_id FROM address a JOIN marked m ON a.id = m.id WHERE a.location_id IS NOT NULL
    UNION SELECT p.location_id FROM service_at_location p JOIN marked m ON p.id = m.id
    UNION SELECT p.location_id FROM service_at_location p JOIN service_marked m ON p.service_id = m.id
), place AS (
    SELECT id FROM named
    UNION SELECT twin.id FROM location l
    JOIN address a ON a.location_id = l.id JOIN location twin ON twin.organization_id = l.organization_id
    JOIN address b ON b.location_id = twin.id
    WHERE l.id = ANY (ARRAY(SELECT id FROM named)) AND a.address_1 <> '' AND lower(b.address_1) = lower(a.address_1)
    AND coalesce(b.postal_code, '') = coalesce(a.postal_code, '')
)
"""
"""The confidential places of the whole directory as `place`, the services that say so as `service_marked`: the beginning of
a statement. Another record of the same street in the same organization is the same door, with its point. A mark that went with its whole service still holds: the place is where it was."""

_LINES: Final = f"""{HIDDEN}, known AS (
    SELECT a.location_id, a.address_1, a.address_2, a.attention FROM address a
    WHERE a.location_id = ANY (ARRAY(SELECT id FROM place))
), telling AS (
    SELECT l.organization_id AS id, k.address_1, k.address_2, k.attention FROM known k JOIN location l ON l.id = k.location_id
    WHERE l.organization_id IS NOT NULL
    UNION
    SELECT s.organization_id, k.address_1, k.address_2, k.attention
    FROM known k JOIN service_at_location p ON p.location_id = k.location_id JOIN service s ON s.id = p.service_id
), door AS (
    SELECT l.organization_id AS of, l.id FROM location l WHERE l.organization_id = ANY (ARRAY(SELECT id FROM telling))
    UNION
    SELECT s.organization_id, p.location_id FROM service s JOIN service_at_location p ON p.service_id = s.id
    WHERE s.organization_id = ANY (ARRAY(SELECT id FROM telling)) AND p.gone_at IS NULL
)
SELECT id, false, address_1, address_2, attention FROM telling
UNION ALL
SELECT d.of, true, a.address_1, a.address_2, NULL FROM door d JOIN address a ON a.location_id = d.id
WHERE a.gone_at IS NULL AND d.id <> ALL (ARRAY(SELECT id FROM place))
"""  # noqa: S608  # our own words
"""Arrays, because the planner expects hundreds of places where there are three, and would read the whole table for them."""
LINES_TOLD: Final = (
    "(SELECT jsonb_agg(jsonb_build_array(said.id, said.is_open, said.address_1, said.address_2, said.attention)) "  # noqa: S608
    f"FROM ({_LINES}) AS said (id, is_open, address_1, address_2, attention))"
)
"""All of it as one value, for a statement that asks for something else besides: null where nothing is confidential."""
