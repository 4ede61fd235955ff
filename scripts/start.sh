#!/bin/sh
# `npm start`: installs what running needs, builds dist/ when a source is another, then becomes the service.
# With MODE=node it becomes a program that only tells how this machine is. Arguments go to the service. Needs neither network nor npm once everything is in place.
# Invariant: the service takes over this very process (exec), so that SIGTERM reaches it and npm reports its exit code.
set -eu

cd "$(dirname "$0")/.."
. scripts/interruptible.sh
. scripts/memory.sh

is_built() {
  [ "$(cat dist/.built 2>/dev/null)" = "$(sh scripts/sources.sh)" ]
}

run_interruptible sh scripts/install.sh production
case "${MODE:-}" in
  "") program=dist/node.mjs ;;
  node) program=dist/machine.cjs ;;
  *) echo "MODE: found \"$MODE\", expected node, or nothing for the whole service" >&2; exit 78 ;;
esac

is_built || run_interruptible sh scripts/node.sh scripts/build.ts >&2
# shellcheck disable=SC2086 -- flags, meant to be split
exec sh scripts/node.sh $memory_flags "$program" "$@"
