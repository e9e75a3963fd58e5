"""Ids that stay: a source's UUIDs are kept, anything else becomes the same uuid5 at every import."""

import re
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID, uuid5

NAMESPACE = UUID("6f0a8b62-8a3e-5f5c-9a55-0d6c2f7f4f11")
LONGEST = 200
"""Characters of an id. What is longer is cut, and told apart by a digest of the whole."""
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@lru_cache(maxsize=100_000)  # a record is named by ten others, and a uuid5 costs more than all else about a row
def record_id(source: str, entity: str, key: str) -> UUID:
    """The id of the record that `source` knows as `key`."""
    if len(key) == 36 and _UUID.fullmatch(key):
        return UUID(key)
    return uuid5(NAMESPACE, f"{source}\n{entity}\n{key}")


def key_of(value: object) -> str:
    """A source's id as we keep it: a short printable text; empty where there is none."""
    if value is None or value is False or value == "":
        return ""
    said = value if type(value) is str else str(value)
    if len(said) <= LONGEST and said.isprintable() and said.isascii():
        return said.strip()
    said = _HIDDEN.sub("", said).strip()
    return said if len(said) <= LONGEST else f"{said[:100]}~{blake2b(said.encode(), digest_size=12).hexdigest()}"


def content_key(*parts: object) -> str:
    """A key for a record to which its source gave none: two with the same content are the same record."""
    return "content:" + blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()
