# Everything a person or CI does with nanolift. A machine with Python 3.11 and make is enough: the first target that
# needs the environment makes it, and it is made again only when a lock or pyproject.toml changed.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
VENV := .venv
BIN := $(VENV)/bin
ENVIRONMENT := $(VENV)/.made-by-make
PEERS := benchmarks/.venv/.made-by-make
WORKSPACE ?= workspaces/demo

# No tool of ours reports home.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := true
export GX_ANALYTICS_ENABLED := false

.DEFAULT_GOAL := help
.PHONY: help environment run journey voices ui ui-readonly test test-browser test-live catalogue lint format bench bench-env oracles trials lock \
	audit sbom clean chromium proxies live-servers

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

environment: $(ENVIRONMENT) ## the environment in .venv, from the locks

# pip brings uv (its hash is in requirements.bootstrap.lock), uv brings the rest in seconds instead of minutes. uv does
# not read pip's configuration: an index or certificate set for pip is handed over. Where uv cannot reach what pip can,
# pip installs the same lock itself: slower, same bytes. Bytecode is compiled once here: where Python may not write it
# beside the sources, every start of every process would compile half a million lines again.
# $(1): the environment, $(2): the lock
define INSTALL
index=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null); index=$${PIP_INDEX_URL:-$$index}; \
certificates=$$($(BIN)/python -m pip config get global.cert 2>/dev/null); certificates=$${PIP_CERT:-$$certificates}; \
if [ -n "$$index" ] && [ -z "$$UV_DEFAULT_INDEX" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
if [ -n "$$certificates" ] && [ -z "$$SSL_CERT_FILE" ]; then export SSL_CERT_FILE="$$certificates"; fi; \
$(BIN)/uv pip install --quiet --compile-bytecode --python $(1)/bin/python --require-hashes -r $(2) \
	|| { echo "uv could not install; pip installs the same lock, which takes minutes" >&2; \
	     $(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(2); }
endef

$(ENVIRONMENT): requirements.lock requirements.bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "nanolift needs Python 3.11; '$(PYTHON)' is not. Install it, or: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) from requirements.lock (hashes checked)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.bootstrap.lock
	@$(call INSTALL,$(VENV),requirements.lock)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q orchestration ml expectations
	@touch $@

run: $(ENVIRONMENT) ## the demo brand's nightly run, from nothing to its exports and report
	@test -f workspaces/demo/nanolift.toml || $(BIN)/nanolift init workspaces/demo --example demo
	@$(BIN)/nanolift run --workspace workspaces/demo

journey voices: $(ENVIRONMENT)
	@test -f workspaces/$@/nanolift.toml || $(BIN)/nanolift init workspaces/$@ --example $@
	@$(BIN)/nanolift run --workspace workspaces/$@
journey: ## a year of real till lines and campaigns (Complete Journey)
voices: ## real reviews and posts (files from NANOLIFT_REAL_DATA)

ui: $(ENVIRONMENT) ## Dagster's UI for WORKSPACE on loopback, full rights
	@$(BIN)/nanolift ui --workspace $(WORKSPACE)

ui-readonly: $(ENVIRONMENT) ## the same for viewers: nothing can be started
	@$(BIN)/nanolift ui --workspace $(WORKSPACE) --read-only

# axe-core, for barriers in the report's pages.
AXE := tests/live/axe/node_modules/.package-lock.json

# Two halves side by side, about as long as each other: whole nights, and all that is not.
test: $(ENVIRONMENT) ## unit, architecture, dbt, integration and reliability tests
	@log=$$(mktemp); $(BIN)/pytest tests/integration >"$$log" 2>&1 & nights=$$!; failed=0; \
	$(BIN)/pytest tests/unit tests/architecture || failed=1; \
	$(BIN)/pytest tests/dbt tests/reliability || failed=1; \
	wait $$nights || failed=1; cat "$$log"; rm -f "$$log"; exit $$failed

test-browser: $(ENVIRONMENT) chromium proxies $(AXE) ## the UI and the report in a real headless browser
	@$(BIN)/pytest tests/live -m browser

test-live: $(ENVIRONMENT) chromium proxies live-servers $(AXE) ## every test against a real server or browser
	@$(BIN)/pytest tests/live

# Installs where it may; where it may not, the tests name what is missing (and fail under CI=true).
define INSTALL_DEBIAN
{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1) >/dev/null; } \
	|| echo "missing: install Debian's package(s) $(1) (as root: apt-get install $(1))" >&2
endef

chromium:
	@command -v chromium >/dev/null || $(call INSTALL_DEBIAN,chromium)

# What the UI is put behind; the tests start their own, so Debian's is not started (RUNLEVEL=1 says so).
proxies:
	@packages=; PATH="$$PATH:/usr/sbin"; \
	command -v nginx >/dev/null || packages="$$packages nginx-light"; \
	command -v caddy >/dev/null || packages="$$packages caddy"; \
	export RUNLEVEL=1; test -z "$$packages" || $(call INSTALL_DEBIAN,$$packages)

# PostgreSQL and OpenSSH keep their servers out of people's PATH.
live-servers:
	@packages=; add() { packages="$$packages $$*"; }; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || add postgresql; \
	PATH="$$PATH:/usr/sbin" command -v sshd >/dev/null || add openssh-server; \
	command -v redis-server >/dev/null || add redis-server; \
	command -v systemd-nspawn >/dev/null || add systemd-container; \
	{ command -v node && command -v npm; } >/dev/null || add nodejs npm; \
	test -z "$$packages" || $(call INSTALL_DEBIAN,$$packages)
	@$(MAKE) --silent --no-print-directory --keep-going $(NPM_SERVERS) || true

# The npm packages of the Bluesky network and the Vendure shop: half a gigabyte and some minutes, once a lock.
NPM_SERVERS := $(patsubst %,tests/live/servers/%/node_modules/.package-lock.json,bluesky vendure)
$(NPM_SERVERS) $(AXE): tests/live/%/node_modules/.package-lock.json: tests/live/%/package-lock.json
	@echo "installing the npm packages of tests/live/$* (the servers' take some minutes)"
	@cd tests/live/$* && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json

catalogue: $(ENVIRONMENT) ## read every text of the report out of the code into its catalogue; prints what lacks a translation
	@$(BIN)/python -m orchestration.exports.catalogue

lint: $(ENVIRONMENT) ## ruff, mypy --strict, sqlfluff, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/sqlfluff lint --nocolor --disable-progress-bar dbt_project/models dbt_project/tests

format: $(ENVIRONMENT) ## let ruff write what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# $(1): modules to run one after the other; one that falls short does not hide the others
define EACH
failed=0; for module in $(subst /,.,$(basename $(1))); do echo "== $$module"; $(BIN)/python -m $$module || failed=1; done; \
exit $$failed
endef

bench: $(ENVIRONMENT) $(PEERS) ## benchmarks: ratios against peers measured in the same run
	@$(call EACH,$(filter-out benchmarks/trial% benchmarks/reliability% benchmarks/text_% %_child.py,$(shell grep -l '^if __name__' benchmarks/*.py)))

trials: $(ENVIRONMENT) ## the long counts (coverage, promotion, kills, damage, bad input) over many seeds; resumable
	@$(call EACH,$(wildcard benchmarks/trial*.py) benchmarks/reliability.py)

oracles: $(PEERS) ## golden values of metrics, made anew by the libraries that define them
	@benchmarks/.venv/bin/python -m benchmarks.peers.oracles
	@benchmarks/.venv/bin/python -m benchmarks.peers.review_oracles

bench-env: $(PEERS) ## the peers that benchmarks compare with, in an environment of their own

$(PEERS): benchmarks/peers.lock | $(ENVIRONMENT)
	@test -x benchmarks/.venv/bin/python || $(PYTHON) -m venv benchmarks/.venv
	@$(call INSTALL,benchmarks/.venv,benchmarks/peers.lock)
	@touch $@

lock: $(ENVIRONMENT) ## resolve all locks anew (hashes, no index address)
	@$(BIN)/uv pip compile pyproject.toml --extra dev --upgrade --python-version 3.11 --generate-hashes \
		--no-strip-extras --no-emit-index-url --quiet -o requirements.lock
	@$(BIN)/uv pip compile benchmarks/peers.in --upgrade --python-version 3.11 --generate-hashes \
		--no-strip-extras --no-emit-index-url --quiet -o benchmarks/peers.lock
	@printf 'setuptools>=80\nuv>=0.13\n' | $(BIN)/uv pip compile - --upgrade --python-version 3.11 --universal \
		--generate-hashes --no-emit-index-url --no-annotate --quiet \
		--custom-compile-command 'make lock' -o requirements.bootstrap.lock

# For machines without advisories: make audit AUDIT=--where-it-can says so and goes on.
audit: $(ENVIRONMENT) ## published holes of what the locks name (pip-audit); says where advisories cannot be had
	@$(BIN)/python .ci/audit.py $(AUDIT)

SBOM := build/nanolift.cdx.json
sbom: $(ENVIRONMENT) ## bill of materials of the lock, CycloneDX, in build/
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible -o $(SBOM)
	@echo "$(SBOM) is written"

clean: ## caches and build leftovers; workspaces and .venv stay
	@rm -rf build target logs .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
