"""Small packages for tests, written by hand: one organization, two services, in whatever form a test wants."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

Table = list[dict[str, str]]


def tables() -> dict[str, Table]:
    """A package as HSDS 1.x had it: old names of tables, ids that are no UUIDs, one row for each weekday."""
    return {
        "organizations": [{"id": "7", "name": "Harbour House", "description": "A house by the harbour.", "url": "www.harbour.example"}],
        "services": [
            {"id": "71", "organization_id": "7", "name": "Soup at noon", "description": "Hot soup.\\nEvery day.", "status": ""},
            {"id": "72", "organization_id": "7", "name": "Beds", "description": "Eight beds.", "status": "active"},
        ],
        "locations": [
            {"id": "71", "organization_id": "7", "name": "Kitchen", "latitude": "50.2632", "longitude": "-5.0510"},
            {"id": "72", "organization_id": "7", "name": "Dormitory", "latitude": "", "longitude": ""},
        ],
        "services_at_location": [
            {"id": "71", "service_id": "71", "location_id": "71"},
            {"id": "72", "service_id": "72", "location_id": "72"},
        ],
        "physical_addresses": [
            {"id": "71", "location_id": "71", "address_1": "1 Quay", "city": "Truro", "state_province": "Cornwall", "postal_code": "TR1 2AA", "country": "GB"},
            {"id": "72", "location_id": "72", "address_1": "2 Quay", "city": "Miami", "state_province": "FL ", "postal_code": "33127", "country": "   "},
        ],
        "phones": [{"id": "71", "service_id": "71", "number": "01632 960123 x45"}],
        "languages": [
            {"id": "71", "service_id": "71", "language": "English and Spanish"},
            {"id": "71", "service_id": "71", "language": "Language line available"},
        ],
        "regular_schedules": [
            {"id": "", "service_id": "71", "weekday": "Monday", "opens_at": "9:00am", "closes_at": "5:00pm", "original_text": "9:00am-5:00pm, Mon-Tue"},
            {"id": "", "service_id": "71", "weekday": "Tuesday", "opens_at": "9:00am", "closes_at": "5:00pm", "original_text": "9:00am-5:00pm, Mon-Tue"},
            {"id": "", "service_id": "72", "weekday": "Friday", "opens_at": "8:00pm", "closes_at": "9:00pm", "original_text": "Ring the bell after 8:00pm, Fri"},
        ],
        "eligibility": [
            {"id": "", "service_id": "72", "eligibility": "Adults"},
            {"id": "", "service_id": "", "eligibility": "Nobody knows whose"},
        ],
        "taxonomy": [
            {"id": "ZZ-1", "name": "Soup Kitchens", "parent_id": "", "vocabulary": "Harbour words"},
            {"id": "ZZ-2", "name": "Mermaid Rescue", "parent_id": "ZZ-1", "vocabulary": "Harbour words"},
        ],
        "services_taxonomy": [
            {"id": "1", "service_id": "71", "taxonomy_id": "ZZ-1"},
            {"id": "2", "service_id": "72", "taxonomy_id": "ZZ-2"},
        ],
    }  # fmt: skip


def text(rows: Table) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def folder(at: Path, content: dict[str, Table], encoding: str = "utf-8-sig") -> Path:
    at.mkdir(exist_ok=True)
    for name, rows in content.items():
        (at / f"{name}.csv").write_text(text(rows), encoding=encoding)
    return at


def zipped(at: Path, content: dict[str, Table]) -> Path:
    with zipfile.ZipFile(at, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in content.items():
            archive.writestr(f"package/{name}.csv", text(rows))
    return at


def service(**more: Any) -> dict[str, Any]:
    """A service as HSDS 3.1 nests it, with a term of ours."""
    id = "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a01"
    return {
        "id": id,
        "name": "Knees and shoulders",
        "status": "active",
        "description": "Physiotherapy by appointment.",
        "organization": {"id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a02", "name": "The Practice", "description": ""},
        "languages": [{"id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a03", "code": "eng", "name": "English"}],
        "schedules": [
            {"id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a04", "freq": "WEEKLY", "byday": "MO,WE", "opens_at": "08:00:00+01:00", "closes_at": "12:00"}
        ],
        "attributes": [
            {
                "id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a05",
                "link_type": "need",
                "taxonomy_term": {
                    "id": "0d3a9f54-8f7c-4a55-9d6e-2f7b8f6f1a06", "code": "physiotherapy", "name": "Physio", "taxonomy": "need",
                },
            }
        ],
        **more,
    }  # fmt: skip
