#!/usr/bin/env bash
# Prints the figures, one per line: name, value, unit, parted by tabs. bench.sh [ROOM,ROOM…].
# A room is runtime, sandbox, payments or bridge. Values are medians of COUNT runs (default 3).
set -euo pipefail
cd "$(dirname "$0")/.."
rooms=${1:-runtime,sandbox,payments,bridge}
count=${COUNT:-3}

packages() {
  case "$1" in
    runtime) echo ./runtime/view ./runtime/vm ./runtime/image ;;
    sandbox) echo ./runtime/worker ;;
    payments) echo ./payments ;;
    bridge) echo ./server/api ./server/auth ./server/bridge ./server/accounts ;;
    *) echo "bench.sh: there is no room $1" >&2; exit 2 ;;
  esac
}

for room in ${rooms//,/ }; do
  # shellcheck disable=SC2046
  go test -run '^$' -bench . -count "$count" -benchmem -timeout 30m $(packages "$room")
done | node scripts/bench-lines.mjs
