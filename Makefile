# Needs Python 3.11 or newer and make. Another Python than python3: make PYTHON=python3.12 …
PYTHON ?= python3
BIN := .venv/bin
SECONDS ?= 15
COMPILE := $(BIN)/uv pip compile --system-certs --quiet --universal --python-version 3.11 --no-emit-index-url \
	--no-annotate --no-strip-extras --generate-hashes --custom-compile-command "make lock" $(UPGRADE) pyproject.toml

# Each of the many processes that the tests start would compile the bot anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo demo-load screenshots run test long processes crash faults versions fuzz soak month docker bench backtest check format lock

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile

demo: ## Show the bot at work in the browser, without any account (faster: make demo SECONDS=3)
	@$(PYTHON) scripts/environment.py demo
	$(BIN)/python -m bot demo --seconds $(SECONDS)

demo-load: ## Load the demo's page and run commands fifty times while it plays fast (needs Chromium)
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m tests.demo.load

screenshots: ## Take the pictures of the screens, for the README (needs Chromium)
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m demo.screens

run: ## Run the bot with the settings in .env
	@$(PYTHON) scripts/environment.py runtime
	$(BIN)/python -m bot

# A third of the time of the tests of cogs is waiting: SimCord looks every 50 ms whether the bot rests.
PYTEST := $(BIN)/python -m pytest --numprocesses 4 --dist worksteal --ignore tests/faults

test: ## Run the tests but the long ones and real processes (those too, and the coverage: make test COVERAGE=yes)
	@$(PYTHON) scripts/environment.py test
	$(PYTEST) $(if $(COVERAGE),--cov,-m "not processes and not long")

long: ## Run the longest tests: whole replays, days of boards, every list when it is full
	@$(PYTHON) scripts/environment.py test
	$(PYTEST) -m "long and not processes"

processes: ## Run the tests with real processes: the Kaggle CLI, the board worker, kills, a browser
	@$(PYTHON) scripts/environment.py test
	$(PYTEST) -m processes

crash: ## Kill the bot 300 times and cut its power 70 times during a recording; count what is lost or repeated
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m tests.crash

faults: ## Meet every fault of Kaggle, Discord and the machine, and show what was observed of each
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m tests.faults

versions: ## Call each supported version of the Kaggle CLI against the stand-in (installs them in /tmp)
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m tests.kaggle_versions

fuzz: ## Read 200,000 generated zip files and CSVs: each must be a board or a typed error
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m tests.fuzz

soak: ## Play a simulated day of 20 competitions in 50 servers, with one call in twenty failing
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m tests.soak

month: ## Play a simulated month of one server with everything on, and count its messages
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m tests.month

docker: ## Run the steps of the Dockerfile without Docker, and lint it (installs into /tmp)
	$(PYTHON) scripts/docker_steps.py

bench: ## Measure what everything costs, beside a baseline (one topic: make bench ONLY=sync)
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(SHORT),--short)

backtest: ## Compare the forecasts of ranks with what came: make backtest FOLDER=folder-of-boards
	@$(PYTHON) scripts/environment.py test
	$(BIN)/python -m benchmarks.backtest $(FOLDER)

check: ## Check style, types, the imports between the rooms, and the lock files
	@$(PYTHON) scripts/environment.py test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_lock.py

format: ## Format the code as `make check` wants it, and write docs/database.md
	@$(PYTHON) scripts/environment.py test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python scripts/database_page.py

lock: ## Write the lock files from pyproject.toml (newest versions: make lock UPGRADE=--upgrade)
	@$(PYTHON) scripts/environment.py bare
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --constraint requirements.txt --extra demo --output-file requirements-demo.txt
	$(COMPILE) --constraint requirements-demo.txt --extra demo --extra test \
		--output-file requirements-test.txt
