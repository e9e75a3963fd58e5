"""What a person is asked to agree to, in their own language: the sentences that are read to them, and the very text kept."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from referrals.clients.consent import AFTER_ACCEPTANCE, BEFORE_ACCEPTANCE, LATER, TO_BE_ASKED, TO_DECIDE, EndsWith
from referrals.clients.identity import ContactLine, Identity
from referrals.clients.models import Client, Need
from referrals.clients.sensitivity import AGREED
from referrals.kit import html, i18n
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.sensitivity import CODES
from referrals.taxonomy.vocabulary import Vocabulary

FIELDS = {
    "need": N_("what I need"),
    "age_band": N_("my age, to within ten years"),
    "area": N_("the town I live in"),
    "languages": N_("the languages I speak"),
    "funding": N_("who pays for me"),
    "urgency": N_("how urgent it is"),
    "need_by": N_("by when I need it"),
    "name": N_("my name"),
    "birth_date": N_("my birth date"),
    "phone": N_("my phone number"),
    "email": N_("my e-mail address"),
    "address": N_("my address"),
    "notes": N_("what my case manager wrote about this need"),
    "answers": N_("answers to what they ask about this need"),
    "documents": N_("the papers that they ask for, each shown to me first"),
}
DIRECTIONS = {
    "both": N_("They may tell my case manager how it goes and how it ended."),
    "out": N_("They tell my case manager nothing about me in return, but whether they take me."),
}
OPENING = N_(
    "I agree that %(organization)s (%(service)s) is told the following about me, so that they can say whether they can help."
)
ENDINGS: dict[EndsWith | None, str] = {
    None: N_("I may take this back at any time. It ends by itself on %(day)s."),
    "referral_closed": N_(
        "I may take this back at any time. It ends by itself when this request is over, on %(day)s at the latest."
    ),
    "end_of_treatment": N_(
        "I may take this back at any time. It ends by itself when the help has ended, on %(day)s at the latest."
    ),
}
METHODS = {
    "oral_witnessed": N_("Spoken, somebody else was there"),
    "e-sign": N_("Signed here, on this screen"),
    "paper_scan": N_("Signed on paper"),
}
ALONE = N_("They answer themselves, on their own phone")
BY_HAND = frozenset({"sud"})
"""Never ticked beforehand: it does not ride on anything else that was agreed to (42 CFR Part 2)."""


@dataclass(frozen=True, slots=True)
class Told:
    """One field: its code, and what would be told, in the client's language: `my name (Paul Harvey)`."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """In the client's language."""

    language: str
    opening: str
    first: str
    """Heads what is told before they answer."""
    before: tuple[Told, ...]
    then: str
    """Heads what is told once they have said yes."""
    after: tuple[Told, ...]
    reveals: str
    """Heads what the request gives away by itself."""
    given_away: tuple[Told, ...]
    back: str
    """Heads what they may tell in return."""
    directions: tuple[tuple[str, str], ...]
    ending: str
    """That it ends, while the form still asks when."""

    def text(self, scope: Collection[str], direction: str, sensitivity: Collection[str], ending: str) -> str:
        """The text that is agreed to when these fields are ticked; it is kept with the agreement, and its digest.

        `ending`: as `ends` words it.
        """
        lines = [self.opening, self.first, *self._lines(self.before, scope)]
        if said := self._lines(self.after, scope):
            lines += [self.then, *said]
        if told := self._lines(self.given_away, sensitivity):
            lines += [self.reveals, *told]
        return "\n".join([*lines, dict(self.directions)[direction], ending])

    def ends(self, until: datetime, ends_with: EndsWith | None = None) -> str:
        """When it ends: that it may be taken back before, and the day at which it is over in any case."""
        with speaking(self.language):
            return _(ENDINGS[ends_with]) % {"day": html.day(until)}

    @property
    def before_options(self) -> list[tuple[str, str]]:
        return [(told.code, told.label) for told in self.before]

    @property
    def after_options(self) -> list[tuple[str, str]]:
        return [(told.code, told.label) for told in self.after]

    @property
    def sensitive_options(self) -> list[tuple[str, str]]:
        return [(told.code, told.label) for told in self.given_away]

    @staticmethod
    def _lines(fields: Sequence[Told], scope: Collection[str]) -> list[str]:
        return [f"- {told.label}" for told in fields if told.code in scope]


def agreement(
    client: Client, need: Need, who: Identity, contacts: Sequence[ContactLine], age: int | None, service: str,
    organization: str, words: Vocabulary, sensitivity: Collection[str] = (),
) -> Agreement:  # fmt: skip
    """Only what is in the file is asked about; and `sensitivity`, what the request gives away by itself."""
    with speaking(client.language):
        known = _before(client, need, age, words) | _after(need, who, contacts)
        told = {code: Told(code, f"{_(FIELDS[code])} ({value})") for code, value in known.items() if value}
        told |= {code: Told(code, _(FIELDS[code])) for code in LATER}
        return Agreement(
            language=client.language,
            opening=_(OPENING) % {"organization": organization, "service": service},
            first=_("Before they answer, without my name"),
            before=tuple(told[code] for code in BEFORE_ACCEPTANCE if code in told),
            then=_("Once they have said yes"),
            after=tuple(told[code] for code in AFTER_ACCEPTANCE if code in told),
            reveals=_("They also learn from this"),
            given_away=tuple(Told(code, _(AGREED[code])) for code in CODES if code in sensitivity),
            back=_("What they may tell in return"),
            directions=tuple((code, _(label)) for code, label in DIRECTIONS.items()),
            ending=_("I may take this back at any time. It ends by itself when the time chosen below is over."),
        )


def proposed(asked: Agreement, asks: Collection[str] | None = None) -> list[str]:
    """What is ticked to begin with. `asks`: the fields that the service said it needs; it has not said: what most need, and
    one way to reach the person.
    """
    if asks is None:
        by_phone = any(told.code == "phone" for told in asked.after)
        asks = (*TO_DECIDE, "answers", "name", "phone" if by_phone else "email")
    wanted = {*TO_BE_ASKED, *asks}
    return [told.code for told in (*asked.before, *asked.after) if told.code in wanted]


def ticked(asked: Agreement) -> list[str]:
    """What of the sensitive things is ticked to begin with."""
    return [told.code for told in asked.given_away if told.code not in BY_HAND]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """In this language, whatever the page around it speaks."""
    before = i18n.current_language()
    i18n.speak(language)
    try:
        yield
    finally:
        i18n.speak(before)


def _before(client: Client, need: Need, age: int | None, words: Vocabulary) -> dict[str, str]:
    spoken = i18n.current_language()
    decade = age // 10 * 10 if age is not None else 0
    return {
        "need": words.label("need", need.term, spoken),
        "age_band": _("%(low)d to %(high)d") % {"low": decade, "high": decade + 9} if age is not None else "",
        "area": client.place_name or "",
        "languages": html.listed([html.language_name(code) for code in client.languages]),
        "funding": html.run_on([words.label("funding", code, spoken) for code in client.funding]),
        "urgency": _("urgent") if need.urgency == "urgent" else _("not urgent"),
        "need_by": html.day(need.need_by),
    }


def _after(need: Need, who: Identity, contacts: Sequence[ContactLine]) -> dict[str, str]:
    """Of the ways to reach them, only those that are safe."""
    safe = {kind: [line.value for line in contacts if line.safe and line.kind == kind] for kind in ("phone", "email")}
    return {
        "name": who.name,
        "birth_date": html.day(who.birth_date),
        "phone": ", ".join(safe["phone"]),
        "email": ", ".join(safe["email"]),
        "address": who.address,
        "notes": who.need_notes.get(str(need.id), ""),
    }
