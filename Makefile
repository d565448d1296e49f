# Everything the project does, here and in CI. Needs Python >= 3.11 and make; all else comes from PyPI and npm.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
JAVASCRIPT_SDK := local_aws/personalize_local/javascript_sdk
CHECKOV := .venv-checkov
CHECKOV_INSTALLED := $(CHECKOV)/.installed
DATA ?=
PARTS ?=
SCHEMA ?=
IMPORT_SECONDS ?= 20
CONFORMANCE ?=
SITE ?= site
# The shell takes them from the environment, so that paths may have quotes in them.
export DATA SCHEMA IMPORT_SECONDS

# Only what is in locks/ gets installed, and only with the hash that is there; what has to be built is built with what
# locks/build.txt has. uv is faster than pip but doesn't read pip's configuration: where it fails, pip does the same.
LOCKED := --quiet --require-hashes --no-build-isolation
define make_environment
	$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install $(LOCKED) --disable-pip-version-check --only-binary :all: -r locks/uv.txt
endef
define install_lock
	$(1)/bin/uv pip install $(LOCKED) --system-certs --python $(1)/bin/python -r locks/$(2).txt \
		|| $(1)/bin/python -m pip install $(LOCKED) --disable-pip-version-check -r locks/$(2).txt
endef

# The same lock for every Python from 3.11 on, Linux and macOS.
define lock
	$(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes $(2) \
		--no-emit-package cdk-personalize-import --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) \
		--output-file locks/$(1).txt requirements-$(1).txt > /dev/null
endef

.DEFAULT_GOAL := help
.PHONY: help install lock dist deploy-local destroy-local test test-slow test-all conformance conformance-aws conformance-clean coverage lint format docs docs-checks docs-conformance docs-local-aws docs-packages docs-reference provider-template bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## create the environment: libraries, Node, the CDK CLI, the local AWS, test tools

$(INSTALLED): pyproject.toml locks/uv.txt locks/build.txt locks/dev.txt $(JAVASCRIPT_SDK)/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is %s; set PYTHON=..." % sys.version.split()[0])'
	@echo "Installing libraries, Node and the CDK CLI into $(VENV); this takes some minutes, once."
	$(call make_environment,$(VENV))
	$(call install_lock,$(VENV),build)
	$(call install_lock,$(VENV),dev)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .
	@# Only functions in JavaScript need it, so the environment can be used without it.
	$(BIN)/python -m personalize_local.javascript_sdk || echo "The tests that need it are skipped."
	@touch $@

$(CHECKOV_INSTALLED): locks/uv.txt locks/checkov.txt
	$(call make_environment,$(CHECKOV))
	$(call install_lock,$(CHECKOV),checkov)
	@touch $@

lock: ## write locks/ and the SDK's package-lock.json [UPGRADE=1 takes the newest versions]
	$(call lock,uv)
	$(call lock,build)
	$(call lock,dev,--constraint locks/build.txt)
	$(call lock,checkov)
	cd $(JAVASCRIPT_SDK) && PATH="$(CURDIR)/$(BIN):$$PATH" npm $(if $(UPGRADE),update,install) --package-lock-only \
		--ignore-scripts --no-audit --no-fund --loglevel=error

dist: $(INSTALLED) ## build the wheel, in dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . > /dev/null
	@ls dist/*.whl

deploy-local: $(INSTALLED) ## deploy the demo to the AWS on this machine [DATA=data.csv|folder SCHEMA=schema.json IMPORT_SECONDS=20]
	@$(BIN)/python -m demo.deploy_local deploy --data "$$DATA" --schema "$$SCHEMA" --import-seconds "$$IMPORT_SECONDS"

destroy-local: $(INSTALLED) ## destroy the demo on this machine, and forget its state
	@$(BIN)/python -m demo.deploy_local destroy

# Some of them wait for a process of the CDK or a server, so two workers would leave the cores idle.
test: $(INSTALLED) ## run the quick tests
	$(BIN)/python -m pytest -q -m 'not slow and not nightly' -n 3

# These mostly wait, so there are more workers than cores. Handed out one at a time, no worker is left with many.
test-slow: $(INSTALLED) ## run the tests that take minutes
	$(BIN)/python -m pytest -q -m 'slow and not nightly' -n 4 --maxschedchunk 1

test-all: lint test test-slow $(CHECKOV_INSTALLED) ## run everything: nightly and before a release
	$(BIN)/python -m pytest -q -m nightly -n 3 --maxschedchunk 1
	QUICK=1 PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench

# Fast, but slow enough for requests while a dataset is created or a job is running.
conformance: $(INSTALLED) ## check what is assumed of AWS, on a local AWS
	CONFORMANCE_POLL_SECONDS=0.2 $(BIN)/personalize-import local --speed 10 --import-seconds 10 -- \
		$(BIN)/python -m tests.conformance run --yes --again $(CONFORMANCE)

conformance-aws: $(INSTALLED) ## check what is assumed of AWS, in your account; see docs/conformance.md [YES=1 AGAIN=1]
	$(BIN)/python -m tests.conformance run $(if $(YES),--yes) $(if $(AGAIN),--again) $(CONFORMANCE)

conformance-clean: $(INSTALLED) ## remove what interrupted runs of conformance-aws left in your account
	$(BIN)/python -m tests.conformance clean

coverage: $(INSTALLED) ## measure which lines the quick tests run
	$(BIN)/python -m pytest -q -m 'not slow and not nightly' -n 2 --cov --cov-report=term:skip-covered

bench: $(INSTALLED) ## measure, and write docs/benchmarks.md [QUICK=1 | LARGE=1 | PARTS="waiting"]
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench $(PARTS)

lint: $(INSTALLED) ## check style, types, imports between packages, and words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python -m tools.words

format: $(INSTALLED) ## put the code into shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

docs: $(INSTALLED) ## make the docs as a site: open site/index.html; what is wrong with them is an error
	@# The warning is of the theme, which is kept until May 2027.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir $(SITE)

docs-conformance: $(INSTALLED) ## write the table of assumptions in docs/conformance.md anew
	$(BIN)/python -m tests.conformance page

docs-checks: $(INSTALLED) ## write the table of rules in docs/checks.md anew
	@{ sed '/^<!-- rules/q' docs/checks.md && $(BIN)/personalize-import rules --format markdown; } > docs/checks.md.new
	@mv docs/checks.md.new docs/checks.md

docs-local-aws: $(INSTALLED) ## write the tables of operations and resource types in docs/local-aws.md
	$(BIN)/python docs/local_aws_tables.py

docs-packages: $(INSTALLED) ## write the drawing of the packages in ARCHITECTURE.md
	$(BIN)/python docs/package_graph.py

docs-reference: $(INSTALLED) ## write the resource's reference and its JSON schema anew
	@{ sed '/^<!-- reference/q' docs/resource-reference.md && $(BIN)/python -m personalize_import.template_reference reference \
		&& sed -n '/^<!-- end of the reference/,$$p' docs/resource-reference.md; } > docs/resource-reference.md.new
	@mv docs/resource-reference.md.new docs/resource-reference.md
	@$(BIN)/python -m personalize_import.template_reference schema > docs/PersonalizeDatasetImportJob.schema.json

provider-template: $(INSTALLED) ## write dist/provider.template.json: the provider for those who don't use the CDK
	@mkdir -p dist
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m personalize_import.template_reference provider-template > dist/provider.template.json.new
	@mv dist/provider.template.json.new dist/provider.template.json
	@echo "dist/provider.template.json"

clean: ## remove what was made, the environment included
	rm -rf $(VENV) $(CHECKOV) .local-aws cdk.out dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis
