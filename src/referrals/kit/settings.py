"""What a deployment may decide, read once from the environment."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

LANGUAGES = ("fr", "en")
WEATHER = {"fr": "https://meteofrance.com/", "en": "https://www.bbc.co.uk/weather"}
PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent
_SHORTEST_SECRET = 32
"""Signs: what 16 random bytes take in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment. Built by `from_environment` and handed down; never read from a global."""

    data_home: Path
    database_url: str | None
    """SQLAlchemy address of somebody else's PostgreSQL; None means the private cluster in `data_home`."""
    secret: str
    base_url: str
    """Scheme, host and port that links in messages begin with, without a slash at the end."""
    host: str = "127.0.0.1"
    port: int = 8000
    product: str = "Relais"
    demo: bool = False
    """Fictional people: shows the mailbox page and the sign-ins. Never on where real people are served."""
    smtp_url: str | None = None
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`; None keeps messages in the mailbox table."""
    mail_from: str = "relais@example.org"
    exit_url: str | None = None
    """Where "Leave now" goes: a neutral page that nobody wonders about. None: the weather, in the language being read."""
    country: str = "FR"
    """Whose emergency numbers are shown where nobody typed a place: one that `seed/crisis` has a file of."""

    tiles_url: str | None = None
    """Somebody else's map tiles, `https://…/{z}/{x}/{y}.png`, under our markers; None: the map that comes with us, which
    asks nobody. Whoever sets this is named on the privacy page, for they learn which part of the map is looked at."""
    tiles_credit: str = ""
    """What their owner wants to be named."""

    sources_home: Path | None = None
    """The folder below which directories may be fetched from this machine itself; None: from none."""
    private_sources: bool = False
    """Whether a directory may be fetched from an address that only this network can reach."""
    meilisearch_url: str | None = None
    """Where a Meilisearch server listens; None: words are looked up by the engine in our own process."""
    meilisearch_key: str | None = None
    """May write our indexes; the worker's."""
    meilisearch_search_key: str | None = None
    """May search them and nothing else; the pages'. Both are made by `referrals meilisearch-keys`."""
    meilisearch_index: str = "services"
    """Beginning of the index's name, where several installations share a server."""

    routing_url: str | None = None
    """Where a routing engine of the installation's own listens; None: ways are estimated from the straight line."""
    routing_kind: Literal["osrm", "valhalla"] = "osrm"
    routing_ways: tuple[str, ...] = ()
    """The ways it may be asked about, of `car`, `bike` and `walk`."""

    def exit_from(self, language: str) -> str:
        """Where somebody goes who has to leave a page in this language quickly."""
        return self.exit_url or WEATHER[language]

    check_months: int = 6
    """How often a listing is asked after where nobody chose otherwise: every 1, 3, 6 or 12 months."""
    outcome_weight: float = 18
    """How much it counts in a match what became of others who were sent there; 0 ranks without looking at it."""

    @property
    def uploads_home(self) -> Path:
        return self.data_home / "uploads"

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def search_home(self) -> Path:
        return self.data_home / "search"


def from_environment(env: Mapping[str, str] = os.environ, *, demo: bool = False) -> Settings:
    """Settings of this process. Raises ValueError where a value cannot be read."""
    home = Path(env.get("REFERRALS_DATA") or CHECKOUT / ".local")
    home.mkdir(parents=True, exist_ok=True)
    port = _port(env.get("PORT", "8000"))
    return Settings(
        data_home=home,
        database_url=_sqlalchemy_url(env.get("DATABASE_URL")),
        secret=_secret(env.get("REFERRALS_SECRET")) or _kept_secret(home / "secret"),
        base_url=(_web_address("BASE_URL", env.get("BASE_URL")) or f"http://127.0.0.1:{port}").rstrip("/"),
        host=env.get("HOST", "127.0.0.1"),
        port=port,
        product=env.get("PRODUCT_NAME", "Relais"),
        demo=_switch("REFERRALS_DEMO", env.get("REFERRALS_DEMO")) or demo,
        smtp_url=_mail_server(env.get("SMTP_URL")),
        mail_from=_sender(env.get("MAIL_FROM") or "relais@example.org"),
        exit_url=_web_address("EXIT_URL", env.get("EXIT_URL")),
        country=_country(env.get("REFERRALS_COUNTRY", "FR")),
        tiles_url=_tiles(env.get("TILES_URL")),
        tiles_credit=env.get("TILES_CREDIT", ""),
        sources_home=Path(env["REFERRALS_SOURCES"]).resolve() if env.get("REFERRALS_SOURCES") else None,
        private_sources=_switch("REFERRALS_PRIVATE_SOURCES", env.get("REFERRALS_PRIVATE_SOURCES")),
        routing_url=(_web_address("ROUTING_URL", env.get("ROUTING_URL")) or "").rstrip("/") or None,
        routing_kind=_routing_kind(env.get("ROUTING_KIND", "osrm")),
        routing_ways=_routing_ways(env.get("ROUTING_WAYS", "")),
        check_months=_months(env.get("CHECK_EVERY_MONTHS", "6")),
        outcome_weight=_share("OUTCOME_WEIGHT", env.get("OUTCOME_WEIGHT", "18")),
        meilisearch_url=_web_address("MEILISEARCH_URL", env.get("MEILISEARCH_URL")),
        meilisearch_key=env.get("MEILISEARCH_KEY") or None,
        meilisearch_search_key=env.get("MEILISEARCH_SEARCH_KEY") or None,
        meilisearch_index=env.get("MEILISEARCH_INDEX") or "services",
    )


def frontend_home() -> Path:
    """Templates, catalogs and assets: beside the sources in a checkout, inside the package in a wheel."""
    packed = PACKAGE / "_frontend"
    return packed if packed.is_dir() else CHECKOUT / "frontend"


def seed_home() -> Path:
    packed = PACKAGE / "_seed"
    return packed if packed.is_dir() else CHECKOUT / "seed"


def _secret(text: str | None) -> str | None:
    if text and len(text) < _SHORTEST_SECRET:
        raise ValueError(f"REFERRALS_SECRET must be at least {_SHORTEST_SECRET} signs long; it has {len(text)}.")
    return text


def _months(text: str) -> int:
    if text not in ("1", "3", "6", "12"):
        raise ValueError(f"CHECK_EVERY_MONTHS must be 1, 3, 6 or 12, not {text!r}")
    return int(text)


def _share(name: str, text: str) -> float:
    if not text.replace(".", "", 1).isdigit() or not 0 <= float(text) <= 50:
        raise ValueError(f"{name} must be a number from 0 to 50, not {text!r}")
    return float(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _switch(name: str, text: str | None) -> bool:
    if text not in (None, "", "0", "1"):
        raise ValueError(f"{name} must be 1 or 0, not {text!r}")
    return text == "1"


def _mail_server(url: str | None) -> str | None:
    """Without the address in the complaint: it may hold a password."""
    if url and not (url.startswith(("smtp://", "smtps://")) and _readable(url) and urlsplit(url).hostname):
        raise ValueError("SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465")
    return url or None


def _sender(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
        raise ValueError(f"MAIL_FROM must be a bare e-mail address, not {text!r}")
    return text


def _web_address(name: str, text: str | None) -> str | None:
    if text and not text.startswith(("https://", "http://")):
        raise ValueError(f"{name} must be a web address, not {text!r}")
    return text or None


def _routing_kind(text: str) -> Literal["osrm", "valhalla"]:
    if text not in ("osrm", "valhalla"):
        raise ValueError(f"ROUTING_KIND must be osrm or valhalla, not {text!r}")
    return "valhalla" if text == "valhalla" else "osrm"


def _routing_ways(text: str) -> tuple[str, ...]:
    ways = tuple(part.strip() for part in text.split(",") if part.strip())
    if not set(ways) <= {"car", "bike", "walk"}:
        raise ValueError(f"ROUTING_WAYS must be some of car,bike,walk, not {text!r}")
    return ways


def _country(code: str) -> str:
    known = sorted(path.stem for path in (seed_home() / "crisis").glob("[A-Z][A-Z].yaml"))
    if code not in known:
        raise ValueError(f"REFERRALS_COUNTRY must be one of {', '.join(known)}, not {code!r}")
    return code


def _tiles(url: str | None) -> str | None:
    if url and not (url.startswith("https://") and all(part in url for part in ("{z}", "{x}", "{y}"))):
        raise ValueError(f"TILES_URL must begin with https:// and hold {{z}}, {{x}} and {{y}}, not {url!r}")
    return url or None


def _sqlalchemy_url(url: str | None) -> str | None:
    if not url:
        return None
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("DATABASE_URL must begin with postgresql://")
    address = f"postgresql+psycopg://{rest}"
    if not _readable(address):
        raise ValueError(
            "DATABASE_URL must look like postgresql://account:password@host:5432/database; "
            "in a password, @ is written %40, / %2F, : %3A and % %25"
        )
    return address


def _readable(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.port != 0 and parts.netloc.count("@") <= 1 and " " not in parts.netloc
    except ValueError:
        return False


def _kept_secret(path: Path) -> str:
    """The key that signs links and forms: made once, kept beside the data, readable by its owner alone."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()
