# The door: every task of the project is a target here. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install build zones plan prove check test e2e e2e-install bench fuzz clean schema docs issuers

NODE_MODULES := node_modules/.installed
SOURCES := $(shell find src -name '*.ts' 2>/dev/null) build.mjs package.json

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

$(NODE_MODULES): package-lock.json package.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

install: $(NODE_MODULES) ## install the exact dependencies

dist/danezone.js: $(NODE_MODULES) $(SOURCES)
	node build.mjs

build: dist/danezone.js ## build dist/danezone.js, the executable

zones: dist/danezone.js ## install, build and compile the example infrastructure in zones/ into build/
	node dist/danezone.js build

plan: dist/danezone.js ## what will happen to keys and certificates of the example, and who has to do what when
	node dist/danezone.js plan

prove: dist/danezone.js ## that no cache is left without a valid chain, now and in the plan
	node dist/danezone.js prove

check: dist/danezone.js ## lint, types, house rules, and `danezone check` of the example
	node_modules/.bin/biome check .
	node_modules/.bin/tsc --noEmit
	node dist/danezone.js check --test-keys test

test: dist/danezone.js ## all tests that need only Node
	node_modules/.bin/vitest run

e2e-install: ## install the programs that `make e2e` compares with, from Debian (as root)
	.ci/install-servers

e2e: dist/danezone.js ## tests against BIND, Knot, ldns, NSD, Unbound, OpenSSL, Postfix (see e2e-install)
	DANEZONE_E2E=1 node_modules/.bin/vitest run

fuzz: $(NODE_MODULES) ## LIVES=10000 SEED=n: random lives of zones, ten simulated years each (docs/rollover.md)
	node test/fuzz.mjs

bench: dist/danezone.js ## measure against dnssec-signzone, kzonesign, ldns-signzone, dnssec-verify, kzonecheck
	node bench/run.mjs

schema: $(NODE_MODULES) ## write schema/danezone.schema.json again from the code
	node build.mjs --schema

docs: $(NODE_MODULES) ## write docs/rules.md again from the code and the tests' smallest inputs
	node build.mjs --docs

issuers: $(NODE_MODULES) ## FROM=folder: write the built-in issuer catalogue again from certificates (docs/issuers.md)
	@[ -n '$(FROM)' ] || { echo 'make issuers needs FROM=folder: see docs/issuers.md'; exit 2; }
	node build.mjs --issuers '$(FROM)'

clean: ## remove what was built (never keys/)
	rm -rf dist build coverage bench/made
