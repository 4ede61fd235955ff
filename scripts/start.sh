#!/bin/sh
# `npm start`: installs what running needs, builds dist/ when a source is another, then becomes the service.
# Arguments go to the service. Needs neither network nor npm once everything is in place.
# Invariant: the service takes over this very process (exec), so that SIGTERM reaches it and npm reports its exit code.
set -eu

cd "$(dirname "$0")/.."
. scripts/interruptible.sh
. scripts/memory.sh

is_built() {
  [ "$(cat dist/.built 2>/dev/null)" = "$(sh scripts/sources.sh)" ]
}

run_interruptible sh scripts/install.sh production
is_built || run_interruptible sh scripts/node.sh scripts/build.ts >&2
# shellcheck disable=SC2086 -- flags, meant to be split
exec sh scripts/node.sh $memory_flags dist/node.mjs "$@"
