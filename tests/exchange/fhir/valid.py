"""Whether a resource is FHIR R4, and has what the SDOH Clinical Care profiles require.

`fhir.resources` has models of R4B, none of R4. Of what we emit the two differ in nothing but the list of versions that
`CapabilityStatement.fhirVersion` may name (R4B adds its own) and in the types that `value[x]` may have, where R4B adds
`CodeableReference` and `RatioRange`: so neither of these may occur here. Codes of a required binding are read off the models.
"""

from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

R4_VERSIONS = {"4.0.0", "4.0.1"}
NOT_IN_R4 = ("CodeableReference", "RatioRange")

# What each profile of HL7/fhir-sdoh-clinicalcare (3.0) requires beside what FHIR itself does: a path, and what must be found there.
REQUIRED: dict[str, tuple[str, ...]] = {
    "Task": ("status", "intent=order", "code.coding.code=fulfill", "focus.reference", "for", "authoredOn", "requester"),
    "ServiceRequest": ("status", "intent", "code", "subject"),
    "Consent": (
        "status", "scope", "category.coding.code=IDSCL", "patient", "dateTime", "organization", "sourceAttachment", "policyRule",
    ),
    "Procedure": ("status", "code", "subject"),
    "HealthcareService": (
        "active", "category.coding.code=sdoh", "type", "name", "telecom.extension.valueBoolean", "telecom.system", "telecom.value",
    ),
    "Location": ("status", "name", "address"),
    "Organization": ("active", "name"),
}  # fmt: skip
CODES: dict[str, tuple[str, ...]] = {
    "Task.status": (
        "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold", "failed",
        "completed", "entered-in-error",
    ),
    "CapabilityStatement.format": ("application/fhir+json", "json"),
    "CapabilityStatement.patchFormat": ("application/json-patch+json",),
}  # fmt: skip
"""Where the models list only the first few codes, or media types."""
WHERE: dict[str, tuple[tuple[str, str], ...]] = {
    "Task": (("statusReason", "statusReason.text"),),
    "Procedure": (("status=completed", "performedDateTime"), ("status=in-progress", "performedDateTime")),
}
"""Where the first is there, the second must be: Task.statusReason.text 1..1, and the rule us-core-7."""


def problems(resource: dict[str, Any]) -> list[str]:
    """Empty for a resource that is right."""
    kind = resource["resourceType"]
    get_fhir_model_class(kind).model_validate(resource)
    found = [*_codes(resource, kind), *_empty(resource, kind), *_newer(resource)]
    found += [f"{kind}.{path} is missing" for path in REQUIRED.get(kind, ()) if not there(resource, path)]
    found += [
        f"{kind}.{then} is missing where {given}" for given, then in WHERE.get(kind, ())
        if there(resource, given) and not there(resource, then)
    ]  # fmt: skip
    for inner in resource.get("contained", ()):
        found += problems(inner)
    for entry in resource.get("entry", ()):
        found += problems(entry["resource"])
    return found


def there(resource: Any, path: str) -> bool:
    """`code.coding.code=fulfill`: whether any element at this path has this value, or any at all."""
    way, _, wanted = path.partition("=")
    values = [resource]
    for name in way.split("."):
        values = [inner for value in values for inner in _inner(value, name)]
    return any(str(value) == wanted for value in values) if wanted else bool(values)


def _inner(value: Any, name: str) -> list[Any]:
    if isinstance(value, list):
        return [found for one in value for found in _inner(one, name)]
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else [] if found is None else [found]


def _codes(resource: dict[str, Any], kind: str) -> Iterator[str]:
    """Codes that the model's required bindings do not know: the models themselves let them pass."""
    for name, field in get_fhir_model_class(kind).model_fields.items():
        extra = field.json_schema_extra or {}
        allowed: Any = CODES.get(f"{kind}.{name}") or (extra.get("enum_values") if isinstance(extra, dict) else None)
        value = resource.get(field.alias or name, resource.get(name))
        values = value if isinstance(value, list) else [value]
        if allowed and "+" not in allowed:
            yield from (f"{kind}.{name} is {one}" for one in values if isinstance(one, str) and one not in allowed)


def _empty(value: Any, path: str) -> Iterator[str]:
    """FHIR forbids empty lists, objects and strings."""
    if value in ("", [], {}, None):
        yield f"{path} is empty"
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield from _empty(inner, f"{path}.{name}")
    for number, inner in enumerate(value) if isinstance(value, list) else ():
        yield from _empty(inner, f"{path}[{number}]")


def _newer(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("resourceType") == "CapabilityStatement" and value["fhirVersion"] not in R4_VERSIONS:
            yield f"fhirVersion {value['fhirVersion']}"
        for name, inner in value.items():
            yield from (f"{name} came with R4B" for newer in NOT_IN_R4 if name.endswith(newer))
            yield from _newer(inner)
    for inner in value if isinstance(value, list) else ():
        yield from _newer(inner)
