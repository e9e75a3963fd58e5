"""The OpenAPI 3.1 document of `/api/v1`: the question as it is read, the answer from the very types that are sent."""

from functools import lru_cache
from typing import Any, Final

import msgspec

from referrals.kit.problems import MEDIA_TYPE
from referrals.kit.settings import LANGUAGES
from referrals.matching.asked_json import MODELS, MOST_NEEDS
from referrals.matching.asked_person import OLDEST
from referrals.matching.told import Answer
from referrals.matching.weights import WISHES

Schema = dict[str, Any]
_REF: Final = "#/components/schemas/"


@lru_cache(maxsize=4)
def document(here: str, product: str) -> Schema:
    """For the interface at `here`."""
    _, answer = msgspec.json.schema_components([Answer], ref_template=_REF + "{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{product}: matching", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": here}],
        "paths": {"/matches": {"post": _MATCHES}},
        "components": {
            "schemas": {**answer, "Question": QUESTION, "Client": CLIENT, "Need": NEED, "Problem": _PROBLEM},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": _KEY}},
        },
    }


_DESCRIPTION: Final = (
    "Which services can truly take a person, in which order, why, and why not the others. Nothing of a question is kept "
    "or logged, so it needs no name and no other identity: send none. A person decides, never the answer."
)
_KEY: Final = "A key that an administrator has made, with the scope `matches`. It may ask about so many needs a minute."


def _text(says: str, **more: Any) -> Schema:
    return {"type": "string", "description": says, **more}


def _codes(taxonomy: str, says: str = "") -> Schema:
    told = f"{says} Codes of the taxonomy `{taxonomy}`.".strip()
    return {"type": "array", "items": {"type": "string"}, "maxItems": 60, "description": told}


def _or_null(kind: str, says: str, **more: Any) -> Schema:
    return {"type": [kind, "null"], "description": says, **more}


def _object(properties: Schema, required: tuple[str, ...] = (), says: str = "") -> Schema:
    """Keys that nobody knows are not an error; the answer lists them under `ignored`."""
    told: Schema = {"type": "object", "properties": properties, "required": list(required)}
    return told | ({"description": says} if says else {})


NEED: Final = _object(
    {
        "id": _text("Names the need in the answer; `n1`, `n2` … where it is left out."),
        "term": _text("What is needed: a code of the taxonomy `need`."),
        "specialisms": _codes("specialism"),
        "urgency": {"type": "string", "enum": ["routine", "urgent"], "default": "routine"},
        "need_by": _or_null("string", "The day by which help should begin.", format="date"),
        "remote_ok": {"type": "boolean", "default": False, "description": "By phone or video is fine too."},
        "remote_only": {"type": "boolean", "default": False},
        "prescription_held": _or_null("boolean", "Whether the prescription that it may take is there."),
        "min_intensity": _or_null("string", "The least that helps: a code of the taxonomy `care-intensity`."),
        "notes": _text("Read by no rule.", maxLength=5000),
    },
    ("term",),
)
CLIENT: Final = _object(
    {
        "age": _or_null("integer", "In whole years.", minimum=0, maximum=OLDEST),
        "gender": _or_null("string", "Looked at only where a published rule names it.", enum=["female", "male", "other", None]),
        "languages": {"type": "array", "items": {"type": "string"}, "description": "ISO 639; `fsl` is French Sign Language."},
        "interpreter_ok": _or_null("boolean", "Whether an interpreter is welcome."),
        "funding": _codes("funding", "Who can pay; left out: not known."),
        "ceiling_per_session": _or_null("number", "The most that a session may cost them.", minimum=0),
        "accessibility_required": _codes("accessibility"),
        "audience": _codes("audience", "Complete where it is given: a situation that is not listed is not so."),
        "audience_unknown": _codes("audience", "What is not known of them."),
        "practitioner_gender_preference": {
            "anyOf": [{"type": "null"}, _object({"value": {"enum": ["female", "male"]}, "hard": {"type": "boolean"}}, ("value",))]
        },
        "format_preference": {
            "anyOf": [{"type": "null"}, _object({"value": _text("A code of the taxonomy `format`."), "hard": {"type": "boolean"}}, ("value",))]
        },
        "affinities": _codes("affinity", "What they love to do."),
        "availability": {"type": "array", "items": _text("`MO-FR 18:00-21:00`, `SA 09:00-12:00`, `MO,WE 14:00-17:00`.")},
        "mobility": _object(
            {
                "mode": {"enum": ["car", "transit", "bike", "walk", "none"]},
                "max_minutes": _or_null("number", "The longest way.", minimum=0),
                "max_km": _or_null("number", "The same in kilometres.", minimum=0),
            },
            ("mode",),
        ),
        "exclusions": {
            "type": "array",
            "items": _object({
                "organization_id": _or_null("string", "", format="uuid"), "service_id": _or_null("string", "", format="uuid"),
                "area": _or_null("string", "The beginning of a postcode."), "kind": _text("Read by no rule."),
            }),
            "description": "What must never be proposed. The answer says no more of the reason than «a wish, or safety».",
        },
        "guardian_consent": _or_null("boolean", "Of a minor's guardian."),
        "documents_held": {"type": "array", "items": {"type": "string"}},
        "current_services": {"type": "array", "items": _text("Help they have already: a code of `need`, or a service's id.")},
        "wishes": {"type": "array", "items": {"enum": list(WISHES)}, "description": "What counts most, first."},
        "place": _object(
            {
                "name": _text("A town."), "postcode": _text("In Britain the outward code is enough.", maxLength=12),
                "country": _text("ISO 3166-1, two letters."),
                "lat": {"type": "number", "minimum": -90, "maximum": 90}, "lon": {"type": "number", "minimum": -180, "maximum": 180},
            },
            says="Where they live. Without `lat` and `lon` the place is looked up by its name and postcode.",
        ),
    },
    says="What is left out or null is not known, and excludes nothing.",
)  # fmt: skip
QUESTION: Final = _object(
    {
        "client": {"$ref": _REF + "Client"},
        "needs": {"type": "array", "items": {"$ref": _REF + "Need"}, "minItems": 1, "maxItems": MOST_NEEDS},
        "model": {"type": "string", "enum": list(MODELS), "default": MODELS[0], "description": "How they are accompanied."},
        "asked_on": _or_null("string", "The day that waits and ages are counted from; today where it is left out.", format="date"),
        "lang": {"type": "string", "enum": list(LANGUAGES), "description": "Of the sentences; the parameter `lang` goes before it, the header `Accept-Language` after."},
        "id": _text("Yours; read by no rule."),
    },
    ("client", "needs"),
)  # fmt: skip
_PROBLEM: Final = _object(
    {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": _object({"field": _text("`client.age`, `needs[1].term`"), "code": {"type": "string"}, "message": {"type": "string"}}),
        },
        "ignored": {"type": "array", "items": {"type": "string"}},
    },
    ("title", "status"),
)  # fmt: skip


def _problem(says: str) -> Schema:
    return {"description": says, "content": {MEDIA_TYPE: {"schema": {"$ref": _REF + "Problem"}}}}


_MATCHES: Final[Schema] = {
    "summary": "Services for each need: ranked, with reasons; left out, with the rules; and what would open more",
    "operationId": "match",
    "security": [{"key": []}],
    "parameters": [
        {"name": "lang", "in": "query", "required": False, "schema": {"type": "string", "enum": list(LANGUAGES)}},
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": _REF + "Question"}}}},
    "responses": {
        "200": {"description": "The answer, by the ids of the needs", "content": {"application/json": {"schema": {"$ref": _REF + "Answer"}}}},
        "400": _problem("The body is not a JSON object"),
        "401": _problem("No key, or one that is not known or was revoked"),
        "403": _problem("The key lacks the scope"),
        "413": _problem("The body is too long"),
        "415": _problem("The body is not called application/json"),
        "422": _problem("Fields that cannot be used as they are, each by its name"),
        "429": _problem("The key has asked for all that it may in this minute; `Retry-After` says when to ask again"),
    },
}  # fmt: skip
