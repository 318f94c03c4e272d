# The verbs a newcomer needs. What takes more than a line or two lives in deploy/dev/.
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run test check format bench bench-ledger bench-import

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: ## Install, migrate, load the demo, serve on http://localhost:8000 (PORT=9000 for another port)
	@deploy/dev/run

test: ## Everything: lint, types, tests on SQLite and PostgreSQL, browser tests in Chromium
	@deploy/dev/test

check: ## Lint and types only
	@deploy/dev/check

format: ## Rewrite Python and templates in the house format
	@deploy/dev/venv requirements-dev.txt
	@.venv/bin/ruff format
	@.venv/bin/ruff check --fix
	@.venv/bin/djlint --reformat --quiet templates

bench: ## Measure: a load of reading and editing (WITH="--many 1000", WITH=--sqlite)
	@deploy/dev/bench $(WITH)

bench-ledger: ## Measure the ledger: entries a second, checks of 100,000 and a million, proofs
	@deploy/dev/bench --ledger $(WITH)

bench-import: ## Measure how quickly a checklist of a thousand items is read and made a template
	@deploy/dev/bench --import $(WITH)
