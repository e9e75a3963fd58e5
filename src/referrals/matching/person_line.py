"""The person in one line, and what is still missing in their file."""

from collections.abc import Iterable, Iterator, Mapping

from referrals.clients.models import Client
from referrals.kit import html
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.matching.facts import Person
from referrals.matching.scoring import Match
from referrals.matching.sentences import way
from referrals.taxonomy.vocabulary import Vocabulary

_MODES: Mapping[str, str] = {
    "car": N_("by car"), "transit": N_("by bus or train"), "bike": N_("by bicycle"), "walk": N_("on foot"),
    "none": N_("cannot travel"),
}  # fmt: skip


def person_line(client: Client, person: Person, words: Vocabulary) -> str:
    """`near Truro · English, French · NHS · 45 min by car at most`."""
    spoken = current_language()
    parts = [
        _("near %(place)s") % {"place": client.place_name} if client.place_name else "",
        ", ".join(html.language_name(code) for code in client.languages),
        html.run_on([words.label("funding", code, spoken) for code in client.funding]),
        _moves(person),
    ]
    return " · ".join(part for part in parts if part)


def gaps(person: Person, proposed: Iterable[Match]) -> Iterator[str]:
    """What the file does not say and every proposal would be surer for, or some of those proposed."""
    if person.at is None:
        yield _("where they live")
    elif any(one.finding("H4").code == "postcode_not_known" for one in proposed):
        yield _("their postcode")
    if person.travel is None or (person.travel.mode != "none" and person.travel.max_minutes is None):
        yield _("how far they can go")
    if person.ages is None:
        yield _("their age")
    if not person.languages:
        yield _("the languages they speak")
    if person.funding is None:
        yield _("who pays")


def _moves(person: Person) -> str:
    travel = person.travel
    if travel is None:
        return ""
    if travel.mode == "none" or travel.max_minutes is None:
        return _(_MODES[travel.mode])
    return _("%(way)s at most") % {"way": way(travel.max_minutes, travel.mode)}
