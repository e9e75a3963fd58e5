"""Texts as data·inclusion wants them: French, of the right length, one telephone number, addresses that are addresses."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import phonenumbers

from referrals.exchange.export.inclusion.known import LONGEST_LINK
from referrals.exchange.export.losses import NOT_VALID, ONE_LANGUAGE, ONE_OF_MANY, TOO_LONG, Losses

Tree = Mapping[str, Any]
FRENCH = "fr"
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s/$.?#][^\s]*", re.IGNORECASE)


def french(tree: Tree, name: str) -> str:
    """The field in French, else in the language it has."""
    if tree.get("language") == FRENCH:
        return str(tree.get(name) or "")
    other = (tree.get("translations") or {}).get(FRENCH) or {}
    return str(other.get(name) or tree.get(name) or "")


def count_languages(entity: str, tree: Tree, losses: Losses) -> None:
    """A text that is kept in two languages leaves in one."""
    for said in (tree.get("translations") or {}).values():
        for name in said:
            losses.lose(entity, name, ONE_LANGUAGE)


def within(text: str, limits: tuple[int, int], entity: str, name: str, losses: Losses) -> str | None:
    """None where it is too short; its beginning where it is too long."""
    shortest, longest = limits
    if len(text) > longest:
        losses.lose(entity, name, TOO_LONG)
        return text[: longest - 1].rstrip() + "…"
    if text and len(text) < shortest:
        losses.lose(entity, name, NOT_VALID)
    return text if len(text) >= shortest else None


def email(given: str | None, entity: str, losses: Losses) -> str | None:
    return _kept(given, _EMAIL, entity, "email", losses)


def link(given: str | None, entity: str, name: str, losses: Losses) -> str | None:
    return _kept(given, _LINK, entity, name, losses)


def telephone(phones: Iterable[Tree], country: str | None, losses: Losses) -> str | None:
    """The first number, as E.164 where it can be read so. Fax machines answer nobody."""
    numbers = [phone for phone in phones if phone.get("number") and phone.get("type") != "fax"]
    losses.lose("phone", "number", ONE_OF_MANY, max(0, len(numbers) - 1))
    if not numbers:
        return None
    first = str(numbers[0]["number"])
    try:
        read = phonenumbers.parse(first, country or "FR")
    except phonenumbers.NumberParseException:
        return first
    return (
        phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_possible_number(read)
        else first
    )


def _kept(given: str | None, pattern: re.Pattern[str], entity: str, name: str, losses: Losses) -> str | None:
    valid = pattern.fullmatch(given or "") is not None and len(given or "") <= LONGEST_LINK
    if given and not valid:
        losses.lose(entity, name, NOT_VALID)
    return given if given and valid else None
