#!/usr/bin/env bash
# Every check of `make test`, in order, up to the first that fails. pytest comes last and
# replaces this script, so that its closing line is the last one printed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

part() {
  local name=$1 start=$SECONDS
  shift
  printf '== %s: %s\n' "$name" "$*"
  if ! "$@"; then
    printf '== %s failed after %s s\n' "$name" "$((SECONDS - start))" >&2
    exit 1
  fi
  printf '== %s passed in %s s\n' "$name" "$((SECONDS - start))"
}

python=.venv/bin/python
part format "$python" -m ruff format --check .
part lint "$python" -m ruff check .
part types "$python" -m mypy
part floors .venv/bin/lint-imports
printf '== tests: pytest, on two processes (the checks before took %s s)\n' "$SECONDS"
exec "$python" -m pytest -n 2 --ignore=tests/real tests
