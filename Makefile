# Everything is two commands: `make demo` and `make test`. The rest is for those who change the code.
SHELL := /bin/bash
export CGO_ENABLED := 0
export GOFLAGS := -trimpath $(filter-out -trimpath,$(GOFLAGS)) # tests then take what the build has compiled
export YIMEN_TEST_HTML_CHECKER := $(CURDIR)/bin/vnu.jar
export YIMEN_TEST_PICTURES := $(CURDIR)/bin/pictures
BIN := bin/yimen
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO_BUILD := go build -ldflags "-s -w -X yimen/internal/app.Version=$(VERSION)"

.PHONY: demo build test check bench generate setup clean screenshots cluster-test

demo: build ## build and start the sample city on http://127.0.0.1:8080
	./$(BIN) demo

build:
	$(GO_BUILD) -o $(BIN) ./cmd/yimen
	mkdir -p $(dir $(BIN))fonts && cp ofd/fonts/fandol/FandolFang-Regular.otf ofd/fonts/fandol/COPYING $(dir $(BIN))fonts/

setup: ## what the tests need from Debian: PostgreSQL, Chromium, Chinese fonts, poppler-utils, qpdf, the HTML checker
	scripts/setup

test: setup build ## all tests: SQLite, PostgreSQL, journeys, browser (pictures of its stories in bin/pictures)
	scripts/with-postgres --in-memory scripts/test

check: ## format, vet, staticcheck, generated files fresh, govulncheck, arch tests
	scripts/check

bench: setup ## budgets of docs/performance.md, beside the raw rate of the database
	scripts/with-postgres --socket go run ./tests/bench

cluster-test: ## several machines on this one: load, a killed process, a failover, an audit (5 minutes)
	scripts/cluster-test

generate: ## pages (templ) anew
	go tool templ generate

screenshots: setup build ## the pictures in docs/screenshots; every page in every size in bin/pictures
	YIMEN_SCREENSHOTS=$(CURDIR)/docs/screenshots scripts/with-postgres go test -count=1 ./tests/browser/...

clean:
	rm -rf bin
