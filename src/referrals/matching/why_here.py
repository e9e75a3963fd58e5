"""Why a service stands where it stands, in a sentence: compared with the one right after it. Pure but for the language spoken."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from referrals.kit import html
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _
from referrals.matching.scoring import TIE, TO_CHECK, Match, Weights

_BECAUSE: Final[Mapping[str, str]] = {
    "fit": N_("it does more exactly what they need"),
    "outcomes": N_("it has helped more people with this need"),
    "timeliness": N_("it begins sooner"),
    "travel": N_("the way is shorter"),
    "preferences": N_("it suits them better"),
    "cost": N_("it costs them less"),
    "language": N_("their language is spoken there"),
    "continuity": N_("it goes with where they are known or go already"),
}
_WISHES: Final[Mapping[str, str]] = {
    "soon": N_("soon"), "near": N_("near"), "cheap": N_("cheap"), "mine": N_("what suits them"),
}  # fmt: skip
_MODELS: Final[Mapping[str, str]] = {
    "brokerage": N_("as usual in brokerage"), "intensive": N_("as usual in intensive support"),
    "clinical": N_("as usual in clinical case management"), "strengths": N_("as usual in strengths-based support"),
}  # fmt: skip
_LEAST: Final = 0.5
"""Points that are worth a word."""


def why_here(match: Match, after: Match | None, loads: Mapping[UUID, int]) -> str:
    """One sentence; for the last one, and for the only one, there is nothing to compare."""
    if after is None:
        return ""
    if match.tie and after.offer.service_id in match.tie.members:
        return _taking_turns(match, after, loads)
    if match.score < after.score - TIE:
        return _("So that no organization stands alone on the first three places.")
    criterion, points = _best(match, after)
    fewer = len(after.checks) - len(match.checks)
    if fewer > 0 and points < fewer * TO_CHECK:
        return _("Before the next one because fewer things have to be asked first.")
    if points < _LEAST:
        return _("About as good as the next one.")
    return _("Before the next one mainly because %(reason)s.") % {"reason": _(_BECAUSE[criterion])}


def what_counts(shares: Mapping[str, float], labels: Mapping[str, str], weights: Weights) -> str:
    """What weighs most in this list, and who decided so."""
    first = sorted(shares, key=lambda criterion: -shares[criterion])[:2]
    most = html.listed([_inside(labels[criterion]) for criterion in first])
    said = _("What counts most: %(criteria)s.") % {"criteria": most}
    return f"{said} {_decided(weights)}"


def _decided(weights: Weights) -> str:
    if weights.wishes:
        ranked = ", ".join(_(_WISHES[wish]) for wish in weights.wishes)
        if len(weights.wishes) == 1:
            return _("They say themselves what comes first: %(wish)s.") % {"wish": ranked}
        return _("They put it in this order themselves: %(wishes)s.") % {"wishes": ranked}
    if weights.version is not None:
        return _("Your organization has decided so (version %(number)d).") % {"number": weights.version}
    return _("Weighed %(model)s.") % {"model": _(_MODELS.get(weights.model, _MODELS["brokerage"]))}


def _taking_turns(match: Match, after: Match, loads: Mapping[UUID, int]) -> str:
    here, there = loads.get(match.offer.service_id, 0), loads.get(after.offer.service_id, 0)
    assert match.tie is not None
    others = len(match.tie.members) - 1
    alike = ngettext("As good as %(num)d other.", "As good as %(num)d others.", others) % {"num": others}
    lighter, turn = (
        _("It stands first because fewer people were sent there lately."),
        _("Today it is its turn to stand before the next one."),
    )
    return f"{alike} {lighter if here < there else turn}"


def _best(match: Match, after: Match) -> tuple[str, float]:
    """The criterion that speaks most for the first of the two, and by how many points."""
    theirs = {part.criterion: part.points for part in after.parts}
    leads = {part.criterion: part.points - theirs.get(part.criterion, 0.0) for part in match.parts}
    best = max(leads, key=lambda criterion: leads[criterion], default="fit")
    return best, leads.get(best, 0.0)


def _inside(label: str) -> str:
    return label[:1].lower() + label[1:]


def neighbours(matches: Sequence[Match]) -> list[tuple[Match, Match | None]]:
    """Each with the one right after it."""
    return list(zip(matches, [*matches[1:], None], strict=False))
