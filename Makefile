# The same commands for people and for CI. `make up` and `make test` need only Python, git, make and
# the package registries.

STACK ?= local
BASE ?= origin/main
PYTHON ?= python3
VENV := .venv
IN := $(VENV)/bin/python
SANDBOX := $(IN) -m sandbox
# In a pipeline, a command gets the credentials that Vault holds for this role.
AS := $(if $(VAULT_ROLE),$(IN) -m waqiti login $(STACK) $(VAULT_ROLE))
RELEASED := $(CURDIR)/.pulumi
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
LOCKS := locks/product.txt locks/audit-reconciliation.txt locks/legal-storage.txt locks/sandbox.txt locks/dev.txt

.PHONY: install up list down status test fast lint types golden faults layer dashboards pictures preview lock
.PHONY: pulumi lock-pulumi plan offline-plan protection approved-up verify next-step drift drift-issue checks changed-pictures comment

up: $(VENV)/installed
	@$(SANDBOX) up
	@$(SANDBOX) exec "$(CURDIR)/$(IN)" -m waqiti resume local
	@$(SANDBOX) exec pulumi up --yes --skip-preview --suppress-progress --suppress-outputs
	@$(SANDBOX) exec "$(CURDIR)/$(IN)" -m waqiti verify local --within 60
	@echo "verified: the systems run what Pulumi wrote"
	@$(SANDBOX) pages

list: $(VENV)/installed
	@$(SANDBOX) exec "$(CURDIR)/$(IN)" -m waqiti list local

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

# What the image of ROOM (legal_storage, audit_reconciliation) adds to its base; ROOM/Containerfile uses it.
layer: $(VENV)/installed
	@$(IN) -m authoring.image_layer $(ROOM)

# After a change of catalog/dashboards.yaml, catalog/metrics.yaml or alert_rules/.
dashboards: $(VENV)/installed
	@$(IN) -m authoring.dashboards

# From the data of the running sandbox's Prometheus.
pictures: $(VENV)/installed
	@$(IN) -m sandbox.pictures

# --- What a pipeline runs on a stack of its own; a person runs the same. docs/adr/0026 ---

# The released CLI and plugins, each verified against locks/pulumi.sha256, into .pulumi.
pulumi: $(IN)
	@$(IN) -m waqiti released $(RELEASED)

# Writes the checksums of new versions to locks/pulumi.sha256.
lock-pulumi: $(IN)
	@$(IN) -m waqiti released --lock

# Writes the plan of STACK to reports.
plan: $(IN)
	@$(AS) $(IN) -m waqiti plan $(STACK)

# The same without a credential: of a pull request from a fork.
offline-plan: $(VENV)/installed
	@$(SANDBOX) preview $(STACK) --json | $(IN) -m waqiti plan $(STACK) --offline

# Refuses if nobody has to approve an `up` of STACK.
protection: $(IN)
	@$(IN) -m waqiti protection $(STACK)

# Applies the plan of reports, or refuses if another one would be applied.
approved-up: $(IN)
	@$(AS) $(IN) -m waqiti approved-up $(STACK)

verify: $(IN)
	@$(AS) $(IN) -m waqiti verify $(STACK) --within 120

# After a failed `make approved-up`: how far it came, and what to run.
next-step: $(IN)
	@$(AS) $(IN) -m waqiti next-step $(STACK)

drift: $(IN)
	@$(AS) $(IN) -m waqiti drift $(STACK) --report

# Opens, updates or closes the issue of STACK from the report of `make drift`.
drift-issue: $(IN)
	@$(IN) -m waqiti drift-issue $(STACK)

# Posts the report ABOUT on PULL_REQUEST, in place of the one before.
comment: $(IN)
	@$(IN) -m waqiti comment $(ABOUT) --pull-request $(PULL_REQUEST)

# RESULTS: check=outcome of each check.
checks: $(IN)
	@$(IN) -m waqiti checks --base $(BASE) $(RESULTS:%=--result %)

# Draws the dashboards that differ from BASE into reports.
changed-pictures: $(VENV)/installed
	@changed="$$(git diff --name-only --diff-filter=d $(BASE) -- 'dashboards/*.json')" && \
	if [ -n "$$changed" ]; then $(MAKE) up && $(IN) -m sandbox.pictures --within 300 --into reports $$changed; fi

# After `make pulumi`, these words use it.
ifneq ($(wildcard $(RELEASED)/bin/pulumi),)
plan approved-up verify next-step drift: export PATH := $(RELEASED)/bin:$(PATH)
plan approved-up verify next-step drift: export PULUMI_HOME := $(RELEASED)
plan approved-up verify next-step drift: export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION := true
endif

$(IN):
	@echo "there is no $(VENV): run make install"; exit 1

lint: $(VENV)/installed
	@$(IN) -m ruff check .
	@$(IN) -m ruff format --check .
	@PYTHONPATH=. $(VENV)/bin/lint-imports --no-logo
	@$(VENV)/bin/zizmor --quiet --offline .github
	@! $(VENV)/bin/vulture | grep -v -e 'unused variable' -e '^tests'  # fields of models; test doubles

types: $(VENV)/installed
	@$(IN) -m mypy

# After a change of pyproject.toml's dependencies.
lock: $(VENV)/installed
	@$(IN) -m uv pip compile $(LOCKING) --group install -o locks/install.txt
	@$(IN) -m uv pip compile $(LOCKING) pyproject.toml -o locks/product.txt
	@$(IN) -m uv pip compile $(LOCKING) --group audit-reconciliation -c locks/product.txt -o locks/audit-reconciliation.txt
	@$(IN) -m uv pip compile $(LOCKING) --group legal-storage -c locks/product.txt -o locks/legal-storage.txt
	@$(IN) -m uv pip compile $(LOCKING) --group sandbox -c locks/product.txt -c locks/legal-storage.txt -o locks/sandbox.txt
	@$(IN) -m uv pip compile $(LOCKING) --group dev -c locks/product.txt -c locks/sandbox.txt -o locks/dev.txt
	@$(IN) -m uv pip compile $(LOCKING) $(AWS)/requirements.in -o $(AWS)/requirements.txt

AWS := sandbox/engine/toolchain/aws
LOCKING := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

# What the program of a stack needs: no sandbox, no tests.
install: $(VENV)/product

$(VENV)/product: locks/install.txt locks/product.txt
	$(call INSTALL,-r locks/product.txt)

$(VENV)/installed: locks/install.txt $(LOCKS)
	$(call INSTALL,$(LOCKS:%=-r %))

define INSTALL
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %s: make PYTHON=python3.12 …" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "installing the Python packages into $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: install it (on Debian: apt install python3-venv)"; exit 1; }
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/install.txt
	@bash -o pipefail -c '$(IN) -m uv pip install --python $(IN) --require-hashes $(1) 2>&1 | grep -v "^ [+~-] "' \
	|| { echo "uv cannot install them; pip, which may know another index, tries"; \
	     $(VENV)/bin/pip install --disable-pip-version-check --require-hashes $(1); }
	@touch $@
endef
