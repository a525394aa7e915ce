#!/usr/bin/env bash
# Runs the host with demo data, and the demo café's own server. Both end together.
# TEAHOUSE_ADDR and TEAHOUSE_DATA are used here too; CAFE_ADDR is the address of the café's server.
set -euo pipefail
cd "$(dirname "$0")/.."

export TEAHOUSE_ADDR=${TEAHOUSE_ADDR:-127.0.0.1:8080}
export TEAHOUSE_LOG_LEVEL=${TEAHOUSE_LOG_LEVEL:-warn} # info writes a line for each request

# taken HOST:PORT tells whether a program listens there.
taken() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }

if taken "$TEAHOUSE_ADDR"; then
  echo "$TEAHOUSE_ADDR is taken by another program. Stop that one, or choose another address: TEAHOUSE_ADDR=127.0.0.1:9080 make run" >&2
  exit 1
fi
if [ -n "${CAFE_ADDR:-}" ]; then
  if taken "$CAFE_ADDR"; then
    echo "$CAFE_ADDR, the address of the café's server, is taken by another program. Choose another with CAFE_ADDR, or leave CAFE_ADDR out." >&2
    exit 1
  fi
else
  port=8081
  while [ "127.0.0.1:$port" = "$TEAHOUSE_ADDR" ] || taken "127.0.0.1:$port"; do port=$((port + 1)); done
  [ $port = 8081 ] || echo "Port 8081 is taken; the café's server uses $port. CAFE_ADDR names another address."
  CAFE_ADDR=127.0.0.1:$port
fi
export CAFE_ADDR

# When root runs this, the database runs as another user, who may have no access to this folder.
reachable() {
  local directory=$1
  while [ "$directory" != / ]; do
    if [ -d "$directory" ] && [ $((0$(stat -c %a "$directory") & 1)) = 0 ] && [ "$(stat -c %u "$directory")" = 0 ]; then
      return 1
    fi
    directory=$(dirname "$directory")
  done
}
if [ -z "${TEAHOUSE_DATA:-}" ]; then
  TEAHOUSE_DATA=$PWD/data
  if [ "$(id -u)" = 0 ] && ! reachable "$PWD"; then
    TEAHOUSE_DATA=/var/lib/teahouse
    echo "The database's user has no access to this folder; data is stored in $TEAHOUSE_DATA."
  fi
fi
export TEAHOUSE_DATA

children=()
finish() {
  trap - EXIT INT TERM
  for child in "${children[@]}"; do kill -TERM "$child" 2>/dev/null || true; done
  wait
}
trap finish EXIT INT TERM

rm -f "$TEAHOUSE_DATA/demo/cafe.ready"
bin/teahouse serve --demo examples/cafe/miniprogram --demo-shop "$CAFE_ADDR" "$@" &
children+=($!)
host=$!

# The host writes the café's settings after its demo data.
until [ -e "$TEAHOUSE_DATA/demo/cafe.ready" ]; do
  kill -0 "$host" 2>/dev/null || { wait "$host"; exit $?; }
  sleep 0.1
done
set -a
# shellcheck disable=SC1091
. "$TEAHOUSE_DATA/demo/cafe.env"
set +a
node examples/cafe/server/server.js &
children+=($!)

wait "$host"
