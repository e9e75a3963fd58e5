"""Two keys for a Meilisearch server: one that may write our indexes, one that may only search them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError

WRITING: Final = ["search", "documents.*", "indexes.*", "settings.*", "tasks.get"]
SEARCHING: Final = ["search"]


@dataclass(frozen=True, slots=True)
class Keys:
    writing: str
    searching: str


def make_keys(url: str, master_key: str, name: str = "services", until: datetime | None = None) -> Keys:
    """Made once, then the same again: their ids follow from the name. `until`: when they end; None: never.

    Raises MeilisearchError where the server does not answer or the master key is wrong.
    """
    client = Client(url, master_key)
    return Keys(_key(client, name, "writes", WRITING, until), _key(client, name, "searches", SEARCHING, until))


def _key(client: Client, name: str, what: str, actions: list[str], until: datetime | None) -> str:
    uid = str(uuid5(NAMESPACE_URL, f"referrals:{name}:{what}"))
    wanted = {
        "uid": uid, "name": f"{name} {what}", "actions": actions, "indexes": [f"{name}-v*"],
        "expiresAt": until.isoformat() if until else None,
    }  # fmt: skip
    try:
        return client.create_key(wanted).key
    except MeilisearchApiError as error:
        if error.code != "api_key_already_exists":
            raise
    return client.get_key(uid).key
