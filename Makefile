# Every target sets up what it needs; Python 3.11-3.13, pip and make are enough. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help env test soak report lab bench lock clean
# Targets run one after the other also under -j: `make -j clean report` means that order.
.NOTPARALLEL:

# The folder's own path is never written out here, so that spaces and Chinese characters in it do no harm.
BIN := .venv/bin
export PYTHON UPGRADE

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1	\2/p' Makefile | expand -t 14

env: ## make .venv from requirements.lock; PYTHON=python3.12 chooses the interpreter
	@sh tools/environment.sh env

test: env ## check style, formatting and types, run the tests; ARGS="-k name" goes to pytest
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n logical --dist loadgroup $(ARGS)

soak: env ## kill runs at 20 random moments, have 100 of 1,000 reports fail: many minutes; ARGS goes to pytest
	GDGK_SOAK=1 $(BIN)/pytest -n logical -m soak $(ARGS)

report: env ## run every agency and year to HTML below reports/; ARGS="--year 2023" goes to gdgk run
	@$(BIN)/gdgk run $(ARGS)

# A folder of settings that is searched beside the user's own, which win over it; nothing is written anywhere.
lab: env ## open JupyterLab on notebooks/explore.ipynb, in Chinese where LC_ALL or LANG is; ARGS goes to jupyter lab
	@case "$${LC_ALL:-$$LANG}" in zh*) export JUPYTER_CONFIG_PATH="tools/jupyter_zh$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" ;; esac; \
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/explore.ipynb $(ARGS)

bench: env ## measure the speeds the project promises
	@for bench in benchmarks/*.py; do echo "$$bench"; $(BIN)/python "$$bench" || exit 1; done

lock: ## resolve pyproject.toml into requirements.lock; UPGRADE=1 takes the newest versions
	@sh tools/environment.sh lock

clean: ## delete .venv, the reports and all caches; data/ and notebooks/ stay as they are
	rm -rf .venv build dist gdgk.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find reports -mindepth 1 ! -name .gitignore -delete
	find gdgk tests notebooks benchmarks -name __pycache__ -prune -exec rm -rf {} +
