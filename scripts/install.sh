#!/bin/sh
# Brings node_modules in line with package-lock.json, only if needed: `sh scripts/install.sh production|full [COMMAND...]`.
# `production` is what running needs, `full` adds the tools of `npm test` and `npm run check`; a full tree satisfies both.
# With a COMMAND it then becomes that command. Called by start.sh, built.sh and package.json, thus also from within npm.
# Invariant: settings that npm hands down (npm_config_omit, loglevel, NODE_ENV) never change what is installed.
set -eu

cd "$(dirname "$0")/.."
. scripts/interruptible.sh
mode=$1
shift

stamp=node_modules/.installed
lock_checksum=$(cksum <package-lock.json)

# By content, since an unpacked release is as old as its making. npm writes .package-lock.json last, so an interrupted installation
# has none.
is_satisfied() {
  [ -f node_modules/.package-lock.json ] || return 1
  if [ "$(cat "$stamp" 2>/dev/null)" = "$lock_checksum" ]; then
    [ "$mode" = production ] || [ -d node_modules/vitest ] || return 1
    sh scripts/node.sh --version >/dev/null 2>&1
  else # somebody else has installed
    sh scripts/node.sh scripts/matches-lock.ts "$mode" 2>/dev/null
  fi
}

# The npm that runs us, if one does: another one on the PATH could be of another version.
npm_ci() {
  case ${npm_execpath:-} in
    */npm-cli.js) exec "${npm_node_execpath:-node}" "$npm_execpath" ci "$@" ;;
    *) exec npm ci "$@" ;;
  esac
}

# Two at once, such as npm start and npm test on a fresh checkout, would delete each other's files. A link is made in one
# step, together with what it says: the process that installs, and since when, as another one gets its number one day.
lock_link=.cache/installing

# `4711:123456`: in ticks since the machine started; empty behind the colon where there is no /proc, or no such process.
describe_process() {
  echo "$1:$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d " " -f 20)"
}

holds_lock() {
  kill -0 "${1%:*}" 2>/dev/null && [ "$1" = "$(describe_process "${1%:*}")" ]
}

take_turn() {
  mkdir -p .cache
  [ -w .cache ] || { echo "Cannot write to .cache." >&2 && exit 1; }
  said=""
  self=$(describe_process $$)
  until ln -s "$self" "$lock_link" 2>/dev/null; do
    other=$(readlink "$lock_link" || true)
    if [ -n "$other" ] && ! holds_lock "$other"; then
      rm -f "$lock_link"
      continue
    fi
    [ -n "$said" ] || echo "Waiting for another installation (process ${other%:*} holds $lock_link) ..." >&2
    said=yes
    sleep 1
  done
}

install_packages() {
  echo "Installing packages with npm ci (about a minute the first time) ..." >&2
  rm -f "$stamp" node_modules/.package-lock.json # what is left of an interrupted installation must not look complete
  interruptible_signal=KILL # on SIGTERM npm tidies up for 7 s what the next installation deletes anyway
  if [ "$mode" = production ]; then scope=--omit=dev; else scope=--include=dev; fi
  if ! run_interruptible npm_ci "$scope" --include=optional --loglevel=notice >"$log" 2>&1; then
    cat "$log" >&2
    echo "npm ci failed." >&2
    exit 1
  fi
  echo "$lock_checksum" >"$stamp"
}

install_in_turn() {
  take_turn
  log=$(mktemp)
  trap 'rm -f "$log" "$lock_link"' EXIT
  is_satisfied || install_packages # the other one may have done it
  rm -f "$log" "$lock_link"
  trap - EXIT
}

# The commit hook, for those who develop here; somebody's own setting is left alone.
use_commit_hook() {
  [ -z "${CI:-}" ] && [ -e .git ] && [ -z "$(git config core.hooksPath 2>/dev/null)" ] || return 0
  git config core.hooksPath .ci/hooks 2>/dev/null || true
}

case $mode in
  production | full) ;;
  *) echo "usage: sh scripts/install.sh production|full [COMMAND...]" >&2 && exit 2 ;;
esac
is_satisfied || install_in_turn
[ "$mode" != full ] || use_commit_hook
if [ $# -gt 0 ]; then exec "$@"; fi
