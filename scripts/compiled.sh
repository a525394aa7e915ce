#!/usr/bin/env bash
# Builds the programs in examples/compiled with their own tools and checks each with bin/teahouse.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
for program in taro-react:dist taro-vue:dist uni-vue:dist/build/mp-weixin mpx:dist/wx; do
  folder=examples/compiled/${program%%:*}
  echo "== $folder"
  # The tools name each other as peers in versions that do not agree.
  (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts --legacy-peer-deps --silent && NODE_ENV=production npm run --silent build >/dev/null)
  bin/teahouse check "$folder/${program#*:}" || failed=1
done
exit "$failed"
