"""Records reduced to all that a schema asks of them, so that a thousand alike are validated as one.

Nothing is taken on trust: a schema with any keyword that asks more than this keeps (see `_KEPT`) is refused.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from jsonschema import Draft202012Validator

_KEPT: Final = frozenset({"type", "properties", "required", "items", "enum", "definitions", "$ref"})
"""Asked of kinds, of names that must be there, and of values from a list: an outline keeps all three."""
_SAY_NOTHING: Final = frozenset({
    "name", "description", "title", "example", "constraints", "format", "core", "path", "datapackage_metadata", "profile",
    "order", "tabular_required", "datapackage_type", "$schema", "$id",
})  # fmt: skip
"""Words for readers, and for tables; a format is no claim without somebody who checks it."""


OTHER: Final = "a text that no list has"


def wrong(schema: dict[str, Any], records: Iterable[Any]) -> list[str]:
    """What the schema finds in any of the records, each finding once."""
    listed = {json.dumps(value) for value in _enums(schema)}
    outlines = {json.dumps(_outline(record, listed), sort_keys=True) for record in records}
    validator = Draft202012Validator(schema)
    found = (error for outline in outlines for error in validator.iter_errors(json.loads(outline)))
    return sorted({f"{error.json_path}: {error.message[:120]}" for error in found})


def _outline(value: Any, listed: set[str]) -> Any:
    """The same kinds under the same names; of equal items of a list one; of other values than those `listed` only the kind."""
    if isinstance(value, dict):
        return {name: _outline(inner, listed) for name, inner in value.items()}
    if isinstance(value, list):
        items = {json.dumps(_outline(inner, listed), sort_keys=True) for inner in value}
        return [json.loads(item) for item in sorted(items)]
    if value is None or isinstance(value, bool) or json.dumps(value) in listed:
        return value
    if isinstance(value, float) and not value.is_integer():
        return 0.5
    return OTHER if isinstance(value, str) else 0


def _enums(schema: Any) -> Iterator[Any]:
    """Every value that the schema lists. Raises AssertionError for a keyword that asks more than an outline keeps."""
    assert isinstance(schema, dict)
    unknown = schema.keys() - _KEPT - _SAY_NOTHING
    assert not unknown, f"an outline does not keep what {sorted(unknown)} ask"
    yield from schema.get("enum", ())
    for inner in (*schema.get("properties", {}).values(), *schema.get("definitions", {}).values()):
        yield from _enums(inner)
    if "items" in schema:
        yield from _enums(schema["items"])
