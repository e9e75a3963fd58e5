"""Three ways of telling doubles, on the same judged pairs in one run."""

import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates import folding
from referrals.directory.duplicates.likeness import TABLES
from referrals.directory.duplicates.records import Compared, Entity, Spot, compared
from referrals.directory.duplicates.scoring import score
from referrals.directory.models import Attribute
from referrals.kit.text import fold
from referrals.taxonomy.models import Term

HERE = Path(__file__).parent
LABELS = HERE / "labels.json"
DRAWN = (("pairs.json", "labels.json"), ("pairs-fresh.json", "labels-fresh.json"), ("pairs-pool.json", "labels-pool.json"),
         ("pairs-final.json", "labels-final.json"), ("pairs-further.json", "labels-further.json"))  # fmt: skip
"""What was drawn and how it was judged. `final`: drawn and judged when an earlier score stood, which was changed in view of
them. `further`: drawn and judged when the next one stood, and likewise used since (docs/decisions/0018-duplicates.md)."""
FINAL, FURTHER = "final", "further"
"""The splits of the pairs that were drawn last."""
PEER = "PEER_PYTHON"
"""Environment variable: the Python of a virtual environment in which hsds-entity-resolution is installed."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair with both verdicts. `same` None: the judges differ and nobody settled it, so it is left out."""

    n: int
    entity: Entity
    a: str
    b: str
    split: str
    verdicts: tuple[str, str]
    same: bool | None
    stratum: str = ""
    """Of the blocking, or how it was found otherwise."""


@dataclass(frozen=True, slots=True)
class Figures:
    right: int
    false_alarms: int
    missed: int
    total: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false_alarms) if self.right + self.false_alarms else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.false_alarms + self.missed) if self.right else 0.0


def judged() -> list[Judged]:
    """All pairs of which there are verdicts."""
    return [one for drawn, labels in DRAWN if (HERE / labels).exists() for one in _judged(drawn, labels)]


def _judged(drawn: str, labels: str) -> list[Judged]:
    pairs = {one["n"]: one for one in _kept(drawn)}
    found = []
    for label in _kept(labels):
        pair = pairs[label["n"]]
        agreed = {"same": True, "different": False}.get(label["label"])
        split = next((late for late in (FINAL, FURTHER) if drawn == f"pairs-{late}.json"), "earlier")
        found.append(Judged(label["n"], Entity(pair["entity"]), pair["a"], pair["b"], split,
                            (label["first"], label["second"]), agreed, pair.get("stratum") or pair.get("found") or "by an older score"))  # fmt: skip
    return found


def _kept(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((HERE / name).read_text(encoding="utf-8"))
    return found


async def records(session: AsyncSession, pairs: Iterable[Judged]) -> dict[tuple[Entity, str], Compared]:
    found: dict[tuple[Entity, str], Compared] = {}
    for entity in Entity:
        keys = {key for one in pairs if one.entity is entity for key in (one.a, one.b)}
        table = TABLES[entity]
        rows = await session.execute(select(table.id, table.source_key).where(table.source_key.in_(keys)))
        ids = {id: key for id, key in rows if key}
        found |= {(entity, ids[one.id]): one for one in await compared(session, entity, list(ids))}
    return found


async def codes(session: AsyncSession, known: Mapping[tuple[Entity, str], Compared]) -> dict[UUID, list[str]]:
    """The codes of the terms put on each record: the other program reads in them how near two terms are."""
    ids = [one.id for one in known.values()]
    found: dict[UUID, list[str]] = defaultdict(list)
    for owner, code in await session.execute(
        select(Attribute.link_id, Term.code)
        .join(Term, Term.id == Attribute.taxonomy_term_id)
        .where(Attribute.link_id.in_(ids), Attribute.gone_at.is_(None))
    ):
        found[owner].append(code)
    return found


def ours(a: Compared, b: Compared) -> bool:
    return score(a, b).same


def plain(a: Compared, b: Compared) -> bool:
    """What many do: the words of the two names, whatever their order."""
    return max(fuzz.token_set_ratio(fold(x), fold(y)) for x in a.names for y in b.names) >= 90


def peer(
    pairs: Sequence[Judged], known: Mapping[tuple[Entity, str], Compared], terms: Mapping[UUID, list[str]]
) -> dict[int, bool] | None:
    """The other program's own decisions; None where it is not installed."""
    python = os.environ.get(PEER)
    if not python:
        return None
    asked = {
        "records": {
            entity: [_told(one, terms.get(one.id, [])) for (kind, _), one in known.items() if kind is entity] for entity in Entity
        },
        "pairs": [
            {"n": one.n, "entity": one.entity, "a": str(known[one.entity, one.a].id), "b": str(known[one.entity, one.b].id)}
            for one in pairs
        ],
    }  # fmt: skip
    run = subprocess.run(  # noqa: S603  (the Python that whoever measures has named)
        [python, str(HERE / "peer.py")], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(run.stderr[-2000:])
    return {one["n"]: one["same"] for one in json.loads(run.stdout)}


def count(pairs: Iterable[Judged], says: Callable[[Judged], bool]) -> Figures:
    right = alarms = missed = total = 0
    for one in pairs:
        if one.same is None:
            continue
        total += 1
        said = says(one)
        right += said and one.same
        alarms += said and not one.same
        missed += one.same and not said
    return Figures(right, alarms, missed, total)


def agreement(pairs: Sequence[Judged]) -> tuple[float, float]:
    """How often both judges said the same, and Cohen's kappa: the same beyond what chance would give."""
    same = sum(one.verdicts[0] == one.verdicts[1] for one in pairs) / len(pairs)
    first, second = (sum(one.verdicts[at] == "same" for one in pairs) / len(pairs) for at in (0, 1))
    chance = first * second + (1 - first) * (1 - second)
    return same, (same - chance) / (1 - chance) if chance < 1 else 1.0


def table(rows: Iterable[tuple[str, str, Figures]]) -> str:
    lines = [f"{'':24} {'':14} {'precision':>9} {'recall':>7} {'F1':>6}   right wrong missed of"]
    for way, part, one in rows:
        lines.append(
            f"{way:24} {part:14} {one.precision:9.3f} {one.recall:7.3f} {one.f1:6.3f}   "
            f"{one.right:5} {one.false_alarms:5} {one.missed:6} {one.total}"
        )
    return "\n".join(lines)


def _told(one: Compared, terms: Sequence[str]) -> dict[str, Any]:
    """A record in the other program's words. It compares numbers and addresses sign by sign: they come in one form.

    Half of its score is how like two names are. It is given the title of the place, which carries body, programme and site:
    by the service's name alone it finds none of the doubles, for most of them bear two names."""
    return {
        "entity_id": str(one.id), "source_schema": "miami", "name": (*one.titles, *one.names)[0], "description": one.description,
        "emails": [mail.lower() for mail in one.emails], "phones": [folding.number(phone) for phone in one.phones],
        "websites": list(one.websites), "locations": [_place(spot) for spot in one.spots],
        "taxonomies": [{"code": term} for term in terms],
        "identifiers": [{"system": kind, "value": value} for kind, _, value in (known.partition(":") for known in one.identifiers)],
        "services_rollup": [{"name": name} for name in one.offers],
        "organization_name": one.organization_names[0] if one.organization_names else "",
        "organization_id": str(one.family or ""), "alternate_name": one.names[1] if len(one.names) > 1 else "",
    }  # fmt: skip


def _place(spot: Spot) -> dict[str, Any]:
    return {
        "address_1": folding.street(spot.street),
        "city": spot.city,
        "state": "FL",
        "postal_code": folding.postcode(spot.postcode),
    }
