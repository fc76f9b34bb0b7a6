# The doors of the project. `make` lists them; CI runs the same ones.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: help demo up down test check format contracts bench bench-peers chaos chaos-twins sim browser lock audit clean wrk

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

$(STAMP): requirements/dev.txt pyproject.toml
	@echo "Building the environment in .venv (once; about a minute on a bare machine)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
	  echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@$(BIN)/python -c 'from weasyprint.text.ffi import harfbuzz_subset; assert harfbuzz_subset' 2>/dev/null || { echo "Installing Pango and a font, which set the letters"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core >/dev/null; }
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
	@$(BIN)/pytest -q -x -n auto tests/unit tests/contracts tests/architecture tests/sim

test: check browser ## Everything that CI runs, on a real Kafka, a real MongoDB and a real browser (COMPOSE=1: in containers too)
	@$(BIN)/pytest -q tests/integration tests/journeys tests/chaos
	@$(if $(filter 1,$(COMPOSE)),$(MAKE) --no-print-directory compose-test)

browser:
	@command -v chromium >/dev/null || { echo "Installing Chromium for the page tests"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; }

IMAGE ?= lotsen:0.1.0
ENV_FILE := $(if $(SANDBOX),deploy/compose/sandbox.env,deploy/.env)
COMPOSE_FILES := deploy/compose.yaml $(if $(SANDBOX),deploy/compose.sandbox.yaml) $(if $(TLS),deploy/compose.tls.yaml) \
  $(if $(THREE),deploy/compose.three.yaml) \
  $(if $(wildcard $(or $(LOTSEN_SECRETS),deploy/secrets)/oidc-client-secret),deploy/compose.confidential.yaml)
DOCKER_COMPOSE := docker compose $(foreach file,$(ENV_FILE) $(if $(THREE),deploy/compose/three.env),--env-file $(file)) \
  $(foreach file,$(COMPOSE_FILES),--file $(file)) $(if $(WATCHED),--profile observability)

compose-up: compose-values ## Build the image, make the secrets once, start everything in containers (SANDBOX=1, TLS=1, WATCHED=1, THREE=1)
	@$(DOCKER_COMPOSE) build --quiet init
	@mkdir -p deploy/secrets
	@docker run --rm --user "$$(id -u):$$(id -g)" --volume "$(CURDIR)/deploy/secrets:/secrets" $(IMAGE) \
	  secrets /secrets $(if $(SANDBOX),--sandbox)
	@$(DOCKER_COMPOSE) up --detach --wait

compose-values:
	@test -f $(ENV_FILE) || { \
	  echo "Copy deploy/compose/production.env.example to deploy/.env and fill it in, or say SANDBOX=1"; exit 1; }
	@! grep --line-number --ignore-case '=changeme *$$' $(ENV_FILE) || { echo "$(ENV_FILE): changeme is not a value"; exit 1; }

compose-down: compose-values ## End the containers; what they keep stays (its volumes)
	@$(DOCKER_COMPOSE) down

compose-backup: compose-values ## Copy all logs as they are now to deploy/backups, the keys to deploy/backup-keys
	@mkdir -p "$${LOTSEN_BACKUPS:-deploy/backups}" "$${LOTSEN_BACKUP_KEYS:-deploy/backup-keys}"
	@LOTSEN_BACKUP_USER="$$(id -u):$$(id -g)" $(DOCKER_COMPOSE) --profile operator run --rm backup

compose-upgrade: compose-values ## Exchange every process of ours for one of IMAGE, old and new side by side
	@deploy/compose/upgrade $(IMAGE) $(DOCKER_COMPOSE)

compose-test: $(STAMP) ## Run the stack in containers and try every guard, kill and upgrade (about ten minutes)
	@tests/compose/engine.sh .state/engine $(BIN)/pytest -q tests/compose

format: $(STAMP) ## Format the code and sort the imports
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

contracts: $(STAMP) ## Write OpenAPI and AsyncAPI again (their drift fails the check)
	@$(BIN)/lotsen contracts

bench: $(STAMP) wrk ## Measure commands, projector, freshness and relay side by side
	@$(BIN)/python -m tests.bench

bench-peers: $(STAMP) wrk ## Measure beside Kafka Connect, Debezium and an outbox; rebuilds, a rush, at rest (MINUTES=10)
	@$(BIN)/python -m tests.bench sink router commands rebuild rush idle --minutes $(or $(MINUTES),2)

wrk:
	@command -v wrk >/dev/null || { echo "Installing wrk, which sends the load"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq wrk >/dev/null; }

chaos: $(STAMP) ## Break everything on purpose under load, then check every promise (SEEDS=60 MINUTES=30 UNSCALED=1)
	@$(BIN)/python -m tests.chaos $(if $(SEEDS),--seeds $(SEEDS)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(UNSCALED),--unscaled)

chaos-twins: $(STAMP) ## Break one guarantee after the other on purpose: the checker must catch each
	@$(BIN)/python -m tests.chaos --twins

sim: $(STAMP) ## Run the engine under a virtual clock, thousands of seeds in minutes (SEEDS=2000 FIRST=0, or SEED=123 alone)
	@$(BIN)/python -m tests.sim $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),2000) --first $(or $(FIRST),0))

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
