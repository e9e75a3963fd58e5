"""A folder to evaluate, as small as one can be: a need that our taxonomy does not have, three services, one person."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

NEAR, FAR, YOUNG = (str(uuid5(UUID(int=0), name)) for name in ("near", "far", "young"))
TRURO = (50.263, -5.051)
TAXONOMY: dict[str, Any] = {
    "taxonomies": {
        "need": {
            "terms": [
                {"code": "kite-repair", "label_fr": "Réparation de cerfs-volants", "label_en": "Kite repair", "parent": "kites"},
                {"code": "kites", "label_fr": "Cerfs-volants", "label_en": "Kites", "taggable": False},
            ]
        }
    }
}  # fmt: skip


def service(id: str, name: str, km: float, **said: Any) -> dict[str, Any]:
    def term(kind: str, code: str, value: str | None = None) -> dict[str, Any]:
        return {
            "id": str(uuid5(UUID(id), f"{kind}{code}")), "link_id": id, "link_entity": "service", "link_type": kind,
            "value": value,
            "taxonomy_term": {
                "id": str(uuid5(UUID(int=0), f"{kind}/{code}")), "code": code, "name": code, "taxonomy": kind, "description": code,
                "taxonomy_detail": {"id": str(uuid5(UUID(int=0), kind)), "name": kind, "description": kind},
            },
        }  # fmt: skip

    at = {
        "id": str(uuid5(UUID(id), "at")), "name": name, "location_type": "physical", "latitude": TRURO[0] + km / 111.195,
        "longitude": TRURO[1],
        "addresses": [{
            "id": str(uuid5(UUID(id), "address")), "address_1": "1 Quay", "city": "Truro", "state_province": "Cornwall",
            "postal_code": "TR1 1AA", "country": "GB", "address_type": "physical",
        }],
    }  # fmt: skip
    return {
        "id": id, "name": name, "status": "active",
        "organization": {"id": str(uuid5(UUID(id), "organization")), "name": f"{name} Trust", "description": "They mend kites."},
        "languages": [{"id": str(uuid5(UUID(id), "language")), "code": "en"}],
        "attributes": [
            term("need", "kite-repair"), term("funding", "free"), term("delivery-mode", "on-site"),
            term("capacity-status", "has-capacity"), term("wait", "estimated-wait-days", "5"),
        ],
        "capacities": [{
            "id": str(uuid5(UUID(id), "capacity")), "available": 2, "updated": "2026-11-20T09:00:00Z",
            "unit": {"id": str(uuid5(UUID(int=0), "place")), "name": "place"},
        }],
        "service_at_locations": [{"id": str(uuid5(UUID(id), "there")), "location": at}],
        **said,
    }  # fmt: skip


DIRECTORY = [
    service(NEAR, "Near", 2), service(FAR, "Far", 40), service(YOUNG, "Young", 3, maximum_age=17),
]  # fmt: skip
VIGNETTE: dict[str, Any] = {
    "id": "v1", "model": "brokerage", "asked_on": "2026-11-23",
    "client": {
        "age": 34, "gender": "female", "languages": ["en"], "interpreter_ok": True, "funding": ["nhs"],
        "ceiling_per_session": 20, "accessibility_required": [], "audience": [], "audience_unknown": [],
        "practitioner_gender_preference": None, "affinities": [], "availability": [],
        "mobility": {"mode": "car", "max_minutes": 30}, "exclusions": [], "guardian_consent": None,
        "place": {"name": "Truro", "postcode": "TR1", "country": "GB", "lat": TRURO[0], "lon": TRURO[1]},
    },
    "needs": [{
        "id": "n1", "term": "kite-repair", "specialisms": [], "urgency": "routine", "need_by": None, "remote_ok": False,
        "notes": "",
    }],
    "expect": {
        "n1": {
            "grades": {NEAR: 3, FAR: 0, YOUNG: 0}, "excluded": {FAR: ["H5"], YOUNG: ["H3"]}, "unknown": {}, "to_fix": {},
            "no_match": False, "rationale": "",
        }
    },
}  # fmt: skip


def written(folder: Path, **files: Any) -> Path:
    """The folder on disk; `files` replaces one by other content, text as it stands, None leaves it out."""
    whole: dict[str, Any] = {"taxonomy": TAXONOMY, "directory": DIRECTORY, "vignettes": [VIGNETTE], **files}
    for name, content in whole.items():
        if content is not None:
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder
