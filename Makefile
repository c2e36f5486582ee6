# Needs python3 (3.11 or later) with its venv module, and make. Everything else goes into .venv.
.DEFAULT_GOAL := help
.PHONY: run test test-postgresql test-faults test-browser test-cluster test-readers test-fhir test-fuzz test-mutants supply-chain check format-check lint types layers formulary dead-code fix bench bench-long sweep docs translations pins clean help

PYTHON ?= python3
BIN := .venv/bin
CATALOGUE := medplan/translations/messages.pot
# What `make test` runs on PostgreSQL too; `make test-postgresql` runs all of it.
ON_POSTGRESQL := tests/store tests/services tests/oauth
# What `make test-mutants` changes and how much of it: `SAMPLE=` is every change, which takes hours.
ROOM ?= proof clinical formulary
SAMPLE ?= 400
SEED ?= 1
PIP_TOOLS := pip-tools==7.6.2
PIP_COMPILE := $(BIN)/pip-compile --quiet --no-annotate --no-header --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

run: .venv/runtime.stamp  ## install, migrate, load the demo plan and serve on 127.0.0.1:8000
	@$(BIN)/python -m medplan serve --demo

test: .venv/dev.stamp  ## install what the tests need and run all of them
	@$(BIN)/python -m pytest -q -n 2
	@$(BIN)/python -m pytest -q -n 2 --database=postgresql -k postgresql $(ON_POSTGRESQL)

test-postgresql: .venv/dev.stamp  ## every test that touches a database once more, on PostgreSQL
	@$(BIN)/python -m pytest -q -n 2 --database=postgresql -k postgresql

test-faults: .venv/dev.stamp  ## kill, restart, fill, cut off and restore, on both databases; prints what was lost
	@$(BIN)/python -m tests.faults.run

test-browser: .venv/dev.stamp  ## our pages in Debian's Chromium: axe, 320 px, keyboard, a patient's story
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; } || \
		{ echo "Install Debian's package chromium first, or run this as root." >&2; exit 1; }
	@command -v chromium >/dev/null || { echo "Installing Chromium …" && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; }
	@MEDPLAN_CHROMIUM=$$(command -v chromium) $(BIN)/python -m pytest -q -n 2 tests/browser/check_*.py

test-readers: .venv/dev.stamp .venv/vdirsyncer.stamp  ## other people's calendar programs read our feeds (needs npm)
	@npm ci --silent --prefix tests/ical/readers
	@/usr/bin/python3 -c "import gi; gi.require_version('ICalGLib', '3.0')" 2>/dev/null || \
		echo "libical is left out: install Debian's packages python3-gi and gir1.2-ical-3.0 to read with it too."
	@VDIRSYNCER=$(CURDIR)/.venv/vdirsyncer/bin/vdirsyncer $(BIN)/python -m pytest -q \
		tests/ical/readers/check_readers.py tests/web/readers/check_vdirsyncer.py

test-cluster: .venv/dev.stamp .venv/patroni.stamp  ## cut the power of a database cluster's leader, five times; read its replica; find links on two shards
	@deploy/install-cluster-programs
	@$(BIN)/python -m pytest -q -s tests/cluster/check_failover.py tests/cluster/check_shards.py

test-fhir: .venv/dev.stamp .venv/fhir.stamp  ## other people's validators judge our FHIR resources; 2,000 plans there and back (needs npm)
	@npm ci --silent --prefix tests/fhir/validators
	@FHIR_PLANS=2000 $(BIN)/python -m pytest -q -n 2 tests/fhir/test_round_trip.py
	@FHIR_PYTHON=$(CURDIR)/.venv/fhir/bin/python $(BIN)/python -m pytest -q tests/fhir/validators/check_resources.py

test-mutants: .venv/dev.stamp .venv/mutmut.stamp  ## change ROOM's code in SAMPLE small ways drawn by SEED; the tests must notice
	@failed=0; for room in $(ROOM); do \
		.venv/mutmut/bin/python -m tests.mutants.run $$room $(SAMPLE:%=--sample %) --seed $(SEED) || failed=1; \
	done; exit $$failed

test-fuzz: .venv/dev.stamp .venv/fuzz.stamp  ## 10,000 made-up requests to the API, 100,000 inputs to everything that reads; led by coverage
	@MEDPLAN_FUZZ_CASES=10000 $(BIN)/python -m pytest -q tests/api/test_fuzz.py
	@$(BIN)/python -m tests.fuzz.run .venv/fuzz/bin/python

supply-chain: .venv/dev.stamp .venv/supply.stamp  ## secrets in the tree, our code by bandit, known faults of dependencies, build/sbom.json
	@.venv/supply/bin/python -m tests.supply.check

api-docs: .venv/dev.stamp  ## write the examples of answers, docs/openapi.json and the client anew
	@$(BIN)/python -m pytest -q tests/api/write_description.py
	@$(BIN)/python clients/python/generate.py
	@$(BIN)/ruff format -q clients

check: format-check lint types layers formulary dead-code  ## what CI and the commit hook run

format-check: .venv/dev.stamp
	@$(BIN)/ruff format --check .

lint: .venv/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/codespell

types: .venv/dev.stamp
	@$(BIN)/mypy

layers: .venv/dev.stamp
	@$(BIN)/lint-imports

formulary: .venv/dev.stamp
	@$(BIN)/python -m medplan formulary check

dead-code: .venv/dev.stamp
	@$(BIN)/vulture

fix: .venv/dev.stamp  ## mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/dev.stamp .venv/radicale.stamp .venv/plain.stamp  ## measure all in ten minutes, beside references; writes benchmarks/results.md
	@$(BIN)/python -m benchmarks.run

bench-long: .venv/dev.stamp .venv/radicale.stamp .venv/plain.stamp  ## the same with a million rows, a day's mix and an hour's soak: two hours
	@$(BIN)/python -m benchmarks.run --full

sweep: .venv/dev.stamp  ## plan everything for everybody (over 200,000 plans), judge each, print the counts
	@$(BIN)/python -m tests.sweep.run

docs: .venv/dev.stamp  ## write docs/formulary and the generated pages of docs/reference anew
	@$(BIN)/python -m docs.generate_formulary
	@$(BIN)/python -m docs.generate_reference

translations: .venv/dev.stamp  ## collect every sentence of pages and wording anew
	@$(BIN)/pybabel --quiet extract --mapping pyproject.toml --keywords "say say_many:1,2 marked marked_many:1,2" \
		--no-location --sort-output --omit-header --output $(CATALOGUE) .

pins: .venv/dev.stamp  ## work out requirements*.txt anew from the .in files
	@$(BIN)/pip install --quiet $(PIP_TOOLS)
	@$(PIP_COMPILE) --upgrade --output-file requirements.txt requirements.in
	@$(PIP_COMPILE) --upgrade --output-file requirements-traces.txt requirements-traces.in
	@$(PIP_COMPILE) --upgrade --output-file requirements-dev.txt requirements-dev.in

clean:  ## remove the virtual environment and every cache; keeps var/
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*##/\t/' | expand -t 10

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "medplan needs Python 3.11 or later")'
	@$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.txt | .venv/bin/python
	@echo "Installing what medplan runs on …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing what medplan is tested with …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/runtime.stamp

# What medplan runs on and nothing else: how much memory it takes is measured there.
.venv/plain.stamp: requirements.txt | .venv/bin/python
	@$(PYTHON) -m venv .venv/plain
	@.venv/plain/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# Programs that ours is held against, each apart from what ours runs on.
.venv/radicale.stamp: benchmarks/requirements.txt | .venv/bin/python
	@$(PYTHON) -m venv .venv/radicale
	@.venv/radicale/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/patroni.stamp: tests/cluster/requirements.txt | .venv/bin/python
	@$(PYTHON) -m venv .venv/patroni
	@.venv/patroni/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/fhir.stamp: tests/fhir/validators/requirements.txt | .venv/bin/python
	@$(PYTHON) -m venv .venv/fhir
	@.venv/fhir/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/mutmut.stamp: requirements-dev.txt tests/mutants/requirements.txt | .venv/bin/python
	@$(PYTHON) -m venv .venv/mutmut
	@.venv/mutmut/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r tests/mutants/requirements.txt
	@touch $@

.venv/vdirsyncer.stamp: tests/web/readers/requirements.txt | .venv/bin/python
	@$(PYTHON) -m venv .venv/vdirsyncer
	@.venv/vdirsyncer/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/fuzz.stamp: tests/fuzz/requirements.txt | .venv/bin/python
	@$(PYTHON) -m venv .venv/fuzz
	@.venv/fuzz/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/supply.stamp: tests/supply/requirements.txt | .venv/bin/python
	@$(PYTHON) -m venv .venv/supply
	@.venv/supply/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@
