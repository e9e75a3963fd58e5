"""A question of which three answers are told apart: these ones, none at all, and "I don't know yet". Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from referrals.clients.models import Client
from referrals.kit.i18n import gettext as _

How = Literal["these", "none"]
"""Nothing chosen: nobody knows yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    values: tuple[str, ...] = ()
    none: bool = False


def shown(client: Client, name: str, values: Sequence[str] | None = None) -> dict[str, Any]:
    """The question's fields as the file stands: what is ticked, which of the three it is, and which it was."""
    kept = list(values if values is not None else getattr(client, name))
    how = how_of(client, name, known=bool(kept))
    return {name: kept, f"{name}_how": how, f"{name}_was": how}


def how_of(client: Client, name: str, *, known: bool) -> str:
    return "these" if known else "none" if name in client.said_none else ""


def read(name: str, values: Sequence[str], how: str | None, was: str | None, problems: dict[str, str]) -> Answer:
    """Whoever ticks something means it, whatever else stood there. To say "none" beside a tick contradicts it."""
    if not values:
        return Answer(none=how == "none")
    if how != "these" and (how or "") != (was or ""):
        problems[name] = (
            _("“None” and something ticked exclude each other: choose one of the two.") if how == "none"
            else _("“I don’t know yet” and something ticked exclude each other: choose one of the two.")
        )  # fmt: skip
        return Answer()
    return Answer(tuple(dict.fromkeys(values)))


def settle(client: Client, name: str, answer: Answer) -> None:
    """Remember whether it is empty because somebody asked."""
    said = [one for one in client.said_none if one != name]
    client.said_none = [*said, name] if answer.none else said


def raw_how(answers: Mapping[str, Answer]) -> dict[str, str]:
    """Name of the question -> which of the three it is now, for whoever shows it again."""
    return {
        name: "these" if answer.values else "none" if answer.none else "" for name, answer in answers.items()
    }  # fmt: skip
