# Everything that is done to this checkout. `make` alone lists it.
PYTHON ?= python3
# uv installs four times as fast; PIP=pip does without it.
PIP ?= uv
RUN := .venv/bin/python
CODE := shared functions dev ops tests bench examples

.DEFAULT_GOAL := help
.PHONY: help dev up down status logs psql reset clean setup test test-auth check fix policies openapi fuzz migrate leak-drill bench lock ops catalog histories \
	stripe-advance stripe-decline stripe-mend stripe-refund stripe-dispute stripe-state

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

dev: setup ## run the stack and the functions until Ctrl-C; MAINSTAY_PORT moves the ports
	@$(RUN) -m dev run

up: setup ## the same in the background
	@$(RUN) -m dev up

down: .venv/.ready ## stop what runs in the background
	@$(RUN) -m dev down

status: .venv/.ready ## say what runs
	@$(RUN) -m dev status

logs: .venv/.ready ## show the last lines of every log; PART=postgres follows one
	@$(RUN) -m dev logs $(PART)

psql: .venv/.ready ## open psql on the stack's database
	@$(RUN) -m dev psql

reset: .venv/.ready ## delete this checkout's data, after asking
	@$(RUN) -m dev reset

clean: ## delete what was installed and made; the stack's data stays
	@if [ -x $(RUN) ]; then $(RUN) -m dev down; fi
	@rm -rf .venv node_modules build .coverage* supabase/.temp supabase/.branches
	@find . -type d \( -name .git -o -name .local \) -prune -o -type d \( -name __pycache__ -o -name '.*_cache' -o -name .hypothesis -o -name .schemathesis \) -prune -exec rm -rf {} +

setup: ## install what is needed (dev, up and test do it themselves)
	@$(MAKE) --no-print-directory --silent -j2 .venv/.ready node_modules/.ready

test: setup ## start a private stack, run every test, stop it
	@$(RUN) -m coverage run -m pytest -q
	@$(RUN) -m coverage report

test-auth: setup ## the same with a real Supabase Auth server: AUTH_BINARY=/path/to/auth make test-auth
	@test -n "$(AUTH_BINARY)" || { echo "Name a Supabase Auth server: AUTH_BINARY=/path/to/auth make test-auth" >&2; exit 1; }
	@MAINSTAY_OVERLAY=team AUTH_BINARY="$(AUTH_BINARY)" $(RUN) -m pytest -q tests/journeys tests/real_auth

check: setup .venv/.checks ## the static gate: lint, types, layers, SQL, sizes, linters of the database
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy --strict $(CODE)
	@.venv/bin/lint-imports
	@.venv/bin/sqlfluff lint supabase dev/bootstrap.sql
	@.venv/bin/sqlfluff lint --templater placeholder ops/sql
	@.venv/bin/squawk supabase/migrations/*.sql
	@$(RUN) -m ops.policies check
	@$(RUN) -m ops.openapi check
	@$(RUN) -m ops.schema_version check
	@$(RUN) -m ops.sizes
	@$(RUN) -m dev.lint
	@echo "all checks passed"

fix: setup .venv/.checks ## repair what can be repaired
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
	@.venv/bin/sqlfluff fix supabase dev/bootstrap.sql

policies: .venv/.ready ## compile supabase/policies into the next migration
	@$(RUN) -m ops.policies compile

openapi: .venv/.ready ## write the OpenAPI document and its page
	@$(RUN) -m ops.openapi write

fuzz: setup ## 20,000 drawn requests against the OpenAPI document; CASES and SEED choose
	@$(RUN) -m tests.contract $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED))

migrate: setup ## apply the migrations to the database that DATABASE_URL names
	@$(RUN) -m dev migrate

catalog: .venv/.ready ## show how supabase/catalog.toml, Stripe and the tables differ; APPLY=yes ends that
	@$(RUN) -m ops.catalog $(if $(APPLY),apply,plan)

stripe-advance: .venv/.ready ## let the Stripe double's time pass: DAYS=31
	@$(RUN) -m dev.stripe.control advance days=$(or $(DAYS),1)

stripe-decline: .venv/.ready ## have cards refused from now on; CUSTOMER=cus_… chooses, CARD=insufficient
	@$(RUN) -m dev.stripe.control behave card=$(or $(CARD),fails_later) $(if $(CUSTOMER),customer=$(CUSTOMER))

stripe-mend: .venv/.ready ## have them do again what they are made to do
	@$(RUN) -m dev.stripe.control behave card=null $(if $(CUSTOMER),customer=$(CUSTOMER))

stripe-refund: .venv/.ready ## give back the latest payment; CHARGE=ch_… chooses
	@$(RUN) -m dev.stripe.control refund $(if $(CHARGE),charge=$(CHARGE))

stripe-dispute: .venv/.ready ## dispute the latest payment; CHARGE=ch_… chooses
	@$(RUN) -m dev.stripe.control dispute $(if $(CHARGE),charge=$(CHARGE))

stripe-state: .venv/.ready ## say what the Stripe double holds
	@$(RUN) -m dev.stripe.control state

histories: setup ## 2,000 histories of customers whose events arrive as badly as they can; HISTORIES chooses
	@HISTORIES=$(or $(HISTORIES),2000) $(RUN) -m pytest -q tests/functions/billing/test_histories.py

ops: .venv/.ready ## list the operators' SQL; .venv/bin/python -m ops.sql <name> runs one of it
	@$(RUN) -m ops.sql

leak-drill: setup ## rehearse a leak: a signed alert ends a key, audits and mails
	@$(RUN) -m dev.leak_drill

bench: setup build/bench/.ready ## measure every speed claim
	@$(RUN) -m bench.cold_start
	@$(RUN) -m bench.warm
	@$(RUN) -m bench.rls
	@$(RUN) -m bench.audit
	@$(RUN) -m bench.admission
	@$(RUN) -m bench.webhooks

lock: setup ## choose versions anew and write them down, with hashes
	@$(RUN) -m dev.lock

.venv/.ready: requirements/uv.txt requirements/test.txt
	@command -v $(PYTHON) > /dev/null || { echo "There is no $(PYTHON). Name a Python 3.11 or newer: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is %d.%d. Name another one: make PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("ensurepip") is None and "This Python cannot make environments: apt-get install python3-venv")'
	@echo "installing Python packages into .venv"
	@$(PYTHON) -m venv .venv
	@$(call install,test)
	@touch $@

# The linters in a step of their own: one without a wheel must not stop a newcomer.
.venv/.checks: .venv/.ready requirements/check.txt
	@$(call install,check)
	@touch $@

# Ours with what ships, and the usual way with what it needs: neither in .venv, which would lose or gain packages.
build/bench/.ready: .venv/.ready requirements/functions.txt requirements/bench.txt
	@echo "installing what is compared into build/bench"
	@$(call environment,ours,functions)
	@$(call environment,usual,bench)
	@touch $@

node_modules/.ready: package.json package-lock.json .npmrc
	@command -v node > /dev/null || { echo "Node 20 or newer is needed: https://nodejs.org" >&2; exit 1; }
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' || { echo "Node 20 or newer is needed; this is $$(node --version)." >&2; exit 1; }
	@command -v npm > /dev/null || { echo "npm is needed beside Node: https://nodejs.org" >&2; exit 1; }
	@echo "installing Postgres, PostgREST and the gateway into node_modules"
	@npm ci --loglevel=error --prefer-offline > /dev/null
	@touch $@

# uv removes what is not listed, itself included. It reads the machine's certificates only when told to.
ifeq ($(PIP),pip)
install = .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt -r requirements/$(1).txt
else
install = .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt \
	&& .venv/bin/uv pip sync --quiet --system-certs --python .venv/bin/python --require-hashes requirements/uv.txt requirements/$(1).txt
endif

# An environment below build/bench with exactly the packages of one file of requirements.
ifeq ($(PIP),pip)
environment = $(RUN) -m venv --without-pip --clear build/bench/$(1) \
	&& $(RUN) -m pip --python build/bench/$(1)/bin/python install --quiet --disable-pip-version-check --require-hashes -r requirements/$(2).txt
else
environment = $(RUN) -m venv --without-pip build/bench/$(1) \
	&& .venv/bin/uv pip sync --quiet --system-certs --python build/bench/$(1)/bin/python --require-hashes requirements/$(2).txt
endif
