"""How long a person's hands take: the keystroke-level model (Card, Moran and Newell, 1980), over a real page and keyboard.

It counts what somebody does who knows the form and makes no mistake. Reading a page for the first time is counted apart; what
the person across the table says meanwhile takes the time that it takes.
"""

from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Page

KEY: Final = 0.28
"""Seconds: an average typist who is no secretary (40 words a minute)."""
THINK: Final = 1.35
"""To make up one's mind: once for each question, and once more for each further thing that is ticked."""
HOME: Final = 0.4
"""From the mouse to the keys."""
READS: Final = 238 / 60
"""Words a second, in silence (Brysbaert, 2019)."""
_WORDS: Final = """() => [...document.querySelectorAll('main h1, main .lead, main legend, main .field > label, main .hint, main form summary')]
  .filter(one => one.checkVisibility()).map(one => one.innerText).join(' ').split(/\\s+/).length"""
_QUESTIONS: Final = """() => [...document.querySelectorAll('main form .field')]
  .filter(one => one.checkVisibility() && !one.parentElement.closest('.field:not(.group)')).length"""
_AT: Final = "() => (document.activeElement.name || '') + '=' + (document.activeElement.value || '')"


@dataclass
class Leg:
    """One page."""

    name: str
    keys: int = 0
    answers: int = 0
    questions: int = 0
    words: int = 0

    @property
    def hands(self) -> float:
        """Every question on the page is looked at, answered or not."""
        return HOME + KEY * self.keys + THINK * max(self.questions, self.answers)

    @property
    def first_time(self) -> float:
        return self.words / READS


@dataclass
class Hands:
    """At the keyboard and nowhere else."""

    page: Page
    legs: list[Leg] = field(default_factory=list)

    def arrive(self, name: str) -> None:
        """On a page, past what stands above its form."""
        leg = Leg(name, questions=int(self.page.evaluate(_QUESTIONS)), words=int(self.page.evaluate(_WORDS)))
        self.legs.append(leg)
        self.press("Tab")
        self.press("Enter")  # to the content

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
        self.legs[-1].keys += times

    def go_to(self, name: str, value: str = "") -> None:
        """By the tab key, until this field has the focus. Raises AssertionError where it cannot be reached."""
        wanted = f"{name}={value}"
        for _ in range(160):
            at = str(self.page.evaluate(_AT))
            if at == wanted or (not value and at.startswith(f"{name}=")):
                return
            self.press("Tab")
        raise AssertionError(f"{wanted} cannot be reached by the tab key")

    def write(self, name: str, text: str) -> None:
        self.go_to(name)
        self.page.keyboard.type(text)
        self.legs[-1].keys += len(text)
        self.legs[-1].answers += 1

    def tick(self, name: str, *values: str) -> None:
        for value in values:
            self.go_to(name, value)
            self.press("Space")
            self.legs[-1].answers += 1

    def choose(self, name: str, value: str) -> None:
        """One of several: to the group by the tab key, to the answer by the arrows."""
        self.go_to(name)
        for _ in range(12):
            if str(self.page.evaluate(_AT)) == f"{name}={value}":
                break
            self.press("ArrowDown")
        else:
            raise AssertionError(f"{name}={value} cannot be reached by the arrows")
        self.legs[-1].answers += 1

    def send(self) -> None:
        """The page that follows is there."""
        with self.page.expect_navigation():
            self.press("Enter")

    @property
    def seconds(self) -> float:
        return sum(leg.hands for leg in self.legs)

    @property
    def first_time(self) -> float:
        """With every page read once, word for word: a need's page is known when it comes again."""
        once = {leg.name.split()[0]: leg.first_time for leg in self.legs}
        return self.seconds + sum(once.values())

    def told(self) -> str:
        """A line for each page."""
        return "\n".join(
            f"{leg.name:10}{leg.questions:4} questions {leg.answers:3} answered {leg.keys:4} keys {leg.hands:6.1f} s, "
            f"read for the first time {leg.first_time:5.1f} s more"
            for leg in self.legs
        )
