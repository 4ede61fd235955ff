#!/bin/sh
# `npm run dev:worker`: installs everything, builds dist/, then becomes scripts/worker/dev.ts, which runs the Worker here.
# Invariant: that program takes over this very process (exec), so that SIGTERM reaches it.
set -eu

cd "$(dirname "$0")/.."
. scripts/interruptible.sh

run_interruptible sh scripts/install.sh full
run_interruptible sh scripts/node.sh scripts/build.ts >&2
exec sh scripts/node.sh scripts/worker/dev.ts "$@"
