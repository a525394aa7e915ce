#!/usr/bin/env bash
# The long runs: every fuzz target for FUZZ_TIME (default 60s), then the packages with property tests,
# with RAPID_CHECKS checks for each property (default 20000). For runtime also random programs beside
# the vendor's framework, RANDOM_STEPS steps of them (default 1000000). soak.sh [FOLDER,FOLDER…] limits
# it to some of runtime, registry, payments, server.
set -euo pipefail
cd "$(dirname "$0")/.."
folders=${1:-runtime,registry,payments,server}
for folder in ${folders//,/ }; do
  while IFS=: read -r file target; do
    echo "fuzzing $target in $(dirname "$file")"
    go test ${GO_ENGINE:-} -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZ_TIME:-60s}" "./$(dirname "$file")" </dev/null
  done < <(grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9]+' "$folder" | sed -E 's/:[0-9]+:func /:/')
  while read -r package; do
    echo "checking the properties in $package"
    go test ${GO_ENGINE:-} -timeout 2h "./$package" -rapid.checks "${RAPID_CHECKS:-20000}" </dev/null
  done < <(grep -rl --include='*_test.go' '"pgregory.net/rapid"' "$folder" | xargs -r dirname | sort -u)
  if [ "$folder" = runtime ]; then
    echo "comparing random programs with the vendor's framework"
    go test ${GO_ENGINE:-} -timeout 4h ./runtime/framework/differential -run Random -v -seed 0 -steps "${RANDOM_STEPS:-1000000}" </dev/null
  fi
done
