# The doors of the house. Needs python3 (3.11 or newer, with venv) and make; nothing else.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
VAR_DIR ?= $(CURDIR)/var
export VAR_DIR
# Where compiled files are forbidden, each of the many processes would compile the house anew.
export PYTHONDONTWRITEBYTECODE :=
ROOM ?=
ONLY ?=
WORKERS ?= auto
READERS ?= var/readers

.PHONY: help demo test bench check reset pictures messages matrix serve readers

help: ## Show what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/runtime: requirements.txt
	@echo "[1/4] Installing the packages into $(VENV) (about a minute the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/development: requirements.txt requirements-dev.txt | $(VENV)/runtime
	@echo "Installing the packages for tests and checks …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Calendar programs that the tests read feeds with. What cannot be had is skipped aloud by the tests, or fails with CI=true.
$(READERS)/python/ready: tests/calendars/readers/requirements.txt
	@echo "Installing the calendar readers khal and vdirsyncer into $(READERS) …"
	@$(PYTHON) -m venv --clear $(READERS)/python
	@$(READERS)/python/bin/python -m pip install -qq --disable-pip-version-check -r $<
	@touch $@

$(READERS)/node/ready: tests/calendars/readers/package.json tests/calendars/readers/package-lock.json
	@echo "Installing the calendar reader ical.js into $(READERS) …"
	@mkdir -p $(READERS)/node && cp $^ $(READERS)/node/
	@cd $(READERS)/node && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

readers: ## The calendar programs that the tests read feeds with
	@$(MAKE) --no-print-directory $(READERS)/python/ready || echo "khal and vdirsyncer could not be installed."
	@command -v npm >/dev/null && $(MAKE) --no-print-directory $(READERS)/node/ready || echo "ical.js could not be installed (it needs node and npm)."

messages: $(VENV)/runtime
	@$(BIN)/python manage.py compile_catalogues

demo: $(VENV)/runtime ## A running hall with demo people on http://127.0.0.1:8000 (a second run keeps the data)
	@$(BIN)/python manage.py demo
	@$(MAKE) --no-print-directory serve

serve: ## Start web and worker on the data that is there
	@mkdir -p $(VAR_DIR)/run
	@rm -f $(VAR_DIR)/run/*.pid
	@PATH="$(CURDIR)/$(BIN):$$PATH" PORT=$(PORT) PYTHONUNBUFFERED=1 $(BIN)/honcho start

# Tests that fork and kill get processes of their own, without a browser or a thousand tests before them.
test: $(VENV)/development readers ## The tests (ROOM=evaluations for one room, FULL=1 for the large counts)
	@mkdir -p $(CURDIR)/var/test && rm -rf $(CURDIR)/var/test/{demo,doors,copy,queries}_*
	@$(BIN)/python manage.py compile_catalogues
	@label=$$($(BIN)/python -c "import os; u=os.environ.get('DATABASE_URL',''); print('postgresql' if u.startswith('postgres') else 'sqlite')"); \
	env -u VAR_DIR $(BIN)/python -m pytest $(if $(ROOM),tests/$(ROOM),tests --ignore=tests/faults) -n $(WORKERS) \
	  --dist loadgroup -rs --junitxml=var/test/junit-$$label$(if $(ROOM),-$(ROOM),).xml && \
	$(if $(ROOM),true,env -u VAR_DIR $(BIN)/python -m pytest tests/faults -n $(WORKERS) --dist loadgroup -rs \
	  --junitxml=var/test/junit-$$label-faults.xml)

bench: $(VENV)/development ## Speed as ratios, one JSON object a line (ONLY=name for one)
	@$(BIN)/python manage.py compile_catalogues
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY),)

check: $(VENV)/development ## Style, types, floors, translations, migrations, templates, deployment
	@$(BIN)/python manage.py compile_catalogues
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>&1 | tail -n 20; exit $${PIPESTATUS[0]}
	@$(BIN)/python manage.py check --fail-level WARNING
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py check_templates
	@$(BIN)/python manage.py check_translations
	@SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(60))") ALLOWED_HOSTS=hall.test \
	  SEALING_KEYS=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(60))") \
	  DATABASE_URL=postgres://nobody@127.0.0.1/nothing REDIS_URL=redis://127.0.0.1:6379/9 EMAIL_URL=smtp://127.0.0.1:25 \
	  DJANGO_SETTINGS_MODULE=intranet.settings.production $(BIN)/python manage.py check --deploy --fail-level WARNING
	@echo "check: clean"

matrix: $(VENV)/development ## Measure the role matrix anew and write its files, for review
	@$(BIN)/python -m pytest tests/matrix --record

pictures: $(VENV)/development ## docs/pictures/*.png from the demo hall (needs Chromium)
	@$(BIN)/python manage.py compile_catalogues
	@env -u VAR_DIR $(BIN)/python -m demo.pictures

reset: ## Forget the demo hall: database, files, mail
	@rm -rf $(VAR_DIR)/hall.sqlite3* $(VAR_DIR)/mail $(VAR_DIR)/broker $(VAR_DIR)/uploads $(VAR_DIR)/run $(VAR_DIR)/log
	@echo "The demo hall is gone; 'make demo' builds a new one."
