"""What an answer makes of the listing's fields. Pure: whoever read the fields hands them in."""

from collections.abc import Mapping
from typing import Any, Final

from referrals.directory.changes.fields import Value, Values

_FIELD: Final[Mapping[str, str]] = {
    "access": "attributes.accessibility", "language": "languages", "interpreter": "attributes.interpretation",
    "practitioner": "attributes.practitioner-gender", "mode": "attributes.delivery-mode", "includes": "attributes.need",
    "free": "attributes.funding",
}  # fmt: skip
_INTERPRETATION: Final = {"yes": "interpreter-available", "no": "no-interpreter"}
_PER_SESSION: Final = "per-session"


def field_of(code: str, answer: str) -> str | None:
    """The one field that this answer may write; None where the listing has no place for it."""
    if code == "price":
        return {"amount": "cost_options", "yes": "attributes.funding"}.get(answer)
    if answer in ("depends", "words") or (answer == "no" and code in ("language", "includes", "free")):
        return None
    return _FIELD.get(code)


def mended(code: str, subject: str, answer: str, number: float | None, currency: str, before: Value) -> Values:
    """The field with the answer in it; what it said of other things stays."""
    name = field_of(code, answer)
    assert name is not None, (code, answer)
    rows = [dict(row) for row in before] if isinstance(before, list) else []
    return {name: _rows(code, subject, answer, number, currency, rows)}


def _rows(
    code: str, subject: str, answer: str, number: float | None, currency: str, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    if code == "access":
        return [row for row in rows if row.get("code") != subject] + [{"code": subject, "value": answer}]
    if code == "language":
        return rows if any(row.get("code") == subject for row in rows) else [*rows, {"code": subject}]
    if code == "interpreter":
        return [{"code": _INTERPRETATION[answer]}]
    if code == "practitioner":
        return [{"code": answer}]
    if code == "price" and answer == "amount":
        others = [row for row in rows if row.get("option") != _PER_SESSION]
        return [*others, {"option": _PER_SESSION, "amount": number, "currency": currency}]
    added = {"mode": answer, "includes": subject}.get(code, "free")
    return rows if any(row.get("code") == added for row in rows) else [*rows, {"code": added}]
