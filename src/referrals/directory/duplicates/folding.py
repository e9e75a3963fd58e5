"""Names, numbers and addresses made comparable. Pure; French and English forms alike."""

import re
from urllib.parse import urlsplit

from referrals.kit.text import fold

LEGAL = frozenset(
    [
        "inc",
        "incorporated",
        "llc",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "co",
        "company",
        "plc",
        "cic",
        "pllc",
        "pa",
        "association",
        "asso",
        "assoc",
        "loi",
        "1901",
        "sarl",
        "sas",
    ]
)
SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
        "au",
        "aux",
        "chez",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "par",
        "pour",
        "sur",
        "un",
        "une",
    ]
)
_COMMON = frozenset(
    [
        "service",
        "services",
        "program",
        "programs",
        "programme",
        "programmes",
        "center",
        "centre",
        "centers",
        "centres",
        "office",
        "offices",
        "main",
        "department",
        "departement",
        "community",
        "communaute",
        "county",
        "city",
        "ville",
        "health",
        "sante",
        "social",
        "sociale",
        "sociaux",
        "support",
        "group",
        "groups",
        "groupe",
    ]
)
_SPELLED = {
    "street": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "bd": "blvd", "bld": "blvd", "road": "rd",
    "drive": "dr", "lane": "ln", "court": "ct", "place": "pl", "square": "sq", "highway": "hwy", "terrace": "ter",
    "terr": "ter", "circle": "cir", "parkway": "pkwy", "suite": "ste", "saint": "st", "sainte": "ste", "north": "n",
    "south": "s", "east": "e", "west": "w", "northwest": "nw", "northeast": "ne", "southwest": "sw", "southeast": "se",
    "chemin": "che", "ch": "che", "allee": "all", "impasse": "imp", "route": "rte", "faubourg": "fbg", "center": "ctr",
    "centre": "ctr", "mount": "mt", "fort": "ft", "and": "", "of": "", "the": "", "de": "", "la": "", "le": "", "les": "",
    "du": "", "des": "", "l": "", "d": "",
}  # fmt: skip
_ROOM = re.compile(
    r"\b(?:suite|ste|apt|apartment|unit|room|rm|floor|flr|bldg|building|bureau|etage|bat|batiment|bp|po box)\b.*$|#.*$",
    re.I,
)
_BOX = re.compile(r"^\s*(?:p\.?\s*o\.?\s*box|bp|b\.p\.)\s*(\d+)", re.I)
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|eme|e)$")
_LETTERS = re.compile(r"\b[a-z](?: [a-z]){2,}\b")
_WRITTEN = re.compile(r"(?<!\w)\+?\(?\d[\d ().-]{6,18}(?:\d|[A-Z]{3,7})(?!\w)")
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_EXTENSION = re.compile(r"(?:\bext(?:ension)?\.?|\bposte|(?<![a-z])x)\s*:?\s*\d+.*$", re.I)
_PUBLIC_HOSTS = frozenset(
    ["facebook.com", "m.facebook.com", "twitter.com", "instagram.com", "linkedin.com", "youtube.com", "google.com", "sites.google.com", "goo.gl", "bit.ly", "wordpress.com", "wixsite.com", "eventbrite.com", "yelp.com", "gmail.com", "hotmail.com", "yahoo.com", "yahoo.fr", "aol.com", "outlook.com", "outlook.fr", "hotmail.fr", "live.com", "live.fr", "free.fr", "orange.fr", "wanadoo.fr", "laposte.net", "sfr.fr", "icloud.com", "bellsouth.net", "comcast.net", "helloasso.com"]
)  # fmt: skip


def spelled(name: str) -> str:
    """Folded, with letters that stand alone joined to the word that they spell: `R.E.L.I.E.F.` -> `relief`."""
    return _LETTERS.sub(lambda found: found.group().replace(" ", ""), fold(name))


def core(name: str) -> str:
    """A name without legal forms and little words: `The Y.G. Institute, Inc.` -> `y g institute`."""
    words = fold(name).split()
    kept = [word for word in words if word not in LEGAL and word not in SMALL]
    return " ".join(kept or words)


def telling_words(name: str) -> frozenset[str]:
    """The words that few others would carry; all of them where nothing else is left."""
    words = {word for word in core(name).split() if len(word) > 1}
    return frozenset(words - _COMMON or words)


def skeleton(core_name: str) -> str:
    """What misspelling and spacing leave alone: consonants, each once in a row. `alzheimers ctr` -> `lzhmrsctr`."""
    letters = re.sub(r"[aeiouy\s]", "", core_name)
    return re.sub(r"(.)\1+", r"\1", letters)


def initials(name: str) -> str:
    """`Guidance Care Center` -> `gcc`; nothing for names of fewer than three words."""
    words = [word for word in core(name).split() if word.isalpha()]
    return "".join(word[0] for word in words) if len(words) > 2 else ""


def number(phone: str) -> str:
    """National digits without extension: `+33 (0)4 93 00 00 00` -> `493000000`. Nothing for what is too short to tell."""
    digits = re.sub(r"\D", "", _EXTENSION.sub("", phone.replace("(0)", "")))
    digits = re.sub(r"^(?:00)?(?:33|44)(?=\d{9,10}$)", "", digits) if len(digits) > 10 else digits
    digits = digits.removeprefix("1") if len(digits) == 11 else digits.lstrip("0")
    return digits if len(digits) >= 6 else ""


def numbers_in(text: str) -> frozenset[str]:
    """Phone numbers that a text tells, as `number` has them: `call 888-995-HOPE` -> {8889954673}."""
    return frozenset(number(one.translate(_KEYPAD)) for one in _WRITTEN.findall(text)) - {""}


def host(address: str) -> str:
    """`https://www.Example.org/page` -> `example.org`; nothing for a host that anybody may use."""
    named = urlsplit(address.strip() if "//" in address else f"//{address.strip()}")
    try:
        found = (named.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return "" if found in _PUBLIC_HOSTS or "." not in found else found


def site(host_name: str) -> str:
    """A host without its ending, under which many hold the same name twice: `example.org` and `example.com`."""
    return host_name.rpartition(".")[0].removesuffix(".co").removesuffix(".org")


def page(address: str) -> str:
    """Host and path, where a path says more than the home page does."""
    at = host(address)
    path = urlsplit(address.strip() if "//" in address else f"//{address.strip()}").path.strip("/").lower()
    return f"{at}/{path}" if at and path and path not in ("index.html", "home", "index.php") else ""


def mailbox(email: str) -> str:
    return email.strip().lower() if "@" in email else ""


def street(line: str) -> str:
    """House number and street in one spelling, rooms and floors left out: `3000 Biscayne Blvd., Ste. 210` -> `3000 biscayne blvd`."""
    words = (_SPELLED.get(word, word) for word in fold(_ROOM.sub("", line)).split())
    return " ".join(_ORDINAL.sub(r"\1", word) for word in words if word)


def box(line: str) -> str:
    """The number of a post-office box, where a line begins with one: `PO Box 69232`, `BP 12`."""
    found = _BOX.match(line)
    return found.group(1) if found else ""


def postcode(code: str) -> str:
    """Five digits of a ZIP+4; others without blanks."""
    plain = fold(code).replace(" ", "")
    return plain[:5] if plain[:5].isdigit() else plain


def opening(description: str, length: int) -> str:
    """The first words of a text, folded; markers such as ###MON### fall away with the other signs."""
    return fold(description[: length * 2])[:length]
