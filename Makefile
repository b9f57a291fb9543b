# What a person types. `make help` lists it; every command works from anywhere with `make -C`.

PYTHON  ?= python3
EXAMPLE ?= credit
WORKERS ?= 2
ARGS    ?=
DATA    ?= ../shared/data

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help report test bench quality gallery clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1: \2/p' Makefile

report: $(VENV)/.ready  ## audit a real table into reports/credit (EXAMPLE=penguins or EXAMPLE=housing for another)
	$(BIN)/python -m reportgen run examples/$(EXAMPLE)/$(EXAMPLE).csv \
	    --config examples/$(EXAMPLE)/reportgen.toml --out reports/$(EXAMPLE)

test: $(VENV)/.ready-dev  ## format, lint, types, floors, tests: what CI runs (ARGS goes to pytest)
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

bench: $(VENV)/.ready  ## time whole audits against the time their libraries take to import
	$(BIN)/python benchmarks/run.py

quality: $(VENV)/.ready  ## hold the network against its rivals on the tables of DATA (ARGS="--table NAME" for one)
	$(BIN)/python benchmarks/quality.py --data $(DATA) $(ARGS)

gallery: $(VENV)/.ready-dev  ## draw the pictures of docs/gallery anew (poppler-utils, Chromium)
	$(BIN)/python docs/gallery/build.py

clean:  ## remove the environment, the reports and every cache
	rm -rf $(VENV) .nox .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist reports
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp marks what is installed: a second call installs nothing until pyproject.toml or constraints.txt changes.

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	    { echo 'reportgen needs Python 3.11 to 3.13; say which with: make PYTHON=python3.12 ...' >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --constraint constraints.txt --upgrade pip
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) install --constraint constraints.txt --group dev
	@touch $@
