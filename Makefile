# Two commands matter: `make demo` and `make test`. Everything they install goes into this folder.
# Needs Python 3.11 or newer and make. uv and Node are fetched as uv.lock pins them; tools/ says how.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

ASSETS := src/penholder/web/assets
BUILT := src/penholder/web/static/built/manifest.json
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard src/penholder/locale/*/LC_MESSAGES/django.po))
BUILD := .venv/.made $(BUILT) $(CATALOGUES)
BIN := .venv/bin
export PATH := $(CURDIR)/.tools/bin:$(PATH)
export npm_config_cache ?= $(CURDIR)/.tools/cache/npm
# Compiled Python is kept in this folder, also where the machine keeps none: every command starts in a second less.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.tools/cache/python
# Arguments for the command behind a target: make demo ARGS="--port 9000", make test ARGS="-k passages".
ARGS ?=

# The first Python that is new enough; a fresh Debian calls it python3, Ubuntu 22.04 python3.11.
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$$python"; break; }; done)

.PHONY: help demo test check assets benchmarks hooks clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(BUILD) ## Install, build, load the demo strategy, publish it and serve it; its address is printed
	@PENHOLDER_HOME="$${PENHOLDER_HOME:-$(CURDIR)/home}" $(BIN)/penholder demo $(ARGS)

# What the database must hold is asked of PostgreSQL too, first; the whole comes last, so that the last line counts all tests.
test: check ## Everything: style, types, layers, and all tests with branch coverage, in a browser and on PostgreSQL too
	@PENHOLDER_TESTS_ON=postgresql $(BIN)/pytest -n 2 --dist loadfile -q -m "engines and not browser and not slow"
	@$(PYTHON) tools/machine.py office >/dev/null || true
	@PENHOLDER_CHROMIUM="$$($(PYTHON) tools/machine.py browser)" && PENHOLDER_JAVA="$$($(PYTHON) tools/machine.py java)" && \
	PENHOLDER_SPARK="$${PENHOLDER_SPARK-$$($(PYTHON) tools/wheels.py spark)}" && \
	export PENHOLDER_CHROMIUM PENHOLDER_JAVA PENHOLDER_SPARK && $(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered $(ARGS)

check: $(BUILD) ## The quick checks: style, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm --prefix $(ASSETS) run --silent check

assets: $(BUILD) ## Build the style sheet, scripts and catalogues of messages, where their sources changed

benchmarks: $(BUILD) ## Every benchmark, one after the other; each prints its ratios
	@for benchmark in benchmarks/[a-z]*.py; do echo "== $$benchmark"; $(BIN)/python "$$benchmark" || exit 1; done

hooks: .venv/.made ## Run the quick checks before every commit
	$(BIN)/pre-commit install

clean: ## Remove what was built and fetched; the instance in home/ stays
	rm -rf .tools .venv $(ASSETS)/node_modules $(dir $(BUILT))

.tools/bin/uv: uv.lock tools/wheels.py
	@test -n "$(PYTHON)" || { echo "Penholder needs Python 3.11 or newer; none was found. Debian: apt-get install python3" >&2; exit 1; }
	@$(PYTHON) tools/wheels.py uv

.tools/bin/node: uv.lock tools/wheels.py
	@$(PYTHON) tools/wheels.py node

.venv/.made: pyproject.toml uv.lock tools/environment.py .tools/bin/uv
	@$(PYTHON) tools/environment.py
	@touch $@

$(ASSETS)/node_modules/.made: $(ASSETS)/package.json $(ASSETS)/package-lock.json .tools/bin/node
	npm --prefix $(ASSETS) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILT): $(ASSETS)/node_modules/.made $(shell find $(ASSETS) -name node_modules -prune -o -type f -print)
	npm --prefix $(ASSETS) run --silent build
	@touch $@

%.mo: %.po tools/messages.py .venv/.made
	@$(BIN)/python tools/messages.py compile
	@touch $@
