"""Why a record or a value did not come in as it was: every reason there is, and how to say it in the reader's language.

A reason is kept as its English sentence, facts filled in, so that it can be stored, counted and read by programs.
`sentence` finds the pattern that it was made from, and says it again in the language of the page.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Protocol

from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _

# Records
CELLS = N_("has %(cells)s cells where there are %(columns)s columns")
NO_SERVICE = N_("names no service")
NOT_OURS = N_("is no record of HSDS that we know")
MISSING = N_("has no %(fields)s")
REPEATED = N_("repeats a row word for word")
CLASH = N_("uses the id of another row")
NOT_THERE = N_("belongs to %(entity)s that is not there")
SAME_PLACE = N_("puts the same service at the same place a second time")
HOURS = N_("has opening hours that cannot be read: %(said)s")
NO_CODE = N_("%(taxonomy)s has no code %(code)s that a service may carry")
TOO_LONG = N_("is longer than %(limit)s characters and was passed over")
UNCLOSED = N_("opens a quotation mark that is not closed")
UNREADABLE_ROW = N_("is no row of a table (%(why)s)")
TOO_DEEP = N_("is nested more than %(limit)s levels deep")
NOT_JSON = N_("is not JSON (%(why)s)")
LONG_ID = N_("had an id of more than %(limit)s characters, which was shortened")
NO_OBJECT = N_("is no object")
NOT_PUBLIC = N_("is not meant for the public by its source")
LEVEL = N_("is of the kind %(kind)s, which we do not know")
FOREIGN = N_("has the id of a record that comes from %(source)s, which was left as it is")
OF_FOREIGN = N_("belongs to a record that comes from another source, which was left as it is")
MERGED = N_("was made one with another record here, and is passed over")

# Files
OUTSIDE = N_("names a place outside the package and was not opened")
A_LINK = N_("is a link to another file and was not followed")
A_BOMB = N_("swells to more than %(ratio)s times its size and was not opened")
INSIDE = N_("is an archive inside the archive and was not opened")
LOCKED = N_("is locked with a password and was not opened")
ENCODED = N_("was written in %(encoding)s and has been read as that")
MIXED = N_("mixes two ways of writing letters; the others were read as %(encoding)s")
BOM = N_("begins with a byte order mark, which was taken off")
MAC_LINES = N_("ends its lines in the old way of the Mac")

TWICE_THERE = N_("is in the archive twice; the last one was read")
PACKED = N_("is packed in a way that we cannot open")
NO_NAME = N_("has a name that cannot be written down")
ABOVE = N_("has rows above the names of its columns, which were passed over")
COLUMN_GONE = N_("is a column that the mapping names and the file does not have")
NO_COLUMNS = N_("begins with no row of column names, so that nothing in it was read")

# Packages that cannot be read at all
NOTHING_AT = N_("There is nothing at %(path)s.")
NO_ZIP = N_("%(file)s is not a zip, or it is cut off.")
MANY_FILES = N_("%(file)s holds more than %(limit)s files.")
MANY_BYTES = N_("%(file)s would unpack to more than %(limit)s gigabytes.")
BAD_JSON = N_("%(file)s, line %(line)s: this is not JSON (%(why)s).")
DAMAGED = N_("%(file)s is cut off or damaged (%(why)s).")
NO_RECORDS = N_("%(file)s holds no records of HSDS.")
NO_KNOWN_FILE = N_("%(file)s holds no table of HSDS, no JSON and no YAML.")
NONE_OPENED = N_("%(file)s holds nothing that may be opened: %(inside)s, which %(why)s.")
BAD_YAML = N_("%(file)s is not written as our own files are (%(why)s).")
NO_OURS = N_("%(file)s holds no organizations and no services.")
NO_MAPPING = N_("%(file)s is a table whose columns we do not know: say what each of them holds.")
NO_SUCH_COLUMNS = N_("%(file)s has none of the columns that its mapping names.")

# Values
NO_TEXT = N_("holds a list or an object where a text belongs")
NOT_WHOLE = N_("is not a whole number")
NOT_NUMBER = N_("is not a number")
NOT_AMOUNT = N_("is not an amount")
NOT_DATE = N_("is not a date like 2027-01-15")
NOT_MOMENT = N_("is not a moment like 2027-01-15T09:00:00Z")
NOT_TIME = N_("is not a time like 09:00")
NOT_UUID = N_("is not a UUID")
NOT_OBJECT = N_("is not an object")
NOT_LATITUDE = N_("is not a latitude")
NOT_LONGITUDE = N_("is not a longitude")
HALF_A_POINT = N_("says nothing without its latitude")
NOT_LANGUAGE = N_("names no language that we know")
TOO_BIG = N_("is too large a number")
LONG_TEXT = N_("is longer than %(limit)s characters")
NULL_ISLAND = N_("is the point 0, 0 in the sea, which means that none is known")
UNKNOWN_DAY = N_("is a date that means “not known”")
FUTURE = N_("is in the future, and nobody can have checked it then")
UNSAFE_LINK = N_("is not a web address that may be opened")
LOOP = N_("leads back to itself, so that the chain was cut here")

NO_PLACE = N_("has no place here")

# What was repaired
SWAPPED = N_("had latitude and longitude the wrong way round")
ODD_LINK = N_("does not look like a web address; it was kept, and somebody should look")
ODD_MAIL = N_("does not look like an e-mail address; it was kept, and somebody should look")
ODD_STATUS = N_("is no status that we know; it was taken as “inactive”, so that nobody is sent there")
FAR_AWAY = N_("lies far outside %(country)s; it was kept, and somebody should look")
HOURS_IN_WORDS = N_("could not be read as hours with certainty; it stays in words")
HTML = N_("held HTML, of which the text was kept")
OLD_LETTERS = N_("held letters as old Windows programs write them, which were put right")
HIDDEN = N_("held hidden signs, which were taken out")
TWICE = N_("is told twice in one object; the last counts")
LISTED = N_("was a list; its parts were put together")

REASONS: tuple[str, ...] = tuple(
    value for name, value in sorted(globals().items()) if name.isupper() and isinstance(value, str)
)

_THINGS = {
    "name": N_("name"), "organization": N_("organization"), "service": N_("service"), "location": N_("place"),
    "number": N_("number"), "identifier": N_("identifier"), "identifier type": N_("kind of identifier"),
    "url": N_("web address"), "taxonomy": N_("taxonomy"), "code": N_("code"), "date": N_("date"), "id": N_("id"),
    "last action date": N_("date of the action"), "last action type": N_("kind of action"),
    "field name": N_("name of a field"), "previous value": N_("earlier value"), "replacement value": N_("new value"),
    "updated by": N_("author"), "resource type": N_("kind of record"), "resource": N_("record"), "link": N_("record"),
    "link entity": N_("kind of record"), "taxonomy term": N_("term"), "structure": N_("organization"),
    "an organization": N_("an organization"), "a service": N_("a service"), "a location": N_("a place"),
    "a service at location": N_("a service at a place"), "a program": N_("a program"), "a contact": N_("a contact"),
    "a phone": N_("a telephone"), "a taxonomy": N_("a taxonomy"), "a taxonomy term": N_("a term"),
    "an unit": N_("a unit"), "a unit": N_("a unit"),
}  # fmt: skip
_TRANSLATED = {"fields", "entity"}


class HasReason(Protocol):
    """A rejection, or a row that remembers one."""

    @property
    def reason(self) -> str: ...


def sentence(one: HasReason | str) -> str:
    """The reason in the language of this page; as it stands when it is none of ours."""
    said = one if isinstance(one, str) else one.reason
    if current_language() == "en":
        return said
    found = _pattern_of(said)
    if found is None:
        return said
    message, facts = found
    return _(message) % {name: _fact(name, value) for name, value in facts.items()}


def _pattern_of(said: str) -> tuple[str, Mapping[str, str]] | None:
    for message, pattern in _patterns():
        if match := pattern.fullmatch(said):
            return message, match.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The most particular first, so that a pattern with room for anything does not take what another says exactly."""
    ordered = sorted(REASONS, key=lambda message: (message.count("%("), -len(message)))
    return tuple((message, _pattern(message)) for message in ordered)


def _pattern(message: str) -> re.Pattern[str]:
    pieces = re.split(r"%\((\w+)\)s", message)
    told = (f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
    return re.compile("".join(told), re.DOTALL)


def _fact(name: str, value: str) -> str:
    if name == "why":
        return sentence(value)
    if name not in _TRANSLATED:
        return value
    return ", ".join(_(_THINGS[word]) if word in _THINGS else word for word in value.split(" and no "))
