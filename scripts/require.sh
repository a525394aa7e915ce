#!/usr/bin/env bash
# Checks that a tool is installed: require.sh go|gcc|node|pgbouncer|chromium.
# Debian packages are installed when we are root; otherwise the message says what to install.
set -euo pipefail

install() { # package...
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing $*" >&2
    apt-get update -qq >&2
    # RUNLEVEL=1 keeps Debian from starting what has a service.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
  else
    echo "Please install: $*" >&2
    exit 1
  fi
}

at_least() { # have want
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

case "$1" in
  go)
    command -v go >/dev/null || { echo "Teahouse needs Go 1.26 or newer: https://go.dev/dl/" >&2; exit 1; }
    ;;
  gcc) # for the race detector
    command -v gcc >/dev/null || install gcc libc6-dev
    ;;
  node)
    command -v node >/dev/null || install nodejs npm
    at_least "$(node --version | tr -d v)" 20.19 || { echo "Teahouse's web client needs Node.js 20.19 or newer: https://nodejs.org/" >&2; exit 1; }
    ;;
  pgbouncer)
    command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || install pgbouncer
    ;;
  chromium)
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || [ -n "${CHROMIUM:-}" ] || install chromium
    # Without these fonts Chinese text and emoji are drawn as boxes.
    if command -v fc-list >/dev/null && [ -z "$(fc-list :lang=zh family)" ] && [ "$(id -u)" = 0 ]; then
      install fonts-noto-cjk fonts-noto-color-emoji
    fi
    ;;
  *)
    echo "require.sh: unknown tool $1" >&2
    exit 2
    ;;
esac
