# The two commands: `make demo` and `make test`. `make` alone lists the rest.

PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup demo test unit e2e check-real relevance bench-import bench-search bench-match bench-track format lint types floors catalogs screens stop clean

help:  ## This list
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

setup:  ## Install what is missing, and say what and why
	@deploy/setup.sh

demo:  ## Run everything with fictional people and services (PORT=8080 for another port)
	@deploy/setup.sh
	@exec .venv/bin/referrals demo

test:  ## Format, lint, types, floors and all tests, the browser's too
	@deploy/setup.sh --tests
	@exec deploy/test.sh

unit:  ## The tests without a browser
	@deploy/setup.sh
	@$(PYTEST) -n 2 --ignore=tests/real --ignore=tests/e2e tests

e2e:  ## The tests in a real browser
	@deploy/setup.sh --tests
	@$(PYTEST) -n 0 tests/e2e

check-real:  ## The checks on real directories, which lie beside the checkout in ../shared
	@test -d ../shared || { echo "The real directories are missing: there is no ../shared here." >&2; exit 1; }
	@deploy/setup.sh
	@$(PYTEST) tests/real
	@FUZZ=20 $(PYTEST) tests/exchange/test_fuzz.py

relevance:  ## How well the judged questions over the demo are answered (HELD=1: those held back, ALL=1: all)
	@deploy/setup.sh
	@$(PYTHON) -m tests.relevance.measure demo --again $(if $(HELD),--held) $(if $(ALL),--all)

bench-import:  ## Our import beside plain COPY, and its memory (N="10000 100000" for other sizes)
	@deploy/setup.sh
	@$(PYTHON) -m tests.bench.importing $(N)

bench-search:  ## Our search beside the least that can answer it (N="100000 1000000" for other sizes)
	@deploy/setup.sh
	@$(PYTHON) -m tests.bench.searching $(N)

bench-match:  ## Our matching beside the least that can answer it (N="100000 1000000" for other sizes)
	@deploy/setup.sh
	@$(PYTHON) -m tests.bench.matching $(N)

bench-track:  ## Our steps, pages and timers beside their goals (N="300000 10000": referrals, and open ones whose timers ring)
	@deploy/setup.sh
	@$(PYTHON) -m tests.bench.tracking $(N)

format:  ## Lay out the Python code
	@$(PYTHON) -m ruff format .

lint:  ## Look for mistakes in the Python code
	@$(PYTHON) -m ruff check .

types:  ## Check the types, strictly
	@$(PYTHON) -m mypy

floors:  ## Check that no room imports from a floor above it
	@.venv/bin/lint-imports

catalogs:  ## Collect new sentences into the French and English catalogs
	@.venv/bin/referrals catalogs

screens:  ## Photograph the loop step by step, then every page, in both languages, wide and narrow, light and dark
	@deploy/setup.sh --tests
	@LOOP_SCREENS=screens $(PYTEST) -n 0 tests/e2e/test_the_loop.py
	@$(PYTHON) -m tests.e2e.screens

stop:  ## Stop the private PostgreSQL
	@$(PYTHON) deploy/stop.py

clean:  ## Remove .venv and .local, with all the data in them
	@if [ -x $(PYTHON) ]; then $(PYTHON) deploy/stop.py --remove .local; \
	elif [ -d .local/pg ]; then echo "First make setup: without .venv nothing can stop PostgreSQL." >&2; exit 1; fi
	@rm -rf .venv .local
	@echo "Removed .venv and .local."
