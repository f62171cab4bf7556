# The whole day's work in a few words; `make` alone lists them. Each target sets up what it needs.
# PYTHON picks the interpreter that makes .venv:  make serve PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
JS := tests/clients/js

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1
# Tests start hundreds of processes. Where a machine forbids bytecode (images of containers often do), each of them
# would compile all of Gesso anew: empty allows it.
export PYTHONDONTWRITEBYTECODE :=

# Everything is locked with hashes, so nothing is left to resolve. uv does in seconds what pip does in a
# quarter of a minute; pip is there always, and follows the user's own index settings.
INSTALL = install() { \
	  if command -v uv >/dev/null && uv pip install --quiet --python $(PY) --require-hashes --no-deps $$* 2>/dev/null; then return; fi; \
	  $(PY) -m pip install --quiet --no-input --no-compile --no-deps --require-hashes $$*; \
	}; install
EDITABLE = $(PY) -m pip install --quiet --no-input --no-deps --no-build-isolation --editable . --editable ./assets

.DEFAULT_GOAL := help
.PHONY: help setup serve test verify check bench docs assets gallery lock clean

help:  ## list the commands
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

serve: $(VENV)/.serve  ## start Gesso on this machine (data in .gesso/)
	@$(VENV)/bin/gesso serve --data-dir .gesso $(ARGS)

setup: $(VENV)/.dev  ## make .venv with everything that tests, checks and docs need

test: $(VENV)/.dev $(JS)/node_modules/.stamp  ## run the tests a contributor runs (ARGS="-k name" for some)
	$(PY) -m pytest -m "not long" $(ARGS)

verify: $(VENV)/.dev $(JS)/node_modules/.stamp  ## run the long tests too: wheel, installs, campaigns
	$(PY) -m pytest -m long $(ARGS)

check: $(VENV)/.dev  ## format, lint, types, layers, docs
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m basedpyright --pythonpath $(PY)
	$(PY) -m basedpyright --pythonpath $(PY) --project tests/pyrightconfig.json
	$(PY) -m pytest -q tests/test_layers.py
	$(PY) -m zensical build --clean --strict

bench: $(VENV)/.bench  ## measure every figure the README states, each beside its peer
	$(PY) -m benchmarks $(ARGS)

docs: $(VENV)/.dev  ## build the documentation into site/
	$(PY) -m zensical build --clean --strict

assets: $(VENV)/.dev  ## rebuild the sketch engine's assets from the packages named in assets.toml
	$(PY) -m scripts.vendored $(ARGS)

gallery: $(VENV)/.dev  ## make docs/gallery/endpoints: one result per endpoint (ARGS=all for all of them anew)
	$(PY) -m scripts.gallery $(ARGS)

clean:  ## remove everything that the other commands made, except data in .gesso/
	rm -rf $(VENV) $(JS)/node_modules site dist build .cache .pytest_cache .ruff_cache .hypothesis

# --- what the commands above stand on -------------------------------------------------------------------

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Gesso needs Python 3.11 or newer and '$(PYTHON)' is not that. Name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV). This happens once and takes about half a minute."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# What running Gesso needs, and no more: a newcomer's first `make serve` waits for this alone.
$(VENV)/.serve: $(VENV)/.made requirements/sketch.txt requirements/build.txt pyproject.toml assets/pyproject.toml
	@$(INSTALL) -r requirements/sketch.txt -r requirements/build.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/.dev: $(VENV)/.serve requirements/dev.txt
	@echo "Installing what tests, checks and docs need."
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	@echo "Installing the peers that benchmarks run."
	@$(INSTALL) -r requirements/bench.txt
	@touch $@

$(JS)/node_modules/.stamp: $(JS)/package-lock.json $(JS)/package.json | $(VENV)/.dev
	@echo "Installing the official JavaScript clients."
	@$(PY) tests/clients/npm.py ci --prefix $(JS) --loglevel=error
	@touch $@

# --- locks: rewritten whole; later files only narrow what dev.txt chose ---------------------------------

COMPILE = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-package gesso-sketch-assets

lock: $(VENV)/.dev  ## choose versions anew (ARGS=--upgrade for the newest) and write requirements/
	$(COMPILE) pyproject.toml --extra dev --output-file requirements/dev.txt $(ARGS)
	$(COMPILE) pyproject.toml --extra sketch --constraint requirements/dev.txt --output-file requirements/sketch.txt $(ARGS)
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt --output-file requirements/core.txt $(ARGS)
	printf 'hatchling\neditables\n' | $(COMPILE) - --constraint requirements/dev.txt --output-file requirements/build.txt $(ARGS)
	$(COMPILE) pyproject.toml --extra bench --constraint requirements/dev.txt --output-file requirements/bench.txt $(ARGS)
