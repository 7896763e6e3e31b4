# Luma: everyday commands. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench bench-compile fuzz levels coverage docs clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(STAMP)

setup: $(STAMP) ## Make .venv with everything that development needs

demo: $(STAMP) ## Compile a real program, run it, and show a level of its IR
	@sh examples/demo.sh $(BIN)

test: $(STAMP) ## Run every test, and print line coverage of luma_ir
	@sh tests/run_all.sh $(BIN)

lint: $(STAMP) ## Check style and types
	$(BIN)/ruff check luma_ir tests bench
	$(BIN)/ruff format --check luma_ir tests bench
	$(BIN)/basedpyright luma_ir

format: $(STAMP) ## Format the sources
	$(BIN)/ruff format luma_ir tests bench
	$(BIN)/ruff check --fix luma_ir tests bench

bench: $(STAMP) ## Time the benchmark programs against C (some minutes)
	$(BIN)/python bench/run.py

bench-compile: $(STAMP) ## Time the compiler, stage by stage
	$(BIN)/python bench/compile_time.py

fuzz: $(STAMP) ## Long fuzzing of lexer, parser and optimiser
	LUMA_FUZZ=long $(BIN)/python -m pytest tests/unit/test_fuzz_frontend.py tests/unit/test_value_programs.py

levels: $(STAMP) ## Run every test program at every level of optimisation
	LUMA_ALL_LEVELS=1 $(BIN)/python -m pytest -n 2 tests/test_programs.py

docs: $(STAMP) ## Generate the reference of dialects and passes into docs/reference
	$(BIN)/python -m luma_ir.tools.reference docs/reference

clean: ## Remove what the other targets made
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
