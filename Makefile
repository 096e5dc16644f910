# Two commands do everything: `make run` and `make test`. Python 3.11 or newer is all they need.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: run demo assets test check format bench words

run: $(VENV)/.run
	$(BIN)/python -m bot run

demo: $(VENV)/.run
	VAR=$${VAR:-var/demo} DATABASE_URL=$${DATABASE_URL:-sqlite+aiosqlite:///var/demo/changxing.db} $(BIN)/python -m bot run --demo

assets: assets/node_modules/.package-lock.json

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev
	$(BIN)/python -m bench $(ONLY)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; call make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.run

assets/node_modules/.package-lock.json: assets/package-lock.json
	npm ci --prefix assets --no-audit --no-fund --ignore-scripts
	@touch $@
