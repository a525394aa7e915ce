# Teahouse. The two commands of the README are `make run` and `make test`; each works on a fresh
# clone and installs what is missing (scripts/require.sh says what that may be).

SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: run build web types reference libraries format check-go check-web test test-go test-engine test-race test-s3 test-web test-sdk test-e2e bench soak compiled clean

# The sandbox's later fences need a binary without cgo, and a static binary needs it too.
export CGO_ENABLED := 0
# Build and tests share what they compile; without paths a second clone shares it too.
export GOFLAGS := -trimpath

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
LDFLAGS := -s -w -X github.com/teahouse/teahouse/server/host.Version=$(VERSION)
# The binary and all tests are built with a copy of goja that runtime/engine edits (see there): a second
# go.mod replaces it. Plain go commands work too, with goja as it is.
ENGINE := .cache/engine/go.mod
GO_ENGINE := -modfile=$(CURDIR)/$(ENGINE) -tags=engine

# What the binary is made of, whatever its kind: pages, styles, SQL and scripts are embedded.
GO_SOURCES := $(shell find fault migrations payments registry runtime server -type f -not -name '*_test.go' -not -path '*test/*' -not -path '*/testdata/*' -not -path '*/embedded/files/*.gz' 2>/dev/null) docs/docs.go $(wildcard docs/*.md) web/web.go go.mod go.sum
WEB_PACKAGES := view phone console
WEB_STAMPS := $(WEB_PACKAGES:%=web/dist/%/.built)

# The café's server is the account's server of the demo; it uses the client in sdk-js.
CAFE := sdk-js/dist/server.js examples/cafe/server/node_modules/.package-lock.json

SDK_SOURCES := $(shell find sdk-js/src -name '*.ts' 2>/dev/null)

sdk-js/dist/server.js: sdk-js/node_modules/.package-lock.json sdk-js/package.json $(SDK_SOURCES)
	cd sdk-js && npm run --silent build
	@touch $@

# npm links a command only if its file is there.
examples/cafe/server/node_modules/.package-lock.json: | sdk-js/dist/server.js

# The host serves the command line itself: the name of a package that is not installed is whatever a
# stranger has put into the registry under it.
SDK_PACKAGE := web/dist/sdk/teahouse.tgz

$(SDK_PACKAGE): sdk-js/dist/server.js sdk-js/README.md $(shell find sdk-js/templates -type f 2>/dev/null)
	cd sdk-js && npm run --silent pack
	@touch $@

run: build $(CAFE)
	@scripts/run.sh

build: bin/teahouse

# Edits are applied to the module that go.mod names, so both decide.
$(ENGINE): go.mod go.sum $(wildcard runtime/engine/*.go runtime/engine/_added/*.go)
	@scripts/require.sh go
	go run ./runtime/engine
	@touch $@

# The programs of workers, which the host's binary contains. The sum says in the binary that it was built with
# them: a plain go build may find older ones in the folder, and does not use them.
WORKERS := $(addprefix runtime/worker/embedded/files/,compiler.gz sessions.gz)
WORKER_SOURCES := $(filter fault/% runtime/% go.%,$(GO_SOURCES))

$(WORKERS): runtime/worker/embedded/files/%.gz: $(ENGINE) $(WORKER_SOURCES)
	@scripts/require.sh go
	go build $(GO_ENGINE) -ldflags '-s -w' -o .cache/worker/$* ./runtime/worker/programs/$*
	gzip -9 -n -c .cache/worker/$* > $@

bin/teahouse: $(ENGINE) $(GO_SOURCES) $(WEB_STAMPS) $(SDK_PACKAGE) $(WORKERS)
	@scripts/require.sh go
	go build $(GO_ENGINE) -ldflags "$(LDFLAGS) -X github.com/teahouse/teahouse/runtime/worker/embedded.Sum=$$(cat $(WORKERS) | { sha256sum 2>/dev/null || shasum -a 256; } | cut -d' ' -f1)" -o $@ ./server

web: $(WEB_STAMPS)

# One rule for each package: what it depends on is its own sources, the shared ones, and its lock. A
# test in docs/ holds that no package imports from another one.
define web_package
web/dist/$(1)/.built: $(shell find web/$(1) web/shared -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null) web/$(1)/node_modules/.package-lock.json
	cd web/$(1) && npm run --silent build
	@touch $$@
endef
$(foreach package,$(WEB_PACKAGES),$(eval $(call web_package,$(package))))

node_modules/.package-lock.json: package-lock.json
	@scripts/require.sh node
	npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json
	@scripts/require.sh node
	cd $* && npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

test: check-go check-web build test-go test-engine test-race test-s3 test-web test-sdk test-e2e

check-go: .cache/golangci-lint
	@scripts/require.sh go
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "gofmt would change: $$unformatted"; exit 1; }
	.cache/golangci-lint run

# The linter's dependencies are a module of their own, which ours must not meet.
.cache/golangci-lint: tools/go.mod tools/go.sum
	cd tools && go build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

check-web: node_modules/.package-lock.json
	node_modules/.bin/biome check .
	node scripts/types.mjs --check

# The types of the browser's code, from what the host says of itself: docs/openapi.json first (a test
# in server/host writes it and holds it), then web/shared/schema.ts.
types: node_modules/.package-lock.json
	UPDATE=1 go test -count=1 -run TestTheCommittedOpenAPIDocumentIsTheHosts ./server/host
	node scripts/types.mjs

# Brings Go and TypeScript into the form that the two checks ask for.
format: node_modules/.package-lock.json
	gofmt -w $$(git ls-files '*.go')
	node_modules/.bin/biome format --write .

# The vendor's own framework, which our engine is compared with; see runtime/framework/differential.
REFERENCE := runtime/framework/differential/reference/node_modules/.package-lock.json

reference: $(REFERENCE)

# Libraries of components that most programs use; runtime/check opens a page for each component.
LIBRARIES := runtime/check/libraries/node_modules/.package-lock.json

libraries: $(LIBRARIES)

test-go: $(ENGINE) $(REFERENCE) $(LIBRARIES) $(WEB_STAMPS)
	@scripts/require.sh pgbouncer
	go test $(GO_ENGINE) -timeout 30m ./...

# goja's own tests, on the edited copy.
test-engine: $(ENGINE)
	cd $(dir $(ENGINE))goja && go test ./...

# Where goroutines meet: the host's rooms, the worker and the logic layer. The detector needs cgo and
# makes everything some ten times slower; what is left out has no goroutines, or only those of the
# database (payments, migrations).
RACE_PACKAGES := ./runtime/vm ./runtime/framework ./runtime/wx ./runtime/worker ./server/...

test-race: $(ENGINE)
	@scripts/require.sh go
	@scripts/require.sh gcc
	CGO_ENABLED=1 go test $(GO_ENGINE) -race -timeout 40m $(RACE_PACKAGES)

# The S3 server of the conformance suite has dependencies that ours must not meet.
test-s3:
	cd server/objects/s3test && go test -timeout 30m ./...

test-web: $(WEB_PACKAGES:%=web/%/node_modules/.package-lock.json)
	for package in $(WEB_PACKAGES); do (cd web/$$package && npm test --silent) || exit 1; done

test-sdk: build sdk-js/node_modules/.package-lock.json
	cd sdk-js && npm test --silent

test-e2e: build e2e/node_modules/.package-lock.json $(CAFE)
	@scripts/require.sh chromium
	cd e2e && npm test --silent

# Figures, one per line: name, value, unit. `make bench ONLY=runtime,payments` for a part.
bench: build reference e2e/node_modules/.package-lock.json $(CAFE)
	@GO_ENGINE='$(GO_ENGINE)' scripts/bench.sh $(ONLY)

# The programs of examples/compiled, built by the tools of others and checked; outside of CI, see there.
compiled: build
	@scripts/compiled.sh

# The long runs that CI does not wait for.
soak: build $(REFERENCE)
	@GO_ENGINE='$(GO_ENGINE)' scripts/soak.sh $(ONLY)

clean:
	rm -rf bin $(WORKERS) $(WEB_PACKAGES:%=web/dist/%) web/dist/sdk sdk-js/dist
