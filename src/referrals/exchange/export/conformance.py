"""What we speak of HSDS 3.1, data·inclusion v1 and FHIR R4, read off what is running: tables, routes, writers and readers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from litestar import Litestar
from litestar.routes import HTTPRoute

from referrals.exchange.export.formats import INCLUSION, Format
from referrals.exchange.export.holdings import Holdings, is_addition, named
from referrals.exchange.export.store import Store
from referrals.exchange.fhir.capability import interactions
from referrals.exchange.hsds import parameters
from referrals.exchange.package import FORMATS as READERS
from referrals.exchange.shapes import SHAPES
from referrals.kit.i18n import gettext as _

API = "/hsds"


@dataclass(frozen=True, slots=True)
class FieldShown:
    """`filled`: how many published records say something in it; None: not counted yet. `ours`: not HSDS's own."""

    name: str
    filled: int | None
    of: int
    ours: bool

    @property
    def share(self) -> str:
        """`73%`; a share below one is not none."""
        if not self.filled or not self.of:
            return "–"
        percent = self.filled * 100 // self.of
        return _("%(num)s%%") % {"num": percent} if percent else _("under 1%")


@dataclass(frozen=True, slots=True)
class TableShown:
    entity: str
    records: int | None
    fields: tuple[FieldShown, ...]

    @property
    def rows(self) -> list[list[str | int]]:
        """Field, how many fill it, what share that is."""
        return [
            [
                f"{field.name} *" if field.ours else field.name,
                "–" if field.filled is None else field.filled,
                field.share,
            ]
            for field in self.fields
        ]

    @property
    def used(self) -> int:
        return sum(1 for field in self.fields if field.filled)


@dataclass(frozen=True, slots=True)
class Endpoint:
    methods: str
    path: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    tables: tuple[TableShown, ...]
    inclusion: tuple[TableShown, ...]
    endpoints: tuple[Endpoint, ...]
    formats: tuple[Format, ...]
    fhir: Mapping[str, list[str]]
    """Type of resource -> what may be done with it."""

    @property
    def endpoint_rows(self) -> list[list[str]]:
        return [[one.path, one.methods, ", ".join(one.parameters) or "–"] for one in self.endpoints]

    @property
    def fhir_rows(self) -> list[list[str]]:
        return [[kind, ", ".join(sorted(done))] for kind, done in self.fhir.items()]

    @property
    def format_rows(self) -> list[list[str]]:
        return [[_(one.title), one.standard or "–", one.suffix] for one in self.formats]

    @property
    def reader_rows(self) -> list[list[str]]:
        return [[title, name] for name, title in READERS.items()]

    @property
    def fields(self) -> int:
        return sum(len(table.fields) for table in self.tables)

    @property
    def filled(self) -> int:
        return sum(table.used for table in self.tables)


def computed(app: Litestar, store: Store, formats: Mapping[str, Format]) -> Shown:
    counted = store.counted()
    return Shown(
        tables=tuple(_tables(counted.holdings if counted else None)),
        inclusion=tuple(_inclusion(store, formats)),
        endpoints=tuple(sorted(_endpoints(app), key=lambda one: (one.path, one.methods))),
        formats=tuple(formats.values()),
        fhir=interactions(app),
    )


def _tables(holdings: Holdings | None) -> Iterator[TableShown]:
    for entity in SHAPES:
        records = holdings.records[entity] if holdings else None
        filled = holdings.fields[entity] if holdings else {}
        yield TableShown(
            entity, records,
            tuple(FieldShown(name, filled.get(name), records or 0, is_addition(entity, name)) for name in named(entity)),
        )  # fmt: skip


def _inclusion(store: Store, formats: Mapping[str, Format]) -> Iterator[TableShown]:
    """From the last file that was made: how many of its records say something in each field."""
    for found in formats.values():
        for key in found.files() if found.standard == INCLUSION else ():
            kept = store.kept(key, found.suffix)
            for kind, fields in (kept.made.told if kept else {}).items():
                records = max(fields.values(), default=0)
                shown = (FieldShown(name, count, records, ours=False) for name, count in fields.items())
                yield TableShown(kind, records, tuple(shown))


def _endpoints(app: Litestar) -> Iterator[Endpoint]:
    """Every address of the interface that really answers; what may be asked of it stands in the table that its handlers read."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and (route.path == API or route.path.startswith(f"{API}/")):
            methods = sorted({str(getattr(m, "value", m)) for m in route.methods} - {"HEAD", "OPTIONS"})
            yield Endpoint(", ".join(methods), route.path_format, _asked(route.path_format.removeprefix(f"{API}/")))


def _asked(path: str) -> tuple[str, ...]:
    name, _slash, record = path.partition("/")
    endpoint = parameters.ENDPOINTS.get(name)
    if endpoint is None:
        return ()
    return endpoint.one_takes if record else endpoint.takes
