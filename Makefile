# `make` lists the targets. Each does its own set-up.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := node_modules/.bin

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{ printf "  make %-18s %s\n", $$1, $$2 }'

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-fund --no-audit
	@touch $@

SOURCES := $(shell find src -name '*.ts' -o -path 'src/gen/*')

dist/.built: node_modules/.package-lock.json tsconfig.json tsconfig.build.json $(SOURCES)
	rm -rf .tmp/dist .tmp/old-dist # output of moved sources must not be published
	$(BIN)/tsc -p tsconfig.build.json --outDir .tmp/dist
	mkdir -p .tmp/dist/gen && cp src/gen/proto.js src/gen/proto.d.ts src/gen/descriptors.json .tmp/dist/gen/
	chmod +x .tmp/dist/cli/main.js
	@touch .tmp/dist/.built
	mkdir -p dist && mv dist .tmp/old-dist && mv .tmp/dist dist # a member may be running from it
	@rm -rf .tmp/old-dist

.PHONY: build
build: dist/.built ## compile src/ to dist/

.PHONY: cluster
cluster: dist/.built ## run three members until Ctrl-C: TLS=1 with certificates, AUTH=1 with a user root; CLUSTER=--no-restart does not restart killed ones
	@node --import tsx cluster/main.ts $(if $(TLS),--tls) $(if $(AUTH),--auth) $(CLUSTER)

.PHONY: clean-cluster
clean-cluster: ## remove the data of make cluster
	rm -rf cluster/data

.PHONY: test
test: dist/.built ## the tests that need nothing but Node, apart from test-processes (under five minutes)
	$(BIN)/mocha --ignore 'test/processes/**' --ignore 'test/package/**' 'test/**/*.test.ts'

.PHONY: test-processes
test-processes: dist/.built ## clusters of real servers that are killed, restarted and damaged; examples of the documentation (some minutes)
	$(BIN)/mocha 'test/{processes,package}/**/*.test.ts'

.PHONY: trace-syncs
trace-syncs: dist/.built ## check in a trace of system calls that answers follow the syncs of a quorum (Debian: strace)
	$(BIN)/mocha --no-parallel test/processes/sync-before-answer.test.ts

.PHONY: kill-all
kill-all: dist/.built ## kill real servers under full load, and compare all acknowledged writes: ROUNDS=5
	ROUNDS=$(or $(ROUNDS),5) $(BIN)/mocha --no-parallel test/processes/full-load.test.ts

.PHONY: power-loss
power-loss: dist/.built ## the same on a file system that loses what is not synced, as root: ROUNDS=5 (Debian: e2fsprogs)
	POWER_LOSS=1 ROUNDS=$(or $(ROUNDS),5) $(BIN)/mocha --no-parallel test/processes/full-load.test.ts

# Variables of the bench.
BENCH_SETTINGS = BENCH='$(BENCH)' ROUNDS=$(ROUNDS) SECONDS=$(SECONDS) KEYS=$(KEYS) QUICK=$(QUICK) NODE=$(NODE) RPC_HOST=$(RPC_HOST) ETCD=$(ETCD)

.PHONY: bench
bench: dist/.built ## compare speed with etcd: BENCH='put range' ROUNDS= SECONDS= KEYS= QUICK=1 NODE= RPC_HOST= ETCD= (Debian: etcd-server nghttp2-client)
	@$(BENCH_SETTINGS) node --import tsx test/bench/main.ts

.PHONY: bench-profile
bench-profile: dist/.built ## where the leader spends its time in one row of make bench: BENCH=put-256b-10x100 SECONDS=10 (Debian: nghttp2-client)
	@$(BENCH_SETTINGS) node --import tsx test/bench/profile-main.ts

.PHONY: bench-report
bench-report: node_modules/.package-lock.json ## draw the newest results of make bench again, and update docs/PERFORMANCE.md
	@FILE=$(FILE) node --import tsx test/bench/report-main.ts

.PHONY: bench-engines
bench-engines: node_modules/.package-lock.json ## compare the storage engines: ENGINE=level or lmdb (both without), KEYS=1000000 OUT=bench/results/engines.json DIR=
	@for engine in $(or $(ENGINE),level lmdb); do ENGINE=$$engine KEYS=$(KEYS) OUT='$(OUT)' DIR='$(DIR)' node --import tsx test/bench/engines.ts || exit 1; done

.PHONY: bench-join
bench-join: dist/.built ## bring a member up to date under load: KEYS=2000000 by snapshot, WRITES=100000 by log
	@node --import tsx test/bench/join.ts

.PHONY: bench-watch
bench-watch: dist/.built ## latency and memory of watches: STREAMS=100 WATCHES=100 SYSTEM=etcd
	@STREAMS=$(STREAMS) WATCHES=$(WATCHES) ROUNDS=$(ROUNDS) SYSTEM=$(SYSTEM) node --import tsx test/bench/watchers.ts

.PHONY: bench-client
bench-client: dist/.built ## cost of puts, gets and imports through the client: ROUNDS=3 SECONDS=2 LINES=1000000 ONLY=import DIST='dist other/dist'
	@DIST='$(DIST)' ROUNDS=$(ROUNDS) SECONDS=$(SECONDS) LINES=$(LINES) ONLY=$(ONLY) node --import tsx test/bench/client.ts

.PHONY: bench-listing
bench-listing: node_modules/.package-lock.json ## pages and counts of KEYS=1000000 keys
	@node --expose-gc --import tsx test/bench/listing.ts

.PHONY: bench-pauses
bench-pauses: dist/.built ## pauses of the collector with KEYS=1000000 keys beside puts: SECONDS=8 NODE= REALTIME=1 (as root) gives the member priority
	@KEYS='$(KEYS)' SECONDS='$(SECONDS)' NODE='$(NODE)' REALTIME='$(REALTIME)' node --import tsx test/bench/pauses.ts

.PHONY: bench-indexes
bench-indexes: dist/.built ## puts with 0, 1 and 3 secondary indexes, queries, and a backfill of KEYS=1000000 keys: ONLY=puts SECONDS=3 ROUNDS=3 QUICK=1
	@ONLY=$(ONLY) SECONDS=$(SECONDS) ROUNDS=$(ROUNDS) KEYS=$(KEYS) QUICK=$(QUICK) DIST=$(DIST) node --import tsx test/bench/indexes/main.ts

.PHONY: bench-features
bench-features: dist/.built ## what sessions, hot keys, the client's cache and feeds cost or save: ONLY=sessions SECONDS=3 ROUNDS=3 QUICK=1
	@ONLY=$(ONLY) SECONDS=$(SECONDS) ROUNDS=$(ROUNDS) QUICK=$(QUICK) DIST=$(DIST) node --import tsx test/bench/features/main.ts

.PHONY: bench-hostile
bench-hostile: dist/.built ## latency of a normal client beside TLS handshakes without end, and 50 log-ins: ONLY=log-ins SECONDS=8 ROUNDS=2
	@ONLY=$(ONLY) SECONDS=$(SECONDS) ROUNDS=$(ROUNDS) node --import tsx test/bench/hostile/main.ts

.PHONY: conformance
conformance: dist/.built ## compare with etcd, the newest and the installed one: ETCD= CALLS= WATCHES= SEED= (Debian: etcd-server etcd-client python3-etcd3 python3-etcd3gw curl nghttp2-client)
	@CALLS=$(CALLS) WATCHES=$(WATCHES) SEED=$(SEED) ETCD=$(ETCD) node --import tsx test/conformance/main.ts

.PHONY: jepsen-proof
jepsen-proof: dist/.built ## start servers with planted bugs, each of which a fault test must find: ONLY='NAME NAME' SEED= SEEDS= KEEP=1 VERBOSE=1
	@ONLY='$(ONLY)' SEED=$(SEED) SEEDS=$(SEEDS) KEEP=$(KEEP) VERBOSE=$(VERBOSE) node --import tsx test/jepsen/proof/main.ts

.PHONY: jepsen-faults
jepsen-faults: node_modules/.package-lock.json ## write docs/faults.md and its plots from the runs in test/jepsen/out: FROM='DIR DIR' INTO=DIR
	@FROM='$(FROM)' INTO=$(INTO) node --import tsx test/jepsen/report/page/main.ts

.PHONY: jepsen-report-test
jepsen-report-test: node_modules/.package-lock.json ## open reports of fault tests in a headless browser: SCREENSHOTS=DIR keeps pictures (Debian: chromium)
	SCREENSHOTS=$(SCREENSHOTS) $(BIN)/mocha --no-parallel test/jepsen/report/browser/report.browser.ts

# Variables of the simulator.
SIM_SETTINGS = SEED=$(SEED) SEEDS=$(SEEDS) MINUTES=$(MINUTES) JOBS=$(JOBS) $(if $(TRACE),TRACE=$(TRACE)) $(if $(OPTIONS),OPTIONS='$(OPTIONS)')

.PHONY: sim
sim: node_modules/.package-lock.json ## run simulated clusters: SEED= SEEDS= or MINUTES=; TRACE=1 prints one; JOBS= processes
	@$(SIM_SETTINGS) node --import tsx test/sim/main.ts

.PHONY: sim-shrink
sim-shrink: node_modules/.package-lock.json ## find the simplest run that fails as SEED= does
	@$(SIM_SETTINGS) node --import tsx test/sim/shrink-main.ts

# Variables of the fault tests on real processes.
JEPSEN_SETTINGS = WORKLOAD='$(WORKLOAD)' NEMESIS='$(NEMESIS)' TIME=$(TIME) NODES=$(NODES) SEED=$(SEED) TARGET=$(TARGET) ETCD=$(ETCD) NET=$(NET) TLS=$(TLS) AUTH=$(AUTH) RPC_HOST=$(RPC_HOST) FLAGS='$(FLAGS)' OUT='$(OUT)'

.PHONY: jepsen
jepsen: dist/.built ## faults on real servers under load, checked: WORKLOAD= NEMESIS= TIME=60 NODES=3 SEED= TARGET=etcd NET=netns TLS=1 AUTH=1 RPC_HOST= FLAGS= ETCD=
	@$(JEPSEN_SETTINGS) node --import tsx test/jepsen/run/main.ts

.PHONY: jepsen-all
jepsen-all: dist/.built ## the matrix of workloads and faults, which takes hours: WORKLOADS= NEMESES= PART=1/2 TIME=60 RESUME=1, and variables of make jepsen
	@$(JEPSEN_SETTINGS) WORKLOADS='$(WORKLOADS)' NEMESES='$(NEMESES)' PART=$(PART) RESUME=$(RESUME) node --import tsx test/jepsen/run/matrix-main.ts

.PHONY: jepsen-soak
jepsen-soak: dist/.built ## an hour of moderate load with restarts, in which memory, open files and disk of the members must stay level: TIME=3600
	@$(JEPSEN_SETTINGS) WORKLOAD=$(or $(WORKLOAD),register) NEMESIS=$(or $(NEMESIS),restarts) TIME=$(or $(TIME),3600) LEVELS=1 \
	  FLAGS='$(or $(FLAGS),--snapshot-count=2000 --snapshot-catchup-entries=1000 --wal-segment-bytes=4194304 --wal-flush-bytes=4194304)' node --import tsx test/jepsen/run/main.ts

.PHONY: fuzz
fuzz: node_modules/.package-lock.json ## feed random input to all decoders: SEED= and RUNS=, INPUTS= or MINUTES=; ONLY='NAME NAME' selects some; COVERAGE=1
	@SEED=$(SEED) RUNS=$(RUNS) INPUTS=$(INPUTS) MINUTES=$(MINUTES) ONLY='$(ONLY)' COVERAGE=$(COVERAGE) node --import tsx test/fuzz/main.ts

.PHONY: mutate
mutate: node_modules/.package-lock.json ## check that the simulator, or a test, finds planted bugs; ONLY='NAME NAME' selects some
	@ONLY='$(ONLY)' $(SIM_SETTINGS) node --import tsx test/sim/mutate.ts

.PHONY: proto
proto: node_modules/.package-lock.json ## generate src/gen from proto/
	scripts/proto.sh

.PHONY: verify
verify: node_modules/.package-lock.json ## types, lint, layers, formatting, generated code; writes nothing
	scripts/verify.sh

.PHONY: fix
fix: node_modules/.package-lock.json ## repair what make verify can repair by itself
	node --import tsx scripts/layers.ts
	node --import tsx scripts/settings.ts
	node --import tsx scripts/cli-reference.ts
	$(BIN)/oxlint --fix
	$(BIN)/prettier --log-level warn --write .
