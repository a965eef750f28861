# Tocsin's commands. `make` or `make help` lists them.
# Everything is installed into .venv and web/node_modules; nothing outside this folder is touched.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STATIC := src/tocsin/entrypoints/static
WEB := $(wildcard web/package.json)
WEB_SOURCES := $(if $(WEB),$(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/test-results/*' -not -name '*.log'))
WEB_BUILT := $(if $(WEB),$(STATIC)/.built)
TESTS := unit property slices scenarios contract faults browser
TEST_PATHS := $(if $(T),$(T),$(wildcard $(addprefix tests/,$(TESTS))))
WORKERS ?= 2

# The stamps below stand on one another; `make -j` would gain nothing.
.NOTPARALLEL:

## Using Tocsin

.PHONY: up
up: $(VENV)/.product $(WEB_BUILT) ## Set everything up and run Tocsin at http://localhost:8080 (Ctrl-C stops it)
	@$(PY) -m compileall -q src/tocsin && exec $(BIN)/tocsin up

.PHONY: demo
demo: $(VENV)/.product ## Fill an empty installation with a team, monitors and alerts to look at
	@exec $(BIN)/tocsin demo

.PHONY: setup
setup: $(VENV)/.product $(WEB_BUILT) ## Set up what `make up` needs, without starting anything

.PHONY: wheel
wheel: $(VENV)/.product $(WEB_BUILT) ## Build dist/tocsin-*.whl with the web app inside
	@rm -rf dist && $(PY) -m hatchling build -t wheel && ls -lh dist

## Working on Tocsin

.PHONY: dev
dev: $(VENV)/.dev $(WEB_BUILT) ## Set up everything a developer needs (tests, checks, web app)

.PHONY: test
test: $(VENV)/.dev $(WEB_BUILT) ## Run all tests; one file or folder: make test T=tests/unit
	@$(BIN)/pytest $(if $(T),,-n $(WORKERS) --dist loadfile) $(TEST_PATHS)

.PHONY: faults
faults: $(VENV)/.dev ## Kill a real installation at random instants under load: make faults KILLS=200 [SEED=7]
	@FAULT_KILLS=$(or $(KILLS),200) $(if $(SEED),FAULT_SEED=$(SEED)) $(BIN)/pytest -s tests/faults/test_killed_at_random.py

.PHONY: check
check: $(VENV)/.dev $(if $(WEB),web/node_modules/.installed) ## Lint, format, types, architecture; the web app's checks too
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@if [ -n "$(WEB)" ]; then cd web && ../tools/with-node npm run --silent check; fi

.PHONY: format
format: $(VENV)/.dev ## Let ruff format and repair what it can
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

.PHONY: migration
migration: $(VENV)/.dev ## Write a migration from the models: make migration N=0002 M="monitor labels"
	@test -n "$(N)" && test -n "$(M)" || { echo 'usage: make migration N=0002 M="what changes"'; exit 2; }
	@$(PY) tools/write_migration.py $(N) $(M)

.PHONY: openapi
openapi: $(VENV)/.dev ## Accept the API document as it is now (tests/contract/openapi.json)
	@$(BIN)/pytest -q tests/contract/test_openapi.py -k the_one_we_know --rewrite-openapi

.PHONY: bench
bench: $(VENV)/.dev ## List the speed measurements; run one: make bench B=pings
	@if [ -n "$(B)" ]; then exec $(PY) bench/$(B).py; else ls bench/*.py 2>/dev/null || echo "no measurements yet"; fi

.PHONY: lock
lock: ## Resolve all dependencies anew into the requirements files (needs uv)
	@uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 --universal pyproject.toml -o requirements.txt
	@uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 --universal --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	@for name in build node; do \
	  file=requirements-$$name.txt; head=$$(grep '^#' $$file); \
	  uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 --universal --no-header --no-annotate --group $$name -o $$file.new; \
	  { echo "$$head"; cat $$file.new; } > $$file; rm $$file.new; \
	done

.PHONY: clean
clean: ## Remove what was built and installed (never the data folder)
	@rm -rf $(VENV) dist build $(STATIC) web/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n%s\n", substr($$0, 4)} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

# What the targets above stand on. Each file is a stamp: it is made again only when what it depends on changed.

$(VENV)/.python:
	@python=$$(tools/find-python) && echo "Creating .venv with $$python" && rm -rf $(VENV) && "$$python" -m venv $(VENV)
	@touch $@

$(VENV)/.product: $(VENV)/.python requirements.txt requirements-build.txt pyproject.toml
	@echo "Installing Tocsin's dependencies into .venv"
	@tools/install requirements.txt requirements-build.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.product requirements-dev.txt
	@echo "Installing the developers' tools into .venv"
	@tools/install requirements-dev.txt
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json $(VENV)/.python
	@echo "Installing the web app's dependencies"
	@tools/install-web
	@touch $@

$(STATIC)/.built: web/node_modules/.installed $(WEB_SOURCES)
	@echo "Building the web app"
	@cd web && ../tools/with-node npm run --silent build >build.log 2>&1 || { cat build.log; exit 1; }
	@touch $@
