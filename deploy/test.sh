#!/usr/bin/env bash
# Every check of `make test`, up to the first that fails. The types are checked beside all the rest:
# mypy uses one processor. When everything holds, the closing line of pytest is the last one printed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# A dozen processes import the same packages: whoever comes first compiles them for the others.
unset PYTHONDONTWRITEBYTECODE

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
said=$(mktemp)
printf '== types: %s\n' "$python -m mypy, beside what follows"
"$python" -m mypy >"$said" 2>&1 &
types=$!
trap 'kill "$types" 2>/dev/null || true; rm -f "$said"' EXIT

part format "$python" -m ruff format --check .
part lint "$python" -m ruff check .
part floors .venv/bin/lint-imports
printf '== tests: pytest, on two processes (the checks before took %s s)\n' "$SECONDS"
tests=0
"$python" -m pytest -n 2 --ignore=tests/real tests || tests=$?
if ! wait "$types"; then
  printf '== types failed:\n' >&2
  cat "$said" >&2
  exit 1
fi
exit "$tests"
