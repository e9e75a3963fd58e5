"""The private PostgreSQL: a data folder of our own, one Unix socket, no network.

It is the embedded default; DATABASE_URL replaces it. Everything lives in one folder of the
data home (`pg`, or `pg-test` for tests): `data`, `socket` and `log`. Its owner is whoever
runs us. PostgreSQL refuses to run as root, so there the owner is the account `postgres`.
"""

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import errors, sql

ROLE = "referrals"
PORT = 5432
OLDEST = 15
PATIENCE = 120  # seconds for a start that has to replay much
EXTENSIONS = ("postgis", "pg_trgm", "unaccent")
SERVICE_ACCOUNTS = ("postgres", "_postgres", "nobody")
ELSEWHERE = Path("/var/lib/referrals")
LONGEST_SOCKET = 99  # bytes; the kernels stop at 104 (macOS) and 108 (Linux)
TOOL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
HOW_TO_INSTALL = (
    "Run `make setup` (Debian, Ubuntu), or install PostgreSQL 15 or newer with PostGIS 3 "
    "(Fedora: postgresql-server postgresql-contrib postgis; Arch: postgresql postgis; "
    "macOS: brew install postgresql@17 postgis), or set DATABASE_URL."
)


class ClusterError(Exception):
    """The private PostgreSQL cannot serve; the text says why and what to do, for a person."""


class State(StrEnum):
    ABSENT = "absent"
    STOPPED = "stopped"
    RUNNING = "running"


@dataclass(frozen=True)
class Cluster:
    """How to reach a running cluster: always by its socket, as its one role."""

    socket_dir: Path
    user: str = ROLE
    port: int = PORT

    def url(self, database: str) -> str:
        """For SQLAlchemy with psycopg 3."""
        where = urlencode({"host": self.socket_dir, "port": self.port}, safe="/")
        return f"postgresql+psycopg://{self.user}@/{quote(database, safe='')}?{where}"

    def conninfo(self, database: str) -> str:
        """For psycopg, psql and pg_dump."""
        return psycopg.conninfo.make_conninfo(
            host=str(self.socket_dir), port=self.port, user=self.user, dbname=database
        )


@dataclass(frozen=True)
class Status:
    state: State
    folder: Path
    owner: str
    cluster: Cluster


def default_home() -> Path:
    """REFERRALS_DATA, else `.local` of the checkout, else the user's own data folder."""
    if chosen := os.environ.get("REFERRALS_DATA"):
        return Path(chosen).expanduser()
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".local"
    shared = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(shared).expanduser() / "referrals"


def ensure(data_home: Path, *, durable: bool = True) -> Cluster:
    """The running cluster of this data home, made and started when it was not.

    Several processes may ask at once. `durable=False` is the test cluster: a folder of its
    own, thrown away when it does not start, and nothing in it survives a power cut.
    Raises ClusterError.
    """
    place = _place(data_home, durable=durable)
    if _refusal(place) is not None:
        with _alone(place):
            if _refusal(place) is not None:
                _bring_up(place)
    return place.cluster


def stop(data_home: Path, *, durable: bool = True) -> bool:
    """Stops it (open connections are cut); True when it was running. Raises ClusterError."""
    place = _place(data_home, durable=durable)
    if not place.made:
        return False
    with _alone(place):
        if _postmaster(place) is None:
            return False
        _shut_down(place, _tools(place))
    return True


def remove(data_home: Path, *, durable: bool = True) -> None:
    """Stops it and deletes all it holds. Raises ClusterError."""
    stop(data_home, durable=durable)
    place = _place(data_home, durable=durable)
    leftovers = [place.folder.with_name(f"{place.folder.name}.lock"), *_notes(place)]
    if place.folder.exists():
        shutil.rmtree(place.folder)
    for file in leftovers:
        file.unlink(missing_ok=True)
    if place.folder.parent not in (place.home, ELSEWHERE) and not any(place.folder.parent.glob("*")):
        place.folder.parent.rmdir()


def status(data_home: Path, *, durable: bool = True) -> Status:
    place = _place(data_home, durable=durable)
    state = State.STOPPED if place.made else State.ABSENT
    if place.made and _refusal(place) is None:
        state = State.RUNNING
    return Status(state, place.folder, place.owner.pw_name, place.cluster)


def ensure_database(cluster: Cluster, name: str, template: str | None = None) -> bool:
    """True when it was made now, as a copy of `template` where one is named."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        for left in reversed(range(50)):
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone():
                return False
            try:
                connection.execute(statement)
            except (errors.DuplicateDatabase, errors.UniqueViolation):
                return False  # another process was quicker
            except errors.ObjectInUse:
                # Two copies of one template may not begin while somebody is still in it.
                if not left:
                    raise
                time.sleep(0.1)
            else:
                return True
    return False


def drop_database(cluster: Cluster, name: str) -> None:
    """Gone afterwards, whether it was there or not and whoever is still connected."""
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


# Where it is and whose


@dataclass(frozen=True)
class _Place:
    home: Path
    folder: Path
    owner: pwd.struct_passwd
    durable: bool

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def made(self) -> bool:
        return (self.data / "PG_VERSION").is_file()

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def socket_dir(self) -> Path:
        inside = self.folder / "socket"
        # libpq splits a host at commas, and the kernel cuts long paths.
        if _socket_length(inside) <= LONGEST_SOCKET and re.fullmatch(r"[\w/.@+ -]+", str(inside)):
            return inside
        return Path("/tmp") / f"referrals-{_short(self.folder)}"  # noqa: S108 (its owner is checked)

    @property
    def cluster(self) -> Cluster:
        return Cluster(socket_dir=self.socket_dir)

    @property
    def socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{PORT}"


def _socket_length(folder: Path) -> int:
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}"))


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _place(data_home: Path, *, durable: bool) -> _Place:
    name = "pg" if durable else "pg-test"
    home = data_home.expanduser().resolve()
    if os.geteuid() != 0:
        return _Place(home, _own(home / name), _account(os.geteuid()), durable)
    found = _owner_of(home / name)
    if found:
        return _Place(home, home / name, _account(found), durable)
    owner = _service_account()
    elsewhere = ELSEWHERE / _short(home) / name
    if elsewhere.exists() or not _can_reach(home, owner):
        return _Place(home, elsewhere, owner, durable)
    return _Place(home, home / name, owner, durable)


def _own(folder: Path) -> Path:
    try:
        uid = _owner_of(folder)
    except PermissionError as error:
        raise ClusterError(f"{folder} is closed to this user. Set REFERRALS_DATA.") from error
    if uid not in (None, os.geteuid()):
        raise ClusterError(
            f"{folder} belongs to user id {uid}. Run as that user or as root, "
            "or set REFERRALS_DATA to a folder of your own."
        )
    return folder


def _owner_of(folder: Path) -> int | None:
    return folder.stat().st_uid if folder.exists() else None


def _account(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise ClusterError(
            f"User id {uid} has no name on this machine, and PostgreSQL needs one. "
            "Add it to /etc/passwd, or set DATABASE_URL."
        ) from error


def _service_account() -> pwd.struct_passwd:
    for name in SERVICE_ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ClusterError("PostgreSQL does not run as root, and there is no account `postgres`. " + HOW_TO_INSTALL)


def _can_reach(folder: Path, owner: pwd.struct_passwd) -> bool:
    there = next(p for p in (folder, *folder.parents) if p.exists())
    return _run_as(owner, "test", "-x", there).returncode == 0


# Bringing it up


def _bring_up(place: _Place) -> None:
    tools = _tools(place)
    if not place.made:
        _initialise(place, tools)
    if _postmaster(place) is not None:
        # Somebody started it and went away, or its socket was swept from under it.
        if _wait_for(place, PATIENCE if place.socket.exists() else 2):
            return
        _shut_down(place, tools)
    try:
        _start(place, tools)
    except ClusterError:
        if place.durable:
            raise
        shutil.rmtree(place.data)
        _initialise(place, tools)
        _start(place, tools)


def _initialise(place: _Place, tools: Path) -> None:
    unfinished = place.folder / "data.new"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    options = ["--data-checksums"] if place.durable else ["--no-sync"]
    # Codepoint order is no order for names with accents; the root collation of ICU is.
    collation = ["--locale-provider=icu", "--icu-locale=und", f"--locale={_locale()}"]
    _must(
        place,
        "PostgreSQL could not make its data folder",
        tools / "initdb",
        *("-D", unfinished, "-U", ROLE, "-E", "UTF8", "--lc-messages=C", "--auth=peer"),
        *collation,
        *options,
    )
    _write(place, unfinished / "pg_hba.conf", f"local all {ROLE} peer map=owner\n")
    names = sorted({place.owner.pw_name, "root"})
    _write(
        place,
        unfinished / "pg_ident.conf",
        "".join(f'owner "{name}" {ROLE}\n' for name in names),
    )
    _write(place, unfinished / "postgresql.conf", "include 'referrals.conf'\n", add=True)
    # The name comes last: a folder called `data` is always a whole one.
    unfinished.rename(place.data)
    _tell_where(place)


def _locale() -> str:
    """UTF-8 letters for the full-text parser, which asks libc and not ICU."""
    known = re.search(r"^C\.utf-?8$", _ask(["locale", "-a"]), re.IGNORECASE | re.MULTILINE)
    return "C.UTF-8" if known else "en_US.UTF-8"


def _tell_where(place: _Place) -> None:
    text = (
        f"The database of {place.home} is in {place.folder}, because the account "
        f"`{place.owner.pw_name}`, which runs it, cannot enter {place.home}.\n"
    )
    for note in _notes(place):
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(text, encoding="utf-8")


def _notes(place: _Place) -> list[Path]:
    """Found from either side, when the data are not where one looks for them first."""
    if place.folder.parent == place.home:
        return []
    return [f / f"where-{place.folder.name}-is.txt" for f in (place.home, place.folder.parent)]


DURABLE = """\
fsync = on
full_page_writes = on
synchronous_commit = on
shared_buffers = 256MB
"""

FLEETING = """\
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
shared_buffers = 128MB
"""

# Errors are logged without statement, parameters or detail: those hold people's data.
SETTINGS = """\
# Written anew at every start. Settings of your own: ALTER SYSTEM SET …
listen_addresses = ''
port = {port}
unix_socket_directories = '"{socket_dir}"'
unix_socket_permissions = 0700
max_connections = 100
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] '
log_checkpoints = off
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
{promises}"""


def _start(place: _Place, tools: Path) -> None:
    _forget_the_dead(place)
    _open_socket_dir(place)
    settings = SETTINGS.format(
        port=PORT,
        socket_dir=place.socket_dir,
        promises=DURABLE if place.durable else FLEETING,
    )
    _write(place, place.data / "referrals.conf", settings)
    _must(
        place,
        "PostgreSQL did not start",
        tools / "pg_ctl",
        *("start", "-s", "-w", "-t", str(PATIENCE), "-D", place.data, "-l", place.log),
    )
    refusal = _refusal(place)
    if refusal is not None:
        raise ClusterError(f"PostgreSQL started and does not let us in: {refusal}")


def _shut_down(place: _Place, tools: Path) -> None:
    _must(
        place,
        "PostgreSQL did not stop",
        tools / "pg_ctl",
        *("stop", "-s", "-w", "-t", "60", "-m", "fast", "-D", place.data),
    )


def _open_socket_dir(place: _Place) -> None:
    _run_as(place.owner, "mkdir", "-m", "700", place.socket_dir)
    if not _socket_dir_is_ours(place):
        raise ClusterError(f"{place.socket_dir}, where the socket belongs, is not ours. Remove it.")


def _socket_dir_is_ours(place: _Place) -> bool:
    """In /tmp anybody may have taken the name before us, and would be told everything."""
    try:
        return place.socket_dir.lstat().st_uid == place.owner.pw_uid
    except FileNotFoundError:
        return False


def _refusal(place: _Place) -> str | None:
    """Why it lets nobody in; None when it does. A full house is a running house."""
    if not _socket_dir_is_ours(place) or not place.socket.exists():
        return "there is no socket"
    try:
        psycopg.connect(place.cluster.conninfo("postgres"), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        text = str(error)
        return None if "too many clients" in text or "remaining connection" in text else text
    return None


def _wait_for(place: _Place, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _refusal(place) is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


# Who lives in the data folder


def _postmaster(place: _Place) -> int | None:
    pid = _noted_pid(place)
    return pid if pid in _inhabitants(place) else None


def _noted_pid(place: _Place) -> int | None:
    try:
        return int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _inhabitants(place: _Place) -> set[int]:
    """Every process of PostgreSQL works in its data folder, also one that lost its parent."""
    if not Path("/proc/self/cwd").exists():
        pid = _noted_pid(place)
        shown = _run_as(place.owner, "ps", "-o", "command=", "-p", str(pid)).stdout
        return {pid} if pid and str(place.data) in shown else set()
    # As its owner: in a container root may not look at the processes of others.
    listing = _run_as(place.owner, "sh", "-c", "ls -ld /proc/[0-9]*/cwd").stdout
    suffix = f"/cwd -> {place.data}"
    lines = (line for line in listing.splitlines() if line.endswith(suffix))
    return {int(line.removesuffix(suffix).rpartition("/")[2]) for line in lines}


def _forget_the_dead(place: _Place) -> None:
    """After a kill -9: waits for orphans to leave, and clears a pid that is another's now.

    PostgreSQL clears its own stale pid file, but not when the number was given to somebody
    else or to a zombie; it takes those for the old server.
    """
    until = time.monotonic() + 30
    while _inhabitants(place):
        if time.monotonic() > until:
            left = ", ".join(str(pid) for pid in sorted(_inhabitants(place)))
            raise ClusterError(
                f"Processes of a PostgreSQL that died still work in {place.data} ({left}). "
                "Wait for them, or end them with kill."
            )
        time.sleep(0.05)
    pid = _noted_pid(place)
    if pid is not None and Path(f"/proc/{pid}").exists():
        (place.data / "postmaster.pid").unlink()
    if Path("/proc/self").exists():
        # The socket has a pid file too, and only the server of this folder may use it.
        place.socket.with_name(f"{place.socket.name}.lock").unlink(missing_ok=True)


# Tools, and doing things as the owner


def _tools(place: _Place) -> Path:
    """The folder with initdb and pg_ctl: of the version that made the data, else the newest."""
    needed = int((place.data / "PG_VERSION").read_text()) if place.made else None
    known = {folder: _version(folder) for folder in _tool_folders()}
    fitting = [f for f, v in known.items() if v == needed or (not needed and v >= OLDEST)]
    if not fitting:
        what = f"{place.data} needs PostgreSQL {needed}" if needed else "No PostgreSQL was found"
        raise ClusterError(f"{what}. {HOW_TO_INSTALL}")
    lacking = {f: _lacking(f) for f in sorted(fitting, key=lambda f: known[f], reverse=True)}
    for folder, extensions in lacking.items():
        if not extensions:
            return folder
    folder, extensions = next(iter(lacking.items()))
    raise ClusterError(f"PostgreSQL {known[folder]} in {folder} lacks {', '.join(extensions)}. {HOW_TO_INSTALL}")


def _tool_folders() -> list[Path]:
    found = [folder for pattern in TOOL_FOLDERS for folder in Path("/").glob(pattern[1:])]
    if config := shutil.which("pg_config"):
        found.append(Path(_ask([config, "--bindir"])))
    if server := shutil.which("postgres"):
        found.append(Path(server).resolve().parent)
    programs = ("initdb", "pg_ctl", "postgres")
    return [f for f in dict.fromkeys(found) if all((f / p).is_file() for p in programs)]


def _version(folder: Path) -> int:
    found = re.search(r"\d+", _ask([folder / "postgres", "--version"]))
    return int(found.group()) if found else 0


def _lacking(folder: Path) -> list[str]:
    if not (folder / "pg_config").is_file():
        return []  # Then CREATE EXTENSION will tell.
    extensions = Path(_ask([folder / "pg_config", "--sharedir"])) / "extension"
    return [name for name in EXTENSIONS if not (extensions / f"{name}.control").is_file()]


def _ask(command: list[str | Path]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
    return done.stdout.strip()


def _run_as(owner: pwd.struct_passwd, *command: str | Path, text: str = "") -> "subprocess.CompletedProcess[str]":
    """Never as root, in a plain environment: PGHOST and its like would lead it astray."""
    other = os.geteuid() != owner.pw_uid
    return subprocess.run(  # noqa: S603 (our own words, and no shell reads them)
        command,
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C", "HOME": "/"},
        user=owner.pw_uid if other else None,
        group=owner.pw_gid if other else None,
        extra_groups=[] if other else None,
        umask=0o077,
        start_new_session=True,  # Ctrl-C is for us; a half-made start would help nobody.
    )


def _must(place: _Place, complaint: str, *command: str | Path) -> None:
    done = _run_as(place.owner, *command)
    if done.returncode:
        seen = _run_as(place.owner, "tail", "-n", "5", place.log).stdout
        raise ClusterError(f"{complaint}:\n{done.stderr.strip()}\n{seen.strip()}".rstrip())


def _write(place: _Place, path: Path, text: str, *, add: bool = False) -> None:
    # By the owner's hand: root must not follow a link that another account laid.
    script = 'cat >> "$1"' if add else 'cat > "$1"'
    done = _run_as(place.owner, "sh", "-c", script, "sh", path, text=text)
    if done.returncode:
        raise ClusterError(f"{path} cannot be written: {done.stderr.strip()}")


@contextmanager
def _alone(place: _Place) -> Iterator[None]:
    """One process at a time makes, starts or stops; the kernel lets go when it dies."""
    _make_folder(place)
    lock = _open_lock(place)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open_lock(place: _Place) -> int:
    path = place.folder.with_name(f"{place.folder.name}.lock")
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
        if os.geteuid() == 0:
            os.fchown(lock, place.owner.pw_uid, place.owner.pw_gid)
    except OSError as error:
        raise ClusterError(f"The lock {path} cannot be opened: {error}") from error
    return lock


def _make_folder(place: _Place) -> None:
    try:
        for parent in reversed(place.folder.parents):
            if not parent.exists():
                parent.mkdir(exist_ok=True)
                # Passable for the owner of the database, readable for nobody else.
                parent.chmod(0o711 if os.geteuid() == 0 else 0o700)
        place.folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(place.folder, place.owner.pw_uid, place.owner.pw_gid)
    except OSError as error:
        raise ClusterError(f"The data folder {place.folder} cannot be made: {error}") from error
