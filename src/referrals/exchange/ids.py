"""Ids that stay: a source's UUIDs are kept, anything else becomes the same uuid5 at every import."""

import re
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID, uuid5

NAMESPACE = UUID("6f0a8b62-8a3e-5f5c-9a55-0d6c2f7f4f11")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@lru_cache(maxsize=100_000)  # a record is named by ten others, and a uuid5 costs more than all else about a row
def record_id(source: str, entity: str, key: str) -> UUID:
    """The id of the record that `source` knows as `key`."""
    if len(key) == 36 and _UUID.fullmatch(key):
        return UUID(key)
    return uuid5(NAMESPACE, f"{source}\n{entity}\n{key}")


def content_key(*parts: object) -> str:
    """A key for a record to which its source gave none: two with the same content are the same record."""
    return "content:" + blake2b(repr(parts).encode(), digest_size=12).hexdigest()
