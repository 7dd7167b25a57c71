# Everything a newcomer needs is `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
V := .venv/bin
# How pytest is to be called, for example: make test ARGS="tests/plans -k intake"
ARGS ?=

PDF_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
TEST_PACKAGES := chromium chromium-headless-shell redis-server qpdf poppler-utils

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench reset lock format messages

help:  ## Show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

demo: .venv/.base  ## Run the portal with demo data until Ctrl-C (PORT=8000)
	@.ci/system-packages $(PDF_PACKAGES)
	@PORTAL_DEMO=1 PORT=$(PORT) exec $(V)/python manage.py demo --with-parent

# Tests start a hundred processes; where Python may not keep what it has compiled, each would compile all of it anew.
test: .venv/.dev  ## Run every test (ARGS="tests/plans -k intake" for some)
	@.ci/system-packages $(PDF_PACKAGES) $(TEST_PACKAGES)
	PYTHONDONTWRITEBYTECODE= $(V)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: .venv/.dev  ## Style, types, import rules, migrations, production settings
	$(V)/ruff check .
	$(V)/ruff format --check .
	find templates -name '*.html' -exec $(V)/djade --check --target-version 5.2 {} +
	PORTAL_TEST=1 $(V)/mypy portal accounts plans reports
	PYTHONPATH=. $(V)/lint-imports
	PORTAL_TEST=1 PORTAL_VAR_DIR=var/test $(V)/python manage.py makemigrations --check --dry-run
	env -u PORTAL_DEMO -u PORTAL_TEST PORTAL_SECRET_KEY="$$($(V)/python -c 'import secrets; print(secrets.token_hex(40))')" \
	  PORTAL_PUBLIC_URL=https://plans.example.org DATABASE_URL=postgres://portal:x@127.0.0.1/portal \
	  CELERY_BROKER_URL=redis://127.0.0.1/0 REDIS_URL=redis://127.0.0.1/1 EMAIL_URL=smtp+tls://u:p@127.0.0.1:587 \
	  $(V)/python manage.py check --deploy --fail-level WARNING

bench: .venv/.dev  ## Measure; prints `name ratio limit ok|over`
	@.ci/system-packages $(PDF_PACKAGES)
	@$(V)/python -m bench

reset:  ## Throw the demo's data away
	@$(PYTHON) -m portal.embedded.folder

format: .venv/.dev  ## Put the sources into shape
	$(V)/ruff check --fix --exit-zero .
	$(V)/ruff format .
	find templates -name '*.html' -exec $(V)/djade --target-version 5.2 {} +

messages: .venv/.dev  ## Collect the texts to translate, and compile the translations
	@.ci/system-packages gettext
	PORTAL_TEST=1 $(V)/python manage.py makemessages --locale de --no-obsolete --add-location file --ignore .venv --ignore var
	PORTAL_TEST=1 $(V)/python manage.py compilemessages --locale de --ignore .venv

lock: .venv/.dev  ## Choose versions anew (needs uv)
	uv pip compile --quiet --generate-hashes --python-version 3.11 --no-emit-index-url requirements/base.in -o requirements/base.txt
	uv pip compile --quiet --generate-hashes --python-version 3.11 --no-emit-index-url requirements/dev.in -o requirements/dev.txt

# The virtual environment. Debian's Python comes without ensurepip, which a venv needs.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/system-packages python3-venv
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python cannot make a virtual environment." >&2; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv
	@touch .venv/.made

.venv/.base: requirements/base.txt | .venv/.made
	@echo "Installing what the portal runs on …"
	@$(V)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch .venv/.base

# dev.txt contains all of base.txt.
.venv/.dev: requirements/dev.txt | .venv/.made
	@echo "Installing what the tests need …"
	@$(V)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch .venv/.base .venv/.dev
