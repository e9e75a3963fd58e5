"""From our tables to HSDS 3.1: whole services, organizations, places, permanences and terms as trees of objects.

A batch of any size costs one statement for each kind of record. Everything passes `redaction`; what is gone or not
published is left out; nothing is ordered by chance: keys stand as `fields.names` has them, children by their ids.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.exchange.hsds.asking import ask
from referrals.exchange.hsds.gather import PARENTS, Gathered, seen
from referrals.exchange.hsds.redaction import Record, Redaction, Tree, redaction

Owner = Literal["whole", "reachable", "plain", "absent"]
"""How an organization stands inside its service: with all that hangs on it, with its telephones, its own fields alone, or by
its id."""
Kind = Literal["taxonomy", "taxonomy_term", "organization", "location", "service", "service_at_location"]

LISTS: dict[str, tuple[tuple[str, str], ...]] = {
    "service": (
        ("additional_urls", "url"), ("phones", "phone"), ("schedules", "schedule"), ("service_areas", "service_area"),
        ("service_at_locations", "service_at_location"), ("languages", "language"), ("funding", "funding"),
        ("cost_options", "cost_option"), ("required_documents", "required_document"), ("contacts", "contact"),
        ("capacities", "service_capacity"),
    ),
    "organization": (
        ("additional_websites", "url"), ("funding", "funding"), ("contacts", "contact"), ("phones", "phone"),
        ("locations", "location"), ("programs", "program"), ("organization_identifiers", "organization_identifier"),
    ),
    "service_at_location": (
        ("service_areas", "service_area"), ("contacts", "contact"), ("phones", "phone"), ("schedules", "schedule"),
    ),
    "location": (
        ("languages", "language"), ("addresses", "address"), ("contacts", "contact"),
        ("accessibility", "accessibility"), ("phones", "phone"), ("schedules", "schedule"),
    ),
    "contact": (("phones", "phone"),),
    "phone": (("languages", "language"),),
}  # fmt: skip
"""Lists inside an object, as HSDS calls them."""
_HOOKS = {
    entity: tuple((key, child, (child, f"{entity}_id")) for key, child in lists) for entity, lists in LISTS.items()
}
"""The same, with the hook on which such a list hangs in what was gathered."""
_MARKS, _CHANGES = ("attribute", "link_id"), ("metadata", "resource_id")
UNCOUNTED: Final = "uncounted_capacities"
"""Capacities without a number of places, or without the moment at which it was said: HSDS wants both. An addition of ours."""
UNIT: Final = {"id": "c53d7bd8-2a0b-5a7c-9d0c-8b0cf2f1f9b6", "name": "place"}
"""What is counted where a capacity does not say it: HSDS wants a unit."""


async def services(
    session: AsyncSession, ids: Iterable[str | UUID], *, organization: Owner = "whole", hidden: Redaction | None = None
) -> list[Tree]:
    """These services, in this order, as far as anybody may see them."""
    gathered = await _begun(session, hidden)
    wanted = list(map(str, ids))
    shown = await seen(session, wanted)
    roots = await gathered.take("service", [id for id in wanted if id in shown], whole=True)
    await _with_all(gathered, organization)
    return [_finished(gathered, root["organization_id"], _service(gathered, root, organization)) for root in roots]


async def organizations(
    session: AsyncSession, ids: Iterable[str | UUID], *, hidden: Redaction | None = None
) -> list[Tree]:
    """These organizations, in this order, with their places and programs and without their services."""
    gathered = await _begun(session, hidden)
    roots = await gathered.take("organization", map(str, ids), whole=True)
    await _with_all(gathered, "absent")
    return [_finished(gathered, root["id"], _tree(gathered, "organization", root)) for root in roots]


async def locations(session: AsyncSession, ids: Iterable[str | UUID], *, hidden: Redaction | None = None) -> list[Tree]:
    """These places, in this order, with all that hangs on them."""
    gathered = await _begun(session, hidden)
    roots = await gathered.take("location", map(str, ids), whole=True)
    await _with_all(gathered, "absent")
    return [_finished(gathered, root.get("organization_id"), _tree(gathered, "location", root)) for root in roots]


async def service_at_locations(
    session: AsyncSession, ids: Iterable[str | UUID], *, organization: Owner = "whole", hidden: Redaction | None = None
) -> list[Tree]:
    """These permanences, in this order, each with its place and its whole service, the service without its permanences."""
    gathered = await _begun(session, hidden)
    found = await gathered.take("service_at_location", map(str, ids), whole=True)
    shown = await seen(session, [root["service_id"] for root in found])
    roots = [root for root in found if root["service_id"] in shown]
    await gathered.take("service", [root["service_id"] for root in roots], whole=True)
    await _with_all(gathered, organization, permanences=False)
    trees = []
    for root in roots:
        service, place = _one(gathered, "service", root), _one(gathered, "location", root)
        if service is not None and place is not None:
            tree = _tree(gathered, "service_at_location", root)
            tree |= {"location": _tree(gathered, "location", place)}
            tree |= {"service": _service(gathered, service, organization, permanences=False)}
            trees.append(_finished(gathered, service["organization_id"], tree))
    return trees


async def taxonomies(session: AsyncSession, ids: Iterable[str | UUID]) -> list[Tree]:
    """These taxonomies, in this order."""
    gathered = Gathered(session, Redaction())
    roots = await gathered.take("taxonomy", map(str, ids), whole=True)
    await gathered.all_about("metadata")
    return [_tree(gathered, "taxonomy", root) for root in roots]


async def taxonomy_terms(session: AsyncSession, ids: Iterable[str | UUID]) -> list[Tree]:
    """These terms, in this order, each with its taxonomy."""
    gathered = Gathered(session, Redaction())
    roots = await gathered.take("taxonomy_term", map(str, ids), whole=True)
    await gathered.take("taxonomy", [root["taxonomy_id"] for root in roots], whole=False)
    await gathered.all_about("metadata")
    await gathered.let_go_of_what_is_not_there()
    return [_term(gathered, root) for root in roots]


async def every(session: AsyncSession, kind: Kind, *, size: int = 500) -> AsyncIterator[list[str]]:
    """The ids of all that anybody may see of this kind, in their order, some at a time, in constant memory."""
    last = "00000000-0000-0000-0000-000000000000"
    while rows := await ask(session, _EVERY[kind], last=last, size=size):
        ids = [row[0] for row in rows]
        yield ids
        last = ids[-1]


async def _begun(session: AsyncSession, hidden: Redaction | None) -> Gathered:
    return Gathered(session, hidden or await redaction(session))


async def _with_all(gathered: Gathered, organization: Owner, *, permanences: bool = True) -> None:
    """Everything that hangs on the records that were opened up."""
    services = list(gathered.records.get("service", {}).values())
    if organization != "absent":
        runners = [service["organization_id"] for service in services]
        found = await gathered.take("organization", runners, whole=organization == "whole")
        if organization == "reachable":
            gathered.open_for("phone", "organization", found)
    await gathered.take("program", [service.get("program_id", "") for service in services], whole=True)
    for entity in PARENTS:
        if entity == "service_at_location" and not permanences:
            continue
        await gathered.all_under(entity)
        if entity == "location":
            there = gathered.records.get("service_at_location", {}).values()
            await gathered.take("location", [one["location_id"] for one in there], whole=True)
    rooms = gathered.records.get("service_capacity", {}).values()
    await gathered.take("unit", [room.get("unit_id", "") for room in rooms], whole=True)
    marks = await gathered.all_about("attribute")
    terms = await gathered.take("taxonomy_term", [mark.get("taxonomy_term_id", "") for mark in marks], whole=False)
    await gathered.take("taxonomy", [term["taxonomy_id"] for term in terms], whole=False)
    await gathered.all_about("metadata")
    await gathered.let_go_of_what_is_not_there()


def _service(gathered: Gathered, record: Record, organization: Owner, *, permanences: bool = True) -> Tree:
    tree = _tree(gathered, "service", record)
    if not permanences:
        tree.pop("service_at_locations", None)
    program = _one(gathered, "program", record)
    runner = _one(gathered, "organization", record) if organization != "absent" else None
    if program is not None:
        tree["program"] = _tree(gathered, "program", program)
    if runner is not None:
        tree["organization"] = runner if organization == "plain" else _runner(gathered, runner)
    return tree


def _runner(gathered: Gathered, record: Record) -> Tree:
    """The whole organization, put together once for all of its services."""
    key = ("organization", record["id"])
    if key not in gathered.built:
        gathered.built[key] = _tree(gathered, "organization", record)
    return gathered.built[key]


def _tree(gathered: Gathered, entity: str, record: Record) -> Tree:
    tree: Tree = dict(record)
    under, id = gathered.under, record["id"]
    for key, child, hook in _HOOKS.get(entity, ()):
        if (hung := under.get(hook)) and (found := hung.get(id)):
            tree[key] = [_tree(gathered, child, one) for one in found]
    if entity == "service_at_location" and (place := _one(gathered, "location", record)) is not None:
        tree["location"] = _tree(gathered, "location", place)
    if entity == "service":
        _sort_out_capacities(gathered, tree)
    if entity == "service_capacity":
        unit = _one(gathered, "unit", record)
        tree |= {"unit": _tree(gathered, "unit", unit) if unit is not None else UNIT}
    if marks := under.get(_MARKS, {}).get(id):
        tree["attributes"] = [_attribute(gathered, mark) for mark in marks]
    if changes := under.get(_CHANGES, {}).get(id):
        tree["metadata"] = changes
    return tree


def _attribute(gathered: Gathered, mark: Record) -> Tree:
    tree = _tree(gathered, "attribute", mark)
    term = _one(gathered, "taxonomy_term", mark)
    return tree if term is None else tree | {"taxonomy_term": _term(gathered, term)}


def _term(gathered: Gathered, record: Record) -> Tree:
    key = ("taxonomy_term", record["id"])
    if key not in gathered.built:
        taxonomy = gathered.records["taxonomy"][record["taxonomy_id"]]
        told = {"taxonomy": taxonomy["name"], "taxonomy_detail": taxonomy}
        gathered.built[key] = _tree(gathered, "taxonomy_term", record) | told
    return gathered.built[key]


def _one(gathered: Gathered, entity: str, record: Record) -> Record | None:
    """The record that this one names."""
    return gathered.records.get(entity, {}).get(record.get(f"{entity}_id", ""))


def _sort_out_capacities(gathered: Gathered, tree: Tree) -> None:
    rooms: Sequence[Tree] = tree.pop("capacities", ())
    for key, found in (
        ("capacities", [room for room in rooms if "available" in room and "updated" in room]),
        (UNCOUNTED, [room for room in rooms if "available" not in room or "updated" not in room]),
    ):
        if found:
            tree[key] = found


def _finished(gathered: Gathered, organization_id: str | None, tree: Tree) -> Tree:
    return gathered.redaction.tree(organization_id, tree)


_EVERY: dict[str, str] = {
    "taxonomy": "SELECT id::text FROM taxonomy WHERE id > %(last)s::uuid ORDER BY id LIMIT %(size)s",
    "service": (
        "SELECT s.id::text FROM service s JOIN listing l ON l.service_id = s.id JOIN organization o ON o.id = s.organization_id "
        "WHERE l.published AND s.gone_at IS NULL AND o.gone_at IS NULL AND s.id > %(last)s::uuid "
        "AND l.service_id > %(last)s::uuid ORDER BY s.id LIMIT %(size)s"
    ),
    "service_at_location": (
        "SELECT p.id::text FROM service_at_location p JOIN location a ON a.id = p.location_id "
        "JOIN service s ON s.id = p.service_id JOIN listing l ON l.service_id = s.id JOIN organization o ON o.id = s.organization_id "
        "WHERE l.published AND p.gone_at IS NULL AND a.gone_at IS NULL AND s.gone_at IS NULL AND o.gone_at IS NULL "
        "AND p.id > %(last)s::uuid ORDER BY p.id LIMIT %(size)s"
    ),
} | {
    kind: f"SELECT id::text FROM {kind} WHERE gone_at IS NULL AND id > %(last)s::uuid ORDER BY id LIMIT %(size)s"  # noqa: S608  # our own tables' names
    for kind in ("taxonomy_term", "organization", "location")
}
