PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := bot adapters storage jobs demo benchmarks tests manyhands.py

.PHONY: install run demo test soak check bench docs migration format
install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt "torch==2.13.0"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	touch $(STAMP)
	@echo "Next: make demo"

run: install
	$(BIN)/manyhands run

demo: install
	$(BIN)/manyhands demo

test: install
	$(BIN)/python -m pytest -n 2
	@echo "Next: make run, or read docs/slack.md and docs/discord.md"

soak: install
	$(BIN)/python -m pytest -n 2 --whole
	@echo "Next: make bench, or commit"

check: install
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(MAKE) test

bench: install
	$(BIN)/python -m benchmarks
	@echo "Next: docs/operating.md tells what the figures mean for your machine"

docs: install
	$(BIN)/python -m adapters.docs

migration: install
	$(BIN)/manyhands db draft "$(or $(MESSAGE),change)"

format: install
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)
