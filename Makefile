# Everything the project does, here and in CI. Needs Python >= 3.11 and make; all else comes from PyPI.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SCANNERS := .venv-scanners
SCANNERS_INSTALLED := $(SCANNERS)/.installed
DATA ?=
PARTS ?=
SCHEMA ?=
IMPORT_SECONDS ?= 20
SITE ?= site
# The shell takes them from the environment, so that paths may have quotes in them.
export DATA SCHEMA

# uv takes a tenth of pip's time; but it doesn't read pip's configuration, so where it finds no packages pip goes on.
define make_environment
	$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(1)/bin/uv pip install --quiet --system-certs --python $(1)/bin/python -r $(2) \
		|| $(1)/bin/python -m pip install --quiet --disable-pip-version-check -r $(2)
endef

.DEFAULT_GOAL := help
.PHONY: help install deploy-local destroy-local test lint format docs docs-checks docs-reference provider-template bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) $(SCANNERS_INSTALLED) ## make the environment: libraries, Node, the CDK CLI, the local AWS, test tools

$(INSTALLED): pyproject.toml requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is %s; set PYTHON=..." % sys.version.split()[0])'
	$(call make_environment,$(VENV),requirements-dev.txt)
	@touch $@

$(SCANNERS_INSTALLED): requirements-scanners.txt
	$(call make_environment,$(SCANNERS),requirements-scanners.txt)
	@touch $@

deploy-local: $(INSTALLED) ## deploy the demo to the AWS on this machine [DATA=data.csv SCHEMA=schema.json]
	@$(BIN)/python -m demo.deploy_local deploy --data "$$DATA" --schema "$$SCHEMA" --import-seconds $(IMPORT_SECONDS)

destroy-local: $(INSTALLED) ## destroy the demo on this machine, and forget its state
	@$(BIN)/python -m demo.deploy_local destroy

test: $(INSTALLED) ## run all tests but the slow ones
	$(BIN)/python -m pytest -q -m 'not slow' -n 2

# Much of what these do is to wait, so there are more workers than cores; and one at a time, or else one ends up with many.
test-slow: $(INSTALLED) $(SCANNERS_INSTALLED) ## run the tests that take minutes
	$(BIN)/python -m pytest -q -m slow -n 3 --maxschedchunk 1

bench: $(INSTALLED) ## measure, and write docs/benchmarks.md [QUICK=1 | LARGE=1 | PARTS="waiting"]
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench $(PARTS)

lint: $(INSTALLED) ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED) ## put the code into shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

docs: $(INSTALLED) ## make the docs as a site in site/; what is wrong with them is an error
	@# The warning is of the theme, which is kept until May 2027.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir $(SITE)

docs-checks: $(INSTALLED) ## write the table of rules in docs/checks.md anew
	@{ sed '/^<!-- rules/q' docs/checks.md && $(BIN)/personalize-import rules --format markdown; } > docs/checks.md.new
	@mv docs/checks.md.new docs/checks.md

docs-reference: $(INSTALLED) ## write the resource's reference and its JSON schema anew
	@{ sed '/^<!-- reference/q' docs/resource-reference.md && $(BIN)/python -m personalize_import.plain reference \
		&& sed -n '/^<!-- end of the reference/,$$p' docs/resource-reference.md; } > docs/resource-reference.md.new
	@mv docs/resource-reference.md.new docs/resource-reference.md
	@$(BIN)/python -m personalize_import.plain schema > docs/PersonalizeDatasetImportJob.schema.json

provider-template: $(INSTALLED) ## write dist/provider.template.json: the provider for those who don't use the CDK
	@mkdir -p dist
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m personalize_import.plain provider-template > dist/provider.template.json.new
	@mv dist/provider.template.json.new dist/provider.template.json
	@echo "dist/provider.template.json"

clean: ## remove what was made, the environment included
	rm -rf $(VENV) $(SCANNERS) .local-aws cdk.out dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis
