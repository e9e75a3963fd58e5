"""The first questions: what somebody would say who needs something, and the needs behind it. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary


@dataclass(frozen=True, slots=True)
class Sentence:
    """A question as a client says it. `first`: needs of any heading that answer it; `heading`: the one that follows whole."""

    text: str
    icon: str
    heading: str = ""
    first: tuple[str, ...] = ()


SENTENCES: Final = (
    Sentence(N_("Where to sleep"), "bed", "housing-dom"),
    Sentence(N_("Something to eat, something to wear"), "utensils", "basics"),
    Sentence(N_("Someone hurts me"), "shield", "", (
        "domestic-violence", "domestic-violence-refuge", "sexual-violence-counselling", "victim-support",
        "ptsd-counselling", "family-law",
    )),
    Sentence(N_("I feel very low"), "cloud-rain", "mental", ("crisis-line",)),
    Sentence(N_("Stop drinking, stop using"), "wine-off", "addiction-dom"),
    Sentence(N_("Move again after an accident"), "footprints", "", (
        "physiotherapy", "neuro-physiotherapy", "hand-therapy", "sports-physiotherapy", "occupational-therapy",
        "home-adaptation", "neuropsychology", "tbi-peer-group", "personal-injury-law", "compensation-planning",
    )),
    Sentence(N_("See a doctor, get care"), "stethoscope", "health", (
        "primary-care", "health-access-clinic", "dental-care", "sexual-health",
    )),
    Sentence(N_("Pay my bills, get out of debt"), "wallet", "money"),
    Sentence(N_("Papers, rights, a lawyer"), "scale", "law"),
    Sentence(N_("Find work, learn a trade"), "briefcase", "work"),
    Sentence(N_("Learn to read, speak, go online"), "book-open", "learning"),
    Sentence(N_("My children, my family"), "baby", "family"),
    Sentence(N_("Help at home, or a break from helping"), "house", "care"),
    Sentence(N_("Be less alone, do what I enjoy"), "sprout", "strengths", ("befriending", "peer-support")),
    Sentence(N_("Someone to help with everything"), "life-buoy", "coord"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """`all_of`: the heading that leads to everything behind this question, if one does."""

    text: str
    icon: str
    needs: tuple[TermInfo, ...]
    all_of: TermInfo | None


def doors(words: Vocabulary, offered: Collection[str]) -> list[Door]:
    """`offered`: codes of needs that some service answers. A question that nothing answers is not asked."""
    return [door for door in (*_ours(words, offered), *_others(words, offered)) if door.needs]


def _ours(words: Vocabulary, offered: Collection[str]) -> Iterator[Door]:
    for said in SENTENCES:
        codes = (*said.first, *(words.descendants(said.heading) if said.heading else ()))
        yield Door(_(said.text), said.icon, _answered(codes, words, offered), words.need(said.heading))


def _others(words: Vocabulary, offered: Collection[str]) -> Iterator[Door]:
    """Headings that no sentence of ours leads to yet, in their own words."""
    known = {said.heading for said in SENTENCES}
    for head in words.children(None):
        if head.code not in known:
            needs = _answered(words.descendants(head.code), words, offered)
            yield Door(head.plain(current_language()), "search", needs, head)


def _answered(codes: tuple[str, ...], words: Vocabulary, offered: Collection[str]) -> tuple[TermInfo, ...]:
    found = (words.need(code) for code in dict.fromkeys(codes) if code in offered)
    return tuple(term for term in found if term is not None and term.taggable)
