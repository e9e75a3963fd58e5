"""How far the form is, page by page. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from referrals.clients.questions import Line
from referrals.clients.steps import STEPS
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

AWAY = ("away", N_("What to keep away from"))


@dataclass(frozen=True, slots=True)
class Part:
    """One page of the form as the progress line shows it."""

    code: str
    title: str
    known: int
    whole: int
    current: bool


@dataclass(frozen=True, slots=True)
class Progress:
    parts: tuple[Part, ...]

    @property
    def known(self) -> int:
        return sum(part.known for part in self.parts)

    @property
    def whole(self) -> int:
        return sum(part.whole for part in self.parts)

    @property
    def number(self) -> int:
        """Which page this is; 0 on none of them."""
        return next((at for at, part in enumerate(self.parts, start=1) if part.current), 0)

    @property
    def after(self) -> str | None:
        """The page that follows this one."""
        return self.parts[self.number].code if 0 < self.number < len(self.parts) else None


def progress(lines: Sequence[Line], current: str = "") -> Progress:
    titles = [*((step.code, step.title) for step in STEPS), AWAY]
    return Progress(tuple(_part(code, _(title), lines, current) for code, title in titles))


def _part(code: str, title: str, lines: Sequence[Line], current: str) -> Part:
    own = [line for line in lines if line.step == code]
    return Part(code, title, sum(1 for line in own if line.says), len(own), code == current)
