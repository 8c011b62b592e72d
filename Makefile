.DEFAULT_GOAL := help
BIN := .venv/bin
JUDGE ?=

.PHONY: help env demo test test-frameworks lint docs docs-serve wheels bench clean

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# With a BIN of your own, such as that of an activated environment, nothing is set up.
env:
ifeq ($(BIN),.venv/bin)
	@scripts/environment.sh
endif

demo: env ## Score the demo cases with hard and soft constraints; JUDGE=vllm:Qwen/Qwen3-8B for your model
	@$(BIN)/python examples/demo/run.py $(if $(JUDGE),--judge '$(JUDGE)')

test: env ## Run every test, the real vLLM engine included
	@$(BIN)/python -m pytest $(ARGS)

test-frameworks: ## Run the rewards inside OpenRLHF, verl, verifiers, Inspect and lm-eval, each in an environment of its own
	@scripts/frameworks.sh $(FRAMEWORKS)

lint: env ## ruff, mypy --strict, import layers, the schemas of workflows and issue forms
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))

docs: env ## Build the documentation into site/
	@$(BIN)/python docs/catalogue.py
	@$(BIN)/python docs/ifeval_divergences.py
	@$(BIN)/python docs/truth.py
	@$(BIN)/mkdocs build --strict

docs-serve: docs ## Serve the documentation on http://127.0.0.1:8000
	@$(BIN)/mkdocs serve

wheels: env ## Build the wheels into dist/, check them, and try them in a fresh environment away from here
	@BIN='$(BIN)' scripts/wheels.sh

bench: env ## Run the benchmarks; each prints ratios against its baseline
	@for script in benchmarks/*_throughput.py benchmarks/judging_modes.py; do \
	  echo "== $$script"; PYTHONPATH=. $(BIN)/python $$script || exit 1; done

clean: ## Remove the environment and everything that was built
	rm -rf .venv .venv-frameworks site dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
