"""JSON Patch (RFC 6902) on the four elements of a Task that may change. Pure: gives the Task that is wanted."""

from copy import deepcopy
from typing import Any, Final

from referrals.exchange.fhir.outcomes import Issue, Misread, Unfit
from referrals.exchange.fhir.shapes import Resource
from referrals.exchange.fhir.steps import MINE, NOT_YOURS
from referrals.kit.i18n import N_

MOST: Final = 50
_OPERATIONS: Final = frozenset({"add", "replace", "remove", "test"})
NOT_A_LIST: Final = N_("A patch is a list of at most %(most)d operations.")
NOT_AN_OPERATION: Final = N_(
    "Operation %(number)d must have op (add, replace, remove, test), a path that begins with /, and a value."
)
NOT_THERE: Final = N_("Operation %(number)d: there is nothing at %(path)s.")
NOT_SO: Final = N_("Operation %(number)d: what stands at %(path)s is not what the test says.")


def patched(before: Resource, patch: Any) -> Resource:
    """Raises Misread for what is no patch, Unfit where it does not apply, or touches what is not the program's."""
    if not isinstance(patch, list) or len(patch) > MOST:
        raise Misread(Issue("invalid", NOT_A_LIST, facts={"most": MOST}))
    wanted = deepcopy(before)
    for number, operation in enumerate(patch, 1):
        _apply(wanted, operation, number)
    return wanted


def _apply(wanted: Resource, operation: Any, number: int) -> None:
    if not isinstance(operation, dict) or operation.get("op") not in _OPERATIONS:
        raise Misread(Issue("invalid", NOT_AN_OPERATION, facts={"number": number}))
    op, path = operation["op"], operation.get("path")
    if not isinstance(path, str) or not path.startswith("/") or (op != "remove" and "value" not in operation):
        raise Misread(Issue("invalid", NOT_AN_OPERATION, facts={"number": number}))
    keys = [key.replace("~1", "/").replace("~0", "~") for key in path[1:].split("/")]
    if op != "test" and keys[0] not in MINE:
        raise Unfit(Issue("business-rule", NOT_YOURS, f"Task.{keys[0]}", {"name": keys[0]}))
    facts = {"number": number, "path": path}
    try:
        if op == "test":
            if _at(wanted, keys) != operation["value"]:
                raise Unfit(Issue("conflict", NOT_SO, facts=facts))
        else:
            _change(wanted, keys, op, deepcopy(operation.get("value")))
    except (KeyError, IndexError, TypeError, ValueError):
        raise Unfit(Issue("invalid", NOT_THERE, facts=facts)) from None


def _at(value: Any, keys: list[str]) -> Any:
    for key in keys:
        value = value[_index(key)] if isinstance(value, list) else value[key]
    return value


def _change(wanted: Resource, keys: list[str], op: str, value: Any) -> None:
    if op == "add" and keys == ["output", "-"]:
        wanted.setdefault("output", []).append(value)  # the first output: a Task without any has no list to add to
        return
    parent, last = _at(wanted, keys[:-1]), keys[-1]
    if isinstance(parent, list):
        if op == "add":
            parent.insert(len(parent) if last == "-" else _index(last, len(parent)), value)
        elif op == "replace":
            parent[_index(last)] = value
        else:
            del parent[_index(last)]
        return
    if op != "add":
        parent[last]  # must be there
    if op == "remove":
        del parent[last]
    else:
        parent[last] = value


def _index(key: str, most: int | None = None) -> int:
    number = int(key) if key.isdigit() else -1
    if number < 0 or (most is not None and number > most):
        raise IndexError(key)
    return number
