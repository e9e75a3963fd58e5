"""A list of services that somebody wants to look at again. It lives in addresses and on the device, never with us. Pure."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from litestar.datastructures import MultiDict

LONGEST: Final = 20
"""Services on one list; an address has to fit into a mail and onto a QR code."""
BESIDE: Final = 3
"""Services that are compared side by side."""


def listed_in(params: MultiDict[str]) -> tuple[UUID, ...]:
    """The services that the address names, `s=id,id` or `s=id&s=id`, each once. What is no id is passed over."""
    return split(",".join(params.getall("s", [])))


def split(said: str) -> tuple[UUID, ...]:
    """The other way round of `written`."""
    found = (id for part in said[: 40 * LONGEST].split(",") if (id := _id(part.strip())))
    return tuple(dict.fromkeys(found))[:LONGEST]


def in_address(params: MultiDict[str]) -> str:
    """The same as an address carries it on; empty where it names none."""
    return written(listed_in(params)) if "s" in params else ""


def written(ids: Sequence[UUID]) -> str:
    return ",".join(str(id) for id in ids)


def _id(text: str) -> UUID | None:
    if len(text) != 36:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
