#!/usr/bin/env bash
# Prints the figures, one per line: name, value, unit, separated by tabs. bench.sh [PART,PART…]
# A part is runtime, sandbox, payments, bridge, host or browser. Values are medians of COUNT runs
# (default 3); a ratio is measured against its reference in the same run. docs/figures.md has recorded
# figures and the goals.
set -euo pipefail
cd "$(dirname "$0")/.."
parts=${1:-runtime,sandbox,payments,bridge,host,browser}
count=${COUNT:-3}

measure() {
  case "$1" in
    runtime) benchmarks ./runtime/view ./runtime/framework ./runtime/framework/differential ./runtime/image ./runtime/engine ;;
    sandbox) # workers of the program that a host starts
      mkdir -p .cache/worker && gunzip -c runtime/worker/embedded/files/sessions.gz > .cache/worker/sessions &&
        chmod +x .cache/worker/sessions && benchmarks ./runtime/worker -workers "$PWD/.cache/worker/sessions" ;;
    payments) benchmarks ./payments ;;
    bridge) benchmarks ./server/api ./server/auth ./server/bridge ./server/accounts ./server/metrics ;;
    host) benchmarks ./server/host ;;
    browser) scripts/require.sh chromium && ROUNDS=$count node e2e/measure.mjs ;;
    *) echo "bench.sh: there is no part $1" >&2; return 2 ;;
  esac
}

benchmarks() { # package...
  # One package after the other, because they would compete for the processors.
  # A third of a second each is enough for a median of several runs.
  # shellcheck disable=SC2086 # two flags
  go test ${GO_ENGINE:-} -p 1 -run '^$' -bench . -benchtime "${BENCHTIME:-300ms}" -count "$count" -benchmem -timeout 30m "$@"
}

for part in ${parts//,/ }; do
  measure "$part"
done | node scripts/bench-lines.mjs
