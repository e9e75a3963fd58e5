"""An area served that nobody lies in leaves everybody out without a word: what is typed has to be a postcode or a country."""

import re

from babel import Locale

from referrals.kit.i18n import gettext as _

_PREFIX = re.compile(r"[A-Z]{1,2}|[A-Z]{0,2}\d[0-9A-Z ]{0,8}|[A-Z]\d[A-Z][ 0-9A-Z]{0,4}")
"""`PL`, `PL15`, `TR1 2AB`, `69`, `69003`, `H2X`."""
_COUNTRIES = frozenset(map(str, Locale("en").territories)) - {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def area_problem(row: dict[str, str]) -> tuple[str, str]:
    """(cell, sentence): the sentence is empty where nothing is wrong."""
    parts = [part.strip() for part in row.get("extent", "").split(",") if part.strip()]
    match row.get("extent_type") or "postcode-prefix":
        case "postcode-prefix":
            wrong = [part for part in parts if not _PREFIX.fullmatch(part.upper())]
            sentence = _("“%(typed)s” is not the beginning of a postcode. For example 69,01 or PL15,TR.")
        case "country":
            wrong = [part for part in parts if part.upper() not in _COUNTRIES or len(part) != 2]
            sentence = _("“%(typed)s” is not the code of a country. For example FR or GB.")
        case _:
            return "extent", ""
    return "extent", sentence % {"typed": wrong[0]} if wrong else ""
