# make train   trains a GAN on handwritten digits; make test   runs the test suite.
# Both make .venv first where it is missing.

PYTHON ?= python3
BIN := .venv/bin
PACKAGES := -e '.[pages]' $(patsubst %/pyproject.toml,-e %,$(wildcard plugins/*/pyproject.toml))

.PHONY: help train test test-slow fuzz mutants lessons lint bench clean

help:
	@echo "make train              train vanilla-mlp on MNIST for a minute, with its preset quick"
	@echo "make train EPOCHS=100   train vanilla-mlp without a preset, for so many epochs"
	@echo "make test               run the tests (minutes); make test-slow runs the long ones"
	@echo "make fuzz               try random commands for three minutes; SEED=n repeats them"
	@echo "make mutants            change the code in small ways, and see whether tests fail; FILE=one.py"
	@echo "make lessons            run the lessons' commands as they are written (a quarter of an hour)"
	@echo "make lint               ruff, mypy and import-linter"
	@echo "make bench              speed, start and memory compared with hand-written loops (an hour)"
	@echo "make clean              remove .venv and what tools leave behind; runs/ stays"

train: .venv/installed
	$(BIN)/ganzoo train vanilla-mlp $(if $(EPOCHS),--epochs $(EPOCHS),--preset quick)

test: .venv/developing
	$(BIN)/pytest -n 3 --dist worksteal -m "not slow"

test-slow: .venv/developing
	$(BIN)/pytest -n 2 --dist worksteal -m slow

fuzz: .venv/developing
	$(BIN)/python tests/fuzz $(if $(SEED),--seed $(SEED))

mutants: .venv/developing
	$(BIN)/python tests/mutants.py $(FILE)

lessons: .venv/developing
	GANZOO_DOCS=whole $(BIN)/pytest -n 2 tests/test_docs.py -k lessons

lint: .venv/developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/developing
	$(BIN)/python -m benchmarks

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "ganzoo needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: pyproject.toml $(wildcard plugins/*/pyproject.toml) | .venv/python
	$(BIN)/pip install --quiet $(PACKAGES)
	@touch $@

.venv/developing: pyproject.toml .venv/installed
	$(BIN)/pip install --quiet -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
