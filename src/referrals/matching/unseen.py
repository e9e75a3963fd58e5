"""What stands behind a list: what a bound kept from being looked at, and what said how long the ways take. Pure."""

from dataclasses import dataclass
from typing import Final

from referrals.kit import html
from referrals.kit.i18n import gettext as _
from referrals.kit.travel import Ways


@dataclass(frozen=True, slots=True)
class Unseen:
    """`near`: services around the person that the rules were not asked about, at least so many where `more`."""

    looked_at: int = 0
    near: int = 0
    more: bool = False
    others: bool = False
    """Also some of those that come to them, are given at a distance, or have no known place."""

    def __bool__(self) -> bool:
        return self.near > 0 or self.others


NONE: Final = Unseen()


def unseen_line(unseen: Unseen) -> str:
    """One sentence, or nothing where everything was looked at."""
    if not unseen:
        return ""
    facts = {"looked": html.number(unseen.looked_at), "left": html.number(unseen.near)}
    if unseen.near and unseen.more:
        return (
            _(
                "%(looked)s services were looked at, the likeliest and the nearest; at least %(left)s more are around them."
            )
            % facts
        )
    if unseen.near:
        return (
            _("%(looked)s services were looked at, the likeliest and the nearest; %(left)s more are around them.")
            % facts
        )
    return _("%(looked)s services were looked at; there are more that come to them or are given at a distance.") % facts


def ways_line(ways: Ways) -> str:
    """One sentence for whoever wonders where the minutes come from."""
    if ways.silent:
        return _("The routing server did not answer: ways are estimated from the straight line.")
    if ways.by == "estimated":
        return _("Ways are estimated from the straight line.")
    return _("Ways are by road, as the routing server of this installation says.")
