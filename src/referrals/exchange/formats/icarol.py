"""iCarol's resource export: one CSV in which agencies, programs, sites and programs at sites are rows, told apart by a column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from referrals.exchange import table, tongues
from referrals.exchange.formats import cells, marks, timetable
from referrals.exchange.reasons import CLASH, LEVEL, MISSING, NOT_PUBLIC
from referrals.exchange.report import Report, Where
from referrals.exchange.table import Files
from referrals.kit.text import fold
from referrals.taxonomy.vocabulary import Vocabulary

Tree = dict[str, Any]
Row = dict[str, str]

ID, LEVEL_NAME, PARENT = "resourceagencynum", "taxonomylevelname", "parentagencynum"
LEVELS = {"agency": "organization", "program": "service", "site": "location", "programatsite": "service_at_location"}
_YES = {"yes", "true", "1", "y", "-1"}
_PHONES = (
    *((f"phone{n}number", f"phone{n}type", f"phone{n}name", f"phone{n}description", f"phone{n}isprivate") for n in range(1, 6)),
    *((f"phone{kind}", said, f"phone{kind}name", f"phone{kind}description", f"phone{kind}isprivate") for kind, said in (
        ("fax", "fax"), ("tty", "tty"), ("tollfree", "voice"), ("numberhotline", "voice"), ("numberbusinessline", "voice"),
        ("numberoutofarea", "voice"), ("numberafterhours", "voice"),
    )),
)  # fmt: skip
_CONTACTS = (
    (
        "maincontactname",
        "maincontacttitle",
        "maincontactemailaddress",
        "maincontactphonenumber",
        "maincontactisprivate",
    ),
    (
        "seniorworkername",
        "seniorworkertitle",
        "seniorworkeremailaddress",
        "seniorworkerphonenumber",
        "seniorworkerisprivate",
    ),
)
_ADDRESSES = (("physical", "physical"), ("mailing", "postal"))
_PARTS = (
    ("address1", "address_1"), ("address2", "address_2"), ("city", "city"), ("stateprovince", "state_province"),
    ("postalcode", "postal_code"), ("country", "country"), ("attentionname", "attention"),
)  # fmt: skip
_COUNTRIES = {"united states": "US", "usa": "US", "us": "US", "canada": "CA", "united kingdom": "GB", "france": "FR"}
_SAID = ("taxonomycodes", "taxonomyterms", "agencydescription")
"""What tells that an agency without programs offers something itself."""
_DATES = ("lastverifiedon", "updatedon")
_READ = {
    ID, LEVEL_NAME, PARENT, "parentagency", "publicname", "alternatename", "officialname", "agencydescription",
    "emailaddressmain", "websiteaddress", "agencystatus", "eligibility", "applicationprocess", "documentsrequired",
    "feestructuresource", "paymentmethods", "languagesoffered", "languagesofferedlist", "hoursofoperation", "coveragearea",
    "coverageareatext", "coverage", "taxonomyterm", "taxonomyterms", "taxonomycodes", "categories", "latitude", "longitude",
    "disabilitiesaccess", "physicallocationdescription", "busserviceaccess", "publicaccesstransportation",
    "licenseaccreditation", "temporarymessage", "normalwaittime", "lastverifiedon", "lastverifiedbyemailaddress", "updatedon",
    "fein", "irsstatus", "yearincorporated", "legalstatus", "sourceoffunds", "connectstositenum", "connectstoprogramnum",
    "physicaladdressisprivate", "mailingaddressisprivate", "excludefromwebsite", "custom_minimum age", "custom_maximum age",
    *(column for columns in (*_PHONES, *_CONTACTS) for column in columns), "maincontacttype",
    *(f"{kind}{part}" for kind, _ in _ADDRESSES for part, _ in _PARTS),
}  # fmt: skip


def is_ours(header: tuple[str, ...]) -> bool:
    return {ID, LEVEL_NAME} <= {name.strip().lower() for name in header}


@dataclass
class Reader:
    """Reads one export. It is gone through twice: first for what hangs on what, and what is to stay confidential."""

    words: Vocabulary
    report: Report
    order: str = "mdy"
    """Of day and month in its dates."""
    _alone: dict[str, str] = field(default_factory=dict)
    """Agencies that have no programs and say what they do, each its own service; with the street that is their own."""
    _private: set[str] = field(default_factory=set)
    _withheld: set[str] = field(default_factory=set)
    """Agencies that are not for the public: nor are their programs, nor the streets of their sites."""
    _read: set[str] = field(default_factory=set)
    """Ids of rows that came in: another row with one of them is refused, for nobody could say which is meant."""

    def trees(self, files: Files, name: str) -> Iterator[tuple[str, Tree, Where]]:
        self._look_through(files, name)
        for line, row in table.rows(files, name, "resource", self.report):
            where = Where(name, line)
            level = re.sub(r"[\s_-]", "", row[LEVEL_NAME]).lower()
            key = row[ID].strip()
            if level not in LEVELS:
                self.report.reject(where, "resource", key, LEVEL % {"kind": row[LEVEL_NAME] or "—"})
            elif _yes(row, "excludefromwebsite") or row.get(PARENT, "").strip() in self._withheld:
                self.report.reject(where, LEVELS[level], key, NOT_PUBLIC)
            elif not key:
                self.report.reject(where, LEVELS[level], None, MISSING % {"fields": "id"})
            elif key in self._read:
                self.report.reject(where, LEVELS[level], key, CLASH)
            else:
                self._read.add(key)
                self._lose(row, where, LEVELS[level])
                for entity, tree in self._of(level, key, row):
                    yield entity, tree, where

    def _of(self, level: str, key: str, row: Row) -> Iterator[tuple[str, Tree]]:
        if level == "agency":
            yield "organization", self._agency(key, row)
            if key in self._alone:
                yield "service", self._service(key, key, row)
        elif level == "program":
            yield "service", self._service(key, row.get(PARENT, "").strip(), row)
        elif level == "site":
            agency = row.get(PARENT, "").strip()
            yield "location", self._location(key, agency, row)
            if agency in self._alone and _street(row) != self._alone[agency]:
                yield "service_at_location", {"id": f"site:{key}", "service_id": agency, "location_id": key}
        else:
            yield "service_at_location", self._at(key, row)

    def _look_through(self, files: Files, name: str) -> None:
        dates: list[str] = []
        with_programs: set[str] = set()
        for _, row in table.rows(files, name, "resource", Report(self.report.source)):
            level = re.sub(r"[\s_-]", "", row[LEVEL_NAME]).lower()
            if level == "program":
                with_programs.add(row.get(PARENT, "").strip())
            if level == "agency" and any(row.get(said) for said in _SAID):
                self._alone[row[ID].strip()] = _street(row)
            if level == "agency" and _yes(row, "excludefromwebsite"):
                self._withheld.add(row[ID].strip())
            if _yes(row, "physicaladdressisprivate"):
                self._private.add(row[ID].strip())
            if len(dates) < 1000:
                dates += [row[column] for column in _DATES if row.get(column)]
        self._alone = {key: street for key, street in self._alone.items() if key not in with_programs}
        self._private |= self._hidden_programs(files, name) if self._private else set()
        order = cells.date_order(dates)
        self.order = "mdy" if order == "ymd" else order
        if order == "dmy" and not any(int(said[1]) > 12 for one in dates if (said := re.match(r"(\d{1,2})/", one))):
            self.order = "mdy"  # the American order, unless a date speaks against it

    def _hidden_programs(self, files: Files, name: str) -> set[str]:
        """Programs at a site whose address is private, and agencies alone that have such a site."""
        rows = table.rows(files, name, "resource", Report(self.report.source))
        hidden: set[str] = set()
        for _, row in rows:
            if row.get("connectstositenum", "").strip() in self._private or row[ID].strip() in self._private:
                agency = row.get(PARENT, "").strip()
                hidden |= {row.get("connectstoprogramnum", "").strip(), agency if agency in self._alone else ""}
        return hidden - {""}

    def _lose(self, row: Row, where: Where, entity: str) -> None:
        for name, value in row.items():
            private = name.endswith(("number", "phonefax", "phonetty")) and _yes(row, _privacy(name))
            if value.strip() and (name not in _READ or private):
                self.report.lose(where, entity, row[ID], f"icarol.{name}")

    def _agency(self, key: str, row: Row) -> Tree:
        place = self._location(f"agency:{key}", key, row) if _has_address(row) else None
        return _said({
            "id": key, "name": row.get("publicname") or row.get("officialname"), "alternate_name": row.get("alternatename"),
            "description": row.get("agencydescription"), "email": row.get("emailaddressmain"),
            "website": row.get("websiteaddress"), "tax_id": row.get("fein"), "tax_status": row.get("irsstatus"),
            "year_incorporated": row.get("yearincorporated"), "legal_status": row.get("legalstatus"),
            "phones": _phones(key, row), "contacts": _contacts(key, row), "locations": [place] if place else [],
            "funding": [{"id": f"{key}:funding", "source": row["sourceoffunds"]}] if row.get("sourceoffunds") else [],
            "assured_date": self._date(row, "lastverifiedon"),
        })  # fmt: skip

    def _service(self, key: str, agency: str, row: Row) -> Tree:
        at: list[Tree] = []
        if _has_address(row):
            place = f"agency:{key}" if key == agency else f"program:{key}"
            at = [{"id": f"own:{key}", "location": self._location(place, agency, row)}]
        return _said({
            "id": key, "organization_id": agency, "name": row.get("publicname"), "alternate_name": row.get("alternatename"),
            "description": row.get("agencydescription"), "email": row.get("emailaddressmain"), "url": row.get("websiteaddress"),
            "status": _status(row.get("agencystatus", "")), "alert": row.get("temporarymessage"),
            "application_process": row.get("applicationprocess"), "eligibility_description": row.get("eligibility"),
            "fees_description": _texts(row.get("feestructuresource"), row.get("paymentmethods")),
            "accreditations": row.get("licenseaccreditation"), "wait_time": row.get("normalwaittime"),
            "minimum_age": row.get("custom_minimum age"), "maximum_age": row.get("custom_maximum age"),
            "assured_date": self._date(row, "lastverifiedon"), "last_modified": self._date(row, "updatedon"),
            "assurer_email": row.get("lastverifiedbyemailaddress"), "phones": _phones(key, row), "contacts": _contacts(key, row),
            "languages": list(_languages(key, row)), "schedules": _schedules(key, row), "service_areas": list(_areas(key, row)),
            "required_documents": [
                {"id": f"{key}:document", "document": row["documentsrequired"]}
            ] if row.get("documentsrequired") else [],
            "attributes": list(self._attributes(key, row)), "service_at_locations": at,
        })  # fmt: skip

    def _location(self, key: str, agency: str, row: Row) -> Tree:
        hidden = _yes(row, "physicaladdressisprivate")
        addresses = [
            address
            for kind, type in _ADDRESSES
            if not (kind == "mailing" and _yes(row, "mailingaddressisprivate"))
            and (address := _address(f"{key}:{kind}", kind, type, row, street=not (hidden and kind == "physical")))
        ]
        access = row.get("disabilitiesaccess")
        return _said({
            "id": key, "organization_id": agency, "name": row.get("publicname"), "location_type": "physical",
            "description": row.get("physicallocationdescription"),
            "transportation": _texts(row.get("publicaccesstransportation"), _written(row.get("busserviceaccess"))),
            "latitude": None if hidden else row.get("latitude"), "longitude": None if hidden else row.get("longitude"),
            "addresses": addresses, "accessibility": [{"id": key, "description": access}] if access else [],
            "phones": _phones(f"at:{key}", row) if row[LEVEL_NAME].strip().lower() == "site" else [],
            "schedules": _schedules(f"at:{key}", row) if row[LEVEL_NAME].strip().lower() == "site" else [],
        })  # fmt: skip

    def _at(self, key: str, row: Row) -> Tree:
        return _said({
            "id": key, "service_id": row.get("connectstoprogramnum"), "location_id": row.get("connectstositenum"),
            "description": row.get("agencydescription"), "phones": _phones(key, row), "schedules": _schedules(key, row),
            "contacts": _contacts(key, row),
        })  # fmt: skip

    def _attributes(self, key: str, row: Row) -> Iterator[Tree]:
        codes = _split(row.get("taxonomycodes"))
        names = _split(row.get("taxonomyterms") or row.get("taxonomyterm"))
        if len(names) != len(codes):
            names = codes or names
        for code, name in zip(codes or names, names, strict=True):
            yield marks.foreign(key, "211", code, name)
        for name in _split(row.get("categories")):
            yield marks.foreign(key, "icarol categories", name, name)
        hidden = self.words.term("privacy", "confidential-address")
        if hidden is not None and key in self._private:
            yield marks.ours(key, hidden, "en")

    def _date(self, row: Row, column: str) -> str | None:
        """A date in the order that the file has; one that is none goes on as it is, to be told."""
        said = (row.get(column) or "").strip()
        try:
            return cells.read("date", said, self.order, ".", self.words).shown if said else None
        except ValueError:
            return said


def _yes(row: Row, column: str) -> bool:
    return (row.get(column) or "").strip().lower() in _YES


def _privacy(column: str) -> str:
    """The column that says whether a number is for the public."""
    return next((private for number, *_, private in (*_PHONES, *_CONTACTS) if number == column), "")


def _status(said: str) -> str:
    folded = said.strip().lower()
    return "active" if folded in ("", "active") else "inactive"


def _texts(*texts: str | None) -> str | None:
    return "\n".join(text for text in texts if text) or None


def _written(said: str | None) -> str | None:
    """A text, but not the bare yes or no of a box that was ticked."""
    return None if said and said.strip().lower() in (*_YES, "no", "false", "0") else said


def _split(said: str | None) -> list[str]:
    """Lists are parted by semicolons; codes and terms may be joined by ` * ` where several make one meaning."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[;\n]", said or "") if part.strip()))


def _street(row: Row) -> str:
    return fold(row.get("physicaladdress1") or "")


def _has_address(row: Row) -> bool:
    return any(row.get(f"physical{part}") for part, _ in _PARTS if part != "country") or bool(row.get("latitude"))


def _address(key: str, kind: str, type: str, row: Row, *, street: bool) -> Tree | None:
    parts = {ours: (row.get(f"{kind}{theirs}") or "").strip() for theirs, ours in _PARTS}
    if not street:
        parts |= {"address_1": "", "address_2": "", "attention": ""}
    if not any(said for name, said in parts.items() if name != "country"):
        return None
    parts["country"] = _COUNTRIES.get(parts["country"].lower(), parts["country"])
    return _said({"id": key, "address_type": type, **parts})


def _phones(key: str, row: Row) -> list[Tree]:
    found = []
    for place, (number, kind, name, description, private) in enumerate(_PHONES):
        said = (row.get(number) or "").strip()
        if said and not _yes(row, private):
            type = _kind((row.get(kind) or "") if kind in row else kind)
            about = _texts(row.get(name), row.get(description))
            found.append(_said({"id": f"{key}:phone:{place}", "number": said, "type": type, "description": about}))
    return found


def _kind(said: str) -> str:
    folded = said.lower()
    return next((kind for kind in ("fax", "tty", "sms", "cell") if kind in folded), "voice")


def _contacts(key: str, row: Row) -> list[Tree]:
    found = []
    for place, (name, title, email, phone, private) in enumerate(_CONTACTS):
        if _yes(row, private) or not any(row.get(column) for column in (name, title, email)):
            continue
        id = f"{key}:contact:{place}"
        phones = [{"id": id, "number": row[phone], "type": "voice"}] if row.get(phone) else []
        found.append(
            _said({"id": id, "name": row.get(name), "title": row.get(title), "email": row.get(email), "phones": phones})
        )
    return found


def _languages(key: str, row: Row) -> Iterator[Tree]:
    for said in _split((row.get("languagesofferedlist") or row.get("languagesoffered") or "").replace(",", ";")):
        for one in tongues.spoken(said):
            yield _said({"id": f"{key}:{one.code or one.name}", "code": one.code, "name": one.name, "note": one.note})


def _schedules(key: str, row: Row) -> list[Tree]:
    return timetable.schedules(f"{key}:hours", (row.get("hoursofoperation") or "").strip())


def _areas(key: str, row: Row) -> Iterator[Tree]:
    said = row.get("coveragearea") or row.get("coverage")
    for place, area in enumerate(_split(said)):
        yield {"id": f"{key}:area:{place}", "name": area}
    if row.get("coverageareatext"):
        yield {"id": f"{key}:area:words", "description": row["coverageareatext"]}


def _said(tree: Tree) -> Tree:
    return {name: value for name, value in tree.items() if value not in (None, "", [])}
