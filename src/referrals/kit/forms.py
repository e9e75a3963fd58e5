"""Forms: strings become values once, at the border; what was typed is kept whatever happens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import UnionType
from typing import Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict, MultiDict
from litestar.utils.scope.state import ScopeState

from referrals.kit.i18n import gettext as _

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def is_email(text: str) -> bool:
    """Looks like an address; whether anybody reads it only a message can tell."""
    return _EMAIL.fullmatch(text) is not None


class Form(msgspec.Struct, kw_only=True, forbid_unknown_fields=False):
    """The fields of one form. A field with a default may be left empty; `problems` says what no single field can."""

    MISSING: ClassVar[Mapping[str, str]] = {}
    """Field name -> what is said where it was left empty, for fields whose label alone does not say what is wanted."""

    def problems(self) -> Mapping[str, str]:
        """Field name -> sentence, for rules that look at several fields or at a value's meaning."""
        return {}


F = TypeVar("F", bound=Form)


@dataclass(slots=True)
class Filled(Generic[F]):
    """A form as somebody filled it in: the typed strings, what is wrong with them, and the value if nothing is."""

    raw: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    value: F | None = None

    @property
    def ok(self) -> F:
        """The parsed form. Call it only after looking at `errors`."""
        if self.value is None:
            raise ValueError(f"the form has errors: {sorted(self.errors)}")
        return self.value

    def refuse(self, name: str, sentence: str) -> None:
        """Add a complaint that only a look at the database could find."""
        self.errors[name] = sentence
        self.value = None

    def __getattr__(self, name: str) -> Any:
        """`form.name` in a template: what was typed, or nothing."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self.raw.get(name, "")


async def read(request: Request[Any, Any, Any], form: type[F]) -> Filled[F]:
    """The form in a POST body."""
    return parse(form, await request.form())


def read_query(request: Request[Any, Any, Any], form: type[F]) -> Filled[F]:
    """The form in an address, for searches."""
    return parse(form, request.query_params)


def arrived(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """The texts of a form that came where nobody could take it, for sending once more. Nothing of one with a password."""
    came = ScopeState.from_scope(request.scope).form  # read by the forms' protection, before any guard
    if not isinstance(came, dict) or "password" in came:
        return []
    return [(name, text) for name, text in FormMultiDict.from_form_data(came).multi_items() if isinstance(text, str)]


def parse(form: type[F], data: FormMultiDict | MultiDict[Any] | Mapping[str, Any]) -> Filled[F]:
    raw: dict[str, Any] = {}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for spec in msgspec.structs.fields(form):
        many = _is_list(spec.type)
        typed = _typed(data, spec.name, many)
        raw[spec.name] = typed
        if typed in ("", []):
            if spec.required:
                said = form.MISSING.get(spec.name)
                errors[spec.name] = _(said) if said else _("Please fill this in.")
            elif spec.type is bool:
                values[spec.name] = False
            continue
        try:
            values[spec.name] = msgspec.convert(_prepared(typed, spec.type), spec.type, strict=False)
        except msgspec.ValidationError:
            errors[spec.name] = _complaint(spec.type)
    if errors:
        return Filled(raw, errors)
    value = form(**values)
    problems = dict(value.problems())
    return Filled(raw, problems, None if problems else value)


def blank(form: type[F], **start: Any) -> Filled[F]:
    """A form before anybody typed: from a record's present values, or empty."""
    return Filled({spec.name: _shown(start.get(spec.name)) for spec in msgspec.structs.fields(form)})


def _typed(data: Any, name: str, many: bool) -> str | list[str]:
    found = data.getall(name, []) if hasattr(data, "getall") else _as_list(data.get(name))
    texts = [text.strip() for text in found if isinstance(text, str)]
    return [text for text in texts if text] if many else (texts[-1] if texts else "")


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _prepared(typed: str | list[str], kind: Any) -> Any:
    if kind is bool:
        return typed in ("on", "true", "yes", "1")
    if isinstance(typed, str) and _means(kind, float):
        return typed.replace(",", ".").replace("\u202f", "").replace(" ", "")
    return typed


def _shown(value: Any) -> Any:
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    if isinstance(value, list | tuple | set | frozenset):
        return [str(item) for item in value]
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def _complaint(kind: Any) -> str:
    if _means(kind, date):
        return _("Please give a date, for example 2027-01-15.")
    if _means(kind, int) or _means(kind, float):
        return _("Please give a number.")
    return _("This is not one of the choices.")


def _is_list(kind: Any) -> bool:
    return get_origin(kind) in (list, tuple)


def _means(kind: Any, wanted: type) -> bool:
    if get_origin(kind) in (Union, UnionType):
        return any(_means(part, wanted) for part in get_args(kind))
    return kind is wanted
