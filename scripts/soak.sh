#!/usr/bin/env bash
# The long runs: every fuzz target for FUZZ_TIME (default 60s), then the property tests with many
# more steps. soak.sh [ROOM,ROOM…] limits it to some of runtime, registry, payments, server.
set -euo pipefail
cd "$(dirname "$0")/.."
rooms=${1:-runtime,registry,payments,server}
for room in ${rooms//,/ }; do
  while IFS=: read -r file target; do
    echo "fuzzing $target in $(dirname "$file")"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZ_TIME:-60s}" "./$(dirname "$file")"
  done < <(grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9]+' "$room" | sed -E 's/:[0-9]+:func /:/')
  go test -timeout 2h -run 'Property|Law|Model|Random' "./$room/..." -rapid.checks "${RAPID_CHECKS:-20000}" 2>/dev/null ||
    go test -timeout 2h -run 'Property|Law|Model|Random' "./$room/..."
done
