.DEFAULT_GOAL := help
BIN := .venv/bin
JUDGE ?=

.PHONY: help env demo test test-frameworks lint docs docs-serve bench clean

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env:
	@scripts/environment.sh

demo: env ## Score the demo cases with hard and soft constraints; JUDGE=vllm:Qwen/Qwen3-8B for your model
	@$(BIN)/python examples/demo/run.py $(if $(JUDGE),--judge '$(JUDGE)')

test: env ## Run every test, the real vLLM engine included
	@$(BIN)/python -m pytest $(ARGS)

test-frameworks: ## Run the rewards inside OpenRLHF, verl, verifiers, Inspect and lm-eval, each in an environment of its own
	@scripts/frameworks.sh $(FRAMEWORKS)

lint: env ## ruff, mypy --strict, import layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: env ## Build the documentation into site/
	@$(BIN)/python docs/catalogue.py
	@$(BIN)/python docs/ifeval_divergences.py
	@$(BIN)/mkdocs build --strict

docs-serve: docs ## Serve the documentation on http://127.0.0.1:8000
	@$(BIN)/mkdocs serve

bench: env ## Run the benchmarks; each prints ratios against its baseline
	@for script in benchmarks/*_throughput.py benchmarks/judging_modes.py; do \
	  echo "== $$script"; PYTHONPATH=. $(BIN)/python $$script || exit 1; done

clean: ## Remove the environment and everything that was built
	rm -rf .venv .venv-frameworks site dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
