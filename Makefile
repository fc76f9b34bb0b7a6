# The doors of the project. `make` lists them; CI runs the same ones.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: help demo up down test check format contracts bench chaos browser lock audit clean wrk

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(STAMP): requirements/dev.txt pyproject.toml
	@echo "Building the environment in .venv (once; about a minute on a bare machine)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
	  echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

demo: $(STAMP) ## Play the programme's year on real parts and check every total
	@$(BIN)/lotsen demo

up: $(STAMP) ## Start everything on this machine and keep it running (make down ends it)
	@$(BIN)/lotsen up --detach

down: $(STAMP) ## End what `make up` started
	@$(BIN)/lotsen down

check: $(STAMP) ## Format, lint, types, imports, architecture and unit tests: seconds, without servers
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry .
	@$(BIN)/pytest -q -x -n auto tests/unit tests/contracts tests/architecture

test: check browser ## Everything that CI runs, on a real Kafka, a real MongoDB and a real browser
	@$(BIN)/pytest -q tests/integration tests/journeys tests/chaos

browser:
	@command -v chromium >/dev/null || { echo "Installing Chromium for the page tests"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; }

format: $(STAMP) ## Format the code and sort the imports
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

contracts: $(STAMP) ## Write OpenAPI and AsyncAPI again (their drift fails the check)
	@$(BIN)/lotsen contracts

bench: $(STAMP) wrk ## Measure commands, projector, freshness and relay side by side
	@$(BIN)/python -m tests.bench

wrk:
	@command -v wrk >/dev/null || { echo "Installing wrk, which sends the load"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq wrk >/dev/null; }

chaos: $(STAMP) ## Kill, freeze and cut on purpose under load, then check every promise
	@$(BIN)/pytest -q -s tests/chaos

lock: $(STAMP) ## Resolve the dependencies again and write them with hashes
	@for set in dev:--all-extras local:--extra=local base:; do \
	  $(BIN)/uv pip compile pyproject.toml $${set#*:} --generate-hashes --universal --python-version 3.11 \
	    --no-emit-index-url --no-header --quiet --upgrade \
	    $$( [ $${set%%:*} = dev ] || echo --constraints requirements/dev.txt ) \
	    -o requirements/$${set%%:*}.txt; done

audit: $(STAMP) ## Look for known weaknesses in the locked dependencies
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements/dev.txt

clean: ## Remove the environment and the local state
	rm -rf .venv .state .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
