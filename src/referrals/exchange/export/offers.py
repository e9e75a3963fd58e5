"""What the page of open data shows of each file: is it there, is it still true, is it being made."""

from dataclasses import dataclass
from datetime import datetime

from referrals.exchange.export.formats import FORMATS, Format
from referrals.exchange.export.losses import REASONS, Loss
from referrals.exchange.export.store import Kept, Store
from referrals.exchange.labels import KINDS
from referrals.kit.html import language_name, number
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

NAMES = {**KINDS, "taxonomy_term": N_("Terms of taxonomies")}
"""What kinds of record are called on these pages."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One file. `percent`: how far it is while it is being made, else None."""

    key: str
    found: Format
    language: str | None
    kept: Kept | None
    current: bool
    """What is there is what the directory says now."""
    percent: int | None

    @property
    def title(self) -> str:
        named = _(self.found.title)
        if self.language is None:
            return named
        return _("%(what)s, %(language)s") % {"what": named, "language": language_name(self.language)}

    @property
    def purpose(self) -> str:
        return _(self.found.purpose)

    @property
    def size(self) -> str:
        return size(self.kept.made.size) if self.kept else ""


def listed(store: Store, state: str, now: datetime) -> list[Offer]:
    return [offered(store, found, key, state, now) for found in FORMATS.values() for key in found.files()]


def offered(store: Store, found: Format, key: str, state: str, now: datetime) -> Offer:
    kept, progress = store.kept(key, found.suffix), store.progress(key, now)
    current = kept is not None and kept.state == state
    going = progress is not None and not current
    return Offer(
        key, found, key.partition(".")[2] or None, kept, current, progress.percent if progress and going else None
    )


@dataclass(frozen=True, slots=True)
class Lost:
    """What is lost of one kind of record: for each reason the fields, and in how many records each says something."""

    kind: str
    reasons: tuple[tuple[str, str], ...]


def losses(offer: Offer) -> list[Lost]:
    """By kind of record and reason; inside, what concerns most records first."""
    found: dict[str, dict[str, list[Loss]]] = {}
    for one in offer.kept.made.losses if offer.kept else ():
        found.setdefault(one.entity, {}).setdefault(one.reason, []).append(one)
    return [
        Lost(
            _(NAMES.get(entity, entity)), tuple((_(REASONS[reason]), _fields(lost)) for reason, lost in reasons.items())
        )
        for entity, reasons in found.items()
    ]


def _fields(lost: list[Loss]) -> str:
    """`description 94 · name 12`."""
    return " · ".join(f"{_field(one.field)} {number(one.count)}" for one in sorted(lost, key=lambda one: -one.count))


def inside(offer: Offer) -> list[tuple[str, str]]:
    """Kinds of record and how many of each: what leaves of the directory, whichever form it takes."""
    found = offer.kept.made.records if offer.kept else {}
    return [(_(NAMES[kind]), number(found[kind])) for kind in offer.found.counted if found.get(kind)]


def size(count: int) -> str:
    """`812 kB`, `2.7 MB`."""
    if count < 1_000_000:
        return _("%(number)s kB") % {"number": number(max(1, round(count / 1000)))}
    return _("%(number)s MB") % {"number": number(round(count / 1_000_000, 1))}


def _field(name: str) -> str:
    """`id` stands for the whole record, `source` for where it came from and when."""
    whole = {"id": _("the whole record"), "source": _("where it came from, and when")}
    return whole.get(name, name)
