# The same commands for people and for CI. `make up` and `make test` need only Python, git, make and
# the package registries.

STACK ?= local
PYTHON ?= python3
VENV := .venv
IN := $(VENV)/bin/python
SANDBOX := $(IN) -m sandbox
export PULUMI_PARALLEL ?= 64
export PYTHONUNBUFFERED := 1
# With this variable set, every process of a test would compile the same modules again.
unexport PYTHONDONTWRITEBYTECODE
ifdef FIRST_PORT
export FIRST_PORT
endif

# Workers would import everything again, which takes more processor time than it saves.
FAST := -p no:xdist --ignore=tests/engine
# A worker gets whole files. Tests of the engine mostly wait for servers, so there are more workers
# than cores, and the longest files start first.
ALL := --numprocesses 3 --dist loadfile --no-loadscope-reorder
LOCKS := locks/product.txt locks/legal-storage.txt locks/sandbox.txt locks/dev.txt

.PHONY: up down status test fast lint types golden faults dashboards pictures preview lock

up: $(VENV)/installed
	@$(SANDBOX) up
	@$(SANDBOX) exec "$(CURDIR)/$(IN)" -m waqiti resume local
	@$(SANDBOX) exec pulumi up --yes --suppress-progress
	@$(SANDBOX) exec "$(CURDIR)/$(IN)" -m waqiti list local
	@$(SANDBOX) exec "$(CURDIR)/$(IN)" -m waqiti verify local --within 60

down: $(VENV)/installed
	@$(SANDBOX) down

status: $(VENV)/installed
	@$(SANDBOX) status

preview: $(VENV)/installed
	@$(SANDBOX) preview $(STACK) --diff

# Build the programs first, so that no build counts as test time.
test: lint types
	@$(SANDBOX) build
	@$(IN) -m pytest $(ALL)

fast: $(VENV)/installed
	@$(IN) -m pytest $(FAST)

golden: $(VENV)/installed
	@UPDATE_GOLDEN=1 $(IN) -m pytest tests/grants tests/engine/test_golden_plans.py

# Writes docs/faults.md from what the tests observe.
faults: $(VENV)/installed
	@UPDATE_GOLDEN=1 $(IN) -m pytest -p no:xdist tests/engine/faults

# After a change of catalog/dashboards.yaml, catalog/metrics.yaml or alert_rules/.
dashboards: $(VENV)/installed
	@$(IN) -m authoring.dashboards

# From the data of the running sandbox's Prometheus.
pictures: $(VENV)/installed
	@$(IN) -m sandbox.pictures

lint: $(VENV)/installed
	@$(IN) -m ruff check .
	@$(IN) -m ruff format --check .
	@PYTHONPATH=. $(VENV)/bin/lint-imports --no-logo
	@! $(VENV)/bin/vulture | grep -v -e 'unused variable' -e '^tests'  # fields of models; test doubles

types: $(VENV)/installed
	@$(IN) -m mypy

# After a change of pyproject.toml's dependencies.
lock: $(VENV)/installed
	@$(IN) -m uv pip compile $(LOCKING) pyproject.toml -o locks/product.txt
	@$(IN) -m uv pip compile $(LOCKING) --group legal-storage -c locks/product.txt -o locks/legal-storage.txt
	@$(IN) -m uv pip compile $(LOCKING) --group sandbox -c locks/product.txt -c locks/legal-storage.txt -o locks/sandbox.txt
	@$(IN) -m uv pip compile $(LOCKING) --group dev -c locks/product.txt -c locks/sandbox.txt -o locks/dev.txt

LOCKING := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

$(VENV)/installed: $(LOCKS)
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %s: make PYTHON=python3.12 …" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "installing the Python packages into $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: install it (on Debian: apt install python3-venv)"; exit 1; }
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes $(LOCKS:%=-r %)
	@touch $@
